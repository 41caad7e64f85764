//! `lockgate attest keygen`.

use super::super::verify::PUBLIC_KEY;
use super::super::{Error, files, note, print};
use super::KEY;
use crate::attest::keys::{KeyError, PrivateKey};
use crate::git::{self, Git, Repository};
use crate::store::prepare_folder;
use clap::builder::BoolishValueParser;
use ignore::WalkBuilder;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the private key goes, instead of .lockgate/signing.key, which git ignores; `-` is
    /// standard output
    #[arg(long, value_name = "FILE", env = "LOCKGATE_OUT", hide_env = true)]
    out: Option<PathBuf>,
    /// Overwrite the keys that are there
    #[arg(long, env = "LOCKGATE_FORCE", hide_env = true, value_parser = BoolishValueParser::new())]
    force: bool,
}

pub fn run(args: Args) -> Result<(), Error> {
    let here = fs::canonicalize(".").map_err(|error| files::concerns(Path::new("."))(&error))?;
    let (repository, git) = git::open(&here);
    let key = PrivateKey::generate().map_err(internal)?;
    let (private, public) =
        (key.to_pem().map_err(internal)?, key.public().to_pem().map_err(internal)?);
    let public_path = repository.root.join(PUBLIC_KEY);
    refuse_taken(&public_path, args.force)?;
    if args.out.as_deref() == Some(Path::new("-")) {
        let public = Staged::write(&public_path, public.as_bytes(), 0o666)?;
        print(private.as_bytes())?;
        return public.put();
    }
    let private_path = match args.out {
        Some(path) => path,
        None => default_place(&repository)?,
    };
    refuse_same(&private_path, &public_path)?;
    refuse_taken(&private_path, args.force)?;
    refuse_tracked(&private_path, &repository, git.as_ref())?;
    let private = Staged::write(&private_path, private.as_bytes(), 0o600)?;
    let before = read_before(&public_path)?;
    Staged::write(&public_path, public.as_bytes(), 0o666)?.put()?;
    private.put().inspect_err(|_| put_back(&public_path, before.as_deref()))?;
    if !is_ignored(&private_path, &repository.root) {
        let why = "git does not ignore this file; keep it out of every commit";
        note(&format!("warning: {}: {why}", private_path.display()))?;
    }
    let told = format!(
        "key {}\n  private: {}\n    put it into the CI system's secrets as {KEY}, then remove the file\n  public:  {}\n    commit it; `lockgate verify` reads it there\n",
        key.public().id(),
        private_path.display(),
        public_path.display(),
    );
    print(told.as_bytes())
}

fn internal(error: KeyError) -> Error {
    Error::Internal(error.to_string())
}

fn default_place(repository: &Repository) -> Result<PathBuf, Error> {
    let folder = repository.root.join(super::super::FOLDER);
    prepare_folder(&folder).map_err(|error| {
        files::concerns(&folder)(&format!("cannot be written: {error}; name a file with --out"))
    })?;
    Ok(folder.join("signing.key"))
}

/// A key that is gone cannot be made again.
fn refuse_taken(path: &Path, force: bool) -> Result<(), Error> {
    let why = match fs::symlink_metadata(path) {
        Ok(_) if !force => "is there already; --force makes a new key instead",
        Ok(found) if found.is_dir() => "is a folder, so no key can be written there",
        _ => return Ok(()),
    };
    Err(files::concerns(path)(&why))
}

fn refuse_tracked(path: &Path, repository: &Repository, git: Option<&Git>) -> Result<(), Error> {
    let Some(git) = git else { return Ok(()) };
    match git.tracks(&git::below(&repository.root, path)).map_err(Error::usage)? {
        Some(_) => Err(files::concerns(path)(
            &"is tracked by git, where a private key must never be; name another file with --out",
        )),
        None => Ok(()),
    }
}

/// A path by which the private key would get where everybody reads the public one.
fn refuse_same(private: &Path, public: &Path) -> Result<(), Error> {
    // Some file systems take one letter for the other.
    let equal = files::absolute(private).as_os_str().eq_ignore_ascii_case(public);
    match equal || files::is_same(private, public) {
        false => Ok(()),
        true => Err(files::concerns(private)(
            &"is where the public key goes; name another file for the private one",
        )),
    }
}

/// What is to become a file: all of it lies beside its place before anything there is lost.
struct Staged<'a> {
    target: &'a Path,
    path: PathBuf,
}

impl<'a> Staged<'a> {
    /// Writes a new file with these permissions, which hold from the first byte on.
    fn write(target: &'a Path, content: &[u8], mode: u32) -> Result<Staged<'a>, Error> {
        let failed = |error| Error::output(&target.display().to_string(), error);
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        let path = target.with_file_name(name);
        let mut file = create(&path, mode).map_err(failed)?;
        let staged = Staged { target, path };
        file.write_all(content).and_then(|()| file.sync_all()).map_err(failed)?;
        Ok(staged)
    }

    /// Puts it where it belongs.
    fn put(self) -> Result<(), Error> {
        fs::rename(&self.path, self.target)
            .map_err(|error| Error::output(&self.target.display().to_string(), error))
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        // Gone already where it was put.
        let _ = fs::remove_file(&self.path);
    }
}

/// What is there already, if anything.
fn read_before(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::symlink_metadata(path) {
        Ok(_) => files::read(path, files::KEYS).map(Some),
        Err(_) => Ok(None),
    }
}

/// A public key without its private one is of no use: what was there before is there again.
fn put_back(public: &Path, before: Option<&[u8]>) {
    // The error that is reported is the one that led here.
    let _ = match before {
        Some(content) => fs::write(public, content),
        None => fs::remove_file(public),
    };
}

#[cfg_attr(not(unix), expect(unused_variables))]
fn create(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    options.open(path)
}

/// Whether git would leave the file out, or it is not in the repository at all.
fn is_ignored(path: &Path, root: &Path) -> bool {
    let file = files::absolute(path);
    if !root.join(".git").exists() || !file.starts_with(root) {
        return true;
    }
    let wanted = file.clone();
    let mut walk = WalkBuilder::new(root);
    walk.hidden(false).filter_entry(move |entry| wanted.starts_with(entry.path()));
    !walk.build().flatten().any(|entry| entry.path() == file)
}

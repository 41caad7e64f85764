//! `lockgate attest keygen`.

use super::super::verify::PUBLIC_KEY;
use super::super::{Error, files, print};
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
    let to_standard_output = args.out.as_deref() == Some(Path::new("-"));
    let private_path = match args.out {
        Some(path) => path,
        None => default_place(&repository)?,
    };
    if !args.force {
        refuse_existing(&public_path)?;
        if !to_standard_output {
            refuse_existing(&private_path)?;
        }
    }
    if to_standard_output {
        write(&public_path, public.as_bytes(), args.force, false)?;
        return print(private.as_bytes());
    }
    refuse_tracked(&private_path, &repository, git.as_ref())?;
    write(&private_path, private.as_bytes(), args.force, true)?;
    write(&public_path, public.as_bytes(), args.force, false)?;
    if !is_ignored(&private_path, &repository.root) {
        let why = "git does not ignore this file; keep it out of every commit";
        let warning = format!("lockgate: warning: {}: {why}\n", private_path.display());
        io::stderr()
            .write_all(warning.as_bytes())
            .map_err(|error| Error::output("standard error", error))?;
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
fn refuse_existing(path: &Path) -> Result<(), Error> {
    match fs::symlink_metadata(path) {
        Ok(_) => Err(files::concerns(path)(&"is there already; --force makes a new key instead")),
        Err(_) => Ok(()),
    }
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

/// Writes a file anew; a private one that nobody else can read from the first byte on.
fn write(path: &Path, content: &[u8], force: bool, private: bool) -> Result<(), Error> {
    let failed = |error| Error::output(&path.display().to_string(), error);
    if force {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    create(path, private).and_then(|mut file| file.write_all(content)).map_err(failed)
}

fn create(path: &Path, private: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
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

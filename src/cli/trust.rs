//! What of a repository may decide about it: whoever proposes a change has no hand in that.

use super::{Error, FOLDER, output};
use crate::config::FILE_NAME;
use crate::git::{Git, Repository, Source, below};
use crate::store::Location;
use crate::waiver::{self, Waivers};
use std::path::PathBuf;

/// Settings of the repository beside its ignore files.
const SETTINGS: &[&str] = &[FILE_NAME, waiver::FILE];

/// Says which settings of the working tree are not those in force.
pub fn note_settings(source: &Source, output: &output::Args) -> Result<(), Error> {
    let Some(name) = source.name() else { return Ok(()) };
    for path in source.passed_over() {
        let path = path.display();
        output.note(&format!("{path} is a link or too large, so it leaves nothing out"))?;
    }
    let differing = source.differing(SETTINGS).map_err(Error::usage)?;
    differing.iter().try_for_each(|path| {
        output.note(&format!("{path} of this branch differs from {name}'s, which is in force"))
    })
}

/// The waivers of the repository, from where they can be trusted.
pub fn read_waivers(source: &Source) -> Result<Waivers, Error> {
    let Some(bytes) = source.read(waiver::FILE).map_err(Error::usage)? else {
        return Ok(Waivers::none());
    };
    let text = String::from_utf8_lossy(&bytes);
    Waivers::parse(&text, &source.place(waiver::FILE)).map_err(Error::usage)
}

/// A memory that came with a commit could call any finding known, or a file clean.
pub fn refuse_foreign_memory(repository: &Repository, git: Option<&Git>) -> Result<(), Error> {
    let Some(git) = git else { return Ok(()) };
    if !repository.root.join(FOLDER).is_dir() {
        return Ok(());
    }
    let own = [".gitignore", "waivers.toml"];
    match git.tracked_below(FOLDER, &own) {
        Ok(None) => Ok(()),
        Ok(Some(path)) => {
            let why = "is tracked by git, and a memory that comes with a commit cannot be trusted";
            let remedy = format!("remove it with `git rm -r --cached {FOLDER}`");
            Err(Error::Usage(format!("{path}: {why}; {remedy}")))
        }
        Err(error) => {
            let why =
                "the index cannot be read, and it tells whether the memory came with a commit";
            let git = repository.root.join(".git").display().to_string();
            let remedy = "mend it, or scan with --no-store --no-cache";
            Err(Error::Usage(format!("{git}: {why}: {error}; {remedy}")))
        }
    }
}

/// What SQLite keeps beside a database, and reads with it.
const BESIDE: &[&str] = &["", "-wal", "-shm", "-journal"];

/// The same of a store that is named: neither its file nor a link to it may come with a commit.
pub fn refuse_foreign_store(
    at: &Location,
    repository: &Repository,
    git: Option<&Git>,
) -> Result<(), Error> {
    let (Location::File(file), Some(git)) = (at, git) else { return Ok(()) };
    let beside = |end: &&str| {
        let mut path = file.clone().into_os_string();
        path.push(end);
        PathBuf::from(path)
    };
    let files: Vec<PathBuf> =
        BESIDE.iter().flat_map(|end| below(&repository.root, &beside(end))).collect();
    match git.tracks(&files).map_err(Error::usage)? {
        None => Ok(()),
        Some(path) => {
            let why = "is tracked by git, and a memory that comes with a commit cannot be trusted";
            let remedy = "name another file with --db";
            Err(Error::Usage(format!("{}: {why}; {remedy}", path.display())))
        }
    }
}

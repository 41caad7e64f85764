//! What of a repository may decide about it: whoever proposes a change has no hand in that.

use super::{Error, FOLDER, output};
use crate::config::FILE_NAME;
use crate::git::{Git, Repository, Source};
use crate::waiver::{self, Waivers};

/// Settings of the repository beside its ignore files.
const SETTINGS: &[&str] = &[FILE_NAME, waiver::FILE];

/// Says which settings of the working tree are not those in force.
pub fn note_settings(source: &Source, output: &output::Args) -> Result<(), Error> {
    let Some(name) = source.name() else { return Ok(()) };
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

//! What git runs before a commit, and the scan that people run.

use super::merge;
use super::options::Options;
use super::report::{self, Search};
use super::say::complain;
use super::tracked::{self, Area, Wanted};
use super::{Session, files};
use std::env;
use std::ffi::OsString;

/// `--scan`: files by themselves go to grep, everything else to `git grep`.
pub fn scan(session: &Session, options: &Options) -> Search {
    let areas = [
        ("--cached", Area::Cached),
        ("--untracked", Area::Untracked),
        ("--no-index", Area::NoIndex),
    ];
    let mut areas = areas.into_iter().filter(|(flag, _)| options.has(flag));
    match areas.next() {
        None if options.rest.is_empty() => {
            tracked::grep(session, Area::Tracked, Wanted::Given(&[]))
        }
        None => files::grep(session, &options.rest, options.has("-r")),
        Some((_, area)) => {
            // The original passes a second flag on as a path.
            let mut paths: Vec<OsString> = areas.map(|(flag, _)| flag.into()).collect();
            paths.extend(options.rest.iter().cloned());
            tracked::grep(session, area, Wanted::Given(&paths))
        }
    }
}

/// Before a commit: what the index changes, or all that it has where that is nothing.
pub fn pre_commit(session: &Session) -> Search {
    let changed = session.git.as_ref().map(|git| git.changed()).transpose();
    match changed {
        Ok(Some(changed)) if !changed.is_empty() => {
            tracked::grep(session, Area::Cached, Wanted::Exactly(changed))
        }
        Ok(_) => tracked::grep(session, Area::Cached, Wanted::Given(&[])),
        Err(error) => {
            complain(format!("fatal: {error}").as_bytes());
            Search::Failed(super::FATAL)
        }
    }
}

/// Before the message of a merge is edited: what the merge brings in. Returns the code to end with.
pub fn prepare_commit_msg(session: &Session, arguments: &[OsString]) -> u8 {
    let is_merge = arguments.get(1).is_some_and(|source| source == "merge")
        && arguments.get(2).is_none_or(|commit| commit.is_empty());
    if !is_merge {
        return 0;
    }
    // git names what is merged in `GITHEAD_<commit>=<name>`.
    let named = env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GITHEAD_"));
    let merged = named.last().map(|(_, name)| name.to_string_lossy().into_owned());
    let text = session.git.as_ref().map(|git| merge::text(git, merged.as_deref()));
    let search = match text {
        Some(Ok(text)) => files::grep_text(session, &text),
        Some(Err(error)) => {
            complain(format!("fatal: {error}").as_bytes());
            Search::Clean
        }
        None => Search::Clean,
    };
    report::conclude(session, search)
}

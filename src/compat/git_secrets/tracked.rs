//! What the original has `git grep` look at: files that git tracks, the index, and the rest of the
//! working tree.

use super::ere::{Dialect, Pattern};
use super::pathspec::Pathspec;
use super::report::{Hit, Search};
use super::say::complain;
use super::text::{self, Binary, Found};
use super::{FATAL, NO_REPOSITORY, Session, bytes, patterns};
use crate::git::{Entry, Git, ObjectId, Shared};
use crate::target::open_regular;
use gix::bstr::{BString, ByteSlice};
use ignore::WalkBuilder;
use rayon::prelude::*;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// The files in the working tree that git tracks.
    Tracked,
    /// What is in the index.
    Cached,
    /// All files in the working tree but those that git ignores.
    Untracked,
    /// All files in the current folder.
    NoIndex,
}

/// Which of the files there.
pub enum Wanted<'a> {
    /// As path specifications on the command line say.
    Given(&'a [OsString]),
    /// These, from the root.
    Exactly(Vec<BString>),
}

/// A file that is looked at.
enum Place {
    Disk(PathBuf),
    Blob(ObjectId),
}

/// Looks for the prohibited patterns.
pub fn grep(session: &Session, area: Area, wanted: Wanted<'_>) -> Search {
    match try_grep(session, area, wanted) {
        Ok(search) => search,
        Err(why) => {
            complain(why.as_bytes());
            Search::Failed(FATAL)
        }
    }
}

fn try_grep(session: &Session, area: Area, wanted: Wanted<'_>) -> Result<Search, String> {
    let fatal = |why: &dyn std::fmt::Display| format!("fatal: {why}");
    let Some(pattern) = pattern(session)? else { return Ok(Search::Clean) };
    let (files, pathspec) = match (area, &session.git) {
        (Area::NoIndex, _) => {
            let pathspec = pathspec(BString::default(), wanted)?;
            (walk(Path::new("."), Path::new("."), false), pathspec)
        }
        (_, None) => return Err(NO_REPOSITORY.to_owned()),
        (area, Some(git)) => {
            let here = git.here();
            let root = match (git.workdir(), area) {
                (None, Area::Cached) => Some(PathBuf::new()),
                // From outside the working tree git looks for those here.
                (Some(_), Area::Untracked) if here.is_none() => Some(PathBuf::from(".")),
                (root, _) => root,
            };
            // And for tracked ones from the root.
            let here = here.unwrap_or_default();
            let Some(root) = root else {
                return Err("fatal: there is no working tree here to look at".to_owned());
            };
            let is_whole = !matches!(wanted, Wanted::Given([]));
            let start = if is_whole {
                root.clone()
            } else {
                root.join(gix::path::from_bstr(here.as_bstr()).unwrap_or_default())
            };
            let pathspec = pathspec(here, wanted)?;
            let files = match area {
                Area::Untracked => walk(&root, &start, true),
                _ => indexed(git, &root, area).map_err(|error| fatal(&error))?,
            };
            (files, pathspec)
        }
    };
    let files: Vec<_> =
        files.into_iter().filter(|(path, _)| pathspec.holds(path.as_bstr())).collect();
    let shared = session.git.as_ref().map(Git::shared);
    let look = |git: &mut Option<Git>, (path, place): &(BString, Place)| {
        let found = match (place, git) {
            (Place::Blob(id), Some(git)) => blob(git, *id, &pattern),
            (Place::Disk(file), _) => disk(file, &pattern),
            (Place::Blob(_), None) => Ok(Found::default()),
        };
        (pathspec.shown(path.as_bstr()), found)
    };
    let open = || shared.as_ref().map(Shared::open);
    let found: Vec<(Vec<u8>, Result<Found, String>)> =
        files.par_iter().map_init(open, look).collect();
    let mut hits = Vec::new();
    for (place, found) in found {
        match found {
            Ok(found) => {
                hits.extend(found.lines.into_iter().map(|line| Hit { place: place.clone(), line }));
            }
            Err(why) => complain(&[b"error: '", &place[..], b"': ", why.as_bytes()].concat()),
        }
    }
    Ok(Search::Found { pattern, hits })
}

/// The prohibited patterns as one.
pub fn pattern(session: &Session) -> Result<Option<Pattern>, String> {
    let lines = patterns::prohibited(session).map_err(|error| format!("fatal: {error}"))?;
    let combined = patterns::combined(&lines.unwrap_or_default());
    if combined.is_empty() {
        return Ok(None);
    }
    let pattern = Pattern::new(&combined, Dialect::GitGrep);
    pattern.map(Some).map_err(|error| format!("fatal: the prohibited patterns: {error}"))
}

fn pathspec(here: BString, wanted: Wanted<'_>) -> Result<Pathspec, String> {
    match wanted {
        Wanted::Exactly(paths) => Ok(Pathspec::exactly(here, paths)),
        Wanted::Given(given) => Pathspec::new(here, given)
            .map_err(|_| "fatal: a path leads out of the repository".to_owned()),
    }
}

/// The files in the index.
fn indexed(
    git: &Git,
    root: &Path,
    area: Area,
) -> Result<Vec<(BString, Place)>, crate::git::IndexError> {
    let place = |entry: &Entry| match area {
        Area::Cached if entry.is_undecided => None,
        Area::Cached => Some(Place::Blob(entry.id)),
        _ if entry.is_skipped => None,
        _ if entry.is_assumed => Some(Place::Blob(entry.id)),
        _ => Some(Place::Disk(root.join(gix::path::from_bstr(entry.path.as_bstr()).ok()?))),
    };
    let entries = git.entries()?.into_iter();
    Ok(entries.filter_map(|entry| Some((entry.path.clone(), place(&entry)?))).collect())
}

/// The files on disk below a folder, by their paths from the root. What belongs to git is left out,
/// and on demand what it ignores.
fn walk(root: &Path, start: &Path, heeds_ignores: bool) -> Vec<(BString, Place)> {
    let mut builder = WalkBuilder::new(start);
    builder.standard_filters(heeds_ignores).hidden(false).ignore(false);
    // Another repository is not gone into, unless git is not asked at all.
    builder.filter_entry(move |entry| {
        let is_other = heeds_ignores && entry.depth() > 0 && entry.path().join(".git").exists();
        entry.file_name() != ".git" && !is_other
    });
    let mut files = Vec::new();
    for entry in builder.build().flatten() {
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            let path = entry.path();
            let relative = path.strip_prefix(root).unwrap_or(path);
            let relative = BString::from(bytes(relative.as_os_str()));
            files.push((relative, Place::Disk(path.to_owned())));
        }
    }
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    files
}

fn disk(path: &Path, pattern: &Pattern) -> Result<Found, String> {
    // A link that took the place of a file is none of git's files, nor is one that has gone.
    if !path.symlink_metadata().is_ok_and(|found| found.is_file()) {
        return Ok(Found::default());
    }
    let read = open_regular(path).and_then(|file| text::of_reader(file, pattern, Binary::Git));
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::default()),
        other => other.map_err(|error| error.to_string()),
    }
}

fn blob(git: &Git, id: ObjectId, pattern: &Pattern) -> Result<Found, String> {
    let content = git.content(id).map_err(|error| error.to_string())?;
    Ok(text::of_bytes(&content, pattern, Binary::Git))
}

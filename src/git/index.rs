//! What git tracks.

use super::Git;
use super::head::open_at;
use crate::target;
use gix::bstr::BStr;
use gix::index::entry::Mode;
use std::fs;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// So deep may submodules lie in submodules.
const DEEPEST: usize = 16;

/// Why it cannot be told what git tracks.
#[derive(Debug, Error)]
#[error(
    "{}: the index of git cannot be read, and it tells which files are part of a commit: {why}; remove it and let `git reset` write it anew", path.display()
)]
pub struct IndexError {
    pub(super) path: PathBuf,
    pub(super) why: String,
}

impl Git {
    /// Every file that git tracks, relative to the root, submodules among them. Where there is no
    /// index, that is what HEAD has.
    ///
    /// # Errors
    /// There is an index that cannot be read.
    pub fn tracked(&self) -> Result<Vec<PathBuf>, IndexError> {
        let entries = entries(&self.0)?;
        Ok(entries.into_iter().map(|(path, _)| path).collect())
    }

    /// The same with what the submodules that are checked out track.
    ///
    /// # Errors
    /// As `tracked`, of any of them.
    pub fn tracked_deeply(&self) -> Result<Vec<PathBuf>, IndexError> {
        let mut tracked = Vec::new();
        below(&self.0, Path::new(""), DEEPEST, &mut tracked)?;
        Ok(tracked)
    }

    /// The first of some files, given relative to the root, that git tracks; also where it tracks,
    /// as a link or a submodule, one of the folders that the file is in. Letters count as equal in
    /// either case, as they do where file systems take one for the other.
    ///
    /// # Errors
    /// As `tracked`.
    pub fn tracks<'a>(&self, files: &'a [PathBuf]) -> Result<Option<&'a Path>, IndexError> {
        if files.is_empty() {
            return Ok(None);
        }
        let index = index(&self.0)?;
        let tracked = |path: &Path| {
            let path = target::relative(Path::new(""), path);
            let is_it = |entry: &gix::index::Entry| {
                entry.path(&index).eq_ignore_ascii_case(path.as_bytes())
            };
            !path.is_empty() && index.entries().iter().any(is_it)
        };
        let found = files.iter().find(|file| file.ancestors().any(tracked));
        Ok(found.map(PathBuf::as_path))
    }

    /// What git tracks of a folder of the repository, but for the named files in it: a file, or
    /// the folder itself as a link or a submodule. Letters count as equal in either case, as they
    /// do where file systems take one for the other.
    ///
    /// # Errors
    /// There is an index that cannot be read.
    pub fn tracked_below(&self, folder: &str, but: &[&str]) -> Result<Option<String>, IndexError> {
        let index = index(&self.0)?;
        let of_folder = |path: &&BStr| {
            let Some((head, rest)) = path.split_at_checked(folder.len()) else { return false };
            let (slash, name) = rest.split_at(rest.len().min(1));
            head.eq_ignore_ascii_case(folder.as_bytes())
                && matches!(slash, b"" | b"/")
                && !but.iter().any(|own| own.as_bytes() == name)
        };
        let tracked = index.entries().iter().map(|entry| entry.path(&index)).find(of_folder);
        Ok(tracked.map(ToString::to_string))
    }
}

fn index(git: &gix::Repository) -> Result<gix::worktree::IndexPersistedOrInMemory, IndexError> {
    git.index_or_load_from_head_or_empty()
        .map_err(|error| IndexError { path: git.index_path(), why: error.to_string() })
}

/// The paths of the index, and whether each is a submodule.
fn entries(git: &gix::Repository) -> Result<Vec<(PathBuf, bool)>, IndexError> {
    let index = index(git)?;
    let entry = |entry: &gix::index::Entry| {
        let path = gix::path::from_bstr(entry.path(&index)).ok()?.into_owned();
        Some((path, entry.mode == Mode::COMMIT))
    };
    Ok(index.entries().iter().filter_map(entry).collect())
}

/// Adds what a repository tracks, whose root is at a prefix.
fn below(
    git: &gix::Repository,
    prefix: &Path,
    depth: usize,
    tracked: &mut Vec<PathBuf>,
) -> Result<(), IndexError> {
    for (path, is_submodule) in entries(git)? {
        let nested = if is_submodule && depth > 0 { submodule(git, &path) } else { None };
        let path = prefix.join(path);
        if let Some(nested) = nested {
            below(&nested, &path, depth - 1, tracked)?;
        }
        tracked.push(path);
    }
    Ok(())
}

/// The submodule at a path, where it is checked out.
fn submodule(git: &gix::Repository, path: &Path) -> Option<gix::Repository> {
    let folder = git.workdir()?.join(path);
    // No link on the way, which could lead in a circle.
    let is_there = folder.join(".git").exists() && fs::canonicalize(&folder).ok()? == folder;
    is_there.then(|| open_at(&folder).ok())?
}

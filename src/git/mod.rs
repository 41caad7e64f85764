//! What Lockgate needs of git, without a git binary: where a scan stands (`repository`, `head`), why it
//! runs (`event`), what it may be compared with (`revision`), and what a commit holds (`tree`,
//! `source`).

mod event;
mod head;
mod repository;
mod revision;
mod source;
mod tree;

pub use event::{Event, EventKind, event};
pub use head::{Commit, HeadError, head};
pub use repository::Repository;
pub use revision::{MergeBase, Revision, RevisionError};
pub use source::{Source, SourceError};
pub use tree::{Blob, Tree, TreeError};

use gix::bstr::BStr;
use head::root_of;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// A repository of git, opened once for the whole run. It belongs to one thread.
#[derive(Clone)]
pub struct Git(gix::Repository);

/// Looks at the folder of a path (absolute, links resolved) and its parents. There is no handle
/// outside git, and where what git has there cannot be read; `head` tells which.
pub fn open(path: &Path) -> (Repository, Option<Git>) {
    let (root, is_git) = root_of(path);
    match is_git.then(|| gix::open(&root).ok()).flatten() {
        Some(git) => (Repository::of(&git, root), Some(Git(git))),
        None => (Repository::without_git(root), None),
    }
}

/// Where a scan of the path stands.
pub fn discover(path: &Path) -> Repository {
    open(path).0
}

impl Git {
    /// The name of whoever works here, as git is told it.
    pub fn user(&self) -> Option<String> {
        self.0.config_snapshot().string("user.name").map(|name| name.to_string())
    }

    /// Every file that git tracks, relative to the root; none where that cannot be told.
    pub fn tracked(&self) -> Vec<PathBuf> {
        let Ok(index) = self.0.index_or_empty() else { return Vec::new() };
        let path = |entry: &gix::index::Entry| {
            gix::path::from_bstr(entry.path(&index)).ok().map(Cow::into_owned)
        };
        index.entries().iter().filter_map(path).collect()
    }

    /// What git tracks of a folder of the repository, but for the named files in it: a file, or
    /// the folder itself as a link or a submodule. Letters count as equal in either case, as they
    /// do where file systems take one for the other.
    ///
    /// # Errors
    /// There is an index that cannot be read.
    pub fn tracked_below(&self, folder: &str, but: &[&str]) -> Result<Option<String>, String> {
        let index = self.0.index_or_empty().map_err(|error| error.to_string())?;
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

//! What Lockgate needs of git, without a git binary: where a scan stands (`repository`, `head`), why
//! it runs (`event`, `ci`), what is tracked (`index`), what it may be compared with (`name`,
//! `revision`), what it calls a file (`named`), what is changed (`unstaged`), what a commit holds (`tree`, `source`), and what
//! commits add (`history`).

mod ci;
mod config;
mod event;
mod head;
mod history;
mod hooks;
mod index;
mod listing;
mod name;
mod named;
mod repository;
mod revision;
mod source;
mod tree;
mod unstaged;

pub use ci::event;
pub use config::{Config, ConfigError, Scope, Setting, add as add_setting};
pub use event::{Event, EventKind};
pub use gix::ObjectId;
pub use head::{Commit, HeadError, head};
pub use history::{
    Added, Authored, Change, Handle, HistoryError, Hunk, Item, LARGEST_BLOB, Log, Reader, Span,
    Staged, Staging, Step, Walked, added_lines, changed_lines,
};
pub use index::IndexError;
pub use listing::{Entry, ObjectError, Shared};
pub use named::below;
pub use repository::Repository;
pub use revision::{MergeBase, Revision, RevisionError};
pub use source::{Files, Source, SourceError};
pub use tree::{Blob, Tree, TreeError};
pub use unstaged::{remote, unstaged};

use head::{open_at, root_of};
use std::path::Path;

/// A repository of git, opened once for the whole run. It belongs to one thread.
#[derive(Clone)]
pub struct Git(gix::Repository);

/// Looks at the folder of a path (absolute, links resolved) and its parents. There is no handle
/// outside git, and where what git has there cannot be read; `head` tells which.
pub fn open(path: &Path) -> (Repository, Option<Git>) {
    let (root, is_git) = root_of(path);
    match is_git.then(|| open_at(&root).ok()).flatten() {
        Some(git) => (Repository::of(&git, root, event()), Some(Git(git))),
        None => (Repository::without_git(root), None),
    }
}

/// Where a scan of the path stands.
pub fn discover(path: &Path) -> Repository {
    open(path).0
}

impl Git {
    /// Whether there is no working tree.
    pub fn is_bare(&self) -> bool {
        self.0.workdir().is_none()
    }

    /// The name of whoever works here, as git is told it.
    pub fn user(&self) -> Option<String> {
        self.0.config_snapshot().string("user.name").map(|name| name.to_string())
    }
}

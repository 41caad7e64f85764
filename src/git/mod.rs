//! What Lockgate needs of git, without a git binary: where a scan stands (`repository`), why it
//! runs (`event`, `ci`), what is tracked (`index`), what it may be compared with (`name`,
//! `revision`), what it calls a file (`named`), and what a commit holds (`tree`, `source`).

mod ci;
mod event;
mod index;
mod name;
mod named;
mod repository;
mod revision;
mod source;
mod tree;

pub use ci::event;
pub use event::{Event, EventKind};
pub use index::IndexError;
pub use named::below;
pub use repository::{Commit, Repository};
pub use revision::{MergeBase, Revision, RevisionError};
pub use source::{Source, SourceError};
pub use tree::{Blob, Tree, TreeError};

use std::path::Path;

/// A repository of git, opened once for the whole run. It belongs to one thread.
#[derive(Clone)]
pub struct Git(gix::Repository);

/// Looks at the folder of a path (absolute, links resolved) and its parents. There is no handle
/// outside git.
pub fn open(path: &Path) -> (Repository, Option<Git>) {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let parent_with = |name: &str| folder.ancestors().find(|parent| parent.join(name).exists());
    let root =
        parent_with(".git").or_else(|| parent_with("lockgate.toml")).unwrap_or(folder).to_owned();
    match root.join(".git").exists().then(|| open_at(&root)).flatten() {
        Some(git) => (Repository::of(&git, root, event()), Some(Git(git))),
        None => (Repository::without_git(root), None),
    }
}

/// The repository at a folder as its commits are: whoever replaced an object replaced it for
/// themselves.
fn open_at(root: &Path) -> Option<gix::Repository> {
    let options = gix::open::Options::default().config_overrides(["core.useReplaceRefs=false"]);
    gix::open_opts(root, options).ok()
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
}

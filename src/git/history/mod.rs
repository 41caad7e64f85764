//! What the commits of a repository add, as `git log -p -U0` tells it, without a git binary: which
//! commits (`log`, `walk`), what each changes (`changes`, `merge`, `renames`), the lines that are
//! new (`lines`); and the same of the index (`staged`). `reader` tells other things of commits, and
//! `patch` what a change looks like.

mod added;
mod changes;
mod lines;
mod log;
mod merge;
mod objects;
mod patch;
mod pathspec;
mod reader;
mod renames;
mod staged;
mod tips;
mod walk;

pub use added::{Added, Authored, Hunk, Walked};
pub use changes::Change;
pub use lines::added_lines;
pub use log::{Log, Span};
pub use objects::LARGEST_BLOB;
pub use patch::changed_lines;
pub use reader::{Handle, Item, Reader};
pub use staged::{Staged, Staging};
pub use walk::Step;

use super::{IndexError, RevisionError};
use thiserror::Error;

/// Why no history can be told.
#[derive(Debug, Error)]
pub enum HistoryError {
    #[error(transparent)]
    Revision(#[from] RevisionError),
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error(
        "{word:?} is no range of commits that can be read here; say A..B, A...B, ^A, a branch, a tag or a commit, or --all, -N, --max-count, --skip, --since, --until, --no-merges, --first-parent and `-- PATH`"
    )]
    Word { word: String },
    #[error("{word:?}: {value:?} is no {what}")]
    Value { word: String, value: String, what: &'static str },
    #[error("the references of the repository cannot be read: {0}; `git fsck` says what is wrong")]
    References(String),
    #[error("cannot start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

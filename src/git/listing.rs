//! What `git grep` looks at: the index as it is, below the current folder. Paths are bytes, as git
//! has them.

use super::Git;
use super::index::IndexError;
use gix::ObjectId;
use gix::bstr::BString;
use gix::index::entry::{Flags, Mode, Stage};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A regular file in the index.
#[derive(Debug, Clone)]
pub struct Entry {
    pub path: BString,
    pub id: ObjectId,
    /// Whether the working tree is taken to have the same.
    pub is_assumed: bool,
    /// Whether the working tree is not to have it.
    pub is_skipped: bool,
    /// Whether it is only said that it will be added, or a merge has left several of it.
    pub is_undecided: bool,
}

/// Why an object or the way to it cannot be read.
#[derive(Debug, Error)]
pub enum ObjectError {
    #[error("{0} cannot be read from git's objects: {1}; `git fsck` says what is missing")]
    Object(String, String),
    #[error("{0} holds {1} bytes, more than are looked at")]
    Large(ObjectId, u64),
}

/// A blob of more bytes is not looked at.
const LARGEST: u64 = 1 << 30;

/// A repository for many threads.
pub struct Shared(gix::ThreadSafeRepository);

impl Shared {
    /// For one of them.
    pub fn open(&self) -> Git {
        Git(self.0.to_thread_local())
    }
}

impl Git {
    /// For many threads.
    pub fn shared(&self) -> Shared {
        Shared(self.0.clone().into_sync())
    }

    /// The folder of the working tree.
    pub fn workdir(&self) -> Option<PathBuf> {
        let folder = self.0.workdir()?;
        Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() })
    }

    /// The folder of git, which a linked working tree has for itself.
    pub fn own_folder(&self) -> &Path {
        self.0.git_dir()
    }

    /// The folder of git that all working trees have in common.
    pub fn common_folder(&self) -> &Path {
        self.0.common_dir()
    }

    /// The current folder, relative to the working tree; none outside it.
    pub fn here(&self) -> Option<BString> {
        let prefix = self.0.prefix().ok()??;
        Some(
            gix::path::to_unix_separators_on_windows(gix::path::into_bstr(prefix).ok()?)
                .into_owned(),
        )
    }

    /// The regular files in the index, each path once.
    ///
    /// # Errors
    /// There is an index that cannot be read.
    pub fn entries(&self) -> Result<Vec<Entry>, IndexError> {
        let index = self.0.index_or_empty().map_err(|error| self.index_error(&error))?;
        let mut entries: Vec<Entry> = Vec::with_capacity(index.entries().len());
        for entry in index.entries() {
            let path = entry.path(&index);
            let is_file = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE);
            if !is_file || entries.last().is_some_and(|last| last.path == path) {
                continue;
            }
            entries.push(Entry {
                path: path.to_owned(),
                id: entry.id,
                is_assumed: entry.flags.contains(Flags::ASSUME_VALID),
                is_skipped: entry.flags.contains(Flags::SKIP_WORKTREE),
                is_undecided: entry.flags.contains(Flags::INTENT_TO_ADD)
                    || entry.stage() != Stage::Unconflicted,
            });
        }
        Ok(entries)
    }

    /// The regular files that the index adds to HEAD or has otherwise.
    ///
    /// # Errors
    /// The index or the tree of HEAD cannot be read.
    pub fn changed(&self) -> Result<Vec<BString>, IndexError> {
        let index = self.0.index_or_empty().map_err(|error| self.index_error(&error))?;
        let tree = self.0.head_tree_id_or_empty().map_err(|error| self.index_error(&error))?;
        let head = self.0.index_from_tree(&tree).map_err(|error| self.index_error(&error))?;
        let is_changed = |entry: &&gix::index::Entry| {
            let before = head.entry_by_path(entry.path(&index));
            before.is_none_or(|before| (before.id, before.mode) != (entry.id, entry.mode))
                && !entry.flags.contains(Flags::INTENT_TO_ADD)
        };
        let changed = index.entries().iter().filter(is_changed);
        Ok(changed.map(|entry| entry.path(&index).to_owned()).collect())
    }

    fn index_error(&self, error: &gix::Error) -> IndexError {
        IndexError::new(self.0.index_path(), error.to_string())
    }

    /// What a blob holds.
    ///
    /// # Errors
    /// It is not among the objects, or too large.
    pub fn content(&self, id: ObjectId) -> Result<Vec<u8>, ObjectError> {
        let failed = |error: gix::Error| ObjectError::Object(id.to_string(), error.to_string());
        let size = self.0.find_header(id).map_err(failed)?.size();
        if size > LARGEST {
            return Err(ObjectError::Large(id, size));
        }
        Ok(self.0.find_object(id).map_err(failed)?.detach().data)
    }

    /// The branch that is checked out, without `refs/heads/`.
    pub fn checked_out(&self) -> Option<String> {
        Some(self.0.head_name().ok()??.shorten().to_string())
    }
}

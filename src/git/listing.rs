//! What `git grep` looks at: the index as it is, and the folders of commits. Paths are bytes, as
//! git has them.

use super::Git;
use super::index::IndexError;
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::{Flags, Mode, Stage};
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
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

/// A commit and the folder that it holds.
#[derive(Debug, Clone)]
pub struct Step {
    pub id: ObjectId,
    pub tree: ObjectId,
    pub parents: Vec<ObjectId>,
}

/// What lies in a folder of a commit, submodules and links left out.
#[derive(Debug, Clone)]
pub struct Item {
    pub name: BString,
    pub id: ObjectId,
    pub is_folder: bool,
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
pub struct Shared {
    git: gix::ThreadSafeRepository,
    number: usize,
}

impl Shared {
    /// Does something with the repository; each thread keeps the one that it opened.
    pub fn with<T>(&self, work: impl FnOnce(&Git) -> T) -> T {
        thread_local! {
            static OPEN: RefCell<Option<(usize, Git)>> = const { RefCell::new(None) };
        }
        let known = OPEN.take().filter(|(number, _)| *number == self.number);
        let (number, git) = known.unwrap_or_else(|| {
            let mut git = self.git.to_thread_local();
            git.object_cache_size_if_unset(4 << 20);
            (self.number, Git(git))
        });
        let done = work(&git);
        OPEN.set(Some((number, git)));
        done
    }
}

impl Git {
    /// For many threads.
    pub fn shared(&self) -> Shared {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Shared { git: self.0.clone().into_sync(), number }
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

    /// Every commit that a reference or HEAD leads to, newest first.
    ///
    /// # Errors
    /// A commit is not among the objects.
    pub fn every_commit(&self) -> Result<Vec<Step>, ObjectError> {
        let failed =
            |error: gix::Error| ObjectError::Object("the history".into(), error.to_string());
        let mut tips: Vec<ObjectId> =
            self.0.head_id().ok().map(gix::Id::detach).into_iter().collect();
        let references = self.0.references().map_err(failed)?;
        for reference in references.all().map_err(failed)?.flatten() {
            let commit = reference.into_fully_peeled_id().ok();
            let is_commit = |id: &gix::Id<'_>| id.header().is_ok_and(|it| it.kind().is_commit());
            tips.extend(commit.filter(is_commit).map(gix::Id::detach));
        }
        self.walk(tips, Vec::new())
    }

    /// The commits that one leads to and another does not, newest first.
    ///
    /// # Errors
    /// One of them is not there.
    pub fn between(&self, known: &str, new: &str) -> Result<Vec<Step>, ObjectError> {
        let id = |name: &str| {
            let found = self.0.rev_parse_single(BStr::new(name.as_bytes()));
            let commit = found.and_then(|id| id.object()?.peel_to_commit());
            commit.map(|it| it.id).map_err(|e| ObjectError::Object(name.into(), e.to_string()))
        };
        self.walk(vec![id(new)?], vec![id(known)?])
    }

    fn walk(&self, tips: Vec<ObjectId>, hidden: Vec<ObjectId>) -> Result<Vec<Step>, ObjectError> {
        let failed =
            |error: gix::Error| ObjectError::Object("the history".into(), error.to_string());
        let order = Sorting::ByCommitTime(CommitTimeOrder::NewestFirst);
        let walk =
            self.0.rev_walk(tips).with_hidden(hidden).sorting(order).all().map_err(failed)?;
        let mut revisions = Vec::new();
        for info in walk {
            let commit = info.map_err(failed)?.object().map_err(failed)?;
            let tree = commit.tree_id().map_err(failed)?.detach();
            let parents = commit.parent_ids().map(gix::Id::detach).collect();
            revisions.push(Step { id: commit.id, tree, parents });
        }
        Ok(revisions)
    }

    /// The folder that a commit holds; none where the clone does not reach back to it.
    pub fn folder_of(&self, commit: ObjectId) -> Option<ObjectId> {
        self.0.find_commit(commit).ok()?.tree_id().ok().map(gix::Id::detach)
    }

    /// What lies in a folder, in git's order.
    ///
    /// # Errors
    /// It is not among the objects.
    pub fn folder(&self, id: ObjectId) -> Result<Vec<Item>, ObjectError> {
        let failed = |why: String| ObjectError::Object(id.to_string(), why);
        let tree = self.0.find_tree(id).map_err(|error| failed(error.to_string()))?;
        let mut items = Vec::new();
        for entry in tree.iter() {
            let entry = entry.map_err(|error| failed(error.to_string()))?;
            let mode = entry.mode();
            if mode.is_tree() || mode.is_blob() || mode.is_executable() {
                let name = entry.filename().as_bytes().into();
                items.push(Item { name, id: entry.object_id(), is_folder: mode.is_tree() });
            }
        }
        Ok(items)
    }

    /// The branch that is checked out, without `refs/heads/`.
    pub fn checked_out(&self) -> Option<String> {
        Some(self.0.head_name().ok()??.shorten().to_string())
    }
}

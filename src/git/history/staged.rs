//! What the index has beyond HEAD: what a commit would add. Folders that the index knows to be as
//! HEAD has them are passed over whole, so it takes as long as the change is large.

use super::added::{Addition, addition};
use super::changes::{Change, Compare, is_file};
use super::objects::{Objects, Troubles};
use super::pathspec::Paths;
use super::{HistoryError, Hunk, renames};
use crate::finding::Notification;
use crate::git::{Git, IndexError};
use crate::target::shown;
use gix::ObjectId;
use gix::index::entry::{Flags, Mode, Stage};
use gix::index::extension::Tree as Cached;
use gix::index::{Entry, State};
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryMode;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What is staged of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// As `target::shown` has it.
    pub path: Arc<str>,
    /// The path as git has it.
    pub raw_path: Arc<[u8]>,
    /// The lines that HEAD does not have; none where it is binary.
    pub hunks: Vec<Hunk>,
    pub is_binary: bool,
    /// The whole file as the index has it.
    pub text: Arc<Vec<u8>>,
    /// The whole file as HEAD has it.
    pub before: Vec<Arc<Vec<u8>>>,
}

/// What is staged.
#[derive(Debug, Default)]
pub struct Staging {
    /// By path.
    pub files: Vec<Staged>,
    pub notifications: Vec<Notification>,
}

impl Git {
    /// What the index adds to HEAD; that which git names in `GIT_INDEX_FILE`, where it does: a
    /// commit of named files has one of its own.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn staged(&self) -> Result<Staging, HistoryError> {
        let troubles = Troubles::default();
        let Some(index) = index(&self.0)? else { return Ok(Staging::default()) };
        let mut objects = Objects::new(&self.0.clone().into_sync(), 1);
        let head = self.0.head_tree_id().ok().map(gix::Id::detach);
        let compare = Compare { objects: &objects, paths: &Paths::default(), troubles: &troubles };
        let mut beside = Beside { index: &index, compare, changes: Vec::new() };
        beside.folder(&mut Vec::new(), index.entries(), index.tree(), head);
        let mut changes = beside.changes;
        changes.sort_by(|one, other| one.path.cmp(&other.path));
        renames::follow(&mut changes, &mut objects, &troubles);
        let staged = |change: Change| {
            let Addition { hunks, is_binary, text, before } =
                addition(&mut objects, &change, &troubles)?;
            let (path, raw_path) = (shown(&change.path).into(), change.path.into());
            let adds = is_binary || !hunks.is_empty();
            adds.then_some(Staged { path, raw_path, hunks, is_binary, text, before })
        };
        let files = changes.into_iter().filter_map(staged).collect();
        Ok(Staging { files, notifications: troubles.into_notifications() })
    }
}

/// The index; none where there is no file of it. Its checksum is not verified, as git does not.
fn index(git: &gix::Repository) -> Result<Option<gix::index::File>, IndexError> {
    let named = std::env::var_os("GIT_INDEX_FILE").filter(|path| !path.is_empty());
    let path = named.map_or_else(|| git.index_path(), PathBuf::from);
    if !path.exists() {
        return Ok(None);
    }
    let options = gix::index::decode::Options::default();
    gix::index::File::at(&path, git.object_hash(), true, options)
        .map(Some)
        .map_err(|error| IndexError { path, why: error.to_string() })
}

/// The index beside the tree of HEAD.
struct Beside<'a> {
    index: &'a State,
    compare: Compare<'a>,
    changes: Vec<Change>,
}

impl Beside<'_> {
    /// Compares the entries below a folder, whose path ends with a slash unless it is the root,
    /// with that folder of HEAD.
    fn folder(
        &mut self,
        path: &mut Vec<u8>,
        entries: &[Entry],
        cached: Option<&Cached>,
        head: Option<ObjectId>,
    ) {
        let as_head = |cached: &Cached| {
            cached.num_entries.is_some_and(|count| count as usize == entries.len())
                && head == Some(cached.id)
        };
        if cached.is_some_and(as_head) {
            return;
        }
        let index = self.index;
        let mut there = self.there(path, head);
        let mut left = entries;
        while let [entry, ..] = left {
            let Some(rest) = entry.path(index).get(path.len()..) else { return };
            let slash = memchr::memchr(b'/', rest);
            let name = &rest[..slash.unwrap_or(rest.len())];
            let length = path.len();
            let old = there.remove(name);
            path.extend_from_slice(name);
            let mine = match slash {
                None => {
                    self.file(path, entry, old);
                    1
                }
                Some(_) => {
                    path.push(b'/');
                    let mine = left.partition_point(|entry| entry.path(index).starts_with(path));
                    let cached = cached
                        .and_then(|cached| cached.children.iter().find(|it| it.name[..] == *name));
                    self.below(path, &left[..mine], cached, old);
                    // An index that is out of order must not make this stand still.
                    mine.max(1)
                }
            };
            path.truncate(length);
            left = &left[mine..];
        }
        for (name, old) in there {
            let length = path.len();
            path.extend_from_slice(&name);
            self.gone(path, old);
            path.truncate(length);
        }
    }

    fn below(
        &mut self,
        path: &mut Vec<u8>,
        entries: &[Entry],
        cached: Option<&Cached>,
        old: Option<(EntryMode, ObjectId)>,
    ) {
        let head = old.filter(|(mode, _)| mode.is_tree()).map(|(_, id)| id);
        if let (None, Some(old)) = (head, old) {
            self.gone(&mut path[..path.len() - 1].to_vec(), old);
        }
        match entries {
            // A folder that a sparse index holds as a whole.
            [entry] if entry.mode == Mode::DIR => {
                self.compare.folder(head, Some(entry.id), path, 0, &mut self.changes);
            }
            _ => self.folder(path, entries, cached, head),
        }
    }

    fn file(&mut self, path: &mut Vec<u8>, entry: &Entry, old: Option<(EntryMode, ObjectId)>) {
        let is_left_out =
            entry.stage() != Stage::Unconflicted || entry.flags.contains(Flags::INTENT_TO_ADD);
        let is_regular = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE);
        let new = is_regular.then_some(entry.id);
        let was = old.filter(|(mode, _)| is_file(*mode)).map(|(_, id)| id);
        if !is_left_out && was != new {
            self.changes.push(Change::new(path, was, new));
        }
        if let Some(tree) = old.filter(|(mode, _)| mode.is_tree()) {
            self.gone(path, tree);
        }
    }

    /// What HEAD has and the index has not may have moved.
    fn gone(&mut self, path: &mut Vec<u8>, (mode, id): (EntryMode, ObjectId)) {
        if is_file(mode) {
            self.changes.push(Change::new(path, Some(id), None));
        } else if mode.is_tree() {
            path.push(b'/');
            self.compare.folder(Some(id), None, path, 0, &mut self.changes);
            path.pop();
        }
    }

    /// What a folder of HEAD has, by name.
    fn there(
        &self,
        path: &[u8],
        head: Option<ObjectId>,
    ) -> BTreeMap<Vec<u8>, (EntryMode, ObjectId)> {
        let tree = self.compare.read(head, path);
        let Some(tree) = &tree else { return BTreeMap::new() };
        TreeRefIter::from_bytes(&tree.data, tree.id.kind())
            .map_while(Result::ok)
            .map(|entry| (entry.filename.to_vec(), (entry.mode, entry.oid.to_owned())))
            .collect()
    }
}

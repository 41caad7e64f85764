//! Which files differ between two trees.

use super::objects::{Objects, Troubles};
use super::pathspec::Paths;
use crate::finding::Trouble;
use gix::ObjectId;
use gix::objs::TreeRefIter;
use gix::objs::tree::{EntryMode, EntryRef};
use std::cmp::Ordering;

/// Folders may lie so deep in one another.
const DEEPEST: usize = 256;

/// A file that one tree has and the other has not, or has otherwise. Links and submodules are no
/// files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub path: Box<[u8]>,
    pub old: Option<ObjectId>,
    /// None where the file is gone.
    pub new: Option<ObjectId>,
    /// Of a merge, what its other parents have.
    pub others: Box<[Option<ObjectId>]>,
}

impl Change {
    /// What is otherwise than in one tree.
    pub fn new(path: &[u8], old: Option<ObjectId>, new: Option<ObjectId>) -> Change {
        Change { path: path.into(), old, new, others: Box::default() }
    }

    /// What the file was: of a merge, in each parent.
    pub fn olds(&self) -> impl Iterator<Item = Option<ObjectId>> + '_ {
        std::iter::once(self.old).chain(self.others.iter().copied())
    }
}

/// A comparison of trees.
pub struct Compare<'a> {
    pub objects: &'a Objects,
    pub paths: &'a Paths,
    pub troubles: &'a Troubles,
}

/// An entry of a tree that is of use.
type Entry<'a> = EntryRef<'a>;

impl Compare<'_> {
    /// The differences of two trees; none stands for an empty one.
    pub fn trees(&self, old: Option<ObjectId>, new: Option<ObjectId>) -> Vec<Change> {
        let mut changes = Vec::new();
        self.folder(old, new, &mut Vec::new(), 0, &mut changes);
        changes
    }

    /// Adds the differences of two folders at a path, which ends with a slash unless it is the root.
    pub fn folder(
        &self,
        old: Option<ObjectId>,
        new: Option<ObjectId>,
        path: &mut Vec<u8>,
        depth: usize,
        changes: &mut Vec<Change>,
    ) {
        if old == new {
            return;
        }
        if self.is_too_deep(depth, new.or(old), path) {
            return;
        }
        let (old, new) = (self.read(old, path), self.read(new, path));
        let (mut olds, mut news) = (self.entries(&old, path), self.entries(&new, path));
        let (mut one, mut other) = (olds.next(), news.next());
        loop {
            let order = match (&one, &other) {
                (None, None) => return,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(one), Some(other)) => in_order(one, other),
            };
            let was = if order.is_le() { one.take() } else { None };
            let is = if order.is_ge() { other.take() } else { None };
            if order.is_le() {
                one = olds.next();
            }
            if order.is_ge() {
                other = news.next();
            }
            self.entry(was, is, path, depth, changes);
        }
    }

    /// Whether folders lie too deep in one another to be gone into, which is told.
    pub fn is_too_deep(&self, depth: usize, id: Option<ObjectId>, path: &[u8]) -> bool {
        let is_too_deep = depth > DEEPEST;
        if let Some(id) = id.filter(|_| is_too_deep) {
            let why = format!("folders lie more than {DEEPEST} deep in one another here");
            self.troubles.tell(id, path, Trouble::OverLimit, why);
        }
        is_too_deep
    }

    /// Adds the differences of what two folders have by one name.
    fn entry(
        &self,
        old: Option<Entry>,
        new: Option<Entry>,
        path: &mut Vec<u8>,
        depth: usize,
        changes: &mut Vec<Change>,
    ) {
        let id = |entry: &Option<Entry>, of: fn(EntryMode) -> bool| {
            entry.as_ref().filter(|entry| of(entry.mode)).map(|entry| entry.oid.to_owned())
        };
        let Some(name) = new.as_ref().or(old.as_ref()).map(|entry| entry.filename) else { return };
        let length = path.len();
        path.extend_from_slice(name);
        let (was, is) = (id(&old, is_file), id(&new, is_file));
        if was != is && self.paths.has(path) {
            changes.push(Change::new(path, was, is));
        }
        let (was, is) = (id(&old, |mode| mode.is_tree()), id(&new, |mode| mode.is_tree()));
        if was != is {
            path.push(b'/');
            self.folder(was, is, path, depth + 1, changes);
        }
        path.truncate(length);
    }

    /// The tree of an id, where it can be read.
    pub fn read(&self, id: Option<ObjectId>, path: &[u8]) -> Option<gix::Object<'_>> {
        let id = id?;
        let told = |why: String| {
            let why = format!("folder {id} cannot be read from git: {why}");
            self.troubles.tell(id, path, Trouble::Unreadable, why);
        };
        match self.objects.trees().find_object(id) {
            Ok(object) if object.kind == gix::objs::Kind::Tree => Some(object),
            Ok(object) => {
                told(format!("it is a {}", object.kind));
                None
            }
            Err(error) => {
                told(format!("{error}; `git fsck` says what is missing"));
                None
            }
        }
    }

    /// The entries of a tree as far as they can be read.
    pub fn entries<'a>(
        &'a self,
        tree: &'a Option<gix::Object>,
        path: &[u8],
    ) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        let path = path.to_vec();
        let known = tree.as_ref().map(|tree| (tree.id, &tree.data[..]));
        let entries = known.map(|(id, data)| (id, TreeRefIter::from_bytes(data, id.kind())));
        entries
            .into_iter()
            .flat_map(|(id, entries)| entries.map(move |entry| (id, entry)))
            .map_while(move |(id, entry)| match entry {
                Ok(entry) => Some(entry),
                Err(_) => {
                    let why = format!("folder {id} is broken; `git fsck` says more");
                    self.troubles.tell(id, &path, Trouble::Unreadable, why);
                    None
                }
            })
    }
}

/// Whether it is a regular file.
pub fn is_file(mode: EntryMode) -> bool {
    mode.is_blob() || mode.is_executable()
}

/// Git sorts a folder as if its name ended with a slash.
fn in_order(one: &Entry, other: &Entry) -> Ordering {
    let name = |entry: &Entry| (entry.filename.len(), entry.mode.is_tree());
    let ((one_end, one_tree), (other_end, other_tree)) = (name(one), name(other));
    let both = one_end.min(other_end);
    let end = |entry: &Entry, is_tree: bool| {
        entry.filename.get(both).copied().unwrap_or(if is_tree { b'/' } else { 0 })
    };
    one.filename[..both]
        .cmp(&other.filename[..both])
        .then_with(|| end(one, one_tree).cmp(&end(other, other_tree)))
        .then_with(|| one_end.cmp(&other_end))
}

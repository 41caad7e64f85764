//! Commits one by one, for whoever asks other things of them than what they add.

use super::changes::{Change, Compare, is_file};
use super::objects::{Blob, Objects, Troubles};
use super::pathspec::Paths;
use super::walk::{Step, walk};
use super::{HistoryError, Span, renames};
use crate::finding::Notification;
use crate::git::Git;
use gix::bstr::BString;
use gix::objs::tree::{EntryMode, EntryRef};
use gix::{ObjectId, ThreadSafeRepository};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The objects of a repository, for many threads.
pub struct Reader {
    git: ThreadSafeRepository,
    paths: Paths,
    troubles: Troubles,
}

/// What one thread reads with.
pub struct Handle<'a> {
    objects: Objects,
    reader: &'a Reader,
}

/// What lies in a folder of a commit, submodules and links left out.
#[derive(Debug, Clone)]
pub struct Item {
    pub name: BString,
    pub id: ObjectId,
    pub is_folder: bool,
}

impl Git {
    /// Reads the objects of this repository.
    pub fn reader(&self) -> Reader {
        let git = self.0.clone().into_sync();
        Reader { git, paths: Paths::default(), troubles: Troubles::default() }
    }

    /// The commits of a span, the newest first, and what could not be read on the way.
    ///
    /// # Errors
    /// The span names no commits.
    pub fn steps(&self, span: &Span) -> Result<(Vec<Step>, Vec<Notification>), HistoryError> {
        let troubles = Troubles::default();
        let steps = walk(self, &span.log()?, &troubles)?;
        Ok((steps, troubles.into_notifications()))
    }

    /// What a commit says of itself: the lines before its difference, as `git log` has them.
    pub fn told(&self, step: &Step) -> Option<Vec<u8>> {
        let commit = self.0.find_commit(step.id).ok()?;
        let author = commit.author().ok()?;
        let time =
            author.time().ok().and_then(|time| time.format(gix::date::time::format::DEFAULT).ok());
        let mut told = format!("commit {}\n", step.id).into_bytes();
        if step.is_merge {
            let parents: Vec<String> =
                commit.parent_ids().map(|id| id.shorten_or_id().to_string()).collect();
            told.extend(format!("Merge: {}\n", parents.join(" ")).bytes());
        }
        told.extend([&b"Author: "[..], author.name, b" <", author.email, b">\n"].concat());
        told.extend(format!("Date:   {}\n\n", time.unwrap_or_default()).bytes());
        for line in commit.message_raw().ok()?.trim_ascii_end().split(|byte| *byte == b'\n') {
            told.extend([b"    ", line, b"\n"].concat());
        }
        Some(told)
    }
}

impl Reader {
    /// For one of so many threads.
    pub fn handle(&self, among: usize) -> Handle<'_> {
        Handle { objects: Objects::new(&self.git, among), reader: self }
    }

    /// What could not be read.
    pub fn into_notifications(self) -> Vec<Notification> {
        self.troubles.into_notifications()
    }
}

impl Handle<'_> {
    /// What a commit changes, files that moved taken for new ones. A merge changes nothing.
    pub fn changes(&self, step: &Step) -> Vec<Change> {
        if step.is_merge {
            return Vec::new();
        }
        let Reader { paths, troubles, .. } = self.reader;
        let compare = Compare { objects: &self.objects, paths, troubles };
        let before = step.parent.and_then(|parent| {
            let commit = self.objects.trees().find_commit(parent).ok()?;
            commit.tree_id().ok().map(gix::Id::detach)
        });
        compare.trees(before, Some(step.tree))
    }

    /// Gives files that moved the state that they had elsewhere, and takes away what they were.
    pub fn follow(&mut self, changes: Vec<Change>) -> Vec<Change> {
        let gone: Vec<Change> = changes.iter().filter(|it| it.new.is_none()).cloned().collect();
        let fresh: HashSet<Box<[u8]>> =
            changes.iter().filter(|it| it.old.is_none()).map(|it| it.path.clone()).collect();
        let mut followed = changes;
        // What moved without a change is left out of those that follow.
        let mut taken: HashMap<ObjectId, usize> = HashMap::new();
        let ids = followed.iter().filter(|it| it.old.is_none()).filter_map(|it| it.new);
        let mut unchanged: HashMap<ObjectId, usize> = HashMap::new();
        ids.for_each(|id| *unchanged.entry(id).or_default() += 1);
        renames::follow(&mut followed, &mut self.objects, &self.reader.troubles);
        for change in followed.iter().filter(|it| fresh.contains(&it.path)) {
            change.old.into_iter().for_each(|old| *taken.entry(old).or_default() += 1);
            let left = change.new.and_then(|id| unchanged.get_mut(&id));
            left.into_iter().for_each(|count| *count -= 1);
        }
        unchanged.into_iter().for_each(|(id, count)| *taken.entry(id).or_default() += count);
        followed.extend(gone.into_iter().filter(|gone| {
            let count = gone.old.and_then(|old| taken.get_mut(&old)).filter(|count| **count > 0);
            count.map(|count| *count -= 1).is_none()
        }));
        followed.sort_by(|one, other| one.path.cmp(&other.path));
        followed
    }

    /// What a file holds; none where it is binary, larger than 32 MiB, or not to be had.
    pub fn text(&mut self, id: ObjectId, path: &[u8]) -> Option<Arc<Vec<u8>>> {
        match self.objects.blob(id, path, &self.reader.troubles) {
            Blob::Text(text) => Some(text),
            Blob::Binary(_) | Blob::Unread => None,
        }
    }

    /// What lies in a folder, in git's order; nothing where it cannot be read.
    pub fn folder(&self, id: ObjectId, path: &[u8]) -> Vec<Item> {
        let Reader { paths, troubles, .. } = self.reader;
        let compare = Compare { objects: &self.objects, paths, troubles };
        let Some(tree) = compare.read(Some(id), path) else { return Vec::new() };
        let entries = gix::objs::TreeRefIter::from_bytes(&tree.data, id.kind());
        let entries = entries.map_while(Result::ok);
        let is_wanted = |mode: EntryMode| mode.is_tree() || is_file(mode);
        let item = |entry: EntryRef<'_>| Item {
            name: entry.filename.to_owned(),
            id: entry.oid.to_owned(),
            is_folder: entry.mode.is_tree(),
        };
        entries.filter(|entry| is_wanted(entry.mode)).map(item).collect()
    }
}

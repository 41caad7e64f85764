//! What a merge changes beside all of its parents: how conflicts were resolved, what somebody
//! slipped in, what `git stash` put away. As `git log -c` tells it.

use super::added::tree_of;
use super::changes::{Change, Compare, is_file};
use super::log::Log;
use super::objects::{Objects, Troubles};
use super::renames;
use super::walk::Step;
use gix::ObjectId;
use gix::objs::CommitRefIter;
use gix::objs::tree::EntryMode;
use std::collections::{HashMap, HashSet};

/// The files that a merge has as none of its parents has them.
pub fn changes(step: &Step, log: &Log, objects: &mut Objects, troubles: &Troubles) -> Vec<Change> {
    let parents = parents(step.id, objects);
    let mut changes = Vec::new();
    let compare = Compare { objects, paths: &log.paths, troubles };
    compare.merge(&parents, step.tree, &mut Vec::new(), 0, &mut changes);
    if !log.no_renames {
        for (number, parent) in parents.iter().enumerate() {
            let is_fresh = |change: &&Change| change.olds().nth(number) == Some(None);
            let fresh = changes.iter().filter(is_fresh).map(|change| change.path.clone()).collect();
            let moved = moved(fresh, *parent, step.tree, log, objects, troubles);
            follow(&mut changes, number, moved);
        }
    }
    changes
}

/// The trees of a commit's parents.
fn parents(commit: ObjectId, objects: &Objects) -> Vec<Option<ObjectId>> {
    let Ok(object) = objects.trees().find_object(commit) else { return Vec::new() };
    let ids = CommitRefIter::from_bytes(&object.data, commit.kind()).parent_ids();
    ids.map(|id| tree_of(objects, id)).collect()
}

impl Compare<'_> {
    /// Adds what a folder of a merge has as none of its parents. Most folders are as one of them
    /// has them.
    fn merge(
        &self,
        olds: &[Option<ObjectId>],
        new: ObjectId,
        path: &mut Vec<u8>,
        depth: usize,
        changes: &mut Vec<Change>,
    ) {
        if olds.contains(&Some(new)) || self.is_too_deep(depth, Some(new), path) {
            return;
        }
        let trees: Vec<_> = olds.iter().map(|id| self.read(*id, path)).collect();
        let there: Vec<HashMap<&[u8], (EntryMode, ObjectId)>> = trees
            .iter()
            .map(|tree| {
                let entries = self.entries(tree, path);
                entries.map(|it| (&**it.filename, (it.mode, it.oid.to_owned()))).collect()
            })
            .collect();
        let new = self.read(Some(new), path);
        for entry in self.entries(&new, path) {
            let of = |wanted: fn(EntryMode) -> bool| -> Vec<Option<ObjectId>> {
                let id = |entries: &HashMap<&[u8], (EntryMode, ObjectId)>| {
                    let known = entries.get(&**entry.filename).filter(|(mode, _)| wanted(*mode));
                    known.map(|(_, id)| *id)
                };
                there.iter().map(id).collect()
            };
            let length = path.len();
            path.extend_from_slice(entry.filename);
            let id = entry.oid.to_owned();
            if entry.mode.is_tree() {
                path.push(b'/');
                self.merge(&of(|mode| mode.is_tree()), id, path, depth + 1, changes);
            } else if is_file(entry.mode) && self.paths.has(path) {
                let olds = of(is_file);
                if let ([first, others @ ..], false) = (&olds[..], olds.contains(&Some(id))) {
                    let change = Change::new(path, *first, Some(id));
                    changes.push(Change { others: others.into(), ..change });
                }
            }
            path.truncate(length);
        }
    }
}

/// What of the `fresh` files, which a parent does not have, it has elsewhere, by path: none in the place of
/// what it has as it is.
fn moved(
    fresh: HashSet<Box<[u8]>>,
    parent: Option<ObjectId>,
    tree: ObjectId,
    log: &Log,
    objects: &mut Objects,
    troubles: &Troubles,
) -> HashMap<Box<[u8]>, Option<ObjectId>> {
    if fresh.is_empty() || parent.is_none() {
        return HashMap::new();
    }
    let compare = Compare { objects, paths: &log.paths, troubles };
    let mut beside = compare.trees(parent, Some(tree));
    beside.retain(|change| change.new.is_none() || fresh.contains(&change.path));
    renames::follow(&mut beside, objects, troubles);
    let mut moved: HashMap<Box<[u8]>, Option<ObjectId>> =
        fresh.into_iter().map(|path| (path, None)).collect();
    for change in beside {
        match change.old {
            Some(old) => moved.insert(change.path, Some(old)),
            None => moved.remove(&change.path),
        };
    }
    moved
}

/// Tells changes where the parent of a number has the files, and drops what it has as it is.
fn follow(changes: &mut Vec<Change>, number: usize, moved: HashMap<Box<[u8]>, Option<ObjectId>>) {
    changes.retain_mut(|change| {
        let Some(old) = moved.get(&change.path) else { return true };
        match number.checked_sub(1) {
            None => change.old = *old,
            Some(other) => change.others[other] = *old,
        }
        old.is_some()
    });
}

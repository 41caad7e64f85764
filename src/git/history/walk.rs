//! Which commits a log shows: from its tips back through the parents, the newest first.

use super::HistoryError;
use super::log::Log;
use super::objects::Troubles;
use super::tips::Tips;
use crate::finding::Trouble;
use crate::git::Git;
use gix::ObjectId;
use gix::objs::CommitRefIter;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

/// A clock that was wrong may hide that a commit is known to the other side; as git does, the walk
/// goes on for so many commits when only such are left.
const SLOP: usize = 5;

/// A commit that is shown.
#[derive(Debug, Clone)]
pub struct Step {
    pub id: ObjectId,
    pub tree: ObjectId,
    /// What it is compared with; an empty tree where there is none.
    pub parent: Option<ObjectId>,
    /// A merge: what it adds is told only where that is asked for.
    pub is_merge: bool,
}

/// What the walk needs of a commit.
struct Commit {
    tree: ObjectId,
    /// The committer's, in seconds since 1970.
    time: i64,
    parents: Vec<ObjectId>,
}

/// A commit that was come to.
struct Known {
    hidden: bool,
    /// Whether it is still in the queue.
    waits: bool,
    /// None where it cannot be read.
    commit: Option<Commit>,
}

struct Walk<'a> {
    git: &'a gix::Repository,
    troubles: &'a Troubles,
    /// Commits of a shallow clone, whose parents are not there.
    shallow: HashSet<ObjectId>,
    known: HashMap<ObjectId, Known>,
    /// By time, then by when they came in, the earliest first.
    queue: BinaryHeap<(i64, Reverse<usize>, ObjectId)>,
    /// How many of the queue are not hidden.
    wanted: usize,
    any_hidden: bool,
}

/// The commits, the newest first. Which of them only the log's paths leave out shows when they are
/// compared.
pub fn walk(git: &Git, log: &Log, troubles: &Troubles) -> Result<Vec<Step>, HistoryError> {
    let tips = Tips::of(git, log, troubles)?;
    let shallow = git.0.shallow_commits().ok().flatten();
    let mut walk = Walk {
        git: &git.0,
        troubles,
        shallow: shallow.map(|ids| ids.iter().copied().collect()).unwrap_or_default(),
        known: HashMap::new(),
        queue: BinaryHeap::new(),
        wanted: 0,
        any_hidden: false,
    };
    tips.hidden.iter().for_each(|id| walk.hide(*id));
    tips.shown.iter().for_each(|id| walk.come_to(*id, false));
    Ok(walk.run(log))
}

impl Walk<'_> {
    fn run(mut self, log: &Log) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let (mut oldest, mut slop) = (i64::MAX, SLOP);
        // What is shown may still turn out to be hidden, and paths may leave more out.
        let is_sure = !self.any_hidden && log.paths.is_all();
        let enough = log.most.filter(|_| is_sure).map(|most| most.saturating_add(log.skip));
        while let Some((time, _, id)) = self.queue.pop() {
            if enough.is_some_and(|enough| steps.len() >= enough) {
                break;
            }
            let Some(known) = self.known.get_mut(&id) else { continue };
            known.waits = false;
            let (hidden, Some(commit)) = (known.hidden, &known.commit) else { continue };
            let followed = if log.first_parent { 1 } else { usize::MAX };
            let parents: Vec<ObjectId> = commit.parents.iter().take(followed).copied().collect();
            if hidden {
                if self.wanted == 0 && time < oldest {
                    slop -= 1;
                    if slop == 0 {
                        break;
                    }
                }
                parents.iter().for_each(|parent| self.hide(*parent));
                continue;
            }
            self.wanted -= 1;
            (oldest, slop) = (oldest.min(time), SLOP);
            if log.since.is_some_and(|since| time < since) {
                continue;
            }
            if log.shows(commit) {
                let is_merge = commit.parents.len() > 1 && !log.first_parent;
                steps.push(Step {
                    id,
                    tree: commit.tree,
                    parent: parents.first().copied(),
                    is_merge,
                });
            }
            parents.iter().for_each(|parent| self.come_to(*parent, false));
        }
        let is_hidden = |step: &Step| self.known.get(&step.id).is_some_and(|known| known.hidden);
        steps.retain(|step| !is_hidden(step));
        steps
    }

    /// Takes a commit up, unless it was.
    fn come_to(&mut self, id: ObjectId, hidden: bool) {
        if self.known.contains_key(&id) {
            return;
        }
        let commit = self.read(id);
        if let Some(commit) = &commit {
            self.wanted += usize::from(!hidden);
            self.queue.push((commit.time, Reverse(self.known.len()), id));
        }
        self.known.insert(id, Known { hidden, waits: commit.is_some(), commit });
    }

    /// Hides a commit and all that is known to lie behind it.
    fn hide(&mut self, id: ObjectId) {
        self.any_hidden = true;
        let mut left = vec![id];
        while let Some(id) = left.pop() {
            match self.known.get_mut(&id) {
                None => self.come_to(id, true),
                Some(known) if known.hidden => {}
                Some(known) => {
                    known.hidden = true;
                    match known.waits {
                        true => self.wanted -= 1,
                        false => left.extend(known.commit.iter().flat_map(|it| &it.parents)),
                    }
                }
            }
        }
    }

    fn read(&self, id: ObjectId) -> Option<Commit> {
        let read = || {
            let object = self.git.find_object(id).map_err(|error| error.to_string())?;
            if object.kind != gix::objs::Kind::Commit {
                return Err(format!("it is a {}", object.kind));
            }
            let fields = || CommitRefIter::from_bytes(&object.data, id.kind());
            let tree = fields().tree_id().map_err(|error| error.to_string())?;
            let time = fields().committer().ok().and_then(|who| who.time().ok());
            let parents = match self.shallow.contains(&id) {
                true => Vec::new(),
                false => fields().parent_ids().collect(),
            };
            Ok(Commit { tree, time: time.map_or(0, |time| time.seconds), parents })
        };
        let told = |why: String| {
            let why = format!(
                "commit {id} and what lies behind it cannot be read from git: {why}; `git fsck` says what is missing"
            );
            self.troubles.tell(id, b"", Trouble::Unreadable, why);
        };
        read().map_err(told).ok()
    }
}

impl Log {
    fn shows(&self, commit: &Commit) -> bool {
        let merges = commit.parents.len() > 1;
        !(merges && self.no_merges
            || !merges && self.merges_only
            || self.until.is_some_and(|until| commit.time > until))
    }
}

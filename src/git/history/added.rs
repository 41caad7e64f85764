//! The walk over commits: who wrote them, and what each adds to each file.

use super::HistoryError;
use super::changes::{Change, Compare};
use super::lines::{added_lines, in_both};
use super::log::{Log, Span};
use super::merge;
use super::objects::{Blob, Objects, Troubles};
use super::renames;
use super::walk::{Step, walk};
use crate::finding::Notification;
use crate::git::{Git, Tree, tree};
use crate::target::shown;
use gix::objs::CommitRefIter;
use gix::{ObjectId, ThreadSafeRepository};
use jiff::Timestamp;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The stack of the threads that additions are handed over on; only what is touched costs memory.
const STACK: usize = 64 << 20;
/// So many commits are compared with their parents before their files are read.
const COMMITS: usize = 8192;
/// A thread compares so many commits in a row: neighbours share most of their trees.
const COMMITS_AT_ONCE: usize = 16;
/// A thread goes through so many states of a file in a row: each is read once.
const CHANGES_AT_ONCE: usize = 64;

/// A commit as its author made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authored {
    /// In hexadecimal.
    pub id: String,
    pub author: String,
    pub email: String,
    pub time: Timestamp,
    pub message: String,
    /// Its place in the walk: the newest is 0.
    pub place: usize,
}

/// One run of added lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// The number that the first of them has in the file, from 1.
    pub first_line: u32,
    /// With their line ends.
    pub text: Vec<u8>,
}

/// What one commit adds to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    pub commit: Arc<Authored>,
    /// As `target::shown` has it.
    pub path: Arc<str>,
    /// The path as git has it.
    pub raw_path: Arc<[u8]>,
    /// In the order of the file; none where it is binary.
    pub hunks: Vec<Hunk>,
    pub is_binary: bool,
    /// The whole file as the commit has it.
    pub text: Arc<Vec<u8>>,
    /// The whole file as each parent that has it has it.
    pub before: Vec<Arc<Vec<u8>>>,
}

/// What a walk came to.
#[derive(Debug, Default)]
pub struct Walked {
    /// How many commits were looked at, merges among them.
    pub commits: u64,
    /// How many bytes they add.
    pub bytes: u64,
    /// The places of the commits that change a line of a text, those that only remove some among
    /// them.
    pub texts: BTreeSet<usize>,
    pub notifications: Vec<Notification>,
    /// Whether the clone is shallow, and the walk came to where it ends.
    pub is_cut_off: bool,
}

/// The ways of all threads to the objects.
struct Readers {
    repository: ThreadSafeRepository,
    slots: Vec<Mutex<Option<Objects>>>,
}

/// A change of a commit of the batch.
struct Placed {
    commit: usize,
    change: Change,
}

impl Git {
    /// Walks commits on all cores and hands over what each adds to each file; merges only where
    /// `Log::combined` says so. What several threads hand over comes in any order:
    /// `Authored::place` says where a commit stands. Files that add nothing are not handed over.
    ///
    /// # Errors
    /// The span names what is not there. Objects that cannot be read are notifications.
    pub fn additions(
        &self,
        span: &Span,
        each: &(dyn Fn(Added) + Sync),
    ) -> Result<Walked, HistoryError> {
        let log = span.log()?;
        let troubles = Troubles::default();
        let mut steps = walk(self, &log, &troubles)?;
        let (pool, readers) = self.readers()?;
        // Which commits have one of the paths is told by comparing them.
        if log.paths.is_all() {
            limit(&mut steps, &log);
        }
        let ends = self.0.shallow_commits().ok().flatten();
        let is_cut_off = ends.is_some_and(|ends| steps.iter().any(|it| ends.contains(&it.id)));
        let (bytes, texts) = (AtomicU64::new(0), Mutex::default());
        let mut work = Work {
            readers: &readers,
            log: &log,
            troubles: &troubles,
            each,
            bytes: &bytes,
            texts: &texts,
        };
        let commits = pool.install(|| work.through(&steps));
        let (bytes, notifications) = (bytes.into_inner(), troubles.into_notifications());
        let texts = texts.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Walked { commits, bytes, texts, notifications, is_cut_off })
    }

    /// Reads files of a commit on all cores and hands them over in any order.
    ///
    /// # Errors
    /// There are no more threads. What cannot be read is a notification.
    pub fn contents(
        &self,
        files: &[tree::Blob],
        each: &(dyn Fn(&tree::Blob, Arc<Vec<u8>>) + Sync),
    ) -> Result<Vec<Notification>, HistoryError> {
        let troubles = Troubles::default();
        let (pool, readers) = self.readers()?;
        pool.install(|| {
            files.par_iter().for_each(|file| {
                let read = match &mut *readers.mine() {
                    Some(objects) => objects.blob(file.id, file.path.as_bytes(), &troubles),
                    None => Blob::Unread,
                };
                if let Blob::Text(bytes) | Blob::Binary(bytes) = read {
                    each(file, bytes);
                }
            });
        });
        Ok(troubles.into_notifications())
    }

    /// Threads, and a way to the objects for each.
    fn readers(&self) -> Result<(rayon::ThreadPool, Readers), HistoryError> {
        let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build()?;
        let readers = Readers {
            repository: self.0.clone().into_sync(),
            slots: (0..pool.current_num_threads()).map(|_| Mutex::default()).collect(),
        };
        Ok((pool, readers))
    }

    /// Every commit that any reference leads to, the newest first, with its tree.
    ///
    /// # Errors
    /// The references cannot be read.
    pub fn commits(&self) -> Result<Vec<Tree>, HistoryError> {
        let steps = walk(self, &Log { all: true, ..Log::default() }, &Troubles::default())?;
        let tree = |step: Step| Tree::new(self.clone(), step.id.to_string(), step.id, step.tree);
        Ok(steps.into_iter().map(tree).collect())
    }
}

/// Keeps what `--skip` and `--max-count` leave.
fn limit(steps: &mut Vec<Step>, log: &Log) {
    steps.drain(..log.skip.min(steps.len()));
    steps.truncate(log.most.unwrap_or(usize::MAX));
}

struct Work<'a> {
    readers: &'a Readers,
    log: &'a Log,
    troubles: &'a Troubles,
    each: &'a (dyn Fn(Added) + Sync),
    bytes: &'a AtomicU64,
    texts: &'a Mutex<BTreeSet<usize>>,
}

impl Work<'_> {
    /// Goes through commits, and says how many there were.
    fn through(&mut self, steps: &[Step]) -> u64 {
        let (mut seen, mut shown) = (0, 0);
        for (batch, steps) in steps.chunks(COMMITS).enumerate() {
            let mut changed: Vec<Vec<Change>> = steps
                .par_iter()
                .with_min_len(COMMITS_AT_ONCE)
                .map(|step| self.compare(step))
                .collect();
            if !self.log.paths.is_all() {
                // Git counts the commits that it shows.
                for changes in changed.iter_mut().filter(|changes| !changes.is_empty()) {
                    let most = self.log.most.unwrap_or(usize::MAX);
                    let is_shown =
                        (self.log.skip..self.log.skip.saturating_add(most)).contains(&seen);
                    seen += 1;
                    shown += u64::from(is_shown);
                    if !is_shown {
                        changes.clear();
                    }
                }
            } else {
                shown += steps.len() as u64;
            }
            self.hand_over(steps, changed, batch * COMMITS);
        }
        shown
    }

    /// What a commit changes.
    fn compare(&self, step: &Step) -> Vec<Change> {
        if step.is_merge && !self.log.combined {
            return Vec::new();
        }
        let mut reader = self.readers.mine();
        let Some(objects) = &mut *reader else { return Vec::new() };
        if step.is_merge {
            return merge::changes(step, self.log, objects, self.troubles);
        }
        let parent = step.parent.and_then(|id| tree_of(objects, id));
        let compare = Compare { objects, paths: &self.log.paths, troubles: self.troubles };
        let mut changes = compare.trees(parent, Some(step.tree));
        match self.log.no_renames {
            true => changes.retain(|change| change.new.is_some()),
            false => renames::follow(&mut changes, objects, self.troubles),
        }
        changes
    }

    /// Reads the files that commits change, those of a path in a row.
    fn hand_over(&self, steps: &[Step], changed: Vec<Vec<Change>>, first: usize) {
        let commits: Vec<Option<Arc<Authored>>> = steps
            .par_iter()
            .zip(&changed)
            .enumerate()
            .map(|(place, (step, changes))| {
                (!changes.is_empty()).then(|| self.authored(step, first + place))?
            })
            .collect();
        let placed = |(commit, changes): (usize, Vec<Change>)| {
            changes.into_iter().map(move |change| Placed { commit, change })
        };
        let mut placed: Vec<Placed> = changed.into_iter().enumerate().flat_map(placed).collect();
        placed.par_sort_by(|one, other| {
            (&one.change.path, one.commit).cmp(&(&other.change.path, other.commit))
        });
        let runs = placed.chunk_by(|one, other| one.change.path == other.change.path);
        let runs: Vec<&[Placed]> = runs.flat_map(|run| run.chunks(CHANGES_AT_ONCE)).collect();
        runs.into_par_iter().for_each(|run| self.file(run, &commits));
    }

    /// Hands over what commits add to one file. What several do alike is compared once.
    fn file(&self, run: &[Placed], commits: &[Option<Arc<Authored>>]) {
        let raw_path: Arc<[u8]> = run[0].change.path.as_ref().into();
        let path: Arc<str> = shown(&raw_path).into();
        for (at, Placed { change, .. }) in run.iter().enumerate() {
            let is_same = |other: &&Placed| other.change == *change;
            if run[..at].iter().any(|other| is_same(&other)) {
                continue;
            }
            let added = match &mut *self.readers.mine() {
                Some(objects) => addition(objects, change, self.troubles),
                None => None,
            };
            let Some(Addition { hunks, is_binary, text, before }) = added else { continue };
            let all = run[at..].iter().filter(is_same);
            for commit in all.filter_map(|placed| commits[placed.commit].clone()) {
                if !is_binary {
                    let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
                    texts.insert(commit.place);
                    if hunks.is_empty() {
                        continue;
                    }
                }
                let bytes = hunks.iter().map(|hunk| hunk.text.len() as u64).sum();
                self.bytes.fetch_add(bytes, Ordering::Relaxed);
                let (path, raw_path) = (path.clone(), raw_path.clone());
                let (hunks, text, before) = (hunks.clone(), text.clone(), before.clone());
                (self.each)(Added { commit, path, raw_path, hunks, is_binary, text, before });
            }
        }
    }

    fn authored(&self, step: &Step, place: usize) -> Option<Arc<Authored>> {
        let reader = self.readers.mine();
        let object = reader.as_ref()?.trees().find_object(step.id).ok()?;
        let fields = || CommitRefIter::from_bytes(&object.data, step.id.kind());
        let author = fields().author().ok();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let committed = || fields().committer().ok()?.time().ok();
        let seconds = author.as_ref().and_then(|who| who.time().ok()).or_else(committed);
        let time = seconds.and_then(|time| Timestamp::from_second(time.seconds).ok());
        Some(Arc::new(Authored {
            id: step.id.to_string(),
            author: author.as_ref().map(|who| text(who.name)).unwrap_or_default(),
            email: author.as_ref().map(|who| text(who.email)).unwrap_or_default(),
            time: time.unwrap_or_default(),
            message: fields().message().map(|message| text(message)).unwrap_or_default(),
            place,
        }))
    }
}

/// What a change adds.
pub(super) struct Addition {
    pub hunks: Vec<Hunk>,
    pub is_binary: bool,
    /// The new state as a whole.
    pub text: Arc<Vec<u8>>,
    /// The old one; of a merge, one a parent.
    pub before: Vec<Arc<Vec<u8>>>,
}

/// What a change adds, which may be no line; nothing where no text changes, or cannot be read. Of a
/// merge it is what no parent has. Where the old state cannot be told, all that there is counts as
/// new.
pub(super) fn addition(
    objects: &mut Objects,
    change: &Change,
    troubles: &Troubles,
) -> Option<Addition> {
    let (text, mut is_binary) = match objects.blob(change.new?, &change.path, troubles) {
        Blob::Text(text) => (text, false),
        Blob::Binary(bytes) => (bytes, true),
        Blob::Unread => return None,
    };
    let (mut before, mut hunks): (_, Option<Vec<Hunk>>) = (Vec::new(), None);
    for old in change.olds() {
        let more = match old.map(|id| objects.blob(id, &change.path, troubles)) {
            None | Some(Blob::Unread) if is_binary => continue,
            None | Some(Blob::Unread) => added_lines(b"", &text),
            Some(Blob::Binary(bytes)) => {
                is_binary = true;
                before.push(bytes);
                continue;
            }
            Some(Blob::Text(old)) => {
                before.push(old);
                let old = before.last().filter(|_| !is_binary);
                old.map(|old| added_lines(old, &text)).unwrap_or_default()
            }
        };
        hunks = Some(hunks.map_or_else(|| more.clone(), |hunks| in_both(&hunks, &more)));
    }
    let hunks = hunks.filter(|_| !is_binary).unwrap_or_default();
    let changes = || before.iter().any(|old| old[..] != text[..]);
    let counts = is_binary || !hunks.is_empty() || changes();
    counts.then_some(Addition { hunks, is_binary, text, before })
}

/// The tree of a commit. A parent that is not there counts as empty; the walk has told it.
pub(super) fn tree_of(objects: &Objects, commit: ObjectId) -> Option<ObjectId> {
    let object = objects.trees().find_object(commit).ok()?;
    CommitRefIter::from_bytes(&object.data, commit.kind()).tree_id().ok()
}

impl Readers {
    /// That of the thread that asks.
    fn mine(&self) -> MutexGuard<'_, Option<Objects>> {
        let slot = rayon::current_thread_index().unwrap_or(0).min(self.slots.len() - 1);
        let mut mine = self.slots[slot].lock().unwrap_or_else(PoisonError::into_inner);
        mine.get_or_insert_with(|| Objects::new(&self.repository, self.slots.len()));
        mine
    }
}

//! What is looked at when it is not the working tree: what commits add, what is staged, a text.
//! Only secrets are looked for there, for other engines need whole programs.
//!
//! The lines that are new go through the prefilter first. Where they hold something, the file is
//! scanned as the commit has it, and what is not on a new line is left out: so a finding is judged
//! in its context and has the identity that the working tree would give it. Archives and documents
//! are looked into as a whole. What the file held before, anywhere in it, is not new.

use crate::cache::Entry;
use crate::engine::{ENGINES, Engine, secrets};
use crate::finding::{
    Anchor, Coverage, EngineRun, Finding, Introduced, Notification, Outcome, Trouble, Waiver,
    is_below,
};
use crate::git::{Authored, Blob, Git, HistoryError, Hunk, Span};
use crate::identity;
use crate::scan::{Progress, Request, Scanned, scan_file, scan_inside};
use crate::target::{self, Inside, LineIndex, Reading, Scope, Settings, SourceFile, WalkError};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use thiserror::Error;

/// What is looked at.
#[derive(Debug, Clone)]
pub enum Subject {
    /// The files of the working tree.
    Tree,
    /// What commits add.
    History(Span),
    /// What the index adds to HEAD.
    Staged,
    /// A text that is in no file: standard input, the message of a commit. It has the path for a
    /// name.
    Text { path: Arc<str>, bytes: Vec<u8> },
}

/// Why it cannot be looked at.
#[derive(Debug, Error)]
pub enum AddedError {
    #[error(
        "this is no git repository, so there is no history; scan its files with `lockgate secrets`"
    )]
    NoGit,
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error(transparent)]
    Scope(#[from] WalkError),
}

/// Looks at what is added; none for the working tree, which a scan walks.
///
/// # Errors
/// There is no history, or no such range of it.
pub fn scan(
    subject: &Subject,
    git: Option<&Git>,
    request: &Request,
    progress: &dyn Progress,
) -> Result<Option<Scanned>, AddedError> {
    let git = || git.ok_or(AddedError::NoGit);
    // A secret in a notebook or a text is looked for in the file itself.
    let targets = &Settings { notebooks: false, markdown: false, ..request.targets.clone() };
    let is_secrets = |engine: &&&'static dyn Engine| engine.name() == secrets::Secrets.name();
    let engines = ENGINES.iter().filter(is_secrets).copied().collect();
    let ignore_files = request.ignore_files.clone();
    let request = Request { targets, ignore_files, engines, cache: None, ..*request };
    let look = Look::new(&request, progress)?;
    let mut notifications = Vec::new();
    let findings = match subject {
        Subject::Tree => return Ok(None),
        Subject::Text { path, bytes } => {
            look.files.fetch_add(1, Ordering::Relaxed);
            look.file(path, bytes, None)
        }
        Subject::Staged => {
            let staging = git()?.staged()?;
            notifications = staging.notifications;
            let seen = staging.files.iter().flat_map(|file| {
                look.added(&New {
                    path: &file.path,
                    hunks: (!file.is_binary).then_some(&file.hunks),
                    text: &file.text,
                    before: &file.before,
                })
            });
            seen.collect()
        }
        Subject::History(span) => {
            let first = Mutex::new(HashMap::new());
            let mut log = span.log()?;
            log.combined = true;
            let walked = git()?.additions(&Span::Log(log), &|added| {
                let seen = look.added(&New {
                    path: &added.path,
                    hunks: (!added.is_binary).then_some(&added.hunks),
                    text: &added.text,
                    before: &added.before,
                });
                keep_first(&mut locked(&first), &added.commit, seen);
            })?;
            notifications = walked.notifications;
            notifications.extend(walked.is_cut_off.then(shallow));
            let first: First = first.into_inner().unwrap_or_else(PoisonError::into_inner);
            let mut found: Vec<Finding> = first.into_values().map(|(_, finding)| finding).collect();
            look.in_head(git()?, &mut found)?;
            found
        }
    };
    Ok(Some(look.into_scanned(findings, notifications)))
}

/// What is new of a file.
struct New<'a> {
    path: &'a Arc<str>,
    /// None where git takes it for binary.
    hunks: Option<&'a Vec<Hunk>>,
    /// The whole file.
    text: &'a [u8],
    /// What it was; of a merge, in each parent.
    before: &'a [Arc<Vec<u8>>],
}

/// What names a secret of a file: path, rule, value.
type Named = (Arc<str>, String, u32);
/// Where each came in first.
type First = HashMap<Named, (usize, Finding)>;

/// Keeps of each secret of a path the oldest commit's.
fn keep_first(first: &mut First, commit: &Arc<Authored>, seen: Vec<Finding>) {
    for mut finding in seen {
        let Anchor::Secret(digest) = finding.anchor else { continue };
        let path = finding.location.path.clone();
        let named = (path.clone(), finding.rule.clone().into_owned(), digest);
        let line = |finding: &Finding| finding.location.span.start_line;
        let is_known = first.get(&named).is_some_and(|(place, known)| {
            (std::cmp::Reverse(*place), line(known))
                <= (std::cmp::Reverse(commit.place), line(&finding))
        });
        if !is_known {
            let (id, date) = (commit.id.clone(), commit.time);
            finding.introduced =
                Some(Box::new(Introduced { commit: id, date, path, in_head: false }));
            first.insert(named, (commit.place, finding));
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A way to look at many texts from many threads.
struct Look<'a> {
    request: &'a Request<'a>,
    scope: Scope<'a>,
    progress: &'a dyn Progress,
    /// The files and folders that are looked at; empty for all.
    only: Vec<String>,
    files: AtomicU64,
    binary: AtomicU64,
    said: Mutex<Vec<Notification>>,
}

impl<'a> Look<'a> {
    fn new(request: &'a Request<'a>, progress: &'a dyn Progress) -> Result<Look<'a>, WalkError> {
        let only: Vec<String> =
            request.paths.iter().map(|path| target::relative(request.root, path)).collect();
        Ok(Look {
            request,
            scope: Scope::new(request.root, request.targets, request.ignore_files.as_ref())?,
            progress,
            only: if only.iter().any(String::is_empty) { Vec::new() } else { only },
            files: AtomicU64::new(0),
            binary: AtomicU64::new(0),
            said: Mutex::default(),
        })
    }

    /// Whether the file is among those that are asked for.
    fn is_named(&self, path: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|folder| is_below(path, folder))
    }

    /// What is found in what is new of a file, and was nowhere in it before.
    fn added(&self, new: &New) -> Vec<Finding> {
        let New { path, text, .. } = *new;
        if !self.is_named(path) {
            return Vec::new();
        }
        self.files.fetch_add(1, Ordering::Relaxed);
        self.progress.advance();
        let is_whole =
            |hunks: &Vec<Hunk>| matches!(&hunks[..], [one] if one.text.len() == text.len());
        let hunks = new.hunks.filter(|hunks| !is_whole(hunks) && !Inside::is_one(text));
        if hunks.is_some_and(|hunks| !self.may_hold(path, hunks)) {
            return Vec::new();
        }
        let mut found = self.file(path, text, hunks.map(Vec::as_slice));
        for old in new.before {
            if found.is_empty() {
                break;
            }
            let known = self.whole(path, old).unwrap_or_default().findings;
            found.retain(|finding| !known.iter().any(|known| is_same(known, finding)));
        }
        found
    }

    /// Whether the lines that are new look like a secret.
    fn may_hold(&self, path: &Arc<str>, hunks: &[Hunk]) -> bool {
        let mut lines = Vec::with_capacity(hunks.iter().map(|hunk| hunk.text.len() + 2).sum());
        for hunk in hunks {
            lines.extend_from_slice(&hunk.text);
            // What is not together in the file is no one match.
            lines.extend_from_slice(b"\n\n");
        }
        !secrets::masks(&SourceFile::new(path.clone(), lines)).is_empty()
    }

    /// What is found in a file; on the lines of the hunks alone where there are any.
    fn file(&self, path: &Arc<str>, text: &[u8], hunks: Option<&[Hunk]>) -> Vec<Finding> {
        let Some(Entry { mut findings, notifications, .. }) = self.whole(path, text) else {
            self.binary.fetch_add(1, Ordering::Relaxed);
            return Vec::new();
        };
        if let Some(hunks) = hunks {
            let lines = lines_of(hunks, text);
            findings.retain(|finding| {
                let span = finding.location.span;
                lines.iter().any(|own| span.start_line < own.end && span.end_line >= own.start)
            });
        }
        if hunks.is_none() || !findings.is_empty() {
            locked(&self.said).extend(notifications);
        }
        findings
    }

    /// Everything that is found in a file, and inside one that holds others; none where it is
    /// binary.
    fn whole(&self, path: &Arc<str>, raw: &[u8]) -> Option<Entry> {
        let Request { targets, line_hashes, ref engines, .. } = *self.request;
        let is_archive = target::archive::Format::of(raw).is_some() && targets.archives;
        let limit = if is_archive { targets.archive_limit() } else { targets.limit() };
        let over = raw.len() as u64 > limit;
        let reading = match is_archive && over {
            true => {
                let why = format!("is over the limit of {} MiB for archives", limit >> 20);
                Reading::Trouble(Trouble::OverLimit, why)
            }
            false => target::classify(path, raw.to_vec(), over, targets),
        };
        match reading {
            // Most files hold nothing, and whether they are left out is told by more than their
            // name.
            Reading::Source(file) => {
                let is_empty = secrets::masks(&file).is_empty() || !self.scope.holds(path);
                let entry = || scan_file(file, targets, engines, line_hashes);
                let entry = if is_empty { Entry::default() } else { entry() };
                Some(if entry.findings.is_empty() { Entry::default() } else { entry })
            }
            Reading::Inside(_) | Reading::Trouble(..) if !self.scope.holds(path) => {
                Some(Entry::default())
            }
            Reading::Inside(inside) => {
                let mut entry = scan_inside(inside, self.request);
                entry.findings.retain(|it| !self.scope.leaves_out_inside(&it.location.path));
                Some(entry)
            }
            Reading::Binary => None,
            Reading::Trouble(trouble, why) => {
                let (path, message) = (path.clone(), why.into());
                let notifications = vec![Notification { path, engine: None, trouble, message }];
                Some(Entry { notifications, ..Entry::default() })
            }
        }
    }

    /// Says which values still stand in HEAD, and takes over the comments that waive them there.
    fn in_head(&self, git: &Git, found: &mut [Finding]) -> Result<(), AddedError> {
        found.sort_by(|one, other| {
            let key = |finding: &Finding| (finding.location.path.clone(), finding.location.span);
            key(one).cmp(&key(other)).then_with(|| one.rule.cmp(&other.rule))
        });
        identity::assign(found);
        let head = git.resolve("HEAD").ok().and_then(|head| git.tree(&head).ok());
        let Some(files) = head.and_then(|head| head.files().ok()).filter(|_| !found.is_empty())
        else {
            return Ok(());
        };
        let paths: HashSet<&str> =
            found.iter().flat_map(|finding| target::hosts(&finding.location.path)).collect();
        let (same, others): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|file| paths.contains(&*file.path));
        let there = self.standing(git, &same)?;
        for finding in found.iter_mut() {
            let Anchor::Secret(digest) = finding.anchor else { continue };
            let here = there.get(&(finding.location.path.clone(), digest));
            mark(finding, here.is_some());
            let same_rule = here.into_iter().flatten().filter(|(rule, _)| *rule == finding.rule);
            let waivers: Vec<_> = same_rule.map(|(_, waiver)| waiver).collect();
            if let [first, ..] = &waivers[..] {
                // One that stands there open is open, whatever a comment once said.
                let is_waived = waivers.iter().all(|waiver| waiver.is_some());
                finding.waiver = if is_waived { (*first).clone() } else { None };
            }
        }
        let is_gone = |finding: &&mut Finding| {
            finding.introduced.as_ref().is_some_and(|introduced| !introduced.in_head)
        };
        let mut gone: Vec<&mut Finding> = found.iter_mut().filter(is_gone).collect();
        if gone.is_empty() {
            return Ok(());
        }
        // Those of the same paths too: a value may have gone from one to the other.
        let mut values: HashSet<u32> = there.keys().map(|(_, digest)| *digest).collect();
        values.extend(self.standing(git, &others)?.keys().map(|(_, digest)| *digest));
        for finding in &mut gone {
            if let Anchor::Secret(digest) = finding.anchor {
                mark(finding, values.contains(&digest));
            }
        }
        Ok(())
    }

    /// The secrets of files of a commit.
    fn standing(&self, git: &Git, files: &[Blob]) -> Result<Standing, AddedError> {
        let standing = Mutex::new(Standing::new());
        let told = git.contents(files, &|file, bytes| {
            for finding in self.whole(&file.path, &bytes).unwrap_or_default().findings {
                if let Anchor::Secret(digest) = finding.anchor {
                    let secret = (finding.rule.into_owned(), finding.waiver);
                    let named = (finding.location.path, digest);
                    locked(&standing).entry(named).or_default().push(secret);
                }
            }
        })?;
        locked(&self.said).extend(told);
        Ok(standing.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn into_scanned(self, findings: Vec<Finding>, of_git: Vec<Notification>) -> Scanned {
        let mut notifications = std::mem::take(&mut *locked(&self.said));
        notifications.extend(of_git);
        let is_left_out = |path: &str| {
            !target::hosts(path).any(|path| self.is_named(path)) || !self.scope.holds(path)
        };
        notifications.retain(|said| said.path.is_empty() || !is_left_out(&said.path));
        // What is told of commits and references is of no file.
        for said in notifications.iter_mut().filter(|said| said.path.is_empty()) {
            said.path = ".git".into();
        }
        notifications
            .sort_by(|one, other| (&one.path, &one.message).cmp(&(&other.path, &other.message)));
        notifications.dedup();
        let files = self.files.into_inner();
        let run = EngineRun {
            engine: secrets::Secrets.name().into(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            outcome: outcome(&notifications),
            // No file of the working tree was looked at, so nothing there is known to be gone.
            coverage: Coverage { files, ..Coverage::default() },
            findings,
            notifications: Vec::new(),
        };
        Scanned {
            runs: vec![run],
            notifications,
            sketches: HashMap::new(),
            files,
            binary: self.binary.into_inner(),
            inputs: Vec::new(),
            passed_over: Vec::new(),
        }
    }
}

/// What is said of a shallow clone.
fn shallow() -> Notification {
    let why = "the clone is shallow: older commits are not in it and were not looked at, and the oldest that is there counts as adding everything; `git fetch --unshallow` gets them (with actions/checkout set `fetch-depth: 0`, in GitLab `GIT_DEPTH: 0`)";
    Notification { path: "".into(), engine: None, trouble: Trouble::OverLimit, message: why.into() }
}

/// What was asked for was not looked at to its end where git's own data cannot be read.
fn outcome(notifications: &[Notification]) -> Outcome {
    let mut unread = notifications
        .iter()
        .filter(|said| said.engine.is_none() && said.trouble == Trouble::Unreadable);
    let Some(Notification { path, message, .. }) = unread.next() else { return Outcome::Complete };
    Outcome::Incomplete(match unread.count() {
        0 => format!("{path}: {message}"),
        more => format!("{path}: {message} (and {more} more that cannot be read)"),
    })
}

/// Whether a finding was there before, and no less in the way.
fn is_same(known: &Finding, finding: &Finding) -> bool {
    known.rule == finding.rule
        && known.anchor == finding.anchor
        && known.location.path == finding.location.path
        && (known.waiver.is_none() || finding.waiver.is_some())
}

/// The secrets that stand in HEAD, by path and value: by which rule, and why each is waived.
type Standing = HashMap<(Arc<str>, u32), Vec<(String, Option<Box<Waiver>>)>>;

fn mark(finding: &mut Finding, in_head: bool) {
    if let Some(introduced) = &mut finding.introduced {
        introduced.in_head = in_head;
    }
}

/// The lines of hunks of a text as findings count them, by which a lone CR ends a line too.
fn lines_of(hunks: &[Hunk], text: &[u8]) -> Vec<Range<u32>> {
    let index = LineIndex::new(text);
    let mut starts = std::iter::once(0)
        .chain(memchr::memchr_iter(b'\n', text).map(|end| end + 1))
        .zip(1..)
        .peekable();
    let range = |hunk: &Hunk| {
        while starts.next_if(|(_, line)| *line < hunk.first_line).is_some() {}
        let start = starts.peek().map_or(text.len(), |(start, _)| *start);
        let last = (start + hunk.text.len()).saturating_sub(1);
        index.line(start)..index.line(last) + 1
    };
    hunks.iter().map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_findings_count_them() {
        let hunk = |first_line, text: &str| Hunk { first_line, text: text.into() };
        let hunks = [hunk(2, "b\rc\n"), hunk(4, "e")];
        assert_eq!(lines_of(&hunks, b"a\nb\rc\nd\ne"), [2..4, 5..6]);
    }
}

//! What is looked at when it is not the working tree: what commits add, what is staged, a text.
//! Only secrets are looked for there, for other engines need whole programs.
//! `look` says how one file is looked at.

mod look;

use crate::engine::{ENGINES, Engine, secrets};
use crate::finding::{
    Anchor, Coverage, EngineRun, Finding, Introduced, Notification, Outcome, Trouble, Waiver,
};
use crate::git::{Authored, Blob, Git, HistoryError, Span};
use crate::identity;
use crate::scan::{Progress, Request, Scanned};
use crate::target::{self, Settings, WalkError};
use look::{Look, New, locked};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
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

impl Look<'_> {
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
        notifications.retain(|said| self.concerns(&said.path));
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

/// The secrets that stand in HEAD, by path and value: by which rule, and why each is waived.
type Standing = HashMap<(Arc<str>, u32), Vec<(String, Option<Box<Waiver>>)>>;

fn mark(finding: &mut Finding, in_head: bool) {
    if let Some(introduced) = &mut finding.introduced {
        introduced.in_head = in_head;
    }
}

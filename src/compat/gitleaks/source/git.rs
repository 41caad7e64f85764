//! What commits add, what is staged, and what is changed and not staged.

use super::Scanned;
use crate::compat::gitleaks::detect::{Detector, Fragment};
use crate::compat::gitleaks::finding::{Commit, Finding};
use crate::compat::gitleaks::log::Log;
use crate::git::{Added, Authored, Git, Hunk, Span, Staged};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Which changes.
#[derive(Debug)]
pub enum Commits {
    /// What commits add; all of them where nothing is said.
    Log(String),
    /// What is staged below a folder, which ends with a slash unless it is the root.
    Staged(String),
    /// What is changed below a folder (absolute) and not staged.
    Changed(PathBuf),
}

/// The date of what is not committed.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// What is found in one commit, with where that stands in the walk.
type InOrder = BTreeMap<(usize, Arc<str>), Vec<Finding>>;

/// Looks at what is added.
///
/// # Errors
/// What was asked for is not there.
pub fn scan(
    git: &Git,
    which: &Commits,
    detector: &Detector,
    stop: &AtomicBool,
    log: &Log,
) -> Result<Scanned, String> {
    let shown = |error: crate::git::HistoryError| error.to_string();
    match which {
        Commits::Log(options) => {
            let span = match options.is_empty() {
                true => Span::All,
                false => Span::Range(options.clone()),
            };
            history(git, &span, detector, stop, log)
        }
        Commits::Staged(folder) => {
            let staging = git.staged().map_err(shown)?;
            let files = staging.files.into_iter().filter(|file| file.path.starts_with(&**folder));
            Ok(changed(&files.collect::<Vec<_>>(), detector))
        }
        Commits::Changed(folder) => Ok(changed(&crate::git::unstaged(folder)?, detector)),
    }
}

fn history(
    git: &Git,
    span: &Span,
    detector: &Detector,
    stop: &AtomicBool,
    log: &Log,
) -> Result<Scanned, String> {
    let found: Mutex<InOrder> = Mutex::default();
    let seen: Mutex<HashSet<String>> = Mutex::default();
    let bytes = AtomicU64::new(0);
    let each = |added: Added| {
        if added.is_binary || stop.load(Ordering::Relaxed) {
            return;
        }
        lock(&seen).insert(added.commit.id.clone());
        let commit = Some(Arc::new(commit(&added.commit)));
        let read = added.hunks.iter().map(|hunk| hunk.text.len() as u64).sum();
        bytes.fetch_add(read, Ordering::Relaxed);
        let findings = hunks(&added.hunks, &added.path, commit.as_ref(), detector);
        if !findings.is_empty() {
            lock(&found).insert((added.commit.place, added.path), findings);
        }
    };
    let walked = git.additions(span, &each).map_err(|error| error.to_string())?;
    for notification in &walked.notifications {
        log.error(&format!("[git] {}", notification.message), &[]);
    }
    let findings = std::mem::take(&mut *lock(&found)).into_values().flatten().collect();
    let commits = Some(lock(&seen).len());
    let is_partial = stop.load(Ordering::Relaxed) || !walked.notifications.is_empty();
    Ok(Scanned { findings, bytes: bytes.into_inner(), commits, is_partial })
}

fn changed(files: &[Staged], detector: &Detector) -> Scanned {
    let none = Arc::new(Commit { date: NEVER.to_owned(), ..Commit::default() });
    let findings = files
        .par_iter()
        .flat_map_iter(|file| hunks(&file.hunks, &file.path, Some(&none), detector));
    let read = files.iter().flat_map(|file| &file.hunks).map(|hunk| hunk.text.len() as u64);
    Scanned { findings: findings.collect(), bytes: read.sum(), commits: Some(0), is_partial: false }
}

fn hunks(
    hunks: &[Hunk],
    path: &Arc<str>,
    commit: Option<&Arc<Commit>>,
    detector: &Detector,
) -> Vec<Finding> {
    let one = |hunk: &Hunk| {
        let mut fragment = Fragment::new(&hunk.text, path.clone(), i64::from(hunk.first_line));
        fragment.commit = commit.cloned();
        detector.detect(&fragment)
    };
    hunks.iter().flat_map(one).collect()
}

fn commit(authored: &Authored) -> Commit {
    Commit {
        id: authored.id.clone(),
        author: authored.author.clone(),
        email: authored.email.clone(),
        date: authored.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        message: message(&authored.message),
    }
}

/// The title as one line, and behind an empty line the rest, in which no two follow one another.
fn message(text: &str) -> String {
    let mut lines = text.trim_start_matches('\n').lines();
    let title: Vec<&str> =
        lines.by_ref().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let mut message = title.join(" ");
    let mut empty = 2;
    for line in lines.map(str::trim_end) {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        message += if empty > 0 { "\n\n" } else { "\n" };
        message += line;
        empty = 0;
    }
    message
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

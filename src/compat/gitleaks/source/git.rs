//! What commits add, what is staged, and what is changed and not staged.

use super::inside::Look;
use super::kind::is_archive;
use super::{Origin, Scanned};
use crate::compat::gitleaks::detect::text;
use crate::compat::gitleaks::finding::{Commit, Finding};
use crate::git::{Added, Authored, Git, Hunk, Span, Staged};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
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
pub fn scan(git: &Git, which: &Commits, look: Look) -> Result<Scanned, String> {
    let shown = |error: crate::git::HistoryError| error.to_string();
    match which {
        Commits::Log(options) => {
            let span = match options.is_empty() {
                true => Span::All,
                false => Span::Range(options.clone()),
            };
            history(git, &span, look)
        }
        Commits::Staged(folder) => {
            let staging = git.staged().map_err(shown)?;
            let files = staging.files.into_iter().filter(|file| file.path.starts_with(&**folder));
            Ok(changed(&files.collect::<Vec<_>>(), look))
        }
        Commits::Changed(folder) => Ok(changed(&crate::git::unstaged(folder)?, look)),
    }
}

fn history(git: &Git, span: &Span, look: Look) -> Result<Scanned, String> {
    let found: Mutex<InOrder> = Mutex::default();
    let archives: Mutex<BTreeSet<usize>> = Mutex::default();
    let bytes = AtomicU64::new(0);
    let each = |added: Added| {
        if look.stop.load(Ordering::Relaxed) {
            return;
        }
        let origin = Origin {
            file: text(&added.raw_path).into(),
            commit: Some(Arc::new(commit(&added.commit))),
            ..Origin::default()
        };
        let scanned = match added.is_binary {
            true => archive(added.text, &origin, look),
            false => hunks(&added.hunks, &origin, look),
        };
        if added.is_binary && scanned.bytes > 0 {
            lock(&archives).insert(added.commit.place);
        }
        bytes.fetch_add(scanned.bytes, Ordering::Relaxed);
        if !scanned.findings.is_empty() {
            lock(&found).insert((added.commit.place, added.path), scanned.findings);
        }
    };
    let mut walked = git.additions(span, &each).map_err(|error| error.to_string())?;
    for notification in &walked.notifications {
        look.log.error(&format!("[git] {}", notification.message), &[]);
    }
    let findings = std::mem::take(&mut *lock(&found)).into_values().flatten().collect();
    walked.texts.append(&mut lock(&archives));
    let commits = Some(walked.texts.len());
    let is_partial = look.stop.load(Ordering::Relaxed) || !walked.notifications.is_empty();
    Ok(Scanned { findings, bytes: bytes.into_inner(), commits, is_partial })
}

fn changed(files: &[Staged], look: Look) -> Scanned {
    let none = Arc::new(Commit { date: NEVER.to_owned(), ..Commit::default() });
    let one = |file: &Staged| {
        let (name, commit) = (text(&file.raw_path).into(), Some(none.clone()));
        let origin = Origin { file: name, commit, ..Origin::default() };
        match file.is_binary {
            true => archive(file.text.clone(), &origin, look),
            false => hunks(&file.hunks, &origin, look),
        }
    };
    let scanned: Vec<Scanned> = files.par_iter().map(one).collect();
    let scanned = scanned.into_iter().fold(Scanned::default(), Scanned::join);
    Scanned { commits: Some(0), ..scanned }
}

/// What is found in a binary file; nothing, unless it is an archive that is to be opened.
fn archive(bytes: Arc<Vec<u8>>, origin: &Origin, look: Look) -> Scanned {
    if look.depth == 0 || !is_archive(&origin.file) {
        return Scanned::default();
    }
    // What is in memory can be read.
    look.scan(&mut Cursor::new(&bytes[..]), origin).unwrap_or_default()
}

fn hunks(hunks: &[Hunk], origin: &Origin, look: Look) -> Scanned {
    let one = |hunk: &Hunk| origin.detect(&hunk.text, i64::from(hunk.first_line), look.detector);
    let bytes = hunks.iter().map(|hunk| hunk.text.len() as u64).sum();
    Scanned { findings: hunks.iter().flat_map(one).collect(), bytes, ..Scanned::default() }
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

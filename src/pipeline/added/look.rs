//! How one file is looked at.
//!
//! The lines that are new go through the prefilter first. Where they hold something, the file is
//! scanned as the commit has it, and what is not on a new line is left out: so a finding is judged
//! in its context and has the identity that the working tree would give it. Archives and documents
//! are looked into as a whole. What the file held before, anywhere in it, is not new.

use crate::cache::Entry;
use crate::engine::secrets;
use crate::finding::{Finding, Notification, Trouble, is_below};
use crate::git::Hunk;
use crate::scan::{Progress, Request, scan_file, scan_inside};
use crate::target::{self, Inside, LineIndex, Reading, Scope, SourceFile, WalkError};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is new of a file.
pub struct New<'a> {
    pub path: &'a Arc<str>,
    /// None where git takes it for binary.
    pub hunks: Option<&'a Vec<Hunk>>,
    /// The whole file.
    pub text: &'a [u8],
    /// What it was; of a merge, in each parent.
    pub before: &'a [Arc<Vec<u8>>],
}

/// A way to look at many texts from many threads.
pub struct Look<'a> {
    request: &'a Request<'a>,
    scope: Scope<'a>,
    progress: &'a dyn Progress,
    /// The files and folders that are looked at; empty for all.
    only: Vec<String>,
    pub files: AtomicU64,
    pub binary: AtomicU64,
    pub said: Mutex<Vec<Notification>>,
}

impl<'a> Look<'a> {
    pub fn new(
        request: &'a Request<'a>,
        progress: &'a dyn Progress,
    ) -> Result<Look<'a>, WalkError> {
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

    /// Whether what is said of a file or a folder, which ends with a slash, or of something inside
    /// an archive is said of what is looked at. What has no path concerns everything.
    pub fn concerns(&self, path: &str) -> bool {
        let holds_named = path.ends_with('/') && self.only.iter().any(|it| it.starts_with(path));
        path.is_empty()
            || holds_named
            || self.scope.holds(path) && target::hosts(path).any(|path| self.is_named(path))
    }

    /// What is found in what is new of a file, and was nowhere in it before.
    pub fn added(&self, new: &New) -> Vec<Finding> {
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
    pub fn file(&self, path: &Arc<str>, text: &[u8], hunks: Option<&[Hunk]>) -> Vec<Finding> {
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
    pub fn whole(&self, path: &Arc<str>, raw: &[u8]) -> Option<Entry> {
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
}

/// Whether a finding was there before, and no less in the way.
fn is_same(known: &Finding, finding: &Finding) -> bool {
    known.rule == finding.rule
        && known.anchor == finding.anchor
        && known.location.path == finding.location.path
        && (known.waiver.is_none() || finding.waiver.is_some())
}

pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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

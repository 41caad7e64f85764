//! One file: its fixes are made in memory, round by round, and looked at before anybody writes.

use super::{MARK, Wanted};
use crate::cache::Entry;
use crate::engine::Engine;
use crate::finding::{Edit, Finding, Fix};
use crate::scan::{content_hash, scan_file};
use crate::target::{Settings, SourceFile};
use std::collections::{BTreeMap, HashMap};
use thiserror::Error;

/// Scans of one file: changes that touch one another take a round each.
const ROUNDS: usize = 20;

/// A file that is as it should be.
#[derive(Debug)]
pub struct Mended {
    /// The bytes of the whole file, its byte order mark included.
    pub bytes: Vec<u8>,
    /// What was changed, in the order of the file.
    pub made: Vec<Made>,
    /// How many findings are still there because changes for them touch others.
    pub left: usize,
}

/// One finding that is gone.
#[derive(Debug)]
pub struct Made {
    pub rule: String,
    /// Where it was before any change.
    pub line: u32,
    pub what: String,
}

/// Why a file stays as it is.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    #[error("has changed since it was scanned; run the command again")]
    Changed,
    #[error("is not UTF-8; change it by hand, or save it as UTF-8 first")]
    Encoding,
    #[error("would not parse any more: {0}; please report this")]
    Broken(String),
    #[error("would still have, or have more of, {0}; please report this")]
    NotGone(String),
}

/// Makes the fixes of a file of which these are the bytes, and looks whether they do what they say.
///
/// # Errors
/// Why nothing may be written.
pub fn mend(
    wanted: &Wanted,
    raw: &[u8],
    engines: &[&'static dyn Engine],
) -> Result<Mended, Refusal> {
    let mark = if raw.starts_with(MARK) { MARK } else { b"" };
    let mut file = SourceFile::new(wanted.path.clone(), raw.to_vec());
    if content_hash(&file) != wanted.content {
        return Err(Refusal::Changed);
    }
    if file.bytes() != &raw[mark.len()..] {
        return Err(Refusal::Encoding);
    }
    let mut made = Vec::new();
    let mut open: Vec<Open> = wanted.findings.iter().map(|found| Open::new(found, &file)).collect();
    let mut before = Census::of(&scan(&file, engines));
    for _ in 0..ROUNDS {
        let (now, later) = apart(open);
        let edits = merged(&now);
        if edits.is_empty() {
            open = later;
            break;
        }
        let bytes = applied(file.bytes(), &edits);
        let next = SourceFile::new(wanted.path.clone(), [mark, &bytes].concat());
        if next.bytes() != bytes {
            return Err(Refusal::Encoding);
        }
        let entry = scan(&next, engines);
        let after = Census::of(&entry);
        before.check(&after, &now)?;
        open = later.into_iter().filter_map(|one| one.find(&edits, &entry, &next)).collect();
        made.extend(now.into_iter().map(Open::made));
        (before, file) = (after, next);
    }
    made.sort_by_key(|made| made.line);
    let left = open.len();
    Ok(Mended { bytes: [mark, file.bytes()].concat(), made, left })
}

fn scan(file: &SourceFile, engines: &[&'static dyn Engine]) -> Entry {
    let mark = SourceFile::new(file.path.clone(), file.bytes().to_vec());
    scan_file(mark, &Settings::default(), engines, false)
}

/// A finding that is not mended yet.
struct Open {
    rule: String,
    line: u32,
    /// Where it begins, in bytes.
    at: usize,
    fix: Fix,
}

impl Open {
    fn new(finding: &Finding, file: &SourceFile) -> Open {
        let fix = finding.fix.as_deref().cloned();
        Open {
            rule: finding.rule.to_string(),
            line: finding.location.span.start_line,
            at: offset(finding, file),
            fix: fix.unwrap_or(Fix { description: "".into(), safe: true, edits: Vec::new() }),
        }
    }

    /// The same finding after others have been mended; none where it is gone as well, or has no
    /// fix any more.
    fn find(self, edits: &[Edit], after: &Entry, file: &SourceFile) -> Option<Open> {
        let mut at = self.at;
        for edit in edits.iter().filter(|edit| edit.range.end <= self.at) {
            at = at + edit.text.len() - edit.range.len();
        }
        let same = |found: &&Finding| found.rule == *self.rule && offset(found, file) == at;
        let fix = after.findings.iter().find(same)?.fix.as_deref()?.clone();
        Some(Open { at, fix, ..self })
    }

    fn made(self) -> Made {
        Made { rule: self.rule, line: self.line, what: self.fix.description.into_owned() }
    }
}

/// The byte at which a finding begins.
fn offset(finding: &Finding, file: &SourceFile) -> usize {
    let span = finding.location.span;
    let line = file.lines().range(span.start_line, file.bytes());
    let text = &file.text()[line.start..];
    let before = text.char_indices().nth(span.start_column as usize - 1);
    line.start + before.map_or(text.len(), |(at, _)| at)
}

/// Those whose changes neither overlap nor touch, the first of the file first, and the rest.
fn apart(open: Vec<Open>) -> (Vec<Open>, Vec<Open>) {
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    open.into_iter().partition(|one| {
        let is_free = |edit: &Edit| {
            let before = taken.range(..=edit.range.end).next_back();
            before.is_none_or(|(_, end)| *end < edit.range.start)
        };
        let free = !one.fix.edits.is_empty() && one.fix.edits.iter().all(is_free);
        if free {
            taken.extend(one.fix.edits.iter().map(|edit| (edit.range.start, edit.range.end)));
        }
        free
    })
}

/// All changes in the order of the file.
fn merged(open: &[Open]) -> Vec<Edit> {
    let mut edits: Vec<Edit> = open.iter().flat_map(|one| one.fix.edits.clone()).collect();
    edits.sort_by_key(|edit| edit.range.start);
    edits
}

fn applied(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut changed = Vec::with_capacity(bytes.len() + 32 * edits.len());
    let mut at = 0;
    for Edit { range, text, .. } in edits {
        changed.extend_from_slice(&bytes[at..range.start]);
        changed.extend_from_slice(text.as_bytes());
        at = range.end;
    }
    changed.extend_from_slice(&bytes[at..]);
    changed
}

/// How many findings a file has of each rule, and what could not be looked at.
struct Census {
    findings: HashMap<String, usize>,
    troubles: Vec<Box<str>>,
}

impl Census {
    fn of(entry: &Entry) -> Census {
        let mut findings = HashMap::new();
        for finding in &entry.findings {
            *findings.entry(finding.rule.to_string()).or_default() += 1;
        }
        let said = entry.notifications.iter();
        Census { findings, troubles: said.map(|said| said.message.clone()).collect() }
    }

    /// Whether the changes did what they say: the file parses, each of the findings is gone, and
    /// there is none of any other rule that was not there.
    fn check(&self, after: &Census, made: &[Open]) -> Result<(), Refusal> {
        if after.troubles.len() > self.troubles.len() {
            let why = after.troubles.first().map_or("", |why| why);
            return Err(Refusal::Broken(why.to_owned()));
        }
        for (rule, count) in &after.findings {
            let gone = made.iter().filter(|one| one.rule == *rule).count();
            let expected = self.findings.get(rule).copied().unwrap_or_default();
            if count + gone > expected {
                return Err(Refusal::NotGone(rule.clone()));
            }
        }
        Ok(())
    }
}

//! The scans that were recorded, and the life of a finding, as lists.

use super::explain::{Event, Explanation};
use super::untrusted::visible;
use super::visible_json::write_json;
use crate::policy::Decision;
use crate::store::PastScan;
use jiff::Timestamp;
use serde::Serialize;
use std::borrow::Cow;
use std::io::{self, Write};

/// The version of the JSON.
const VERSION: &str = "lockgate/history/v1";

/// What was recorded.
#[derive(Serialize)]
pub struct Past<'a> {
    schema: &'static str,
    repository: Cow<'a, str>,
    /// The finding whose life it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<&'a str>,
    /// Its life, the oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<&'a [Event]>,
    /// The newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    scans: Option<Vec<Scan>>,
}

/// A scan that was recorded. Times are RFC 3339 in UTC.
#[derive(Serialize)]
struct Scan {
    branch: String,
    commit: Option<String>,
    authored: Option<String>,
    scanned: String,
    decision: Decision,
    /// What "new" was measured against.
    base: Option<String>,
    event: String,
    /// Sightings, waived ones among them; none where an older Lockgate did not count.
    open: Option<u64>,
    new: Option<u64>,
    reopened: Option<u64>,
    fixed: Option<u64>,
}

impl<'a> Past<'a> {
    pub fn of_finding(explanation: &'a Explanation) -> Past<'a> {
        Past {
            schema: VERSION,
            repository: explanation.repository.as_str().into(),
            fingerprint: Some(&explanation.fingerprint),
            events: Some(&explanation.history),
            scans: None,
        }
    }

    pub fn of_scans(repository: String, scans: Vec<PastScan>) -> Past<'a> {
        Past {
            schema: VERSION,
            repository: repository.into(),
            fingerprint: None,
            events: None,
            scans: Some(scans.into_iter().map(Scan::of).collect()),
        }
    }
}

impl Scan {
    fn of(scan: PastScan) -> Scan {
        let counts = scan.counts;
        Scan {
            branch: scan.branch,
            commit: scan.commit,
            authored: scan.authored.map(time),
            scanned: time(scan.recorded),
            decision: scan.decision,
            base: scan.base,
            event: scan.event,
            open: counts.map(|counts| counts.open),
            new: counts.map(|counts| counts.new),
            reopened: counts.map(|counts| counts.reopened),
            fixed: counts.map(|counts| counts.fixed),
        }
    }
}

/// RFC 3339.
fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

/// Writes it as JSON.
pub fn write_document(past: &Past, to: &mut dyn Write) -> io::Result<()> {
    write_json(past, to)
}

/// Writes scans for a terminal, a line each.
pub fn write(past: &Past, to: &mut dyn Write) -> io::Result<()> {
    let head = ["scanned", "gate", "open", "new", "fixed", "commit", "authored", "branch"];
    let count = |count: Option<u64>| count.map_or("-".to_owned(), |count| count.to_string());
    let rows = past.scans.iter().flatten().map(|scan| {
        let commit = scan.commit.as_deref().unwrap_or("-");
        [
            scan.scanned.clone(),
            decision(scan.decision).to_owned(),
            count(scan.open),
            count(scan.new),
            count(scan.fixed),
            commit.get(..12).unwrap_or(commit).to_owned(),
            scan.authored.clone().unwrap_or_else(|| "-".to_owned()),
            scan.branch.clone(),
        ]
    });
    for row in std::iter::once(head.map(str::to_owned)).chain(rows) {
        let [scanned, gate, open, new, fixed, commit, authored, branch] = row;
        let line = format!(
            "{scanned:20}  {gate:10}  {open:>7}  {new:>5}  {fixed:>5}  {commit:12}  \
             {authored:20}  {branch}"
        );
        writeln!(to, "{}", visible(line.trim_end()))?;
    }
    Ok(())
}

fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Passed => "passed",
        Decision::Blocked => "blocked",
        Decision::Incomplete => "incomplete",
    }
}

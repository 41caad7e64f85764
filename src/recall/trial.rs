//! A proposed policy, tried on what is stored: the scans of the past with the bases that they had.

use super::gate::open_in;
use super::{Recall, RecallError};
use crate::finding::Fingerprint;
use crate::identity;
use crate::policy::{self, Base, Decision, Event, Facts, Past, Settings, Trial};
use crate::store::PastScan;
use clap::ValueEnum;
use jiff::Timestamp;
use std::collections::HashMap;

/// How many scans are looked through for the bases of those that are tried.
const SCANS: usize = 10_000;

/// Judges the last scans again, of one branch or of all, the oldest first. A scan is compared with
/// the one that a scan of that moment would have been: the last before it on its branch that
/// passed, else on the default branch. Waivers are those of that time.
///
/// # Errors
/// Nothing is stored, the store cannot be read, or the settings make no policy.
pub fn trial(
    recall: &mut Recall,
    proposed: &Settings,
    branch: Option<&str>,
    last: usize,
) -> Result<Trial, RecallError> {
    let all = recall.store.scans(&recall.repository.name, None, SCANS)?;
    let of_branch = |scan: &&PastScan| branch.is_none_or(|branch| scan.branch == branch);
    let mut tried: Vec<&PastScan> = all.iter().filter(of_branch).take(last).collect();
    if let (true, Some(branch)) = (tried.is_empty(), branch) {
        let next = "`lockgate history --all` lists those that are".to_owned();
        return Err(RecallError::NoScan { what: format!("the branch {branch}"), next });
    }
    if tried.is_empty() {
        return Err(RecallError::Empty { repository: recall.repository.name.clone() });
    }
    tried.reverse();
    let first_seen = recall.store.first_seen(recall.repository)?;
    let mut bases = Bases { all: &all, first_seen, read: None };
    let past = tried.into_iter().map(|scan| bases.past(recall, scan));
    policy::trial(proposed, past)
}

struct Bases<'a> {
    all: &'a [PastScan],
    first_seen: HashMap<Fingerprint, i64>,
    /// The base that was read last, by its scan.
    read: Option<(i64, Base)>,
}

impl Bases<'_> {
    fn past(&mut self, recall: &mut Recall, scan: &PastScan) -> Result<Past, RecallError> {
        let sightings = open_in(recall, scan.id)?;
        let findings = identity::unite(sightings, &recall.config.merge);
        let base = self.of(scan, recall.repository.default_branch.as_deref());
        if let Some(base) = base {
            self.read(recall, base)?;
        }
        let base = base.and_then(|base| self.read.as_ref().filter(|(read, _)| *read == base));
        let facts = Facts::of(&findings, base.map(|(_, base)| base), &self.first_seen);
        let event = Event::from_str(&scan.event, false).unwrap_or(Event::Local);
        // Which branch a pull request was for is not stored; most are for the default one.
        let branch = match event {
            Event::PullRequest => recall.repository.default_branch.clone(),
            _ => Some(scan.branch.clone()).filter(|branch| !branch.is_empty()),
        };
        Ok(Past {
            label: label(scan),
            branch,
            event,
            time: scan.recorded,
            decision: scan.decision,
            findings,
            facts,
        })
    }

    /// The last scan before one that passed, on its branch or on the default one.
    fn of(&self, scan: &PastScan, default: Option<&str>) -> Option<i64> {
        let on = |branch: &str| {
            let before = |past: &&PastScan| {
                past.branch == branch && past.id < scan.id && past.decision == Decision::Passed
            };
            self.all.iter().filter(before).map(|past| past.id).max()
        };
        on(&scan.branch).or_else(|| on(default?))
    }

    /// Reads what was open in a scan, unless it was the last one that was read.
    fn read(&mut self, recall: &mut Recall, scan: i64) -> Result<(), RecallError> {
        if self.read.as_ref().is_some_and(|(read, _)| *read == scan) {
            return Ok(());
        }
        self.read = Some((scan, recall.store.base_at(scan)?));
        Ok(())
    }
}

/// `main at 1a2b3c4d5e6f, 2026-11-23 10:00 UTC`.
fn label(scan: &PastScan) -> String {
    let time = Timestamp::from_second(scan.recorded).unwrap_or_default();
    let time = time.strftime("%Y-%m-%d %H:%M UTC");
    let branch = if scan.branch.is_empty() { "no branch" } else { &scan.branch };
    match scan.commit.as_deref() {
        Some(commit) => format!("{branch} at {}, {time}", commit.get(..12).unwrap_or(commit)),
        None => format!("{branch}, {time}"),
    }
}

//! What the gate says of what is stored: the state of a branch as a commit left it, with the
//! settings of today.

use super::base::base;
use super::{Recall, RecallError};
use crate::finding::{Coverage, EngineRun, Finding};
use crate::policy::{self, Circumstances, Facts, Policy, PolicyError};
use crate::report::{Report, Reported};
use crate::store::{PastRun, PastScan, StoreError};
use jiff::Timestamp;
use std::collections::HashMap;
use std::time::Instant;

/// How many scans of a branch are looked through for a commit, and sightings read at a time.
const SCANS: usize = 10_000;
const PAGE: usize = 50_000;

/// Judges what was open on a branch after the last scan of a commit (the first digits will do);
/// without one, of the commit that is checked out.
///
/// # Errors
/// No scan of the commit is stored, or the store cannot be read.
pub fn gate(recall: &mut Recall, commit: Option<&str>) -> Result<Report, RecallError> {
    let clock = Instant::now();
    let scans = scans(recall, commit)?;
    let runs = runs(recall, &scans)?;
    let sightings = open_in(recall, scans[0].id)?;
    let triaged = recall.store.triaged(&recall.repository.name)?;
    let findings = recall.unite(sightings, &triaged);
    let base = base(recall, &findings)?;
    let policy = policy(recall)?;
    let first_seen = match policy.asks_age() {
        true => recall.store.first_seen(recall.repository)?,
        false => HashMap::new(),
    };
    let facts = Facts::of(&findings, base.as_ref(), &first_seen);
    let circumstances =
        Circumstances { runs: &runs, notifications: &[], now: recall.now, advisories: None };
    let base = base.map(|base| base.name);
    let verdict = policy::judge(&findings, &facts, &circumstances, base, policy);
    let files = runs.iter().map(|run| run.coverage.files).max().unwrap_or_default();
    let blocking = verdict.blocking.iter().map(|blocking| (blocking.finding, &blocking.rule));
    let blocking: HashMap<usize, &String> = blocking.collect();
    let reported = |(at, finding): (usize, Finding)| {
        let blocked_by = blocking.get(&at).map(ToString::to_string);
        Reported { finding, lifecycle: None, blocked_by }
    };
    let findings = findings.into_iter().enumerate().map(reported).collect();
    Ok(Report {
        repository: recall.repository.clone(),
        started: Timestamp::from_second(scans[0].recorded).unwrap_or_default(),
        seconds: clock.elapsed().as_secs_f64(),
        files,
        binary: 0,
        runs,
        notifications: Vec::new(),
        findings,
        fixed: Vec::new(),
        verdict,
        document: None,
    })
}

/// The policy that holds on the branch.
pub(super) fn policy(recall: &Recall) -> Result<Policy, PolicyError> {
    let branch = recall.event.gate_branch(recall.repository);
    recall.config.gate.policy(branch, recall.event.kind)
}

/// The scans of the commit, the newest first; outside git the last scan.
fn scans(recall: &mut Recall, commit: Option<&str>) -> Result<Vec<PastScan>, RecallError> {
    let repository = recall.repository;
    let branch = repository.branch.as_deref().unwrap_or_default();
    let mut scans = recall.store.scans(&repository.name, Some(branch), SCANS)?;
    let checked_out = repository.commit.as_ref().map(|commit| commit.id.as_str());
    let known: Vec<String> = scans.iter().filter_map(|scan| scan.commit.clone()).collect();
    match commit.or(checked_out) {
        Some(wanted) => {
            let wanted = wanted.to_ascii_lowercase();
            let of_commit = |id: &String| id.starts_with(&wanted);
            scans.retain(|scan| scan.commit.as_ref().is_some_and(of_commit));
            if scans.iter().any(|scan| scan.commit != scans[0].commit) {
                let what = format!("one commit {wanted} (several begin so)");
                return Err(RecallError::NoScan { what, next: "give more digits".into() });
            }
        }
        None => scans.truncate(1),
    }
    if !scans.is_empty() {
        return Ok(scans);
    }
    if known.is_empty() && recall.store.scans(&repository.name, None, 1)?.is_empty() {
        return Err(RecallError::Empty { repository: repository.name.clone() });
    }
    let commit = commit.or(checked_out).map_or("", |id| id.get(..12).unwrap_or(id));
    let of_branch = match branch {
        "" => String::new(),
        branch => format!(" on the branch {branch}"),
    };
    let next = match known.first() {
        Some(last) => format!(
            "run `lockgate scan` there, or name the last one with --commit {}",
            last.get(..12).unwrap_or(last)
        ),
        None => "run `lockgate scan` there, or name a branch with --branch: `lockgate history` \
                 lists them"
            .into(),
    };
    Err(RecallError::NoScan { what: format!("commit {commit}{of_branch}"), next })
}

/// What every engine came to in its last run for the commit.
fn runs(recall: &mut Recall, scans: &[PastScan]) -> Result<Vec<EngineRun>, StoreError> {
    let mut latest: Vec<PastRun> = Vec::new();
    for scan in scans {
        for run in recall.store.runs(scan.id)? {
            if latest.iter().all(|known| known.engine != run.engine) {
                latest.push(run);
            }
        }
    }
    latest.sort_by(|a, b| a.engine.cmp(&b.engine));
    let run = |run: PastRun| EngineRun {
        engine: run.engine.into(),
        version: run.version,
        outcome: run.outcome,
        coverage: Coverage { files: run.files, ..Coverage::default() },
        findings: Vec::new(),
        notifications: Vec::new(),
    };
    Ok(latest.into_iter().map(run).collect())
}

/// Every sighting that was open, waived as it was then.
pub(super) fn open_in(recall: &mut Recall, scan: i64) -> Result<Vec<Finding>, StoreError> {
    let (mut sightings, mut after) = (Vec::new(), i64::MIN);
    loop {
        let page = recall.store.open_in(scan, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(sightings) };
        after = last.id;
        sightings.extend(page.into_iter().map(|known| known.finding));
    }
}

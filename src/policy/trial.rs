//! A proposed policy, tried on scans of the past: what it would have blocked.

use super::judge::{Circumstances, Decision, judge};
use super::{Event, Facts, PolicyError, Settings};
use crate::finding::Finding;
use std::collections::BTreeMap;

/// A scan of the past.
pub struct Past {
    /// What it is, for people: `main at 1a2b3c4, 2026-11-23`.
    pub label: String,
    pub branch: Option<String>,
    pub event: Event,
    /// When it began, in seconds since 1970, UTC: what was overdue then, not today.
    pub time: i64,
    /// What the gate decided then.
    pub decision: Decision,
    pub findings: Vec<Finding>,
    /// Those of the findings, in their order.
    pub facts: Vec<Facts>,
}

/// What a policy would have made of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    pub label: String,
    /// What the gate decided then.
    pub was: Decision,
    /// How many findings each rule would have blocked on.
    pub blocking: BTreeMap<String, usize>,
    /// How many findings would have been warned about.
    pub warnings: usize,
}

impl Tried {
    /// Whether the proposed policy would have blocked it.
    pub fn blocked(&self) -> bool {
        !self.blocking.is_empty()
    }
}

/// What a policy would have made of many scans, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    pub scans: Vec<Tried>,
}

impl Trial {
    /// How many scans it would have blocked.
    pub fn blocked(&self) -> usize {
        self.scans.iter().filter(|tried| tried.blocked()).count()
    }
}

/// Judges each scan as the proposed settings would have, on its branch and at its time. Whether it
/// was complete is not asked again, and what observes counts as if it had started.
///
/// # Errors
/// Settings that make no policy for one of the scans, and whatever the scans come with.
pub fn trial<E: From<PolicyError>>(
    proposed: &Settings,
    scans: impl Iterator<Item = Result<Past, E>>,
) -> Result<Trial, E> {
    let mut trial = Trial::default();
    for past in scans {
        let past = past?;
        let mut policy = proposed.policy(past.branch.as_deref(), past.event)?;
        policy.observe = false;
        policy.starts = None;
        let circumstances =
            Circumstances { runs: &[], notifications: &[], now: past.time, advisories: None };
        let verdict = judge(&past.findings, &past.facts, &circumstances, None, policy);
        let mut blocking = BTreeMap::new();
        for block in verdict.blocking {
            *blocking.entry(block.rule).or_default() += 1;
        }
        trial.scans.push(Tried {
            label: past.label,
            was: past.decision,
            blocking,
            warnings: verdict.warnings.len(),
        });
    }
    Ok(trial)
}

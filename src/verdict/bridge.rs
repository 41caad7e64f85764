//! All that a verdict needs of the policy: its shape in JSON, its hash, and the judging.

use super::digest;
use crate::finding::{Confidence, EngineRun, Finding, Notification};
use crate::policy::{self, Base, Policy, Threshold, Unparsed, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the gate knows of a finding beside the finding itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Whether the comparison base does not have it.
    pub new: bool,
    /// When it was first seen: seconds since 1970.
    pub first_seen: Option<i64>,
}

/// The policy that was in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InForce {
    /// The hash of `rules`, in hexadecimal: the same for every verdict by the same policy.
    pub hash: String,
    /// Every condition with its value, whether it was set or is a default.
    pub rules: Rules,
}

/// The conditions of a policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rules {
    fail_on: Threshold,
    min_confidence: Confidence,
    new_only: bool,
    unparsed: Unparsed,
    /// The section of the configuration that it comes from.
    source: String,
}

impl InForce {
    pub fn of(policy: &Policy) -> InForce {
        let Policy { fail_on, min_confidence, new_only, unparsed, source } = policy.clone();
        let rules = Rules { fail_on, min_confidence, new_only, unparsed, source };
        InForce { hash: digest(&rules), rules }
    }

    /// The policy itself.
    pub fn policy(&self) -> Policy {
        let Rules { fail_on, min_confidence, new_only, unparsed, source } = self.rules.clone();
        Policy { fail_on, min_confidence, new_only, unparsed, source }
    }
}

/// Judges with facts that are given instead of looked up.
pub fn judge(
    findings: &[Finding],
    facts: &[Facts],
    runs: &[EngineRun],
    notifications: &[Notification],
    base: Option<&str>,
    policy: Policy,
) -> Verdict {
    let known = findings.iter().zip(facts).filter(|(_, facts)| !facts.new);
    let base = base.map(|name| Base {
        name: name.to_owned(),
        fingerprints: known.map(|(finding, _)| finding.fingerprint).collect(),
    });
    policy::judge(findings, runs, notifications, base.as_ref(), policy)
}

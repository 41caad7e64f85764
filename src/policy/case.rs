//! What a policy is asked about: a finding, and what the gate knows of it beside.

use super::Base;
use crate::finding::{Finding, Fingerprint};
use crate::rule::Catalogue;
use std::collections::HashMap;

/// What the gate knows of a finding beside the finding itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Whether the comparison base does not have it; true without a base.
    pub new: bool,
    /// When it was first seen, in seconds since 1970, UTC; none where that is not known.
    pub first_seen: Option<i64>,
}

impl Facts {
    /// The facts of what nothing is known of: it counts as new.
    pub const UNKNOWN: Facts = Facts { new: true, first_seen: None };

    /// The facts of each finding: whether the base has it, and when any of its fingerprints was
    /// first seen.
    pub fn of(
        findings: &[Finding],
        base: Option<&Base>,
        first_seen: &HashMap<Fingerprint, i64>,
    ) -> Vec<Facts> {
        let facts = |finding: &Finding| Facts {
            new: base.is_none_or(|base| !base.has(finding)),
            first_seen: finding.fingerprints().filter_map(|f| first_seen.get(&f).copied()).min(),
        };
        findings.iter().map(facts).collect()
    }
}

/// A finding, and what the gate knows of it beside.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    pub finding: &'a Finding,
    /// Whether the comparison base does not have it.
    pub new: bool,
    /// Whole days since it was first seen; none where that is not known.
    pub age_days: Option<i64>,
    /// Whether a waiver that counts holds for it.
    pub waived: bool,
}

/// The case of a finding.
pub fn case<'a>(finding: &'a Finding, facts: Facts, void: bool, now: i64) -> Case<'a> {
    Case {
        finding,
        new: facts.new,
        age_days: facts.first_seen.map(|seen| now.saturating_sub(seen).max(0) / 86_400),
        waived: finding.waiver.is_some() && !void,
    }
}

/// The numbers in the Common Weakness Enumeration that the catalogue has for a finding's rule.
pub fn cwe(finding: &Finding) -> impl Iterator<Item = u16> {
    let rule = Catalogue::get().find(&finding.rule);
    rule.into_iter().flat_map(|rule| rule.cwe.iter().copied())
}

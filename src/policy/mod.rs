//! The gate: a pure function of findings, policy and base.
//!
//! `Settings` is what the configuration says, `Policy` what of it holds for one scan. A policy is
//! a list of rules, the first of which that takes a finding decides on it; `judge` asks them.

mod case;
mod comments;
mod condition;
mod explain;
mod expression;
mod incomplete;
mod judge;
mod profile;
mod resolved;
mod rule;
#[cfg(test)]
mod sample;
mod scale;
mod settings;
#[cfg(test)]
mod tests;
mod trial;
mod unmet;

pub use case::{Case, Facts};
pub use explain::{Asked, explain};
pub use expression::{Expression, ExpressionError, Subject};
pub use judge::{Blocking, Circumstances, Decision, Verdict, day, judge};
pub use profile::Profile;
pub use resolved::{Clause, Flags, Policy};
pub use rule::Rule;
pub use scale::{Action, Dependency, Fix, Kev, Threshold, Unparsed};
pub use settings::{Comments, Settings, Sla, Stage};
pub use trial::{Past, Trial, Tried, trial};

pub use crate::git::EventKind as Event;

use crate::finding::{Finding, Fingerprint, WaiverSource};
use std::collections::HashSet;
use thiserror::Error;

/// What "new" is measured against.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    /// What it is, for people: `the scan of main at 1a2b3c4`.
    pub name: String,
    /// Every fingerprint that it has open.
    pub fingerprints: HashSet<Fingerprint>,
    /// Every fingerprint that a comment waived there. Without its comment such a finding is new;
    /// with it, the comment is not.
    pub commented: HashSet<Fingerprint>,
}

impl Base {
    /// Whether any fingerprint leads to the finding.
    pub fn has(&self, finding: &Finding) -> bool {
        let commented = finding.waiver.as_ref().is_some_and(|w| w.source == WaiverSource::Comment);
        finding.fingerprints().any(|fingerprint| {
            self.fingerprints.contains(&fingerprint)
                || (commented && self.commented.contains(&fingerprint))
        })
    }
}

/// Why a configuration makes no policy. Each message says where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyError {
    #[error("[{section}]: {why}")]
    Branch { section: String, why: String },
    #[error("{label}: {why}")]
    Rule { label: String, why: String },
    #[error(
        "[gate] profile = \"{profile}\" blocks nothing until a day that you name: say \
         `starts = YYYY-MM-DD` beside it, two weeks from now for instance"
    )]
    NoStart { profile: &'static str },
}

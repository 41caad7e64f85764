//! The triage: decisions about findings that the store keeps, shared by all branches.

use crate::finding::Fingerprint;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was decided about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TriageState {
    /// The rule is wrong here.
    FalsePositive,
    /// It is true, and is lived with.
    Accepted,
    /// It is true, and is to be mended.
    Confirmed,
}

/// A decision of the triage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Triage {
    pub state: TriageState,
    /// Why, in the words of whoever decided.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    #[schemars(with = "Option<String>")]
    pub until: Option<Date>,
    /// When it was decided: seconds since 1970, UTC.
    pub decided: i64,
}

/// A finding that somebody has decided about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triaged {
    /// Every fingerprint that leads to it.
    pub fingerprints: Vec<Fingerprint>,
    /// The decision that holds: the newest.
    pub triage: Triage,
}

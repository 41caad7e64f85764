//! The words of the configuration that are a choice among few.

use crate::finding::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// From which severity on findings block, or are warned about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Threshold {
    None,
    Critical,
    High,
    Medium,
    Low,
    Info,
}

impl Threshold {
    /// The least severity; none for `none`.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Threshold::None => None,
            Threshold::Critical => Some(Severity::Critical),
            Threshold::High => Some(Severity::High),
            Threshold::Medium => Some(Severity::Medium),
            Threshold::Low => Some(Severity::Low),
            Threshold::Info => Some(Severity::Info),
        }
    }
}

/// What a file that could not be looked at means for the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unparsed {
    /// A notification, no more.
    Ignore,
    /// The scan is incomplete.
    Incomplete,
}

/// What the gate does with a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// The gate is shut.
    Block,
    /// The finding is named, and the gate stays open.
    Warn,
    /// Nothing, and no later rule is asked.
    Ignore,
}

impl Action {
    /// Whether the action loosens the gate where a later rule might have shut it.
    pub fn loosens(self) -> bool {
        self != Action::Block
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Action::Block => "block",
            Action::Warn => "warn",
            Action::Ignore => "ignore",
        })
    }
}

/// Whether there is a release that fixes a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fix {
    /// A release fixes it.
    Available,
    /// No release does.
    None,
}

/// How a package came to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dependency {
    /// The manifest asks for it.
    Direct,
    /// Another package does.
    Transitive,
}

/// What the catalogue of known exploited vulnerabilities says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kev {
    /// It is listed.
    Listed,
    /// It is listed, and the day by which it is to be mended has passed, or none is named.
    Overdue,
}

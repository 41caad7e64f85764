//! The two scales every finding stands on: how bad, and how sure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad a finding is if it is true. Ordered: `Unknown < Info < … < Critical`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The tool did not say. Never guessed at.
    Unknown,
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// How likely a finding is to be true. Ordered: `Low < Medium < High`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

//! The four severities of tfsec.

use crate::finding::Severity;

/// A severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    /// The level of a name, in any case; some have an older one too.
    pub fn named(name: &str) -> Option<Level> {
        Some(match &*name.to_uppercase() {
            "CRITICAL" => Level::Critical,
            "HIGH" | "ERROR" => Level::High,
            "MEDIUM" | "WARNING" => Level::Medium,
            "LOW" | "INFO" => Level::Low,
            _ => return None,
        })
    }

    /// What a severity of a rule is there.
    pub fn of(severity: Severity) -> Level {
        match severity {
            Severity::Critical => Level::Critical,
            Severity::High => Level::High,
            Severity::Medium => Level::Medium,
            _ => Level::Low,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Level::Critical => "CRITICAL",
            Level::High => "HIGH",
            Level::Medium => "MEDIUM",
            Level::Low => "LOW",
        }
    }
}

//! Severities as Trivy names them.

use crate::finding::Severity;

/// The least first.
pub const NAMES: [&str; 5] = ["UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL"];

/// What Trivy calls the severity of a rule.
pub fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "CRITICAL",
        Severity::High => "HIGH",
        Severity::Medium => "MEDIUM",
        Severity::Low | Severity::Info => "LOW",
        Severity::Unknown => "UNKNOWN",
    }
}

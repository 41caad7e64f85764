//! Findings to judge in tests.

use super::Facts;
use crate::finding::{
    Anchor, Confidence, Exploited, Finding, Fingerprint, Location, Package, Severity, Snippet,
    Span, Waiver,
};

/// Midday of 2026-06-15, in seconds since 1970.
pub const NOW: i64 = 1_781_524_800;
/// A finding that the base does not have.
pub const NEW: Facts = Facts { new: true, first_seen: Some(NOW) };
/// One that it has, seen first a hundred days ago.
pub const OLD: Facts = Facts { new: false, first_seen: Some(NOW - 100 * 86_400) };

/// A finding in code.
pub fn finding(rule: &str, severity: Severity, confidence: Confidence) -> Finding {
    Finding {
        rule: rule.to_owned().into(),
        engine: "python".into(),
        severity,
        confidence,
        location: Location {
            cell: None,
            path: "src/app.py".into(),
            span: Span { start_line: 3, start_column: 1, end_line: 3, end_column: 9 },
        },
        message: "A message".into(),
        snippet: Snippet::default(),
        anchor: Anchor::Code { digest: [1; 16], text: [2; 8] },
        ordinal: 0,
        fingerprint: Fingerprint([3; 16]),
        also: Vec::new(),
        live: None,
        line_hash: None,
        package: None,
        waiver: None,
        told: None,
        evidence: None,
        fix: None,
        introduced: None,
        witnesses: Vec::new(),
    }
}

/// A severe and certain one.
pub fn severe() -> Finding {
    finding("B602", Severity::High, Confidence::High)
}

/// A credential of a severity.
pub fn secret(severity: Severity) -> Finding {
    Finding { engine: "secrets".into(), ..finding("github-pat", severity, Confidence::High) }
}

/// A severe finding waived by a comment.
pub fn commented() -> Finding {
    Finding { waiver: Some(Waiver::comment("# nosec")), ..severe() }
}

/// A package with a critical vulnerability that a release fixes.
pub fn package() -> Finding {
    let package = Package {
        ecosystem: "PyPI".into(),
        name: "django".into(),
        version: "4.2.0".into(),
        advisories: vec!["CVE-2024-0001".into()],
        fixed_in: vec!["4.2.1".into()],
        direct: Some(true),
        cvss: Some(9.8),
        epss: Some(0.1),
        exploited: None,
        ..Package::default()
    };
    Finding {
        engine: "osv".into(),
        package: Some(Box::new(package)),
        ..finding("CVE-2024-0001", Severity::Critical, Confidence::High)
    }
}

/// The same, changed.
pub fn package_with(change: impl FnOnce(&mut Package)) -> Finding {
    let mut finding = package();
    if let Some(package) = &mut finding.package {
        change(package);
    }
    finding
}

/// An entry of the catalogue that is due on a day.
pub fn due(day: &str) -> Option<Exploited> {
    Some(Exploited { due: Some(day.parse().expect("a day")) })
}

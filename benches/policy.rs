//! How long the gate takes over a million findings: `cargo bench --bench policy`.

#![allow(clippy::print_stdout, reason = "a bench prints its numbers")]

use lockgate::finding::{
    Anchor, Confidence, Finding, Fingerprint, Location, Package, Severity, Snippet, Span,
};
use lockgate::policy::{Circumstances, Event, Facts, Settings, judge};
use std::sync::Arc;
use std::time::Instant;

const FINDINGS: u128 = 1_000_000;
const NOW: i64 = 1_781_524_800;
const RULES: [&str; 4] = ["B101", "B602", "github-pat", "CVE-2024-0001"];
const SEVERITIES: [Severity; 5] =
    [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
/// A policy that asks by every kind of condition but an expression.
const CONDITIONS: &str = "
    [[rules]]
    name = \"tests\"
    action = \"ignore\"
    path = [\"**/tests/**\"]
    [[rules]]
    name = \"injection\"
    action = \"block\"
    cwe = [78, 89]
    rule = [\"B6*\"]
    age_days = 1000
    [[rules]]
    name = \"many\"
    action = \"block\"
    severity = \"low\"
    more_than = 10000000
";
const EXPRESSION: &str = "
    [[rules]]
    name = \"expression\"
    action = \"block\"
    expr = 'finding.path.matches(\"^src/.*[.]py$\") && finding.line > 10 && 78 in finding.cwe'
";

fn main() {
    let findings: Vec<Finding> = (0..FINDINGS).map(finding).collect();
    let facts: Vec<Facts> = (0..FINDINGS)
        .map(|i| Facts { new: i % 10 == 0, first_seen: Some(NOW - (i % 400) as i64 * 86_400) })
        .collect();
    for (name, text) in [
        ("new-code", ""),
        ("strict", "profile = \"strict\""),
        ("kev-epss", "profile = \"kev-epss\""),
        ("every kind of condition", CONDITIONS),
        ("an expression", EXPRESSION),
    ] {
        let settings: Settings = toml::from_str(text).expect("settings");
        let policy = settings.policy(Some("main"), Event::Push).expect("a policy");
        let circumstances =
            Circumstances { runs: &[], notifications: &[], now: NOW, advisories: Some(NOW) };
        let clock = Instant::now();
        let verdict = judge(&findings, &facts, &circumstances, None, policy);
        let seconds = clock.elapsed().as_secs_f64();
        let (blocking, warnings) = (verdict.blocking.len(), verdict.warnings.len());
        println!("{name:24} {seconds:6.3} s  {blocking} block, {warnings} warn");
    }
}

fn finding(i: u128) -> Finding {
    let rule = RULES[(i % 4) as usize];
    let package = (rule == "CVE-2024-0001").then(|| {
        Box::new(Package {
            ecosystem: "PyPI".into(),
            name: "django".into(),
            version: "4.2.0".into(),
            advisories: vec![rule.into()],
            fixed_in: vec!["4.2.1".into()],
            direct: Some(i.is_multiple_of(2)),
            cvss: Some((i % 100) as f32 / 10.0),
            epss: Some((i % 1000) as f32 / 1000.0),
            exploited: None,
            ..Package::default()
        })
    });
    Finding {
        rule: rule.into(),
        engine: if rule == "github-pat" { "secrets" } else { "python" }.into(),
        severity: SEVERITIES[(i % 5) as usize],
        confidence: [Confidence::High, Confidence::Medium, Confidence::Low][(i % 3) as usize],
        location: Location {
            cell: None,
            path: Arc::from(format!("src/package_{}/module_{}.py", i % 100, i / 50)),
            span: Span {
                start_line: (i % 50) as u32 + 1,
                start_column: 1,
                end_line: (i % 50) as u32 + 1,
                end_column: 40,
            },
        },
        message: "Subprocess call through a shell".into(),
        snippet: Snippet::default(),
        anchor: Anchor::Code { digest: i.to_be_bytes(), text: [0; 8] },
        ordinal: 0,
        fingerprint: Fingerprint(i.to_be_bytes()),
        also: Vec::new(),
        live: None,
        line_hash: None,
        package,
        waiver: None,
        told: None,
        evidence: None,
        fix: None,
        introduced: None,
        witnesses: Vec::new(),
    }
}

//! What a report of another tool leaves in the store of a sandbox, as if it had been imported.

use crate::sandbox::Sandbox;
use lockgate::finding::{
    Anchor, Confidence, Coverage, EngineRun, Finding, Fingerprint, Location, Outcome, Severity,
    Snippet, Span,
};
use lockgate::git;
use lockgate::policy::Decision;
use lockgate::store::{Scan, Sqlite, Store};
use std::collections::HashMap;

/// What a tool holds against columns 1 to 40 of a line.
pub fn finding(tool: &str, rule: &str, path: &str, line: u32) -> Finding {
    let digest = blake3::hash(format!("{tool} {rule} {path} {line}").as_bytes());
    Finding {
        rule: rule.to_owned().into(),
        engine: tool.to_owned().into(),
        severity: Severity::Medium,
        confidence: Confidence::High,
        location: Location {
            cell: None,
            path: path.into(),
            span: Span { start_line: line, start_column: 1, end_line: line, end_column: 40 },
        },
        message: format!("{tool} says so").into(),
        snippet: Snippet::default(),
        anchor: Anchor::Code { digest: [1; 16], text: [1; 8] },
        ordinal: 0,
        fingerprint: Fingerprint(std::array::from_fn(|at| digest.as_bytes()[at])),
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

/// Records a run of the tool over the whole repository at its commit.
pub fn import(sandbox: &Sandbox, tool: &'static str, outcome: Outcome, findings: Vec<Finding>) {
    judged(sandbox, tool, outcome, Decision::Blocked, findings);
}

/// The same, and what the gate said of it.
pub fn judged(
    sandbox: &Sandbox,
    tool: &'static str,
    outcome: Outcome,
    decision: Decision,
    findings: Vec<Finding>,
) {
    let repository = git::discover(&std::fs::canonicalize(sandbox.path()).unwrap());
    let run = EngineRun {
        engine: tool.into(),
        version: "1.0".into(),
        outcome,
        coverage: Coverage { roots: vec![String::new()], files: 1, ..Coverage::default() },
        findings: Vec::new(),
        notifications: Vec::new(),
    };
    let mut store = Sqlite::open(&sandbox.join(".lockgate/findings.db")).unwrap();
    store
        .record(&Scan {
            repository: &repository,
            time: jiff::Timestamp::now().as_second(),
            runs: &[run],
            rules: String::new(),
            decision,
            policy: String::new(),
            base: None,
            event: String::new(),
            findings: &findings,
            sketches: &HashMap::new(),
            looked_at: &|_| true,
        })
        .unwrap();
}

/// The fingerprint of the one finding of a rule in the last scan's report.
pub fn fingerprint(sandbox: &Sandbox, rule: &str) -> String {
    let report = sandbox.scan(&["--format", "json", "-q"]).json();
    let findings = report["findings"].as_array().unwrap().iter();
    let mut of_rule = findings.filter(|finding| finding["rule"]["id"] == rule);
    let finding = of_rule.next().unwrap_or_else(|| panic!("no {rule} in {report}"));
    finding["fingerprint"].as_str().unwrap().to_owned()
}

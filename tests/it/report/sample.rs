//! Reports to write, built by hand.

use lockgate::finding::{
    Anchor, Confidence, Coverage, Edit, EngineRun, Evidence, Finding, Fingerprint, Fix, LineHash,
    Location, Notification, Outcome, Severity, Snippet, Span, Trouble, Waiver,
};
use lockgate::git::{Commit, Repository};
use lockgate::policy::{Circumstances, Event, Facts, Policy, Settings, judge};
use lockgate::report::{Report, Reported};
use lockgate::rule::Catalogue;
use lockgate::store::{Fixed, Lifecycle};
use std::borrow::Cow;
use std::sync::Arc;

/// The lifecycles of the findings, in their order.
const LIFECYCLES: [Lifecycle; 7] = [
    Lifecycle::Existing,
    Lifecycle::New,
    Lifecycle::New,
    Lifecycle::Existing,
    Lifecycle::New,
    Lifecycle::Reopened,
    Lifecycle::Existing,
];

/// A path that would end a line, colour what follows and start a workflow command.
const HOSTILE_PATH: &str = "evil\n::error::gotcha\u{1b}[31m <b>%41:1,|`x`.py";

/// Seven findings in four files: hostile names, tabs, wide characters, several lines, a witness,
/// a waiver, each lifecycle; fixed ones, notifications, an engine that did not come to its end.
pub fn nasty() -> Report {
    let findings = vec![
        imported(),
        waived(),
        tabs(),
        finding("B404", Severity::Low, "app/shell.py", (1, 1, 1, 18), "import subprocess"),
        wide_and_witnessed(),
        several_lines(),
        hostile(),
    ];
    let mut runs = vec![
        run("python", Outcome::Complete),
        run("secrets", Outcome::Incomplete("the rule pack ended early".to_owned())),
        run("bandit", Outcome::Complete),
    ];
    let message = "line 4: unexpected indentation; Python 2 is not read";
    let mut unparsed = notification("old/legacy.py", Trouble::Unparsed, message);
    unparsed.engine = Some("python".into());
    runs[0].notifications.push(unparsed);
    let lifecycles = LIFECYCLES.map(Some).to_vec();
    report(findings, lifecycles, runs, notifications(), fixed())
}

/// Nothing found, nothing wrong.
pub fn clean() -> Report {
    let runs = vec![run("python", Outcome::Complete), run("secrets", Outcome::Complete)];
    report(Vec::new(), Vec::new(), runs, Vec::new(), Vec::new())
}

/// So many findings, twenty a file, of each severity as many.
pub fn many(count: usize) -> Report {
    let rules: Vec<&str> = Catalogue::get().of_engine("python").map(|rule| rule.id).collect();
    let severities =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
    let findings = (0..count).map(|i| {
        let line = 10 + (i % 20) as u32 * 7;
        let path = format!("src/package_{}/module_{:04}.py", i / 2000, i / 20);
        let code = "    result = subprocess.run(command + name, shell=True, check=False)";
        let span = (line, 14, line, 69);
        let mut finding = finding(rules[i % rules.len()], severities[i % 5], &path, span, code);
        finding.fingerprint = Fingerprint((i as u128).to_be_bytes());
        finding
    });
    let findings: Vec<Finding> = findings.collect();
    let lifecycles = vec![Some(Lifecycle::New); count];
    let notifications = (0..40)
        .map(|i| notification(&format!("broken/file_{i}.py"), Trouble::Unparsed, "line 3: `(`"))
        .collect();
    report(findings, lifecycles, vec![run("python", Outcome::Complete)], notifications, Vec::new())
}

fn report(
    findings: Vec<Finding>,
    lifecycles: Vec<Option<Lifecycle>>,
    runs: Vec<EngineRun>,
    notifications: Vec<Notification>,
    fixed: Vec<Fixed>,
) -> Report {
    let facts = lifecycles
        .iter()
        .map(|lifecycle| Facts { new: *lifecycle != Some(Lifecycle::Existing), first_seen: None });
    let facts: Vec<Facts> = facts.collect();
    let settings = Settings {
        min_confidence: Some(Confidence::Low),
        new_only: Some(true),
        ..Settings::default()
    };
    let branch = Some("feature/upload");
    let policy: Policy = settings.policy(branch, Event::Push).expect("there is no glob");
    let now = 1_767_323_045;
    let circumstances =
        Circumstances { runs: &runs, notifications: &notifications, now, advisories: None };
    let base = Some("the scan of main at 1a2b3c4".to_owned());
    let verdict = judge(&findings, &facts, &circumstances, base, policy);
    let mut findings: Vec<Reported> = findings
        .into_iter()
        .zip(lifecycles)
        .map(|(finding, lifecycle)| Reported { finding, lifecycle, blocked_by: None })
        .collect();
    for blocking in &verdict.blocking {
        findings[blocking.finding].blocked_by = Some(blocking.rule.clone());
    }
    Report {
        repository: Repository {
            root: "/home/someone/shop".into(),
            name: "github.com/acme/shop".to_owned(),
            branch: Some("feature/upload".to_owned()),
            default_branch: Some("main".to_owned()),
            commit: Some(Commit {
                id: "0123456789abcdef0123456789abcdef01234567".to_owned(),
                authored: 1_767_323_045,
            }),
        },
        started: jiff::Timestamp::from_second(now).expect("a time of 2026"),
        seconds: 1.25,
        files: 343,
        binary: 3,
        runs,
        notifications,
        findings,
        fixed,
        verdict,
        document: None,
    }
}

/// A finding of a catalogued rule, whose code is flagged in the columns of the span.
fn finding(
    rule: &str,
    severity: Severity,
    path: &str,
    (start_line, start_column, end_line, end_column): (u32, u32, u32, u32),
    code: &str,
) -> Finding {
    let known = Catalogue::get().find(rule);
    let first = code.lines().next().unwrap_or_default().chars().count() as u32;
    let end = if end_line == start_line { end_column - 1 } else { first };
    let mut digest = [0; 16];
    digest.copy_from_slice(
        &blake3::hash(format!("{rule} {path} {code}").as_bytes()).as_bytes()[..16],
    );
    Finding {
        rule: Cow::Owned(rule.to_owned()),
        engine: Cow::Owned(known.map_or("bandit", |rule| rule.engine).to_owned()),
        severity,
        confidence: known.map_or(Confidence::Medium, |rule| rule.confidence),
        location: Location {
            cell: None,
            path: Arc::from(path),
            span: Span { start_line, start_column, end_line, end_column },
        },
        message: Cow::Borrowed(known.map_or("Said by another tool", |rule| rule.title)),
        snippet: Snippet {
            first_line: start_line,
            text: code.into(),
            underline: (start_column - 1, end),
        },
        anchor: Anchor::Code { digest, text: [0; 8] },
        ordinal: 0,
        fingerprint: Fingerprint(digest),
        also: Vec::new(),
        live: None,
        line_hash: Some(LineHash { hash: 0x0271_789c_17ab_da88, count: 1 }),
        package: None,
        waiver: None,
        told: None,
        evidence: None,
        fix: None,
        introduced: None,
        witnesses: Vec::new(),
    }
}

fn wide_and_witnessed() -> Finding {
    let code = "run(\"漢字 🦀 é\", cmd, shell=True)";
    let mut finding = finding("B602", Severity::High, "app/shell.py", (1204, 17, 1204, 31), code);
    finding.witnesses = vec![
        finding.clone(),
        Finding {
            engine: "semgrep".into(),
            rule: "python.lang.security.subprocess-shell-true".into(),
            severity: Severity::Critical,
            confidence: Confidence::Low,
            message: "shell=True [see](https://evil.example) @team".into(),
            location: Location {
                cell: None,
                path: finding.location.path.clone(),
                span: Span { start_line: 1203, start_column: 1, end_line: 1205, end_column: 2 },
            },
            fingerprint: Fingerprint([7; 16]),
            ..finding.clone()
        },
    ];
    finding
}

fn several_lines() -> Finding {
    let code = "cursor.execute(\n    \"SELECT * FROM users WHERE name = '%s'\" % name\n)";
    let mut finding = finding("B608", Severity::Critical, "app/users.py", (40, 1, 52, 2), code);
    finding.confidence = Confidence::Low;
    finding.message = "A statement is put together from a value that may come from outside, which \
                       reads and writes whatever the database user may read and write."
        .into();
    finding
}

fn hostile() -> Finding {
    let code = "pass\u{202e}word = \"********\"  # \u{200b}\u{1b}[2K |<img src=x>";
    let mut finding = finding("B105", Severity::Medium, HOSTILE_PATH, (3, 1, 3, 23), code);
    finding.message = "A [link](https://evil.example) | `code` <img src=x onerror=alert(1)> @team \
                       #1\n::error file=x::injected\u{1b}[31m"
        .into();
    finding
}

fn tabs() -> Finding {
    let code = "\t\tif ok:\tyaml.load(text)\t# why not";
    let mut finding = finding("B506", Severity::High, "app/config.py", (7, 10, 7, 25), code);
    finding.told = Some(Confidence::Medium);
    finding.evidence = Some(Box::new(Evidence::Outside { source: "request.args".into(), line: 5 }));
    let span = Span { start_line: 7, start_column: 15, end_line: 7, end_column: 19 };
    let edit = Edit { range: 90..94, span, text: "safe_load".into() };
    let description = "call `yaml.safe_load`".into();
    finding.fix = Some(Box::new(Fix { description, safe: true, edits: vec![edit] }));
    finding
}

fn waived() -> Finding {
    let code = "assert user.is_admin  # nosec B101 -- <checked> above";
    let mut finding = finding("B101", Severity::High, "app/admin.py", (9, 1, 9, 21), code);
    finding.waiver = Some(Waiver::comment("# nosec B101 -- <checked> above"));
    finding
}

/// What an imported tool said of a rule that the catalogue does not have.
fn imported() -> Finding {
    let code = "call()";
    let mut finding = finding("X-1", Severity::Unknown, "app/a b#c?.py", (2, 1, 2, 7), code);
    finding.line_hash = None;
    finding
}

fn run(engine: &'static str, outcome: Outcome) -> EngineRun {
    EngineRun {
        engine: engine.into(),
        version: "0.1.0".to_owned(),
        outcome,
        coverage: Coverage { roots: vec![String::new()], files: 120, ..Coverage::default() },
        findings: Vec::new(),
        notifications: Vec::new(),
    }
}

fn notifications() -> Vec<Notification> {
    vec![
        notification("data/\u{1b}]0;title\u{7}.bin", Trouble::Unreadable, "Permission denied"),
        notification("link", Trouble::LinkNotFollowed, "leads to ../outside"),
    ]
}

fn notification(path: &str, trouble: Trouble, message: &str) -> Notification {
    Notification { path: path.into(), engine: None, trouble, message: message.into() }
}

fn fixed() -> Vec<Fixed> {
    let fixed = |rule: &str, engine: &str, line| Fixed {
        fingerprint: "00112233445566778899aabbccddeeff".to_owned(),
        rule: rule.to_owned(),
        engine: engine.to_owned(),
        severity: Severity::High,
        path: "app/shell.py".to_owned(),
        line,
        message: "Gone [for good]".to_owned(),
    };
    vec![fixed("B602", "python", 12), fixed("X-2", "bandit", 99)]
}

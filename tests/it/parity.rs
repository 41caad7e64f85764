//! What Bandit says of `fixtures/parity`, recorded by `benches/parity --record`, and what Lockgate
//! says of the same files.

use crate::sandbox::Sandbox;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/parity");
const RECORDED: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/parity/expected.tsv"));

/// Lines of text, each as often as it is said.
type Said = BTreeMap<String, usize>;

/// The fields of the recorded rows of a kind.
fn recorded(kind: &str) -> impl Iterator<Item = Vec<&'static str>> {
    RECORDED
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(move |fields| fields[0] == kind)
        .map(|fields| fields[1..].to_vec())
}

fn counted(lines: impl IntoIterator<Item = String>) -> Said {
    lines.into_iter().fold(Said::new(), |mut said, line| {
        *said.entry(line).or_default() += 1;
        said
    })
}

/// What only one of the two says, `-` for Bandit and `+` for Lockgate.
fn difference(bandit: &Said, lockgate: &Said) -> Vec<String> {
    let times = |of: &Said, line: &String| of.get(line).copied().unwrap_or_default();
    let lines: BTreeSet<&String> = bandit.keys().chain(lockgate.keys()).collect();
    lines
        .into_iter()
        .filter_map(|line| match (times(bandit, line), times(lockgate, line)) {
            (a, b) if a == b => None,
            (a, b) if a > b => Some(format!("- {line}")),
            _ => Some(format!("+ {line}")),
        })
        .collect()
}

/// The fixture in a folder of its own.
fn fixture() -> Sandbox {
    let sandbox = Sandbox::empty();
    for file in python_files(Path::new(FOLDER)) {
        let name = file.strip_prefix(FOLDER).unwrap().to_str().unwrap();
        sandbox.write(name, fs::read(&file).unwrap());
    }
    sandbox
}

fn python_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let python = files.into_iter().filter(|file| file.extension().is_some_and(|e| e == "py"));
    folders.iter().flat_map(|folder| python_files(folder)).chain(python).collect()
}

#[test]
fn every_check_is_in_the_fixture() {
    let ids: BTreeSet<&str> = recorded("issue").map(|fields| fields[5]).collect();
    assert_eq!(ids.len(), 75);
    assert_eq!(recorded("metrics").count(), python_files(Path::new(FOLDER)).len());
}

#[test]
fn a_scan_finds_what_bandit_finds() {
    let run = fixture().scan(&["--no-store", "--engine", "secrets=off", "--format", "json"]);
    let report = run.exits(1).json();
    // What Python 3.11 does not parse, Lockgate may; lines that end with a carriage return alone
    // are lines to Lockgate, and comments on them hold for them.
    let apart: BTreeSet<&str> =
        recorded("skipped").map(|fields| fields[0]).chain(["station/old_mac.py"]).collect();
    let mut said = Vec::new();
    let mut say = |rule: &Value, at: &Value| {
        let (path, line) = (at["path"].as_str().unwrap(), &at["span"]["start_line"]);
        let confidence = at.get("check_confidence").unwrap_or(&at["confidence"]);
        let [severity, confidence] = [&at["severity"], confidence].map(|v| v.as_str().unwrap());
        let line = format!("{path}:{line} {} {severity} {confidence}", rule.as_str().unwrap());
        said.extend((!apart.contains(path)).then_some(line));
    };
    for finding in report["findings"].as_array().unwrap() {
        if finding.get("waiver").is_none() {
            say(&finding["rule"]["id"], finding);
            finding["witnesses"].as_array().unwrap().iter().for_each(|w| say(&w["rule"], w));
        }
    }
    let bandit = recorded("issue").filter(|fields| !apart.contains(fields[0])).map(|fields| {
        let [severity, confidence] = [6, 7].map(|at| fields[at].to_lowercase());
        format!("{}:{} {} {severity} {confidence}", fields[0], fields[1], fields[5])
    });
    assert_eq!(difference(&counted(bandit), &counted(said)), [""; 0]);
}

/// What newer Pythons parse and 3.11 does not: parameters of types, quotes inside an f-string, more
/// than 200 brackets in one another. Bandit skips such a file; Lockgate reads it.
const NEWER: [&str; 3] = ["station/newer.py", "station/newer_strings.py", "station/too_deep.py"];

#[test]
fn the_drop_in_says_exactly_what_bandit_says() {
    let report = fixture().run(&["bandit", "-q", "-r", "-f", "json", "."]).exits(1).json();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let name = |value: &Value| text(value).trim_start_matches("./").to_owned();
    let issues = report["results"].as_array().unwrap().iter().map(|issue| {
        let lines: Vec<u64> =
            issue["line_range"].as_array().unwrap().iter().map(|l| l.as_u64().unwrap()).collect();
        let fields = ["line_number", "col_offset", "end_col_offset"].map(|key| text(&issue[key]));
        let scales = ["test_id", "issue_severity", "issue_confidence"].map(|key| text(&issue[key]));
        let file = name(&issue["filename"]);
        format!("issue {file} {} {} {}", fields.join(" "), range(&lines), scales.join(" "))
    });
    let files =
        report["metrics"].as_object().unwrap().iter().filter(|(file, _)| *file != "_totals");
    let metrics = files.map(|(file, of)| {
        let counts = ["loc", "nosec", "skipped_tests"].map(|key| text(&of[key]));
        format!("metrics {} {}", file.trim_start_matches("./"), counts.join(" "))
    });
    let skipped = report["errors"].as_array().unwrap().iter();
    let skipped =
        skipped.map(|one| format!("skipped {} {}", name(&one["filename"]), text(&one["reason"])));
    let is_newer = |line: &String| NEWER.iter().any(|file| line.split(' ').nth(1) == Some(file));
    let lockgate = issues.chain(metrics).chain(skipped).filter(|line| !is_newer(line));
    let kinds = ["issue", "metrics", "skipped"].into_iter();
    let bandit = kinds
        .flat_map(|kind| recorded(kind).map(move |fields| format!("{kind} {}", fields.join(" "))))
        .filter(|line| !is_newer(line));
    assert_eq!(difference(&counted(bandit), &counted(lockgate)), [""; 0]);
}

/// As the record writes the lines of an issue: `3-5`, else each.
fn range(lines: &[u64]) -> String {
    let in_a_row = lines.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    match lines {
        [first, _, .., last] if in_a_row => format!("{first}-{last}"),
        lines => lines.iter().map(u64::to_string).collect::<Vec<_>>().join(","),
    }
}

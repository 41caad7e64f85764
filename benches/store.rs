//! How long a large scan takes to record, and how much memory: `cargo bench --bench store [N]`.
//! The findings are made as they are gone through, so that the memory is the store's own.

#![allow(clippy::print_stdout, reason = "what it measures is what it prints")]

use lockgate::finding::{
    Anchor, Confidence, Coverage, EngineRun, Finding, Fingerprint, Location, Outcome, Severity,
    Snippet, Span,
};
use lockgate::git::{Commit, Repository};
use lockgate::policy::Decision;
use lockgate::store::{Findings, History, Scan, Sqlite, Store, StoreError};
use lockgate::target::Sketch;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// So many findings; of the last two twentieths one has moved and one is replaced by others when
/// they are made as changed.
struct Many {
    count: u64,
    changed: bool,
}

impl Many {
    fn finding(&self, number: u64) -> Finding {
        let twentieth = number * 20 / self.count;
        let moved = self.changed && twentieth == 18;
        let replaced = self.changed && twentieth == 19;
        let seed = number + if replaced { self.count } else { 0 };
        let hash = blake3::hash(&seed.to_le_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.as_bytes()[..16]);
        let line = (number % 100) as u32 * 7 + if moved { 2 } else { 1 };
        Finding {
            rule: "B602".into(),
            engine: if number.is_multiple_of(3) { "secrets" } else { "python" }.into(),
            severity: Severity::High,
            confidence: Confidence::High,
            location: Location {
                cell: None,
                path: format!("services/module{}/handlers/view{}.py", number / 5000, number / 100)
                    .into(),
                span: Span { start_line: line, start_column: 5, end_line: line, end_column: 61 },
            },
            message: "subprocess call with shell=True: what is in the command runs".into(),
            snippet: Snippet::default(),
            anchor: Anchor::Code { digest: bytes, text: [7; 8] },
            ordinal: 0,
            fingerprint: Fingerprint(bytes),
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
}

impl Findings for Many {
    fn each(
        &self,
        see: &mut dyn FnMut(&Finding) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        (0..self.count).try_for_each(|number| see(&self.finding(number)))
    }
}

fn run(engine: &'static str) -> EngineRun {
    EngineRun {
        engine: engine.into(),
        version: "1".into(),
        outcome: Outcome::Complete,
        coverage: Coverage { roots: vec![String::new()], ..Coverage::default() },
        findings: Vec::new(),
        notifications: Vec::new(),
    }
}

/// Says how long something took, and how much memory the process has used at most so far.
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> (T, Duration) {
    let clock = Instant::now();
    let value = work();
    let took = clock.elapsed();
    let peak = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = peak.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown");
    println!("{what:<44} {:>9.3} s   peak {}", took.as_secs_f64(), peak.trim());
    (value, took)
}

fn main() -> Result<(), StoreError> {
    let named = std::env::args().find_map(|argument| argument.parse().ok());
    let count: u64 = named.unwrap_or(1_000_000);
    let folder = tempfile::tempdir().map_err(StoreError::Findings)?;
    let path = folder.path().join("findings.db");
    // The first scan is recorded by another process, so that its memory is not counted.
    if std::env::args().any(|argument| argument == "--first") {
        let path = std::env::args().next_back().unwrap_or_default();
        timed("record the first scan", || record(Path::new(&path), count, false)).0?;
        return Ok(());
    }
    let first = std::process::Command::new(std::env::current_exe().map_err(StoreError::Findings)?)
        .args([count.to_string().as_str(), "--first"])
        .arg(&path)
        .status();
    assert!(first.is_ok_and(|status| status.success()), "the first scan was not recorded");

    let changed = count / 20;
    let (history, _) = timed("record it with a tenth changed", || record(&path, count, true));
    let history = history?;
    let seen: HashSet<usize> = [history.lifecycles.len(), history.fixed.len()].into();
    assert_eq!(seen, HashSet::from([count as usize, changed as usize]));
    timed("record the same again", || record(&path, count, true)).0?;
    look(&path, count)?;
    let size = std::fs::metadata(&path).map_or(0, |file| file.len());
    println!("the database has {} MB", size >> 20);
    Ok(())
}

fn repository() -> Repository {
    Repository {
        root: "/project".into(),
        name: "example.org/project".into(),
        branch: Some("main".into()),
        default_branch: Some("main".into()),
        commit: Some(Commit { id: "1a2b3c4d".repeat(5), authored: 1_700_000_000 }),
    }
}

fn record(path: &Path, count: u64, changed: bool) -> Result<History, StoreError> {
    let sketches: HashMap<Arc<str>, Sketch> = HashMap::new();
    Sqlite::open(path)?.record(&Scan {
        repository: &repository(),
        time: 1_700_000_000,
        runs: &[run("python"), run("secrets")],
        rules: "00".into(),
        decision: Decision::Passed,
        policy: "11".into(),
        base: None,
        event: "push".into(),
        findings: &Many { count, changed },
        sketches: &sketches,
        looked_at: &|_| true,
    })
}

/// What a person asks for, one thing at a time; and what every scan asks for before the gate.
fn look(path: &Path, count: u64) -> Result<(), StoreError> {
    let mut store = timed("open", || Sqlite::open(path)).0?;
    let name = repository().name;
    let middle = Many { count, changed: false }.finding(count / 2).fingerprint.to_string();
    let found = timed("find by 12 digits", || store.find(&name, &middle[..12])).0?;
    assert_eq!(found.len(), 1, "{middle} is there once");
    timed("life of a finding", || store.life(found[0].id)).0?;
    let scans = timed("the last 100 scans", || store.scans(&name, None, 100)).0?;
    let last = scans.first().map_or(0, |scan| scan.id);
    timed("a page of what is open", || store.open_in(last, count as i64 / 2, 100)).0?;
    timed("a page of what was open before", || store.open_in(last - 1, 0, 100)).0?;
    timed("what was decided", || store.triaged(&name)).0?;
    let base = timed("the comparison base", || store.base(&repository())).0?;
    let seen = base.map(|base| base.fingerprints).unwrap_or_default();
    assert_eq!(seen.len() as u64, count);
    timed("what is gone", || store.standing(&repository(), &seen)).0?;
    drop(seen);
    timed("when all were first seen", || store.first_seen(&repository())).0?;
    Ok(())
}

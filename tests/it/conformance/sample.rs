//! Findings, runs and scans, and a store that they go into.

use lockgate::finding::{
    Anchor, Confidence, Coverage, EngineRun, Finding, Fingerprint, Location, Outcome, Severity,
    Snippet, Span,
};
use lockgate::git::{Commit, Repository};
use lockgate::policy::Decision;
use lockgate::store::maintain::{self, Progress};
use lockgate::store::{self, Findings, History, Known, Scan, Store};
use lockgate::target::Sketch;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// The name of the repository that the scans are of.
pub const PROJECT: &str = "example.org/project";

pub fn on(branch: &str) -> Repository {
    Repository {
        root: "/project".into(),
        name: "example.org/project".into(),
        branch: (!branch.is_empty()).then(|| branch.to_owned()),
        default_branch: Some("main".into()),
        commit: Some(Commit { id: "1a2b3c4d".repeat(5), authored: 1_700_000_000 }),
    }
}

pub fn fingerprint(number: u8) -> Fingerprint {
    Fingerprint([number; 16])
}

/// A finding of the engine `python` in `a/N.py` up to 9, `b/N.py` above.
pub fn finding(number: u8) -> Finding {
    let folder = if number < 10 { 'a' } else { 'b' };
    Finding {
        rule: "B602".into(),
        engine: "python".into(),
        severity: Severity::High,
        confidence: Confidence::High,
        location: Location {
            cell: None,
            path: format!("{folder}/{number}.py").into(),
            span: Span { start_line: 3, start_column: 1, end_line: 3, end_column: 9 },
        },
        message: "a shell".into(),
        snippet: Snippet::default(),
        anchor: Anchor::Code { digest: [number; 16], text: [number; 8] },
        ordinal: 0,
        fingerprint: fingerprint(number),
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

pub fn findings(numbers: &[u8]) -> Vec<Finding> {
    numbers.iter().map(|number| finding(*number)).collect()
}

pub fn run(engine: &'static str, roots: &[&str]) -> EngineRun {
    let roots = roots.iter().map(|&root| root.to_owned()).collect();
    EngineRun {
        engine: engine.into(),
        version: "1".into(),
        outcome: Outcome::Complete,
        coverage: Coverage { roots, ..Coverage::default() },
        findings: Vec::new(),
        notifications: Vec::new(),
    }
}

/// A scan at a fixed time.
pub fn scan<'a>(
    repository: &'a Repository,
    decision: Decision,
    runs: &'a [EngineRun],
    findings: &'a dyn Findings,
    sketches: &'a HashMap<Arc<str>, Sketch>,
) -> Scan<'a> {
    Scan {
        repository,
        time: 1_795_415_400,
        runs,
        rules: "00".into(),
        decision,
        policy: "11".into(),
        base: None,
        event: String::new(),
        findings,
        sketches,
        looked_at: &|_| true,
    }
}

pub fn of(engine: &'static str, number: u8) -> Finding {
    Finding { engine: engine.into(), ..finding(number) }
}

/// A finding of `python` with one of `secrets` as its witness.
pub fn merged(own: u8, witness: u8) -> Finding {
    Finding { witnesses: vec![of("secrets", witness)], ..finding(own) }
}

pub fn fixed(history: &History) -> Vec<&str> {
    history.fixed.iter().map(|fixed| fixed.path.as_str()).collect()
}

/// Where a store of its own is, empty at first and gone with the test.
pub trait Place {
    /// How many random histories are tried on it.
    const CASES: u32;
    fn new() -> Self;
    fn location(&self) -> store::Location;
}

/// A SQLite file.
pub struct File(TempDir);

impl Place for File {
    const CASES: u32 = 40;

    fn new() -> File {
        File(tempfile::tempdir().unwrap())
    }

    fn location(&self) -> store::Location {
        store::Location::File(self.0.path().join(".lockgate/findings.db"))
    }
}

/// Nobody watches.
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str) {}
    fn advance(&self, _: u64) {}
}

/// A store, opened anew for every scan.
pub struct Scratch<P> {
    place: P,
}

impl<P: Place> Scratch<P> {
    pub fn new() -> Scratch<P> {
        Scratch { place: P::new() }
    }

    pub fn place(&self) -> &P {
        &self.place
    }

    pub fn open(&self) -> Box<dyn Store> {
        store::open(&self.place.location()).unwrap()
    }

    pub fn record(
        &self,
        repository: &Repository,
        decision: Decision,
        runs: &[EngineRun],
        findings: &[Finding],
    ) -> History {
        let sketches = HashMap::new();
        let scan = scan(repository, decision, runs, &findings, &sketches);
        self.open().record(&scan).unwrap()
    }

    /// A passed scan of everything by the one engine.
    pub fn passed(&self, branch: &str, findings: &[Finding]) -> History {
        self.record(&on(branch), Decision::Passed, &[run("python", &[""])], findings)
    }

    pub fn base(&self, branch: &str) -> Option<(String, HashSet<Fingerprint>)> {
        let base = self.open().base(&on(branch)).unwrap();
        base.map(|base| (base.name, base.fingerprints))
    }

    /// All that is open on a branch after its last scan.
    pub fn open_on(&self, branch: &str) -> Vec<Known> {
        let mut store = self.open();
        let scans = store.scans(PROJECT, Some(branch), 1).unwrap();
        store.open_in(scans[0].id, 0, usize::MAX).unwrap()
    }

    /// Asserts that nothing in it contradicts anything else.
    pub fn is_sound(&self) {
        for check in maintain::check(&self.place.location(), &Silent).unwrap() {
            assert!(check.found.is_empty(), "{check:?}");
        }
    }

    pub fn find(&self, prefix: &str) -> Vec<Known> {
        self.open().find(PROJECT, prefix).unwrap()
    }
}

impl Scratch<File> {
    pub fn path(&self) -> PathBuf {
        self.place.0.path().join(".lockgate/findings.db")
    }
}

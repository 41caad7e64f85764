//! The store as its callers see it: lives of findings, bases, and files that are in trouble.

use lockgate::finding::{
    Anchor, Confidence, Coverage, EngineRun, Finding, Fingerprint, Location, Outcome, Severity,
    Snippet, Span, Waiver,
};
use lockgate::git::{Commit, Repository};
use lockgate::policy::Decision;
use lockgate::store::{
    Findings, History, Lifecycle, Scan, Sqlite, Store, StoreError, prepare_folder,
};
use lockgate::target::Sketch;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

use Lifecycle::{Existing, New, Reopened};

mod migration;
mod order;
mod sightings;
mod triage;

fn on(branch: &str) -> Repository {
    Repository {
        root: "/project".into(),
        name: "example.org/project".into(),
        branch: (!branch.is_empty()).then(|| branch.to_owned()),
        default_branch: Some("main".into()),
        commit: Some(Commit { id: "1a2b3c4d".repeat(5), authored: 1_700_000_000 }),
    }
}

fn fingerprint(number: u8) -> Fingerprint {
    Fingerprint([number; 16])
}

/// A finding of the engine `python` in `a/N.py` up to 9, `b/N.py` above.
fn finding(number: u8) -> Finding {
    let folder = if number < 10 { 'a' } else { 'b' };
    Finding {
        rule: "B602".into(),
        engine: "python".into(),
        severity: Severity::High,
        confidence: Confidence::High,
        location: Location {
            path: format!("{folder}/{number}.py").into(),
            span: Span { start_line: 3, start_column: 1, end_line: 3, end_column: 9 },
        },
        message: "a shell".into(),
        snippet: Snippet::default(),
        anchor: Anchor::Code { digest: [number; 16], text: [number; 8] },
        ordinal: 0,
        fingerprint: fingerprint(number),
        also: Vec::new(),
        line_hash: None,
        package: None,
        waiver: None,
        witnesses: Vec::new(),
    }
}

fn findings(numbers: &[u8]) -> Vec<Finding> {
    numbers.iter().map(|number| finding(*number)).collect()
}

fn run(engine: &'static str, roots: &[&str]) -> EngineRun {
    let roots = roots.iter().map(|&root| root.to_owned()).collect();
    EngineRun {
        engine,
        version: "1".into(),
        outcome: Outcome::Complete,
        coverage: Coverage { roots, ..Coverage::default() },
        findings: Vec::new(),
        notifications: Vec::new(),
    }
}

/// A scan at a fixed time.
fn scan<'a>(
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
    }
}

/// A database in a folder of its own, opened anew for every scan.
struct Scratch {
    folder: TempDir,
}

impl Scratch {
    fn new() -> Scratch {
        Scratch { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(".lockgate/findings.db")
    }

    fn record(
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

    fn open(&self) -> Sqlite {
        Sqlite::open(&self.path()).unwrap()
    }

    /// A passed scan of everything by the one engine.
    fn passed(&self, branch: &str, findings: &[Finding]) -> History {
        self.record(&on(branch), Decision::Passed, &[run("python", &[""])], findings)
    }

    fn base(&self, branch: &str) -> Option<(String, HashSet<Fingerprint>)> {
        let base = self.open().base(&on(branch)).unwrap();
        base.map(|base| (base.name, base.fingerprints))
    }
}

fn fixed(history: &History) -> Vec<&str> {
    history.fixed.iter().map(|fixed| fixed.path.as_str()).collect()
}

#[test]
fn a_finding_lives() {
    let store = Scratch::new();
    assert_eq!(store.passed("main", &findings(&[1, 2])).lifecycles, [New, New]);
    let second = store.passed("main", &findings(&[1, 3]));
    assert_eq!(second.lifecycles, [Existing, New]);
    let gone = &second.fixed[0];
    assert_eq!((gone.path.as_str(), gone.line, gone.rule.as_str()), ("a/2.py", 3, "B602"));
    assert_eq!((gone.engine.as_str(), gone.severity), ("python", Severity::High));
    assert_eq!((gone.message.as_str(), gone.fingerprint.as_str()), ("a shell", &*"02".repeat(16)));
    let third = store.passed("main", &findings(&[1, 2]));
    assert_eq!(
        (third.lifecycles.as_slice(), fixed(&third)),
        (&[Existing, Reopened][..], vec!["a/3.py"])
    );
    assert_eq!(store.passed("main", &findings(&[1, 2])).lifecycles, [Existing, Existing]);
}

#[test]
fn every_branch_has_its_own_history() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1, 2]));
    assert_eq!(store.passed("feature", &findings(&[1])).lifecycles, [New]);
    assert_eq!(store.passed("", &findings(&[1])).lifecycles, [New]);
    let main = store.passed("main", &findings(&[2]));
    assert_eq!((main.lifecycles.as_slice(), fixed(&main)), (&[Existing][..], vec!["a/1.py"]));
    assert_eq!(store.passed("feature", &findings(&[1, 2])).lifecycles, [Existing, New]);
    let mut other = on("main");
    other.name = "example.org/other".into();
    let history = store.record(&other, Decision::Passed, &[run("python", &[""])], &findings(&[1]));
    assert_eq!(history.lifecycles, [New]);
}

#[test]
fn the_same_again_leaves_the_file_as_it_is() {
    let store = Scratch::new();
    let all: Vec<Finding> = findings(&[1, 2, 3]);
    store.passed("main", &all);
    let bytes = fs::read(store.path()).unwrap();
    assert_eq!(store.passed("main", &all).lifecycles, [Existing; 3]);
    assert_eq!(fs::read(store.path()).unwrap(), bytes);
    // Only the scan before counts: what came in between is undone as any other change.
    store.passed("main", &findings(&[1]));
    assert_eq!(store.passed("main", &all).lifecycles, [Existing, Reopened, Reopened]);
}

#[test]
fn a_line_that_moves_is_no_other_finding() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1]));
    let mut moved = findings(&[1]);
    moved[0].location.span.start_line = 77;
    assert_eq!(store.passed("main", &moved).lifecycles, [Existing]);
    assert_eq!(store.passed("main", &[]).fixed[0].line, 77);
}

#[test]
fn what_was_not_looked_at_stays_open() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1, 2, 11]));
    let only_a = [run("python", &["a"])];
    let history = store.record(&on("main"), Decision::Passed, &only_a, &findings(&[2]));
    assert_eq!((history.lifecycles.as_slice(), fixed(&history)), (&[Existing][..], vec!["a/1.py"]));
    let mut but_b = run("python", &[""]);
    but_b.coverage.except.push("b/11.py".into());
    assert_eq!(fixed(&store.record(&on("main"), Decision::Passed, &[but_b], &[])), ["a/2.py"]);
    assert_eq!(fixed(&store.passed("main", &[])), ["b/11.py"]);
}

#[test]
fn an_engine_that_did_not_finish_or_run_fixes_nothing() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1]));
    let mut broken = run("python", &[""]);
    broken.outcome = Outcome::Incomplete("out of memory".into());
    let incomplete = Decision::Incomplete;
    assert!(store.record(&on("main"), incomplete, &[broken], &[]).fixed.is_empty());
    let other = run("secrets", &[""]);
    assert!(store.record(&on("main"), Decision::Passed, &[other], &[]).fixed.is_empty());
    assert_eq!(fixed(&store.passed("main", &[])), ["a/1.py"]);
}

#[test]
fn a_waived_finding_is_there_but_in_no_base() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1, 2]));
    let mut waived = findings(&[1, 2]);
    waived[0].waiver = Some(Waiver::comment("# nosec"));
    let history = store.passed("main", &waived);
    assert_eq!((history.lifecycles.as_slice(), history.fixed.len()), (&[Existing; 2][..], 0));
    assert_eq!(store.base("main").unwrap().1, HashSet::from([fingerprint(2)]));
    assert_eq!(store.passed("main", &findings(&[1, 2])).lifecycles, [Existing; 2]);
    assert_eq!(store.base("main").unwrap().1.len(), 2);
}

#[test]
fn only_a_passed_scan_is_a_base() {
    let store = Scratch::new();
    let runs = [run("python", &[""])];
    assert_eq!(store.base("main"), None);
    store.record(&on("main"), Decision::Blocked, &runs, &findings(&[1]));
    store.record(&on("main"), Decision::Incomplete, &runs, &findings(&[1, 2]));
    assert_eq!(store.base("main"), None);
    store.passed("main", &findings(&[1, 2]));
    store.record(&on("main"), Decision::Blocked, &runs, &findings(&[2, 3]));
    let (name, base) = store.base("main").unwrap();
    assert_eq!(name, "the scan of main at 1a2b3c4 on 2026-11-23 06:30 UTC");
    assert_eq!(base, HashSet::from([fingerprint(1), fingerprint(2)]));
}

#[test]
fn the_default_branch_stands_in_until_the_branch_has_passed() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1]));
    let runs = [run("python", &[""])];
    store.record(&on("feature"), Decision::Blocked, &runs, &findings(&[1, 2]));
    assert!(store.base("feature").unwrap().0.contains("main"));
    store.passed("feature", &findings(&[2]));
    let (name, base) = store.base("feature").unwrap();
    assert!(name.contains("feature"));
    assert_eq!(base, HashSet::from([fingerprint(2)]));
    let detached = store.base("").unwrap();
    assert_eq!(detached.1, HashSet::from([fingerprint(1)]));
}

#[test]
fn a_scan_outside_git_is_a_base_too() {
    let store = Scratch::new();
    let nowhere = Repository { branch: None, default_branch: None, commit: None, ..on("") };
    let runs = [run("python", &[""])];
    store.record(&nowhere, Decision::Passed, &runs, &findings(&[1]));
    let base = Sqlite::open(&store.path()).unwrap().base(&nowhere).unwrap().unwrap();
    assert_eq!(base.name, "the scan on 2026-11-23 06:30 UTC");
}

fn of(engine: &'static str, number: u8) -> Finding {
    Finding { engine: engine.into(), ..finding(number) }
}

/// A finding of `python` with one of `secrets` as its witness.
fn merged(own: u8, witness: u8) -> Finding {
    Finding { witnesses: vec![of("secrets", witness)], ..finding(own) }
}

#[test]
fn a_merged_finding_is_known_by_each_of_its_witnesses() {
    let store = Scratch::new();
    let both = [run("python", &[""]), run("secrets", &[""])];
    store.record(&on("main"), Decision::Passed, &both, &[merged(1, 2)]);
    assert_eq!(store.base("main").unwrap().1, HashSet::from([fingerprint(1), fingerprint(2)]));
    for (engine, number) in [("secrets", 2), ("python", 1)] {
        let alone = [of(engine, number)];
        let history = store.record(&on("main"), Decision::Passed, &[run(engine, &[""])], &alone);
        assert_eq!((history.lifecycles.as_slice(), history.fixed.len()), (&[Existing][..], 0));
    }
    let again = store.record(&on("main"), Decision::Passed, &both, &[merged(1, 2)]);
    assert_eq!(again.lifecycles, [Existing]);
    // A witness that comes later does not make it new, and lives on alone.
    let later = store.record(&on("main"), Decision::Passed, &both, &[merged(1, 3)]);
    assert_eq!((later.lifecycles.as_slice(), fixed(&later)), (&[Existing][..], vec!["a/2.py"]));
    let alone = store.record(&on("main"), Decision::Passed, &both, &[of("secrets", 3)]);
    assert_eq!((alone.lifecycles.as_slice(), fixed(&alone)), (&[Existing][..], vec!["a/1.py"]));
}

#[test]
fn two_findings_that_become_one_are_both_seen() {
    let store = Scratch::new();
    let both = [run("python", &[""]), run("secrets", &[""])];
    let two = [finding(1), of("secrets", 2)];
    store.record(&on("main"), Decision::Passed, &both, &two);
    let history = store.record(&on("main"), Decision::Passed, &both, &[merged(1, 2)]);
    assert_eq!((history.lifecycles.as_slice(), history.fixed.len()), (&[Existing][..], 0));
    let apart = store.record(&on("main"), Decision::Passed, &both, &two);
    assert_eq!(apart.lifecycles, [Existing; 2]);
}

#[test]
fn one_fingerprint_twice_in_a_scan_is_one_finding() {
    let store = Scratch::new();
    let mut twice = findings(&[1, 1]);
    twice[1].location.span.start_line = 9;
    twice[1].waiver = Some(Waiver::comment("# nosec"));
    assert_eq!(store.passed("main", &twice).lifecycles, [New, New]);
    assert_eq!(store.passed("main", &twice).lifecycles, [Existing, Existing]);
    assert_eq!(store.base("main").unwrap().1, HashSet::from([fingerprint(1)]));
    let history = store.passed("main", &[]);
    assert_eq!(history.fixed.iter().map(|fixed| fixed.line).collect::<Vec<_>>(), [3]);
}

fn refused(path: &Path) -> StoreError {
    let before = fs::read(path).ok();
    let error = Sqlite::open(path).map(|_| ()).unwrap_err();
    assert_eq!(fs::read(path).ok(), before, "a file that is not ours was changed");
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    assert!(error.to_string().contains("--db"), "{error}");
    error
}

#[test]
fn what_is_no_database_of_ours_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("findings.db");
    for garbage in [&b"short"[..], &[0; 4096], &b"not a database ".repeat(500)] {
        fs::write(&path, garbage).unwrap();
        assert!(matches!(refused(&path), StoreError::Corrupt { .. }));
    }
    assert!(matches!(refused(folder.path()), StoreError::Corrupt { .. }));

    for (name, journal) in [("plain.db", "DELETE"), ("logged.db", "WAL")] {
        let path = folder.path().join(name);
        let foreign = rusqlite::Connection::open(&path).unwrap();
        foreign.pragma_update_and_check(None, "journal_mode", journal, |_| Ok(())).unwrap();
        foreign.execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1);").unwrap();
        assert!(matches!(refused(&path), StoreError::Corrupt { .. }));
        drop(foreign);
        assert!(matches!(refused(&path), StoreError::Corrupt { .. }));
    }
}

#[test]
fn a_damaged_database_is_told() {
    let store = Scratch::new();
    store.passed("main", &(0..=255).map(finding).collect::<Vec<_>>());
    let whole = fs::read(store.path()).unwrap();
    fs::write(store.path(), &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(refused(&store.path()), StoreError::Corrupt { .. }));

    let mut scribbled = whole.clone();
    scribbled[4096..].fill(0xA5);
    fs::write(store.path(), scribbled).unwrap();
    let opened = Sqlite::open(&store.path()).and_then(|mut store| store.base(&on("main")));
    assert!(matches!(opened, Err(StoreError::Corrupt { .. })), "{opened:?}");
}

#[test]
fn a_newer_schema_is_told_and_left_alone() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1]));
    let newer = rusqlite::Connection::open(store.path()).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    assert!(matches!(refused(&store.path()), StoreError::Newer { found: 99, known: 2, .. }));
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_where_nothing_can_be_written_is_told() {
    // Root may write wherever permissions forbid it, but not here.
    let error = Sqlite::open(Path::new("/proc/lockgate/findings.db")).map(|_| ()).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let below = folder.path().join("file/findings.db");
    assert!(matches!(Sqlite::open(&below).map(|_| ()), Err(StoreError::ReadOnly { .. })));
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let store = Scratch::new();
    store.passed("main", &[]);
    assert_eq!(fs::metadata(store.path()).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn an_empty_file_becomes_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("findings.db");
    fs::write(&path, "").unwrap();
    assert_eq!(Sqlite::open(&path).unwrap().base(&on("main")).unwrap(), None);
}

#[test]
fn the_folder_ignores_all_but_the_waivers() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join(".lockgate");
    prepare_folder(&own).unwrap();
    let ignore = fs::read_to_string(own.join(".gitignore")).unwrap();
    assert!(ignore.ends_with("*\n!waivers.toml\n"));
    fs::write(own.join(".gitignore"), "mine").unwrap();
    prepare_folder(&own).unwrap();
    assert_eq!(fs::read_to_string(own.join(".gitignore")).unwrap(), "mine");
}

#[test]
fn many_processes_at_once_agree() {
    let store = Scratch::new();
    let new: usize = std::thread::scope(|threads| {
        let scans: Vec<_> = (0..6)
            .map(|_| threads.spawn(|| store.passed("main", &findings(&[1, 2, 3])).lifecycles))
            .collect();
        let lifecycles = scans.into_iter().flat_map(|scan| scan.join().unwrap());
        lifecycles.filter(|lifecycle| *lifecycle == New).count()
    });
    assert_eq!(new, 3);
}

/// One step of a random history.
#[derive(Debug, Clone)]
struct Step {
    branch: &'static str,
    /// Numbers of what is in the tree, and whether it is waived.
    tree: BTreeMap<u8, bool>,
    root: &'static str,
    complete: bool,
    decision: Decision,
}

fn step() -> impl Strategy<Value = Step> {
    let decision = prop_oneof![Just(Decision::Passed), Just(Decision::Blocked)];
    let tree = proptest::collection::btree_map(0u8..20, any::<bool>(), 0..10);
    let branch = prop_oneof![Just("main"), Just("feature"), Just("")];
    let root = prop_oneof![3 => Just(""), 1 => Just("a"), 1 => Just("b/12.py")];
    (branch, tree, root, proptest::bool::weighted(0.8), decision).prop_map(
        |(branch, tree, root, complete, decision)| Step { branch, tree, root, complete, decision },
    )
}

/// What the store ought to know, told in the plainest way.
#[derive(Default)]
struct Model {
    open: BTreeMap<&'static str, BTreeMap<u8, bool>>,
    ever: BTreeMap<&'static str, BTreeSet<u8>>,
    base: BTreeMap<&'static str, HashSet<Fingerprint>>,
}

impl Model {
    fn record(&mut self, step: &Step, seen: &BTreeMap<u8, bool>) -> (Vec<Lifecycle>, Vec<String>) {
        let open = self.open.entry(step.branch).or_default();
        let ever = self.ever.entry(step.branch).or_default();
        let lifecycles = seen
            .keys()
            .map(|number| match (open.contains_key(number), ever.contains(number)) {
                (true, _) => Existing,
                (false, true) => Reopened,
                (false, false) => New,
            })
            .collect();
        let covered =
            |number: &u8| step.complete && finding(*number).location.path.starts_with(step.root);
        let mut fixed: Vec<String> = open
            .keys()
            .filter(|number| covered(number) && !seen.contains_key(number))
            .map(|number| finding(*number).location.path.to_string())
            .collect();
        fixed.sort();
        open.retain(|number, _| !covered(number) || seen.contains_key(number));
        open.extend(seen);
        ever.extend(seen.keys());
        if step.decision == Decision::Passed {
            let unwaived = open.iter().filter(|(_, waived)| !**waived);
            self.base
                .insert(step.branch, unwaived.map(|(number, _)| fingerprint(*number)).collect());
        }
        (lifecycles, fixed)
    }

    fn base(&self, branch: &str) -> Option<&HashSet<Fingerprint>> {
        self.base.get(branch).or_else(|| self.base.get("main"))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_store_knows_what_a_simple_model_knows(steps in proptest::collection::vec(step(), 1..12)) {
        let store = Scratch::new();
        let mut model = Model::default();
        for step in &steps {
            let mut run = run("python", &[step.root]);
            if !step.complete {
                run.outcome = Outcome::Incomplete("killed".into());
            }
            let within = |number: &u8| finding(*number).location.path.starts_with(step.root);
            let seen: BTreeMap<u8, bool> =
                step.tree.iter().filter(|(number, _)| within(number)).map(|(n, w)| (*n, *w)).collect();
            let found: Vec<Finding> = seen
                .iter()
                .map(|(number, waived)| {
                    let waiver = waived.then(|| Waiver::comment("# nosec"));
                    Finding { waiver, ..finding(*number) }
                })
                .collect();
            let history = store.record(&on(step.branch), step.decision, &[run], &found);
            let (lifecycles, gone) = model.record(step, &seen);
            prop_assert_eq!(&history.lifecycles, &lifecycles);
            prop_assert_eq!(fixed(&history), gone);
            for branch in ["main", "feature", ""] {
                let base = store.base(branch).map(|(_, base)| base);
                prop_assert_eq!(base.as_ref(), model.base(branch));
            }
        }
    }
}

//! What is forgotten, and what never is.

use super::*;
use lockgate::store::maintain::{Forgotten, Keep, Prune, prune};
use lockgate::waiver::{Triage, TriageState};

/// When the first scan begins; seconds since 1970, UTC.
const START: i64 = 1_700_000_000;
const DAY: i64 = 86_400;

fn at(
    store: &Scratch,
    day: i64,
    branch: &str,
    decision: Decision,
    findings: &[Finding],
) {
    let commit = Commit { id: format!("{day:040x}"), authored: START + day * DAY };
    let repository = Repository { commit: Some(commit), ..on(branch) };
    let (runs, sketches) = ([run("python", &[""])], HashMap::new());
    let scan = scan(&repository, decision, &runs, &findings, &sketches);
    store.open().record(&Scan { time: START + day * DAY, ..scan }).unwrap();
}

fn since(day: i64) -> Prune {
    Prune { keep: Keep::Since(START + day * DAY), branches: None, dry_run: false }
}

fn pruned(store: &Scratch, wanted: &Prune) -> (usize, usize) {
    let Forgotten { findings, scans, .. } =
        prune(&store.place().location(), wanted, &Silent).unwrap();
    store.is_sound();
    (findings, scans)
}

fn decide(store: &Scratch, number: u8) {
    let (owner, until) = (None, None);
    let state = TriageState::Accepted;
    let triage = Triage { state, reason: "known".into(), owner, until, decided: START };
    store.open().triage(PROJECT, &fingerprint(number), &triage).unwrap();
}

#[test]
fn what_is_closed_for_long_is_forgotten_and_nothing_else() {
    let store = Scratch::new();
    at(&store, 0, "main", Decision::Passed, &findings(&[1, 2, 3, 5]));
    decide(&store, 3);
    at(&store, 1, "main", Decision::Passed, &findings(&[1, 5]));
    at(&store, 2, "main", Decision::Passed, &findings(&[1, 2, 5]));
    at(&store, 3, "main", Decision::Passed, &findings(&[1, 5]));
    at(&store, 60, "main", Decision::Passed, &findings(&[1]));
    at(&store, 100, "main", Decision::Passed, &findings(&[1, 4]));
    let state = |store: &Scratch| {
        let mut open = store.open();
        (open.first_seen(&on("main")).unwrap(), open.base(&on("main")).unwrap())
    };
    let (mut first_seen, base) = state(&store);
    let dry = Prune { dry_run: true, ..since(50) };
    // Two of the scans are what it begins and ends with that was decided about; one closes what
    // was there until lately.
    assert_eq!(pruned(&store, &dry), (1, 2));
    assert_eq!(store.find("02").len(), 1);
    assert_eq!(pruned(&store, &since(50)), (1, 2));
    assert!(store.find("02").is_empty());
    first_seen.remove(&fingerprint(2));
    assert_eq!(state(&store), (first_seen, base));
    assert_eq!(store.find("03")[0].triage.as_ref().unwrap().reason, "known");
    assert_eq!(store.open().life(store.find("05")[0].id).unwrap().len(), 1);
    assert_eq!(pruned(&store, &since(50)), (0, 0));
    assert_eq!(pruned(&store, &since(90)), (1, 1));
    // What comes back after it was forgotten is new.
    at(&store, 101, "main", Decision::Passed, &findings(&[1, 2, 4]));
    assert_eq!(store.open().scans(PROJECT, None, 1).unwrap()[0].counts.unwrap().new, 1);
}

#[test]
fn the_last_scan_that_passed_stays_a_base() {
    let store = Scratch::new();
    at(&store, 0, "main", Decision::Passed, &findings(&[1]));
    at(&store, 60, "main", Decision::Blocked, &[]);
    at(&store, 100, "main", Decision::Blocked, &findings(&[2]));
    assert_eq!(pruned(&store, &since(1000)), (0, 0));
    assert_eq!(store.base("main").unwrap().1, HashSet::from([fingerprint(1)]));
}

#[test]
fn a_number_of_scans_of_each_branch_is_kept() {
    let store = Scratch::new();
    for day in 0..10 {
        let mut moved = finding(1);
        moved.location.span.start_line = 10 + day;
        at(&store, i64::from(day), "main", Decision::Passed, std::slice::from_ref(&moved));
        at(&store, i64::from(day), "feature", Decision::Passed, &[moved]);
    }
    let keep = Prune { keep: Keep::Newest(3), branches: None, dry_run: false };
    // The first scan of each branch tells since when the finding is open.
    assert_eq!(pruned(&store, &keep), (0, 12));
    assert_eq!(store.open().scans(PROJECT, Some("main"), 100).unwrap().len(), 4);
}

#[test]
fn branches_that_are_named_are_forgotten_when_they_are_old() {
    let store = Scratch::new();
    at(&store, 0, "main", Decision::Passed, &findings(&[1]));
    at(&store, 1, "feature", Decision::Passed, &findings(&[1, 2]));
    at(&store, 99, "young", Decision::Passed, &findings(&[3]));
    let glob = globset::Glob::new("{feature,young}").unwrap().compile_matcher();
    let wanted = Prune { branches: Some(glob), ..since(50) };
    let forgotten = prune(&store.place().location(), &wanted, &Silent).unwrap();
    assert_eq!(forgotten.branches, ["example.org/project feature"]);
    assert_eq!((forgotten.findings, forgotten.scans), (1, 1));
    store.is_sound();
    assert!(store.open().scans(PROJECT, Some("feature"), 1).unwrap().is_empty());
    assert_eq!((store.open_on("main").len(), store.open_on("young").len()), (1, 1));
}

/// A branch, whether the gate passed, and what was found.
type Step = (bool, bool, BTreeSet<u8>);

fn step() -> impl Strategy<Value = Step> {
    (any::<bool>(), any::<bool>(), proptest::collection::btree_set(0u8..8, 0..6))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn what_is_open_is_never_forgotten(
        steps in proptest::collection::vec(step(), 1..12),
        keep in 0i64..14,
        decided in 0u8..8,
    ) {
        let store = Scratch::new();
        for (day, (main, passed, found)) in (0..).zip(&steps) {
            let decision = if *passed { Decision::Passed } else { Decision::Blocked };
            let branch = if *main { "main" } else { "feature" };
            let found: Vec<u8> = found.iter().copied().collect();
            at(&store, day, branch, decision, &findings(&found));
        }
        if !store.find(&fingerprint(decided).to_string()).is_empty() {
            decide(&store, decided);
        }
        let state = || {
            let mut open = store.open();
            let mut scans = open.scans(PROJECT, None, 100).unwrap();
            scans.retain(|scan| scan.recorded >= START + keep * DAY);
            let known: Vec<_> =
                scans.iter().map(|scan| open.open_in(scan.id, 0, 100).unwrap()).collect();
            let bases = ["main", "feature"].map(|branch| open.base(&on(branch)).unwrap());
            let mut seen = open.first_seen(&on("main")).unwrap();
            seen.retain(|seen, _| known.iter().flatten().any(|k| k.finding.fingerprint == *seen));
            (scans, known, bases, seen, open.triaged(PROJECT).unwrap())
        };
        let before = state();
        pruned(&store, &since(keep));
        prop_assert_eq!(state(), before);
    }
}

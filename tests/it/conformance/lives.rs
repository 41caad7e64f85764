//! The life of a finding, and what is a base.

use super::*;

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
fn what_settings_left_out_stays_open() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1, 2]));
    let (main, runs) = (on("main"), [run("python", &[""])]);
    let (nothing, none) = (Vec::new(), HashMap::new());
    let scan = Scan {
        looked_at: &|path| path != "a/2.py",
        ..scan(&main, Decision::Passed, &runs, &nothing, &none)
    };
    assert_eq!(fixed(&store.open().record(&scan).unwrap()), ["a/1.py"]);
    assert_eq!(store.passed("main", &findings(&[2])).lifecycles, [Existing]);
    assert_eq!(fixed(&store.passed("main", &[])), ["a/2.py"]);
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
    let base = store.open().base(&nowhere).unwrap().unwrap();
    assert_eq!(base.name, "the scan on 2026-11-23 06:30 UTC");
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

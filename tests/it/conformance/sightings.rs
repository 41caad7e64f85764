//! What the store says of single sightings: by fingerprint, over time, and page by page.

use super::*;
use lockgate::finding::{Live, Package, WaiverSource};
use lockgate::identity::Trace;
use lockgate::store::{Beginning, Counts, Known};

fn both() -> [EngineRun; 2] {
    [run("python", &[""]), run("secrets", &[""])]
}

fn places(known: &[Known]) -> Vec<(&str, &str)> {
    known.iter().map(|k| (&*k.finding.engine, &*k.finding.location.path)).collect()
}

#[test]
fn a_finding_comes_back_as_it_went_in() {
    let store = Scratch::new();
    let package = Package {
        ecosystem: "PyPI".into(),
        name: "jinja2".into(),
        version: "2.0".into(),
        advisories: vec!["CVE-2024-0001".into()],
        fixed_in: vec!["2.1".into()],
        direct: Some(true),
        cvss: Some(9.8),
        epss: None,
        exploited: None,
        ..Package::default()
    };
    let full = Finding {
        package: Some(package.into()),
        also: vec![fingerprint(7)],
        waiver: Some(Waiver::comment("# nosec")),
        ordinal: 3,
        live: Some(Live::Revoked),
        ..finding(1)
    };
    store.passed("main", std::slice::from_ref(&full));
    assert_eq!(store.open_on("main")[0].finding, full);
    let anchors = [
        Anchor::Secret(0xABCDE),
        Anchor::Resource { address: "aws_s3_bucket.logs".into(), attribute: "acl".into() },
        Anchor::Package { ecosystem: "npm".into(), name: "a".into(), advisory: "b".into() },
        Anchor::Image { target: "app".into(), name: "zlib".into(), advisory: "c".into() },
    ];
    let all: Vec<Finding> =
        (10..).zip(anchors).map(|(n, anchor)| Finding { anchor, ..finding(n) }).collect();
    store.passed("other", &all);
    let known: Vec<Finding> = store.open_on("other").into_iter().map(|k| k.finding).collect();
    assert_eq!(known, all);
}

#[test]
fn each_witness_has_a_life_of_its_own() {
    let store = Scratch::new();
    store.record(&on("main"), Decision::Passed, &both(), &[merged(1, 2)]);
    assert_eq!(places(&store.open_on("main")), [("python", "a/1.py"), ("secrets", "a/2.py")]);
    store.record(&on("main"), Decision::Passed, &[run("secrets", &[""])], &[]);
    assert_eq!(places(&store.open_on("main")), [("python", "a/1.py")]);
}

#[test]
fn two_engines_may_agree_on_a_fingerprint() {
    let store = Scratch::new();
    store.passed("main", &[finding(1)]);
    let seen = [of("secrets", 1)];
    let history = store.record(&on("main"), Decision::Passed, &[run("secrets", &[""])], &seen);
    assert_eq!(history.lifecycles, [Existing]);
    assert_eq!(store.find("01").len(), 2);
    assert_eq!(fixed(&store.passed("main", &[])), ["a/1.py"]);
    assert_eq!(places(&store.open_on("main")), [("secrets", "a/1.py")]);
}

#[test]
fn a_finding_that_moved_keeps_its_id_and_every_fingerprint() {
    let store = Scratch::new();
    store.passed("main", &[finding(1)]);
    let before = store.open_on("main");
    let moved = Finding { also: vec![fingerprint(1)], ..finding(2) };
    let history = store.passed("main", &[moved]);
    assert_eq!((history.lifecycles.as_slice(), history.fixed.len()), (&[Existing][..], 0));
    // The scan after the rename knows it by its new fingerprint alone.
    assert_eq!(store.passed("main", &[finding(2)]).lifecycles, [Existing]);
    let after = store.open_on("main");
    assert_eq!((after[0].id, &*after[0].finding.location.path), (before[0].id, "a/2.py"));
    assert_eq!(after[0].finding.also, [fingerprint(1)]);
    assert_eq!(store.find("01"), store.find("0202"));
    assert_eq!(store.base("main").unwrap().1, HashSet::from([fingerprint(1), fingerprint(2)]));
    let both = vec![fingerprint(1), fingerprint(2)];
    let names = |wanted: &[Fingerprint]| store.open().names(&on("main").name, wanted).unwrap();
    assert_eq!(names(&[fingerprint(1)])[0], both);
    assert_eq!(names(&[fingerprint(2), fingerprint(3), fingerprint(2)]), [both]);
    assert!(names(&[]).is_empty());
}

#[test]
fn a_path_may_be_as_long_as_a_file_system_allows() {
    let store = Scratch::new();
    // Nothing that could be compressed.
    let path: String =
        (0..56_u8).map(|n| blake3::hash(&[n]).to_hex().to_string() + "/").collect::<String>() + "a.py";
    let mut far = finding(1);
    far.location.path = path.as_str().into();
    let sketches = HashMap::from([(far.location.path.clone(), Sketch(vec![1]))]);
    let (runs, all, main) = ([run("python", &[""])], vec![far], on("main"));
    store.open().record(&scan(&main, Decision::Passed, &runs, &all, &sketches)).unwrap();
    let known = store.open().in_file(&main.name, Some("main"), &path).unwrap();
    assert_eq!(known.len(), 1);
}

#[test]
fn a_rename_that_another_branch_saw_as_new_disturbs_neither() {
    let store = Scratch::new();
    store.passed("main", &[finding(1)]);
    store.passed("feature", &[finding(2)]);
    let moved = Finding { also: vec![fingerprint(1)], ..finding(2) };
    assert_eq!(store.passed("main", &[moved]).lifecycles, [Existing]);
    for branch in ["main", "feature", "main"] {
        let moved = Finding { message: branch.into(), ..finding(2) };
        let history = store.passed(branch, &[moved]);
        assert_eq!((history.lifecycles.as_slice(), history.fixed.len()), (&[Existing][..], 0));
    }
}

#[test]
fn a_finding_is_found_by_the_first_digits_of_its_fingerprint() {
    let store = Scratch::new();
    store.passed("main", &findings(&[0x1A, 0x1B, 0x2A]));
    let found = |prefix: &str| store.find(prefix).len();
    assert_eq!([found("1"), found("1a"), found("1A1"), found("2"), found("3")], [2, 1, 1, 1, 0]);
    assert_eq!([found(&"1b".repeat(16)), found(&"1b".repeat(17)), found("")], [1, 0, 0]);
    assert_eq!([found("1g"), found("é"), found("1a' OR 1"), found("ff")], [0; 4]);
    assert!(store.open().find("example.org/other", "1a").unwrap().is_empty());
}

#[test]
fn a_life_is_told_scan_by_scan() {
    let store = Scratch::new();
    let waived = Finding { waiver: Some(Waiver::comment("# nosec: test")), ..finding(1) };
    for tree in [vec![finding(1)], vec![waived], vec![], vec![finding(1)]] {
        store.passed("main", &tree);
    }
    store.passed("feature", &[finding(1)]);
    let id = store.find("01")[0].id;
    let life = store.open().life(id).unwrap();
    let told: Vec<_> = life
        .iter()
        .map(|stay| (&*stay.opened.branch, stay.beginning, stay.closed.is_some()))
        .collect();
    let expected = [
        ("main", Beginning::New, true),
        ("main", Beginning::Continued, true),
        ("main", Beginning::Reopened, false),
        ("feature", Beginning::New, false),
    ];
    assert_eq!(told, expected);
    assert_eq!(life[0].closed.as_ref(), Some(&life[1].opened));
    let waiver = life[1].waiver.as_ref().unwrap();
    assert_eq!((waiver.source, &*waiver.reason), (WaiverSource::Comment, "# nosec: test"));
    assert_eq!(life[0].opened.authored, Some(1_700_000_000));
    assert!(store.open().life(id + 1).unwrap().is_empty());
}

#[test]
fn scans_are_told_with_what_they_changed() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1, 2]));
    store.passed("feature", &findings(&[9]));
    store.record(&on("main"), Decision::Blocked, &both(), &findings(&[2, 3, 4]));
    store.passed("main", &findings(&[1, 2, 3, 4]));
    let mut open = store.open();
    let main = open.scans("example.org/project", Some("main"), 10).unwrap();
    let counts: Vec<Counts> = main.iter().filter_map(|scan| scan.counts).collect();
    let expected = [(4, 0, 1, 0), (3, 2, 0, 1), (2, 2, 0, 0)]
        .map(|(open, new, reopened, fixed)| Counts { open, new, reopened, fixed });
    assert_eq!(counts, expected);
    assert_eq!((main[1].decision, &*main[1].policy), (Decision::Blocked, "11"));
    assert_eq!(main[1].commit, on("main").commit.map(|commit| commit.id));
    let all = open.scans("example.org/project", None, 3).unwrap();
    let branches: Vec<&str> = all.iter().map(|scan| &*scan.branch).collect();
    assert_eq!(branches, ["main", "main", "feature"]);
    assert_eq!(open.repositories().unwrap(), ["example.org/project"]);
}

#[test]
fn what_was_open_in_any_scan_comes_page_by_page() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1, 2, 3, 4, 5]));
    store.passed("main", &findings(&[2, 6]));
    let mut open = store.open();
    let scans = open.scans("example.org/project", Some("main"), 2).unwrap();
    for (scan, expected) in [(&scans[1], vec![1, 2, 3, 4, 5]), (&scans[0], vec![2, 6])] {
        let (mut after, mut seen) = (0, Vec::new());
        loop {
            let page = open.open_in(scan.id, after, 2).unwrap();
            let Some(last) = page.last() else { break };
            after = last.id;
            seen.extend(page.iter().map(|known| known.finding.fingerprint));
        }
        assert_eq!(seen, expected.into_iter().map(fingerprint).collect::<Vec<_>>());
    }
}

#[test]
fn first_seen_is_the_earliest_author_date_of_any_branch() {
    let store = Scratch::new();
    let at = |branch: &str, authored| Repository {
        commit: Some(Commit { id: "1a2b3c4d".repeat(5), authored }),
        ..on(branch)
    };
    let runs = [run("python", &[""])];
    for (branch, authored, tree) in [
        ("main", 2_000, &[1][..]),
        ("main", 3_000, &[1, 2]),
        ("old", 1_000, &[2]),
        // A clock set back, and a finding that was there before.
        ("main", 500, &[1, 2, 3]),
    ] {
        store.record(&at(branch, authored), Decision::Passed, &runs, &findings(tree));
    }
    let nowhere = Repository { commit: None, ..on("nowhere") };
    store.record(&nowhere, Decision::Passed, &runs, &findings(&[4]));
    let seen = store.open().first_seen(&on("main")).unwrap();
    let expected = [(1, 2_000), (2, 1_000), (3, 500), (4, 1_795_415_400)];
    assert_eq!(seen, expected.map(|(number, time)| (fingerprint(number), time)).into());
}

#[test]
fn the_clock_decides_nothing() {
    let store = Scratch::new();
    let (runs, none) = ([run("python", &[""])], HashMap::new());
    for (time, tree) in [(2_000_000_000, vec![1, 2]), (-5, vec![2]), (0, vec![2, 3])] {
        let (main, findings) = (on("main"), findings(&tree));
        let later = scan(&main, Decision::Passed, &runs, &findings, &none);
        store.open().record(&Scan { time, ..later }).unwrap();
    }
    let open: Vec<_> = store.open_on("main").iter().map(|k| k.finding.fingerprint).collect();
    assert_eq!(open, [fingerprint(2), fingerprint(3)]);
    assert_eq!(store.base("main").unwrap().1, open.into_iter().collect());
}

#[test]
fn what_is_gone_can_be_followed() {
    let store = Scratch::new();
    let sketches = HashMap::from([
        (Arc::from("a/1.py"), Sketch(vec![1, 2, u32::MAX])),
        (Arc::from("a/2.py"), Sketch(vec![4])),
    ]);
    let (runs, all) = ([run("python", &[""])], findings(&[1, 2, 3]));
    let main = on("main");
    let passed = scan(&main, Decision::Passed, &runs, &all, &sketches);
    store.open().record(&passed).unwrap();
    // Open in the base, but not in the last scan.
    store.record(&main, Decision::Blocked, &runs, &findings(&[2, 3, 4]));
    let seen = HashSet::from([fingerprint(2), fingerprint(9)]);
    let standing = store.open().standing(&main, &seen).unwrap();
    assert_eq!(standing.known, HashSet::from([fingerprint(2)]));
    let trail = standing.gone;
    let mut gone: Vec<_> = trail.traces.iter().map(|trace| trace.fingerprint).collect();
    gone.sort_unstable();
    assert_eq!(gone, [1, 3, 4].map(fingerprint));
    let one = finding(1);
    let expected = Trace {
        rule: "B602".into(),
        path: one.location.path,
        anchor: one.anchor,
        ordinal: 0,
        fingerprint: one.fingerprint,
    };
    assert_eq!(trail.traces.iter().find(|t| t.fingerprint == fingerprint(1)), Some(&expected));
    assert_eq!(trail.sketches, HashMap::from([(Arc::from("a/1.py"), sketches["a/1.py"].clone())]));
    // A branch that was never scanned starts from the default branch's base.
    let feature = store.open().standing(&on("feature"), &HashSet::new()).unwrap();
    assert_eq!(feature.gone.traces.len(), 3);
    let empty = Scratch::new().open().standing(&main, &HashSet::new()).unwrap();
    assert_eq!(empty, Default::default());
}

#[test]
fn what_a_file_looks_like_is_what_it_looked_like_last() {
    let store = Scratch::new();
    let (runs, all, main) = ([run("python", &[""])], findings(&[1]), on("main"));
    for hashes in [vec![1, 2], vec![3]] {
        let sketches = HashMap::from([(Arc::from("a/1.py"), Sketch(hashes))]);
        let history = store.open().record(&scan(&main, Decision::Passed, &runs, &all, &sketches));
        assert_eq!(history.unwrap().lifecycles.len(), 1);
    }
    let trail = store.open().standing(&main, &HashSet::new()).unwrap().gone;
    assert_eq!(trail.sketches["a/1.py"], Sketch(vec![3]));
}

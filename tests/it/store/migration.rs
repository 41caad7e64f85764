//! A database of the first schema goes on.

use super::*;
use lockgate::store::Beginning;

/// A database as the first schema wrote it: two findings on `main`, of which one was waived in
/// between, and one that is fixed.
fn first_schema() -> Scratch {
    let store = Scratch::new();
    fs::create_dir_all(store.path().parent().unwrap()).unwrap();
    let old = rusqlite::Connection::open(store.path()).unwrap();
    let application = i32::from_be_bytes(*b"LkGt");
    old.pragma_update(None, "application_id", application).unwrap();
    old.execute_batch(include_str!("../../../src/store/schema/sqlite/001_findings.sql")).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    old.execute_batch(&format!(
        "INSERT INTO repository VALUES (1, 'example.org/project');
         INSERT INTO branch VALUES (1, 1, 'main');
         INSERT INTO scan VALUES
             (1, 1, '{commit}', 900, 1000, '00', zeroblob(32), 'passed'),
             (2, 1, '{commit}', 900, 2000, '00', zeroblob(32), 'passed');
         INSERT INTO scan_engine VALUES (2, 0, 'python', '1', NULL, '[\"\"]', '[]', 3);
         INSERT INTO finding SELECT value, 1, 0, unhex(format('%02x', value) || '{rest}'), 'B602',
             'python', 'high', 'high', format('a/%d.py', value), 3, 1, 3, 9, 'a shell'
             FROM json_each('[1, 2, 3]');
         INSERT INTO fingerprint SELECT 1, fingerprint, id FROM finding;
         INSERT INTO fingerprint VALUES (1, x'{witness}', 1);
         INSERT INTO interval VALUES
             (1, 1, 1, NULL, 'new', 0),
             (1, 2, 1, 2, 'new', 0),
             (1, 2, 2, NULL, 'continued', 1),
             (1, 3, 1, 2, 'new', 0);",
        commit = "1a2b3c4d".repeat(5),
        rest = "00".repeat(15),
        witness = "09".repeat(16),
    ))
    .unwrap();
    store
}

/// What the first schema's findings go by.
fn old(number: u8) -> Finding {
    let mut bytes = [0; 16];
    bytes[0] = number;
    Finding { fingerprint: Fingerprint(bytes), ..finding(number) }
}

#[test]
fn a_database_of_the_first_schema_is_brought_up_to_date() {
    let store = first_schema();
    let mut open = store.open();
    let (name, base) = store.base("main").unwrap();
    assert_eq!(name, "the scan of main at 1a2b3c4 on 1970-01-01 00:33 UTC");
    assert_eq!(base, HashSet::from([old(1).fingerprint, fingerprint(9)]));
    let scans = open.scans("example.org/project", None, 9).unwrap();
    assert_eq!((scans.len(), scans[0].counts, &*scans[0].policy), (2, None, ""));
    let known = open.open_in(scans[0].id, 0, 9).unwrap();
    assert_eq!(known.len(), 2);
    assert_eq!(known[0].finding.also, [fingerprint(9)]);
    assert!(known[1].finding.waiver.is_some());
    let life = open.life(known[1].id).unwrap();
    assert_eq!(
        life.iter().map(|stay| stay.beginning).collect::<Vec<_>>(),
        [Beginning::New, Beginning::Continued]
    );
    assert_eq!(open.first_seen(&on("main")).unwrap()[&old(3).fingerprint], 900);
    // Nothing is known by which they could be followed.
    assert!(open.standing(&on("main"), &HashSet::new()).unwrap().gone.traces.is_empty());
}

#[test]
fn scans_go_on_where_the_first_schema_left_off() {
    let store = first_schema();
    let waived = Finding { waiver: Some(Waiver::comment("# nosec")), ..old(2) };
    let history = store.passed("main", &[old(1), waived, old(3), finding(4)]);
    assert_eq!(history.lifecycles, [Existing, Existing, Reopened, New]);
    assert_eq!(history.fixed, []);
    // What was seen again can be followed from now on.
    let trail = store.open().standing(&on("main"), &HashSet::new()).unwrap().gone;
    assert_eq!(trail.traces.len(), 4);
    assert_eq!(fixed(&store.passed("main", &[old(1)])), ["a/2.py", "a/3.py", "a/4.py"]);
    let connection = rusqlite::Connection::open(store.path()).unwrap();
    let check = |pragma: &str| {
        let mut statement = connection.prepare(pragma).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.collect::<Result<Vec<_>, _>>().unwrap()
    };
    assert_eq!(check("PRAGMA integrity_check"), ["ok"]);
    assert!(check("PRAGMA foreign_key_check").is_empty());
}

//! Many machines at one PostgreSQL, and what can be wrong with it.

use super::sample::*;
use crate::server::Database;
use lockgate::finding::Finding;
use lockgate::git::Repository;
use lockgate::policy::Decision;
use lockgate::store::{Findings, Lifecycle, Location, PostgresError, Store, StoreError, open};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

type Scratch = super::sample::Scratch<Database>;

/// Findings that do something once, in the middle of being recorded.
struct Interrupted<'a> {
    findings: Vec<Finding>,
    rounds: AtomicUsize,
    act: &'a (dyn Fn() + Sync),
}

impl<'a> Interrupted<'a> {
    fn new(findings: Vec<Finding>, act: &'a (dyn Fn() + Sync)) -> Interrupted<'a> {
        Interrupted { findings, rounds: AtomicUsize::new(0), act }
    }
}

impl Findings for Interrupted<'_> {
    fn each(
        &self,
        see: &mut dyn FnMut(&Finding) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // The first round is hashed; the second one is recorded.
        if self.rounds.fetch_add(1, Ordering::SeqCst) == 1 {
            (self.act)();
        }
        self.findings.iter().try_for_each(see)
    }
}

fn record(
    store: &mut dyn Store,
    repository: &Repository,
    findings: &dyn Findings,
) -> Result<Vec<Lifecycle>, StoreError> {
    let (runs, sketches) = ([run("python", &[""])], HashMap::new());
    let scan = scan(repository, Decision::Passed, &runs, findings, &sketches);
    store.record(&scan).map(|history| history.lifecycles)
}

fn scans(store: &Scratch, branch: Option<&str>) -> usize {
    store.open().scans(PROJECT, branch, 100).unwrap().len()
}

fn opened(database: &Database, options: &str) -> Result<Box<dyn Store>, PostgresError> {
    let address = database.url() + options;
    match open(&Location::of(Path::new(&address)).unwrap()) {
        Ok(store) => Ok(store),
        Err(StoreError::Postgres(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

/// Ends every other connection to the database.
fn cut(database: &Database) {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    database.connect().batch_execute(sql).unwrap();
}

#[test]
fn two_writers_about_one_branch_are_both_recorded() {
    let store = Scratch::new();
    let begin = Barrier::new(2);
    thread::scope(|threads| {
        for engine in ["python", "secrets"] {
            let (store, begin) = (&store, &begin);
            threads.spawn(move || {
                for number in 1..=10 {
                    begin.wait();
                    let runs = [run(engine, &[""])];
                    let found = [of(engine, number), of(engine, number + 1)];
                    store.record(&on("main"), Decision::Passed, &runs, &found);
                }
            });
        }
    });
    assert_eq!(scans(&store, Some("main")), 20);
    assert_eq!(store.open_on("main").len(), 4);
    store.is_sound();
}

#[test]
fn the_same_submission_sent_by_many_at_once_is_recorded_once() {
    let store = Scratch::new();
    store.passed("main", &[]);
    let begin = Barrier::new(6);
    thread::scope(|threads| {
        for _ in 0..6 {
            threads.spawn(|| {
                begin.wait();
                store.passed("main", &findings(&[1, 2, 3]));
            });
        }
    });
    assert_eq!(scans(&store, None), 2);
    store.is_sound();
}

#[test]
fn branches_that_are_recorded_at_once_share_their_findings() {
    let store = Scratch::new();
    let names = ["a", "b", "c", "d", "e", "f"];
    let begin = Barrier::new(names.len());
    thread::scope(|threads| {
        for name in names {
            let (store, begin) = (&store, &begin);
            threads.spawn(move || {
                begin.wait();
                store.passed(name, &findings(&[1, 2, 3]));
            });
        }
    });
    assert!(names.iter().all(|name| scans(&store, Some(name)) == 1));
    assert_eq!(store.find("01").len(), 1);
    store.is_sound();
}

#[test]
fn who_waits_too_long_is_told_and_nobody_else_waits() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1]));
    let database = store.place();
    let meanwhile = || {
        let mut hasty = opened(database, "?options=-c%20lock_timeout%3D100ms").unwrap();
        let error = record(&mut *hasty, &on("feature"), &findings(&[1])).unwrap_err();
        assert!(matches!(error, StoreError::Postgres(PostgresError::Busy { .. })), "{error}");
        // Neither whoever reads nor another repository is in the way.
        assert!(hasty.base(&on("main")).unwrap().is_some());
        let other = Repository { name: "example.org/other".into(), ..on("main") };
        assert_eq!(record(&mut *hasty, &other, &findings(&[1])).unwrap().len(), 1);
    };
    let slow = Interrupted::new(findings(&[1, 2]), &meanwhile);
    assert_eq!(record(&mut *store.open(), &on("main"), &slow).unwrap().len(), 2);
    assert_eq!(store.passed("feature", &findings(&[1])).lifecycles, [Lifecycle::New]);
    store.is_sound();
}

#[test]
fn a_connection_that_is_cut_leaves_what_was_there_before() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1, 2]));
    let before = store.open_on("main");
    let cut = || cut(store.place());
    let new: Vec<Finding> = (3..200).map(finding).collect();
    let interrupted = Interrupted::new(new.clone(), &cut);
    let error = record(&mut *store.open(), &on("main"), &interrupted).unwrap_err();
    assert!(matches!(error, StoreError::Postgres(PostgresError::Lost { .. })), "{error:?}");
    assert_eq!(store.open_on("main"), before);
    assert_eq!(scans(&store, None), 1);
    let history = store.passed("main", &new);
    assert_eq!((history.lifecycles.len(), history.fixed.len()), (197, 2));
    store.is_sound();
}

#[test]
fn every_text_comes_back() {
    let store = Scratch::new();
    let message = "a\tb\\N\n\\.\r\u{b}\u{2028}'\"\u{fffd} é 🦀 \\x41";
    let odd = Finding { message: message.into(), ..finding(1) };
    store.passed("main", std::slice::from_ref(&odd));
    assert_eq!(store.open_on("main")[0].finding.message, message);
    // PostgreSQL has no place for this one; the finding is kept all the same.
    store.passed("main", &[Finding { message: "a\0b".into(), ..odd }]);
    assert_eq!(store.open_on("main")[0].finding.message, "a\u{fffd}b");
}

#[test]
fn a_newer_schema_is_told_and_left_alone() {
    let database = Database::new();
    opened(&database, "").unwrap();
    database
        .connect()
        .batch_execute("INSERT INTO lockgate.migration (number) VALUES (99)")
        .unwrap();
    let error = opened(&database, "").err().unwrap();
    assert!(matches!(error, PostgresError::Newer { found: 99, .. }), "{error}");
}

#[test]
fn what_is_wrong_with_a_server_is_told_with_the_next_step() {
    let database = Database::new();
    let why = |address: &str| {
        let location = Location::of(Path::new(address)).unwrap();
        let error = open(&location).err().unwrap().to_string();
        assert!(!error.contains("sesame"), "{error}");
        error
    };
    let nobody = why(&format!("postgres://ci:{}@127.0.0.1:1/gate", "sesame"));
    assert!(nobody.starts_with("postgres://ci@127.0.0.1:1/gate: cannot be reached"), "{nobody}");
    let nameless = why(&database.url().replace("scratch", "no"));
    assert!(nameless.contains("createdb no_"), "{nameless}");
    let wrong = why(&database.url_of("guarded:sesame"));
    assert!(wrong.contains("PGPASSWORD"), "{wrong}");
    let without = why(&database.url_of("guarded"));
    assert!(without.contains("PGPASSWORD"), "{without}");
    let stranger = why(&database.url_of("stranger"));
    assert!(stranger.contains("CREATE SCHEMA lockgate"), "{stranger}");
    let plain = why(&(database.url() + "?sslmode=require"));
    assert!(plain.contains("sslmode=disable"), "{plain}");
}

#[test]
fn whoever_may_only_use_the_tables_needs_no_more() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1]));
    let database = store.place();
    database
        .connect()
        .batch_execute(
            "GRANT USAGE ON SCHEMA lockgate TO stranger;
             GRANT ALL ON ALL TABLES IN SCHEMA lockgate TO stranger;
             GRANT ALL ON ALL SEQUENCES IN SCHEMA lockgate TO stranger",
        )
        .unwrap();
    let location = Location::of(Path::new(&database.url_of("stranger"))).unwrap();
    let mut stranger = open(&location).unwrap();
    assert_eq!(record(&mut *stranger, &on("main"), &findings(&[1, 2])).unwrap().len(), 2);
}

#[test]
fn other_tables_of_the_database_are_none_of_its_business() {
    let database = Database::new();
    let theirs = "CREATE TABLE scan (mine INT); CREATE TABLE finding (mine INT)";
    database.connect().batch_execute(theirs).unwrap();
    record(&mut *opened(&database, "").unwrap(), &on("main"), &findings(&[1])).unwrap();
    let rows: i64 = database.connect().query_one("SELECT count(*) FROM scan", &[]).unwrap().get(0);
    assert_eq!(rows, 0);
}

//! `lockgate db` and `--db`, with the real binary.

use crate::conformance::sample::{self, File, Place, finding, findings, fingerprint, on};
use crate::sandbox::{SHELL, Sandbox};
#[cfg(unix)]
use crate::server::Database;
use lockgate::finding::Finding;
use lockgate::store::{Location, open};
use lockgate::waiver::{Triage, TriageState};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::fs;
use std::path::Path;

/// Where a scan remembers when nobody says otherwise.
const DATABASE: &str = ".lockgate/findings.db";

/// A store with a history in it: two branches, something fixed, something decided.
fn history<P: Place>() -> sample::Scratch<P> {
    let store = sample::Scratch::<P>::new();
    store.passed("main", &findings(&[1, 2, 3]));
    store.passed("feature", &[Finding { message: "tab\tand \\ and 'quote'".into(), ..finding(9) }]);
    store.passed("main", &findings(&[1, 3]));
    let (owner, until) = (Some("security".into()), Some("2027-02-28".parse().unwrap()));
    let triage = Triage {
        state: TriageState::Accepted,
        reason: "behind a proxy".into(),
        owner,
        until,
        decided: 1_700_000_000,
    };
    store.open().triage(sample::PROJECT, &fingerprint(3), &triage).unwrap();
    store
}

/// Every row of every table.
fn dump(file: &Path) -> Vec<(String, Vec<Vec<Value>>)> {
    let connection = Connection::open(file).unwrap();
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut select = connection.prepare(names).unwrap();
    let tables = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
    tables
        .map(|table| {
            let table = table.unwrap();
            let mut select = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let columns = select.column_count();
            let row = |row: &rusqlite::Row| (0..columns).map(|column| row.get(column)).collect();
            let rows = select.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap();
            (table, rows)
        })
        .collect()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[cfg(unix)]
#[test]
fn a_store_goes_to_postgresql_and_back_and_is_the_same() {
    let sandbox = Sandbox::empty();
    let (from, database) = (history::<File>(), Database::new());
    let (from, url) = (from.path(), database.url());
    let copied = sandbox.run(&["db", "copy", text(&from), &url]).exits(0);
    copied.says("read them back").says("name it with --db");
    sandbox.run(&["db", "copy", &url, "back.db"]).exits(0);
    assert_eq!(dump(&sandbox.join("back.db")), dump(&from));
    sandbox.run(&["db", "check", "--db", &url]).exits(0);
    // Numbers go on after those that were copied.
    let mut store = open(&Location::of(url.as_ref()).unwrap()).unwrap();
    let runs = [sample::run("python", &[""])];
    let (found, sketches) = (findings(&[1, 3, 4]), Default::default());
    let branch = on("main");
    let decision = lockgate::policy::Decision::Passed;
    let scan = sample::scan(&branch, decision, &runs, &found, &sketches);
    assert_eq!(store.record(&scan).unwrap().fixed, []);
    sandbox.run(&["db", "check", "--db", &url]).exits(0);
}

#[test]
fn a_copy_goes_into_an_empty_store_only() {
    let sandbox = Sandbox::empty();
    let (from, full) = (history::<File>(), history::<File>());
    let before = dump(&full.path());
    let (from, full) = (from.path(), full.path());
    sandbox
        .run(&["db", "copy", text(&from), text(&full)])
        .exits(2)
        .complains("holds findings already");
    sandbox.run(&["db", "copy", text(&from), text(&from)]).exits(2);
    assert_eq!(dump(&full), before);
    sandbox.run(&["db", "copy", "nowhere.db", "to.db"]).exits(2).complains("lockgate scan");
    assert!(!sandbox.join("nowhere.db").exists());
    sandbox.write("foreign", "not a database, but longer than a header of one would be".repeat(3));
    sandbox.run(&["db", "copy", "foreign", "to.db"]).exits(2).complains("is not a Lockgate");
}

/// Does to a file what Lockgate never does.
fn harm(file: &Path, sql: &str) {
    let connection = Connection::open(file).unwrap();
    connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).unwrap();
}

#[test]
fn a_copy_that_fails_leaves_nothing() {
    let sandbox = Sandbox::empty();
    let from = history::<File>();
    harm(&from.path(), "UPDATE interval SET finding = 77 WHERE finding = 1");
    sandbox.run(&["db", "copy", text(&from.path()), "to.db"]).exits(2);
    let to = dump(&sandbox.join("to.db"));
    assert!(to.iter().all(|(_, rows)| rows.is_empty()), "{to:?}");
}

#[test]
fn a_check_says_what_is_wrong() {
    let sandbox = Sandbox::empty();
    sandbox.run(&["db", "check"]).exits(2).complains("there is no database");
    let store = history::<File>();
    let db = ["--db", text(&store.path())].map(str::to_owned);
    let check = || sandbox.run(&["db", "check", &db[0], &db[1]]);
    let well = check().exits(0).says("ok   no two intervals of a finding overlap");
    assert!(!well.stdout.contains("BAD"));
    harm(
        &store.path(),
        "INSERT INTO interval (branch, finding, opened, closed, how)
             SELECT branch, finding, opened + 1, NULL, how FROM interval WHERE finding = 3;
         DELETE FROM fingerprint WHERE finding = 1;
         INSERT INTO fingerprint VALUES (1, zeroblob(16), 99)",
    );
    let ill = check().exits(4).complains("go back to a backup");
    let ill = ill.says("BAD  no two intervals of a finding overlap");
    let ill = ill.says("BAD  every finding of fingerprint leads to a row of finding");
    ill.says("BAD  every finding is found by its fingerprint").says("it is not so for 1 row");
    let pages = fs::read(store.path()).unwrap();
    let mut torn = pages.clone();
    torn[8192..12_288].fill(0xA5);
    fs::write(store.path(), torn).unwrap();
    check().exits(4).says("BAD  ");
}

#[cfg(unix)]
#[test]
fn a_check_of_postgresql_says_what_is_wrong() {
    let sandbox = Sandbox::empty();
    let store = history::<Database>();
    let url = store.place().url();
    sandbox.run(&["db", "check", "--db", &url]).exits(0).says("the next number of finding is");
    let empty = Database::new();
    sandbox.run(&["db", "info", "--db", &empty.url()]).exits(2).complains("there is no database");
    let made = "SELECT count(*) FROM pg_namespace WHERE nspname = 'lockgate'";
    assert_eq!(empty.connect().query_one(made, &[]).unwrap().get::<_, i64>(0), 0);
    let harm = "INSERT INTO lockgate.finding
                    SELECT 500, repository, details, fingerprint, rule, engine, severity,
                           confidence, path, 1, 1, 1, 1, message FROM lockgate.finding LIMIT 1";
    store.place().connect().batch_execute(harm).unwrap();
    let ill = sandbox.run(&["db", "check", "--db", &url]).exits(4);
    ill.says("BAD  the next number of finding is a new one").says("BAD  every finding is found");
}

#[test]
fn a_backup_is_a_store_of_its_own() {
    let sandbox = Sandbox::empty();
    let store = history::<File>();
    let path = store.path();
    let backup = |file: &str| sandbox.run(&["db", "backup", file, "--db", text(&path)]);
    // Somebody is in the middle of a write, which is no part of it and not disturbed.
    let writer = Connection::open(&path).unwrap();
    let before = dump(&path);
    writer.execute_batch("BEGIN IMMEDIATE; DELETE FROM triage").unwrap();
    backup("kept.db").exits(0).says("wrote kept.db");
    writer.execute_batch("COMMIT").unwrap();
    assert_eq!(dump(&sandbox.join("kept.db")), before);
    assert_ne!(dump(&path), before);
    backup("kept.db").exits(2).complains("exists already");
    backup("none/kept.db").exits(2);
    sandbox.run(&["db", "check", "--db", "kept.db"]).exits(0);
    let mut names: Vec<_> =
        fs::read_dir(sandbox.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.retain(|name| !name.to_string_lossy().starts_with("kept.db-"));
    assert_eq!(names, ["kept.db"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(sandbox.join("kept.db")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[cfg(unix)]
#[test]
fn a_backup_of_postgresql_is_a_file() {
    let sandbox = Sandbox::empty();
    let (server, file) = (history::<Database>(), history::<File>());
    sandbox.run(&["db", "backup", "kept.db", "--db", &server.place().url()]).exits(0);
    assert_eq!(dump(&sandbox.join("kept.db")), dump(&file.path()));
}

#[test]
fn pruning_says_what_it_forgets() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    sandbox.write("run.py", "import subprocess\n");
    sandbox.scan(&[]).exits(0);
    let store = Connection::open(sandbox.join(DATABASE)).unwrap();
    store.execute_batch("UPDATE scan SET recorded = recorded - 100 * 86400").unwrap();
    sandbox.write("run.py", "import os\n");
    sandbox.commit();
    sandbox.scan(&[]).exits(0);
    let known = || -> i64 {
        store.query_row("SELECT count(*) FROM finding", [], |row| row.get(0)).unwrap()
    };
    let before = known();
    assert!(before > 0);
    let dry = sandbox.run(&["db", "prune", "--keep", "90d", "--dry-run"]).exits(0);
    dry.says("would forget").says("finding");
    assert_eq!(known(), before);
    sandbox.run(&["db", "prune", "--keep", "101d"]).exits(0).says("forgot 0 scans and 0 findings");
    sandbox.run(&["db", "prune", "--keep", "13w"]).exits(0).says("forgot ");
    assert!(known() < before);
    sandbox.run(&["db", "check"]).exits(0);
    for wrong in ["0", "-1", "90", "d", "1e9d", "999999999999999999y", "5 days", ""] {
        let run = sandbox.run(&["db", "prune", &format!("--keep={wrong}")]);
        assert_eq!(run.code, if wrong == "90" { 0 } else { 2 }, "{wrong}: {}", run.stderr);
    }
    sandbox.run(&["db", "prune"]).exits(2).complains("--keep");
    let aimless = ["db", "prune", "--keep", "3", "--branch", "feature/**"];
    sandbox.run(&aimless).exits(2).complains("--keep 30d");
}

#[test]
fn a_store_says_what_it_holds() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.run(&["db", "info"]).exits(2).complains("lockgate scan");
    sandbox.scan(&[]).exits(1);
    let info = sandbox.run(&["db", "info"]).exits(0);
    info.says(DATABASE).says("1  repositories").says("1  scans").says("KiB");
}

#[cfg(unix)]
#[test]
fn a_scan_remembers_in_postgresql() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let database = Database::new();
    let url = database.url();
    let scan = |expected| {
        let run = sandbox.scan(&["--db", &url, "--format", "json"]).exits(expected);
        run.json()["findings"][0]["lifecycle"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!([scan(1), scan(1)], ["new", "existing"]);
    assert!(!sandbox.join(DATABASE).exists());
    sandbox.scan_with(("LOCKGATE_DB", &url), &["--quiet"]).exits(1);
    sandbox.run(&["db", "info", "--db", &url]).exits(0).says("1  scans");
    let away = format!("postgres://ci:{}@127.0.0.1:1/gate", "sesame");
    for arguments in [&["scan", "--db", &away][..], &["db", "check", "--db", &away]] {
        let run =
            sandbox.run(arguments).exits(2).complains("postgres://ci@127.0.0.1:1/gate: cannot");
        assert!(!(run.stderr + &run.stdout).contains("sesame"));
    }
    sandbox.scan(&["--db", "postgres://ci:sesame@"]).exits(2).complains("names no database");
}

#[test]
fn what_is_meant_as_an_address_never_becomes_a_file() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    for address in [
        "postgresql+psycopg2://ci:sesame@h/gate",
        "mysql://ci:sesame@h/gate",
        "postgres:/ci:sesame@h/gate",
        "postgre://ci:sesame@h/gate",
        " postgres://ci:sesame@h/gate",
        "POSTGRES://ci:sesame@h/gate",
        "jdbc:postgresql://h/gate?password=sesame", // lockgate:ignore jdbc-password of nobody
        "host=h password=sesame dbname=gate",
        "sqlite:///findings.db",
    ] {
        let run = sandbox.scan(&["--db", address]).exits(2);
        let run = run.complains("an address of PostgreSQL is postgres://USER@HOST/DATABASE");
        assert!(!run.stderr.contains("sesame"), "{}", run.stderr);
    }
    let there = fs::read_dir(sandbox.path()).unwrap().count();
    assert_eq!(there, 2, "only the file and git's folder");
    sandbox.scan(&["--db", "./a=b:c.db"]).exits(1);
    assert!(sandbox.join("a=b:c.db").exists());
}

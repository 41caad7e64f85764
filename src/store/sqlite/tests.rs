//! What needs the rows themselves, or a database that is in trouble.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::finding::{
    Anchor, Confidence, Coverage, EngineRun, Finding, Fingerprint, Location, Outcome, Severity,
    Snippet, Span,
};
use crate::git::Repository;
use crate::policy::Decision;
use crate::store::{Findings, History, Lifecycle, Scan, Store};
use crate::target::Sketch;
use rusqlite::types::Value as Cell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

fn repository() -> Repository {
    Repository {
        root: "/project".into(),
        name: "example.org/project".into(),
        branch: Some("main".into()),
        default_branch: Some("main".into()),
        commit: None,
    }
}

fn finding(number: u8) -> Finding {
    Finding {
        rule: "B602".into(),
        engine: "python".into(),
        severity: Severity::High,
        confidence: Confidence::High,
        location: Location {
            cell: None,
            path: format!("src/{number}.py").into(),
            span: Span { start_line: 1, start_column: 1, end_line: 1, end_column: 9 },
        },
        message: "a shell".into(),
        snippet: Snippet::default(),
        anchor: Anchor::Code { digest: [number; 16], text: [number; 8] },
        ordinal: 0,
        fingerprint: Fingerprint([number; 16]),
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

fn run() -> EngineRun {
    EngineRun {
        engine: "python".into(),
        version: "1".into(),
        outcome: Outcome::Complete,
        coverage: Coverage { roots: vec![String::new()], ..Coverage::default() },
        findings: Vec::new(),
        notifications: Vec::new(),
    }
}

fn scan<'a>(
    repository: &'a Repository,
    runs: &'a [EngineRun],
    findings: &'a dyn Findings,
) -> Scan<'a> {
    static NONE: LazyLock<HashMap<Arc<str>, Sketch>> = LazyLock::new(HashMap::new);
    Scan {
        repository,
        time: 1_700_000_000,
        runs,
        rules: "00".into(),
        decision: Decision::Passed,
        policy: "11".into(),
        base: None,
        event: String::new(),
        findings,
        sketches: &NONE,
        looked_at: &|_| true,
    }
}

/// Every row of every table.
fn dump(store: &Sqlite) -> Vec<Vec<Cell>> {
    let tables: Vec<String> = {
        let mut select = store
            .sql
            .connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
            .unwrap();
        select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let mut rows = Vec::new();
    for table in tables {
        let mut select = store.sql.connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = select.column_count();
        let mut all = select.query([]).unwrap();
        while let Some(row) = all.next().unwrap() {
            rows.push((0..columns).map(|column| row.get(column).unwrap()).collect());
        }
    }
    rows
}

#[test]
fn the_same_again_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Sqlite::open(&folder.path().join("findings.db")).unwrap();
    let (repository, runs, findings) = (repository(), [run()], vec![finding(1), finding(2)]);
    let first = store.record(&scan(&repository, &runs, &findings)).unwrap();
    assert_eq!(first.lifecycles, [Lifecycle::New; 2]);
    let rows = dump(&store);
    let changes = store.sql.connection.total_changes();

    let again = Scan { time: 1_800_000_000, ..scan(&repository, &runs, &findings) };
    let second = store.record(&again).unwrap();
    let existing = History { lifecycles: vec![Lifecycle::Existing; 2], fixed: Vec::new() };
    assert_eq!(second, existing);
    assert_eq!(dump(&store), rows);
    assert_eq!(store.sql.connection.total_changes(), changes);
}

#[test]
fn an_unchanged_finding_is_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Sqlite::open(&folder.path().join("findings.db")).unwrap();
    let (repository, runs) = (repository(), [run()]);
    let mut findings: Vec<Finding> = (0..50).map(finding).collect();
    store.record(&scan(&repository, &runs, &findings)).unwrap();
    let before = store.sql.connection.total_changes();
    findings[7].location.span.start_line = 40;
    store.record(&scan(&repository, &runs, &findings)).unwrap();
    // The scan and its counts, its engine and the one finding that moved.
    assert_eq!(store.sql.connection.total_changes() - before, 4);
}

#[test]
fn a_full_disk_is_told_and_harms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("findings.db");
    let mut store = Sqlite::open(&path).unwrap();
    let (repository, runs) = (repository(), [run()]);
    let few = vec![finding(1)];
    store.record(&scan(&repository, &runs, &few)).unwrap();
    let rows = dump(&store);
    let pages: i64 =
        store.sql.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.sql.connection.pragma_update(None, "max_page_count", pages).unwrap();
    let many: Vec<Finding> = (0..=255).map(finding).collect();
    let error = store.record(&scan(&repository, &runs, &many)).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert_eq!(dump(&store), rows);
    store.sql.connection.pragma_update(None, "max_page_count", pages + 1000).unwrap();
    store.record(&scan(&repository, &runs, &many)).unwrap();
}

#[test]
fn another_writer_is_waited_for_and_then_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("findings.db");
    let mut store = Sqlite::open(&path).unwrap();
    let other = Sqlite::open(&path).unwrap();
    other.sql.connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    store.sql.connection.busy_timeout(std::time::Duration::from_millis(50)).unwrap();
    let (repository, runs, findings) = (repository(), [run()], vec![finding(1)]);
    let error = store.record(&scan(&repository, &runs, &findings)).unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
    other.sql.connection.execute_batch("ROLLBACK").unwrap();
    store.record(&scan(&repository, &runs, &findings)).unwrap();
}

#[test]
fn a_database_cut_off_in_the_middle_of_a_write_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("findings.db");
    let (repository, runs, findings) = (repository(), [run()], vec![finding(1)]);
    let mut store = Sqlite::open(&path).unwrap();
    store.record(&scan(&repository, &runs, &findings)).unwrap();
    store.sql.connection.execute_batch("BEGIN; DELETE FROM interval;").unwrap();
    // What a killed process leaves behind: the files as they are, no connection closed.
    let copy = folder.path().join("copy.db");
    for ending in ["", "-wal"] {
        let [from, to] = [&path, &copy].map(|file| format!("{}{ending}", file.display()));
        std::fs::copy(from, to).unwrap();
    }
    let mut copy = Sqlite::open(&copy).unwrap();
    let again = copy.record(&scan(&repository, &runs, &findings)).unwrap();
    assert_eq!(again.lifecycles, [Lifecycle::Existing]);
}

#[test]
fn every_table_and_column_says_what_it_is_for() {
    let column = |line: &str| {
        line.strip_prefix("    ")
            .is_some_and(|text| text.starts_with(|c: char| c.is_ascii_lowercase()))
    };
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/schema");
    for folder in std::fs::read_dir(schemas).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let mut before = "";
            for line in text.lines() {
                let adds = line.contains(" ADD COLUMN ");
                if line.starts_with("CREATE") || adds || column(line) {
                    assert!(before.trim_start().starts_with("--"), "{line}");
                }
                before = line;
            }
        }
    }
}

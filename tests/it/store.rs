//! The store in one SQLite file: files that are in trouble, and schemas that are old.

use crate::conformance::sample::{self, *};
use lockgate::finding::{Finding, Fingerprint, Waiver};
use lockgate::store::{Lifecycle, Sqlite, Store, StoreError, prepare_folder};
use std::collections::HashSet;
use std::fs;
use std::path::Path;

use Lifecycle::{Existing, New, Reopened};

type Scratch = sample::Scratch<File>;

mod migration;

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
        assert!(matches!(refused(&path), StoreError::Foreign { .. }));
    }
    assert!(matches!(refused(folder.path()), StoreError::Foreign { .. }));

    for (name, journal) in [("plain.db", "DELETE"), ("logged.db", "WAL")] {
        let path = folder.path().join(name);
        let foreign = rusqlite::Connection::open(&path).unwrap();
        foreign.pragma_update_and_check(None, "journal_mode", journal, |_| Ok(())).unwrap();
        foreign.execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1);").unwrap();
        assert!(matches!(refused(&path), StoreError::Foreign { .. }));
        drop(foreign);
        assert!(matches!(refused(&path), StoreError::Foreign { .. }));
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
    assert!(matches!(refused(&store.path()), StoreError::Newer { found: 99, known: 3, .. }));
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

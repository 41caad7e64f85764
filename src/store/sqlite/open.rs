//! Opening the database: settings, migrations, and what SQLite's errors mean.

use super::super::StoreError;
use super::file::{APPLICATION_ID, prepare};
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, TransactionBehavior};
use rusqlite_migration::{M, Migrations};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Every schema there has been, in order. A published one is never edited.
const SCHEMAS: &[M] = &[
    M::up(include_str!("../schema/sqlite/001_findings.sql")).comment("the first schema"),
    M::up(include_str!("../schema/sqlite/002_sightings.sql"))
        .comment("a row for each sighting, triage, waivers"),
    M::up(include_str!("../schema/sqlite/003_live.sql")).comment("what providers say"),
];

/// How long one process waits for another.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens the database, makes it where it is missing and brings its schema up to date.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    prepare(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection =
        Connection::open_with_flags(path, flags).map_err(|error| typed(path, error))?;
    patiently(|| set_up(&connection)).map_err(|error| typed(path, error))?;
    migrate(path, &mut connection)?;
    Ok(connection)
}

/// Tries again while another process is in the way: for the switch to a write-ahead log SQLite
/// itself does not wait.
fn patiently(set_up: impl Fn() -> rusqlite::Result<()>) -> rusqlite::Result<()> {
    let began = Instant::now();
    loop {
        match set_up() {
            Err(error) if is_busy(&error) && began.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(10));
            }
            done => return done,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    if connection.is_readonly(MAIN_DB)? {
        let error = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY);
        return Err(rusqlite::Error::SqliteFailure(error, None));
    }
    connection.execute_batch(
        "PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;
         PRAGMA cache_size = -65536;
         PRAGMA temp_store = MEMORY;",
    )?;
    // The mark goes in before the switch to a write-ahead log, so that it is in the file itself
    // even when this process is killed at once.
    let mark: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if mark != APPLICATION_ID {
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "NORMAL")
}

fn migrate(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    let known = SCHEMAS.len() as i64;
    let found = version(connection).map_err(|error| typed(path, error))?;
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    if found == known {
        return Ok(());
    }
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
    let migrated = Migrations::from_slice(SCHEMAS).to_latest(connection);
    connection.set_transaction_behavior(TransactionBehavior::Deferred);
    match migrated {
        Ok(()) => Ok(()),
        // Another process has done it while this one waited.
        Err(_) if version(connection) == Ok(known) => Ok(()),
        Err(rusqlite_migration::Error::RusqliteError { err, .. }) => Err(typed(path, err)),
        Err(error) => Err(StoreError::Corrupt { path: path.to_owned(), why: error.to_string() }),
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// What an error of SQLite means for whoever uses the store.
pub(super) fn typed(path: &Path, error: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    let why = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            StoreError::Corrupt { path, why }
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StoreError::ReadOnly { path, why }
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { path },
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        Some(_) => StoreError::Sqlite { path, source: error },
        // No error of SQLite's own: a value is not of the type that the schema promises.
        None => StoreError::Corrupt { path, why },
    }
}

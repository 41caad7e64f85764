//! The memory: what was found on which branch when, and whether the gate passed.

mod sqlite;

pub use sqlite::{Sqlite, prepare_folder};

use crate::finding::{EngineRun, Finding, Severity};
use crate::git::Repository;
use crate::policy::{Base, Decision};
use std::path::PathBuf;
use thiserror::Error;

/// A store. Blocking; one writer at a time waits for another.
pub trait Store {
    /// What the last scan of the branch whose gate passed had open; else that of the default
    /// branch; else none.
    fn base(&self, repository: &Repository) -> Result<Option<Base>, StoreError>;

    /// Records a scan in one transaction and says what became of each finding. A result that
    /// equals the one recorded last for the branch changes nothing.
    fn record(&mut self, scan: &Scan) -> Result<History, StoreError>;
}

/// What is recorded of a scan.
#[derive(Debug)]
pub struct Scan<'a> {
    pub repository: &'a Repository,
    /// When it began; seconds since 1970, UTC.
    pub time: i64,
    /// Versions, outcomes and coverage of the engines; their findings are in `findings`.
    pub runs: &'a [EngineRun],
    /// Hexadecimal hash of the rules that ran.
    pub rules: String,
    /// Merged, sorted by path and place. Waived ones among them.
    pub findings: &'a [Finding],
    pub decision: Decision,
}

/// What became of the findings, compared with the previous scan of the branch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// One a finding, in the order of the scan's.
    pub lifecycles: Vec<Lifecycle>,
    /// What was open before, was looked for and is not there any more.
    pub fixed: Vec<Fixed>,
}

/// The life of a finding on a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lifecycle {
    /// Never seen on this branch.
    New,
    /// Open in the previous scan too.
    Existing,
    /// Fixed once, and back.
    Reopened,
}

/// A finding that is gone, as the store remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    pub fingerprint: String,
    pub rule: String,
    pub engine: String,
    pub severity: Severity,
    pub path: String,
    /// Where it was last seen.
    pub line: u32,
    pub message: String,
}

/// Why the store cannot be used. Each message names the file and the next step.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("{path}: is not a Lockgate database: {why}; move it away or name another with --db")]
    Corrupt { path: PathBuf, why: String },
    #[error(
        "{path}: was written by a newer Lockgate (schema {found}, this one knows {known}); upgrade Lockgate or name another database with --db"
    )]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error(
        "{path}: cannot be written: {why}; name another database with --db or scan with --no-store"
    )]
    ReadOnly { path: PathBuf, why: String },
    #[error("{path}: the disk is full; make room, or scan with --no-store")]
    Full { path: PathBuf },
    #[error("{path}: another process has held it for too long; try again, or scan with --no-store")]
    Busy { path: PathBuf },
    #[error("{path}: {source}; try again, name another database with --db or scan with --no-store")]
    Sqlite { path: PathBuf, source: rusqlite::Error },
}

//! The memory: what was found on which branch when, what was decided about it, and whether the
//! gate passed.
//!
//! There is a row for each sighting: what one engine holds against one place, with a life of its
//! own on every branch. Merging what several engines saw is done by whoever reads, so it can be
//! done otherwise tomorrow.

mod base;
mod columns;
mod database;
mod digest;
mod location;
mod look;
pub mod maintain;
mod memory;
mod postgres;
mod record;
mod sql;
mod sqlite;
mod triage;

pub use database::Database;
pub use location::{Location, open};
pub use postgres::{Address, AddressError, Postgres, PostgresError};
pub use sqlite::{Sqlite, prepare_folder};

use crate::finding::{EngineRun, Finding, Fingerprint, Outcome, Severity, Waiver};
use crate::git::Repository;
use crate::identity::Trail;
use crate::policy::{Base, Decision};
use crate::target::Sketch;
use crate::waiver::{Triage, Triaged};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;

/// A store. Blocking; of two writers about one repository one waits for the other.
pub trait Store {
    /// What the last scan of the branch whose gate passed had open and not waived; else that of
    /// the default branch; else none. Of it only what a scan that passed has seen: one of another
    /// folder or by another engine vouches for nothing.
    fn base(&mut self, repository: &Repository) -> Result<Option<Base>, StoreError>;

    /// The base, without a name, that a scan which passed was for those after it.
    fn base_at(&mut self, scan: i64) -> Result<Base, StoreError>;

    /// How what a scan sees stands to what is open on the branch, or was in its base.
    fn standing(
        &mut self,
        repository: &Repository,
        seen: &HashSet<Fingerprint>,
    ) -> Result<Standing, StoreError>;

    /// For each sighting that one of the fingerprints leads to, all that do: it may go by another
    /// one now than when somebody wrote that one down.
    fn names(
        &mut self,
        repository: &str,
        fingerprints: &[Fingerprint],
    ) -> Result<Vec<Vec<Fingerprint>>, StoreError>;

    /// When each finding that is or was open on any branch was first seen: the author date of the
    /// commit, else the time of the scan, in seconds since 1970, UTC.
    fn first_seen(
        &mut self,
        repository: &Repository,
    ) -> Result<HashMap<Fingerprint, i64>, StoreError>;

    /// What was decided about the findings of a repository.
    fn triaged(&mut self, repository: &str) -> Result<Vec<Triaged>, StoreError>;

    /// The decisions that hold, at most so many, the one made last first, with what each is about.
    fn decisions(
        &mut self,
        repository: &str,
        limit: usize,
    ) -> Result<Vec<(Finding, Triage)>, StoreError>;

    /// Writes down a decision about a finding, on all branches. It holds until the next one.
    ///
    /// # Errors
    /// Also when no finding goes by the fingerprint.
    fn triage(
        &mut self,
        repository: &str,
        fingerprint: &Fingerprint,
        triage: &Triage,
    ) -> Result<(), StoreError>;

    /// Records a scan in one transaction and says what became of each finding. A result that
    /// equals the one recorded last for the branch by any of the same engines changes nothing.
    fn record(&mut self, scan: &Scan) -> Result<History, StoreError>;

    /// The sightings any fingerprint of which begins with the hexadecimal digits. None for what
    /// is no hexadecimal number of 1 to 32 digits.
    fn find(&mut self, repository: &str, prefix: &str) -> Result<Vec<Known>, StoreError>;

    /// The life of a sighting: its stays on every branch, in the order of the scans that began
    /// them.
    fn life(&mut self, id: i64) -> Result<Vec<Stay>, StoreError>;

    /// The last scans of a repository, or of one of its branches, the newest first.
    fn scans(
        &mut self,
        repository: &str,
        branch: Option<&str>,
        limit: usize,
    ) -> Result<Vec<PastScan>, StoreError>;

    /// One page of what was open in a scan: at most `limit` sightings whose id is greater than
    /// `after`, by id, each waived as it was then.
    fn open_in(&mut self, scan: i64, after: i64, limit: usize) -> Result<Vec<Known>, StoreError>;

    /// The sightings in one file, by id: what is open on the branch, waived as it is there; or
    /// whatever was ever seen in it, where no branch is given.
    fn in_file(
        &mut self,
        repository: &str,
        branch: Option<&str>,
        path: &str,
    ) -> Result<Vec<Known>, StoreError>;

    /// What the engines of a scan came to, in their order.
    fn runs(&mut self, scan: i64) -> Result<Vec<PastRun>, StoreError>;

    /// The names of all repositories, sorted.
    fn repositories(&mut self) -> Result<Vec<String>, StoreError>;
}

/// How what is seen stands to what was seen before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The fingerprints that lead to something which was seen before.
    pub known: HashSet<Fingerprint>,
    /// What was seen before and none of the fingerprints leads to. Rows of a database of the first
    /// schema are no part of it until they were seen again: nothing is known by which they could
    /// be followed.
    pub gone: Trail,
}

/// What is recorded of a scan.
pub struct Scan<'a> {
    pub repository: &'a Repository,
    /// When it began; seconds since 1970, UTC.
    pub time: i64,
    /// Versions, outcomes and coverage of the engines; their findings are in `findings`.
    pub runs: &'a [EngineRun],
    /// Hexadecimal hash of the rules that ran.
    pub rules: String,
    pub decision: Decision,
    /// Hexadecimal hash of the policy that decided.
    pub policy: String,
    /// What "new" was measured against, for people; none: everything counted as new.
    pub base: Option<String>,
    /// What made it run, as the policy calls it: `push`, `pull-request`. Empty where that is not
    /// known.
    pub event: String,
    /// Waived ones among them.
    pub findings: &'a dyn Findings,
    /// What the files that have findings look like.
    pub sketches: &'a HashMap<Arc<str>, Sketch>,
    /// Whether the scan can tell what became of what was in a file that the engines' coverage
    /// holds: it looked at it, or the file is gone. Settings may have left out one that is not.
    pub looked_at: &'a dyn Fn(&str) -> bool,
}

/// Findings that can be gone through more than once without being in memory all at the same
/// time: the same ones in the same order every time.
pub trait Findings {
    /// Shows every finding.
    ///
    /// # Errors
    /// What `see` returns, or they cannot be read again.
    fn each(
        &self,
        see: &mut dyn FnMut(&Finding) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
}

impl Findings for &[Finding] {
    fn each(
        &self,
        see: &mut dyn FnMut(&Finding) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.iter().try_for_each(see)
    }
}

impl Findings for Vec<Finding> {
    fn each(
        &self,
        see: &mut dyn FnMut(&Finding) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.iter().try_for_each(see)
    }
}

/// What became of the findings, compared with the previous scans of the branch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// One a finding, in the order of the scan's.
    pub lifecycles: Vec<Lifecycle>,
    /// What was open before, was looked for and is not there any more, by path and line: one a
    /// sighting. A witness of a finding that others still see is among them.
    pub fixed: Vec<Fixed>,
}

/// The life of a finding on a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lifecycle {
    /// Never seen on this branch.
    New,
    /// Open in the previous scan too, for any of those who see it.
    Existing,
    /// Fixed once, and back.
    Reopened,
}

/// A sighting that is gone, as the store remembers it.
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

/// A sighting as the store remembers it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The lasting id.
    pub id: i64,
    /// As it was last seen on whichever branch: without snippet and witnesses, and waived only
    /// where it is shown as part of a scan; `also` holds the other fingerprints that lead to it. Its anchor is `Code` of nothing but zeros where a
    /// database of the first schema has not seen it again.
    pub finding: Finding,
    /// The decision that holds.
    pub triage: Option<Triage>,
}

/// From one scan to another a sighting was open on a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// The scan that saw it first.
    pub opened: PastScan,
    /// The scan that looked for it and did not see it, or saw it waived otherwise; none while it
    /// is open.
    pub closed: Option<PastScan>,
    pub beginning: Beginning,
    pub waiver: Option<Waiver>,
    /// The id of the first scan meanwhile that saw it and passed.
    pub passed: Option<i64>,
}

/// Why a stay begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Beginning {
    /// Never seen on the branch before.
    New,
    /// Fixed once, and back.
    Reopened,
    /// Only the waiver came, changed or went.
    Continued,
}

/// A scan that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastScan {
    /// Of two scans of a branch the later one has the greater number.
    pub id: i64,
    /// Empty where there is none: outside git, or a detached HEAD.
    pub branch: String,
    /// In hexadecimal.
    pub commit: Option<String>,
    /// When the commit was authored: seconds since 1970, UTC.
    pub authored: Option<i64>,
    /// When the scan began: seconds since 1970, UTC.
    pub recorded: i64,
    pub decision: Decision,
    /// Hexadecimal hash of the policy that decided; empty in a database of the first schema.
    pub policy: String,
    /// What "new" was measured against, for people.
    pub base: Option<String>,
    /// What made it run; empty where that is not known.
    pub event: String,
    /// None in a database of the first schema.
    pub counts: Option<Counts>,
}

/// What an engine, or an imported report, came to in a scan that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRun {
    pub engine: String,
    pub version: String,
    pub outcome: Outcome,
    /// How many files it looked at.
    pub files: u64,
}

/// What became of the findings of a scan, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Sightings open on the branch after it, waived ones among them.
    pub open: u64,
    /// Findings never seen on the branch before.
    pub new: u64,
    /// Findings fixed once, and back.
    pub reopened: u64,
    /// Sightings that it fixed.
    pub fixed: u64,
}

/// Why the store cannot be used. Each message names the database and the next step.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("{path}: is not a Lockgate database: {why}; move it away or name another with --db")]
    Foreign { path: PathBuf, why: String },
    #[error(
        "{path}: is damaged: {why}; `lockgate db check` says more; go back to a backup, move it away, or name another with --db"
    )]
    Corrupt { path: PathBuf, why: String },
    #[error(
        "{path}: was written by a newer Lockgate (schema {found}, this one knows {known}); upgrade Lockgate or name another database with --db"
    )]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error(
        "{path}: cannot be written: {why}; copy it to where it can be, or name another database with --db or scan with --no-store"
    )]
    ReadOnly { path: PathBuf, why: String },
    #[error("{path}: the disk is full; make room, or scan with --no-store")]
    Full { path: PathBuf },
    #[error("{path}: another process has held it for too long; try again, or scan with --no-store")]
    Busy { path: PathBuf },
    #[error("{path}: {source}; try again, name another database with --db or scan with --no-store")]
    Sqlite { path: PathBuf, source: rusqlite::Error },
    #[error(
        "no finding of {repository} goes by {fingerprint}; `lockgate scan` shows the fingerprints, and --db names the database"
    )]
    NoFinding { repository: String, fingerprint: Fingerprint },
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// The findings of a scan could not be gone through again.
    #[error("the findings cannot be read again: {0}; scan again")]
    Findings(std::io::Error),
}

impl StoreError {
    /// Whether what was read is not as Lockgate wrote it.
    fn is_damage(&self) -> bool {
        use PostgresError::{Corrupt, Other};
        matches!(
            self,
            StoreError::Corrupt { .. }
                | StoreError::Sqlite { .. }
                | StoreError::Postgres(Corrupt { .. } | Other { .. })
        )
    }
}

//! Forgetting what is long gone. What is open, what was decided about, and what a base is made of
//! are never forgotten.
//!
//! Each branch has a *horizon*: the oldest of its scans that is kept whole. A finding whose every
//! stay ended before the horizon of its branch is forgotten with all that belongs to it, or
//! not at all: what is left of a finding that is open tells when it was first seen.

use super::super::sql::{Sql, Value, all, alone};
use super::super::{Location, StoreError};
use super::{MaintainError, Opened, Progress};
use globset::GlobMatcher;

/// What is kept of a branch, beside what is never forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Scans that began then or later; seconds since 1970, UTC.
    Since(i64),
    /// This many scans, the newest; at least one.
    Newest(u64),
}

/// What is to be forgotten.
#[derive(Debug)]
pub struct Prune {
    pub keep: Keep,
    /// Branches that are forgotten whole, with what is open on them, when their last scan is not
    /// kept; only by `Keep::Since`.
    pub branches: Option<GlobMatcher>,
    /// Whether it is only counted.
    pub dry_run: bool,
}

/// How much was forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgotten {
    pub findings: usize,
    pub scans: usize,
    /// The names of the branches that are gone, as `REPOSITORY BRANCH`.
    pub branches: Vec<String>,
}

/// Forgets, one repository after the other, each in one transaction. A file is made
/// smaller, where there is room to do so and nobody else writes.
///
/// # Errors
/// There is no database, or another process holds it for too long.
pub fn prune(
    location: &Location,
    prune: &Prune,
    progress: &dyn Progress,
) -> Result<Forgotten, MaintainError> {
    let mut opened = Opened::existing(location)?;
    let sql = &mut *opened.sql;
    let text = "SELECT id, name FROM repository ORDER BY name";
    let repositories = all(sql, text, &[], |row| Ok((row.int(0)?, row.text(1)?.to_owned())))?;
    let mut forgotten = Forgotten::default();
    for (id, name) in &repositories {
        progress.begin(name);
        if prune.dry_run {
            sql.begin(name)?;
            let counted = repository(sql, *id, name, prune, &mut forgotten);
            sql.rollback();
            counted?;
        } else {
            alone(sql, name, |sql| repository(sql, *id, name, prune, &mut forgotten))?;
        }
    }
    let shrink = !prune.dry_run && forgotten != Forgotten::default();
    if let (true, Location::File(_)) = (shrink, location) {
        progress.begin("making the file smaller");
        match sql.run("VACUUM", &[]) {
            // What is forgotten is forgotten; its room serves what comes next.
            Ok(_) | Err(StoreError::Busy { .. } | StoreError::Full { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(forgotten)
}

/// How a branch stands.
struct Branch {
    id: i64,
    name: String,
    /// The oldest scan that is kept whole; none where the branch is forgotten.
    horizon: Option<i64>,
}

fn repository(
    sql: &mut dyn Sql,
    id: i64,
    name: &str,
    prune: &Prune,
    forgotten: &mut Forgotten,
) -> Result<(), StoreError> {
    let branches = branches(sql, id, prune)?;
    note(sql, &branches)?;
    find(sql, id)?;
    let (findings, scans) = forget(sql, id)?;
    forgotten.findings += findings as usize;
    forgotten.scans += scans as usize;
    let gone = branches.iter().filter(|branch| branch.horizon.is_none());
    forgotten.branches.extend(gone.map(|branch| format!("{name} {}", branch.name)));
    tidy(sql)
}

fn branches(sql: &mut dyn Sql, repository: i64, prune: &Prune) -> Result<Vec<Branch>, StoreError> {
    let text = "SELECT id, name FROM branch WHERE repository = $1 ORDER BY name";
    let branches =
        all(sql, text, &[repository.into()], |row| Ok((row.int(0)?, row.text(1)?.to_owned())))?;
    let mut found = Vec::new();
    for (id, name) in branches {
        let first = first_kept(sql, id, prune.keep)?;
        let dead = first.is_none() && matches!(prune.keep, Keep::Since(_));
        let named = prune.branches.as_ref().is_some_and(|glob| glob.is_match(&name));
        let horizon = if dead && named { None } else { Some(horizon(sql, id, first)?) };
        found.push(Branch { id, name, horizon });
    }
    Ok(found)
}

/// The oldest scan of a branch that is to be kept; none where none is young enough.
fn first_kept(sql: &mut dyn Sql, branch: i64, keep: Keep) -> Result<Option<i64>, StoreError> {
    let (text, number) = match keep {
        Keep::Since(time) => {
            ("SELECT min(id) FROM scan WHERE branch = $1 AND recorded >= $2", time)
        }
        Keep::Newest(count) => (
            "SELECT min(id) FROM
                 (SELECT id FROM scan WHERE branch = $1 ORDER BY id DESC LIMIT $2) newest",
            i64::try_from(count.max(1)).unwrap_or(i64::MAX),
        ),
    };
    let found = all(sql, text, &[branch.into(), number.into()], |row| row.maybe_int(0))?;
    Ok(found.into_iter().next().flatten())
}

/// Its last scan and its last passed one are always kept whole.
fn horizon(sql: &mut dyn Sql, branch: i64, first: Option<i64>) -> Result<i64, StoreError> {
    let text = "SELECT max(id), max(CASE WHEN decision = 'passed' THEN id END) FROM scan
                WHERE branch = $1";
    let last = all(sql, text, &[branch.into()], |row| {
        let known = [row.maybe_int(0)?, row.maybe_int(1)?, first];
        Ok(known.into_iter().flatten().min().unwrap_or(0))
    })?;
    Ok(last.into_iter().next().unwrap_or(0))
}

/// Writes the branches down where statements can join them. A forgotten one has no horizon.
fn note(sql: &mut dyn Sql, branches: &[Branch]) -> Result<(), StoreError> {
    sql.run("CREATE TEMP TABLE horizon (branch BIGINT PRIMARY KEY, scan BIGINT)", &[])?;
    for table in ["forgotten_finding", "forgotten_scan"] {
        sql.run(&format!("CREATE TEMP TABLE {table} (id BIGINT PRIMARY KEY)"), &[])?;
    }
    branches.iter().try_for_each(|branch| {
        let parameters: [Value; 2] = [branch.id.into(), branch.horizon.into()];
        sql.run("INSERT INTO horizon (branch, scan) VALUES ($1, $2)", &parameters).map(|_| ())
    })
}

/// Finds what is to be forgotten. The intervals go at once: what they refer to must stay.
fn find(sql: &mut dyn Sql, repository: i64) -> Result<(), StoreError> {
    sql.run(
        "INSERT INTO forgotten_finding (id)
         SELECT id FROM finding WHERE repository = $1
         EXCEPT SELECT finding FROM triage
         EXCEPT SELECT interval.finding FROM interval
             JOIN horizon ON horizon.branch = interval.branch
             WHERE horizon.scan IS NOT NULL
               AND (interval.closed IS NULL OR interval.closed >= horizon.scan)",
        &[repository.into()],
    )?;
    // Checking that nothing leads to what is deleted takes an index, or the whole table each time.
    for column in ["finding", "opened", "closed", "passed"] {
        sql.run(&format!("CREATE INDEX prune_{column} ON interval ({column})"), &[])?;
    }
    sql.run(
        "DELETE FROM interval WHERE finding IN (SELECT id FROM forgotten_finding)
             OR branch IN (SELECT branch FROM horizon WHERE scan IS NULL)",
        &[],
    )?;
    // The last scan of each engine tells whether its next result is the same.
    sql.run(
        "INSERT INTO forgotten_scan (id)
         SELECT scan.id FROM scan JOIN horizon ON horizon.branch = scan.branch
             WHERE horizon.scan IS NULL OR scan.id < horizon.scan
         EXCEPT SELECT opened FROM interval
         EXCEPT SELECT closed FROM interval WHERE closed IS NOT NULL
         EXCEPT SELECT passed FROM interval WHERE passed IS NOT NULL
         EXCEPT SELECT max(scan.id) FROM scan
             JOIN scan_engine ON scan_engine.scan = scan.id
             JOIN horizon ON horizon.branch = scan.branch
             WHERE horizon.scan IS NOT NULL GROUP BY scan.branch, scan_engine.engine",
        &[],
    )?;
    Ok(())
}

/// Forgets what was found, and says how many findings and scans that is.
fn forget(sql: &mut dyn Sql, repository: i64) -> Result<(u64, u64), StoreError> {
    let findings = "SELECT id FROM forgotten_finding";
    let scans = "SELECT id FROM forgotten_scan";
    sql.run(&format!("DELETE FROM fingerprint WHERE finding IN ({findings})"), &[])?;
    let findings = sql.run(&format!("DELETE FROM finding WHERE id IN ({findings})"), &[])?;
    sql.run(&format!("DELETE FROM scan_engine WHERE scan IN ({scans})"), &[])?;
    let scans = sql.run(&format!("DELETE FROM scan WHERE id IN ({scans})"), &[])?;
    sql.run("DELETE FROM branch WHERE id IN (SELECT branch FROM horizon WHERE scan IS NULL)", &[])?;
    sql.run(
        "DELETE FROM sketch WHERE repository = $1 AND path IN
             (SELECT path FROM sketch WHERE repository = $1
              EXCEPT SELECT path FROM finding WHERE repository = $1)",
        &[repository.into()],
    )?;
    Ok((findings, scans))
}

/// Takes away what was there for the work alone.
fn tidy(sql: &mut dyn Sql) -> Result<(), StoreError> {
    for column in ["finding", "opened", "closed", "passed"] {
        sql.run(&format!("DROP INDEX prune_{column}"), &[])?;
    }
    for table in ["horizon", "forgotten_finding", "forgotten_scan"] {
        sql.run(&format!("DROP TABLE {table}"), &[])?;
    }
    Ok(())
}

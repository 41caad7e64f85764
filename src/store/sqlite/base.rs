//! The comparison base: what was open, and not waived, when a branch last passed its gate.

use super::branch_name;
use crate::finding::Fingerprint;
use crate::git::Repository;
use crate::policy::Base;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashSet;

/// The base of the branch, else of the default branch.
pub(super) fn base(
    connection: &Connection,
    repository: &Repository,
) -> rusqlite::Result<Option<Base>> {
    let own = branch_name(repository);
    let default = repository.default_branch.as_deref().filter(|default| *default != own);
    for branch in [Some(own), default].into_iter().flatten() {
        if let Some(scan) = last_passed(connection, &repository.name, branch)? {
            let fingerprints = open_in(connection, &scan)?;
            return Ok(Some(Base { name: scan.name(branch), fingerprints }));
        }
    }
    Ok(None)
}

struct Passed {
    id: i64,
    branch: i64,
    commit: Option<String>,
    recorded: i64,
}

impl Passed {
    /// For people: `the scan of main at 1a2b3c4 on 2026-11-23 06:30 UTC`.
    fn name(&self, branch: &str) -> String {
        let mut name = "the scan".to_owned();
        if !branch.is_empty() {
            name += &format!(" of {branch}");
        }
        if let Some(commit) = &self.commit {
            name += &format!(" at {}", commit.get(..7).unwrap_or(commit));
        }
        if let Ok(time) = jiff::Timestamp::from_second(self.recorded) {
            name += &time.strftime(" on %Y-%m-%d %H:%M UTC").to_string();
        }
        name
    }
}

fn last_passed(
    connection: &Connection,
    repository: &str,
    branch: &str,
) -> rusqlite::Result<Option<Passed>> {
    connection
        .prepare_cached(
            "SELECT scan.id, scan.branch, scan.commit_id, scan.recorded FROM scan
             JOIN branch ON branch.id = scan.branch
             JOIN repository ON repository.id = branch.repository
             WHERE repository.name = ?1 AND branch.name = ?2 AND scan.decision = 'passed'
             ORDER BY scan.id DESC LIMIT 1",
        )?
        .query_row(params![repository, branch], |row| {
            Ok(Passed {
                id: row.get(0)?,
                branch: row.get(1)?,
                commit: row.get(2)?,
                recorded: row.get(3)?,
            })
        })
        .optional()
}

fn open_in(connection: &Connection, scan: &Passed) -> rusqlite::Result<HashSet<Fingerprint>> {
    let mut open = connection.prepare_cached(
        "SELECT finding FROM interval
         WHERE branch = ?1 AND opened <= ?2 AND (closed IS NULL OR closed > ?2) AND NOT waived",
    )?;
    let open: HashSet<i64> = open
        .query_map(params![scan.branch, scan.id], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut fingerprints = connection.prepare_cached(
        "SELECT fingerprint, finding FROM fingerprint
         WHERE repository = (SELECT repository FROM branch WHERE id = ?1)",
    )?;
    let mut rows = fingerprints.query([scan.branch])?;
    let mut base = HashSet::with_capacity(open.len());
    while let Some(row) = rows.next()? {
        if open.contains(&row.get(1)?) {
            base.insert(Fingerprint(row.get(0)?));
        }
    }
    Ok(base)
}

//! Checking a store: the file itself, and what must be true of its rows.

use super::super::sql::all;
use super::super::{Location, StoreError};
use super::tables::TABLES;
use super::{MaintainError, Opened, Progress};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was expected, in words.
    pub expected: String,
    /// What was found instead; empty where all is well.
    pub found: Vec<String>,
}

/// What must be true of the rows, and how many of them it is not true of.
const INVARIANTS: &[(&str, &str)] = &[
    (
        "every scan named by an interval is one of its branch",
        "SELECT count(*) FROM interval
         JOIN scan o ON o.id = interval.opened LEFT JOIN scan c ON c.id = interval.closed
         WHERE o.branch <> interval.branch OR c.branch <> interval.branch",
    ),
    (
        "no two intervals of a finding overlap",
        "SELECT count(*) FROM interval a
         JOIN interval b ON b.branch = a.branch AND b.finding = a.finding AND b.opened > a.opened
         WHERE a.closed IS NULL OR a.closed > b.opened",
    ),
    (
        "every finding was open on a branch of its own repository",
        "SELECT count(*) FROM interval
         JOIN finding ON finding.id = interval.finding JOIN branch ON branch.id = interval.branch
         WHERE finding.repository <> branch.repository",
    ),
    (
        "every scan that vouches for an interval passed while it lasted",
        "SELECT count(*) FROM interval JOIN scan ON scan.id = interval.passed
         WHERE scan.branch <> interval.branch OR scan.decision <> 'passed'
            OR scan.id < interval.opened OR scan.id >= interval.closed",
    ),
    (
        "every fingerprint leads to a finding of its own repository",
        "SELECT count(*) FROM fingerprint JOIN finding ON finding.id = fingerprint.finding
         WHERE finding.repository <> fingerprint.repository",
    ),
    (
        "every finding is found by its fingerprint",
        "SELECT count(*) FROM finding
         LEFT JOIN fingerprint ON fingerprint.repository = finding.repository
             AND fingerprint.fingerprint = finding.fingerprint
             AND fingerprint.finding = finding.id
         WHERE fingerprint.finding IS NULL",
    ),
];

/// Opens a store and looks whether all is well.
///
/// # Errors
/// There is nothing to check, or it is no store at all.
pub fn check(location: &Location, progress: &dyn Progress) -> Result<Vec<Check>, MaintainError> {
    let mut checks = Vec::new();
    match look(location, progress, &mut checks) {
        Err(MaintainError::Store(error)) if error.is_damage() => {
            let expected = "everything can be read".to_owned();
            checks.push(Check { expected, found: vec![error.to_string()] });
        }
        looked => looked?,
    }
    Ok(checks)
}

fn look(
    location: &Location,
    progress: &dyn Progress,
    checks: &mut Vec<Check>,
) -> Result<(), MaintainError> {
    let mut opened = Opened::existing(location)?;
    opened.freeze()?;
    progress.begin("the database itself");
    checks.extend(opened.whole()?);
    for table in TABLES {
        progress.begin(table.name);
        for (column, other) in table.references {
            let name = table.name;
            checks.push(opened.count(
                format!("every {column} of {name} leads to a row of {other}"),
                &format!(
                    "SELECT count(*) FROM {name} LEFT JOIN {other} there ON there.id = {name}.{column}
                     WHERE {name}.{column} IS NOT NULL AND there.id IS NULL"
                ),
            )?);
        }
    }
    for (expected, sql) in INVARIANTS {
        progress.begin(expected);
        checks.push(opened.count((*expected).to_owned(), sql)?);
    }
    opened.sql.rollback();
    Ok(())
}

impl Opened {
    /// What only the database itself can tell.
    fn whole(&mut self) -> Result<Vec<Check>, StoreError> {
        if let Location::Server(_) = self.at {
            return TABLES
                .iter()
                .filter(|table| table.is_numbered())
                .map(|table| self.numbers(table.name))
                .collect();
        }
        let mut said = |sql| all(&mut *self.sql, sql, &[], |row| Ok(row.text(0)?.to_owned()));
        let mut found = said("PRAGMA integrity_check(20)")?;
        found.retain(|line| line != "ok");
        Ok(vec![Check { expected: "every page of the file reads as it was written".into(), found }])
    }

    /// Whether the next row of a table will get a number that none has.
    fn numbers(&mut self, table: &str) -> Result<Check, StoreError> {
        let sql = format!(
            "SELECT count(*) FROM {table}
             WHERE id > coalesce(pg_sequence_last_value(pg_get_serial_sequence('{table}', 'id')::regclass), 0)"
        );
        self.count(format!("the next number of {table} is a new one"), &sql)
    }

    fn count(&mut self, expected: String, sql: &str) -> Result<Check, StoreError> {
        let found = match self.number(sql)? {
            0 => Vec::new(),
            1 => vec!["it is not so for 1 row".to_owned()],
            rows => vec![format!("it is not so for {rows} rows")],
        };
        Ok(Check { expected, found })
    }
}

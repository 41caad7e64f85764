//! The triage: decisions about findings, on all branches.

use super::StoreError;
use super::columns::{self, TRIAGE_STATES, fingerprint, name, named};
use super::sql::{Row, Sql, Value, all, in_parts};
use crate::finding::{Finding, Fingerprint};
use crate::waiver::{Triage, Triaged};
use std::collections::HashMap;

/// Writes down a decision about every sighting that the fingerprint leads to.
pub(super) fn triage(
    sql: &mut dyn Sql,
    repository: &str,
    fingerprint: &Fingerprint,
    triage: &Triage,
) -> Result<(), StoreError> {
    let text = "SELECT fingerprint.finding FROM fingerprint
                JOIN repository ON repository.id = fingerprint.repository
                WHERE repository.name = $1 AND fingerprint.fingerprint = $2";
    let parameters = [repository.into(), fingerprint.0.as_slice().into()];
    let findings = all(sql, text, &parameters, |row| row.int(0))?;
    if findings.is_empty() {
        let repository = repository.to_owned();
        return Err(StoreError::NoFinding { repository, fingerprint: *fingerprint });
    }
    let until = triage.until.map(|date| date.to_string());
    for finding in findings {
        sql.run(
            "INSERT INTO triage (finding, state, reason, owner, until, decided)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                finding.into(),
                name(TRIAGE_STATES, &triage.state).into(),
                Value::Text(&triage.reason),
                triage.owner.as_deref().into(),
                until.as_deref().into(),
                triage.decided.into(),
            ],
        )?;
    }
    Ok(())
}

/// Reads a decision from the columns of `READ`, the first of which is that one.
fn read(row: &dyn Row, first: usize) -> Result<Triage, StoreError> {
    let date = |text: &str| text.parse().map_err(|error: jiff::Error| row.corrupt(&error));
    Ok(Triage {
        state: named(TRIAGE_STATES, row, first)?,
        reason: row.text(first + 1)?.to_owned(),
        owner: row.maybe_text(first + 2)?.map(str::to_owned),
        until: row.maybe_text(first + 3)?.map(date).transpose()?,
        decided: row.int(first + 4)?,
    })
}

/// What `read` reads, and the number of the decision.
const READ: &str =
    "triage.state, triage.reason, triage.owner, triage.until, triage.decided, triage.id";

/// What was decided about the sightings of a repository, the oldest decision first.
pub(super) fn triaged(sql: &mut dyn Sql, repository: &str) -> Result<Vec<Triaged>, StoreError> {
    let text = format!(
        "SELECT triage.finding, {READ} FROM triage
         JOIN finding ON finding.id = triage.finding
         JOIN repository ON repository.id = finding.repository
         WHERE repository.name = $1 ORDER BY triage.id"
    );
    // Of the decisions about one sighting, the last replaces those before it.
    let mut newest: HashMap<i64, (i64, Triaged)> = HashMap::new();
    sql.each(&text, &[repository.into()], &mut |row| {
        let triaged = Triaged { fingerprints: Vec::new(), triage: read(row, 1)? };
        newest.insert(row.int(0)?, (row.int(6)?, triaged));
        Ok(())
    })?;
    let text = "SELECT finding, fingerprint FROM fingerprint WHERE finding IN ({})";
    let ids: Vec<i64> = newest.keys().copied().collect();
    in_parts(text, &[], ids.into_iter().map(Value::Int), |text, parameters| {
        sql.each(text, parameters, &mut |row| {
            if let Some((_, triaged)) = newest.get_mut(&row.int(0)?) {
                triaged.fingerprints.push(fingerprint(row, 1)?);
            }
            Ok(())
        })
    })?;
    let mut triaged: Vec<_> = newest.into_values().collect();
    triaged.sort_unstable_by_key(|(id, _)| *id);
    Ok(triaged.into_iter().map(|(_, triaged)| triaged).collect())
}

/// The decisions that no later one replaced and that were not taken back, the newest first.
pub(super) fn decisions(
    sql: &mut dyn Sql,
    repository: &str,
    limit: usize,
) -> Result<Vec<(Finding, Triage)>, StoreError> {
    let text = format!(
        "SELECT {}, {READ} FROM triage
         JOIN finding f ON f.id = triage.finding
         JOIN repository ON repository.id = f.repository
         WHERE repository.name = $1 AND NOT EXISTS (
             SELECT 1 FROM triage later WHERE later.finding = triage.finding AND later.id > triage.id)
         ORDER BY triage.id DESC",
        columns::READ
    );
    let mut found: Vec<(Finding, Triage)> = Vec::new();
    sql.each(&text, &[repository.into()], &mut |row| {
        let triage = read(row, columns::READ_COLUMNS)?;
        if found.len() < limit && !triage.is_taken_back() {
            found.push((columns::finding(row)?.1, triage));
        }
        Ok(())
    })?;
    Ok(found)
}

/// The newest decision about each of the sightings, or about another one that a fingerprint of it
/// leads to as well.
pub(super) fn triage_of(
    sql: &mut dyn Sql,
    ids: &[i64],
) -> Result<HashMap<i64, Triage>, StoreError> {
    let mut newest: HashMap<i64, (i64, Triage)> = HashMap::new();
    let text = format!(
        "SELECT own.finding, {READ} FROM fingerprint own
         JOIN fingerprint other ON other.repository = own.repository
             AND other.fingerprint = own.fingerprint
         JOIN triage ON triage.finding = other.finding
         WHERE own.finding IN ({{}})"
    );
    in_parts(&text, &[], ids.iter().copied().map(Value::Int), |text, parameters| {
        sql.each(text, parameters, &mut |row| {
            let (finding, id) = (row.int(0)?, row.int(6)?);
            if newest.get(&finding).is_none_or(|(known, _)| *known < id) {
                newest.insert(finding, (id, read(row, 1)?));
            }
            Ok(())
        })
    })?;
    Ok(newest.into_iter().map(|(finding, (_, triage))| (finding, triage)).collect())
}

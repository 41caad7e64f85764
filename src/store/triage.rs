//! The triage: decisions about findings, on all branches.

use super::StoreError;
use super::columns::{TRIAGE_STATES, fingerprint, name, named};
use super::sql::{Row, Sql, Value, all, in_parts};
use crate::finding::Fingerprint;
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

/// Reads a decision from the columns of `READ`.
fn read(row: &dyn Row) -> Result<Triage, StoreError> {
    let date = |text: &str| text.parse().map_err(|error: jiff::Error| row.corrupt(&error));
    Ok(Triage {
        state: named(TRIAGE_STATES, row, 1)?,
        reason: row.text(2)?.to_owned(),
        owner: row.maybe_text(3)?.map(str::to_owned),
        until: row.maybe_text(4)?.map(date).transpose()?,
        decided: row.int(5)?,
    })
}

/// What `read` reads, after one column more.
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
        let triaged = Triaged { fingerprints: Vec::new(), triage: read(row)? };
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
                newest.insert(finding, (id, read(row)?));
            }
            Ok(())
        })
    })?;
    Ok(newest.into_iter().map(|(finding, (_, triage))| (finding, triage)).collect())
}

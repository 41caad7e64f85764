//! Looking at what is stored: findings by fingerprint, their lives, scans and what was open then.

use super::columns::{
    self, BEGINNINGS, DECISIONS, READ, READ_COLUMNS, fingerprint, maybe_json, named,
};
use super::sql::{Row, Sql, Value, all, in_parts};
use super::triage::triage_of;
use super::{Counts, Known, PastRun, PastScan, Stay, StoreError};
use crate::finding::{Finding, Fingerprint, Outcome};
use std::collections::{BTreeMap, HashMap};

/// The sightings any fingerprint of which begins with the digits.
pub(super) fn find(
    sql: &mut dyn Sql,
    repository: &str,
    prefix: &str,
) -> Result<Vec<Known>, StoreError> {
    let Some([low, high]) = range(prefix) else { return Ok(Vec::new()) };
    let text = format!(
        "SELECT {READ} FROM finding f WHERE f.id IN (
             SELECT fingerprint.finding FROM fingerprint
             JOIN repository ON repository.id = fingerprint.repository
             WHERE repository.name = $1 AND fingerprint.fingerprint BETWEEN $2 AND $3)
         ORDER BY f.id"
    );
    let parameters = [repository.into(), low.as_slice().into(), high.as_slice().into()];
    let found = all(sql, &text, &parameters, columns::finding)?;
    known(sql, found)
}

/// For each sighting that one of the fingerprints leads to, all that do.
pub(super) fn names(
    sql: &mut dyn Sql,
    repository: &str,
    fingerprints: &[Fingerprint],
) -> Result<Vec<Vec<Fingerprint>>, StoreError> {
    let mut of_finding: BTreeMap<i64, Vec<Fingerprint>> = BTreeMap::new();
    let text = "SELECT finding, fingerprint FROM fingerprint WHERE finding IN (
                    SELECT fingerprint.finding FROM fingerprint
                    JOIN repository ON repository.id = fingerprint.repository
                    WHERE repository.name = $1 AND fingerprint.fingerprint IN ({}))";
    let wanted = fingerprints.iter().map(|one| Value::from(&one.0[..]));
    in_parts(text, &[repository.into()], wanted, |text, parameters| {
        sql.each(text, parameters, &mut |row| {
            of_finding.entry(row.int(0)?).or_default().push(fingerprint(row, 1)?);
            Ok(())
        })
    })?;
    Ok(of_finding.into_values().collect())
}

/// The least and the greatest fingerprint that begin with the digits.
fn range(prefix: &str) -> Option<[[u8; 16]; 2]> {
    if prefix.is_empty() || prefix.len() > 32 {
        return None;
    }
    let mut range = [[0; 16], [0xFF; 16]];
    for (at, digit) in prefix.chars().enumerate() {
        let digit = digit.to_digit(16)? as u8;
        let (shift, kept) = if at % 2 == 0 { (4, 0x0F) } else { (0, 0xF0) };
        range.iter_mut().for_each(|end| end[at / 2] = end[at / 2] & kept | digit << shift);
    }
    Some(range)
}

/// Adds the other fingerprints and the decisions that hold.
fn known(sql: &mut dyn Sql, found: Vec<(i64, Finding)>) -> Result<Vec<Known>, StoreError> {
    let ids: Vec<i64> = found.iter().map(|(id, _)| *id).collect();
    let mut triage = triage_of(sql, &ids)?;
    let mut all: HashMap<i64, Vec<_>> = HashMap::new();
    let text = "SELECT finding, fingerprint FROM fingerprint WHERE finding IN ({})
                ORDER BY finding, fingerprint";
    in_parts(text, &[], ids.iter().copied().map(Value::Int), |text, parameters| {
        sql.each(text, parameters, &mut |row| {
            all.entry(row.int(0)?).or_default().push(fingerprint(row, 1)?);
            Ok(())
        })
    })?;
    let known = found.into_iter().map(|(id, mut finding)| {
        finding.also = all.remove(&id).unwrap_or_default();
        finding.also.retain(|other| *other != finding.fingerprint);
        Known { id, finding, triage: triage.remove(&id) }
    });
    Ok(known.collect())
}

/// The stays of a sighting on every branch.
pub(super) fn life(sql: &mut dyn Sql, id: i64) -> Result<Vec<Stay>, StoreError> {
    // By way of the branches, because the key of an interval begins with its branch.
    let text = "SELECT interval.opened, interval.closed, interval.how, interval.waiver,
                    interval.passed
                FROM finding
                JOIN branch ON branch.repository = finding.repository
                JOIN interval ON interval.branch = branch.id AND interval.finding = finding.id
                WHERE finding.id = $1 ORDER BY interval.opened";
    let stays = all(sql, text, &[id.into()], |row| {
        let beginning = named(BEGINNINGS, row, 2)?;
        let (waiver, passed) = (maybe_json(row, 3)?, row.maybe_int(4)?);
        Ok((row.int(0)?, row.maybe_int(1)?, beginning, waiver, passed))
    })?;
    let mut scans = HashMap::new();
    let ids = stays.iter().flat_map(|(opened, closed, ..)| [Some(*opened), *closed]);
    let text = format!("{SCANS} WHERE scan.id IN ({{}})");
    in_parts(&text, &[], ids.flatten().map(Value::Int), |text, parameters| {
        sql.each(text, parameters, &mut |row| {
            let scan = past_scan(row)?;
            scans.insert(scan.id, scan);
            Ok(())
        })
    })?;
    let stays = stays.into_iter().filter_map(|(opened, closed, beginning, waiver, passed)| {
        let closed = closed.and_then(|closed| scans.get(&closed).cloned());
        Some(Stay { opened: scans.get(&opened)?.clone(), closed, beginning, waiver, passed })
    });
    Ok(stays.collect())
}

/// How scans are read by `past_scan`.
const SCANS: &str = "SELECT scan.id, branch.name, scan.commit_id, scan.authored, scan.recorded,
        scan.decision, scan.policy, scan.base, scan.event, scan.count_open, scan.count_new,
        scan.count_reopened, scan.count_fixed
    FROM scan JOIN branch ON branch.id = scan.branch
    JOIN repository ON repository.id = branch.repository";

fn past_scan(row: &dyn Row) -> Result<PastScan, StoreError> {
    let count = |column| Ok::<_, StoreError>(row.maybe_int(column)?.map(i64::cast_unsigned));
    let counts = match (count(9)?, count(10)?, count(11)?, count(12)?) {
        (Some(open), Some(new), Some(reopened), Some(fixed)) => {
            Some(Counts { open, new, reopened, fixed })
        }
        _ => None,
    };
    Ok(PastScan {
        id: row.int(0)?,
        branch: row.text(1)?.to_owned(),
        commit: row.maybe_text(2)?.map(str::to_owned),
        authored: row.maybe_int(3)?,
        recorded: row.int(4)?,
        decision: named(DECISIONS, row, 5)?,
        policy: row.text(6)?.to_owned(),
        base: row.maybe_text(7)?.map(str::to_owned),
        event: row.text(8)?.to_owned(),
        counts,
    })
}

/// The last scans, the newest first.
pub(super) fn scans(
    sql: &mut dyn Sql,
    repository: &str,
    branch: Option<&str>,
    limit: usize,
) -> Result<Vec<PastScan>, StoreError> {
    let limit = Value::Int(i64::try_from(limit).unwrap_or(i64::MAX));
    let (of_branch, parameters) = match branch {
        None => ("LIMIT $2", vec![repository.into(), limit]),
        Some(branch) => ("LIMIT $3", vec![repository.into(), branch.into(), limit]),
    };
    let and = if branch.is_some() { "AND branch.name = $2" } else { "" };
    let text =
        format!("{SCANS} WHERE repository.name = $1 {and} ORDER BY scan.id DESC {of_branch}");
    all(sql, &text, &parameters, past_scan)
}

/// One page of what was open in a scan.
pub(super) fn open_in(
    sql: &mut dyn Sql,
    scan: i64,
    after: i64,
    limit: usize,
) -> Result<Vec<Known>, StoreError> {
    let text = format!(
        "SELECT {READ}, interval.waiver FROM scan
         JOIN interval ON interval.branch = scan.branch
         JOIN finding f ON f.id = interval.finding
         WHERE scan.id = $1 AND interval.opened <= $1
           AND (interval.closed IS NULL OR interval.closed > $1) AND interval.finding > $2
         ORDER BY interval.finding LIMIT $3"
    );
    let limit = Value::Int(i64::try_from(limit).unwrap_or(i64::MAX));
    let found = all(sql, &text, &[scan.into(), after.into(), limit], |row| {
        let (id, finding) = columns::finding(row)?;
        Ok((id, Finding { waiver: maybe_json(row, READ_COLUMNS)?, ..finding }))
    })?;
    known(sql, found)
}

/// The sightings in one file.
pub(super) fn in_file(
    sql: &mut dyn Sql,
    repository: &str,
    branch: Option<&str>,
    path: &str,
) -> Result<Vec<Known>, StoreError> {
    let Some(branch) = branch else {
        // The sign keeps the index of the repository, which is most of the table, out of it.
        let text = format!(
            "SELECT {READ} FROM finding f JOIN repository ON repository.id = +f.repository
             WHERE repository.name = $1 AND f.path = $2 ORDER BY f.id"
        );
        let found = all(sql, &text, &[repository.into(), path.into()], columns::finding)?;
        return known(sql, found);
    };
    // From the few sightings of the file on, in this order, not from the many of the branch.
    let text = format!(
        "SELECT {READ}, interval.waiver
         FROM finding f CROSS JOIN repository CROSS JOIN branch CROSS JOIN interval
         WHERE repository.name = $1 AND repository.id = +f.repository
           AND branch.name = $2 AND branch.repository = repository.id AND f.path = $3
           AND interval.branch = branch.id AND interval.finding = f.id
           AND interval.closed IS NULL ORDER BY f.id"
    );
    let parameters = [repository.into(), branch.into(), path.into()];
    let found = all(sql, &text, &parameters, |row| {
        let (id, finding) = columns::finding(row)?;
        Ok((id, Finding { waiver: maybe_json(row, READ_COLUMNS)?, ..finding }))
    })?;
    known(sql, found)
}

/// What the engines of a scan came to.
pub(super) fn runs(sql: &mut dyn Sql, scan: i64) -> Result<Vec<PastRun>, StoreError> {
    let text = "SELECT engine, version, failure, files FROM scan_engine
                WHERE scan = $1 ORDER BY position";
    all(sql, text, &[scan.into()], |row| {
        let failure = row.maybe_text(2)?.map(str::to_owned);
        Ok(PastRun {
            engine: row.text(0)?.to_owned(),
            version: row.text(1)?.to_owned(),
            outcome: failure.map_or(Outcome::Complete, Outcome::Incomplete),
            files: row.int(3)?.cast_unsigned(),
        })
    })
}

/// The names of all repositories.
pub(super) fn repositories(sql: &mut dyn Sql) -> Result<Vec<String>, StoreError> {
    let text = "SELECT name FROM repository ORDER BY name";
    all(sql, text, &[], |row| Ok(row.text(0)?.to_owned()))
}

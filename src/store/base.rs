//! What a scan is compared with: the comparison base, what is gone, and since when what is known.

use super::columns::{fingerprint, maybe_anchor, maybe_json, small};
use super::record::branch_name;
use super::sql::{Row, Sql, Value, all, first, in_parts};
use super::{Standing, StoreError};
use crate::finding::{Fingerprint, Waiver, WaiverSource};
use crate::git::Repository;
use crate::identity::{Trace, Trail};
use crate::policy::Base;
use crate::target::Sketch;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// The base of the branch, else of the default branch.
pub(super) fn base(sql: &mut dyn Sql, repository: &Repository) -> Result<Option<Base>, StoreError> {
    let Some((branch, passed)) = base_scan(sql, repository)? else { return Ok(None) };
    let base = base_at(sql, passed.id)?;
    Ok(Some(Base { name: passed.name(branch), ..base }))
}

/// What a scan that passed left open, as far as it or one before it that passed has seen it.
pub(super) fn base_at(sql: &mut dyn Sql, scan: i64) -> Result<Base, StoreError> {
    let mut base = Base::default();
    let text = "SELECT fingerprint.fingerprint, interval.waiver FROM scan
                JOIN interval ON interval.branch = scan.branch
                JOIN fingerprint ON fingerprint.finding = interval.finding
                WHERE scan.id = $1 AND interval.passed <= $1
                  AND (interval.closed IS NULL OR interval.closed > $1)";
    sql.each(text, &[scan.into()], &mut |row| {
        match maybe_json::<Waiver>(row, 1)? {
            None => base.fingerprints.insert(fingerprint(row, 0)?),
            Some(waiver) if waiver.source == WaiverSource::Comment => {
                base.commented.insert(fingerprint(row, 0)?)
            }
            Some(_) => false,
        };
        Ok(())
    })?;
    Ok(base)
}

/// A scan whose gate passed.
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

/// The last passed scan of the branch, else of the default branch, and which branch that is.
fn base_scan<'a>(
    sql: &mut dyn Sql,
    repository: &'a Repository,
) -> Result<Option<(&'a str, Passed)>, StoreError> {
    let own = branch_name(repository);
    let default = repository.default_branch.as_deref().filter(|default| *default != own);
    for branch in [Some(own), default].into_iter().flatten() {
        let text = "SELECT scan.id, scan.branch, scan.commit_id, scan.recorded FROM scan
                    JOIN branch ON branch.id = scan.branch
                    JOIN repository ON repository.id = branch.repository
                    WHERE repository.name = $1 AND branch.name = $2 AND scan.decision = 'passed'
                    ORDER BY scan.id DESC LIMIT 1";
        let name = Value::Text(&repository.name);
        let passed = first(sql, text, &[name, branch.into()], |row| {
            Ok(Passed {
                id: row.int(0)?,
                branch: row.int(1)?,
                commit: row.maybe_text(2)?.map(str::to_owned),
                recorded: row.int(3)?,
            })
        })?;
        if let Some(passed) = passed {
            return Ok(Some((branch, passed)));
        }
    }
    Ok(None)
}

/// What of that which is open on the branch, or was in its base, is seen, and what is gone.
pub(super) fn standing(
    sql: &mut dyn Sql,
    repository: &Repository,
    seen: &HashSet<Fingerprint>,
) -> Result<Standing, StoreError> {
    let parameters = [Value::Text(&repository.name), branch_name(repository).into()];
    let text = "SELECT branch.id FROM branch
                JOIN repository ON repository.id = branch.repository
                WHERE repository.name = $1 AND branch.name = $2";
    let now = first(sql, text, &parameters, |row| row.int(0))?.map(|branch| (branch, i64::MAX));
    let base = base_scan(sql, repository)?.map(|(_, passed)| (passed.branch, passed.id));
    let mut known = HashSet::new();
    let mut unseen: BTreeSet<i64> = BTreeSet::new();
    for (branch, scan) in now.into_iter().chain(base) {
        unseen.extend(unseen_in(sql, branch, scan, seen, &mut known)?);
    }
    let gone = trail(sql, &repository.name, &unseen)?;
    Ok(Standing { known, gone })
}

/// What was open on a branch after a scan, waived or not, and that nothing seen leads to. What
/// does lead to something is known.
fn unseen_in(
    sql: &mut dyn Sql,
    branch: i64,
    scan: i64,
    seen: &HashSet<Fingerprint>,
    known: &mut HashSet<Fingerprint>,
) -> Result<impl Iterator<Item = i64> + use<>, StoreError> {
    let mut is_seen: HashMap<i64, bool> = HashMap::new();
    let text = "SELECT interval.finding, fingerprint.fingerprint FROM interval
                JOIN fingerprint ON fingerprint.finding = interval.finding
                WHERE interval.branch = $1 AND interval.opened <= $2
                  AND (interval.closed IS NULL OR interval.closed > $2)";
    sql.each(text, &[branch.into(), scan.into()], &mut |row| {
        let one = fingerprint(row, 1)?;
        let leads_here = seen.contains(&one);
        *is_seen.entry(row.int(0)?).or_default() |= leads_here;
        if leads_here {
            known.insert(one);
        }
        Ok(())
    })?;
    Ok(is_seen.into_iter().filter(|(_, is_seen)| !is_seen).map(|(finding, _)| finding))
}

/// How sightings can be followed.
fn trail(
    sql: &mut dyn Sql,
    repository: &str,
    findings: &BTreeSet<i64>,
) -> Result<Trail, StoreError> {
    let mut trail = Trail::default();
    let text = "SELECT rule, path, anchor, ordinal, fingerprint FROM finding WHERE id IN ({})";
    let ids = findings.iter().copied().map(Value::Int);
    in_parts(text, &[], ids, |text, parameters| {
        sql.each(text, parameters, &mut |row| {
            if let Some(anchor) = maybe_anchor(row, 2)? {
                trail.traces.push(Trace {
                    rule: row.text(0)?.into(),
                    path: row.text(1)?.into(),
                    anchor,
                    ordinal: small(row, 3)?,
                    fingerprint: fingerprint(row, 4)?,
                });
            }
            Ok(())
        })
    })?;
    let paths: BTreeSet<Arc<str>> = trail.traces.iter().map(|trace| trace.path.clone()).collect();
    let text = "SELECT sketch.path, sketch.hashes FROM sketch
                JOIN repository ON repository.id = sketch.repository
                WHERE repository.name = $1 AND sketch.path IN ({})";
    let values = paths.iter().map(|path| Value::Text(path));
    in_parts(text, &[repository.into()], values, |text, parameters| {
        sql.each(text, parameters, &mut |row| {
            trail.sketches.insert(row.text(0)?.into(), sketch(row, 1)?);
            Ok(())
        })
    })?;
    Ok(trail)
}

fn sketch(row: &dyn Row, column: usize) -> Result<Sketch, StoreError> {
    let (hashes, rest) = row.blob(column)?.as_chunks();
    match rest {
        [] => Ok(Sketch(hashes.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect())),
        _ => Err(row.corrupt(&"a sketch is made of four bytes each")),
    }
}

/// When each finding was first seen on any branch.
pub(super) fn first_seen(
    sql: &mut dyn Sql,
    repository: &str,
) -> Result<HashMap<Fingerprint, i64>, StoreError> {
    let name = [repository.into()];
    let text = "SELECT scan.id, coalesce(scan.authored, scan.recorded) FROM scan
                JOIN branch ON branch.id = scan.branch
                JOIN repository ON repository.id = branch.repository
                WHERE repository.name = $1";
    let times: HashMap<i64, i64> =
        all(sql, text, &name, |row| Ok((row.int(0)?, row.int(1)?)))?.into_iter().collect();
    let mut of_findings = HashMap::new();
    let text = "SELECT interval.finding, interval.opened FROM interval
                JOIN branch ON branch.id = interval.branch
                JOIN repository ON repository.id = branch.repository
                WHERE repository.name = $1";
    sql.each(text, &name, &mut |row| {
        if let Some(&time) = times.get(&row.int(1)?) {
            earlier(of_findings.entry(row.int(0)?), time);
        }
        Ok(())
    })?;
    let mut of_fingerprints = HashMap::with_capacity(of_findings.len());
    let text = "SELECT fingerprint.fingerprint, fingerprint.finding FROM fingerprint
                JOIN repository ON repository.id = fingerprint.repository
                WHERE repository.name = $1";
    sql.each(text, &name, &mut |row| {
        if let Some(&time) = of_findings.get(&row.int(1)?) {
            earlier(of_fingerprints.entry(fingerprint(row, 0)?), time);
        }
        Ok(())
    })?;
    Ok(of_fingerprints)
}

/// Keeps the earlier of what is there and the time.
fn earlier<K>(entry: Entry<K, i64>, time: i64) {
    entry.and_modify(|known| *known = time.min(*known)).or_insert(time);
}

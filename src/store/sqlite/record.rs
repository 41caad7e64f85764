//! Recording a scan: what became of each finding, and only the rows that this changes.

use super::super::{Fixed, History, Lifecycle, Scan};
use super::branch_name;
use super::digest::Digest;
use super::memory::{Memory, State};
use crate::finding::{Confidence, Finding, Fingerprint, Outcome, Severity};
use crate::policy::Decision;
use rusqlite::{Connection, ToSql, params};

/// Records a scan whose result differs from the last one of its branch.
pub(super) fn record(
    connection: &Connection,
    scan: &Scan,
    digest: &Digest,
) -> rusqlite::Result<History> {
    let repository = repository_id(connection, &scan.repository.name)?;
    let branch = branch_id(connection, repository, branch_name(scan.repository))?;
    let number = insert_scan(connection, branch, scan, digest)?;
    let memory = Memory::load(connection, repository, branch)?;
    let mut recording = Recording { connection, repository, branch, scan: number, memory };
    let seen = scan.findings.iter().zip(&digest.details);
    let lifecycles = seen
        .map(|(finding, &details)| recording.see(finding, details))
        .collect::<Result<_, _>>()?;
    recording.write_fingerprints()?;
    recording.open_intervals()?;
    let fixed = recording.close_intervals(scan)?;
    Ok(History { lifecycles, fixed })
}

struct Recording<'a> {
    connection: &'a Connection,
    repository: i64,
    branch: i64,
    scan: i64,
    memory: Memory,
}

impl Recording<'_> {
    /// Finds the lasting finding, or begins one, and notes that it was seen.
    fn see(&mut self, finding: &Finding, details: i64) -> rusqlite::Result<Lifecycle> {
        // Two findings that were apart before may be one now: both are seen.
        let same: Vec<usize> =
            fingerprints(finding).filter_map(|fingerprint| self.memory.find(fingerprint)).collect();
        let state = |at: &usize| self.memory.lasting[*at].before;
        let is_open = |at: &&usize| matches!(state(at), State::Open { .. });
        let open = same.iter().find(is_open);
        let lifecycle = match open {
            Some(_) => Lifecycle::Existing,
            None if same.iter().any(|at| matches!(state(at), State::Closed)) => Lifecycle::Reopened,
            None => Lifecycle::New,
        };
        let others: Vec<usize> = same.iter().filter(is_open).copied().collect();
        let at = match open.or(same.first()) {
            None => self.memory.begin(self.insert(finding, details)?, details),
            Some(&at) => {
                let known = &self.memory.lasting[at];
                // Of equal findings in one scan, the first says where it is.
                if known.details != details && known.now.is_none() {
                    self.update(known.id, finding, details)?;
                }
                at
            }
        };
        for seen in others.into_iter().chain([at]) {
            let now = &mut self.memory.lasting[seen].now;
            *now = Some(now.unwrap_or(true) && finding.waiver.is_some());
        }
        if same.len() <= finding.witnesses.len() {
            fingerprints(finding).for_each(|fingerprint| self.memory.lead(*fingerprint, at));
        }
        Ok(lifecycle)
    }

    fn insert(&self, finding: &Finding, details: i64) -> rusqlite::Result<i64> {
        self.connection
            .prepare_cached(
                "INSERT INTO finding (details, fingerprint, rule, engine, severity, confidence,
                     path, start_line, start_column, end_line, end_column, message, repository)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(&columns(finding, &details, &self.repository)[..])?;
        Ok(self.connection.last_insert_rowid())
    }

    fn update(&self, id: i64, finding: &Finding, details: i64) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE finding SET details = ?1, fingerprint = ?2, rule = ?3, engine = ?4,
                     severity = ?5, confidence = ?6, path = ?7, start_line = ?8,
                     start_column = ?9, end_line = ?10, end_column = ?11, message = ?12
                 WHERE id = ?13",
            )?
            .execute(&columns(finding, &details, &id)[..])?;
        Ok(())
    }

    /// Writes where the new fingerprints lead, in their order: a table grows quickest at its end.
    fn write_fingerprints(&mut self) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO fingerprint (repository, fingerprint, finding) VALUES (?1, ?2, ?3)",
        )?;
        self.memory.new.sort_unstable();
        for (fingerprint, at) in &self.memory.new {
            let finding = self.memory.lasting[*at].id;
            insert.execute(params![self.repository, fingerprint.0, finding])?;
        }
        Ok(())
    }

    /// Begins an interval for each finding that is new, back, or waived otherwise than before.
    fn open_intervals(&self) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO interval (branch, finding, opened, how, waived)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for lasting in &self.memory.lasting {
            let Some(waived) = lasting.now else { continue };
            let how = match lasting.before {
                State::Open { waived: before, .. } if before == waived => continue,
                State::Open { since, .. } => {
                    self.close(lasting.id, since)?;
                    "continued"
                }
                State::Closed => "reopened",
                State::Unseen => "new",
            };
            insert.execute(params![self.branch, lasting.id, self.scan, how, waived])?;
        }
        Ok(())
    }

    fn close(&self, finding: i64, since: i64) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE interval SET closed = ?1 WHERE branch = ?2 AND finding = ?3 AND opened = ?4",
            )?
            .execute(params![self.scan, self.branch, finding, since])?;
        Ok(())
    }

    /// Ends the interval of each finding that was open, was looked for and is not there.
    fn close_intervals(&self, scan: &Scan) -> rusqlite::Result<Vec<Fixed>> {
        let mut remembered = self.connection.prepare_cached(
            "SELECT engine, path, fingerprint, rule, severity, start_line, message
             FROM finding WHERE id = ?1",
        )?;
        let mut fixed = Vec::new();
        for lasting in self.memory.lasting.iter().filter(|lasting| lasting.now.is_none()) {
            let State::Open { since, .. } = lasting.before else { continue };
            let gone = remembered.query_row([lasting.id], |row| {
                let (engine, path) = (row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
                if !covered(scan, engine, path) {
                    return Ok(None);
                }
                Ok(Some(Fixed {
                    fingerprint: Fingerprint(row.get(2)?).to_string(),
                    rule: row.get(3)?,
                    engine: engine.to_owned(),
                    severity: severity(row.get_ref(4)?.as_str()?),
                    path: path.to_owned(),
                    line: row.get(5)?,
                    message: row.get(6)?,
                }))
            })?;
            if let Some(gone) = gone {
                self.close(lasting.id, since)?;
                fixed.push(gone);
            }
        }
        fixed.sort_by(|a, b| {
            (&a.path, a.line, &a.rule, &a.fingerprint).cmp(&(
                &b.path,
                b.line,
                &b.rule,
                &b.fingerprint,
            ))
        });
        Ok(fixed)
    }
}

/// The columns of a finding from `details` to `message`, and one more value.
fn columns<'a>(finding: &'a Finding, details: &'a i64, last: &'a i64) -> [&'a dyn ToSql; 13] {
    let span = &finding.location.span;
    [
        details,
        &finding.fingerprint.0,
        &finding.rule,
        &finding.engine,
        severity_name(finding.severity),
        confidence_name(finding.confidence),
        &finding.location.path,
        &span.start_line,
        &span.start_column,
        &span.end_line,
        &span.end_column,
        &finding.message,
        last,
    ]
}

/// Its own fingerprint and those of its witnesses.
fn fingerprints(finding: &Finding) -> impl Iterator<Item = &Fingerprint> {
    let witnesses = finding.witnesses.iter().map(|witness| &witness.fingerprint);
    std::iter::once(&finding.fingerprint).chain(witnesses)
}

/// Whether a run of the engine went to its end and looked at the path.
fn covered(scan: &Scan, engine: &str, path: &str) -> bool {
    scan.runs.iter().any(|run| {
        run.engine == engine && run.outcome == Outcome::Complete && run.coverage.covers(path)
    })
}

fn repository_id(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection
        .execute("INSERT INTO repository (name) VALUES (?1) ON CONFLICT DO NOTHING", [name])?;
    connection.query_row("SELECT id FROM repository WHERE name = ?1", [name], |row| row.get(0))
}

fn branch_id(connection: &Connection, repository: i64, name: &str) -> rusqlite::Result<i64> {
    connection.execute(
        "INSERT INTO branch (repository, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![repository, name],
    )?;
    connection.query_row(
        "SELECT id FROM branch WHERE repository = ?1 AND name = ?2",
        params![repository, name],
        |row| row.get(0),
    )
}

fn insert_scan(
    connection: &Connection,
    branch: i64,
    scan: &Scan,
    digest: &Digest,
) -> rusqlite::Result<i64> {
    let commit = scan.repository.commit.as_ref();
    let decision = match scan.decision {
        Decision::Passed => "passed",
        Decision::Blocked => "blocked",
        Decision::Incomplete => "incomplete",
    };
    connection.execute(
        "INSERT INTO scan (branch, commit_id, authored, recorded, rules, digest, decision)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            branch,
            commit.map(|commit| &commit.id),
            commit.map(|commit| commit.authored),
            scan.time,
            scan.rules,
            digest.whole,
            decision
        ],
    )?;
    let number = connection.last_insert_rowid();
    let mut insert = connection.prepare(
        "INSERT INTO scan_engine
             (scan, position, engine, version, failure, roots, excepted, files)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (position, run) in scan.runs.iter().enumerate() {
        let failure = match &run.outcome {
            Outcome::Complete => None,
            Outcome::Incomplete(why) => Some(why),
        };
        insert.execute(params![
            number,
            position as i64,
            run.engine,
            run.version,
            failure,
            serde_json::json!(run.coverage.roots).to_string(),
            serde_json::json!(run.coverage.except).to_string(),
            i64::try_from(run.coverage.files).unwrap_or(i64::MAX)
        ])?;
    }
    Ok(number)
}

/// The severities as the database writes them.
const SEVERITIES: &[(&str, Severity)] = &[
    ("unknown", Severity::Unknown),
    ("info", Severity::Info),
    ("low", Severity::Low),
    ("medium", Severity::Medium),
    ("high", Severity::High),
    ("critical", Severity::Critical),
];

fn severity_name(severity: Severity) -> &'static &'static str {
    &SEVERITIES[severity as usize].0
}

/// The schema admits no other names.
fn severity(name: &str) -> Severity {
    let found = SEVERITIES.iter().find(|(known, _)| *known == name);
    found.map_or(Severity::Unknown, |(_, severity)| *severity)
}

fn confidence_name(confidence: Confidence) -> &'static &'static str {
    match confidence {
        Confidence::Low => &"low",
        Confidence::Medium => &"medium",
        Confidence::High => &"high",
    }
}

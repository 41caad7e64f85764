//! Recording a scan: what became of each finding, and only the rows that this changes.

use super::columns::{self, BEGINNINGS, DECISIONS, SEVERITIES, json, name, named};
use super::digest::{self, Digest};
use super::memory::{Lasting, Memory, State};
use super::sql::{self, Push, Put, Sql, Value, in_parts};
use super::{Beginning, Fixed, History, Lifecycle, Scan, StoreError};
use crate::finding::{EngineRun, Finding, Outcome};
use crate::git::Repository;
use crate::policy::Decision;
use std::collections::HashMap;

/// A file with a longer path, in bytes, is not followed when it is renamed: PostgreSQL's keys hold
/// 2,704.
const LONGEST: usize = 2048;

/// Records a scan, unless its result is recorded already.
pub(super) fn record(sql: &mut dyn Sql, scan: &Scan) -> Result<History, StoreError> {
    let digest = Digest::of(scan)?;
    if is_last(sql, scan, &digest)? {
        return Ok(unchanged(&digest));
    }
    sql::alone(sql, &scan.repository.name, |sql| {
        // Another process may have recorded the same while this one waited for its turn.
        if is_last(sql, scan, &digest)? {
            return Ok(unchanged(&digest));
        }
        Recording::begin(sql, scan, &digest)?.write(sql, scan)
    })
}

/// The name that a branch has in the database: empty where there is none.
pub(super) fn branch_name(repository: &Repository) -> &str {
    repository.branch.as_deref().unwrap_or_default()
}

/// Whether the last scan of the branch that any of the engines took part in came to the same.
/// What other engines reported since says nothing about what these did.
fn is_last(sql: &mut dyn Sql, scan: &Scan, digest: &Digest) -> Result<bool, StoreError> {
    let name = &scan.repository.name;
    let mut parameters = vec![Value::Text(name), branch_name(scan.repository).into()];
    parameters.extend(scan.runs.iter().map(|run| Value::Text(&run.engine)));
    let engines: Vec<String> = (3..=parameters.len()).map(|place| format!("${place}")).collect();
    let of_engines = match engines.is_empty() {
        true => String::new(),
        false => format!(
            "AND EXISTS (SELECT 1 FROM scan_engine
                         WHERE scan_engine.scan = scan.id AND engine IN ({}))",
            engines.join(", ")
        ),
    };
    let text = format!(
        "SELECT scan.digest FROM scan
         JOIN branch ON branch.id = scan.branch
         JOIN repository ON repository.id = branch.repository
         WHERE repository.name = $1 AND branch.name = $2 {of_engines}
         ORDER BY scan.id DESC LIMIT 1"
    );
    let equal = sql::first(sql, &text, &parameters, |row| Ok(row.blob(0)? == digest.whole))?;
    Ok(equal == Some(true))
}

/// The history of a result that is recorded already.
fn unchanged(digest: &Digest) -> History {
    History { lifecycles: vec![Lifecycle::Existing; digest.findings], fixed: Vec::new() }
}

struct Recording {
    repository: i64,
    branch: i64,
    scan: i64,
    /// The id of the next sighting that begins.
    next: i64,
    memory: Memory,
    /// Where the fingerprints of the sighting at hand lead, of those of its engine.
    same: Vec<usize>,
}

impl Recording {
    fn begin(sql: &mut dyn Sql, scan: &Scan, digest: &Digest) -> Result<Recording, StoreError> {
        let repository = repository_id(sql, &scan.repository.name)?;
        let branch = branch_id(sql, repository, branch_name(scan.repository))?;
        let number = insert_scan(sql, branch, scan, digest)?;
        let next = sql.reserve("finding", digest.sightings)?;
        let memory = Memory::load(sql, repository, branch)?;
        Ok(Recording { repository, branch, scan: number, next, memory, same: Vec::new() })
    }

    fn write(mut self, sql: &mut dyn Sql, scan: &Scan) -> Result<History, StoreError> {
        let mut lifecycles = Vec::new();
        let put = Put { table: "finding", key: &["id"], columns: columns::FINDING };
        sql.put(&put, &mut |push| {
            scan.findings.each(&mut |finding| {
                lifecycles.push(self.lifecycle(finding));
                finding.sightings().try_for_each(|sighting| self.see(sighting, push))
            })
        })?;
        self.write_fingerprints(sql)?;
        let fixed = self.close_intervals(sql, scan)?;
        let passed = (scan.decision == Decision::Passed).then_some(self.scan);
        self.open_intervals(sql, passed)?;
        if passed.is_some() {
            self.vouch(sql)?;
        }
        self.write_sketches(sql, scan)?;
        self.write_counts(sql, &lifecycles, fixed.len())?;
        Ok(History { lifecycles, fixed })
    }

    /// What the branch knew of a finding before, by any of its fingerprints and from any engine.
    fn lifecycle(&self, finding: &Finding) -> Lifecycle {
        let places = finding.fingerprints().flat_map(|fingerprint| self.memory.find(fingerprint));
        match places.map(|at| self.memory.lasting[at].before).max() {
            None | Some(State::Unseen) => Lifecycle::New,
            Some(State::Closed) => Lifecycle::Reopened,
            Some(State::Open(_)) => Lifecycle::Existing,
        }
    }

    /// Finds the lasting sighting, or begins one, and notes that it was seen.
    fn see(&mut self, sighting: &Finding, push: &mut Push) -> Result<(), StoreError> {
        let details = digest::details(sighting);
        let engine = self.memory.engine(&sighting.engine);
        let waived = self.memory.waived(sighting.waiver.as_deref());
        let fingerprints = || std::iter::once(sighting.fingerprint).chain(sighting.also.clone());
        self.same.clear();
        for fingerprint in fingerprints() {
            let places = self.memory.find(fingerprint);
            self.same.extend(places.filter(|&at| self.memory.lasting[at].is_of(engine)));
        }
        let known = self.best();
        let at = known.unwrap_or_else(|| {
            self.next += 1;
            self.memory.begin(self.next - 1, details, engine)
        });
        let lasting = &mut self.memory.lasting[at];
        // Of equal sightings in one scan, the first says where it is.
        if known.is_none() || !lasting.placed && lasting.details != details {
            columns::push_finding(push, [lasting.id, self.repository, details], sighting)?;
        }
        lasting.placed = true;
        lasting.saw(waived);
        // Two that were apart before may be one now: both are seen.
        for &other in &self.same {
            let other = &mut self.memory.lasting[other];
            if other.is_open() {
                other.saw(waived);
            }
        }
        fingerprints().for_each(|fingerprint| self.memory.lead(fingerprint, at));
        Ok(())
    }

    /// Of those that the sighting may be, the first that is open; else that was; else any.
    fn best(&self) -> Option<usize> {
        let rank = |at: &usize| match self.memory.lasting[*at].before {
            State::Open(_) => 0,
            State::Closed => 1,
            State::Unseen => 2,
        };
        self.same.iter().copied().min_by_key(rank)
    }

    /// Writes where the new fingerprints lead, in their order: a table grows quickest at its end.
    fn write_fingerprints(&mut self, sql: &mut dyn Sql) -> Result<(), StoreError> {
        self.memory.new.sort_unstable();
        let columns = &["repository", "fingerprint", "finding"];
        sql.put(&Put { table: "fingerprint", key: &[], columns }, &mut |push| {
            self.memory.new.iter().try_for_each(|(fingerprint, at)| {
                let finding = self.memory.lasting[*at as usize].id;
                push(&[self.repository.into(), fingerprint.0.as_slice().into(), finding.into()])
            })
        })
    }

    /// Ends the interval of each sighting that is waived otherwise than before, and of each that
    /// was open, was looked for and is not there; says which those are.
    fn close_intervals(&self, sql: &mut dyn Sql, scan: &Scan) -> Result<Vec<Fixed>, StoreError> {
        let (fixed, gone) = self.fixed(sql, scan)?;
        let otherwise = self.memory.lasting.iter().filter(|lasting| {
            matches!((lasting.before, lasting.now), (State::Open(was), Some(is)) if was != is)
        });
        let ended = gone.into_iter().chain(otherwise.map(|lasting| lasting.id));
        let text = "UPDATE interval SET closed = $1
                    WHERE branch = $2 AND closed IS NULL AND finding IN ({})";
        let parameters = [self.scan.into(), self.branch.into()];
        in_parts(text, &parameters, ended.map(Value::Int), |text, parameters| {
            sql.run(text, parameters).map(|_| ())
        })?;
        Ok(fixed)
    }

    /// What was open, was looked for and is not there, sorted by place; and the ids of it.
    fn fixed(&self, sql: &mut dyn Sql, scan: &Scan) -> Result<(Vec<Fixed>, Vec<i64>), StoreError> {
        let complete = |engine: &str| {
            let of_engine = |run: &&EngineRun| run.engine == engine;
            scan.runs.iter().filter(of_engine).any(|run| run.outcome == Outcome::Complete)
        };
        let unseen = self.memory.lasting.iter().filter(|lasting| {
            lasting.now.is_none() && lasting.is_open() && complete(self.memory.engine_name(lasting))
        });
        let text = "SELECT id, engine, path, fingerprint, rule, severity, start_line, message
                    FROM finding WHERE id IN ({})";
        let (mut fixed, mut ids) = (Vec::new(), Vec::new());
        in_parts(text, &[], unseen.map(|lasting| lasting.id.into()), |text, parameters| {
            sql.each(text, parameters, &mut |row| {
                let (engine, path) = (row.text(1)?, row.text(2)?);
                if covered(scan, engine, path) {
                    ids.push(row.int(0)?);
                    fixed.push(Fixed {
                        fingerprint: columns::fingerprint(row, 3)?.to_string(),
                        rule: row.text(4)?.to_owned(),
                        engine: engine.to_owned(),
                        severity: named(SEVERITIES, row, 5)?,
                        path: path.to_owned(),
                        line: columns::small(row, 6)?,
                        message: row.text(7)?.to_owned(),
                    });
                }
                Ok(())
            })
        })?;
        fixed.sort_by(|a, b| {
            let key = |f: &Fixed| (f.line, f.rule.clone(), f.fingerprint.clone());
            a.path.cmp(&b.path).then_with(|| key(a).cmp(&key(b)))
        });
        Ok((fixed, ids))
    }

    /// Begins an interval for each sighting that is new, back, or waived otherwise than before.
    fn open_intervals(&self, sql: &mut dyn Sql, passed: Option<i64>) -> Result<(), StoreError> {
        let columns = &["branch", "finding", "opened", "how", "waiver", "passed"];
        sql.put(&Put { table: "interval", key: &[], columns }, &mut |push| {
            self.memory.lasting.iter().try_for_each(|lasting| {
                let Some(waived) = lasting.now else { return Ok(()) };
                let how = match lasting.before {
                    State::Open(before) if before == waived => return Ok(()),
                    State::Open(_) => Beginning::Continued,
                    State::Closed => Beginning::Reopened,
                    State::Unseen => Beginning::New,
                };
                push(&[
                    self.branch.into(),
                    lasting.id.into(),
                    self.scan.into(),
                    name(BEGINNINGS, &how).into(),
                    self.memory.waiver(waived).into(),
                    passed.into(),
                ])
            })
        })
    }

    /// Notes of what stands as before, and was seen by no scan that passed, that this one did.
    fn vouch(&self, sql: &mut dyn Sql) -> Result<(), StoreError> {
        let stands = |lasting: &&Lasting| match (lasting.before, lasting.now) {
            (State::Open(before), Some(now)) => before == now && !lasting.passed,
            _ => false,
        };
        let seen = self.memory.lasting.iter().filter(stands).map(|lasting| lasting.id.into());
        let text = "UPDATE interval SET passed = $1
                    WHERE branch = $2 AND closed IS NULL AND finding IN ({})";
        in_parts(text, &[self.scan.into(), self.branch.into()], seen, |text, parameters| {
            sql.run(text, parameters).map(|_| ())
        })
    }

    /// Writes what the files look like that look otherwise than they did.
    fn write_sketches(&self, sql: &mut dyn Sql, scan: &Scan) -> Result<(), StoreError> {
        let mut new: HashMap<&str, Vec<u8>> = HashMap::with_capacity(scan.sketches.len());
        let sketches = || scan.sketches.iter().filter(|(path, _)| path.len() <= LONGEST);
        new.extend(sketches().map(|(path, sketch)| {
            let bytes = sketch.0.iter().flat_map(|hash| hash.to_le_bytes());
            (&**path, bytes.collect())
        }));
        let text = "SELECT path, hashes FROM sketch WHERE repository = $1 AND path IN ({})";
        let paths = sketches().map(|(path, _)| Value::Text(path));
        in_parts(text, &[self.repository.into()], paths, |text, parameters| {
            sql.each(text, parameters, &mut |row| {
                let (path, hashes) = (row.text(0)?, row.blob(1)?);
                if new.get(path).is_some_and(|new| new == hashes) {
                    new.remove(path);
                }
                Ok(())
            })
        })?;
        let mut new: Vec<_> = new.into_iter().collect();
        new.sort_unstable();
        let columns = &["repository", "path", "hashes"];
        sql.put(&Put { table: "sketch", key: &columns[..2], columns }, &mut |push| {
            new.iter().try_for_each(|(path, hashes)| {
                push(&[self.repository.into(), (*path).into(), hashes.as_slice().into()])
            })
        })
    }

    fn write_counts(
        &self,
        sql: &mut dyn Sql,
        lifecycles: &[Lifecycle],
        fixed: usize,
    ) -> Result<(), StoreError> {
        let count = |of: Lifecycle| lifecycles.iter().filter(|each| **each == of).count();
        let open = |lasting: &&Lasting| lasting.is_open() || lasting.now.is_some();
        let open = self.memory.lasting.iter().filter(open).count() - fixed;
        let counts = [open, count(Lifecycle::New), count(Lifecycle::Reopened), fixed];
        let [open, new, reopened, fixed] = counts.map(|count| Value::Int(count as i64));
        let text = "UPDATE scan SET count_open = $1, count_new = $2, count_reopened = $3,
                        count_fixed = $4 WHERE id = $5";
        sql.run(text, &[open, new, reopened, fixed, self.scan.into()]).map(|_| ())
    }
}

/// Whether a run of the engine went to its end and looked at the path.
fn covered(scan: &Scan, engine: &str, path: &str) -> bool {
    let covers = |run: &EngineRun| {
        run.engine == engine && run.outcome == Outcome::Complete && run.coverage.covers(path)
    };
    scan.runs.iter().any(covers) && (scan.looked_at)(path)
}

fn repository_id(sql: &mut dyn Sql, name: &str) -> Result<i64, StoreError> {
    sql.run(
        "INSERT INTO repository (name) VALUES ($1) ON CONFLICT (name) DO NOTHING",
        &[name.into()],
    )?;
    id(sql, "SELECT id FROM repository WHERE name = $1", &[name.into()])
}

fn branch_id(sql: &mut dyn Sql, repository: i64, name: &str) -> Result<i64, StoreError> {
    let parameters = [repository.into(), name.into()];
    sql.run(
        "INSERT INTO branch (repository, name) VALUES ($1, $2)
         ON CONFLICT (repository, name) DO NOTHING",
        &parameters,
    )?;
    id(sql, "SELECT id FROM branch WHERE repository = $1 AND name = $2", &parameters)
}

fn insert_scan(
    sql: &mut dyn Sql,
    branch: i64,
    scan: &Scan,
    digest: &Digest,
) -> Result<i64, StoreError> {
    let commit = scan.repository.commit.as_ref();
    let number = id(
        sql,
        "INSERT INTO scan (branch, commit_id, authored, recorded, rules, digest, decision,
             policy, base, event)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
        &[
            branch.into(),
            commit.map(|commit| commit.id.as_str()).into(),
            commit.map(|commit| commit.authored).into(),
            scan.time.into(),
            Value::Text(&scan.rules),
            digest.whole.as_slice().into(),
            name(DECISIONS, &scan.decision).into(),
            Value::Text(&scan.policy),
            scan.base.as_deref().into(),
            Value::Text(&scan.event),
        ],
    )?;
    let columns =
        &["scan", "position", "engine", "version", "failure", "roots", "excepted", "files"];
    sql.put(&Put { table: "scan_engine", key: &[], columns }, &mut |push| {
        scan.runs.iter().enumerate().try_for_each(|(position, run)| {
            let failure = match &run.outcome {
                Outcome::Complete => None,
                Outcome::Incomplete(why) => Some(why.as_str()),
            };
            push(&[
                number.into(),
                Value::Int(position as i64),
                (*run.engine).into(),
                Value::Text(&run.version),
                failure.into(),
                Value::Text(&json(&run.coverage.roots)),
                Value::Text(&json(&run.coverage.except)),
                Value::Int(i64::try_from(run.coverage.files).unwrap_or(i64::MAX)),
            ])
        })
    })?;
    Ok(number)
}

/// The id that a statement is sure to return.
fn id(sql: &mut dyn Sql, text: &str, parameters: &[Value]) -> Result<i64, StoreError> {
    let mut id = 0;
    sql.each(text, parameters, &mut |row| {
        id = row.int(0)?;
        Ok(())
    })?;
    Ok(id)
}

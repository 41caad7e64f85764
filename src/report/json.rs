//! Lockgate's own format: everything, for programs. `schemas/report.schema.json` is generated
//! from the types below, so a field is described here and nowhere else.

mod finding;

use super::summary::{self, Counts};
use super::visible_json::write_json;
use super::{Report, Reported};
use crate::finding::{EngineRun, Outcome, Severity};
use crate::policy::{self, Decision, Policy};
use crate::store;

use finding::Finding;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// The version of the format. Fields may be added to it; what is there keeps its meaning.
const VERSION: &str = "lockgate/report/v1";

/// Writes the report, one finding at a time.
pub fn write(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    write_json(&Document::of(report), to)
}

/// The JSON Schema of the format.
pub fn schema() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<Document>()
}

/// A report of Lockgate: a scan, judged.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Lockgate report")]
struct Document<'a> {
    /// The version of this format.
    #[schemars(extend("const" = VERSION))]
    schema: &'static str,
    /// The Lockgate that wrote this.
    lockgate: &'static str,
    repository: Repository<'a>,
    /// When the scan began: RFC 3339, UTC.
    started: String,
    /// How long it took.
    seconds: f64,
    /// How many files were walked.
    files: u64,
    /// How many of them are binary, which no engine looks at.
    binary: u64,
    engines: Vec<Engine<'a>>,
    counts: Counts,
    verdict: Verdict<'a>,
    /// Open and waived findings, by path and place.
    #[schemars(with = "Vec<Finding>")]
    findings: Findings<'a>,
    /// Findings that are gone since the previous scan of the branch.
    fixed: Vec<Fixed<'a>>,
    /// What could not be looked at.
    notifications: Vec<Notification<'a>>,
}

/// What was scanned.
#[derive(Serialize, JsonSchema)]
struct Repository<'a> {
    /// The address of its origin without credentials, else the name of its folder.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'a str>,
    /// HEAD, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
}

/// An engine that ran, or a tool whose report was imported.
#[derive(Serialize, JsonSchema)]
struct Engine<'a> {
    name: &'a str,
    version: &'a str,
    outcome: EngineOutcome,
    /// Why it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// How many files it looked at.
    files: u64,
}

/// Whether an engine ran to its end.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum EngineOutcome {
    Complete,
    Incomplete,
}

/// What the gate decided. `outcome` is the first that holds of blocked, incomplete, passed.
#[derive(Serialize, JsonSchema)]
struct Verdict<'a> {
    outcome: Decision,
    policy: &'a Policy,
    /// The hash of the policy, in hexadecimal: those with the same one decide alike.
    policy_hash: String,
    /// What the findings were compared with; without one, all of them counted as new.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<&'a str>,
    blocking: Vec<Blocking<'a>>,
    /// The findings that are warned about.
    warnings: Vec<Blocking<'a>>,
    /// Whether the gate only observes: what would block is in `would_block`.
    observed: bool,
    would_block: Vec<Blocking<'a>>,
    /// Why the scan is incomplete; empty when it is not.
    incomplete: &'a [String],
}

/// A finding that blocks, would block or is warned about.
#[derive(Serialize, JsonSchema)]
struct Blocking<'a> {
    fingerprint: String,
    /// Its index in `findings`.
    finding: usize,
    /// The rule of the policy that took it.
    policy: &'a str,
    /// The waiver that it has, and why that does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    despite: Option<&'a str>,
}

/// A finding that is gone.
#[derive(Serialize, JsonSchema)]
struct Fixed<'a> {
    fingerprint: &'a str,
    rule: &'a str,
    engine: &'a str,
    severity: Severity,
    path: &'a str,
    /// Where it was last seen.
    line: u32,
    message: &'a str,
}

/// Something that kept an engine from looking at a place.
#[derive(Serialize, JsonSchema)]
struct Notification<'a> {
    path: &'a str,
    /// The engine concerned; absent when it concerns all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    engine: Option<&'a str>,
    /// The kind: `unreadable`, `undecodable`, `unparsed`, `over-limit`, `link-not-followed`,
    /// `unanswered`.
    trouble: String,
    message: &'a str,
}

/// The findings, made into their JSON shape one at a time.
struct Findings<'a>(&'a [Reported]);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Finding::of))
    }
}

impl<'a> Document<'a> {
    fn of(report: &'a Report) -> Document<'a> {
        Document {
            schema: VERSION,
            lockgate: env!("CARGO_PKG_VERSION"),
            repository: Repository {
                name: summary::repository(report),
                branch: report.repository.branch.as_deref(),
                commit: report.repository.commit.as_ref().map(|commit| commit.id.as_str()),
            },
            started: report.started.to_string(),
            seconds: report.seconds,
            files: report.files,
            binary: report.binary,
            engines: report.runs.iter().map(Engine::of).collect(),
            counts: Counts::of(report),
            verdict: Verdict::of(report),
            findings: Findings(&report.findings),
            fixed: report.fixed.iter().map(Fixed::of).collect(),
            notifications: report.all_notifications().map(Notification::of).collect(),
        }
    }
}

impl<'a> Engine<'a> {
    fn of(run: &'a EngineRun) -> Engine<'a> {
        let (outcome, reason) = match &run.outcome {
            Outcome::Complete => (EngineOutcome::Complete, None),
            Outcome::Incomplete(why) => (EngineOutcome::Incomplete, Some(why.as_str())),
        };
        Engine {
            name: &run.engine,
            version: &run.version,
            outcome,
            reason,
            files: run.coverage.files,
        }
    }
}

impl<'a> Verdict<'a> {
    fn of(report: &'a Report) -> Verdict<'a> {
        let verdict = &report.verdict;
        let entry = |entry: &'a policy::Blocking| Blocking {
            fingerprint: report.findings[entry.finding].finding.fingerprint.to_string(),
            finding: entry.finding,
            policy: &entry.rule,
            despite: entry.despite.as_deref(),
        };
        let list = |entries: &'a [policy::Blocking]| entries.iter().map(entry).collect();
        Verdict {
            outcome: verdict.outcome,
            policy: &verdict.policy,
            policy_hash: verdict.policy.hash(),
            base: verdict.base.as_deref(),
            blocking: list(&verdict.blocking),
            warnings: list(&verdict.warnings),
            observed: verdict.observed,
            would_block: list(&verdict.would_block),
            incomplete: &verdict.incomplete,
        }
    }
}

impl<'a> Fixed<'a> {
    fn of(fixed: &'a store::Fixed) -> Fixed<'a> {
        let store::Fixed { fingerprint, rule, engine, severity, path, line, message } = fixed;
        Fixed { fingerprint, rule, engine, severity: *severity, path, line: *line, message }
    }
}

impl<'a> Notification<'a> {
    fn of(notification: &'a crate::finding::Notification) -> Notification<'a> {
        Notification {
            path: &notification.path,
            engine: notification.engine.as_deref(),
            trouble: notification.trouble.to_string(),
            message: &notification.message,
        }
    }
}

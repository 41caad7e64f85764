//! `verdict.json`. `schemas/verdict.schema.json` is generated from the types below, so a field is
//! described here and nowhere else. The same inputs give the same bytes, but for `judged`.

use super::bridge::{Facts, InForce};
use super::inputs;
use crate::finding::{
    Confidence, EngineRun, Finding, Fingerprint, Outcome, Severity, Waiver, WaiverSource,
};
use crate::git;
use crate::policy::{Decision, Verdict};
use crate::rule::Catalogue;
use crate::scan::Input;
use crate::target;
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use thiserror::Error;

/// The version of the format. Fields may be added to it; what is there keeps its meaning.
pub const SCHEMA: &str = "lockgate/verdict/v1";

/// The JSON Schema of the format.
pub fn schema() -> Schema {
    schemars::schema_for!(Document)
}

/// What a gate decided, on what grounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Lockgate verdict")]
pub struct Document {
    /// The version of this format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    pub lockgate: Tool,
    pub repository: Repository,
    /// When the scan began, by which ages and expiries were judged: RFC 3339, UTC.
    #[schemars(with = "String")]
    pub judged: Timestamp,
    /// The first that holds of blocked, incomplete, passed.
    pub outcome: Decision,
    /// Why the scan is incomplete; empty when it is not.
    pub incomplete: Vec<String>,
    pub policy: InForce,
    /// What the findings were compared with; without one, all of them counted as new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    pub inputs: Inputs,
    pub engines: Vec<Engine>,
    /// Every finding that was judged, by path and place.
    pub decisions: Vec<Decided>,
}

/// The Lockgate that judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    pub version: String,
    /// The hash of the sources that it was built from, in hexadecimal.
    pub build: String,
    /// The hash of its catalogue of rules, in hexadecimal.
    pub rules: String,
}

/// What was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Repository {
    /// The address of its origin without credentials, else the path of its folder.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// HEAD, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// What the verdict rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Inputs {
    /// The folders and files that were walked, relative to the repository root; empty stands for
    /// the root.
    pub paths: Vec<String>,
    /// What of them was left out.
    pub scan: target::Settings,
    /// How many files were walked.
    pub files: u64,
    /// The hash of their paths and contents, in hexadecimal.
    pub digest: String,
    /// The hash of all settings in force, those of the command line included, in hexadecimal.
    pub configuration: String,
    /// The hash of the waivers' file in force, in hexadecimal; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waivers: Option<String>,
    /// The date of the advisory data; absent where none was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub advisories: Option<Timestamp>,
}

/// An engine that ran, or a tool whose report was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Engine {
    pub name: String,
    pub version: String,
    /// Why it did not come to its end; absent where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<String>,
    /// How many files it looked at.
    pub files: u64,
    /// The folders and files that it covers; empty stands for the repository root.
    pub roots: Vec<String>,
    /// What below them it could not look at.
    pub except: Vec<String>,
}

/// What became of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decided {
    #[serde(with = "hexadecimal")]
    #[schemars(with = "String")]
    pub fingerprint: Fingerprint,
    pub rule: String,
    /// The engine that found it, or the tool whose report it came from.
    pub engine: String,
    /// Relative to the repository root, `/`-separated.
    pub path: Arc<str>,
    /// From 1.
    pub line: u32,
    pub severity: Severity,
    pub confidence: Confidence,
    /// Whether the base does not have it.
    pub new: bool,
    /// When it was first seen, as far as that is known: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub first_seen: Option<Timestamp>,
    /// Why it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waived>,
    pub action: Action,
    /// The rule of the policy that decided so; absent where none applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A decision that a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waived {
    pub source: WaiverSource,
    /// In the words of whoever decided; for a comment, the comment as it stands there.
    pub reason: String,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it holds: YYYY-MM-DD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Date>,
}

/// What the gate does about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Block,
    Warn,
    None,
}

/// All that a verdict is written from.
pub struct Judged<'a> {
    pub repository: &'a git::Repository,
    pub time: Timestamp,
    /// What was walked, relative to the repository root.
    pub paths: Vec<String>,
    pub scan: &'a target::Settings,
    pub files: &'a [Input],
    /// The hash of all settings in force.
    pub configuration: String,
    /// The hash of the waivers' file in force.
    pub waivers: Option<String>,
    /// The date of the advisory data.
    pub advisories: Option<Timestamp>,
    pub runs: &'a [EngineRun],
    /// Sorted by path and place.
    pub findings: &'a [Finding],
    /// One a finding.
    pub facts: &'a [Facts],
    /// Its indices point into `findings`.
    pub verdict: &'a Verdict,
}

/// Why a text is no verdict.
#[derive(Debug, Error)]
pub enum Malformed {
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    #[error(
        "is of the format {0:?}, and this Lockgate reads {SCHEMA:?}; take the Lockgate that wrote it"
    )]
    Schema(String),
}

impl Document {
    pub fn of(judged: Judged) -> Document {
        Document {
            schema: SCHEMA.to_owned(),
            lockgate: Tool::current(),
            repository: Repository {
                name: judged.repository.name.clone(),
                branch: judged.repository.branch.clone(),
                commit: judged.repository.commit.as_ref().map(|commit| commit.id.clone()),
            },
            judged: judged.time,
            outcome: judged.verdict.outcome,
            incomplete: judged.verdict.incomplete.clone(),
            policy: InForce::of(&judged.verdict.policy),
            base: judged.verdict.base.clone(),
            engines: judged.runs.iter().map(Engine::of).collect(),
            decisions: decisions(&judged),
            inputs: Inputs {
                digest: inputs::digest(judged.files),
                files: judged.files.len() as u64,
                paths: judged.paths,
                scan: judged.scan.clone(),
                configuration: judged.configuration,
                waivers: judged.waivers,
                advisories: judged.advisories,
            },
        }
    }

    /// Reads `verdict.json`.
    ///
    /// # Errors
    /// What is no JSON of this format, with line and column.
    pub fn parse(json: &[u8]) -> Result<Document, Malformed> {
        /// What tells one version of the format from another.
        #[derive(Deserialize)]
        struct Version {
            schema: String,
        }
        let Version { schema } = serde_json::from_slice(json)?;
        match schema == SCHEMA {
            true => Ok(serde_json::from_slice(json)?),
            false => Err(Malformed::Schema(schema)),
        }
    }

    /// `blocked by 3 findings`, `passed`, `incomplete`.
    pub fn summary(&self) -> String {
        let blocking = self.decisions.iter().filter(|d| d.action == Action::Block).count();
        match (self.outcome, blocking) {
            (Decision::Passed, _) => "passed".to_owned(),
            (Decision::Incomplete, _) => "incomplete".to_owned(),
            (Decision::Blocked, 0) => "blocked".to_owned(),
            (Decision::Blocked, 1) => "blocked by 1 finding".to_owned(),
            (Decision::Blocked, many) => format!("blocked by {many} findings"),
        }
    }
}

impl Tool {
    /// The one that runs.
    fn current() -> Tool {
        Tool {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            build: env!("LOCKGATE_SOURCE_HASH").to_owned(),
            rules: Catalogue::get().hash().to_hex().to_string(),
        }
    }
}

impl Engine {
    fn of(run: &EngineRun) -> Engine {
        Engine {
            name: run.engine.to_owned(),
            version: run.version.clone(),
            incomplete: match &run.outcome {
                Outcome::Complete => None,
                Outcome::Incomplete(why) => Some(why.clone()),
            },
            files: run.coverage.files,
            roots: run.coverage.roots.clone(),
            except: run.coverage.except.clone(),
        }
    }
}

fn decisions(judged: &Judged) -> Vec<Decided> {
    let mut blocking = judged.verdict.blocking.iter().peekable();
    let decide = |(index, (finding, facts)): (usize, (&Finding, &Facts))| {
        let block = blocking.next_if(|blocking| blocking.finding == index);
        Decided {
            action: block.map_or(Action::None, |_| Action::Block),
            by: block.map(|block| block.rule.clone()),
            ..Decided::undecided(finding, facts)
        }
    };
    judged.findings.iter().zip(judged.facts).enumerate().map(decide).collect()
}

impl Decided {
    fn undecided(finding: &Finding, facts: &Facts) -> Decided {
        Decided {
            fingerprint: finding.fingerprint,
            rule: finding.rule.to_string(),
            engine: finding.engine.to_string(),
            path: finding.location.path.clone(),
            line: finding.location.span.start_line,
            severity: finding.severity,
            confidence: finding.confidence,
            new: facts.new,
            first_seen: facts.first_seen.and_then(|at| Timestamp::from_second(at).ok()),
            waiver: finding.waiver.as_deref().map(Waived::of),
            action: Action::None,
            by: None,
        }
    }
}

impl Waived {
    fn of(waiver: &Waiver) -> Waived {
        Waived {
            source: waiver.source,
            reason: waiver.reason.to_string(),
            owner: waiver.owner.as_deref().map(str::to_owned),
            until: waiver.until,
        }
    }

    /// The waiver itself.
    pub fn waiver(&self) -> Waiver {
        Waiver {
            source: self.source,
            reason: self.reason.as_str().into(),
            owner: self.owner.as_deref().map(Into::into),
            until: self.until,
        }
    }
}

/// Fingerprints as people see them.
mod hexadecimal {
    use crate::finding::Fingerprint;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::borrow::Cow;

    pub fn serialize<S: Serializer>(value: &Fingerprint, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Fingerprint, D::Error> {
        Cow::<str>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

//! `verdict.json`. `schemas/verdict.schema.json` is generated from the types below, so a field is
//! described here and nowhere else. The same inputs give the same bytes, but for `judged`.

use super::decided::{self, Action, Decided};
use super::inputs::Inputs;
use crate::finding::{EngineRun, Finding, Outcome};
use crate::git;
use crate::policy::{Decision, Event, Facts, Policy, Verdict};
use crate::rule::Catalogue;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
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
    /// What made it run.
    pub event: Event,
    /// The first that holds of blocked, incomplete, passed.
    pub outcome: Decision,
    /// Whether the gate only observed, in a dry run or before its first day: then it passed
    /// whatever it found.
    pub observed: bool,
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
    /// What stands for the decisions where they were too many to sign; absent where all are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abridged: Option<Abridged>,
}

/// What is left of decisions that were left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Abridged {
    /// How many there are.
    pub decisions: u64,
    /// The SHA-256, in hexadecimal, of the whole `verdict.json`.
    pub sha256: String,
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

/// The policy that was in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InForce {
    /// Its hash, in hexadecimal: the same for every verdict by the same policy.
    pub hash: String,
    /// Whether there is anything in it by which a finding can block.
    pub blocks: bool,
    /// All of it, every key decided.
    pub resolved: Policy,
}

impl InForce {
    /// What there is to say of a policy.
    pub fn of(policy: &Policy) -> InForce {
        InForce { hash: policy.hash(), blocks: policy.can_block(), resolved: policy.clone() }
    }
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

/// All that a verdict is written from.
pub struct Judged<'a> {
    pub repository: &'a git::Repository,
    pub time: Timestamp,
    pub event: Event,
    pub inputs: Inputs,
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
    /// The document on what was judged.
    pub fn of(judged: Judged) -> Document {
        let Judged { repository, verdict, .. } = judged;
        Document {
            schema: SCHEMA.to_owned(),
            lockgate: Tool::current(),
            repository: Repository {
                name: repository.name.clone(),
                branch: repository.branch.clone(),
                commit: repository.commit.as_ref().map(|commit| commit.id.clone()),
            },
            judged: judged.time,
            event: judged.event,
            outcome: verdict.outcome,
            observed: verdict.observed,
            incomplete: verdict.incomplete.clone(),
            policy: InForce::of(&verdict.policy),
            base: verdict.base.clone(),
            inputs: judged.inputs,
            engines: judged.runs.iter().map(Engine::of).collect(),
            decisions: decided::decisions(judged.findings, judged.facts, verdict),
            abridged: None,
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

    /// Whether a gate that was in force let it pass.
    pub fn passed(&self) -> bool {
        self.outcome == Decision::Passed && !self.observed
    }

    /// `blocked by 3 findings`, `passed`, `incomplete`, and of a gate that only observed what
    /// would have blocked.
    pub fn summary(&self) -> String {
        let by = |wanted: Action| match self
            .decisions
            .iter()
            .filter(|decided| decided.action == wanted)
            .count()
        {
            0 => String::new(),
            1 => " by 1 finding".to_owned(),
            many => format!(" by {many} findings"),
        };
        let outcome = match self.outcome {
            Decision::Passed => "passed".to_owned(),
            Decision::Incomplete => "incomplete".to_owned(),
            Decision::Blocked => format!("blocked{}", by(Action::Block)),
        };
        match (self.observed, by(Action::WouldBlock)) {
            (false, _) => outcome,
            (true, none) if none.is_empty() => format!("{outcome}, only observed"),
            (true, by) => format!("{outcome}, only observed: would have been blocked{by}"),
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
            name: run.engine.to_string(),
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

//! Whether an artefact may be deployed: a pure function of envelopes, digest and demands. Nothing
//! of a payload is parsed before a trusted key is known to have signed it byte for byte.

use super::dsse::{IN_TOTO, Opened};
use super::keys::{KeyId, PublicKey};
use super::statement::{Subject, TYPE, VERDICT};
use crate::finding::{Coverage, is_below};
use crate::policy::Decision;
use crate::report::untrusted::visible;
use crate::verdict::SCHEMA;
use globset::GlobSet;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::collections::BTreeSet;
use thiserror::Error;

/// How far the clocks of two machines may be apart.
pub const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// What is asked of an attestation.
#[derive(Debug, Clone)]
pub struct Demands {
    /// Any of these keys is enough.
    pub keys: Vec<PublicKey>,
    pub now: Timestamp,
    /// How old the verdict may be.
    pub max_age: SignedDuration,
    /// The commit that it must be of, in hexadecimal; none: any.
    pub commit: Option<String>,
    /// The repository that it must be of; none: any.
    pub repository: Option<String>,
    /// The hashes of the policies that it may be by; empty: any.
    pub policies: Vec<String>,
    /// The folders and files, relative to the repository root, that every engine must have
    /// covered; empty text stands for the root.
    pub covers: Vec<String>,
    /// What of them may have been left out all the same.
    pub except: GlobSet,
}

/// A verdict that vouches for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    pub key: KeyId,
    pub judged: Timestamp,
    pub repository: String,
    pub branch: Option<String>,
    pub commit: Option<String>,
    /// What the findings were compared with; none: all of them counted as new.
    pub base: Option<String>,
    /// The hash of the policy.
    pub policy: String,
    /// The files and folders that the settings left out or an engine could not look at, sorted.
    pub unseen: Vec<String>,
}

/// Why an envelope does not vouch for a file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("{0}: the signature by this trusted key does not fit what the envelope holds")]
    Signature(String),
    #[error("no trusted key has signed it, {}", hints(.0))]
    UnknownKey(Vec<String>),
    #[error("it is signed, but {0:?} instead of a statement on a verdict")]
    Kind(String),
    #[error("it vouches for other files than this one, whose sha256 is {0}")]
    Subject(String),
    #[error("the gate did not pass: the outcome is {0}")]
    Outcome(&'static str),
    #[error(
        "the gate only observed: a dry run, or a gate before its first day, lets everything pass"
    )]
    Observed,
    #[error(
        "the policy {0} blocks nothing, so that it passed says nothing; trust it by its hash with --policy-hash if that is meant"
    )]
    Toothless(String),
    #[error("the verdict is of {judged}, too old by {by}; build and judge again, or see --max-age")]
    Old { judged: Timestamp, by: String },
    #[error("the verdict is of {0}, which is still to come; set the clocks right")]
    Future(Timestamp),
    #[error("the verdict is for commit {found}, not for {wanted}")]
    Commit { found: String, wanted: String },
    #[error("the verdict is for the repository {found}, not for {wanted}")]
    Repository { found: String, wanted: String },
    #[error("no engine looked at a single file")]
    Nothing,
    #[error("its settings left out {}; if that is meant, say so with --except", few(.0))]
    PassedOver(Vec<String>),
    #[error("{engine} could not look at {}; if that is meant, say so with --except", few(.paths))]
    Unseen { engine: String, paths: Vec<String> },
    #[error("the verdict is by the policy {0}, which is none of those asked for")]
    Policy(String),
    #[error("{engine} did not cover {path}")]
    Coverage { engine: String, path: String },
}

fn hints(keys: &[String]) -> String {
    match keys {
        [] => "nor any other".to_owned(),
        keys => format!("the envelope names {}", keys.join(", ")),
    }
}

/// A signed payload that does not hold what its type says, or is of another version.
#[derive(Debug, Error)]
#[error("{line}: the signed statement cannot be read: {why}")]
pub struct Unreadable {
    pub line: usize,
    pub why: String,
}

/// What of a statement is read at first, whatever it is about.
#[derive(Deserialize)]
struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    #[serde(default)]
    subject: Vec<Subject>,
    #[serde(default)]
    predicate: serde_json::Value,
}

/// Paths of which so many are named.
pub fn few(paths: &[String]) -> String {
    let named = paths.len().min(3);
    match paths.len() - named {
        0 => paths.join(", "),
        more => format!("{} and {more} more", paths[..named].join(", ")),
    }
}

/// What of a verdict is asked for: a newer Lockgate may have added to the rest.
#[derive(Deserialize)]
struct Verdict {
    schema: String,
    outcome: Decision,
    observed: bool,
    judged: Timestamp,
    repository: Repository,
    policy: Policy,
    base: Option<String>,
    inputs: Inputs,
    engines: Vec<Engine>,
}

#[derive(Deserialize)]
struct Inputs {
    passed_over: Vec<String>,
}

#[derive(Deserialize)]
struct Repository {
    name: String,
    branch: Option<String>,
    commit: Option<String>,
}

#[derive(Deserialize)]
struct Policy {
    hash: String,
    blocks: bool,
}

#[derive(Deserialize)]
struct Engine {
    name: String,
    files: u64,
    roots: Vec<String>,
    except: Vec<String>,
}

/// What an envelope comes to, whichever file is asked about.
enum Judged {
    /// No statement on a verdict by a trusted key.
    Foreign(Refusal),
    /// Whom it speaks for, what it would vouch for them with, and what speaks against that.
    Statement(Vec<Subject>, Vouched, Vec<Refusal>),
}

/// What vouches for a file; else what is wrong with each envelope, by the line on which it ends.
pub type Answer = Result<Vouched, Vec<(usize, Refusal)>>;

/// Looks, for each file by its SHA-256 (lower-case hexadecimal), for an envelope that vouches for it
/// and meets every demand.
///
/// # Errors
/// A trusted key has signed something that cannot be read, and nothing else vouches for a file.
pub fn verify(
    envelopes: &[Opened],
    digests: &[String],
    demands: &Demands,
) -> Result<Vec<Answer>, Unreadable> {
    let judged: Vec<(usize, Result<Judged, String>)> =
        envelopes.iter().map(|envelope| (envelope.line, judge(envelope, demands))).collect();
    digests.iter().map(|sha256| answer(&judged, sha256)).collect()
}

fn answer(judged: &[(usize, Result<Judged, String>)], sha256: &str) -> Result<Answer, Unreadable> {
    let (mut refusals, mut unreadable) = (Vec::new(), None);
    for (line, judged) in judged {
        let line = *line;
        match judged {
            Err(why) => {
                unreadable.get_or_insert(Unreadable { line, why: why.clone() });
            }
            Ok(Judged::Foreign(why)) => refusals.push((line, why.clone())),
            Ok(Judged::Statement(subjects, vouched, reasons)) => {
                let is_it = |subject: &Subject| subject.digest.sha256.eq_ignore_ascii_case(sha256);
                let meant = subjects.iter().any(is_it);
                if meant && reasons.is_empty() {
                    return Ok(Ok(vouched.clone()));
                }
                let other = (!meant).then(|| Refusal::Subject(sha256.to_owned()));
                refusals.extend(other.into_iter().chain(reasons.clone()).map(|why| (line, why)));
            }
        }
    }
    unreadable.map_or(Ok(Err(refusals)), Err)
}

/// # Errors
/// Why what a trusted key has signed cannot be read.
fn judge(envelope: &Opened, demands: &Demands) -> Result<Judged, String> {
    let Some(key) = envelope.signed_by(&demands.keys) else {
        return Ok(Judged::Foreign(unsigned(envelope, &demands.keys)));
    };
    if envelope.payload_type != IN_TOTO {
        return Ok(Judged::Foreign(Refusal::Kind(envelope.payload_type.clone())));
    }
    let statement: Statement =
        serde_json::from_slice(&envelope.payload).map_err(|error| error.to_string())?;
    for (found, wanted) in [(&statement.kind, TYPE), (&statement.predicate_type, VERDICT)] {
        if found != wanted {
            return Ok(Judged::Foreign(Refusal::Kind(found.clone())));
        }
    }
    let verdict: Verdict =
        serde_json::from_value(statement.predicate).map_err(|error| error.to_string())?;
    if verdict.schema != SCHEMA {
        let found = verdict.schema;
        let why =
            format!("its verdict is of the format {found:?}, and this Lockgate reads {SCHEMA:?}");
        return Err(why);
    }
    let reasons = reasons(&verdict, demands);
    let unseen: BTreeSet<String> = verdict
        .inputs
        .passed_over
        .into_iter()
        .chain(verdict.engines.into_iter().flat_map(|engine| engine.except))
        .collect();
    let Repository { name, branch, commit } = verdict.repository;
    let vouched = Vouched {
        key: key.clone(),
        judged: verdict.judged,
        repository: name,
        branch,
        commit,
        base: verdict.base,
        policy: verdict.policy.hash,
        unseen: unseen.into_iter().collect(),
    };
    Ok(Judged::Statement(statement.subject, vouched, reasons))
}

/// Tells a changed envelope from one of somebody else, as far as its hints can be believed.
fn unsigned(envelope: &Opened, trusted: &[PublicKey]) -> Refusal {
    let mut hints = envelope.signatures.iter().map(|(hint, _)| hint).filter(|h| !h.is_empty());
    let known = |hint: &&String| trusted.iter().any(|key| key.id().as_str() == *hint);
    match hints.clone().find(known) {
        Some(hint) => Refusal::Signature(hint.clone()),
        None => {
            let shown = |hint: &String| visible(hint).chars().take(80).collect();
            Refusal::UnknownKey(hints.by_ref().take(3).map(shown).collect())
        }
    }
}

/// All that is wrong with a signed verdict.
fn reasons(verdict: &Verdict, demands: &Demands) -> Vec<Refusal> {
    let mut reasons = Vec::new();
    match verdict.outcome {
        Decision::Passed => {}
        Decision::Blocked => reasons.push(Refusal::Outcome("blocked")),
        Decision::Incomplete => reasons.push(Refusal::Outcome("incomplete")),
    }
    if verdict.observed {
        reasons.push(Refusal::Observed);
    }
    reasons.extend(age(verdict.judged, demands));
    let found = verdict.repository.commit.as_deref().unwrap_or("none");
    if let Some(wanted) = demands.commit.as_deref().filter(|wanted| *wanted != found) {
        reasons.push(Refusal::Commit { found: found.to_owned(), wanted: wanted.to_owned() });
    }
    let found = &verdict.repository.name;
    if let Some(wanted) = demands.repository.as_ref().filter(|wanted| *wanted != found) {
        reasons.push(Refusal::Repository { found: found.clone(), wanted: wanted.clone() });
    }
    let Policy { hash, blocks } = &verdict.policy;
    match demands.policies.is_empty() {
        true if !blocks => reasons.push(Refusal::Toothless(hash.clone())),
        false if !demands.policies.contains(hash) => reasons.push(Refusal::Policy(hash.clone())),
        _ => {}
    }
    reasons.extend(uncovered(&verdict.engines, &demands.covers));
    reasons.extend(unseen(verdict, demands));
    reasons
}

fn age(judged: Timestamp, demands: &Demands) -> Option<Refusal> {
    let age = demands.now.duration_since(judged);
    if age > demands.max_age {
        let over = age.saturating_sub(demands.max_age);
        let by = match (over.as_secs() / 86_400, over.as_hours()) {
            (0, 0) => "less than an hour".to_owned(),
            (0, hours) => format!("{hours} h"),
            (days, _) => format!("{days} d"),
        };
        return Some(Refusal::Old { judged, by });
    }
    (age < -SKEW).then_some(Refusal::Future(judged))
}

/// What was not looked at at all: a gate passes easily where nothing is behind it.
fn uncovered(engines: &[Engine], wanted: &[String]) -> Vec<Refusal> {
    let refusal = |engine: &str, path: &String| Refusal::Coverage {
        engine: engine.to_owned(),
        path: if path.is_empty() { "the whole repository".to_owned() } else { path.clone() },
    };
    if engines.is_empty() {
        return wanted.iter().map(|path| refusal("any engine", path)).collect();
    }
    let uncovered = |engine: &Engine| {
        let coverage = Coverage { roots: engine.roots.clone(), ..Coverage::default() };
        let missed = wanted.iter().filter(move |path| !coverage.covers(path));
        missed.map(|path| refusal(&engine.name, path)).collect::<Vec<_>>()
    };
    engines.iter().flat_map(uncovered).collect()
}

/// What was left out of the folders and files that are asked for, or around them.
fn unseen(verdict: &Verdict, demands: &Demands) -> Vec<Refusal> {
    let wanted = |path: &&String| {
        let asked = |wanted: &String| is_below(path, wanted) || is_below(wanted, path);
        demands.covers.iter().any(asked) && !demands.except.is_match(path.as_str())
    };
    let missed =
        |paths: &[String]| -> Vec<String> { paths.iter().filter(wanted).cloned().collect() };
    let mut reasons = Vec::new();
    if verdict.engines.iter().all(|engine| engine.files == 0) {
        reasons.push(Refusal::Nothing);
    }
    let passed_over = missed(&verdict.inputs.passed_over);
    if !passed_over.is_empty() {
        reasons.push(Refusal::PassedOver(passed_over));
    }
    for Engine { name, except, .. } in &verdict.engines {
        let paths = missed(except);
        if !paths.is_empty() {
            reasons.push(Refusal::Unseen { engine: name.clone(), paths });
        }
    }
    reasons
}

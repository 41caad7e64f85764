//! Whether an artefact may be deployed: a pure function of envelopes, digest and demands. Nothing
//! of a payload is parsed before a trusted key is known to have signed it byte for byte.

use super::dsse::{IN_TOTO, Opened};
use super::keys::{KeyId, PublicKey};
use super::statement::{Subject, TYPE, VERDICT};
use crate::finding::Coverage;
use crate::policy::Decision;
use crate::report::untrusted::visible;
use crate::verdict::SCHEMA;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
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
    engines: Vec<Engine>,
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
    roots: Vec<String>,
}

/// Looks for an envelope that vouches for the file with this SHA-256 (lower-case hexadecimal) and
/// meets every demand; else says what is wrong with each, by the line on which it ends.
///
/// # Errors
/// A trusted key has signed something that cannot be read.
pub fn verify(
    envelopes: &[Opened],
    sha256: &str,
    demands: &Demands,
) -> Result<Result<Vouched, Vec<(usize, Refusal)>>, Unreadable> {
    let mut refusals = Vec::new();
    for envelope in envelopes {
        match one(envelope, sha256, demands)? {
            Ok(vouched) => return Ok(Ok(vouched)),
            Err(reasons) => refusals.extend(reasons.into_iter().map(|why| (envelope.line, why))),
        }
    }
    Ok(Err(refusals))
}

fn one(
    envelope: &Opened,
    sha256: &str,
    demands: &Demands,
) -> Result<Result<Vouched, Vec<Refusal>>, Unreadable> {
    let Some(key) = envelope.signed_by(&demands.keys) else {
        return Ok(Err(vec![unsigned(envelope, &demands.keys)]));
    };
    let unreadable = |why: String| Unreadable { line: envelope.line, why };
    if envelope.payload_type != IN_TOTO {
        return Ok(Err(vec![Refusal::Kind(envelope.payload_type.clone())]));
    }
    let statement: Statement =
        serde_json::from_slice(&envelope.payload).map_err(|error| unreadable(error.to_string()))?;
    for (found, wanted) in [(&statement.kind, TYPE), (&statement.predicate_type, VERDICT)] {
        if found != wanted {
            return Ok(Err(vec![Refusal::Kind(found.clone())]));
        }
    }
    let verdict: Verdict = serde_json::from_value(statement.predicate)
        .map_err(|error| unreadable(error.to_string()))?;
    if verdict.schema != SCHEMA {
        return Err(unreadable(format!(
            "its verdict is of the format {:?}, and this Lockgate reads {SCHEMA:?}",
            verdict.schema
        )));
    }
    let reasons = reasons(&statement.subject, &verdict, sha256, demands);
    if !reasons.is_empty() {
        return Ok(Err(reasons));
    }
    let Verdict { judged, repository, policy, base, .. } = verdict;
    let Repository { name, branch, commit } = repository;
    let key = key.clone();
    Ok(Ok(Vouched { key, judged, repository: name, branch, commit, base, policy: policy.hash }))
}

/// Tells a changed envelope from one of somebody else, as far as its hints can be believed.
fn unsigned(envelope: &Opened, trusted: &[PublicKey]) -> Refusal {
    let mut hints = envelope.signatures.iter().map(|(hint, _)| hint).filter(|h| !h.is_empty());
    let known = |hint: &&String| trusted.iter().any(|key| key.id().to_string() == **hint);
    match hints.clone().find(known) {
        Some(hint) => Refusal::Signature(hint.clone()),
        None => {
            let shown = |hint: &String| visible(hint).chars().take(80).collect();
            Refusal::UnknownKey(hints.by_ref().take(3).map(shown).collect())
        }
    }
}

/// All that is wrong with a signed verdict.
fn reasons(
    subjects: &[Subject],
    verdict: &Verdict,
    sha256: &str,
    demands: &Demands,
) -> Vec<Refusal> {
    let mut reasons = Vec::new();
    if !subjects.iter().any(|subject| subject.digest.sha256.eq_ignore_ascii_case(sha256)) {
        reasons.push(Refusal::Subject(sha256.to_owned()));
    }
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

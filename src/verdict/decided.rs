//! What became of each finding, and what the gate knew of it.

use crate::finding::{
    Confidence, Finding, Fingerprint, Live, NoFingerprint, Severity, Waiver, WaiverSource,
};
use crate::policy::{Blocking, Facts, Verdict};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// What became of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decided {
    pub fingerprint: Id,
    /// Other fingerprints that it went by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Id>,
    pub rule: String,
    /// The engine that found it, or the tool whose report it came from.
    pub engine: String,
    /// Relative to the repository root, `/`-separated.
    pub path: Arc<str>,
    /// From 1.
    pub line: u32,
    pub severity: Severity,
    pub confidence: Confidence,
    /// What the provider of a credential said of it; absent where it was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Live>,
    /// Whether the base does not have it.
    pub new: bool,
    /// When it was first seen, as far as that is known: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub first_seen: Option<Timestamp>,
    /// Why it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waived>,
    /// Who else saw it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witnesses: Vec<Witness>,
    pub action: Action,
    /// The rule of the policy that decided so; absent where none applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why the waiver does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub despite: Option<String>,
}

/// Someone else who saw a finding, as it would be alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Witness {
    pub fingerprint: Id,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Id>,
    pub rule: String,
    pub engine: String,
    pub severity: Severity,
    pub confidence: Confidence,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Live>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waived>,
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
#[serde(rename_all = "kebab-case")]
pub enum Action {
    Block,
    /// It only says that it would.
    WouldBlock,
    Warn,
    Ignore,
    /// No rule has decided on it.
    None,
}

/// A fingerprint as people see it: 32 hexadecimal digits.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Id(pub Fingerprint);

impl TryFrom<String> for Id {
    type Error = NoFingerprint;

    fn try_from(text: String) -> Result<Id, NoFingerprint> {
        text.parse().map(Id)
    }
}

impl From<Id> for String {
    fn from(id: Id) -> String {
        id.to_string()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What became of each of the findings that were judged, in their order.
pub fn decisions(findings: &[Finding], facts: &[Facts], verdict: &Verdict) -> Vec<Decided> {
    let mut decided: Vec<Decided> = findings
        .iter()
        .zip(facts)
        .map(|(finding, facts)| Decided::undecided(finding, facts))
        .collect();
    let lists = [
        (Action::Block, &verdict.blocking),
        (Action::WouldBlock, &verdict.would_block),
        (Action::Warn, &verdict.warnings),
        (Action::Ignore, &verdict.ignored),
    ];
    for (action, taken) in lists {
        for Blocking { finding, rule, despite } in taken {
            let decided = &mut decided[*finding];
            decided.action = action;
            decided.by = Some(rule.clone());
            decided.despite = despite.clone();
        }
    }
    decided
}

impl Decided {
    fn undecided(finding: &Finding, facts: &Facts) -> Decided {
        Decided {
            fingerprint: Id(finding.fingerprint),
            also: finding.also.iter().copied().map(Id).collect(),
            rule: finding.rule.to_string(),
            engine: finding.engine.to_string(),
            path: finding.location.path.clone(),
            line: finding.location.span.start_line,
            severity: finding.severity,
            confidence: finding.confidence,
            live: finding.live,
            new: facts.new,
            first_seen: facts.first_seen.and_then(|at| Timestamp::from_second(at).ok()),
            waiver: finding.waiver.as_deref().map(Waived::of),
            witnesses: finding.witnesses.iter().map(Witness::of).collect(),
            action: Action::None,
            by: None,
            despite: None,
        }
    }
}

impl Witness {
    fn of(finding: &Finding) -> Witness {
        Witness {
            fingerprint: Id(finding.fingerprint),
            also: finding.also.iter().copied().map(Id).collect(),
            rule: finding.rule.to_string(),
            engine: finding.engine.to_string(),
            severity: finding.severity,
            confidence: finding.confidence,
            live: finding.live,
            waiver: finding.waiver.as_deref().map(Waived::of),
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

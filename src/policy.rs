//! The gate: a pure function of findings, policy and base.

use crate::finding::{
    Confidence, EngineRun, Finding, Fingerprint, Notification, Outcome, Severity, Trouble,
};
use globset::GlobBuilder;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

/// `[gate]` of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Findings of this severity or worse block; `none` blocks nothing. Default: high.
    pub fail_on: Option<Threshold>,
    /// Findings less sure than this do not block. Default: medium.
    pub min_confidence: Option<Confidence>,
    /// Whether only findings that the comparison base does not have block. Default: false.
    pub new_only: Option<bool>,
    /// What a file that does not parse or decode, or cannot be read, means. Default: ignore.
    pub unparsed: Option<Unparsed>,
    /// Other values for branches whose name matches a glob, such as `feature/**`. The longest
    /// glob that matches counts; `*` stops at a slash, `**` does not.
    pub branches: BTreeMap<String, BranchSettings>,
}

/// `[gate.branches."GLOB"]` of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BranchSettings {
    pub fail_on: Option<Threshold>,
    pub min_confidence: Option<Confidence>,
    pub new_only: Option<bool>,
    pub unparsed: Option<Unparsed>,
}

/// From which severity on findings block.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Threshold {
    None,
    Critical,
    High,
    Medium,
    Low,
    Info,
}

impl Threshold {
    fn reached_by(self, severity: Severity) -> bool {
        match self {
            Threshold::None => false,
            Threshold::Critical => severity >= Severity::Critical,
            Threshold::High => severity >= Severity::High,
            Threshold::Medium => severity >= Severity::Medium,
            Threshold::Low => severity >= Severity::Low,
            Threshold::Info => severity >= Severity::Info,
        }
    }
}

/// What a file that could not be looked at means for the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unparsed {
    /// A notification, no more.
    Ignore,
    /// The scan is incomplete.
    Incomplete,
}

/// The settings that hold for one scan, and where they come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub fail_on: Threshold,
    pub min_confidence: Confidence,
    pub new_only: bool,
    pub unparsed: Unparsed,
    /// The section of the configuration that says `fail_on`, for people.
    pub source: String,
}

impl Settings {
    /// What the command line says wins, on every branch.
    pub fn overrule(&mut self, fail_on: Option<Threshold>, new_only: bool) {
        let new_only = new_only.then_some(true);
        self.fail_on = fail_on.or(self.fail_on);
        self.new_only = new_only.or(self.new_only);
        for branch in self.branches.values_mut() {
            branch.fail_on = fail_on.or(branch.fail_on);
            branch.new_only = new_only.or(branch.new_only);
        }
    }

    /// What holds on a branch.
    ///
    /// # Errors
    /// A glob that is none.
    pub fn policy(&self, branch: Option<&str>) -> Result<Policy, globset::Error> {
        let mut chosen: Option<(&String, &BranchSettings)> = None;
        for (glob, settings) in &self.branches {
            let pattern = GlobBuilder::new(glob).literal_separator(true).build()?;
            let matches = pattern.compile_matcher().is_match(branch.unwrap_or_default());
            if matches && chosen.is_none_or(|(longest, _)| glob.len() > longest.len()) {
                chosen = Some((glob, settings));
            }
        }
        let none = BranchSettings::default();
        let own = chosen.map_or(&none, |(_, settings)| settings);
        let source = match chosen {
            Some((glob, own)) if own.fail_on.is_some() => format!("[gate.branches.\"{glob}\"]"),
            _ => "[gate]".to_owned(),
        };
        Ok(Policy {
            fail_on: own.fail_on.or(self.fail_on).unwrap_or(Threshold::High),
            min_confidence: own
                .min_confidence
                .or(self.min_confidence)
                .unwrap_or(Confidence::Medium),
            new_only: own.new_only.or(self.new_only).unwrap_or(false),
            unparsed: own.unparsed.or(self.unparsed).unwrap_or(Unparsed::Ignore),
            source,
        })
    }
}

/// What "new" is measured against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// What it is, for people: `the scan of main at 1a2b3c4`.
    pub name: String,
    /// Every fingerprint that it has.
    pub fingerprints: HashSet<Fingerprint>,
}

impl Base {
    /// Whether the base has the finding, by whichever of its fingerprints.
    pub fn has(&self, finding: &Finding) -> bool {
        finding.fingerprints().any(|fingerprint| self.fingerprints.contains(&fingerprint))
    }
}

/// What the gate decided. All that holds is said; `outcome` is the first in the order of the
/// exit codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub outcome: Decision,
    /// The findings that block, as indices, and why each does.
    pub blocking: Vec<Blocking>,
    /// Why the scan is incomplete; empty when it is not.
    pub incomplete: Vec<String>,
    pub policy: Policy,
    /// What the findings were compared with; none: everything counted as new.
    pub base: Option<String>,
}

/// The outcome of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    Passed,
    Blocked,
    Incomplete,
}

/// A finding that blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocking {
    /// Its index in the judged findings.
    pub finding: usize,
    /// The rule of the policy that blocked it, as it stands in the configuration.
    pub rule: String,
}

/// Judges.
pub fn judge(
    findings: &[Finding],
    runs: &[EngineRun],
    notifications: &[Notification],
    base: Option<&Base>,
    policy: Policy,
) -> Verdict {
    let blocks = |finding: &Finding| {
        finding.waiver.is_none()
            && policy.fail_on.reached_by(finding.severity)
            && finding.confidence >= policy.min_confidence
            && !(policy.new_only && base.is_some_and(|base| base.has(finding)))
    };
    let rule = policy.rule();
    let blocking: Vec<Blocking> = findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| blocks(finding))
        .map(|(finding, _)| Blocking { finding, rule: rule.clone() })
        .collect();
    let incomplete = incomplete(runs, notifications, &policy);
    let outcome = match (blocking.is_empty(), incomplete.is_empty()) {
        (false, _) => Decision::Blocked,
        (true, false) => Decision::Incomplete,
        (true, true) => Decision::Passed,
    };
    Verdict { outcome, blocking, incomplete, policy, base: base.map(|base| base.name.clone()) }
}

impl Policy {
    /// What blocks, in one line, as the configuration writes it.
    pub fn rule(&self) -> String {
        let mut rule = format!("{} fail_on = {}", self.source, name(&self.fail_on));
        if self.min_confidence > Confidence::Low {
            rule += &format!(", min_confidence = {}", name(&self.min_confidence));
        }
        if self.new_only {
            rule += ", new_only = true";
        }
        rule
    }
}

/// A value as the configuration writes it.
fn name(value: &impl Serialize) -> String {
    toml::Value::try_from(value).map_or_else(|_| String::new(), |value| value.to_string())
}

fn incomplete(runs: &[EngineRun], notifications: &[Notification], policy: &Policy) -> Vec<String> {
    let engines = runs.iter().filter_map(|run| match &run.outcome {
        Outcome::Complete => None,
        Outcome::Incomplete(why) => Some(format!("{}: {why}", run.engine)),
    });
    let unparsed = |n: &&Notification| {
        policy.unparsed == Unparsed::Incomplete && n.trouble != Trouble::LinkNotFollowed
    };
    let files =
        runs.iter().flat_map(|run| &run.notifications).chain(notifications).filter(unparsed);
    engines
        .chain(
            files.map(|n| format!("{} {} ([gate] unparsed = \"incomplete\")", n.path, n.message)),
        )
        .collect()
}

//! The policy of one scan: every key decided, nothing to look up.

use super::{Action, Comments, Profile, Rule, Settings, Sla, Threshold, Unparsed};
use crate::finding::Confidence;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What holds for one scan, and where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What it was started from.
    pub profile: Profile,
    /// From which severity on findings block that no rule has decided on; `none` blocks nothing
    /// at all; absent where only the rules block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_on: Option<Threshold>,
    /// From which severity on those are warned about that do not block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warn_on: Option<Threshold>,
    /// The least confidence that `fail_on` looks at.
    pub min_confidence: Confidence,
    /// Whether `fail_on` and `warn_on` leave out what the base has.
    pub new_only: bool,
    pub unparsed: Unparsed,
    /// Engines and tools without which a scan is incomplete.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<String>,
    /// Older advisory data makes a scan of packages incomplete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_advisory_age_days: Option<u32>,
    /// In how many days a finding is to be mended.
    #[serde(default, skip_serializing_if = "Sla::is_empty")]
    pub sla_days: Sla,
    /// Whether what would block is only said.
    #[serde(default)]
    pub observe: bool,
    /// The first day, YYYY-MM-DD in UTC, on which something blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub starts: Option<Date>,
    /// Which waivers by a comment count.
    #[serde(default, skip_serializing_if = "Comments::is_empty")]
    pub comments: Comments,
    /// The rules, in the order in which they are asked, before `fail_on` and `warn_on`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<Clause>,
    /// What says `warn_on`, as it stands in the configuration.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub warned_by: String,
    /// The section of the configuration that says `fail_on`, for people.
    pub source: String,
    /// The profile that says `fail_on`; absent where the configuration does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Profile>,
}

/// A rule, and what reports call it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Where it stands: `[[gate.rules]] "known-exploited" (new-code)`.
    pub label: String,
    pub rule: Rule,
}

/// What the command line says, which wins over every section.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flags {
    pub fail_on: Option<Threshold>,
    pub new_only: Option<bool>,
    /// Whether what would block is only said.
    pub dry_run: bool,
}

impl Policy {
    /// The same, with what the command line says.
    pub fn with(mut self, flags: Flags) -> Policy {
        if flags.fail_on.is_some() {
            self.fail_on = flags.fail_on;
            self.source = "the command line:".to_owned();
            self.origin = None;
        }
        self.new_only = flags.new_only.unwrap_or(self.new_only);
        if flags.dry_run {
            self.observe = true;
            self.starts = None;
        }
        self
    }

    /// What `fail_on` says, in one line, as the configuration writes it.
    pub fn rule(&self) -> String {
        let Some(fail_on) = self.fail_on else {
            return format!("[gate] profile = \"{}\"", self.profile.name());
        };
        let mut rule = format!("{} fail_on = {}", self.source, written(&fail_on));
        if self.min_confidence > Confidence::Low {
            rule += &format!(", min_confidence = {}", written(&self.min_confidence));
        }
        if self.new_only {
            rule += ", new_only = true";
        }
        if let Some(profile) = self.origin {
            rule += &format!(" ({})", profile.name());
        }
        rule
    }

    /// All that may block, in one line: what `fail_on` says, and how many rules there are.
    pub fn summary(&self) -> String {
        let rules = self.clauses.iter().filter(|clause| clause.rule.action == Action::Block);
        match rules.count() {
            0 => self.rule(),
            1 => format!("{}, or by a rule beside it", self.rule()),
            more => format!("{}, or by {more} rules beside it", self.rule()),
        }
    }

    /// Whether nothing blocks, so that a scan becomes the base whatever it finds.
    pub fn blocks_nothing(&self) -> bool {
        self.fail_on == Some(Threshold::None)
    }

    /// Whether there is anything by which a finding can block.
    pub fn can_block(&self) -> bool {
        let blocks = |clause: &Clause| clause.rule.action == Action::Block;
        !self.blocks_nothing() && self.everything().iter().any(blocks)
    }

    /// Whether a rule asks, or may ask, when a finding was first seen.
    pub fn asks_age(&self) -> bool {
        self.clauses
            .iter()
            .map(|clause| &clause.rule)
            .any(|rule| rule.age_days.is_some() || rule.overdue.is_some() || rule.expr.is_some())
    }

    /// Whether what would block on a day is only said.
    pub fn observes(&self, today: Date) -> bool {
        self.starts.map_or(self.observe, |starts| today < starts)
    }

    /// Hexadecimal, over what decides and not what it is called: two policies decide alike where
    /// they have the same hash, wherever each of them was written down.
    pub fn hash(&self) -> String {
        #[derive(Serialize)]
        struct Deciding<'a> {
            blocks_nothing: bool,
            rules: Vec<Rule>,
            unparsed: Unparsed,
            require: BTreeSet<&'a str>,
            max_advisory_age_days: Option<u32>,
            sla_days: Option<Sla>,
            /// Where it is none, `observe` is asked.
            starts: Option<Date>,
            observe: bool,
            comments: &'a Comments,
        }
        let nameless = |clause: Clause| Rule { name: String::new(), ..clause.rule };
        let rules: Vec<Rule> = self.everything().into_iter().map(nameless).collect();
        let deadlines = rules.iter().any(|rule| rule.overdue.is_some());
        let canonical = serde_json::to_vec(&Deciding {
            blocks_nothing: self.blocks_nothing(),
            rules,
            unparsed: self.unparsed,
            require: self.require.iter().map(String::as_str).collect(),
            max_advisory_age_days: self.max_advisory_age_days,
            sla_days: deadlines.then_some(self.sla_days),
            starts: self.starts,
            observe: self.starts.is_none() && self.observe,
            comments: &self.comments,
        });
        blake3::hash(&canonical.unwrap_or_default()).to_hex().to_string()
    }

    /// Everything that decides, in order: the rules, then `fail_on`, then `warn_on`.
    pub fn everything(&self) -> Vec<Clause> {
        let new = self.new_only.then_some(true);
        let block = self.fail_on.and_then(Threshold::severity).map(|severity| Clause {
            label: self.rule(),
            rule: Rule {
                severity: Some(severity),
                confidence: Some(self.min_confidence),
                new,
                ..Rule::new("fail_on", Action::Block)
            },
        });
        let warn = self.warn_on.and_then(Threshold::severity).map(|severity| Clause {
            label: self.warned_by.clone(),
            rule: Rule { severity: Some(severity), new, ..Rule::new("warn_on", Action::Warn) },
        });
        self.clauses.iter().cloned().chain(block).chain(warn).collect()
    }

    /// The policy as `[gate]` of a configuration that needs no profile.
    pub fn to_toml(&self) -> String {
        let settings = Settings {
            profile: Some(Profile::None),
            fail_on: self.fail_on,
            warn_on: self.warn_on,
            min_confidence: Some(self.min_confidence),
            new_only: Some(self.new_only),
            unparsed: Some(self.unparsed),
            require: (!self.require.is_empty()).then(|| self.require.clone()),
            max_advisory_age_days: self.max_advisory_age_days,
            sla_days: self.sla_days,
            observe: self.observe.then_some(true),
            starts: self.starts,
            comments: self.comments.clone(),
            ..Settings::default()
        };
        let text = |value: Result<String, toml::ser::Error>| value.unwrap_or_default();
        let sections = text(toml::to_string(&settings)).replace("\n[", "\n[gate.");
        let mut file = format!("[gate]\n{sections}");
        for clause in &self.clauses {
            let rule = text(toml::to_string(&clause.rule));
            file += &format!("\n# {}\n[[gate.rules]]\n{rule}", clause.label);
        }
        file
    }
}

/// A value as the configuration writes it.
pub fn written(value: &impl Serialize) -> String {
    toml::Value::try_from(value).map_or_else(|_| String::new(), |value| value.to_string())
}

/// A word of a scale.
pub fn word(value: &impl Serialize) -> String {
    written(value).trim_matches('"').to_owned()
}

//! `[gate]` of the configuration, and how its sections become the one policy of a scan.
//!
//! A section is asked before the one around it, and events before branches: the name of a branch
//! is chosen by whoever wants its changes in, the event is not.

use super::resolved::written;
use super::rule::{Rule, glob, no_secret};
use super::{Clause, Event, Policy, PolicyError, Profile, Threshold, Unparsed};
use crate::finding::{Confidence, Severity, written_day};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// What blocks: `[gate]`, and in the same words `[gate.branches."GLOB"]` and
/// `[gate.events.EVENT]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What to start from; everything else here overrules it. Default: new-code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// Findings of this severity or worse block, where no rule has decided on them; `none` blocks
    /// nothing at all, whatever the rules say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_on: Option<Threshold>,
    /// Findings of this severity or worse that do not block are warned about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warn_on: Option<Threshold>,
    /// `fail_on` leaves out findings less sure than this. Default: medium.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_confidence: Option<Confidence>,
    /// Whether `fail_on` and `warn_on` leave out what the comparison base has. A rule says it
    /// for itself, by `new`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_only: Option<bool>,
    /// What a file that does not parse or decode, or cannot be read, means. Default: ignore.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unparsed: Option<Unparsed>,
    /// Engines and tools without which a scan is incomplete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require: Option<Vec<String>>,
    /// Where packages were looked at: a scan whose advisory data is older is incomplete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_advisory_age_days: Option<u32>,
    /// In how many days a finding is to be mended, by severity, for rules that say `overdue`.
    #[serde(skip_serializing_if = "Sla::is_empty")]
    pub sla_days: Sla,
    /// Whether what would block is only said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observe: Option<bool>,
    /// The first day on which something blocks: YYYY-MM-DD, UTC. Until then the gate observes.
    #[serde(deserialize_with = "day", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub starts: Option<Date>,
    /// Which waivers by a comment in the source count.
    #[serde(skip_serializing_if = "Comments::is_empty")]
    pub comments: Comments,
    /// Own rules, asked in this order before those of the profile.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// Other values for branches whose name matches a glob, such as `feature/**`. The name
    /// itself counts before any glob, and a longer glob before a shorter one; `*` stops at a slash, `**` does not.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub branches: BTreeMap<String, Settings>,
    /// Other values for what made the pipeline run.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<Event, Settings>,
}

/// Days by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sla {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub critical: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<u32>,
}

impl Sla {
    /// The days for a severity; none where there is no bound.
    pub fn days(&self, severity: Severity) -> Option<u32> {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::Info | Severity::Unknown => None,
        }
    }

    /// Whether it bounds nothing.
    pub fn is_empty(&self) -> bool {
        *self == Sla::default()
    }

    fn or(self, other: Sla) -> Sla {
        Sla {
            critical: self.critical.or(other.critical),
            high: self.high.or(other.high),
            medium: self.medium.or(other.medium),
            low: self.low.or(other.low),
        }
    }
}

/// Which waivers by a comment in the source count; one that does not leaves its finding open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Comments {
    /// None for findings that one of these engines or tools saw; globs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forbid: Option<Vec<String>>,
    /// Of so many findings at most; those that the base has come first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// Whether one counts for a finding that the base does not have. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count_new: Option<bool>,
}

impl Comments {
    /// Whether all count.
    pub fn is_empty(&self) -> bool {
        *self == Comments::default()
    }

    fn or(self, other: &Comments) -> Comments {
        Comments {
            forbid: self.forbid.or_else(|| other.forbid.clone()),
            max: self.max.or(other.max),
            count_new: self.count_new.or(other.count_new),
        }
    }
}

/// A day, as TOML or as JSON writes it.
fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    let text = match toml::Value::deserialize(from)? {
        toml::Value::Datetime(date) => date.to_string(),
        toml::Value::String(text) => text,
        other => other.to_string(),
    };
    written_day(&text).map(Some).map_err(serde::de::Error::custom)
}

/// What a scan of one kind would be judged by.
pub struct Stage {
    /// `pull-request`, `branch feature/**`.
    pub name: String,
    pub policy: Result<Policy, PolicyError>,
}

/// How the section of a branch is chosen.
#[derive(Clone, Copy)]
enum Branch<'a> {
    /// By the glob that matches a name; the empty one stands for no branch.
    Name(&'a str),
    /// By the glob itself.
    Glob(&'a str),
}

/// One section that has a say, or a profile.
struct Layer<'a> {
    /// Where it stands, as a key path: `gate.branches."main"`.
    section: String,
    /// The profile that it comes from; none for the configuration.
    profile: Option<Profile>,
    settings: &'a Settings,
}

impl Layer<'_> {
    /// ` (strict)` behind what comes from a profile.
    fn origin(&self) -> String {
        self.profile.map(|profile| format!(" ({})", profile.name())).unwrap_or_default()
    }

    fn label(&self, rule: &Rule) -> String {
        format!("[[{}.rules]] \"{}\"{}", self.section, rule.name, self.origin())
    }
}

impl Settings {
    /// The one policy that holds on a branch for what made the pipeline run.
    ///
    /// # Errors
    /// A glob or an expression that is none, a number out of its range, a profile that needs
    /// another key.
    pub fn policy(&self, branch: Option<&str>, event: Event) -> Result<Policy, PolicyError> {
        self.check_section("gate".to_owned())?;
        self.resolve(Branch::Name(branch.unwrap_or_default()), event)
    }

    fn resolve(&self, branch: Branch, event: Event) -> Result<Policy, PolicyError> {
        let mut layers = Vec::new();
        self.layers("gate".to_owned(), branch, event, &mut layers)?;
        layers.reverse();
        let named = layers.iter().find_map(|layer| layer.settings.profile);
        let profile = named.unwrap_or(Profile::NewCode);
        let mut next = profile;
        while next != Profile::None {
            let settings = next.settings();
            layers.push(Layer { section: "gate".to_owned(), profile: Some(next), settings });
            next = settings.profile.unwrap_or(Profile::None);
        }
        resolved(profile, &layers)
    }

    /// Whether every section makes sense, whichever a scan would take.
    ///
    /// # Errors
    /// Those of `policy`.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.check_section("gate".to_owned())?;
        self.stages().into_iter().try_for_each(|stage| stage.policy.map(drop))
    }

    /// The policy of every stage that the configuration tells apart: each event, then each glob of
    /// branches.
    pub fn stages(&self) -> Vec<Stage> {
        let events = Event::ALL.into_iter().map(|event| Stage {
            name: event.to_string(),
            policy: self.resolve(Branch::Name(""), event),
        });
        let branches = self.branches.keys().map(|glob| Stage {
            name: format!("branch {glob}"),
            policy: self.resolve(Branch::Glob(glob), Event::Push),
        });
        events.chain(branches).collect()
    }

    fn check_section(&self, section: String) -> Result<(), PolicyError> {
        for text in self.comments.forbid.iter().flatten() {
            let label = format!("[{section}.comments]");
            let checked = glob(text, false).map(drop).and_then(|()| no_secret(text));
            checked.map_err(|why| PolicyError::Rule { label, why })?;
        }
        for text in self.require.iter().flatten() {
            let why = |why| PolicyError::Rule { label: format!("[{section}] require"), why };
            no_secret(text).map_err(why)?;
        }
        check_rules(&Layer { section: section.clone(), profile: None, settings: self })?;
        for (text, branch) in &self.branches {
            let section = format!("{section}.branches.\"{text}\"");
            glob(text, false)
                .map(drop)
                .and_then(|()| no_secret(text))
                .map_err(|why| PolicyError::Branch { section: section.clone(), why })?;
            branch.check_section(section)?;
        }
        self.events.iter().try_for_each(|(event, settings)| {
            settings.check_section(format!("{section}.events.{event}"))
        })
    }

    /// The sections that have a say, the least specific first.
    fn layers<'a>(
        &'a self,
        section: String,
        branch: Branch,
        event: Event,
        layers: &mut Vec<Layer<'a>>,
    ) -> Result<(), PolicyError> {
        layers.push(Layer { section: section.clone(), profile: None, settings: self });
        // What is longer says more, and the name itself says all.
        let mut chosen: Option<((bool, usize), &str, &Settings)> = None;
        for (text, settings) in &self.branches {
            let section = || format!("{section}.branches.\"{text}\"");
            let glob =
                glob(text, false).map_err(|why| PolicyError::Branch { section: section(), why })?;
            let (Branch::Name(name) | Branch::Glob(name)) = branch;
            let matches = match branch {
                Branch::Name(name) => text == name || glob.compile_matcher().is_match(name),
                Branch::Glob(wanted) => text == wanted,
            };
            let weight = (text == name, text.len());
            if matches && chosen.is_none_or(|(best, ..)| weight > best) {
                chosen = Some((weight, text, settings));
            }
        }
        if let Some((_, text, settings)) = chosen {
            settings.layers(format!("{section}.branches.\"{text}\""), branch, event, layers)?;
        }
        match self.events.get(&event) {
            Some(own) => own.layers(format!("{section}.events.{event}"), branch, event, layers),
            None => Ok(()),
        }
    }
}

fn check_rules(layer: &Layer) -> Result<(), PolicyError> {
    layer.settings.rules.iter().try_for_each(|rule| rule.check(&layer.label(rule)))
}

/// One policy of many layers, the most specific first.
fn resolved(profile: Profile, layers: &[Layer]) -> Result<Policy, PolicyError> {
    fn first<T>(layers: &[Layer], of: impl Fn(&Settings) -> Option<T>) -> Option<T> {
        layers.iter().find_map(|layer| of(layer.settings))
    }
    let starts = first(layers, |s| s.starts);
    let observing = layers.iter().find(|layer| layer.settings.observe.is_some());
    let observe = observing.is_some_and(|layer| layer.settings.observe == Some(true));
    if let Some(Layer { profile: Some(profile), .. }) = observing
        && observe
        && starts.is_none()
    {
        return Err(PolicyError::NoStart { profile: profile.name() });
    }
    let severe = layers.iter().find(|layer| layer.settings.fail_on.is_some());
    let warned = layers.iter().find_map(|layer| layer.settings.warn_on.map(|least| (layer, least)));
    let rules = layers.iter().flat_map(|layer| {
        layer
            .settings
            .rules
            .iter()
            .map(|rule| Clause { label: layer.label(rule), rule: rule.clone() })
    });
    Ok(Policy {
        profile,
        fail_on: first(layers, |s| s.fail_on),
        warn_on: first(layers, |s| s.warn_on),
        min_confidence: first(layers, |s| s.min_confidence).unwrap_or(Confidence::Medium),
        new_only: first(layers, |s| s.new_only).unwrap_or(false),
        unparsed: first(layers, |s| s.unparsed).unwrap_or(Unparsed::Ignore),
        require: first(layers, |s| s.require.clone()).unwrap_or_default(),
        max_advisory_age_days: first(layers, |s| s.max_advisory_age_days),
        sla_days: layers.iter().fold(Sla::default(), |sla, layer| sla.or(layer.settings.sla_days)),
        observe,
        starts,
        comments: layers
            .iter()
            .fold(Comments::default(), |sum, layer| sum.or(&layer.settings.comments)),
        clauses: rules.collect(),
        warned_by: warned.map_or_else(String::new, |(layer, least)| {
            format!("[{}] warn_on = {}{}", layer.section, written(&least), layer.origin())
        }),
        source: severe.map_or_else(|| "[gate]".to_owned(), |layer| format!("[{}]", layer.section)),
        origin: severe.and_then(|layer| layer.profile),
    })
}

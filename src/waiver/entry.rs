//! One entry of `waivers.toml`: what it is for, and how it is written.

use super::pattern::{names_advisories, names_rules};
use super::{DEFAULT_DAYS, MOST_DAYS};
use crate::engine::masked;
use crate::finding::{Fingerprint, written_day};
use jiff::ToSpan;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// The most fingerprints of one entry, and bytes of each of its texts.
const MOST_FINGERPRINTS: usize = 10_000;
const LONGEST: usize = 4096;

/// `[[waiver]]`: findings that do not count, why, who answers for it and until when.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The fingerprint of a finding, or a list of them. What scopes below are given as well must
    /// be true of the finding too.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "fingerprints",
        serialize_with = "hexadecimal"
    )]
    #[schemars(with = "OneOrMany")]
    pub fingerprint: Vec<Fingerprint>,
    /// A rule: its id, an alias, its name, or a pattern of one of these such as `aws-s3-*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// A glob of paths, relative to the repository's root; a folder stands for all that is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// An engine, or the tool whose report was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// A package at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// An advisory, by any of its ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advisory: Option<String>,
    /// Why it does not count.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The day on which it was decided.
    #[serde(deserialize_with = "day")]
    #[schemars(with = "String")]
    pub created: Date,
    /// The last day on which it holds: 90 days after `created` where it is not given, and at most
    /// 365.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "maybe_day")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Date>,
    /// The tool whose ignore file it was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// That file and the place in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// How fingerprints are written.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

fn fingerprints<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Fingerprint>, D::Error> {
    let texts = match OneOrMany::deserialize(input) {
        Ok(OneOrMany::One(text)) => vec![text],
        Ok(OneOrMany::Many(texts)) if (1..=MOST_FINGERPRINTS).contains(&texts.len()) => texts,
        Ok(OneOrMany::Many(_)) => {
            let why = format!("a list of fingerprints holds 1 to {MOST_FINGERPRINTS} of them");
            return Err(D::Error::custom(why));
        }
        Err(_) => {
            return Err(D::Error::custom("a fingerprint is a text of 32 hexadecimal digits"));
        }
    };
    texts.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
}

fn hexadecimal<S: Serializer>(prints: &[Fingerprint], output: S) -> Result<S::Ok, S::Error> {
    output.collect_seq(prints.iter().map(ToString::to_string))
}

/// A date of TOML, with or without quotes.
fn day<'de, D: Deserializer<'de>>(input: D) -> Result<Date, D::Error> {
    let text = match toml::Value::deserialize(input)? {
        toml::Value::Datetime(date) => date.to_string(),
        toml::Value::String(text) => text,
        _ => String::new(),
    };
    written_day(&text).map_err(D::Error::custom)
}

fn maybe_day<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Date>, D::Error> {
    day(input).map(Some)
}

impl Entry {
    /// The same as it may be shown and written down: whoever wrote it may have quoted what it is
    /// about. What it is for is told by what stands in the file.
    pub fn without_secrets(mut self) -> Entry {
        let scopes = [
            &mut self.rule,
            &mut self.path,
            &mut self.engine,
            &mut self.package,
            &mut self.advisory,
            &mut self.tool,
            &mut self.source,
        ];
        let texts = [&mut self.reason, &mut self.owner];
        for text in scopes.into_iter().flatten().chain(texts) {
            *text = masked(text);
        }
        self
    }

    /// The last day on which it holds.
    pub fn last_day(&self) -> Date {
        self.until.unwrap_or_else(|| days_after(self.created, DEFAULT_DAYS))
    }

    /// What its single values do not show: why it cannot stand.
    pub(super) fn fault(&self) -> Option<String> {
        let texts = [&self.rule, &self.path, &self.engine, &self.package, &self.advisory];
        let mut texts = texts.into_iter().flatten().chain([&self.reason, &self.owner]);
        if texts.clone().any(|text| text.len() > LONGEST) {
            return Some(format!("a value is longer than {LONGEST} bytes"));
        }
        if texts.any(|text| text.trim().is_empty()) {
            return Some("`reason`, `owner` and what it is for must not be empty".into());
        }
        let names_what = self.rule.is_some() || self.package.is_some() || self.advisory.is_some();
        if self.fingerprint.is_empty() && !names_what {
            return Some(match self.path {
                Some(_) => {
                    "a path alone would waive whatever anyone adds there, secrets included; \
                            name a rule too, or exclude the path under [scan] in lockgate.toml"
                        .into()
                }
                None => "says not what it is for: give it a fingerprint, a rule, a package or an \
                         advisory"
                    .into(),
            });
        }
        if let Some((key, value)) = self.says_hardly_anything() {
            return Some(format!(
                "`{key} = \"{value}\"` names hardly anything and would waive almost everything; \
                 say more of it"
            ));
        }
        if self.package.as_deref().is_some_and(|package| package.contains('*')) {
            return Some("a package goes by its name, not by a pattern".into());
        }
        if self.last_day() < self.created {
            return Some(format!("`until` is before `created` ({})", self.created));
        }
        let most = days_after(self.created, MOST_DAYS);
        (self.last_day() > most).then(|| {
            format!("holds for more than {MOST_DAYS} days; the last day it may name is {most}")
        })
    }

    /// The first pattern that is next to none, where no fingerprint narrows it.
    fn says_hardly_anything(&self) -> Option<(&'static str, &str)> {
        let rule = self.rule.as_deref().filter(|rule| !names_rules(rule));
        let advisory = self.advisory.as_deref().filter(|advisory| !names_advisories(advisory));
        let found = rule.map(|rule| ("rule", rule)).or(advisory.map(|one| ("advisory", one)));
        found.filter(|_| self.fingerprint.is_empty())
    }

    /// All that says what it is for: equal for entries that are for the same.
    pub fn scope(&self) -> String {
        let (fingerprint, rule, path) =
            (self.fingerprint.clone(), self.rule.clone(), self.path.clone());
        let (engine, package, advisory) =
            (self.engine.clone(), self.package.clone(), self.advisory.clone());
        Entry { fingerprint, rule, path, engine, package, advisory, ..Entry::default() }.to_toml()
    }

    /// The entry as it is written in the file.
    pub fn to_toml(&self) -> String {
        let mut text = String::from("[[waiver]]\n");
        let mut line = |key: &str, value: String| text += &format!("{key} = {value}\n");
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        match &self.fingerprint[..] {
            [] => {}
            [one] => line("fingerprint", quoted(&one.to_string())),
            many => {
                let list: String = many.iter().map(|one| format!("    \"{one}\",\n")).collect();
                line("fingerprint", format!("[\n{list}]"));
            }
        }
        let scopes = [
            ("rule", &self.rule),
            ("path", &self.path),
            ("engine", &self.engine),
            ("package", &self.package),
            ("advisory", &self.advisory),
        ];
        for (key, value) in scopes {
            value.iter().for_each(|value| line(key, quoted(value)));
        }
        line("reason", quoted(&self.reason));
        line("owner", quoted(&self.owner));
        line("created", self.created.to_string());
        self.until.iter().for_each(|day| line("until", day.to_string()));
        self.tool.iter().for_each(|tool| line("tool", quoted(tool)));
        self.source.iter().for_each(|source| line("source", quoted(source)));
        text
    }
}

/// What it is for, in a few words and without secrets.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut parts = Vec::new();
        match &self.fingerprint[..] {
            [] => {}
            [one] => parts.push(one.to_string()),
            [first, rest @ ..] => parts.push(format!("{first} and {} more", rest.len())),
        }
        parts.extend(self.rule.clone());
        parts.extend(self.advisory.clone());
        parts.extend(self.package.as_ref().map(|package| format!("package {package}")));
        parts.extend(self.path.as_ref().map(|path| format!("in {path}")));
        parts.extend(self.engine.as_ref().map(|engine| format!("of {engine}")));
        f.write_str(&masked(&parts.join(" ")))
    }
}

/// The calendar ends in the year 9999.
pub(super) fn days_after(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

//! One rule of a policy, as the configuration writes it.

use super::expression::Expression;
use super::{Action, Dependency, Fix, Kev, PolicyError};
use crate::engine::masked;
use crate::finding::{Confidence, Live, Severity};
use globset::{Glob, GlobBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[[gate.rules]]`: what happens to findings of which all the conditions hold. The first rule
/// that takes a finding decides on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What reports call it.
    pub name: String,
    /// What happens to the findings.
    pub action: Action,
    /// They are at least this severe; `unknown` stands for those whose tool did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// They are at least this sure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// Whether the comparison base does not have them. Without this key both match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<bool>,
    /// One of these engines or tools saw them; globs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub engine: Vec<String>,
    /// They are of one of these rules; globs over ids, aliases and names, in any case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rule: Vec<String>,
    /// Their rule names one of these numbers of the Common Weakness Enumeration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cwe: Vec<u16>,
    /// They are in one of these files; globs relative to the root, `*` stops at a slash, and a
    /// folder stands for all that is in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// They were first seen at least so many days ago.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_days: Option<u32>,
    /// Whether they are open for longer than `sla_days` allows for their severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue: Option<bool>,
    /// They concern a package, and a release fixes it, or none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// They concern a package that the manifest asks for, or one that came with another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dependency: Option<Dependency>,
    /// They are in the catalogue of known exploited vulnerabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kev: Option<Kev>,
    /// The probability, 0 to 1, that they are exploited within 30 days is at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epss: Option<f64>,
    /// Their CVSS base score, 0 to 10, is at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cvss: Option<f64>,
    /// They concern a credential, and its provider was asked and says this of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Live>,
    /// The rule is as if it were not there unless it takes more than so many findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more_than: Option<u32>,
    /// Whether a waiver that counts holds for them. Without this key: none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<bool>,
    /// A condition in CEL over `finding`, for what the other keys cannot say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
}

impl Rule {
    /// A rule without conditions.
    pub fn new(name: &str, action: Action) -> Rule {
        Rule {
            name: name.to_owned(),
            action,
            severity: None,
            confidence: None,
            new: None,
            engine: Vec::new(),
            rule: Vec::new(),
            cwe: Vec::new(),
            path: Vec::new(),
            age_days: None,
            overdue: None,
            fix: None,
            dependency: None,
            kev: None,
            epss: None,
            cvss: None,
            live: None,
            more_than: None,
            waived: None,
            expr: None,
        }
    }

    /// Whether every condition means something. `label` is what errors call the rule.
    ///
    /// # Errors
    /// A glob or an expression that is none, a number out of its range.
    pub fn check(&self, label: &str) -> Result<(), PolicyError> {
        let problem = |why: String| PolicyError::Rule { label: label.to_owned(), why };
        if self.name.trim().is_empty() {
            return Err(problem("its `name` is empty, and reports call it by that".to_owned()));
        }
        if self.name.chars().any(char::is_control) {
            return Err(problem("its `name` holds a control character".to_owned()));
        }
        for (key, value, most) in [("epss", self.epss, 1.0), ("cvss", self.cvss, 10.0)] {
            if let Some(value) = value.filter(|value| !(0.0..=most).contains(value)) {
                return Err(problem(format!("`{key} = {value}` is not between 0 and {most}")));
            }
        }
        let texts = [("engine", &self.engine), ("rule", &self.rule), ("path", &self.path)];
        for (key, text) in texts.iter().flat_map(|(key, globs)| globs.iter().map(move |g| (key, g)))
        {
            glob(text, false).map_err(|why| problem(format!("`{key}`: {why}")))?;
            no_secret(text).map_err(|why| problem(format!("`{key}`: {why}")))?;
        }
        for (key, text) in [("name", Some(&self.name)), ("expr", self.expr.as_ref())] {
            let checked = text.map_or(Ok(()), |text| no_secret(text));
            checked.map_err(|why| problem(format!("`{key}`: {why}")))?;
        }
        match &self.expr {
            Some(text) => Expression::compile(text)
                .map(drop)
                .map_err(|error| problem(format!("`expr`: {error}"))),
            None => Ok(()),
        }
    }
}

/// A policy is shown by every report, and stored as it is for what it decided.
pub fn no_secret(text: &str) -> Result<(), String> {
    match masked(text) == text {
        true => Ok(()),
        false => Err("holds what looks like a secret, and every report shows it".to_owned()),
    }
}

/// A glob in which `*` stops at a slash.
pub fn glob(text: &str, any_case: bool) -> Result<Glob, String> {
    let mut glob = GlobBuilder::new(text);
    glob.literal_separator(true)
        .case_insensitive(any_case)
        .build()
        .map_err(|error| error.to_string())
}

//! What the user wants apart.

use crate::finding::Finding;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[merge]` of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MergeSettings {
    /// Findings that are merged with no other: fingerprints, or their first eight digits or more,
    /// and rules as `RULE` or `TOOL:RULE`.
    pub apart: Vec<Apart>,
}

/// A fingerprint or a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Apart(String);

/// The fewest digits that stand for a fingerprint.
const DIGITS: usize = 8;

impl TryFrom<String> for Apart {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Apart, Self::Error> {
        match text.trim().is_empty() {
            true => Err("an empty text names neither a fingerprint nor a rule"),
            false => Ok(Apart(text.trim().to_owned())),
        }
    }
}

impl From<Apart> for String {
    fn from(apart: Apart) -> String {
        apart.0
    }
}

impl MergeSettings {
    /// Whether the finding is named by its fingerprint.
    pub fn keeps_apart(&self, finding: &Finding) -> bool {
        let own = || std::iter::once(&finding.fingerprint).chain(&finding.also);
        let mut digits = self.apart.iter().filter(|apart| apart.is_fingerprint()).peekable();
        digits.peek().is_some() && {
            let names: Vec<String> = own().map(ToString::to_string).collect();
            digits.any(|apart| {
                let digits = apart.0.to_ascii_lowercase();
                names.iter().any(|name| name.starts_with(&digits))
            })
        }
    }

    /// Whether the rule is named.
    pub fn keeps_rule_apart(&self, tool: &str, rule: &str) -> bool {
        self.apart.iter().any(|Apart(name)| {
            let of_tool = name.strip_prefix(tool).and_then(|rest| rest.strip_prefix(':'));
            name == rule || of_tool == Some(rule)
        })
    }
}

impl Apart {
    fn is_fingerprint(&self) -> bool {
        self.0.len() >= DIGITS && self.0.bytes().all(|byte| byte.is_ascii_hexdigit())
    }
}

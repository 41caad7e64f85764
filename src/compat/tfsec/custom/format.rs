//! What a file of checks says, under the names that tfsec gives it.

use serde::Deserialize;
use serde_json::Value;

/// A file of checks.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct File {
    pub checks: Vec<Check>,
}

/// A check.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Check {
    pub code: String,
    pub provider: String,
    pub service: String,
    pub description: String,
    /// Kinds of blocks: `resource`, `data`, `module`.
    pub required_types: Vec<String>,
    /// Patterns of what the first label must be: `aws_s3_*`.
    pub required_labels: Vec<String>,
    /// Patterns of what the source of a module must be.
    pub required_sources: Vec<String>,
    pub severity: String,
    pub error_message: String,
    pub match_spec: Option<Spec>,
    pub related_links: Vec<String>,
    pub impact: String,
    pub resolution: String,
}

/// What must hold.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Spec {
    pub name: String,
    pub value: Value,
    pub action: Action,
    pub pre_conditions: Vec<Spec>,
    pub predicate_match_spec: Vec<Spec>,
    pub sub_match: Option<Box<Spec>>,
    pub sub_match_one: Option<Box<Spec>>,
    pub ignore_undefined: bool,
    /// A name by which texts further in have the value of the attribute.
    pub assign_variable: String,
}

/// How it is looked at.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    InModule,
    IsPresent,
    NotPresent,
    IsEmpty,
    StartsWith,
    EndsWith,
    Contains,
    NotContains,
    OnlyContains,
    Equals,
    NotEqual,
    LessThan,
    LessThanOrEqualTo,
    GreaterThan,
    GreaterThanOrEqualTo,
    RegexMatches,
    RequiresPresence,
    IsAny,
    IsNone,
    HasTag,
    OfType,
    And,
    Or,
    Not,
    /// What is none of these.
    #[default]
    #[serde(other)]
    Unknown,
}

impl Spec {
    /// What is wrong with it, or with what is in it.
    pub fn faults(&self, found: &mut Vec<String>) {
        if self.action == Action::Unknown {
            found.push("a matchSpec has no action that is known".to_owned());
        }
        let combines = matches!(self.action, Action::And | Action::Or | Action::Not);
        if self.name.is_empty() && !combines && self.action != Action::InModule {
            found.push("a matchSpec requires a name".to_owned());
        }
        if self.action == Action::Not && self.predicate_match_spec.len() != 1 {
            found.push("the action not requires a single predicateMatchSpec".to_owned());
        }
        let inner = self.predicate_match_spec.iter().filter(|_| combines);
        let inner = inner.chain(self.sub_match.as_deref()).chain(self.sub_match_one.as_deref());
        inner.chain(&self.pre_conditions).for_each(|spec| spec.faults(found));
    }
}

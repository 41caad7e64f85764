//! What gitleaks is told to look for: `written` reads a configuration, `defaults` is the one that
//! holds where there is none, `extend` puts one on top of another, `load` finds it.

mod allowlist;
mod defaults;
mod extend;
mod load;
mod written;

pub use allowlist::{Allowlist, Target};
pub use load::{Source, load};

use crate::compat::go::expression::{Expression, Refused};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// All that is looked for.
#[derive(Debug, Default)]
pub struct Config {
    pub rules: BTreeMap<String, Rule>,
    /// The ids as reports list them; one that is written twice is here twice.
    pub order: Vec<String>,
    pub allowlists: Vec<Arc<Allowlist>>,
    pub least_version: String,
    extends: Extends,
}

/// What a configuration stands on.
#[derive(Debug, Clone, Default)]
struct Extends {
    path: String,
    default: bool,
    disabled: Vec<String>,
}

/// What one rule looks for.
#[derive(Debug, Clone, Default)]
pub struct Rule {
    pub id: String,
    pub description: String,
    /// Whether the description is the user's: ours differ from those of gitleaks.
    pub is_users: bool,
    pub regex: Option<Arc<Expression>>,
    pub path: Option<Arc<Expression>>,
    pub secret_group: usize,
    pub entropy: f64,
    /// In lower case.
    pub keywords: Vec<String>,
    pub tags: Vec<String>,
    pub allowlists: Vec<Arc<Allowlist>>,
    /// Rules that must find something near.
    pub required: Vec<Required>,
    /// Looked for only where another rule requires it.
    pub skip_report: bool,
}

/// A rule that another one requires, and how near.
#[derive(Debug, Clone)]
pub struct Required {
    pub id: String,
    pub within_lines: Option<i64>,
    pub within_columns: Option<i64>,
}

/// Why a configuration cannot be used, in gitleaks' words where it has some.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("open {path}: {why}")]
    Unreadable { path: String, why: String },
    #[error("While parsing config: toml: {0}")]
    Toml(String),
    #[error("{place}: {source}")]
    Expression { place: String, source: Refused },
    #[error("{0}")]
    Wrong(String),
    #[error("failed to load extended config, err: {0}")]
    Extended(Box<ConfigError>),
}

impl Rule {
    /// Refuses what can find nothing.
    fn validate(&self) -> Result<(), ConfigError> {
        let wrong = |why: String| Err(ConfigError::Wrong(why));
        if self.id.trim().is_empty() {
            let description = match &*self.description {
                "" => String::new(),
                text => format!(", description: {text}"),
            };
            return wrong(format!("rule |id| is missing or empty{description}"));
        }
        if self.regex.is_none() && self.path.is_none() {
            let why = "both |regex| and |path| are empty, this rule will have no effect";
            return wrong(format!("{}: {why}", self.id));
        }
        match &self.regex {
            Some(regex) if self.secret_group > regex.group_count() => wrong(format!(
                "{}: invalid regex secret group {}, max regex secret group {}",
                self.id,
                self.secret_group,
                regex.group_count()
            )),
            _ => Ok(()),
        }
    }
}

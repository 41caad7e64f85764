//! One rule, from the document that says it to what matches.

use crate::rule::Rule;
use ast_grep_config::{Fixer, RuleConfig, RuleConfigError, SerializableRuleConfig};
use ast_grep_core::Matcher;
use ast_grep_language::SupportLang;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde_json::{Value, json};
use std::error::Error;
use std::path::Path;
use std::sync::OnceLock;
use thiserror::Error;

/// A rule for one language, compiled where a file first asks for it.
pub struct Pattern {
    pub rule: &'static Rule,
    document: Value,
    language: SupportLang,
    compiled: OnceLock<Option<Compiled>>,
}

/// What a rule needs to match.
pub struct Compiled {
    pub config: RuleConfig<SupportLang>,
    /// Whether it may match a node of a kind, by the number that the grammar gives the kind.
    pub kinds: Vec<usize>,
    /// Whether its message quotes what it matched.
    pub quotes: bool,
    /// Whether its fix may be made without looking: `metadata.safe_fix`.
    pub safe_fix: bool,
    files: Option<GlobSet>,
    ignores: Option<GlobSet>,
}

/// Why a rule does not compile.
#[derive(Debug, Error)]
pub enum PatternError {
    #[error("{0}")]
    Shape(#[from] serde_json::Error),
    #[error("{}", chain(.0))]
    Rule(#[from] RuleConfigError),
    #[error("`{key}`: {source}")]
    Glob { key: &'static str, source: globset::Error },
    #[error("`message`: {0}")]
    Message(String),
}

impl Pattern {
    /// A rule of the catalogue, whose document has neither language nor texts.
    pub fn new(rule: &'static Rule, mut document: Value, language: SupportLang) -> Pattern {
        if let Some(object) = document.as_object_mut() {
            object.insert("id".to_owned(), json!(rule.id));
            object.insert("language".to_owned(), json!(language.to_string()));
        }
        Pattern { rule, document, language, compiled: OnceLock::new() }
    }

    /// A rule that a user wrote, compiled at once: whoever wrote it is to be told.
    ///
    /// # Errors
    /// It does not compile.
    pub fn compile(
        rule: &'static Rule,
        document: Value,
        language: SupportLang,
    ) -> Result<Pattern, PatternError> {
        let compiled = compile(&document)?;
        Ok(Pattern { rule, document, language, compiled: OnceLock::from(Some(compiled)) })
    }

    pub fn language(&self) -> SupportLang {
        self.language
    }

    pub fn document(&self) -> &Value {
        &self.document
    }

    /// What matches; none where the language has no such syntax, such as JSX in TypeScript.
    pub fn compiled(&self) -> Option<&Compiled> {
        self.compiled.get_or_init(|| compile(&self.document).ok()).as_ref()
    }

    /// Why it does not compile, if it does not.
    ///
    /// # Errors
    /// It says something that the language does not have, or that means nothing.
    pub fn try_compile(&self) -> Result<(), PatternError> {
        compile(&self.document).map(drop)
    }
}

impl Compiled {
    /// Whether the rule is for a file at this path.
    pub fn is_for(&self, path: &str) -> bool {
        let meets = |globs: &GlobSet| globs.is_match(Path::new(path));
        !self.ignores.as_ref().is_some_and(meets) && self.files.as_ref().is_none_or(meets)
    }
}

fn compile(document: &Value) -> Result<Compiled, PatternError> {
    let serial: SerializableRuleConfig<SupportLang> = serde_json::from_value(document.clone())?;
    let config = RuleConfig::try_from(serial, &Default::default())?;
    let quotes = config.message.contains('$');
    if quotes && config.transform.is_none() {
        // ast-grep takes it for granted when it fills a message in.
        Fixer::from_str(&config.message, &config.language)
            .map_err(|error| PatternError::Message(chain(&error)))?;
    }
    let kinds = config.matcher.potential_kinds();
    Ok(Compiled {
        kinds: kinds.iter().flatten().collect(),
        quotes,
        safe_fix: document.pointer("/metadata/safe_fix").and_then(Value::as_bool) == Some(true),
        files: globs(document, "files")?,
        ignores: globs(document, "ignores")?,
        config,
    })
}

/// The globs of a key: texts, or tables that say `glob` and `caseInsensitive`.
fn globs(document: &Value, key: &'static str) -> Result<Option<GlobSet>, PatternError> {
    let Some(list) = document.get(key).and_then(Value::as_array) else { return Ok(None) };
    let failed = |source| PatternError::Glob { key, source };
    let mut set = GlobSetBuilder::new();
    for item in list {
        let glob = item.get("glob").unwrap_or(item).as_str().unwrap_or_default();
        let any_case = item.get("caseInsensitive").and_then(Value::as_bool).unwrap_or_default();
        set.add(GlobBuilder::new(glob).case_insensitive(any_case).build().map_err(failed)?);
    }
    set.build().map(Some).map_err(failed)
}

/// An error and all that led to it: ast-grep says in the last what is wrong.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{}: {cause}", text.trim_end_matches('.'));
        next = cause.source();
    }
    text
}

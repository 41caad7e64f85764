//! What users write: YAML files with a rule a document, as ast-grep has them.

use super::LANGUAGES;
use super::pattern::{Pattern, PatternError};
use super::trial::Tests;
use crate::finding::{Confidence, Severity};
use crate::rule::{Catalogue, Matcher, Rule};
use ast_grep_language::SupportLang;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use thiserror::Error;

/// The engine that runs users' rules.
pub const ENGINE: &str = "rules";

/// What to do, where the rule does not say it.
const NO_NOTE: &str = "The rule does not say what to do instead: give it a `note`.";

/// The longest id, in characters.
const LONGEST_ID: usize = 100;

/// A rule that a user wrote.
pub struct Document {
    pub rule: &'static Rule,
    pub pattern: Pattern,
    /// Whether it says `severity: off`: known, but not run.
    pub off: bool,
    /// Those in its own metadata.
    pub tests: Tests,
    /// The file and the document in it, for people.
    pub place: String,
}

/// Why users' rules cannot be used.
#[derive(Debug, Error)]
pub enum DocumentError {
    #[error("{file}: is no YAML: {why}")]
    Yaml { file: String, why: String },
    #[error("{place}: {why}")]
    Rule { place: String, why: String },
    #[error("{place}: {source}")]
    Pattern { place: String, source: PatternError },
    #[error("{place}: the id is that of a rule of Lockgate's own; take another, such as `my-{id}`")]
    Taken { place: String, id: String },
    #[error("{place}: the id is that of another rule too, in {other}")]
    Twice { place: String, other: String },
}

/// The parts of a document that are for people and reports; ast-grep reads the rest.
#[derive(Deserialize)]
struct Texts {
    #[serde(default)]
    id: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    severity: Level,
    #[serde(default)]
    message: String,
    note: Option<String>,
    url: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

/// ast-grep's severities.
#[derive(Deserialize, Default, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Level {
    Error,
    Warning,
    Info,
    #[default]
    Hint,
    Off,
}

/// What Lockgate reads of `metadata`; other keys are the user's.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    severity: Option<Severity>,
    confidence: Option<Confidence>,
    cwe: Cwe,
    references: Vec<String>,
    tests: Tests,
}

/// `89`, `"CWE-89"`, `"CWE-89: a name"`, or a list of such.
#[derive(Deserialize)]
#[serde(untagged)]
enum Cwe {
    Number(u16),
    Name(String),
    List(Vec<Cwe>),
}

impl Default for Cwe {
    fn default() -> Cwe {
        Cwe::List(Vec::new())
    }
}

impl Cwe {
    fn numbers(&self) -> Result<Vec<u16>, String> {
        match self {
            Cwe::Number(number) => Ok(vec![*number]),
            Cwe::Name(name) => {
                let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
                let digits = digits.split(|c: char| !c.is_ascii_digit()).next();
                let number = digits.and_then(|digits| digits.parse().ok());
                number.map(|number| vec![number]).ok_or_else(|| {
                    format!("`metadata.cwe` says `{name}`; say a number, such as 89 or CWE-89")
                })
            }
            Cwe::List(list) => {
                let all: Result<Vec<Vec<u16>>, String> = list.iter().map(Cwe::numbers).collect();
                all.map(|all| all.concat())
            }
        }
    }
}

impl Level {
    fn severity(self) -> Severity {
        match self {
            Level::Error => Severity::High,
            Level::Warning => Severity::Medium,
            Level::Info => Severity::Low,
            Level::Hint | Level::Off => Severity::Info,
        }
    }
}

/// Reads the rules of files: name, for people, and content. What they say of themselves is kept for
/// as long as the process lives, which reads them once.
///
/// # Errors
/// What is no YAML, no rule, or has an id that is taken.
pub fn read(files: &[(String, Vec<u8>)]) -> Result<Vec<Document>, DocumentError> {
    let mut documents: Vec<Document> = Vec::new();
    let mut places: HashMap<String, String> = HashMap::new();
    for (file, bytes) in files {
        for (number, value) in values(file, bytes)?.into_iter().enumerate() {
            let id = value.get("id").and_then(Value::as_str).map(|id| format!(" (`{id}`)"));
            let place = format!("{file}, document {}{}", number + 1, id.unwrap_or_default());
            let document = document(value, place)?;
            match places.entry(document.rule.id.to_lowercase()) {
                Entry::Vacant(free) => free.insert(document.place.clone()),
                Entry::Occupied(taken) => {
                    let (place, other) = (document.place, taken.get().clone());
                    return Err(DocumentError::Twice { place, other });
                }
            };
            documents.push(document);
        }
    }
    Ok(documents)
}

/// The documents of a file that are not empty.
pub(super) fn values(file: &str, bytes: &[u8]) -> Result<Vec<Value>, DocumentError> {
    let failed = |why: String| DocumentError::Yaml { file: file.to_owned(), why };
    let text = std::str::from_utf8(bytes).map_err(|error| failed(error.to_string()))?;
    // Its own words quote the text, which is none of a report's where it was meant for others.
    ast_grep_config::from_multiple(text).map_err(|error| {
        let at =
            error.location().map(|at| format!(" at line {}, column {}", at.line(), at.column()));
        failed(format!("it cannot be read{}", at.unwrap_or_default()))
    })
}

fn document(value: Value, place: String) -> Result<Document, DocumentError> {
    let wrong = |why: String| DocumentError::Rule { place: place.clone(), why };
    if value.get("rule").is_none() {
        let why = "is no rule: it has no key `rule`; a file of tests is called NAME-test.yml";
        return Err(wrong(why.to_owned()));
    }
    let texts: Texts = Deserialize::deserialize(&value)
        .map_err(|error: serde_json::Error| wrong(error.to_string()))?;
    check_id(&texts.id).map_err(wrong)?;
    if Catalogue::get().knows(&texts.id) {
        return Err(DocumentError::Taken { place, id: texts.id });
    }
    let language = language(&texts.language).map_err(wrong)?;
    let cwe = texts.metadata.cwe.numbers().map_err(wrong)?;
    let rule = Box::leak(Box::new(rule(&texts, cwe)));
    let pattern = Pattern::compile(rule, value, language);
    let pattern =
        pattern.map_err(|source| DocumentError::Pattern { place: place.clone(), source })?;
    let (off, tests) = (texts.severity == Level::Off, texts.metadata.tests);
    Ok(Document { rule, pattern, off, tests, place })
}

/// An id stands in comments that waive, in lists and patterns: no mark of those may be in it.
fn check_id(id: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let letter = id.contains(|c: char| c.is_ascii_alphabetic());
    match letter && id.len() <= LONGEST_ID && id.chars().all(fits) {
        true => Ok(()),
        false => Err(format!(
            "the id `{id}` must have a letter, at most {LONGEST_ID} characters, and none but \
             letters, digits and -_./"
        )),
    }
}

fn language(name: &str) -> Result<SupportLang, String> {
    let parsed: Option<SupportLang> = name.parse().ok();
    let known = LANGUAGES.iter().find(|(_, language)| parsed == Some(*language));
    known.map(|(_, language)| *language).ok_or_else(|| {
        let names: Vec<&str> = LANGUAGES.iter().map(|(name, _)| *name).collect();
        let hint = crate::typo::hint(name, names.iter().copied());
        format!("`language` is `{name}`{hint}")
    })
}

fn rule(texts: &Texts, cwe: Vec<u16>) -> Rule {
    let id = leak(&texts.id);
    let message = texts.message.trim();
    let title = match message.lines().next() {
        Some(line) => leak(line),
        None => id,
    };
    let note = texts.note.as_deref().unwrap_or_default().trim();
    let links = texts.metadata.references.iter().chain(&texts.url);
    Rule {
        id,
        name: id,
        engine: ENGINE,
        aliases: Vec::new(),
        severity: texts.metadata.severity.unwrap_or(texts.severity.severity()),
        confidence: texts.metadata.confidence.unwrap_or(Confidence::Medium),
        cwe,
        group: None,
        references: links.map(|link| leak(link)).collect(),
        matcher: Matcher::Syntax(""),
        elsewhere: Vec::new(),
        dialects: Vec::new(),
        title,
        summary: if message.is_empty() { title } else { leak(message) },
        // What to do is said in the note, where there is one.
        fix: if note.is_empty() { NO_NOTE } else { leak(note) },
        help: leak(format!("# {title}\n\n{note}").trim_end()),
        examples: Vec::new(),
    }
}

fn leak(text: &str) -> &'static str {
    Box::leak(Box::from(text))
}

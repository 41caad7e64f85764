//! The tests of users' rules: code that a rule must find something in, and code that it must not.

use super::document::{Document, DocumentError, values};
use super::pattern::Pattern;
use super::ruleset::Ruleset;
use crate::target::SourceFile;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use thiserror::Error;

/// What a rule is tried on.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Tests {
    /// Code in which it must find nothing.
    pub valid: Vec<String>,
    /// Code in which it must find something.
    pub invalid: Vec<String>,
}

/// Why tests cannot be run.
#[derive(Debug, Error)]
pub enum TestError {
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error("{file}, document {number}: is no test of a rule: {why}")]
    Shape { file: String, number: usize, why: String },
    #[error("{file}, document {number}: tests the rule `{id}`, which is not there{hint}")]
    Unknown { file: String, number: usize, id: String, hint: String },
}

/// What came of the tests of one rule.
#[derive(Debug)]
pub struct Trial {
    pub id: &'static str,
    /// How many cases there are, valid and invalid.
    pub cases: (usize, usize),
    pub missed: Vec<Missed>,
}

/// A case that did not come out as it should.
#[derive(Debug)]
pub struct Missed {
    pub case: Case,
    /// Which of its list, from 1.
    pub number: usize,
    pub code: String,
    /// The lines on which the rule found something, from 1.
    pub lines: Vec<u32>,
}

/// What should be found in a case: nothing, or something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    Valid,
    Invalid,
}

/// A document of a file of tests.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    #[serde(default)]
    valid: Vec<String>,
    #[serde(default)]
    invalid: Vec<String>,
}

/// Adds the tests of files, name and content, to those that the rules have of their own.
///
/// # Errors
/// What is no YAML, no test, or of no such rule.
pub fn read_tests(
    files: &[(String, Vec<u8>)],
    documents: &mut [Document],
) -> Result<(), TestError> {
    let ids = documents.iter().enumerate().map(|(place, document)| (document.rule.id, place));
    let by_id: HashMap<&str, usize> = ids.collect();
    for (file, bytes) in files {
        for (place, value) in values(file, bytes)?.into_iter().enumerate() {
            let (file, number) = (file.clone(), place + 1);
            let written: Written = match serde_json::from_value(value) {
                Ok(written) => written,
                Err(error) => {
                    return Err(TestError::Shape { file, number, why: error.to_string() });
                }
            };
            let Some(place) = by_id.get(&*written.id) else {
                let hint = crate::typo::hint(&written.id, by_id.keys().copied());
                return Err(TestError::Unknown { file, number, id: written.id, hint });
            };
            let tests = &mut documents[*place].tests;
            tests.valid.extend(written.valid);
            tests.invalid.extend(written.invalid);
        }
    }
    Ok(())
}

/// Runs the tests of a rule, wherever its `files` and `ignores` would have it looked for.
///
/// # Errors
/// It does not compile without these.
pub fn run(document: &Document) -> Result<Trial, DocumentError> {
    let mut anywhere: Value = document.pattern.document().clone();
    if let Some(object) = anywhere.as_object_mut() {
        object.remove("files");
        object.remove("ignores");
    }
    let language = document.pattern.language();
    let pattern = Pattern::compile(document.rule, anywhere, language)
        .map_err(|source| DocumentError::Pattern { place: document.place.clone(), source })?;
    let ruleset = Ruleset::new(language, [pattern]);
    let Tests { valid, invalid } = &document.tests;
    let mut missed = Vec::new();
    for (case, list) in [(Case::Valid, valid), (Case::Invalid, invalid)] {
        for (place, code) in list.iter().enumerate() {
            let lines = lines(&ruleset, code);
            if lines.is_empty() == (case == Case::Invalid) {
                missed.push(Missed { case, number: place + 1, code: code.clone(), lines });
            }
        }
    }
    Ok(Trial { id: document.rule.id, cases: (valid.len(), invalid.len()), missed })
}

fn lines(ruleset: &Ruleset, code: &str) -> Vec<u32> {
    let file = SourceFile::new("case".into(), code.as_bytes().to_vec());
    let seen = ruleset.scan(&file, super::document::ENGINE);
    let mut lines: Vec<u32> =
        seen.hits.iter().map(|hit| file.lines().line(hit.range.start)).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

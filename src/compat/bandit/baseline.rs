//! A report that was taken earlier, by Bandit or here: what it has is not reported again.

use super::issue::{Issue, Rank};
use super::log::Log;
use super::report::Entry;
use super::rules;
use super::session::REDACTED;
use super::subject::{has_word, subject};
use super::walk;
use crate::engine::masked;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

/// The most that a baseline has, in bytes.
const MOST: u64 = 1 << 30;

/// The issues of the report, by file and check.
#[derive(Debug, Default)]
pub struct Baseline {
    known: HashMap<(String, String), Vec<Known>>,
}

#[derive(Deserialize)]
struct Document {
    results: Vec<Known>,
}

/// An issue of the report. All fields that Bandit writes must be there.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "a report without them is none of Bandit's")]
struct Known {
    code: serde::de::IgnoredAny,
    filename: String,
    issue_severity: String,
    issue_cwe: Cwe,
    issue_confidence: String,
    issue_text: String,
    test_name: String,
    test_id: String,
    line_number: serde::de::IgnoredAny,
    line_range: serde::de::IgnoredAny,
}

#[derive(Debug, Deserialize)]
struct Cwe {
    #[serde(default)]
    id: u16,
}

impl Baseline {
    /// Reads a report. One that is none of Bandit's is said, and holds nothing.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn read(path: &str, log: &Log) -> std::io::Result<Baseline> {
        let raw = walk::read(Path::new(path), false, MOST)?;
        let document: Document = match serde_json::from_slice(&raw) {
            Ok(document) => document,
            Err(error) => {
                let why = masked(&error.to_string());
                log.warning("manager", &format!("Failed to load baseline data: {why}"));
                return Ok(Baseline::default());
            }
        };
        let mut baseline = Baseline::default();
        for known in document.results {
            let key = (known.filename.clone(), known.test_id.clone());
            baseline.known.entry(key).or_default().push(known);
        }
        Ok(baseline)
    }

    /// The issues that the report does not have, each with those equal to it.
    pub fn entries<'a>(&self, issues: &[&'a Issue]) -> Vec<Entry<'a>> {
        if self.known.is_empty() {
            let entry = |issue: &&'a Issue| Entry { issue, candidates: Rc::default() };
            return issues.iter().map(entry).collect();
        }
        let mut equal: HashMap<Sameness, Vec<&Issue>> = HashMap::new();
        for issue in issues {
            equal.entry(sameness(issue)).or_default().push(issue);
        }
        let equal: HashMap<Sameness, Rc<[&Issue]>> =
            equal.into_iter().map(|(sameness, issues)| (sameness, issues.into())).collect();
        let new = issues.iter().filter(|issue| !self.has(issue));
        new.map(|issue| Entry { issue, candidates: equal[&sameness(issue)].clone() }).collect()
    }

    fn has(&self, issue: &Issue) -> bool {
        let key = (issue.file.to_string(), issue.rule.id.to_owned());
        self.known.get(&key).is_some_and(|known| known.iter().any(|known| known.is(issue)))
    }
}

/// What makes two issues equal.
type Sameness<'a> = (&'a str, &'a str, Rank, Rank, Vec<&'a str>, Option<blake3::Hash>);

fn sameness(issue: &Issue) -> Sameness<'_> {
    let Issue { file, rule, severity, confidence, secret, .. } = issue;
    (file, rule.id, *severity, *confidence, subject(issue), *secret)
}

impl Known {
    fn is(&self, issue: &Issue) -> bool {
        self.test_name == issue.test_name()
            && self.issue_severity == issue.severity.name()
            && self.issue_confidence == issue.confidence.name()
            && self.issue_cwe.id == rules::cwe(issue.rule).0
            && self.says(issue)
    }

    /// Whether the text says the same: Bandit says it in other words, in which what the issue is
    /// about is named all the same, and a password is shown.
    fn says(&self, issue: &Issue) -> bool {
        *self.issue_text == *issue.text
            || (subject(issue).iter().all(|word| has_word(&self.issue_text, word))
                && self.shows(issue))
    }

    /// Whether the password in quotes is that of the issue, as far as both are known.
    fn shows(&self, issue: &Issue) -> bool {
        let quoted = self.issue_text.split_once('\'').and_then(|(_, rest)| rest.rsplit_once('\''));
        match (quoted, issue.secret) {
            (Some((value, _)), Some(secret)) => {
                value == REDACTED || blake3::hash(value.as_bytes()) == secret
            }
            _ => true,
        }
    }
}

//! What is known already: findings of an earlier report, and those that `.gitleaksignore` names.

use super::detect;
use super::finding::{Finding, REDACTED};
use super::log::Log;
use crate::compat::go::reason;
use serde::Deserialize;
use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// An earlier report is no larger than this, in bytes.
const LARGEST: u64 = 1 << 30;

/// A finding of an earlier report.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Earlier {
    #[serde(rename = "RuleID")]
    rule: String,
    description: String,
    start_line: i64,
    end_line: i64,
    start_column: i64,
    end_column: i64,
    r#match: String,
    secret: String,
    file: String,
    commit: String,
    author: String,
    email: String,
    date: String,
    message: String,
    entropy: f32,
}

/// What is known already.
#[derive(Debug, Default)]
pub struct Known {
    fingerprints: HashSet<String>,
    baseline: Option<Vec<Earlier>>,
    /// Whether what was found is not compared with the earlier report, only where.
    is_redacted: bool,
}

impl Known {
    pub fn new(is_redacted: bool) -> Known {
        Known { is_redacted, ..Known::default() }
    }

    /// Reads the fingerprints in a file; one that cannot be read counts as empty.
    pub fn ignore(&mut self, file: &Path, log: &Log) {
        if !file.is_file() {
            return;
        }
        let text = match fs::read(file) {
            Ok(text) => text,
            Err(error) => {
                let fields = [("error", &*reason(&error))];
                return log.error("could not call AddGitleaksIgnore", &fields);
            }
        };
        for line in detect::text(&text).lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut parts: Vec<String> = line.split(':').map(str::to_owned).collect();
            match parts.len() {
                // The path is written as it is on any system.
                3 => parts[0] = parts[0].replace('\\', "/"),
                4 => parts[1] = parts[1].replace('\\', "/"),
                _ => log.warn("Invalid .gitleaksignore entry", &[("fingerprint", line)]),
            }
            self.fingerprints.insert(parts.join(":"));
        }
    }

    /// Reads an earlier report.
    ///
    /// # Errors
    /// It is none.
    pub fn baseline(&mut self, path: &str) -> Result<(), String> {
        let unopened = || format!("could not open {path}");
        if fs::metadata(path).map_err(|_| unopened())?.len() > LARGEST {
            return Err(format!("{path} is larger than 1 GiB"));
        }
        let text = fs::read(path).map_err(|_| unopened())?;
        let mut earlier: Vec<Earlier> = serde_json::from_slice::<Option<_>>(&text)
            .map_err(|_| format!("the format of the file {path} is not supported"))?
            .unwrap_or_default();
        for finding in &mut earlier {
            if !finding.secret.is_empty() {
                finding.r#match = finding.r#match.replace(&finding.secret, REDACTED);
                finding.secret = REDACTED.to_owned();
            }
        }
        self.baseline = Some(earlier);
        Ok(())
    }

    /// Gives a finding its fingerprint, and says whether it is new.
    pub fn is_new(&self, finding: &mut Finding) -> bool {
        let place = format!("{}:{}:{}", finding.file, finding.rule, finding.start_line);
        finding.fingerprint = match finding.commit_id() {
            "" => place.clone(),
            commit => format!("{commit}:{place}"),
        };
        let is_ignored =
            self.fingerprints.contains(&place) || self.fingerprints.contains(&finding.fingerprint);
        let is_earlier = || {
            let earlier = self.baseline.iter().flatten();
            earlier.into_iter().any(|earlier| earlier.is(finding, self.is_redacted))
        };
        !is_ignored && !is_earlier()
    }
}

impl Earlier {
    fn is(&self, finding: &Finding, is_redacted: bool) -> bool {
        let commit = finding.commit.as_deref().cloned().unwrap_or_default();
        self.rule == finding.rule
            // Our words for a rule are not those of gitleaks.
            && (!finding.is_users || self.description == finding.description)
            && self.start_line == finding.start_line
            && self.end_line == finding.end_line
            && self.start_column == finding.start_column
            && self.end_column == finding.end_column
            && (is_redacted || self.r#match == finding.matched)
            && *self.file == *finding.file
            && self.commit == commit.id
            && self.author == commit.author
            && self.email == commit.email
            && self.date == commit.date
            && self.message == commit.message
            && self.entropy == finding.entropy
    }
}

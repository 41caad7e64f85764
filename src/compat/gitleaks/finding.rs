//! A finding as gitleaks has it, with its secret masked.

use std::sync::Arc;

/// What stands where a secret stood.
pub const REDACTED: &str = "REDACTED";
/// A secret that is shorter is masked in its own finding only: it may be part of any word.
const SHORTEST: usize = 8;

/// A commit, as reports tell it.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// In hexadecimal; empty for what is not committed.
    pub id: String,
    pub author: String,
    pub email: String,
    /// As RFC 3339, in UTC.
    pub date: String,
    pub message: String,
}

/// A secret, and where it is.
#[derive(Debug, Clone, Default)]
pub struct Finding {
    pub rule: String,
    pub description: String,
    /// Whether the description is the user's own.
    pub is_users: bool,
    pub start_line: i64,
    pub end_line: i64,
    pub start_column: i64,
    pub end_column: i64,
    /// The lines around it.
    pub line: String,
    pub matched: String,
    pub secret: String,
    pub file: Arc<str>,
    /// The link that led to the file; empty where none did.
    pub symlink: Arc<str>,
    pub commit: Option<Arc<Commit>>,
    pub link: String,
    pub entropy: f32,
    pub tags: Vec<String>,
    pub fingerprint: String,
    pub required: Vec<Part>,
}

/// What a required rule found near a finding.
#[derive(Debug, Clone)]
pub struct Part {
    pub rule: String,
    pub start_line: i64,
    pub secret: String,
}

impl Finding {
    pub fn commit_id(&self) -> &str {
        self.commit.as_ref().map_or("", |commit| &commit.id)
    }

    /// Whether it is of a path alone.
    pub fn is_of_path(&self) -> bool {
        self.matched.starts_with("file detected: ") && self.secret.is_empty()
    }
}

/// Masks the secrets of all findings of a text, in each of them.
pub fn mask(findings: &mut [Finding]) {
    let parts = findings.iter().flat_map(|finding| finding.required.iter());
    let mut secrets: Vec<String> = findings
        .iter()
        .map(|finding| &finding.secret)
        .chain(parts.map(|part| &part.secret))
        .filter(|secret| secret.len() >= SHORTEST)
        .cloned()
        .collect();
    // A longer one may hold a shorter one.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.dedup();
    for finding in findings.iter_mut() {
        // Of a path alone there is no secret to mask.
        if !finding.secret.is_empty() {
            let own = std::mem::replace(&mut finding.secret, REDACTED.to_owned());
            finding.line = finding.line.replace(&own, REDACTED);
            finding.matched = finding.matched.replace(&own, REDACTED);
        }
        for secret in &secrets {
            if finding.line.contains(secret) {
                finding.line = finding.line.replace(secret, REDACTED);
            }
            if finding.matched.contains(secret) {
                finding.matched = finding.matched.replace(secret, REDACTED);
            }
        }
        for part in &mut finding.required {
            part.secret = REDACTED.to_owned();
        }
    }
}

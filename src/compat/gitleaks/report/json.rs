//! The JSON report.

use crate::compat::gitleaks::finding::Finding;
use crate::compat::go::json as go_json;
use serde::Serialize;
use std::io::{self, Write};

/// A finding as reports have it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Entry<'f> {
    #[serde(rename = "RuleID")]
    rule: &'f str,
    description: &'f str,
    start_line: i64,
    end_line: i64,
    start_column: i64,
    end_column: i64,
    r#match: &'f str,
    secret: &'f str,
    file: &'f str,
    symlink_file: &'f str,
    commit: &'f str,
    #[serde(skip_serializing_if = "str::is_empty")]
    link: &'f str,
    entropy: f32,
    author: &'f str,
    email: &'f str,
    date: &'f str,
    message: &'f str,
    tags: &'f [String],
    fingerprint: &'f str,
}

impl<'f> Entry<'f> {
    pub fn of(finding: &'f Finding) -> Entry<'f> {
        let commit = finding.commit.as_deref();
        Entry {
            rule: &finding.rule,
            description: &finding.description,
            start_line: finding.start_line,
            end_line: finding.end_line,
            start_column: finding.start_column,
            end_column: finding.end_column,
            r#match: &finding.matched,
            secret: &finding.secret,
            file: &finding.file,
            symlink_file: &finding.symlink,
            commit: finding.commit_id(),
            link: &finding.link,
            entropy: finding.entropy,
            author: commit.map_or("", |commit| &commit.author),
            email: commit.map_or("", |commit| &commit.email),
            date: commit.map_or("", |commit| &commit.date),
            message: commit.map_or("", |commit| &commit.message),
            tags: &finding.tags,
            fingerprint: &finding.fingerprint,
        }
    }
}

pub fn write(findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    let entries: Vec<Entry> = findings.iter().map(Entry::of).collect();
    go_json::write(&entries, " ", out)?;
    out.write_all(b"\n")
}

//! The CSV report.

use crate::compat::gitleaks::finding::Finding;
use crate::compat::go::csv::row;
use std::io::{self, Write};

const COLUMNS: [&str; 16] = [
    "RuleID",
    "Commit",
    "File",
    "SymlinkFile",
    "Secret",
    "Match",
    "StartLine",
    "EndLine",
    "StartColumn",
    "EndColumn",
    "Author",
    "Message",
    "Date",
    "Email",
    "Fingerprint",
    "Tags",
];

pub fn write(findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    let has_links = !first.link.is_empty();
    let mut columns = COLUMNS.to_vec();
    columns.extend(has_links.then_some("Link"));
    row(&columns, out)?;
    for finding in findings {
        let commit = finding.commit.as_deref();
        let lines = [finding.start_line, finding.end_line].map(|number| number.to_string());
        let places = [finding.start_column, finding.end_column].map(|number| number.to_string());
        let tags = finding.tags.join(" ");
        let mut fields = vec![
            &*finding.rule,
            finding.commit_id(),
            &finding.file,
            &finding.symlink,
            &finding.secret,
            &finding.matched,
            &lines[0],
            &lines[1],
            &places[0],
            &places[1],
            commit.map_or("", |commit| &commit.author),
            commit.map_or("", |commit| &commit.message),
            commit.map_or("", |commit| &commit.date),
            commit.map_or("", |commit| &commit.email),
            &finding.fingerprint,
            &tags,
        ];
        fields.extend(has_links.then_some(&*finding.link));
        row(&fields, out)?;
    }
    Ok(())
}

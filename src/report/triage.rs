//! The decisions of the triage as a list.

use super::untrusted::visible;
use super::visible_json::write_json;
use crate::finding::Finding;
use crate::waiver::Triage;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::io::{self, Write};

/// The version of the JSON.
const VERSION: &str = "lockgate/triage/v1";

/// A decision, and what it is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    fingerprint: String,
    rule: String,
    path: String,
    line: u32,
    state: &'static str,
    reason: String,
    owner: Option<String>,
    until: Option<Date>,
    /// Whether its last day has not gone by.
    holds: bool,
    /// RFC 3339, UTC.
    decided: String,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    repository: &'a str,
    decisions: &'a [Row],
}

impl Row {
    pub fn of(finding: &Finding, triage: &Triage, today: Date) -> Row {
        Row {
            fingerprint: finding.fingerprint.to_string(),
            rule: finding.rule.to_string(),
            path: finding.location.path.to_string(),
            line: finding.location.span.start_line,
            state: triage.state.as_str(),
            reason: triage.reason.clone(),
            owner: triage.owner.clone(),
            until: triage.until,
            holds: triage.until.is_none_or(|until| today <= until),
            decided: Timestamp::from_second(triage.decided).unwrap_or_default().to_string(),
        }
    }
}

/// Writes the decisions as JSON.
pub fn write_document(repository: &str, rows: &[Row], to: &mut dyn Write) -> io::Result<()> {
    write_json(&Document { schema: VERSION, repository, decisions: rows }, to)
}

/// Writes the decisions for a terminal; `more` says whether there are more of them.
pub fn write(rows: &[Row], more: bool, to: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return writeln!(to, "No decisions; `lockgate triage FINGERPRINT --state …` makes one.");
    }
    for row in rows {
        let until = match (row.until, row.holds) {
            (Some(until), true) => format!("until {until}"),
            (Some(until), false) => format!("expired on {until}"),
            (None, _) => "without end".to_owned(),
        };
        let by = row.owner.iter().map(|owner| format!(" by {owner}")).collect::<String>();
        let head = format!(
            "{}  {} {until}{by}: {} at {}:{}",
            &row.fingerprint[..12],
            row.state,
            row.rule,
            row.path,
            row.line
        );
        writeln!(to, "{}", visible(&head))?;
        if !row.reason.is_empty() {
            writeln!(to, "              {}", visible(&row.reason))?;
        }
    }
    if more {
        writeln!(to, "There are more; --limit {} shows them.", rows.len() * 10)?;
    }
    Ok(())
}

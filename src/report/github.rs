//! GitHub's workflow commands: annotations on the lines of a pull request.
//!
//! GitHub shows ten annotations of a level and step and drops the rest, so this is the one format
//! that has to choose: what blocks is an error, then the most severe come first, and a last
//! notice counts what was left out.

use super::summary::{self, plural, severity};
use super::untrusted::{command_message, command_property};
use super::{Report, Reported};
use crate::finding::Severity;
use std::io::{self, Write};

/// How many annotations of a level GitHub shows.
const SHOWN: usize = 10;
/// How many of the warnings may tell of files that were not looked at in full.
const SHOWN_NOTIFICATIONS: usize = 3;

/// Writes the report.
pub fn write(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    let mut notifications = summary::notifications(report);
    let silent = notifications.len().saturating_sub(SHOWN_NOTIFICATIONS);
    notifications.truncate(SHOWN_NOTIFICATIONS);
    let levels = [
        ("error", SHOWN),
        ("warning", SHOWN - notifications.len()),
        // One is kept for what was left out.
        ("notice", SHOWN - 1),
    ];
    let mut left_out = report.open().count();
    for (level, room) in levels {
        let chosen = worst(report, level, room);
        left_out -= chosen.len();
        for reported in chosen {
            annotate(level, reported, to)?;
        }
    }
    for notification in &notifications {
        writeln!(
            to,
            "::warning file={},title={}::{}",
            command_property(&notification.path),
            summary::extent(notification.trouble),
            command_message(&notification.message)
        )?;
    }
    let counted = |count, noun| (count > 0).then(|| plural(count, noun));
    let rest: Vec<String> =
        [counted(left_out, "finding"), counted(silent, "warning")].into_iter().flatten().collect();
    if rest.is_empty() {
        return Ok(());
    }
    writeln!(
        to,
        "::notice title=Lockgate::{} not shown here: GitHub shows {SHOWN} of a level, the report has all.",
        rest.join(" and ")
    )
}

/// The level of a finding's annotation.
fn level(reported: &Reported) -> &'static str {
    match (&reported.blocked_by, reported.finding.severity) {
        (Some(_), _) => "error",
        (None, Severity::Critical | Severity::High | Severity::Medium | Severity::Unknown) => {
            "warning"
        }
        (None, Severity::Low | Severity::Info) => "notice",
    }
}

/// The most severe open findings of a level, otherwise in the order of the report.
fn worst<'a>(report: &'a Report, wanted: &str, room: usize) -> Vec<&'a Reported> {
    let of = |s: Severity| {
        report.open().filter(move |r| r.finding.severity == s).filter(|r| level(r) == wanted)
    };
    summary::SEVERITIES.into_iter().flat_map(of).take(room).collect()
}

fn annotate(level: &str, reported: &Reported, to: &mut dyn Write) -> io::Result<()> {
    let finding = &reported.finding;
    let span = finding.location.span;
    write!(
        to,
        "::{level} file={},line={},endLine={}",
        command_property(&finding.location.path),
        span.start_line,
        span.end_line
    )?;
    // GitHub takes columns only where the place is on one line.
    if span.start_line == span.end_line {
        write!(to, ",col={},endColumn={}", span.start_column, span.end_column)?;
    }
    let title = format!("{} {}", severity(finding.severity), finding.rule);
    write!(to, ",title={}::{}", command_property(&title), command_message(&finding.message))?;
    if let Some(rule) = reported.rule() {
        write!(to, "%0A{}", command_message(summary::first_sentence(rule.fix)))?;
    }
    if let Some(introduced) = &finding.introduced {
        write!(to, "%0A{}", command_message(&summary::introduced(introduced)))?;
    }
    if let Some(policy) = &reported.blocked_by {
        write!(to, "%0ABlocked by {}", command_message(policy))?;
    }
    writeln!(to)
}

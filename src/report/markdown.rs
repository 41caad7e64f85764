//! Markdown for a pull request's comment or a job's summary. A comment holds 65,536 characters, so
//! the lists end where the room does and say how much there is beyond.

use super::summary::{self, Counts, plural};
use super::untrusted::markdown;
use super::{Report, Reported};
use crate::policy::Decision;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Bytes of the whole text.
const LIMIT: usize = 60_000;
/// Bytes up to which blocking findings, then reasons of incompleteness, then the other findings,
/// fixed ones and notifications may grow: each has room left, whatever comes before.
const ROOM: [usize; 5] = [24_000, 30_000, 46_000, 52_000, 58_000];
/// Characters of a cell.
const CELL: usize = 160;

/// Writes the report.
pub fn write(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    let [blocking, incomplete, others, fixed, notifications] = ROOM;
    let mut text = String::with_capacity(LIMIT);
    headline(report, &mut text);
    blocking_table(report, blocking, &mut text);
    incomplete_list(report, incomplete, &mut text);
    other_findings(report, others, &mut text);
    fixed_list(report, fixed, &mut text);
    notification_list(report, notifications, &mut text);
    to.write_all(text.as_bytes())
}

/// The verdict and the numbers.
fn headline(report: &Report, text: &mut String) {
    let (counts, verdict) = (Counts::of(report), &report.verdict);
    let blocked = plural(counts.blocking, "finding");
    let line = match verdict.outcome {
        Decision::Passed => "✅ Lockgate: passed".to_owned(),
        Decision::Blocked if !verdict.incomplete.is_empty() => {
            format!("❌ Lockgate: blocked by {blocked}, and incomplete")
        }
        Decision::Blocked => format!("❌ Lockgate: blocked by {blocked}"),
        Decision::Incomplete => "⚠️ Lockgate: incomplete".to_owned(),
    };
    *text += &format!("## {line}\n\n");
    *text += "| critical | high | medium | low | info | unknown | new | fixed | waived |\n";
    *text += "|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";
    let severity = counts.severity;
    let numbers = [
        severity.critical,
        severity.high,
        severity.medium,
        severity.low,
        severity.info,
        severity.unknown,
        counts.new,
        counts.fixed,
        counts.waived,
    ];
    let cells: Vec<String> = numbers.iter().map(usize::to_string).collect();
    *text += &format!("| {} |\n", cells.join(" | "));
    if verdict.policy.new_only {
        let base = match &verdict.base {
            Some(base) => format!("New is what is not in {}.", cell(base)),
            None => "There is nothing to compare with: every finding counts as new.".to_owned(),
        };
        *text += &format!("\n{base}\n");
    }
}

/// What blocks, or what would.
fn blocking_table(report: &Report, limit: usize, text: &mut String) {
    let verdict = &report.verdict;
    let (heading, blocking) = match verdict.blocking.is_empty() {
        false => ("Blocking", &verdict.blocking),
        true => ("Would block; the gate only observes", &verdict.would_block),
    };
    if blocking.is_empty() {
        return;
    }
    *text += &format!("\n### {heading}\n\n| severity | rule | place | message | blocked by |\n");
    *text += "|---|---|---|---|---|\n";
    let rows = blocking.iter().map(|blocking| {
        let columns = columns(&report.findings[blocking.finding]);
        format!("| {columns} | {} |\n", code(&blocking.rule))
    });
    fill(rows, blocking.len(), limit, text);
}

fn incomplete_list(report: &Report, limit: usize, text: &mut String) {
    let reasons = &report.verdict.incomplete;
    if reasons.is_empty() {
        return;
    }
    *text += "\n### Not everything was looked at\n\n";
    fill(reasons.iter().map(|reason| format!("- {}\n", cell(reason))), reasons.len(), limit, text);
}

fn other_findings(report: &Report, limit: usize, text: &mut String) {
    let others = || report.open().filter(|reported| reported.blocked_by.is_none());
    let count = others().count();
    if count == 0 {
        return;
    }
    open_details(&format!("{} that do not block", plural(count, "finding")), text);
    *text += "| severity | rule | place | message | |\n|---|---|---|---|---|\n";
    let rows = others().map(|reported| {
        let lifecycle = reported.lifecycle.map_or("", summary::lifecycle);
        format!("| {} | {lifecycle} |\n", columns(reported))
    });
    fill(rows, count, limit, text);
    *text += CLOSE_DETAILS;
}

fn fixed_list(report: &Report, limit: usize, text: &mut String) {
    let fixed = &report.fixed;
    if fixed.is_empty() {
        return;
    }
    open_details(&format!("{} fixed", plural(fixed.len(), "finding")), text);
    let rows = fixed.iter().map(|fixed| {
        let place = code(&format!("{}:{}", fixed.path, fixed.line));
        let severity = summary::severity(fixed.severity);
        format!("- {severity} {} {place} {}\n", code(&fixed.rule), cell(&fixed.message))
    });
    fill(rows, fixed.len(), limit, text);
    *text += CLOSE_DETAILS;
}

fn notification_list(report: &Report, limit: usize, text: &mut String) {
    let notifications = summary::notifications(report);
    let count = notifications.len();
    if count == 0 {
        return;
    }
    let kinds: Vec<String> = notifications
        .chunk_by(|one, other| one.trouble == other.trouble)
        .map(|of_kind| format!("{} ({})", summary::trouble(of_kind[0].trouble), of_kind.len()))
        .collect();
    let places = plural(count, "place");
    open_details(&format!("{places} not looked at in full: {}", kinds.join(", ")), text);
    let rows = notifications.iter().map(|notification| {
        let kind = summary::trouble(notification.trouble);
        format!("- {} {kind}: {}\n", code(&notification.path), cell(&notification.message))
    });
    fill(rows, count, limit, text);
    *text += CLOSE_DETAILS;
}

const CLOSE_DETAILS: &str = "\n</details>\n";

fn open_details(summary: &str, text: &mut String) {
    let _ = write!(text, "\n<details>\n<summary>{summary}</summary>\n\n");
}

/// Appends rows up to a size of the text, and says how many more there are.
fn fill(rows: impl Iterator<Item = String>, count: usize, limit: usize, text: &mut String) {
    let mut written = 0;
    for row in rows {
        if text.len() + row.len() > limit {
            break;
        }
        *text += &row;
        written += 1;
    }
    if written < count {
        let _ = write!(text, "\n… and {} more.\n", count - written);
    }
}

/// Severity, rule, place and message of a finding, as cells.
fn columns(reported: &Reported) -> String {
    let finding = &reported.finding;
    let severity = summary::severity(finding.severity);
    let (rule, place) = (code(&finding.rule), code(&summary::place(finding)));
    format!("{severity} | {rule} | {place} | {}", cell(&finding.message))
}

/// Text of the outside, harmless and of a bounded length.
fn cell(text: &str) -> String {
    match text.char_indices().nth(CELL) {
        Some((at, _)) => markdown(&text[..at]) + "…",
        None => markdown(text),
    }
}

/// The same, as code. The element is HTML, in which references still count.
fn code(text: &str) -> String {
    format!("<code>{}</code>", cell(text))
}

//! The table: a summary, then what fails in each place.

use super::{Context, Misconfiguration, Outcome, Report, Shown};
use crate::compat::trivy::severity;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// The columns of the summary.
const COLUMNS: [&str; 3] = ["Target", "Type", "Misconfigurations"];
/// What stands where there is nothing to say.
const NOTHING: &str = "-";
/// How wide the rules between the parts of a finding are.
const WIDTH: usize = 40;

pub fn write(report: &Report, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let is_shown = |part: &str| context.options.tables.contains(&part);
    if is_shown("summary") {
        summary(report, out)?;
    }
    if is_shown("detailed") {
        for outcome in report.results.iter().filter(|it| !it.misconfigurations.is_empty()) {
            details(outcome, context, out)?;
        }
    }
    Ok(())
}

fn summary(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let row = |outcome: &Outcome| {
        let failures = outcome.summary.map_or(0, |summary| summary.failures);
        [outcome.target.clone(), outcome.kind.to_owned(), failures.to_string()]
    };
    let mut rows: Vec<[String; 3]> = report.results.iter().map(row).collect();
    let is_empty = rows.is_empty();
    if is_empty {
        rows.push([NOTHING; 3].map(str::to_owned));
    }
    let width = |column: usize| {
        let of_rows = rows.iter().map(|row| row[column].width()).max().unwrap_or_default();
        COLUMNS[column].width().max(of_rows)
    };
    let widths = [width(0), width(1), width(2)];
    let line = |left: &str, between: &str, right: &str| {
        let parts = widths.map(|width| "─".repeat(width + 2));
        format!("{left}{}{right}\n", parts.join(between))
    };
    write!(out, "\nReport Summary\n\n{}", line("┌", "┬", "┐"))?;
    let cells: Vec<String> = (0..3).map(|at| centred(COLUMNS[at], widths[at])).collect();
    writeln!(out, "│{}│", cells.join("│"))?;
    for row in &rows {
        let cell = |at: usize| match at < 2 && !is_empty {
            true => format!(" {}{} ", row[at], " ".repeat(widths[at] - row[at].width())),
            false => centred(&row[at], widths[at]),
        };
        let cells: Vec<String> = (0..3).map(cell).collect();
        writeln!(out, "{}│{}│", line("├", "┼", "┤"), cells.join("│"))?;
    }
    write!(out, "{}", line("└", "┴", "┘"))?;
    out.write_all("Legend:\n- '-': not looked at\n- '0': nothing was found\n\n".as_bytes())
}

/// A text in the middle, with a space on either side.
fn centred(text: &str, width: usize) -> String {
    let free = width - text.width();
    format!(" {}{text}{} ", " ".repeat(free / 2), " ".repeat(free - free / 2))
}

fn details(outcome: &Outcome, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let title = format!("{} ({})", outcome.target, outcome.kind);
    let (passed, failed) = outcome.summary.map_or((0, 0), |it| (it.successes, it.failures));
    write!(out, "\n{title}\n{}\n", "=".repeat(title.width()))?;
    writeln!(out, "Tests: {} (SUCCESSES: {passed}, FAILURES: {failed})", passed + failed)?;
    let of = |severity: &str| {
        let failures = outcome.misconfigurations.iter().filter(|it| it.is_failure());
        failures.filter(|it| it.severity == severity).count()
    };
    let wanted = severity::NAMES.iter().filter(|it| context.options.severities.contains(it));
    let counts: Vec<String> = wanted.map(|it| format!("{it}: {}", of(it))).collect();
    write!(out, "Failures: {failed} ({})\n\n", counts.join(", "))?;
    for it in &outcome.misconfigurations {
        // Trivy ends these lines as Windows does.
        out.write_all(detail(outcome, it).replace('\n', "\r\n").as_bytes())?;
    }
    Ok(())
}

fn detail(outcome: &Outcome, it: &Misconfiguration) -> String {
    let status = if it.is_failure() { String::new() } else { format!("{}: ", it.status) };
    let (double, single) = ("═".repeat(WIDTH), "─".repeat(WIDTH));
    let mut text = format!(
        "{status}{} ({}): {}\n{double}\n{}\n\nSee {}\n{single}\n",
        it.id, it.severity, it.message, it.description, it.url
    );
    let cause = &it.cause;
    if cause.start_line > 0 {
        let lines = |start: u32, end: u32| match end > start {
            true => format!("{start}-{end}"),
            false => start.to_string(),
        };
        text += &format!(" {}:{}\n", outcome.target, lines(cause.start_line, cause.end_line));
        for around in &cause.occurrences {
            let range = lines(around.location.start_line, around.location.end_line);
            text += &format!("   via {}:{range} ({})\n", around.filename, around.resource);
        }
        text += &format!("{single}\n");
    }
    if let Some(code) = &cause.code {
        for line in &code.lines {
            text += &shown(line);
        }
        text += &format!("{single}\n");
    }
    text + "\n\n"
}

/// A line of code, what is at fault marked.
fn shown(line: &Shown) -> String {
    if line.truncated {
        return format!("{:>4}   \n", "..");
    }
    let mark = match (line.is_cause, line.first_cause, line.last_cause) {
        (false, ..) => ' ',
        (true, true, true) => '[',
        (true, true, false) => '┌',
        (true, false, true) => '└',
        (true, false, false) => '│',
    };
    format!("{:>4} {mark} {}\n", line.number, line.content)
}

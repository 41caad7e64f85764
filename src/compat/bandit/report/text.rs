//! Plain text, and the same in colours for a terminal.

use super::super::issue::{Issue, RANKS, Rank};
use super::super::rules;
use super::super::session::Session;
use super::{Report, harmless};

const HEADER: &str = "\u{1b}[95m";
const LOW: &str = "\u{1b}[94m";
const MEDIUM: &str = "\u{1b}[93m";
const HIGH: &str = "\u{1b}[91m";
const DEFAULT: &str = "\u{1b}[0m";

/// Before an issue that may be the one that is new.
const INDENT: &str = "          ";

/// The lines of a report.
struct Lines {
    lines: Vec<String>,
    coloured: bool,
}

pub(super) fn plain(report: &Report) -> String {
    write(report, false)
}

pub(super) fn coloured(report: &Report) -> String {
    write(report, true)
}

fn write(report: &Report, coloured: bool) -> String {
    let session = report.session;
    let mut text = Lines { lines: Vec::new(), coloured };
    text.header(&format!("Run started:{}", report.now.strftime("%Y-%m-%d %H:%M:%S.%6f+00:00")));
    if report.options.verbose {
        text.scope(session);
    }
    text.header("\nTest results:");
    text.results(report);
    text.header("\nCode scanned:");
    text.line(format!("\tTotal lines of code: {}", session.totals.loc));
    text.line(format!("\tTotal lines skipped (#nosec): {}", session.totals.nosec));
    if !coloured {
        text.line(format!(
            "\tTotal potential issues skipped due to specifically being disabled \
             (e.g., #nosec BXXX): {}",
            session.totals.skipped_tests
        ));
    }
    text.metrics(session);
    text.header(&format!("Files skipped ({}):", session.skipped.len()));
    for (file, why) in &session.skipped {
        text.line(format!("\t{} ({})", harmless(file), harmless(why)));
    }
    text.lines.join("\n") + "\n"
}

impl Lines {
    fn line(&mut self, line: String) {
        self.lines.push(line);
    }

    fn header(&mut self, header: &str) {
        self.line(match self.coloured {
            true => format!("{HEADER}{header}{DEFAULT}"),
            false => header.to_owned(),
        });
    }

    fn scope(&mut self, session: &Session) {
        self.header(&format!("Files in scope ({}):", session.scope.len()));
        for (file, [severity, confidence]) in &session.scope {
            let file = harmless(file);
            self.line(format!(
                "\t{file} (score: {{SEVERITY: {severity}, CONFIDENCE: {confidence}}})"
            ));
        }
        self.header(&format!("Files excluded ({}):", session.excluded.len()));
        for file in &session.excluded {
            self.line(format!("\t{}", harmless(file)));
        }
    }

    fn results(&mut self, report: &Report) {
        if report.entries.is_empty() {
            return self.line("\tNo issues identified.".to_owned());
        }
        for entry in &report.entries {
            self.issue(entry.issue, "", !entry.is_open());
            if entry.is_open() {
                self.line("\n-- Candidate Issues --".to_owned());
                for candidate in &entry.candidates {
                    self.issue(candidate, INDENT, true);
                    self.line("\n".to_owned());
                }
            }
            self.line("-".repeat(50));
        }
    }

    /// `placed`: it is known which of several equal ones it is.
    fn issue(&mut self, issue: &Issue, indent: &str, placed: bool) {
        let (colour, reset) = match issue.severity {
            _ if !self.coloured => ("", ""),
            Rank::Undefined => (DEFAULT, DEFAULT),
            Rank::Low => (LOW, DEFAULT),
            Rank::Medium => (MEDIUM, DEFAULT),
            Rank::High => (HIGH, DEFAULT),
        };
        let (id, name, text) = (issue.rule.id, issue.test_name(), harmless(&issue.text));
        self.line(format!("{indent}{colour}>> Issue: [{id}:{name}] {text}"));
        let (severity, confidence) = (issue.severity.title(), issue.confidence.title());
        self.line(format!("{indent}   Severity: {severity}   Confidence: {confidence}"));
        self.line(format!("{indent}   CWE: {}", issue.cwe()));
        self.line(format!("{indent}   More Info: {}", rules::more_info(issue.rule)));
        let place = match placed {
            true => format!("{}:{}", issue.line, issue.column),
            false => ":".to_owned(),
        };
        let file = harmless(&issue.file);
        self.line(format!("{indent}   Location: {file}:{place}{reset}"));
        if placed {
            let code = harmless(&issue.code.numbered('\t'));
            self.lines.extend(code.split('\n').map(|line| format!("{indent}{line}")));
        }
    }

    fn metrics(&mut self, session: &Session) {
        self.header("\nRun metrics:");
        let issues = session.totals.issues.unwrap_or_default();
        for (counts, of) in issues.iter().zip(["severity", "confidence"]) {
            self.line(format!("\tTotal issues (by {of}):"));
            for (rank, count) in RANKS.iter().zip(counts) {
                self.line(format!("\t\t{}: {count}", rank.title()));
            }
        }
    }
}

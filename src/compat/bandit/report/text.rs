//! Plain text, and the same in colours for a terminal.

use super::super::issue::{Issue, RANKS, Rank};
use super::super::rules;
use super::super::session::Session;
use super::{Failure, Report, failed, harmless};
use std::fmt::Display;
use std::io::{self, Write};

const HEADER: &str = "\u{1b}[95m";
const LOW: &str = "\u{1b}[94m";
const MEDIUM: &str = "\u{1b}[93m";
const HIGH: &str = "\u{1b}[91m";
const DEFAULT: &str = "\u{1b}[0m";

/// Before an issue that may be the one that is new.
const INDENT: &str = "          ";

/// Writes the lines of a report.
struct Lines<'w> {
    to: &'w mut dyn Write,
    coloured: bool,
}

pub(super) fn write(report: &Report, to: &mut dyn Write, coloured: bool) -> Result<(), Failure> {
    Lines { to, coloured }.report(report).map_err(failed)
}

impl Lines<'_> {
    fn report(&mut self, report: &Report) -> io::Result<()> {
        let session = report.session;
        let started = report.now.strftime("%Y-%m-%d %H:%M:%S.%6f+00:00");
        self.header(&format!("Run started:{started}"))?;
        if report.options.verbose {
            self.scope(session)?;
        }
        self.header("\nTest results:")?;
        self.results(report)?;
        self.header("\nCode scanned:")?;
        self.line(format!("\tTotal lines of code: {}", session.totals.loc))?;
        self.line(format!("\tTotal lines skipped (#nosec): {}", session.totals.nosec))?;
        if !self.coloured {
            self.line(format!(
                "\tTotal potential issues skipped due to specifically being disabled \
                 (e.g., #nosec BXXX): {}",
                session.totals.skipped_tests
            ))?;
        }
        self.metrics(session)?;
        self.header(&format!("Files skipped ({}):", session.skipped.len()))?;
        for (file, why) in &session.skipped {
            self.line(format!("\t{} ({})", harmless(file), harmless(why)))?;
        }
        Ok(())
    }

    fn line(&mut self, line: impl Display) -> io::Result<()> {
        writeln!(self.to, "{line}")
    }

    fn header(&mut self, header: &str) -> io::Result<()> {
        match self.coloured {
            true => self.line(format!("{HEADER}{header}{DEFAULT}")),
            false => self.line(header),
        }
    }

    fn scope(&mut self, session: &Session) -> io::Result<()> {
        self.header(&format!("Files in scope ({}):", session.scope.len()))?;
        for (file, [severity, confidence]) in &session.scope {
            let file = harmless(file);
            self.line(format!(
                "\t{file} (score: {{SEVERITY: {severity}, CONFIDENCE: {confidence}}})"
            ))?;
        }
        self.header(&format!("Files excluded ({}):", session.excluded.len()))?;
        for file in &session.excluded {
            self.line(format!("\t{}", harmless(file)))?;
        }
        Ok(())
    }

    fn results(&mut self, report: &Report) -> io::Result<()> {
        if report.entries.is_empty() {
            return self.line("\tNo issues identified.");
        }
        for entry in &report.entries {
            self.issue(entry.issue, "", !entry.is_open())?;
            if entry.is_open() {
                self.line("\n-- Candidate Issues --")?;
                for candidate in entry.candidates.iter() {
                    self.issue(candidate, INDENT, true)?;
                    self.line("\n")?;
                }
            }
            self.line("-".repeat(50))?;
        }
        Ok(())
    }

    /// `placed`: it is known which of several equal ones it is.
    fn issue(&mut self, issue: &Issue, indent: &str, placed: bool) -> io::Result<()> {
        let (colour, reset) = match issue.severity {
            _ if !self.coloured => ("", ""),
            Rank::Undefined => (DEFAULT, DEFAULT),
            Rank::Low => (LOW, DEFAULT),
            Rank::Medium => (MEDIUM, DEFAULT),
            Rank::High => (HIGH, DEFAULT),
        };
        let (id, name, text) = (issue.rule.id, issue.test_name(), harmless(&issue.text));
        self.line(format!("{indent}{colour}>> Issue: [{id}:{name}] {text}"))?;
        let (severity, confidence) = (issue.severity.title(), issue.confidence.title());
        self.line(format!("{indent}   Severity: {severity}   Confidence: {confidence}"))?;
        self.line(format!("{indent}   CWE: {}", issue.cwe()))?;
        self.line(format!("{indent}   More Info: {}", rules::more_info(issue.rule)))?;
        let place = match placed {
            true => format!("{}:{}", issue.line, issue.column),
            false => ":".to_owned(),
        };
        let file = harmless(&issue.file);
        self.line(format!("{indent}   Location: {file}:{place}{reset}"))?;
        if placed {
            let code = harmless(&issue.code.numbered('\t'));
            for line in code.split('\n') {
                self.line(format!("{indent}{line}"))?;
            }
        }
        Ok(())
    }

    fn metrics(&mut self, session: &Session) -> io::Result<()> {
        self.header("\nRun metrics:")?;
        let issues = session.totals.issues.unwrap_or_default();
        for (counts, of) in issues.iter().zip(["severity", "confidence"]) {
            self.line(format!("\tTotal issues (by {of}):"))?;
            for (rank, count) in RANKS.iter().zip(counts) {
                self.line(format!("\t\t{}: {count}", rank.title()))?;
            }
        }
        Ok(())
    }
}

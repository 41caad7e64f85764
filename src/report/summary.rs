//! What several writers say in the same words: counts, places, names.

use super::{Report, Reported};
use crate::finding::{
    Cell, Confidence, Finding, Fingerprint, Introduced, Location, Notification, Severity, Trouble,
};
use crate::store::Lifecycle;
use schemars::JsonSchema;
use serde::Serialize;

/// The severities, the worst first.
pub const SEVERITIES: [Severity; 6] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
    Severity::Info,
    Severity::Unknown,
];

/// The severity as everything that Lockgate writes spells it.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
        Severity::Info => "info",
        Severity::Unknown => "unknown",
    }
}

/// The confidence as everything that Lockgate writes spells it.
pub fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// The lifecycle as everything that Lockgate writes spells it.
pub fn lifecycle(lifecycle: Lifecycle) -> &'static str {
    match lifecycle {
        Lifecycle::New => "new",
        Lifecycle::Existing => "existing",
        Lifecycle::Reopened => "reopened",
    }
}

/// How far the trouble let a place be looked at, as a heading for people.
pub fn extent(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Undecodable => "Looked at in part",
        Trouble::Unanswered => "Live check",
        _ => "Not looked at",
    }
}

/// A kind of trouble as a heading for people.
pub fn trouble(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Unreadable => "could not be read",
        Trouble::Undecodable => "not in the encoding declared",
        Trouble::Unparsed => "could not be parsed",
        Trouble::OverLimit => "over a limit of size or depth",
        Trouble::Crashed => "failed inside an engine",
        Trouble::LinkNotFollowed => "links that were not followed",
        Trouble::Unanswered => "not told whether a credential works",
    }
}

/// The kinds of trouble, the most surprising first.
pub const TROUBLES: [Trouble; 7] = [
    Trouble::Crashed,
    Trouble::Unparsed,
    Trouble::Undecodable,
    Trouble::Unreadable,
    Trouble::OverLimit,
    Trouble::LinkNotFollowed,
    Trouble::Unanswered,
];

/// Every notification, the most surprising kind first.
pub fn notifications(report: &Report) -> Vec<&Notification> {
    let of = |kind| report.all_notifications().filter(move |told| told.trouble == kind);
    TROUBLES.into_iter().flat_map(of).collect()
}

/// How many findings there are, each counted in one of `open` and `waived`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// Findings that no comment waives.
    pub open: usize,
    /// The open ones by severity.
    pub severity: BySeverity,
    /// Open ones that this branch never had.
    pub new: usize,
    /// Open ones that the previous scan of the branch had too.
    pub existing: usize,
    /// Open ones that were fixed once.
    pub reopened: usize,
    /// Findings that a comment in the source waives.
    pub waived: usize,
    /// Findings that are gone since the previous scan of the branch.
    pub fixed: usize,
    /// Findings that the policy blocks on.
    pub blocking: usize,
}

/// A number for each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BySeverity {
    pub critical: usize,
    pub high: usize,
    pub medium: usize,
    pub low: usize,
    pub info: usize,
    pub unknown: usize,
}

impl BySeverity {
    /// The number for one.
    pub fn of(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Info => &mut self.info,
            Severity::Unknown => &mut self.unknown,
        }
    }

    /// Those that are not 0, the worst first.
    pub fn some(mut self) -> impl Iterator<Item = (Severity, usize)> {
        SEVERITIES.into_iter().map(move |s| (s, *self.of(s))).filter(|&(_, count)| count > 0)
    }

    /// `3 high, 1 low`.
    pub fn words(self) -> String {
        let words: Vec<String> = self.some().map(|(s, n)| format!("{n} {}", severity(s))).collect();
        words.join(", ")
    }
}

impl Counts {
    /// Counts.
    pub fn of(report: &Report) -> Counts {
        let mut counts = Counts {
            fixed: report.fixed.len(),
            blocking: report.verdict.blocking.len(),
            waived: report.findings.len(),
            ..Counts::default()
        };
        for Reported { finding, lifecycle, .. } in report.open() {
            counts.open += 1;
            counts.waived -= 1;
            *counts.severity.of(finding.severity) += 1;
            match lifecycle {
                Some(Lifecycle::New) => counts.new += 1,
                Some(Lifecycle::Existing) => counts.existing += 1,
                Some(Lifecycle::Reopened) => counts.reopened += 1,
                None => {}
            }
        }
        counts
    }

    /// What the open findings are to the branch: `2 new, 1 reopened`. Empty without a store.
    pub fn lifecycles(&self) -> String {
        let parts = [(self.new, "new"), (self.existing, "existing"), (self.reopened, "reopened")];
        let words: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        words.join(", ")
    }
}

/// `1 finding`, `2 findings`.
pub fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Enough of a fingerprint to tell the findings of one report apart.
pub fn short(fingerprint: &Fingerprint) -> String {
    let mut hex = fingerprint.to_string();
    hex.truncate(12);
    hex
}

/// `path:line:column`, as terminals and editors make it a link. Not made harmless yet.
pub fn place(finding: &Finding) -> String {
    let Location { path, span, cell } = &finding.location;
    match cell {
        Some(Cell { number, line, column }) => format!("{path}:cell {number}:{line}:{column}"),
        None => format!("{path}:{}:{}", span.start_line, span.start_column),
    }
}

/// The repository's name; where it is known by its path, only the last part, which says nothing
/// about the machine.
pub fn repository(report: &Report) -> String {
    let repository = &report.repository;
    match repository.root.file_name() {
        Some(folder) if repository.root.to_str() == Some(&repository.name) => {
            folder.to_string_lossy().into_owned()
        }
        _ => repository.name.clone(),
    }
}

/// The first sentence of a text; a full stop inside `code` ends none.
pub fn first_sentence(text: &str) -> &str {
    let mut code = false;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '`' => code = !code,
            '\n' if text[at + 1..].starts_with('\n') => return text[..at].trim_end(),
            c if c.is_whitespace() && !code && previous == '.' => {
                let abbreviated = ["e.g.", "i.e."].iter().any(|a| text[..at].ends_with(a));
                if !abbreviated {
                    return &text[..at];
                }
            }
            _ => {}
        }
        previous = c;
    }
    text.trim_end()
}

/// `introduced in 1a2b3c4 on 2024-03-01, gone from HEAD`.
pub fn introduced(introduced: &Introduced) -> String {
    let Introduced { commit, date, in_head, .. } = introduced;
    let day = date.to_zoned(jiff::tz::TimeZone::UTC).date();
    let now = if *in_head { "still in HEAD" } else { "gone from HEAD" };
    format!("introduced in {} on {day}, {now}", commit.get(..7).unwrap_or(commit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_outside_of_code() {
        assert_eq!(first_sentence("Call `a. b` now. Then rest."), "Call `a. b` now.");
        assert_eq!(first_sentence("Use one, e.g. this. Not that."), "Use one, e.g. this.");
        assert_eq!(first_sentence("No stop\n\nSecond"), "No stop");
        assert_eq!(first_sentence(""), "");
    }
}

//! Everything there is to say of a scan, and the writers that say it. A writer takes a report
//! and a sink; it never filters, sorts, merges or judges.

pub mod explain;
mod github;
pub mod history;
pub mod json;
mod markdown;
mod sarif;
pub mod summary;
mod table;
pub mod triage;
pub mod untrusted;
mod visible_json;

use crate::finding::{EngineRun, Finding, Notification};
use crate::git::Repository;
use crate::policy::Verdict;
use crate::rule::{Catalogue, Rule};
use crate::store::{Fixed, Lifecycle};
use crate::verdict::Document;
use std::io::{self, Write};

/// A scan, judged.
pub struct Report {
    pub repository: Repository,
    /// When the scan began.
    pub started: jiff::Timestamp,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// How many files were walked.
    pub files: u64,
    /// How many of them are binary, which no engine looks at.
    pub binary: u64,
    /// The engines' versions, outcomes, coverage and own notifications; their findings are in
    /// `findings`.
    pub runs: Vec<EngineRun>,
    /// What concerns every engine.
    pub notifications: Vec<Notification>,
    /// Open and waived findings, merged; by path and place.
    pub findings: Vec<Reported>,
    /// Gone since the previous scan of the branch.
    pub fixed: Vec<Fixed>,
    /// Its indices point into `findings`.
    pub verdict: Verdict,
    /// The verdict as an artefact, of every finding that was judged; none where no format asks
    /// for it.
    pub document: Option<Document>,
}

/// A finding and what became of it.
pub struct Reported {
    pub finding: Finding,
    /// In the history of its branch; what was never seen there is new only where the base does not
    /// have it either. None without store and base.
    pub lifecycle: Option<Lifecycle>,
    /// The rule of the policy that it is blocked by.
    pub blocked_by: Option<String>,
}

impl Reported {
    /// The catalogue's entry, for every finding of a native engine.
    pub fn rule(&self) -> Option<&'static Rule> {
        Catalogue::get().find(&self.finding.rule)
    }

    /// Whether no waiver holds for it, or one that does not count.
    pub fn is_open(&self) -> bool {
        self.finding.waiver.is_none() || self.blocked_by.is_some()
    }
}

impl Report {
    /// The findings that are open.
    pub fn open(&self) -> impl Iterator<Item = &Reported> {
        self.findings.iter().filter(|reported| reported.is_open())
    }

    /// Every notification, those of single engines among them.
    pub fn all_notifications(&self) -> impl Iterator<Item = &Notification> {
        self.notifications.iter().chain(self.runs.iter().flat_map(|run| &run.notifications))
    }
}

/// The formats of `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people at a terminal.
    Table,
    /// Lockgate's own, complete; schemas/report.schema.json.
    Json,
    /// SARIF 2.1.0 of what is open now.
    Sarif,
    /// SARIF 2.1.0 with fixed and waived findings too.
    SarifFull,
    /// For a pull request's comment or a job's summary.
    Markdown,
    /// GitHub's workflow commands: annotations.
    Github,
    /// The verdict as an artefact, to sign or to judge again; schemas/verdict.schema.json.
    Verdict,
}

/// How a report is to look.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    pub color: bool,
    /// Whether everything is shown: all findings, however many, and every notification.
    pub verbose: bool,
    /// Columns of the terminal, 100 where there is none.
    pub width: usize,
}

/// Writes the report in a format.
pub fn write(report: &Report, format: Format, style: Style, to: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(report, style, to),
        Format::Json => json::write(report, to),
        Format::Sarif => sarif::write(report, sarif::Scope::Open, to),
        Format::SarifFull => sarif::write(report, sarif::Scope::All, to),
        Format::Markdown => markdown::write(report, to),
        Format::Github => github::write(report, to),
        Format::Verdict => match &report.document {
            Some(document) => visible_json::write_json(document, to),
            None => Err(io::Error::other("the scan was not asked for a verdict")),
        },
    }
}

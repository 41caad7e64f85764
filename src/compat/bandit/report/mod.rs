//! The report, in each of Bandit's formats. A writer puts what was found down piece by piece;
//! where that goes is decided here.

mod csv;
mod custom;
mod html;
mod json;
mod paths;
mod sarif;
mod template;
mod text;
mod values;
mod xml;
mod yaml;

use super::issue::{Issue, Rank};
use super::log::Log;
use super::options::{FORMATS, Options};
use super::output::{Output, harmless, stdout};
use super::session::Session;
use jiff::Timestamp;
use std::io::Write;
use std::rc::Rc;

/// The formats that a baseline goes with.
pub const WITH_BASELINE: &[&str] = &["custom", "html", "json", "screen", "txt"];

/// What is reported.
pub struct Report<'a> {
    pub session: &'a Session,
    pub options: &'a Options,
    pub entries: Vec<Entry<'a>>,
    pub now: Timestamp,
}

/// An issue, and with a baseline those equal to it, itself among them: any of these may be the
/// one that is new.
pub struct Entry<'a> {
    pub issue: &'a Issue,
    pub candidates: Rc<[&'a Issue]>,
}

/// Why there is no report.
#[derive(Debug)]
pub enum Failure {
    /// Said and done with: the code to end with.
    Refused(String),
    /// Bandit fails here.
    Failed(String),
}

impl Entry<'_> {
    /// Whether it cannot be told which of several is new.
    pub fn is_open(&self) -> bool {
        self.candidates.len() > 1
    }
}

impl Report<'_> {
    /// Writes the report to where the options say.
    ///
    /// # Errors
    /// The template is none that means something, or nothing can be written.
    pub fn write(&self, output: &mut Output, format: &str, log: &Log) -> Result<(), Failure> {
        if format == "screen" {
            return self.screen(output, log);
        }
        let mut to = output.writer();
        let (module, what) = match format {
            "csv" => csv::write(self, &mut to).map(|()| ("csv", "CSV output")),
            "custom" => custom::write(self, &mut to, log).map(|()| ("custom", "Result")),
            "html" => html::write(self, &mut to).map(|()| ("html", "HTML output")),
            "json" => json::write(self, &mut to).map(|()| ("json", "JSON output")),
            "sarif" => sarif::write(self, &mut to).map(|()| ("sarif", "SARIF output")),
            "xml" => xml::write(self, &mut to).map(|()| ("xml", "XML output")),
            "yaml" => yaml::write(self, &mut to).map(|()| ("yaml", "YAML output")),
            _ if self.is_silent() => Ok(("text", "Text output")),
            _ => text::write(self, &mut to, false).map(|()| ("text", "Text output")),
        }?;
        to.flush().map_err(failed)?;
        drop(to);
        if let Some(name) = output.name() {
            log.info(module, &format!("{what} written to file: {name}"));
        }
        Ok(())
    }

    /// The terminal gets it, whatever the options say.
    fn screen(&self, output: &Output, log: &Log) -> Result<(), Failure> {
        if !self.is_silent() {
            let mut to = stdout();
            text::write(self, &mut to, true)?;
            to.flush().map_err(failed)?;
        }
        if let Some(name) = output.name() {
            let why = "Screen formatter output was not written to file";
            log.info("screen", &format!("{why}: {name}, consider '-f txt'"));
        }
        match output {
            Output::Nowhere => Err(failed("there is no file to write it to")),
            _ => Ok(()),
        }
    }

    fn is_silent(&self) -> bool {
        self.options.quiet && self.entries.is_empty()
    }

    /// The time in UTC, to the second.
    fn time(&self) -> String {
        self.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

/// The format that is meant: one that is not known is that of standard output.
pub fn known<'a>(format: &'a str, default: &'a str) -> &'a str {
    if FORMATS.contains(&format) { format } else { default }
}

fn failed(why: impl std::fmt::Display) -> Failure {
    Failure::Failed(why.to_string())
}

/// The rank in lower case, as classes and tags have it.
fn lower(rank: Rank) -> String {
    rank.name().to_lowercase()
}

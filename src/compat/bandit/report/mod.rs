//! The report, in each of Bandit's formats. A writer takes what was found and returns the whole
//! text; where that goes is decided here.

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
use super::output::{Output, harmless, print};
use super::session::Session;
use jiff::Timestamp;

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
    pub candidates: Vec<&'a Issue>,
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
        let (module, what, text) = match format {
            "csv" => ("csv", "CSV output written to file", csv::write(self)?),
            "custom" => ("custom", "Result written to file", custom::write(self, log)?),
            "html" => ("html", "HTML output written to file", html::write(self).into_bytes()),
            "json" => ("json", "JSON output written to file", json::write(self)?),
            "sarif" => ("sarif", "SARIF output written to file", sarif::write(self)?),
            "screen" => return self.screen(output, log),
            "xml" => ("xml", "XML output written to file", xml::write(self)?),
            "yaml" => ("yaml", "YAML output written to file", yaml::write(self)?),
            _ if self.is_silent() => ("text", "Text output written to file", Vec::new()),
            _ => ("text", "Text output written to file", text::plain(self).into_bytes()),
        };
        if !text.is_empty() {
            output.write(&text).map_err(failed)?;
        }
        if let Some(name) = output.name() {
            log.info(module, &format!("{what}: {name}"));
        }
        Ok(())
    }

    /// The terminal gets it, whatever the options say.
    fn screen(&self, output: &Output, log: &Log) -> Result<(), Failure> {
        if !self.is_silent() {
            print(text::coloured(self).as_bytes()).map_err(failed)?;
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

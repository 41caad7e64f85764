//! Reports, in the formats of Trivy. What they say is one value, which JSON writes as it stands;
//! it has room for what other subcommands find.

mod bill;
mod json;
mod node;
mod sarif;
mod table;
mod template;

use super::options::Options;
use super::{Stopped, VERSION};
use crate::compat::defsec::Line;
use crate::compat::go::template::Template;
use crate::report::untrusted::visible;
use jiff::Timestamp;
use serde::Serialize;
use std::io::{self, Write};

/// What Trivy is, where reports name it.
const HOME: &str = "https://github.com/aquasecurity/trivy";

/// All that is found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Report {
    schema_version: u8,
    trivy: Version,
    #[serde(rename = "ReportID")]
    id: String,
    created_at: String,
    artifact_name: String,
    artifact_type: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    results: Vec<Outcome>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    version: &'static str,
}

/// What is found in one place.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Outcome {
    pub target: String,
    pub class: &'static str,
    #[serde(rename = "Type")]
    pub kind: &'static str,
    /// None where nothing was asked.
    #[serde(rename = "MisconfSummary", skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub misconfigurations: Vec<Misconfiguration>,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Summary {
    pub successes: usize,
    pub failures: usize,
}

/// What a check says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Misconfiguration {
    #[serde(rename = "Type")]
    pub kind: &'static str,
    #[serde(rename = "ID")]
    pub id: String,
    pub title: String,
    pub description: String,
    pub message: String,
    pub namespace: String,
    pub query: String,
    pub resolution: String,
    pub severity: &'static str,
    #[serde(rename = "PrimaryURL")]
    pub url: String,
    pub references: Vec<String>,
    /// `FAIL` or `PASS`.
    pub status: &'static str,
    #[serde(rename = "CauseMetadata")]
    pub cause: Cause,
}

/// Where it is.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cause {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource: String,
    pub provider: String,
    pub service: String,
    /// From 1; 0 where it is about what is not there.
    #[serde(skip_serializing_if = "is_zero")]
    pub start_line: u32,
    #[serde(skip_serializing_if = "is_zero")]
    pub end_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// What is around it, from the inside out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub occurrences: Vec<Occurrence>,
}

/// The lines that are shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Code {
    pub lines: Vec<Shown>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Shown {
    pub number: u32,
    pub content: String,
    pub is_cause: bool,
    annotation: &'static str,
    /// Whether lines are left out here.
    pub truncated: bool,
    /// The line as a terminal would have it; here it has no colours.
    #[serde(skip_serializing_if = "String::is_empty")]
    highlighted: String,
    pub first_cause: bool,
    pub last_cause: bool,
}

/// What is around a place.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Occurrence {
    pub resource: String,
    pub filename: String,
    pub location: Range,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Range {
    pub start_line: u32,
    pub end_line: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Code {
    pub fn of(lines: &[Line]) -> Code {
        let causes: Vec<u32> = lines.iter().filter(|it| it.is_cause).map(|it| it.number).collect();
        let shown = |line: &Line| {
            let content = line.text.clone().unwrap_or_default();
            Shown {
                number: line.number,
                highlighted: content.clone(),
                content,
                is_cause: line.is_cause,
                annotation: "",
                truncated: line.text.is_none(),
                first_cause: causes.first() == Some(&line.number),
                last_cause: causes.last() == Some(&line.number),
            }
        };
        Code { lines: lines.iter().map(shown).collect() }
    }
}

/// A format.
pub enum Format {
    Table,
    Json,
    Sarif,
    Template(Box<Template>),
    CycloneDx,
    Spdx,
    SpdxJson,
    GitHub,
    CosignVuln,
}

impl Format {
    /// The format that is asked for.
    ///
    /// # Errors
    /// It is a template, and there is none.
    pub fn of(options: &Options) -> Result<Format, Stopped> {
        Ok(match &*options.format {
            "json" => Format::Json,
            "sarif" => Format::Sarif,
            "template" => Format::Template(Box::new(template::read(&options.template)?)),
            "cyclonedx" => Format::CycloneDx,
            "spdx" => Format::Spdx,
            "spdx-json" => Format::SpdxJson,
            "github" => Format::GitHub,
            "cosign-vuln" => Format::CosignVuln,
            _ => Format::Table,
        })
    }
}

/// What formats ask beside the report.
pub struct Context<'a> {
    pub options: &'a Options,
    /// What targets are relative to, absolute.
    pub folder: &'a str,
    pub started: Timestamp,
}

impl Report {
    /// What is found in something, by the time that the scan began.
    pub fn new(artifact: &str, started: Timestamp, results: Vec<Outcome>) -> Report {
        Report {
            schema_version: 2,
            trivy: Version { version: VERSION },
            id: unique(Some(started)),
            created_at: started.to_string(),
            artifact_name: visible(artifact).into_owned(),
            artifact_type: "filesystem",
            results,
        }
    }

    /// Whether anything fails.
    pub fn has_failures(&self) -> bool {
        self.results.iter().any(|it| it.summary.is_some_and(|summary| summary.failures > 0))
    }

    /// Writes the report.
    ///
    /// # Errors
    /// It cannot be written, or the template fails.
    pub fn write(&self, format: &Format, context: &Context, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Table => table::write(self, context, out),
            Format::Json => json::write(self, out),
            Format::Sarif => sarif::write(self, context, out),
            Format::Template(template) => template::write(self, template, out),
            Format::CycloneDx => bill::cyclonedx(self, context, out),
            Format::Spdx => bill::spdx(self, context, out),
            Format::SpdxJson => bill::spdx_json(self, context, out),
            Format::GitHub => json::github(context, out),
            Format::CosignVuln => json::cosign(self, context, out),
        }
    }
}

impl Misconfiguration {
    pub fn is_failure(&self) -> bool {
        self.status == "FAIL"
    }
}

/// A number that no other report has: a UUID, of version 7 where it begins with a time, else 4.
fn unique(time: Option<Timestamp>) -> String {
    let mut bytes = [0_u8; 16];
    // Without random numbers reports would still be right.
    let _ = getrandom::fill(&mut bytes);
    if let Some(time) = time {
        let milliseconds = time.as_millisecond().to_be_bytes();
        bytes[..6].copy_from_slice(&milliseconds[2..]);
    }
    bytes[6] = (bytes[6] & 0x0f) | if time.is_some() { 0x70 } else { 0x40 };
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// A time to the second: `2027-01-31T12:00:00Z`.
fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

//! JSON: keys sorted, two blanks a level, nothing but ASCII. The same report in YAML is made of
//! it too.

use super::super::issue::{Code, Issue};
use super::super::rules;
use super::{Failure, Report, failed};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

/// The report. The fields of this and of all below are in the order of their names.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    errors: Vec<Skipped<'a>>,
    generated_at: String,
    metrics: BTreeMap<&'a str, BTreeMap<String, u64>>,
    results: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Skipped<'a> {
    filename: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Found<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<Found<'a>>,
    code: Lazy<'a>,
    col_offset: i64,
    end_col_offset: i64,
    filename: &'a str,
    issue_confidence: &'static str,
    issue_cwe: Cwe,
    issue_severity: &'static str,
    issue_text: &'a str,
    line_number: u32,
    line_range: &'a [u32],
    #[serde(skip_serializing_if = "Option::is_none")]
    more_info: Option<String>,
    test_id: &'static str,
    test_name: &'static str,
}

#[derive(Serialize)]
struct Cwe {
    id: u16,
    link: String,
}

impl<'a> Document<'a> {
    /// `code` makes one text of the lines of an issue.
    pub(super) fn new(report: &'a Report, code: fn(&Code) -> String) -> Document<'a> {
        let session = report.session;
        let mut results: Vec<Found> = report
            .entries
            .iter()
            .map(|entry| Found {
                candidates: match entry.is_open() {
                    true => entry.candidates.iter().map(|issue| result(issue, code)).collect(),
                    false => Vec::new(),
                },
                more_info: Some(rules::more_info(entry.issue.rule)),
                ..result(entry.issue, code)
            })
            .collect();
        match &*report.options.aggregate {
            "vuln" => results.sort_by_key(|result| result.test_name),
            _ => results.sort_by_key(|result| result.filename),
        }
        let errors = session.skipped.iter();
        let metrics = session.metrics.iter().map(|(file, counts)| (&**file, *counts));
        let metrics = metrics.chain([("_totals", session.totals)]);
        Document {
            errors: errors.map(|(file, why)| Skipped { filename: file, reason: why }).collect(),
            generated_at: report.time(),
            metrics: metrics.map(|(name, of)| (name, of.named().into_iter().collect())).collect(),
            results,
        }
    }
}

fn result(issue: &Issue, code: fn(&Code) -> String) -> Found<'_> {
    let (id, link) = rules::cwe(issue.rule);
    Found {
        candidates: Vec::new(),
        code: Lazy(&issue.code, code),
        col_offset: issue.column,
        end_col_offset: issue.end_column,
        filename: &issue.file,
        issue_confidence: issue.confidence.name(),
        issue_cwe: Cwe { id, link },
        issue_severity: issue.severity.name(),
        issue_text: &issue.text,
        line_number: issue.line,
        line_range: &issue.lines,
        more_info: None,
        test_id: issue.rule.id,
        test_name: issue.test_name(),
    }
}

pub(super) fn write(report: &Report, to: &mut dyn Write) -> Result<(), Failure> {
    let document = Document::new(report, |code| code.numbered(' '));
    print(&document, to)
}

/// Writes a document in ASCII. What is serialized comes in many small pieces, which a `BufWriter`
/// passes on together and does not cut.
pub(super) fn print(document: &impl Serialize, to: &mut dyn Write) -> Result<(), Failure> {
    let mut out = BufWriter::with_capacity(64 << 10, Ascii(to));
    serde_json::to_writer_pretty(&mut out, document).map_err(failed)?;
    out.flush().map_err(failed)
}

/// A text that is made of lines when it is written: many issues may have the same lines.
pub(super) struct Lazy<'a>(pub &'a Code, pub fn(&Code) -> String);

impl Serialize for Lazy<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.1(self.0))
    }
}

/// Takes a document in whole characters, as it is serialized, and writes an escape for each
/// character beyond ASCII, all of which stand in texts.
struct Ascii<'w>(&'w mut dyn Write);

impl Write for Ascii<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_ascii() {
            return self.0.write(bytes);
        }
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        for c in text.chars() {
            match c.is_ascii() {
                true => self.0.write_all(&[c as u8])?,
                false => c
                    .encode_utf16(&mut [0; 2])
                    .iter()
                    .try_for_each(|unit| write!(self.0, "\\u{unit:04x}"))?,
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

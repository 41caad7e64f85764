//! CSV, with CR LF at the line ends.

use super::super::rules;
use super::{Failure, Report, failed};
use ::csv::{Terminator, WriterBuilder};
use std::io::Write;

const FIELDS: [&str; 12] = [
    "filename",
    "test_name",
    "test_id",
    "issue_severity",
    "issue_confidence",
    "issue_cwe",
    "issue_text",
    "line_number",
    "col_offset",
    "end_col_offset",
    "line_range",
    "more_info",
];

pub(super) fn write(report: &Report, to: &mut dyn Write) -> Result<(), Failure> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(to);
    writer.write_record(FIELDS).map_err(failed)?;
    for entry in &report.entries {
        let issue = entry.issue;
        let record = [
            &*issue.file,
            issue.test_name(),
            issue.rule.id,
            issue.severity.name(),
            issue.confidence.name(),
            &rules::cwe(issue.rule).1,
            &issue.text,
            &issue.line.to_string(),
            &issue.column.to_string(),
            &issue.end_column.to_string(),
            &issue.range(),
            &rules::more_info(issue.rule),
        ];
        writer.write_record(record).map_err(failed)?;
    }
    writer.flush().map_err(failed)
}

//! CSV.

use super::{Report, level, link};
use crate::compat::go::csv::row;
use crate::compat::tfsec::case::Status;
use std::io::{self, Write};

const COLUMNS: [&str; 8] =
    ["file", "start_line", "end_line", "rule_id", "severity", "description", "link", "passed"];

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    row(&COLUMNS, out)?;
    for case in report.listed() {
        let path = report.path(&case.at);
        let (start, end) = (case.at.start.to_string(), case.at.end.to_string());
        let passed = (case.status == Status::Passed).to_string();
        row(
            &[
                &path,
                &start,
                &end,
                &case.about.long,
                level(case),
                &case.description,
                link(case),
                &passed,
            ],
            out,
        )?;
    }
    Ok(())
}

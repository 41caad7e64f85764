//! Markdown.

use super::{Report, level};
use crate::compat::tfsec::case::Status;
use crate::report::untrusted::markdown;
use std::io::{self, Write};

/// The tables, in their order.
pub const TITLES: [(&str, Status); 3] =
    [("Failed", Status::Failed), ("Ignored", Status::Ignored), ("Passed", Status::Passed)];

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.listed().next().is_none() {
        return write!(out, "_No problems detected!_");
    }
    writeln!(out, "\n# [tfsec] Results")?;
    for (title, status) in TITLES {
        let cases = report.of(status);
        if cases.is_empty() {
            continue;
        }
        writeln!(out, "## {title}: {} issue(s)", cases.len())?;
        writeln!(out, "| # | ID | Severity | Title | Location | Description |")?;
        writeln!(out, "|---|----|----------|-------|----------|-------------|")?;
        for (number, case) in (1..).zip(cases) {
            // In a code span nothing can be escaped, and a cell ends at any bar.
            let place = report.place(case).replace(['`', '|'], "?");
            let id = case.about.long.replace(['`', '|'], "?");
            let (severity, title) = (level(case), markdown(&case.about.title));
            let description = markdown(&case.description);
            writeln!(
                out,
                "| {number} | `{id}` | *{severity}* | _{title}_ | `{place}` | {description} |"
            )?;
        }
        writeln!(out)?;
    }
    Ok(())
}

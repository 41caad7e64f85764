//! The table.

use super::{Report, Style};
use std::io::{self, Write};

/// Writes the report.
pub fn write(report: &Report, _style: Style, to: &mut dyn Write) -> io::Result<()> {
    for reported in report.open() {
        let f = &reported.finding;
        writeln!(
            to,
            "{}:{} {} {}",
            f.location.path, f.location.span.start_line, f.rule, f.message
        )?;
    }
    Ok(())
}

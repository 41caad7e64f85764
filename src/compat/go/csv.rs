//! CSV as Go's library writes it.

use std::io::{self, Write};

/// Writes a row.
///
/// # Errors
/// It cannot be written.
pub fn row(fields: &[&str], out: &mut dyn Write) -> io::Result<()> {
    let quoted = |field: &&str| {
        let needs = *field == r"\."
            || field.contains([',', '"', '\r', '\n'])
            || field.starts_with(char::is_whitespace);
        if needs { format!("\"{}\"", field.replace('"', "\"\"")) } else { (*field).to_owned() }
    };
    let fields: Vec<String> = fields.iter().map(quoted).collect();
    writeln!(out, "{}", fields.join(","))
}

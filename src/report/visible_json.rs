//! JSON for a terminal too: what is hidden is an escape, which means the same to a parser.

use super::untrusted::is_hidden;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;
use std::io::{self, Write};

/// Writes a value as one line of JSON.
pub fn write_json(value: &impl Serialize, to: &mut dyn Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *to, Visible))?;
    writeln!(to)
}

/// Compact, with an escape for every hidden character. The C0 controls are escaped by the
/// serializer itself.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + Write,
    {
        let mut plain = 0;
        if !fragment.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            for (at, c) in fragment.char_indices().filter(|(_, c)| is_hidden(*c)) {
                writer.write_all(&fragment.as_bytes()[plain..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                plain = at + c.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[plain..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_parser_reads_what_was_meant(text in "[\u{0}-\u{ff}\u{200b}-\u{206f}\u{e0001}a-z漢]{0,40}") {
            let mut out = Vec::new();
            write_json(&text, &mut out).expect("a vector takes everything");
            let line = String::from_utf8(out).expect("JSON is UTF-8");
            prop_assert!(!line.trim_end_matches('\n').chars().any(is_hidden), "{line:?}");
            prop_assert_eq!(serde_json::from_str::<String>(&line).expect("JSON"), text);
        }
    }
}

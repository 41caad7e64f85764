//! JSON as Go's library writes it: indented, `<`, `>` and `&` escaped, whole numbers without a
//! fraction.

use memchr::{memchr, memchr3};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::io::{self, BufWriter, Write};

/// Bytes that are written at once.
const BUFFER: usize = 1 << 16;

struct Go<'i>(PrettyFormatter<'i>);

impl Formatter for Go<'_> {
    fn write_f32<W: ?Sized + Write>(&mut self, out: &mut W, value: f32) -> io::Result<()> {
        write!(out, "{value}")
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let bytes = fragment.as_bytes();
        // Both separators of lines begin with this byte.
        if memchr3(b'<', b'>', b'&', bytes).is_none() && memchr(0xE2, bytes).is_none() {
            return out.write_all(bytes);
        }
        let mut written = 0;
        for (at, c) in fragment.char_indices() {
            if matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') {
                out.write_all(&fragment.as_bytes()[written..at])?;
                write!(out, "\\u{:04x}", u32::from(c))?;
                written = at + c.len_utf8();
            }
        }
        out.write_all(&fragment.as_bytes()[written..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

/// Writes a value, without a line end.
///
/// # Errors
/// It cannot be written.
pub fn write(value: &impl Serialize, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    let formatter = Go(PrettyFormatter::with_indent(indent.as_bytes()));
    // JSON is written in crumbs.
    let mut out = BufWriter::with_capacity(BUFFER, out);
    value.serialize(&mut Serializer::with_formatter(&mut out, formatter))?;
    out.flush()
}

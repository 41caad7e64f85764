//! Strings of JSON that know where in the text they stand.

use crate::target::Builder;
use serde_json::value::RawValue;
use std::ops::Range;

/// Where a value stands in the text that it was read from.
fn place(value: &RawValue, text: &str) -> Option<Range<usize>> {
    let start = (value.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let range = start..start + value.get().len();
    (text.get(range.clone()) == Some(value.get())).then_some(range)
}

/// Adds what a string says, or the strings of a list one after the other. None where the value is
/// neither.
pub fn push_text(value: &RawValue, text: &str, to: &mut Builder) -> Option<()> {
    if value.get().starts_with('[') {
        let lines: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
        return lines.into_iter().try_for_each(|line| push_string(line, text, to));
    }
    push_string(value, text, to)
}

fn push_string(value: &RawValue, text: &str, to: &mut Builder) -> Option<()> {
    let place = place(value, text)?;
    let inside = value.get().strip_prefix('"')?.strip_suffix('"')?;
    let mut at = place.start + 1;
    let mut rest = inside;
    while let Some(plain) = memchr::memchr(b'\\', rest.as_bytes()) {
        to.push_verbatim(&rest[..plain], at);
        let (c, length) = escape(&rest[plain..])?;
        to.push_escaped(c, at + plain..at + plain + length);
        rest = rest.get(plain + length..)?;
        at += plain + length;
    }
    to.push_verbatim(rest, at);
    Some(())
}

/// The character that an escape at the beginning of the text stands for, and the escape's length.
/// Half of a surrogate pair stands for none that could be shown.
fn escape(text: &str) -> Option<(char, usize)> {
    let plain = match text.as_bytes().get(1)? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => {
            let first = unit(text)?;
            let pair = text.get(6..).and_then(unit).map(|second| [first, second]);
            let whole = pair.and_then(|pair| char::decode_utf16(pair).next()?.ok());
            return Some(match (char::from_u32(first.into()), whole) {
                (Some(c), _) => (c, 6),
                (None, Some(c)) => (c, 12),
                (None, None) => (char::REPLACEMENT_CHARACTER, 6),
            });
        }
        c => char::from(*c),
    };
    Some((plain, 2))
}

/// The number in `\u1F40`.
fn unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

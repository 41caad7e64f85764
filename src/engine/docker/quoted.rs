//! Words with quotes, as `ENV`, `ARG` and here-documents have them, and lists of strings in JSON,
//! as the exec form has them.

use super::text::{Text, Word};
use std::ops::Range;

/// The words between blanks that no quote and no escape character holds together.
pub fn split(text: &str, escape: u8) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut words = Vec::new();
    let (mut start, mut quote, mut at) = (None, None, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        match quote {
            None if byte.is_ascii_whitespace() => {
                words.extend(start.take().map(|start| start..at));
                at += 1;
                continue;
            }
            None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
            Some(open) if open == byte => quote = None,
            _ => {}
        }
        start.get_or_insert(at);
        let escapes = byte == escape && quote != Some(b'\'') && at + 1 < bytes.len();
        at += 1 + usize::from(escapes);
    }
    // A character of several bytes may follow the escape: the end stays a boundary.
    words.extend(start.map(|start| start..bytes.len()));
    words.retain(|word| text.is_char_boundary(word.start) && text.is_char_boundary(word.end));
    words
}

/// The strings of a list, where the whole text is one.
pub fn list(text: &Text) -> Option<Vec<Text>> {
    let written = text.as_str();
    let bytes = written.as_bytes();
    let blank = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    let mut at = blank(0);
    if bytes.get(at) != Some(&b'[') {
        return None;
    }
    at = blank(at + 1);
    let mut strings = Vec::new();
    while bytes.get(at) != Some(&b']') {
        let (string, end) = string(text, at)?;
        strings.push(string);
        at = blank(end);
        match bytes.get(at)? {
            b',' => at = blank(at + 1),
            b']' => {}
            _ => return None,
        }
        if bytes.get(at) == Some(&b']') && bytes[..at].trim_ascii_end().ends_with(b",") {
            return None;
        }
    }
    (blank(at + 1) == bytes.len()).then_some(strings)
}

/// The string whose opening quote is at an offset, and where it ends.
fn string(text: &Text, at: usize) -> Option<(Text, usize)> {
    let written = text.as_str();
    let bytes = written.as_bytes();
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let mut string = Text::default();
    let mut from = at + 1;
    loop {
        let end = from + memchr::memchr2(b'"', b'\\', bytes.get(from..)?)?;
        string.push(&written[from..end], text.place(from..end).start);
        if bytes[end] == b'"' {
            return Some((string, end + 1));
        }
        let (meant, length) = match bytes.get(end + 1)? {
            b'n' => ('\n', 2),
            b't' => ('\t', 2),
            b'r' => ('\r', 2),
            b'b' => ('\u{8}', 2),
            b'f' => ('\u{c}', 2),
            b'u' => {
                let code = u32::from_str_radix(written.get(end + 2..end + 6)?, 16).ok()?;
                (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 6)
            }
            plain @ (b'"' | b'\\' | b'/') => (char::from(*plain), 2),
            _ => return None,
        };
        string.push(meant.encode_utf8(&mut [0; 4]), text.place(end..end + length).start);
        from = end + length;
    }
}

/// Strings as words.
pub fn words(strings: &[Text]) -> Vec<Word> {
    strings.iter().map(|string| string.word(0..string.as_str().len())).collect()
}

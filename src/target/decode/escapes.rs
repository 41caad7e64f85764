//! Codecs in which ASCII stands for any character: what a source in one of them says is not what
//! it looks like.

use super::codec::UNKNOWN;

/// The text and whether all of it is valid.
pub fn utf7(raw: &[u8]) -> (String, bool) {
    let (mut text, mut is_whole, mut rest) = (String::with_capacity(raw.len()), true, raw);
    while let Some((&first, others)) = rest.split_first() {
        rest = others;
        match first {
            b'+' if others.first() == Some(&b'-') => {
                text.push('+');
                rest = &others[1..];
            }
            b'+' => {
                let end = others.iter().position(|byte| sextet(*byte).is_none());
                let (shifted, after) = others.split_at(end.unwrap_or(others.len()));
                let units = units(shifted);
                is_whole &= !units.is_empty();
                for char in char::decode_utf16(units) {
                    is_whole &= char.is_ok();
                    text.push(char.unwrap_or(UNKNOWN));
                }
                rest = after.strip_prefix(b"-").unwrap_or(after);
            }
            _ if first.is_ascii() => text.push(char::from(first)),
            _ => {
                is_whole = false;
                text.push(UNKNOWN);
            }
        }
    }
    (text, is_whole)
}

/// The UTF-16 that base64 stands for.
fn units(base64: &[u8]) -> Vec<u16> {
    let (mut units, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for value in base64.iter().filter_map(|byte| sextet(*byte)) {
        bits = (bits << 6 | value) & 0x3F_FFFF;
        count += 6;
        if count >= 16 {
            count -= 16;
            units.push((bits >> count) as u16);
        }
    }
    units
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

/// Latin-1 with `\uXXXX` and `\UXXXXXXXX`; see `utf7` for what is returned.
pub fn raw_unicode_escape(raw: &[u8]) -> (String, bool) {
    escaped(raw, |kind, after| match kind {
        b'u' => number(after, 16, 4..=4),
        b'U' => number(after, 16, 8..=8),
        _ => Escape::None,
    })
}

/// Latin-1 with the escapes of Python's strings; see `utf7` for what is returned.
pub fn unicode_escape(raw: &[u8]) -> (String, bool) {
    escaped(raw, |kind, after| match kind {
        b'\n' => Escape::Nothing,
        b'\\' | b'\'' | b'"' => Escape::Char(char::from(kind), 0),
        b'a' => Escape::Char('\x07', 0),
        b'b' => Escape::Char('\x08', 0),
        b'f' => Escape::Char('\x0C', 0),
        b'n' => Escape::Char('\n', 0),
        b'r' => Escape::Char('\r', 0),
        b't' => Escape::Char('\t', 0),
        b'v' => Escape::Char('\x0B', 0),
        b'x' => number(after, 16, 2..=2),
        b'u' => number(after, 16, 4..=4),
        b'U' => number(after, 16, 8..=8),
        b'N' => match after.iter().position(|byte| *byte == b'}') {
            Some(end) if after[0] == b'{' => Escape::Char(UNKNOWN, end + 1),
            _ => Escape::Broken,
        },
        b'0'..=b'7' => Escape::Octal,
        _ => Escape::None,
    })
}

/// What a backslash and the character behind it stand for.
enum Escape {
    /// Themselves.
    None,
    Nothing,
    /// The character, for which so many bytes more are used up.
    Char(char, usize),
    /// A number that begins with the character.
    Octal,
    Broken,
}

fn escaped(raw: &[u8], escape: impl Fn(u8, &[u8]) -> Escape) -> (String, bool) {
    let (mut text, mut is_whole, mut rest) = (String::with_capacity(raw.len()), true, raw);
    while let Some((&first, others)) = rest.split_first() {
        rest = others;
        let Some((&kind, after)) = others.split_first().filter(|_| first == b'\\') else {
            text.push(char::from(first));
            continue;
        };
        let (mut meant, mut from) = (escape(kind, after), after);
        if matches!(meant, Escape::Octal) {
            (meant, from) = (number(others, 8, 1..=3), others);
        }
        rest = from;
        match meant {
            Escape::Nothing => {}
            Escape::Char(char, used) => {
                text.push(char);
                rest = &from[used..];
            }
            Escape::None | Escape::Octal | Escape::Broken => {
                is_whole &= matches!(meant, Escape::None);
                text.extend(['\\', char::from(kind)]);
            }
        }
    }
    (text, is_whole)
}

/// The character whose number begins here, with at least and at most so many digits.
fn number(from: &[u8], base: u32, digits: std::ops::RangeInclusive<usize>) -> Escape {
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(base);
    let count = from.iter().take(*digits.end()).take_while(is_digit).count();
    let value = from[..count]
        .iter()
        .filter_map(|byte| char::from(*byte).to_digit(base))
        .fold(0, |value: u32, digit| value * base + digit);
    match char::from_u32(value) {
        Some(char) if digits.contains(&count) => Escape::Char(char, count),
        _ => Escape::Broken,
    }
}

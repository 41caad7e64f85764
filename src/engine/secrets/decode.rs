//! Text that is written in another way: base 64, hexadecimal digits, percent signs, escapes.
//!
//! A run of digits is found by looking at every 27th byte, and is decoded only if its first bytes
//! are text. What is decoded is looked at like a file (`detector`), to a bounded depth and size.

use super::base64;
use std::fmt;
use std::ops::Range;

/// The shortest run that is decoded: the shortest credential with a form of its own has 20 bytes.
const SHORTEST: usize = 27;
/// The longest run that is decoded; of a longer one so much.
const LONGEST: usize = 1 << 20;
/// How many digits tell text from anything else.
const PROBE: usize = 16;
/// Fewer escapes are characters that are hard to type, unless they are letters or digits.
const FEWEST_ESCAPES: usize = 8;
/// How far a run with percent signs or escapes is followed.
const LONGEST_ESCAPED: usize = 4 << 10;

/// What begins an escape; looked for by the automaton.
pub const KEYWORDS: &[&str] = &["%", "\\u00", "\\x"];

/// How a text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Base64,
    Hex,
    Percent,
    Escapes,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Encoding::Base64 => "base 64",
            Encoding::Hex => "hexadecimal digits",
            Encoding::Percent => "percent-encoding",
            Encoding::Escapes => "character escapes",
        })
    }
}

/// A text, and where it is written.
#[derive(Debug)]
pub struct Decoded {
    pub range: Range<usize>,
    pub text: Vec<u8>,
    pub encoding: Encoding,
}

impl Decoded {
    /// Whether all of it can be read.
    pub fn is_text(&self) -> bool {
        is_text(&self.text)
    }
}

/// Every run of digits that holds text.
pub fn digits(bytes: &[u8]) -> impl Iterator<Item = Decoded> {
    Runs { bytes, from: 0 }.filter_map(|run| decoded(bytes, run))
}

/// The text around a percent sign or an escape; `from` is where the one before ended.
pub fn escaped(bytes: &[u8], at: usize, from: usize) -> Option<Decoded> {
    let encoding = if bytes[at] == b'%' { Encoding::Percent } else { Encoding::Escapes };
    escape(&bytes[at..])?;
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"_-.~+".contains(&b);
    let floor = at.saturating_sub(LONGEST_ESCAPED).max(from);
    let start = at - bytes[floor..at].iter().rev().take_while(|b| is_token(**b)).count();
    let (mut text, mut escapes, mut hides, mut end) = (bytes[start..at].to_vec(), 0, false, at);
    while end < bytes.len() && end - start < LONGEST_ESCAPED {
        if let Some((byte, length)) = escape(&bytes[end..]) {
            text.push(byte);
            escapes += 1;
            hides |= byte.is_ascii_alphanumeric();
            end += length;
        } else if is_token(bytes[end]) {
            text.push(bytes[end]);
            end += 1;
        } else {
            break;
        }
    }
    let fewest = if encoding == Encoding::Percent || hides { 1 } else { FEWEST_ESCAPES };
    (escapes >= fewest && text.len() >= 16).then_some(Decoded { range: start..end, text, encoding })
}

/// `%41`, `\x41`, `\u0041`: the character, and how long its escape is.
fn escape(bytes: &[u8]) -> Option<(u8, usize)> {
    let digits = match bytes {
        [b'%', ..] => 1..3,
        [b'\\', b'x', ..] => 2..4,
        [b'\\', b'u', b'0', b'0', ..] => 4..6,
        _ => return None,
    };
    let end = digits.end;
    let [high, low] = bytes.get(digits)? else {
        return None;
    };
    let digit = |b: u8| char::from(b).to_digit(16).map(|digit| digit as u8);
    Some((digit(*high)? << 4 | digit(*low)?, end))
}

/// A character of a string literal that is written as an escape, and how long that is.
pub fn character(bytes: &[u8]) -> Option<(u8, usize)> {
    match bytes {
        [b'\\', byte @ (b'\\' | b'/' | b'"' | b'\''), ..] => Some((*byte, 2)),
        [b'\\', ..] => escape(bytes),
        _ => None,
    }
}

/// What a string literal says; none where it has no escapes, or others.
pub fn literal(written: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'\\', written)?;
    let mut text = Vec::with_capacity(written.len());
    let mut rest = written;
    while let Some(&byte) = rest.first() {
        let (byte, length) = if byte == b'\\' { character(rest)? } else { (byte, 1) };
        text.push(byte);
        rest = &rest[length..];
    }
    Some(text)
}

/// The runs of digits of base 64, either alphabet, that are long enough.
struct Runs<'a> {
    bytes: &'a [u8],
    from: usize,
}

impl Iterator for Runs<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        // A run that begins at `from` or behind it holds this byte, or begins behind it.
        while let Some(&probe) = self.bytes.get(self.from + SHORTEST - 1) {
            let at = self.from + SHORTEST - 1;
            if !is_digit(probe) {
                self.from = at + 1;
                continue;
            }
            let before = self.bytes[self.from..at].iter().rev();
            let start = at - before.take_while(|b| is_digit(**b)).count();
            let after = self.bytes[at..].iter().take_while(|b| is_digit(**b)).count();
            self.from = at + after;
            if self.from - start >= SHORTEST {
                return Some(start..self.from);
            }
        }
        None
    }
}

fn is_digit(byte: u8) -> bool {
    const DIGITS: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            let b = byte as u8;
            table[byte] = b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
            byte += 1;
        }
        table
    };
    DIGITS[usize::from(byte)]
}

/// The text of a run with its padding, unless it is a part of a JSON Web Token.
fn decoded(bytes: &[u8], run: Range<usize>) -> Option<Decoded> {
    let digits = &bytes[run.start..run.end.min(run.start + LONGEST)];
    let (head, _) = digits.split_at(PROBE);
    let encoding = if is_text(&unhex(head).unwrap_or_default()) {
        Encoding::Hex
    } else if base64::decode(head).is_some_and(|start| is_text(&start)) {
        Encoding::Base64
    } else {
        return None;
    };
    let beside_dot =
        run.start > 0 && bytes[run.start - 1] == b'.' || bytes.get(run.end) == Some(&b'.');
    if beside_dot && encoding == Encoding::Base64 {
        return None;
    }
    let text = match encoding {
        Encoding::Hex => {
            let hex = digits.iter().take_while(|b| b.is_ascii_hexdigit()).count() & !1;
            unhex(&digits[..hex])
        }
        _ => base64::decode(digits),
    }?;
    let padding = bytes[run.end..].iter().take(2).take_while(|b| **b == b'=').count();
    Some(Decoded { range: run.start..run.end + padding, text, encoding })
}

fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16).map(|digit| digit as u8);
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

fn is_text(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|b| b.is_ascii_graphic() || b" \t\r\n".contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Encoding)> {
        let text = text.as_bytes();
        digits(text)
            .map(|one| (String::from_utf8_lossy(&one.text).into_owned(), one.encoding))
            .collect()
    }

    const PLAIN: &str = "a plain text of some length";

    #[test]
    fn digits_that_hold_text_are_read() {
        let encoded = base64::encode(PLAIN.as_bytes());
        let hex: String = PLAIN.bytes().map(|b| format!("{b:02x}")).collect();
        assert_eq!(read(&format!("x = '{encoded}'")), [(PLAIN.into(), Encoding::Base64)]);
        assert_eq!(read(&format!("x = '{hex}'")), [(PLAIN.into(), Encoding::Hex)]);
        let found = digits(format!("'{encoded}'").as_bytes()).next().unwrap();
        assert_eq!(found.range, 1..1 + encoded.len());
    }

    #[test]
    fn what_holds_no_text_is_not() {
        let encoded = base64::encode(PLAIN.as_bytes());
        for text in [
            "a_long_name_of_a_function_in_snake_case",
            "usr/share/some/path/that/goes/on/for/long",
            "9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015",
            "----------------------------------------",
            "YSBwbGFpbg==",
            &format!("{encoded}.{encoded}"),
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }

    #[test]
    fn percent_signs_and_escapes() {
        let text = |text: &str, at| escaped(text.as_bytes(), at, 0).map(|one| one.text);
        assert_eq!(text("q=https%3A%2F%2Fshop.net", 7).unwrap(), b"https://shop.net");
        let escapes: String = PLAIN.bytes().map(|b| format!("\\x{b:02x}")).collect();
        assert_eq!(text(&escapes, 0).unwrap(), PLAIN.as_bytes());
        let escapes: String = PLAIN.bytes().map(|b| format!("\\u{b:04x}")).collect();
        assert_eq!(text(&escapes, 0).unwrap(), PLAIN.as_bytes());
        assert_eq!(text("a-plain-\\u0074ext-of-some", 8).unwrap(), b"a-plain-text-of-some");
        assert_eq!(text("a-plain-\\u0020ext-of-some", 8), None);
        assert_eq!(text("100 %d of a very long line", 4), None);
    }

    #[test]
    fn literals() {
        assert_eq!(literal(br#"\u0068unter\x32\/\"\\"#).unwrap(), br#"hunter2/"\"#);
        assert_eq!(literal(b"hunter2"), None);
        assert_eq!(literal(br"hunter\n"), None);
        assert_eq!(literal(br"hunter\u00"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes: Vec<u8>) {
            for one in digits(&bytes) {
                proptest::prop_assert!(one.range.end <= bytes.len() && one.text.len() < bytes.len());
            }
            for at in memchr::memchr2_iter(b'%', b'\\', &bytes) {
                if let Some(one) = escaped(&bytes, at, 0) {
                    proptest::prop_assert!(one.range.contains(&at) && one.text.len() <= bytes.len());
                }
            }
        }
    }
}

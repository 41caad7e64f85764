//! From bytes to text, as whoever runs or reads the file would have it. Nothing keeps a file from
//! being text: where it is not in the encoding that it declares, it is read as far as it goes, and
//! that is said.

mod codec;
mod cookie;
mod escapes;

use super::Kind;
use encoding_rs::{UTF_16BE, UTF_16LE};

/// How much of a file tells whether it is text, in bytes.
const HEAD: usize = 8 << 10;
/// As many bytes of ASCII, one after the other, are hardly ever UTF-16.
const ASCII_RUN: usize = 16;

/// What a file says.
#[derive(Debug, PartialEq)]
pub struct Decoded {
    pub text: String,
    /// Why it may say something else.
    pub doubt: Option<String>,
    /// What Python makes of the encoding of a Python source.
    pub encoding: Encoding,
    /// Whether the byte order mark of UTF-8 stood before the text.
    pub is_marked: bool,
}

/// What Python makes of a source's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    #[default]
    Sound,
    /// It reads no line: the encoding is unknown, or the lines that might name it are no UTF-8.
    Unknown,
    /// It reads lines as far as they are in the encoding.
    Broken,
}

impl Decoded {
    /// Text that says what it says.
    pub fn sure(text: String) -> Decoded {
        Decoded { text, doubt: None, encoding: Encoding::Sound, is_marked: false }
    }
}

/// Whether the bytes are no text: they begin with NUL bytes among others that no text has. A NUL
/// alone makes no binary of a script, which its shell runs all the same.
pub fn is_binary(raw: &[u8]) -> bool {
    let head = &raw[..raw.len().min(HEAD)];
    if memchr::memchr(0, head).is_none() || is_marked(raw) {
        return false;
    }
    let others = head.iter().filter(|byte| **byte != 0);
    let (mut count, mut controls) = (0, 0);
    for byte in others {
        count += 1;
        let is_format = matches!(byte, b'\t'..=b'\r' | b'\x08' | b'\x1B');
        controls += usize::from(byte.is_ascii_control() && !is_format);
    }
    count == 0 || controls * 64 > count
}

/// The text, without its byte order mark.
pub fn decode(kind: Kind, mut raw: Vec<u8>) -> Decoded {
    if let Some(text) = utf16(&raw) {
        return Decoded { encoding: Encoding::Unknown, ..Decoded::sure(text) };
    }
    let is_utf8 = raw.starts_with(b"\xEF\xBB\xBF");
    if is_utf8 {
        raw.drain(..3);
    } else if is_marked(&raw) {
        raw.drain(..2);
    }
    match kind {
        // No Python reads a source with a NUL, and its engine says where that is.
        Kind::Python => {
            let is_readable = cookie::is_readable(&raw);
            let named = cookie::cookie(&raw);
            let contradicts = |name: &String| is_utf8 && !codec::goes_with_mark(name);
            let is_contradicted = named.as_ref().is_some_and(contradicts);
            let decoded = match named.filter(|_| !is_utf8) {
                Some(name) => codec::decode(&name, raw),
                None => utf8(raw),
            };
            let encoding = match decoded.encoding {
                _ if !is_readable || is_contradicted => Encoding::Unknown,
                encoding => encoding,
            };
            Decoded { encoding, is_marked: is_utf8, ..decoded }
        }
        // Shells pass over NULs; and of UTF-16 in between, what is left is its ASCII.
        _ => {
            if memchr::memchr(0, &raw).is_some() {
                raw.retain(|byte| *byte != 0);
            }
            utf8(raw)
        }
    }
}

fn utf8(raw: Vec<u8>) -> Decoded {
    String::from_utf8(raw).map_or_else(
        |error| {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            Decoded {
                text,
                doubt: Some(format!("is not valid UTF-8: invalid byte at offset {at}")),
                encoding: Encoding::Broken,
                is_marked: false,
            }
        },
        Decoded::sure,
    )
}

fn is_marked(raw: &[u8]) -> bool {
    raw.starts_with(b"\xFF\xFE") || raw.starts_with(b"\xFE\xFF")
}

/// The text of what is UTF-16 from its beginning to its end. A mark alone makes no UTF-16: a shell
/// runs the ASCII behind it.
fn utf16(raw: &[u8]) -> Option<String> {
    let encoding = match raw {
        [0xFF, 0xFE, ..] => UTF_16LE,
        [0xFE, 0xFF, ..] => UTF_16BE,
        _ => match nuls(&raw[..raw.len().min(HEAD)])? {
            [0, odd] if odd * 4 > raw.len().min(HEAD) => UTF_16LE,
            [even, 0] if even * 4 > raw.len().min(HEAD) => UTF_16BE,
            _ => return None,
        },
    };
    if has_ascii_run(raw) {
        return None;
    }
    let (text, broken) = encoding.decode_with_bom_removal(raw);
    (!broken && !text.contains('\0')).then(|| text.into_owned())
}

/// How many NULs are at even and at odd offsets; none where there is not one.
fn nuls(head: &[u8]) -> Option<[usize; 2]> {
    memchr::memchr(0, head)?;
    let mut nuls = [0; 2];
    memchr::memchr_iter(0, head).for_each(|at| nuls[at % 2] += 1);
    Some(nuls)
}

fn has_ascii_run(raw: &[u8]) -> bool {
    let is_text = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' '..=b'~');
    raw.chunk_by(|one, other| is_text(one) == is_text(other))
        .any(|run| run.len() >= ASCII_RUN && is_text(&run[0]))
}

#[cfg(test)]
mod tests;

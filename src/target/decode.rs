//! From bytes to text, as the language of the file would have it.

use super::Kind;
use encoding_rs::Encoding;

/// Whether the bytes are no text: a NUL in the first 8 KiB, and no mark of UTF-16.
pub fn is_binary(raw: &[u8]) -> bool {
    let head = &raw[..raw.len().min(8 << 10)];
    !matches!(raw, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) && memchr::memchr(0, head).is_some()
}

/// Text without its byte order mark, or the bytes again and what is wrong with them.
pub fn decode(kind: Kind, mut raw: Vec<u8>) -> Result<String, (Vec<u8>, String)> {
    if raw.starts_with(b"\xEF\xBB\xBF") {
        raw.drain(..3);
        return utf8(raw);
    }
    if let [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] = raw[..] {
        let (text, _, broken) = encoding_rs::UTF_16LE.decode(&raw); // the mark decides the order
        return if broken {
            Err((raw, "is not valid UTF-16".into()))
        } else {
            Ok(text.into_owned())
        };
    }
    match (kind, cookie(&raw)) {
        (Kind::Python, Some(name)) => python(raw, &name),
        _ => utf8(raw),
    }
}

fn utf8(raw: Vec<u8>) -> Result<String, (Vec<u8>, String)> {
    String::from_utf8(raw).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        (error.into_bytes(), format!("is not valid UTF-8: invalid byte at offset {at}"))
    })
}

/// Decodes by the name that a Python coding cookie gives.
fn python(raw: Vec<u8>, name: &str) -> Result<String, (Vec<u8>, String)> {
    let label = name.to_ascii_lowercase().replace('_', "-");
    match label.as_str() {
        "utf-8" | "utf8" | "utf-8-sig" | "u8" => utf8(raw),
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" | "8859" | "cp819" => {
            Ok(raw.into_iter().map(char::from).collect())
        }
        "ascii" | "us-ascii" | "646" => match raw.iter().position(|byte| !byte.is_ascii()) {
            None => utf8(raw),
            Some(at) => Err((raw, format!("declares {name} but byte {at} is not ASCII"))),
        },
        _ => {
            let whatwg = label.strip_prefix("cp125").map(|n| format!("windows-125{n}"));
            match Encoding::for_label(whatwg.unwrap_or(label).as_bytes()) {
                None => Err((raw, format!("declares the encoding {name:?}, which is not known"))),
                Some(encoding) => {
                    let (text, broken) = encoding.decode_without_bom_handling(&raw);
                    let text = text.into_owned();
                    if broken { Err((raw, format!("is not valid {name}"))) } else { Ok(text) }
                }
            }
        }
    }
}

/// The encoding that one of the first two lines names in a comment (PEP 263).
fn cookie(raw: &[u8]) -> Option<String> {
    let mut lines = raw.split(|&b| b == b'\n' || b == b'\r').take(2);
    let first = lines.next()?;
    if let Some(name) = cookie_of(first) {
        return Some(name);
    }
    let blank = |line: &[u8]| {
        let rest = line.trim_ascii_start();
        rest.is_empty() || rest[0] == b'#'
    };
    blank(first).then(|| lines.next().and_then(cookie_of))?
}

fn cookie_of(line: &[u8]) -> Option<String> {
    let comment = line.trim_ascii_start().strip_prefix(b"#")?;
    let at = memchr::memmem::find_iter(comment, b"coding")
        .map(|at| at + b"coding".len())
        .find(|&at| matches!(comment.get(at), Some(b':' | b'=')))?;
    let rest = comment[at + 1..].trim_ascii_start();
    let end = rest
        .iter()
        .position(|b| !(b.is_ascii_alphanumeric() || b"-_.".contains(b)))
        .unwrap_or(rest.len());
    (end > 0).then(|| String::from_utf8_lossy(&rest[..end]).into_owned())
}

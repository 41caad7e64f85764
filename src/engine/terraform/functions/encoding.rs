//! Base64, URL and other encodings of texts.

use super::Needs::{All, Outline, Source};
use super::partial::map_known;
use super::{Call, Function, MOST_TEXT, Value, Wrong, function};
use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use encoding_rs::Encoding;
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use std::io::Read;

pub(super) const FUNCTIONS: &[Function] = &[
    function("base64decode", All, (1, 1), |call| utf8(call, decoded(call)?)),
    // Of a text that is known in part, so that who decodes it has what is known.
    function("base64encode", Outline, (1, 1), |call| {
        Ok(Value::string(base64_text(call.text(0)?.as_bytes())))
    }),
    function("base64gunzip", All, (1, 1), |call| {
        let compressed = decoded(call)?;
        let unpacked = read(call, GzDecoder::new(&*compressed))?;
        utf8(call, unpacked)
    }),
    function("base64gzip", All, (1, 1), |call| {
        let text = call.text(0)?;
        let compressed = read(call, GzEncoder::new(text.as_bytes(), Compression::default()))?;
        Ok(Value::string(base64_text(&compressed)))
    }),
    function("textdecodebase64", All, (2, 2), text_decode),
    function("textencodebase64", All, (2, 2), text_encode),
    function("urldecode", All, (1, 1), url_decode),
    function("urlencode", Source, (1, 1), |call| {
        Ok(Value::string(map_known(&call.text(0)?, url_encode)))
    }),
];

/// As Go reads it: the bits that are left over in the last character may be set.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// Standard Base64 with padding.
pub(super) fn base64_text(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of the first argument; line ends in Base64 are none.
fn decoded(call: &Call) -> Result<Vec<u8>, Wrong> {
    let text = call.text(0)?.replace(['\r', '\n'], "");
    LENIENT.decode(text).map_err(|_| call.not(0, "Base64"))
}

fn utf8(call: &Call, bytes: Vec<u8>) -> Result<Value, Wrong> {
    String::from_utf8(bytes).map(Value::string).map_err(|_| call.failed("the bytes are not UTF-8"))
}

/// What can be read, within the bounds.
fn read(call: &Call, from: impl Read) -> Result<Vec<u8>, Wrong> {
    let mut bytes = Vec::new();
    let read = from.take(MOST_TEXT as u64 + 1).read_to_end(&mut bytes);
    match read {
        Ok(length) if length > MOST_TEXT => Err(Wrong::TooLarge),
        Ok(_) => Ok(bytes),
        Err(_) => Err(call.failed("the bytes are not gzip")),
    }
}

/// An encoding by its name at IANA.
fn encoding(call: &Call) -> Result<&'static Encoding, Wrong> {
    let name = call.text(1)?;
    Encoding::for_label(name.as_bytes()).ok_or_else(|| call.not(1, "the name of an encoding"))
}

fn text_decode(call: &Call) -> Result<Value, Wrong> {
    let (encoding, bytes) = (encoding(call)?, decoded(call)?);
    match encoding.decode_without_bom_handling_and_without_replacement(&bytes) {
        Some(text) => Ok(Value::string(text)),
        None => Err(call.failed(format!("the bytes are not {}", encoding.name()))),
    }
}

/// UTF-16 is written here: the crate follows browsers, which never do.
fn text_encode(call: &Call) -> Result<Value, Wrong> {
    let (text, encoding) = (call.text(0)?, encoding(call)?);
    let bytes = if encoding == encoding_rs::UTF_16LE {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    } else if encoding == encoding_rs::UTF_16BE {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    } else {
        match encoding.encode(&text) {
            (bytes, _, false) => bytes.into_owned(),
            _ => return Err(call.failed(format!("the text cannot be {}", encoding.name()))),
        }
    };
    Ok(Value::string(base64_text(&bytes)))
}

/// A value of a query: all but letters, digits and `-_.~` is escaped, a space is `+`.
fn url_encode(text: &str, to: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | b'.' | b'~' => {
                to.push(byte.into())
            }
            b' ' => to.push('+'),
            _ => to.push_str(&format!("%{byte:02X}")),
        }
    }
}

fn url_decode(call: &Call) -> Result<Value, Wrong> {
    let text = call.text(0)?;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digit = |at: usize| after.get(at).and_then(|byte| (*byte as char).to_digit(16));
                let (Some(high), Some(low)) = (digit(0), digit(1)) else {
                    return Err(call.failed("two hexadecimal digits follow a `%`"));
                };
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            other => bytes.push(*other),
        }
    }
    utf8(call, bytes)
}

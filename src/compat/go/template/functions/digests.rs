//! Digests and encodings of texts.

use super::super::value::Value;
use super::{Made, said};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest;

pub fn digests(name: &str, given: &[Value]) -> Option<Made> {
    let [given] = given else { return None };
    let text = given.shown();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match name {
        "sha256sum" => said(hex(&sha2::Sha256::digest(&text))),
        "sha512sum" => said(hex(&sha2::Sha512::digest(&text))),
        "sha1sum" => Some(sha1(text.as_bytes())),
        "adler32sum" => said(adler(text.as_bytes()).to_string()),
        "b64enc" => said(STANDARD.encode(&text)),
        "b64dec" => match STANDARD.decode(&text) {
            Ok(bytes) => said(String::from_utf8_lossy(&bytes)),
            Err(base64::DecodeError::InvalidByte(at, _)) => said(illegal(64, at)),
            Err(_) => said(illegal(64, text.len())),
        },
        "b32enc" => said(encoded(text.as_bytes())),
        "b32dec" => match decoded(&text) {
            Ok(bytes) => said(String::from_utf8_lossy(&bytes)),
            Err(at) => said(illegal(32, at)),
        },
        _ => None,
    }
}

/// By the hasher of git, which refuses texts made to collide.
fn sha1(bytes: &[u8]) -> Made {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(bytes);
    hasher.try_finalize().map(|id| Value::text(&id.to_string())).map_err(|error| error.to_string())
}

fn illegal(base: u32, at: usize) -> String {
    format!("illegal base{base} data at input byte {at}")
}

/// RFC 1950, section 9.
fn adler(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % MODULUS;
        (low, (high + low) % MODULUS)
    });
    high << 16 | low
}

/// The letters of base32: RFC 4648, section 6.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn encoded(bytes: &[u8]) -> String {
    let mut out = String::new();
    for five in bytes.chunks(5) {
        let mut padded = [0; 8];
        padded[3..3 + five.len()].copy_from_slice(five);
        let bits = u64::from_be_bytes(padded);
        let letters = (five.len() * 8).div_ceil(5);
        let letter = |at: usize| char::from(LETTERS[(bits >> (35 - 5 * at)) as usize & 31]);
        out.extend((0..8).map(|at| if at < letters { letter(at) } else { '=' }));
    }
    out
}

/// What it was encoded from; the offset of what is none of its letters where there is one.
fn decoded(text: &str) -> Result<Vec<u8>, usize> {
    let letters = text.trim_end_matches('=');
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for (at, letter) in letters.bytes().enumerate() {
        let value = LETTERS.iter().position(|known| *known == letter).ok_or(at)?;
        bits = (bits << 5 | value as u32) & 0xfff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    match text.len() % 8 {
        0 => Ok(bytes),
        _ => Err(text.len()),
    }
}

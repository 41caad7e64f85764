//! How the bytes of a stream are packed.

use super::syntax::{Value, is_blank};
use flate2::read::ZlibDecoder;
use std::io::Read;

/// How many filters are applied one after the other.
const MOST: usize = 4;

/// What a stream says, as far as that is text: at most `limit` bytes after each filter. None where
/// a filter is for images, or is not known.
pub fn unpacked(raw: &[u8], dictionary: &Value, limit: u64) -> Option<Vec<u8>> {
    let filters = dictionary.get("Filter").or_else(|| dictionary.get("F"));
    let parameters = dictionary.get("DecodeParms");
    if parameters.is_some_and(|list| list.members().iter().any(is_predicted)) {
        return None;
    }
    let mut bytes = raw.to_vec();
    for filter in filters.map_or(&[][..], Value::members).iter().take(MOST) {
        let Value::Name(name) = filter else { return None };
        bytes = match &**name {
            b"FlateDecode" | b"Fl" => {
                let mut inflated = Vec::new();
                // As far as it goes: many a file is cut off.
                ZlibDecoder::new(&*bytes).take(limit).read_to_end(&mut inflated).ok();
                inflated
            }
            b"ASCII85Decode" | b"A85" => ascii85(&bytes),
            b"ASCIIHexDecode" | b"AHx" => hex(&bytes),
            _ => return None,
        };
    }
    Some(bytes)
}

/// Rows as differences, which only tables of numbers are.
fn is_predicted(parameters: &Value) -> bool {
    parameters.get("Predictor").and_then(Value::number).is_some_and(|number| number > 1)
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = bytes
        .iter()
        .take_while(|byte| **byte != b'>')
        .filter_map(|byte| char::from(*byte).to_digit(16).map(|digit| digit as u8))
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect()
}

/// Five characters for four bytes.
fn ascii85(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 5 * 4);
    let mut group = Vec::with_capacity(5);
    for &byte in bytes.iter().take_while(|byte| **byte != b'~').filter(|byte| !is_blank(**byte)) {
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(u32::from(byte - b'!')),
            _ => break,
        }
        if group.len() == 5 {
            push_group(&group, 4, &mut out);
            group.clear();
        }
    }
    if group.len() > 1 {
        let kept = group.len() - 1;
        group.resize(5, 84);
        push_group(&group, kept, &mut out);
    }
    out
}

fn push_group(group: &[u32], kept: usize, out: &mut Vec<u8>) {
    let number = group.iter().fold(0u32, |sum, digit| sum.wrapping_mul(85).wrapping_add(*digit));
    out.extend(&number.to_be_bytes()[..kept]);
}

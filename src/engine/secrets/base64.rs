//! Base 64, either alphabet.

/// Decodes; `None` where a character belongs to neither alphabet. Padding may be missing.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut text = text;
    while let [rest @ .., b'='] = text {
        text = rest;
    }
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0);
    for &byte in text {
        bits = bits << 6 | u32::from(digit(byte)?);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Some(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// Encodes, with padding.
#[cfg(test)]
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let held =
            chunk.iter().fold(0u32, |held, b| held << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        let digit = |at: usize| char::from(DIGITS[(held >> (18 - 6 * at)) as usize & 63]);
        text.extend((0..4).map(|at| if at <= chunk.len() { digit(at) } else { '=' }));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_with_or_without_padding() {
        assert_eq!(decode(b"aGk="), Some(b"hi".to_vec()));
        assert_eq!(decode(b"aGk"), Some(b"hi".to_vec()));
        assert_eq!(decode(b"-_8"), decode(b"+/8="));
        assert_eq!(decode(b"no base64"), None);
    }
}

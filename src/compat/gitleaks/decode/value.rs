//! What an encoded value stands for; none where it stands for what is not printable.

/// Decodes a value; `kind` is the bit of the way of encoding.
pub fn decode(kind: u8, value: &str) -> Option<String> {
    let bytes = value.as_bytes();
    let decoded = match kind {
        1 => percent(bytes)?,
        2 => return Some(unicode(value)),
        4 => hex(bytes)?,
        _ => base64(bytes)?,
    };
    String::from_utf8(decoded).ok().filter(|decoded| !decoded.is_empty())
}

fn is_printable(byte: u8) -> bool {
    (9..127).contains(&byte)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

fn pair(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    }
}

fn percent(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1..at + 3).and_then(pair)) {
            (b'%', Some(value)) if is_printable(value) => {
                decoded.push(value);
                at += 3;
            }
            (b'%', Some(_)) => return None,
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    Some(decoded)
}

fn hex(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.len().is_multiple_of(2) || !bytes.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let printable = |value: &[u8]| pair(value).filter(|&value| is_printable(value));
    bytes.chunks_exact(2).map(printable).collect()
}

/// The characters of escapes or code points, without what stands between them.
fn unicode(value: &str) -> String {
    let digits = value.split(|c: char| !c.is_ascii_hexdigit()).filter(|part| part.len() == 4);
    let c = |part: &str| u32::from_str_radix(part, 16).ok().and_then(char::from_u32);
    digits.map(|part| c(part).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Of the standard alphabet with its padding, or of the one for URLs without any.
fn base64(bytes: &[u8]) -> Option<Vec<u8>> {
    let has_sign = |byte: &u8| byte.is_ascii_digit() || b"+/-_".contains(byte);
    if !bytes.iter().any(has_sign) {
        return None;
    }
    let data = bytes.len() - bytes.iter().rev().take_while(|&&byte| byte == b'=').count();
    let padded = data < bytes.len();
    if bytes.len().is_multiple_of(4)
        && data % 4 != 1
        && let Some(decoded) = groups(&bytes[..data], *b"+/")
    {
        return Some(decoded);
    }
    (!padded && data % 4 != 1).then(|| groups(bytes, *b"-_")).flatten()
}

fn groups(bytes: &[u8], signs: [u8; 2]) -> Option<Vec<u8>> {
    let sextet = |byte: u8| {
        Some(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            byte if byte == signs[0] => 62,
            byte if byte == signs[1] => 63,
            _ => return None,
        })
    };
    let mut decoded = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    for group in bytes.chunks(4) {
        let mut bits = 0_u32;
        for &byte in group {
            bits = bits << 6 | u32::from(sextet(byte)?);
        }
        bits <<= 6 * (4 - group.len() as u32);
        for byte in &bits.to_be_bytes()[1..group.len()] {
            // Most of what looks like base64 is not, and ends here.
            if !is_printable(*byte) {
                return None;
            }
            decoded.push(*byte);
        }
    }
    Some(decoded)
}

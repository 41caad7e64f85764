//! What looks encoded in a text, in one pass over it.

use std::ops::Range;

/// The shortest run that may be base64.
const BASE64: usize = 16;
/// The shortest run that may be hexadecimal.
const HEX: usize = 32;

/// Something that looks encoded.
#[derive(Debug, Clone)]
pub struct Found {
    pub place: Range<usize>,
    /// The bit of the way of encoding: the smaller it is, the more it counts.
    pub kind: u8,
}

const PERCENT: u8 = 1;
const UNICODE: u8 = 2;
const HEXADECIMAL: u8 = 4;
const RADIX64: u8 = 8;

/// What a byte may begin: 1 a run of base64, 2 something else that is encoded.
static BEGINS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'/' | b'+' | b'-' => 1,
            b'%' | b'\\' => 2,
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// What looks encoded, without what gives way to a neighbour.
pub fn find(text: &[u8]) -> Vec<Found> {
    let all = every(text);
    if all.len() < 2 {
        return all;
    }
    let gives_way = |at: usize| {
        let mine: &Found = &all[at];
        let beside = |other: &Found| {
            other.place.start <= mine.place.end
                && other.place.end >= mine.place.start
                && other.kind < mine.kind
        };
        at.checked_sub(1).is_some_and(|before| beside(&all[before]))
            || all.get(at + 1).is_some_and(beside)
    };
    (0..all.len()).filter(|&at| !gives_way(at)).map(|at| all[at].clone()).collect()
}

fn every(text: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match BEGINS[usize::from(text[at])] {
            0 => at += 1,
            1 => at = run(text, at, &mut found),
            _ => {
                let place = if text[at] == b'%' { percent(text, at) } else { escapes(text, at) };
                let kind = if text[at] == b'%' { PERCENT } else { UNICODE };
                match place {
                    Some(place) => {
                        at = place.end;
                        found.push(Found { place, kind });
                    }
                    None => at += 1,
                }
            }
        }
    }
    found
}

/// Goes through a run of the characters of base64; returns where to go on.
fn run(text: &[u8], start: usize, found: &mut Vec<Found>) -> usize {
    let length = text[start..].iter().take_while(|&&byte| BEGINS[usize::from(byte)] == 1).count();
    let end = start + length;
    let mut at = start;
    while at < end {
        if text[at] == b'U'
            && let Some(place) = code_points(text, at)
        {
            at = place.end;
            found.push(Found { place, kind: UNICODE });
            // White space may have followed, so the run may be over.
            return at;
        }
        if end - at < BASE64 {
            // Only a code point may still begin here.
            match memchr::memchr(b'U', &text[at + 1..end]) {
                Some(next) => at += 1 + next,
                None => return end,
            }
            continue;
        }
        let digits = text[at..end].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if digits >= HEX {
            found.push(Found { place: at..at + digits, kind: HEXADECIMAL });
            at += digits;
            continue;
        }
        let padding = text[end..].iter().take(2).take_while(|&&byte| byte == b'=').count();
        found.push(Found { place: at..end + padding, kind: RADIX64 });
        return end + padding;
    }
    end
}

fn are_hex(text: &[u8], at: usize, count: usize) -> bool {
    let digits = text.get(at..at + count);
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// From an encoded byte to the last one of its line.
fn percent(text: &[u8], at: usize) -> Option<Range<usize>> {
    are_hex(text, at + 1, 2).then(|| {
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end);
        let last = memchr::memrchr_iter(b'%', &text[at..end])
            .map(|last| at + last)
            .find(|&last| are_hex(&text[..end], last + 1, 2));
        at..last.unwrap_or(at) + 3
    })
}

/// `\u0041`, with one backslash or two, any number of times.
fn escapes(text: &[u8], at: usize) -> Option<Range<usize>> {
    let one = |at: usize| {
        let slashes = text[at..].iter().take(2).take_while(|&&byte| byte == b'\\').count();
        let letter = at + slashes;
        let is_one = slashes > 0
            && text.get(letter).is_some_and(|byte| matches!(byte, b'u' | b'U'))
            && are_hex(text, letter + 1, 4);
        is_one.then_some(letter + 5)
    };
    let mut end = one(at)?;
    while let Some(next) = one(end) {
        end = next;
    }
    Some(at..end)
}

/// `U+0041`, with white space or the end of the text behind it, any number of times.
fn code_points(text: &[u8], at: usize) -> Option<Range<usize>> {
    let one = |at: usize| {
        let is_one = text[at..].starts_with(b"U+") && are_hex(text, at + 2, 4);
        match text.get(at + 6) {
            _ if !is_one => None,
            None => Some(at + 6),
            Some(b'\t' | b'\n' | b'\x0c' | b'\r' | b' ') => Some(at + 7),
            Some(_) => None,
        }
    };
    let mut end = one(at)?;
    while let Some(next) = one(end) {
        end = next;
    }
    Some(at..end)
}

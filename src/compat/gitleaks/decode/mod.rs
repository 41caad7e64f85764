//! What is encoded in a text, decoded in place: percent, Unicode escapes, hexadecimal and base64.
//! Only what decodes to printable ASCII counts (Unicode escapes may be anything). What decodes may
//! hold something encoded again, so this is done in passes.

mod find;
mod value;

use find::Found;
use std::ops::Range;

/// The ways of encoding, by precedence; their numbers are bits.
const KINDS: [(u8, &str); 4] = [(1, "percent"), (2, "unicode"), (4, "hex"), (8, "base64")];

/// A piece of a text that was encoded.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Where it stands in the text as it was read.
    original: Range<usize>,
    /// Where it stands in the text of the pass before.
    encoded: Range<usize>,
    /// Where it stands now.
    decoded: Range<usize>,
    /// All ways it was encoded in, one in another.
    kinds: u8,
}

/// A text after so many passes of decoding.
#[derive(Debug)]
pub struct Decoded {
    pub text: String,
    /// The segments of each pass, in their order.
    passes: Vec<Vec<Segment>>,
}

/// Decodes what a text holds; `before` is the pass that it is of. None where it holds nothing.
pub fn decode(text: &str, before: Option<&Decoded>) -> Option<Decoded> {
    let passes = before.map_or(&[][..], |before| &before.passes);
    let mut segments = Vec::new();
    let mut out = String::new();
    let mut copied = 0;
    for Found { place, kind } in find::find(text.as_bytes()) {
        let Some(value) = value::decode(kind, &text[place.clone()]) else { continue };
        out += &text[copied..place.start];
        let start = out.len();
        out += &value;
        copied = place.end;
        let around = passes.last().map_or(&[][..], |pass| touching(pass, &place));
        segments.push(Segment {
            original: original(passes, &place),
            kinds: around.iter().fold(kind, |kinds, segment| kinds | segment.kinds),
            encoded: place,
            decoded: start..out.len(),
        });
    }
    if segments.is_empty() {
        return None;
    }
    out += &text[copied..];
    let mut passes = passes.to_vec();
    passes.push(segments);
    Some(Decoded { text: out, passes })
}

impl Decoded {
    /// The segments that a match touches; what touches none was there before.
    pub fn touched(&self, found: &Range<usize>) -> &[Segment] {
        self.passes.last().map_or(&[], |pass| touching(pass, found))
    }

    /// Where a match stands in the text as it was read.
    pub fn original(&self, touched: &[Segment], found: &Range<usize>) -> Range<usize> {
        let before = &self.passes[..self.passes.len() - 1];
        up(before, touched, found)
    }

    /// What is said about a finding in these segments.
    pub fn tags(&self, touched: &[Segment]) -> Vec<String> {
        let kinds = touched.iter().fold(0, |kinds, segment| kinds | segment.kinds);
        let named = KINDS.iter().filter(|(kind, _)| kinds & kind != 0);
        let mut tags: Vec<String> = named.map(|(_, name)| format!("decoded:{name}")).collect();
        tags.push(format!("decode-depth:{}", self.passes.len()));
        tags
    }

    /// The lines that segments stand in, with the line end before them.
    pub fn line(&self, touched: &[Segment]) -> &str {
        let (Some(first), Some(last)) = (touched.first(), touched.last()) else {
            return &self.text;
        };
        let bytes = self.text.as_bytes();
        let from = (first.decoded.start + 1).min(bytes.len());
        let start = memchr::memrchr(b'\n', &bytes[..from]).unwrap_or(0);
        let end = memchr::memchr(b'\n', &bytes[last.decoded.end..]);
        let end = end.map_or(bytes.len(), |end| last.decoded.end + end);
        self.text.get(start..end).unwrap_or_default()
    }
}

/// The segments of a pass that a range overlaps or touches.
fn touching<'s>(pass: &'s [Segment], range: &Range<usize>) -> &'s [Segment] {
    let from = pass.partition_point(|segment| segment.decoded.end < range.start);
    let to = pass.partition_point(|segment| segment.decoded.start <= range.end);
    &pass[from..to.max(from)]
}

/// Where a range of the text behind these passes stands in the text as it was read.
fn original(passes: &[Vec<Segment>], range: &Range<usize>) -> Range<usize> {
    match passes.split_last() {
        None => range.clone(),
        Some((pass, before)) => up(before, touching(pass, range), range),
    }
}

/// One pass up, and on from there.
fn up(before: &[Vec<Segment>], touched: &[Segment], range: &Range<usize>) -> Range<usize> {
    let mut all: Option<Range<usize>> = None;
    for Segment { original, encoded, decoded, .. } in touched {
        if decoded.start <= range.start && range.end <= decoded.end {
            return original.clone();
        }
        // As far beyond the encoded text as it is beyond the decoded one.
        let start = encoded.start - decoded.start.saturating_sub(range.start).min(encoded.start);
        let end = encoded.end + range.end.saturating_sub(decoded.end);
        all = Some(match all {
            Some(all) => all.start.min(start)..all.end.max(end),
            None => start..end,
        });
    }
    match all {
        Some(all) => original(before, &all),
        None => range.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> String {
        let mut decoded = decode(text, None);
        let mut last = text.to_owned();
        while let Some(now) = decoded {
            decoded = decode(&now.text, Some(&now));
            last = now.text;
        }
        last
    }

    #[test]
    fn each_way_of_encoding_is_undone() {
        assert_eq!(all("k=bW9vc2UtYW5kLWxhcmstMTI="), "k=moose-and-lark-12");
        assert_eq!(all("k=6d6f6f73652d616e642d6c61726b2d3132"), "k=moose-and-lark-12");
        assert_eq!(all("a%20b%3Dc d%21e"), "a b=c d!e");
        assert_eq!(all(r"\u006d\u006f \\u006Fse"), "mo ose");
        assert_eq!(all("U+006d U+006f!"), "mU+006f!");
        assert_eq!(all("plain words stay_as_they_are_here"), "plain words stay_as_they_are_here");
    }

    #[test]
    fn one_in_another_is_undone_in_passes() {
        let first = decode("x=NmQ2ZjZmNzM2NTJkNjE2ZTY0MmQ2YzYxNzI2YjJkMzEzMg==", None).unwrap();
        let second = decode(&first.text, Some(&first)).unwrap();
        assert_eq!(second.text, "x=moose-and-lark-12");
        let touched = second.touched(&(2..7));
        assert_eq!(second.tags(touched), ["decoded:hex", "decoded:base64", "decode-depth:2"]);
        assert_eq!(second.original(touched, &(2..7)), 2..50);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in r"([%\\U+u0-9a-fA-F=/ é\n-]|[A-Za-z0-9+/]{16,20}|%4[0-9]|\\u00[0-9a-f]{2}){0,40}") {
            let mut decoded = decode(&text, None);
            for _ in 0..5 {
                let Some(now) = decoded else { break };
                for start in (0..now.text.len()).step_by(3) {
                    let touched = now.touched(&(start..start + 2));
                    now.original(touched, &(start..start + 2));
                    now.line(touched);
                }
                decoded = decode(&now.text, Some(&now));
            }
        }
    }
}

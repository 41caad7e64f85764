//! Texts with small things wrong in them, for tests of what reads YAML.

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What is put into a text.
const PIECES: &[&str] = &[
    "", "\n", " ", ":", "${{", "}}", "'", "\"", "[", "{", "}", "é", "|", ">-", "&a ", "*a", "!x ",
    "- ", "\t", "$", "${", "@", "\\", "#", "<<: ",
];

/// A text of which a few parts of up to eleven bytes are replaced.
pub fn mutated(text: &'static str) -> impl Strategy<Value = String> {
    let change = (any::<Index>(), 0_usize..12, select(PIECES));
    prop::collection::vec(change, 0..8).prop_map(|changes| {
        let mut text = text.to_owned();
        for (at, length, piece) in changes {
            if text.is_empty() {
                break;
            }
            let mut start = at.index(text.len());
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            let mut end = (start + length).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            text.replace_range(start..end, piece);
        }
        text
    })
}

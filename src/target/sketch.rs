//! What a file looks like, small enough to keep: by it a file is known again under another path.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How many hashes are kept. The similarity of two files is estimated with a standard error of
/// at most 0.09.
const KEPT: usize = 32;

/// The lowest hashes of a file's distinct lines, ascending, at most 32: of two files, the share
/// of the lowest hashes that both have estimates the share of the lines that both have. Where a
/// file has no more lines than that, it is exact.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sketch(pub Vec<u32>);

impl Sketch {
    /// The sketch of the lines of a file, in which secrets must be masked: a hash of an unmasked
    /// line could be guessed. White space around a line is no part of it, and a line of none but
    /// punctuation says nothing of its file.
    pub fn new<'a>(lines: impl Iterator<Item = Cow<'a, [u8]>>) -> Sketch {
        let mut kept = Vec::with_capacity(KEPT + 1);
        for line in lines {
            let line = line.trim_ascii();
            if !line.iter().any(|&byte| byte.is_ascii_alphanumeric() || byte >= 0x80) {
                continue;
            }
            let hash = hash(line);
            if kept.len() == KEPT && kept.last().is_some_and(|&last| hash >= last) {
                continue;
            }
            if let Err(at) = kept.binary_search(&hash) {
                kept.insert(at, hash);
                kept.truncate(KEPT);
            }
        }
        Sketch(kept)
    }

    /// From 0 (no line in common) to 1 (the same lines in any order): an estimate of the lines
    /// that both have among the lines that either has. Two empty sketches have nothing in common.
    pub fn similarity(&self, other: &Sketch) -> f32 {
        let (mut a, mut b) = (self.0.as_slice(), other.0.as_slice());
        let (mut both, mut seen) = (0u32, 0u32);
        while seen < KEPT as u32 {
            match (a.split_first(), b.split_first()) {
                (Some((x, rest_a)), Some((y, rest_b))) => {
                    both += u32::from(x == y);
                    a = if x <= y { rest_a } else { a };
                    b = if y <= x { rest_b } else { b };
                }
                (Some((_, rest)), None) => a = rest,
                (None, Some((_, rest))) => b = rest,
                (None, None) => break,
            }
            seen += 1;
        }
        if seen == 0 { 0.0 } else { both as f32 / seen as f32 }
    }
}

/// Eight bytes at a time, the same on every machine and in every version: sketches are stored.
fn hash(line: &[u8]) -> u32 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |state: u64, word: u64| {
        let mixed = (state ^ word).wrapping_mul(ODD);
        mixed ^ (mixed >> 29)
    };
    let words = line.chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(word)
    });
    let state = words.fold(line.len() as u64, mix);
    (mix(state, ODD) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn sketch(lines: &[String]) -> Sketch {
        Sketch::new(lines.iter().map(|line| Cow::Borrowed(line.as_bytes())))
    }

    const VECTOR: [u32; 2] = [1282163369, 1963563923];

    #[test]
    fn hashes_are_what_they_were() {
        let lines = ["import os", "  return value  ", "}", ""].map(str::to_owned);
        assert_eq!(sketch(&lines).0, VECTOR);
        assert_eq!(sketch(&["return value".to_owned(), "import os".to_owned()]).0, VECTOR);
    }

    #[test]
    fn files_without_lines_are_not_alike() {
        assert_eq!(Sketch::default().similarity(&Sketch::default()), 0.0);
    }

    proptest! {
        #[test]
        fn the_estimate_is_near_the_truth_and_the_same_both_ways(
            common in 0..300usize, left in 0..300usize, right in 0..300usize,
        ) {
            let lines = |name: &str, count| (0..count).map(move |n| format!("{name}({n})")).collect::<Vec<_>>();
            let a = [lines("common", common), lines("left", left)].concat();
            let b = [lines("right", right), lines("common", common)].concat();
            let (x, y) = (sketch(&a), sketch(&b));
            prop_assert_eq!(x.similarity(&y), y.similarity(&x));
            let all = a.iter().chain(&b).collect::<HashSet<_>>().len();
            let truth = if all == 0 { 0.0 } else { common as f32 / all as f32 };
            // Five times the standard error; exact where both files are small.
            let error = if all <= KEPT { 1e-6 } else { 0.45 };
            prop_assert!((x.similarity(&y) - truth).abs() <= error);
        }
    }
}

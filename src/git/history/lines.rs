//! The lines that a file has and did not have.

use super::Hunk;
use gix_imara_diff::{Algorithm, Diff, InternedInput};
use std::ops::Range;

/// As many equal lines are left around what differs: a hunk that could stand in several places is
/// moved by what is near it, no further than this.
const AROUND: usize = 128;

/// What one text adds to another, as `git diff -U0` has it: runs of added lines with the number of
/// the first of them, from 1.
pub fn added_lines(old: &[u8], new: &[u8]) -> Vec<Hunk> {
    if new.is_empty() || old == new {
        return Vec::new();
    }
    if old.is_empty() {
        return vec![Hunk { first_line: 1, text: new.to_vec() }];
    }
    let (head, lines_before) = common_head(old, new);
    let tail = common_tail(&old[head..], &new[head..]);
    let (old, new) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let input = InternedInput::new(old, new);
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    let mut hunks = Vec::new();
    let (mut at, mut line) = (0, 0);
    for Range { start, end } in diff.hunks().map(|hunk| hunk.after) {
        if start == end {
            continue;
        }
        let mut skip = |to: u32| {
            let tokens = &input.after[line as usize..to as usize];
            at += tokens.iter().map(|token| input.interner[*token].len()).sum::<usize>();
            line = to;
            at
        };
        let text = skip(start)..skip(end);
        let first_line = u32::try_from(lines_before).unwrap_or(u32::MAX).saturating_add(start + 1);
        hunks.push(Hunk { first_line, text: new[text].to_vec() });
    }
    hunks
}

/// How many bytes at the beginning are left out, and how many lines they are.
fn common_head(old: &[u8], new: &[u8]) -> (usize, usize) {
    let equal = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let mut ends = memchr::memrchr_iter(b'\n', &new[..equal]);
    match ends.nth(AROUND) {
        Some(end) => (end + 1, memchr::memchr_iter(b'\n', &new[..=end]).count()),
        None => (0, 0),
    }
}

/// How many bytes at the end are left out.
fn common_tail(old: &[u8], new: &[u8]) -> usize {
    let equal = old.iter().rev().zip(new.iter().rev()).take_while(|(one, other)| one == other);
    let equal = equal.count();
    let from = new.len() - equal;
    // What is left out begins with a whole line.
    match memchr::memchr_iter(b'\n', &new[from..]).nth(AROUND) {
        Some(end) => equal - end - 1,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// How many lines two texts have in common, in order: the textbook's table.
    fn common(old: &[&[u8]], new: &[&[u8]]) -> usize {
        let mut row = vec![0; new.len() + 1];
        for one in old {
            let mut above = 0;
            for (at, other) in new.iter().enumerate() {
                let here = row[at + 1];
                row[at + 1] = if one == other { above + 1 } else { here.max(row[at]) };
                above = here;
            }
        }
        row[new.len()]
    }

    fn lines(text: &[u8]) -> Vec<&[u8]> {
        text.split_inclusive(|byte| *byte == b'\n').collect()
    }

    fn is_within(part: &[&[u8]], whole: &[&[u8]]) -> bool {
        let mut left = whole.iter();
        part.iter().all(|line| left.any(|other| line == other))
    }

    proptest! {
        #[test]
        fn what_is_not_added_was_there_and_no_more_is_added_than_needs(
            old in "([ab\\}]?\n){0,12}[abc]?",
            new in "([ab\\}]?\n){0,12}[abc]?",
            before in 0..300usize,
        ) {
            let equal = "same\n".repeat(before);
            let (old, new) = (format!("{equal}{old}"), format!("{equal}{new}"));
            let (olds, news) = (lines(old.as_bytes()), lines(new.as_bytes()));
            let hunks = added_lines(old.as_bytes(), new.as_bytes());
            let mut is_added = vec![false; news.len()];
            for hunk in &hunks {
                for (line, number) in lines(&hunk.text).iter().zip(hunk.first_line as usize - 1..) {
                    prop_assert_eq!(line, &news[number]);
                    prop_assert!(!std::mem::replace(&mut is_added[number], true));
                }
            }
            let kept: Vec<&[u8]> =
                news.iter().zip(&is_added).filter(|(_, added)| !**added).map(|(it, _)| *it).collect();
            prop_assert!(is_within(&kept, &olds));
            prop_assert_eq!(kept.len(), common(&olds, &news));
        }
    }

    #[test]
    fn numbers_count_what_is_left_out_before() {
        let old: String = (0..1000).map(|n| format!("{n}\n")).collect();
        let new = old.replace("\n500\n", "\n500\nmore\n").replace("999\n", "999\nend");
        let hunks = added_lines(old.as_bytes(), new.as_bytes());
        let told: Vec<(u32, &[u8])> = hunks.iter().map(|h| (h.first_line, &h.text[..])).collect();
        assert_eq!(told, [(502, &b"more\n"[..]), (1002, b"end")]);
    }
}

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
    let ends = memchr::memrchr_iter(b'\n', &new[..equal]);
    match ends.skip(AROUND).next() {
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

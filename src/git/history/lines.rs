//! The lines that a file has and did not have.

use super::Hunk;
use gix_imara_diff::{Algorithm, Diff, InternedInput, Token};
use std::collections::HashSet;
use std::ops::Range;

/// As many equal lines are left around what differs: a hunk that could stand in several places is
/// moved by what is near it, no further than this.
const AROUND: usize = 128;
/// Of more lines than this, in both texts together, no shortest way from one to the other is looked
/// for: it takes seconds where a million lines stand in another order.
const LONG: usize = 200_000;

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
    let added = match input.before.len() + input.after.len() > LONG {
        true => beside_anchors(&input),
        false => {
            let mut diff = Diff::compute(Algorithm::Myers, &input);
            diff.postprocess_lines(&input);
            diff.hunks().map(|hunk| hunk.after).filter(|added| !added.is_empty()).collect()
        }
    };
    let mut hunks = Vec::new();
    let (mut at, mut line) = (0, 0);
    for Range { start, end } in added {
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

/// The lines of the new text that are new beside those that both have once and in one order. What
/// lies between two of these is new unless the old text has it between them too. Takes as long as
/// sorting does.
fn beside_anchors(input: &InternedInput<&[u8]>) -> Vec<Range<u32>> {
    let anchors = anchors(&input.before, &input.after, input.interner.num_tokens());
    let ends = (input.before.len(), input.after.len());
    let mut added: Vec<Range<u32>> = Vec::new();
    let (mut before, mut after) = (0, 0);
    for (old, new) in anchors.into_iter().chain([ends]) {
        let known: HashSet<u32> = input.before[before..old].iter().map(|it| it.0).collect();
        for line in (after..new).filter(|line| !known.contains(&input.after[*line].0)) {
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            match added.last_mut() {
                Some(last) if last.end == line => last.end += 1,
                _ => added.push(line..line + 1),
            }
        }
        (before, after) = (old + 1, new + 1);
    }
    added
}

/// The places of the most lines that both texts have once and in one order.
fn anchors(before: &[Token], after: &[Token], tokens: u32) -> Vec<(usize, usize)> {
    let once = |lines: &[Token]| {
        let mut places: Vec<Option<usize>> = vec![None; tokens as usize];
        let mut counts = vec![0_u8; tokens as usize];
        for (place, line) in lines.iter().enumerate() {
            places[line.0 as usize] = Some(place);
            counts[line.0 as usize] = counts[line.0 as usize].saturating_add(1);
        }
        places.iter_mut().zip(counts).filter(|(_, count)| *count > 1).for_each(|it| *it.0 = None);
        places
    };
    let (olds, news) = (once(before), once(after));
    let mut pairs: Vec<(usize, usize)> =
        olds.into_iter().zip(news).filter_map(|(old, new)| Some((old?, new?))).collect();
    pairs.sort_unstable_by_key(|(_, new)| *new);
    // The longest run of them that grows in both: the last of the best run of each length, and what
    // each came after.
    let mut best: Vec<usize> = Vec::new();
    let mut came_after: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, (old, _)) in pairs.iter().enumerate() {
        let length = best.partition_point(|last| pairs[*last].0 < *old);
        came_after.push(length.checked_sub(1).map(|shorter| best[shorter]));
        match best.get_mut(length) {
            Some(last) => *last = at,
            None => best.push(at),
        }
    }
    let run = std::iter::successors(best.last().copied(), |at| came_after[*at]);
    let mut anchors: Vec<(usize, usize)> = run.map(|at| pairs[at]).collect();
    anchors.reverse();
    anchors
}

/// The lines that are in both: what is new beside one text and beside another.
pub fn in_both(one: &[Hunk], other: &[Hunk]) -> Vec<Hunk> {
    let lines = |hunk: &Hunk| hunk.text.split_inclusive(|byte| *byte == b'\n').count();
    let range = |hunk: &Hunk| {
        let lines = u32::try_from(lines(hunk)).unwrap_or(u32::MAX);
        hunk.first_line..hunk.first_line.saturating_add(lines)
    };
    let mut others = other.iter().map(range).peekable();
    let (mut both, mut next): (Vec<Hunk>, u32) = (Vec::new(), 0);
    for hunk in one {
        let lines = hunk.text.split_inclusive(|byte| *byte == b'\n');
        for (line, number) in lines.zip(hunk.first_line..) {
            while others.next_if(|other| other.end <= number).is_some() {}
            if !others.peek().is_some_and(|other| other.contains(&number)) {
                continue;
            }
            match both.last_mut() {
                Some(last) if next == number => last.text.extend_from_slice(line),
                _ => both.push(Hunk { first_line: number, text: line.to_vec() }),
            }
            next = number + 1;
        }
    }
    both
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
    fn what_two_texts_do_not_have() {
        let new = b"1\nmine\n2\ntheirs\nboth\nnew\n3";
        let hunks = in_both(&added_lines(b"1\nmine\n2\n", new), &added_lines(b"2\ntheirs\n3", new));
        let told: Vec<(u32, &[u8])> = hunks.iter().map(|h| (h.first_line, &h.text[..])).collect();
        assert_eq!(told, [(5, &b"both\nnew\n"[..])]);
    }

    #[test]
    fn of_long_texts_only_what_is_new_or_elsewhere_is_told() {
        let line = |n: u64| format!("{}\n", n * 7919 % 300_007);
        let old: String = (0..300_007).map(line).collect();
        let new = format!("start\n{}end", old.replacen("\n5\n", "\n5\nmore\n5\n", 1));
        let of = |old: &str, new: &str| added_lines(old.as_bytes(), new.as_bytes());
        let hunks = of(&old, &new);
        let told: Vec<&[u8]> = hunks.iter().map(|hunk| &hunk.text[..]).collect();
        assert_eq!(told, [&b"start\n"[..], b"more\n", b"end"]);
        let sorted: String = (0..300_007).map(|n| format!("{n}\n")).collect();
        let changed: usize = of(&old, &sorted).iter().map(|hunk| hunk.text.len()).sum();
        assert!(changed > sorted.len() / 2);
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

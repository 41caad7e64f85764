//! What a change looks like, as `git log -p` shows it.

use super::changes::Change;
use super::reader::Handle;
use gix_imara_diff::{Algorithm, Diff, InternedInput, Token};
use std::ops::Range;

/// So many equal lines are shown around what differs.
const AROUND: u32 = 3;

impl Handle<'_> {
    /// The lines that show a change. Where a file was before it moved is not said.
    pub fn patch(&mut self, change: &Change) -> Vec<u8> {
        let path = String::from_utf8_lossy(&change.path).into_owned();
        let mut patch = format!("diff --git a/{path} b/{path}\n");
        let (from, to) = (format!("a/{path}"), format!("b/{path}"));
        let (from, to) = match (change.old, change.new) {
            (None, _) => {
                patch += "new file\n";
                ("/dev/null".to_owned(), to)
            }
            (_, None) => {
                patch += "deleted file\n";
                (from, "/dev/null".to_owned())
            }
            _ => (from, to),
        };
        let name = |id: Option<gix::ObjectId>| {
            id.map_or("0000000".to_owned(), |id| id.to_hex_with_len(7).to_string())
        };
        patch += &format!("index {}..{}\n", name(change.old), name(change.new));
        let mut text = |id: Option<gix::ObjectId>| match id {
            None => Some(std::sync::Arc::default()),
            Some(id) => self.text(id, &change.path),
        };
        let (Some(old), Some(new)) = (text(change.old), text(change.new)) else {
            return (patch + &format!("Binary files {from} and {to} differ\n")).into_bytes();
        };
        let lines = unified(&old, &new);
        if !lines.is_empty() {
            patch += &format!("--- {from}\n+++ {to}\n");
        }
        [patch.into_bytes(), lines].concat()
    }
}

/// One run of lines that differ, in both texts.
type Run = (Range<u32>, Range<u32>);

/// The lines that one text has and another has not, or has elsewhere, in both directions.
pub fn changed_lines<'a>(old: &'a [u8], new: &'a [u8]) -> Vec<&'a [u8]> {
    let input = InternedInput::new(old, new);
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    let lines = |tokens: &[Token], range: Range<u32>| -> Vec<&'a [u8]> {
        let tokens = &tokens[range.start as usize..range.end as usize];
        tokens.iter().map(|token| input.interner[*token]).collect()
    };
    let both = diff
        .hunks()
        .map(|hunk| [lines(&input.before, hunk.before), lines(&input.after, hunk.after)]);
    both.flatten().flatten().collect()
}

/// The hunks of a difference.
fn unified(old: &[u8], new: &[u8]) -> Vec<u8> {
    let input = InternedInput::new(old, new);
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    let mut hunks: Vec<Vec<Run>> = Vec::new();
    for run in diff.hunks().map(|hunk| (hunk.before, hunk.after)) {
        let is_near = |last: &Run| run.0.start - last.0.end <= 2 * AROUND;
        match hunks.last_mut() {
            Some(hunk) if hunk.last().is_some_and(is_near) => hunk.push(run),
            _ => hunks.push(vec![run]),
        }
    }
    let mut lines = Vec::new();
    for hunk in &hunks {
        write(hunk, &input, &mut lines);
    }
    lines
}

fn write(hunk: &[Run], input: &InternedInput<&[u8]>, lines: &mut Vec<u8>) {
    let (Some((first, after)), Some((last, _))) = (hunk.first(), hunk.last()) else { return };
    lines.extend(format!("@@ -{} +{} @@\n", first.start + 1, after.start + 1).bytes());
    let mut push = |sign: u8, token: Token| {
        let line = input.interner[token];
        lines.push(sign);
        lines.extend(line);
        if !line.ends_with(b"\n") {
            lines.extend(b"\n\\ No newline at end of file\n");
        }
    };
    let mut at = first.start.saturating_sub(AROUND);
    let end = (last.end + AROUND).min(u32::try_from(input.before.len()).unwrap_or(u32::MAX));
    for (before, after) in hunk {
        (at..before.start).for_each(|line| push(b' ', input.before[line as usize]));
        before.clone().for_each(|line| push(b'-', input.before[line as usize]));
        after.clone().for_each(|line| push(b'+', input.after[line as usize]));
        at = before.end;
    }
    (at..end).for_each(|line| push(b' ', input.before[line as usize]));
}

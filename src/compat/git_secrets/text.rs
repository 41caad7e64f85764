//! The lines of a file that have a pattern. A file is read in blocks, so that its size does not
//! matter.

use super::ere::Pattern;
use std::io::{self, Read};
use std::ops::Range;

/// A line that was found: its number and its text, without the line end.
#[derive(Debug, Clone)]
pub struct Line {
    pub number: usize,
    pub text: Vec<u8>,
}

/// What was found in a file.
#[derive(Debug, Default)]
pub struct Found {
    pub lines: Vec<Line>,
    /// Whether the file turned out to be binary after all; its lines are printed, and do not count.
    pub is_void: bool,
}

/// Which files are binary, and left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// Those with a NUL in the first 8,000 bytes.
    Git,
    /// Those with a NUL anywhere.
    Grep,
}

/// The block that grep reads first.
const FIRST: usize = 96 << 10;
/// Those that follow.
const BLOCK: usize = 1 << 20;
/// A longer line is looked at in pieces.
const LONGEST: usize = 256 << 20;
/// git looks for a NUL in so many bytes.
const GIT_LOOKS: usize = 8000;

/// Finds the lines of a text.
pub fn of_bytes(text: &[u8], pattern: &Pattern, binary: Binary) -> Found {
    let looked_at = if binary == Binary::Git { &text[..text.len().min(GIT_LOOKS)] } else { text };
    if memchr::memchr(0, looked_at).is_some() {
        return Found::default();
    }
    Found { lines: lines(text, 0, pattern), is_void: false }
}

/// Finds the lines of what is read.
///
/// # Errors
/// It cannot be read to its end.
pub fn of_reader(mut reader: impl Read, pattern: &Pattern, binary: Binary) -> io::Result<Found> {
    let mut found = Found::default();
    // What is not looked at yet: the beginning of a line.
    let mut rest: Vec<u8> = Vec::new();
    let (mut before, mut size, mut is_first) = (0, FIRST, true);
    loop {
        let kept = rest.len();
        let read = (&mut reader).take(size as u64).read_to_end(&mut rest)?;
        let looked_at = match (binary, is_first) {
            (Binary::Grep, _) => &rest[kept..],
            (Binary::Git, true) => &rest[..rest.len().min(GIT_LOOKS)],
            (Binary::Git, false) => &[],
        };
        if memchr::memchr(0, looked_at).is_some() {
            return Ok(Found { is_void: true, ..found });
        }
        let is_end = read < size;
        let end = match memchr::memrchr(b'\n', &rest) {
            _ if is_end => rest.len(),
            Some(end) => end + 1,
            None if rest.len() > LONGEST => rest.len(),
            None => 0,
        };
        let whole = &rest[..end];
        found.lines.extend(lines(whole, before, pattern));
        before += memchr::memchr_iter(b'\n', whole).count();
        if is_end {
            return Ok(found);
        }
        rest.drain(..end);
        (size, is_first) = (BLOCK.max(rest.len()), false);
    }
}

fn lines(text: &[u8], before: usize, pattern: &Pattern) -> Vec<Line> {
    let line = |(number, range): (usize, Range<usize>)| Line {
        number: before + number,
        text: text[range].to_vec(),
    };
    pattern.lines(text).map(line).collect()
}

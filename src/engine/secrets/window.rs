//! Where to try a pattern: the neighbourhood of its keywords, each byte at most once.

use std::ops::Range;

/// How far before a keyword a match may begin.
const BEFORE: usize = 256;
/// How far behind a keyword a match may end; a run of token characters is never cut.
const AFTER: usize = 1 << 10;
/// How far a run of token characters is followed beyond `AFTER`.
const LONGEST_TOKEN: usize = 64 << 10;
/// Both bounds for patterns that span lines: a long private key is no more than 20 KiB.
const BEFORE_LINES: usize = 1 << 10;
const AFTER_LINES: usize = 32 << 10;

/// The windows of one pattern in one file, in order and apart from each other.
#[derive(Debug, Default)]
pub struct Windows {
    found: Vec<Range<usize>>,
    /// The last window ends where its text does: at a line's end, not at a bound.
    complete: bool,
}

impl Windows {
    /// Takes in a keyword's place. Places come in the order of their ends.
    pub fn note(&mut self, keyword: &Range<usize>, bytes: &[u8], across_lines: bool) {
        let (before, after) =
            if across_lines { (BEFORE_LINES, AFTER_LINES) } else { (BEFORE, AFTER) };
        let open = self.found.last().map_or(0, |last| last.end);
        // A complete window is as long as it gets; any other is extended half a bound early, so
        // that many keywords in one long line cost one extension each half bound.
        if keyword.end <= open && (self.complete || keyword.end + after / 2 <= open) {
            return;
        }
        let floor = keyword.start.saturating_sub(before).max(open);
        let start = match across_lines {
            false => {
                let lead = &bytes[floor..keyword.start.max(floor)];
                memchr::memrchr2(b'\n', b'\r', lead).map_or(floor, |at| floor + at + 1)
            }
            true => floor,
        };
        let (end, complete) = end_of_window(keyword.end, after, bytes, across_lines);
        self.complete = complete;
        match self.found.last_mut() {
            Some(last) if start <= last.end && !is_line_end(bytes, start, across_lines) => {
                last.end = end.max(last.end);
            }
            _ => self.found.push(start..end),
        }
    }

    /// The windows.
    pub fn iter(&self) -> impl Iterator<Item = Range<usize>> {
        self.found.iter().cloned()
    }
}

/// Whether a window that begins here begins a line, and so is not the last window's continuation.
fn is_line_end(bytes: &[u8], start: usize, across_lines: bool) -> bool {
    !across_lines && start > 0 && matches!(bytes[start - 1], b'\n' | b'\r')
}

fn end_of_window(from: usize, after: usize, bytes: &[u8], across_lines: bool) -> (usize, bool) {
    let bound = bytes.len().min(from + after);
    if !across_lines && let Some(at) = memchr::memchr2(b'\n', b'\r', &bytes[from..bound]) {
        return (from + at, true);
    }
    let ceiling = bytes.len().min(bound + LONGEST_TOKEN);
    let run = bytes[bound..ceiling].iter().take_while(|b| is_token(**b)).count();
    (bound + run, bound + run == bytes.len())
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=_-.~%\\".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::slice::from_ref;

    fn windows(bytes: &[u8], keyword: &[u8], across_lines: bool) -> Vec<Range<usize>> {
        let mut windows = Windows::default();
        for at in memchr::memmem::find_iter(bytes, keyword) {
            windows.note(&(at..at + keyword.len()), bytes, across_lines);
        }
        windows.iter().collect()
    }

    #[test]
    fn a_line_is_a_window_and_two_hits_share_it() {
        assert_eq!(windows(b"ab\nkey key\ncd\nkey", b"key", false), [3..10, 14..17]);
    }

    #[test]
    fn a_token_is_never_cut() {
        let text = [b"key=".to_vec(), vec![b'a'; 3000], b" rest".to_vec()].concat();
        assert_eq!(windows(&text, b"key", false), from_ref(&(0..3004)));
    }

    #[test]
    fn a_long_line_is_covered_once() {
        let text = b"key,".repeat(1 << 20);
        assert_eq!(windows(&text, b"key", false), from_ref(&(0..text.len())));
    }
}

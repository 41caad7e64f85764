//! From byte offsets to lines and columns.

use crate::finding::Span;
use std::ops::Range;

/// Where each line of a text begins. A line ends at LF, CR LF or CR, as Python has it.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// `text` holds fewer than 4 GiB.
    pub fn new(text: &[u8]) -> LineIndex {
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', text) {
            if text[at] == b'\n' || text.get(at + 1) != Some(&b'\n') {
                starts.push(at as u32 + 1);
            }
        }
        LineIndex { starts }
    }

    /// How many lines there are; a final line end opens one more, empty line.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The number of the line that holds the offset, from 1.
    pub fn line(&self, offset: usize) -> u32 {
        self.starts.partition_point(|&start| start as usize <= offset) as u32
    }

    /// The offset at which a line (from 1) begins; the text's end for a line past the last.
    pub fn start(&self, line: u32, text: &[u8]) -> usize {
        self.starts.get(line as usize - 1).map_or(text.len(), |&start| start as usize)
    }

    /// The line's range without its end.
    pub fn range(&self, line: u32, text: &[u8]) -> Range<usize> {
        let start = self.start(line, text);
        let mut end = self.start(line + 1, text);
        while end > start && matches!(text[end - 1], b'\n' | b'\r') {
            end -= 1;
        }
        start..end
    }
}

/// Spans of ranges that come sorted by their start: each column is counted on from the one
/// before, so that many on one endless line cost no more than the line.
#[derive(Debug)]
pub struct Spans<'a> {
    lines: &'a LineIndex,
    text: &'a [u8],
    /// The last start: its line, its offset and its column from 0.
    last: (u32, usize, u32),
}

impl<'a> Spans<'a> {
    /// `lines` is that of `text`.
    pub fn new(lines: &'a LineIndex, text: &'a [u8]) -> Spans<'a> {
        Spans { lines, text, last: (1, 0, 0) }
    }

    /// The span of the next range.
    pub fn next(&mut self, range: &Range<usize>) -> Span {
        let start = range.start.min(self.text.len());
        let end = range.end.clamp(start, self.text.len());
        let start_line = self.lines.line(start);
        let (line, offset, column) = self.last;
        let (from, before) = match start_line == line && offset <= start {
            true => (offset, column),
            false => (self.lines.start(start_line, self.text), 0),
        };
        let start_column = before + self.count(from..start);
        self.last = (start_line, start, start_column);
        let end_line = self.lines.line(end);
        let end_column = match end_line == start_line {
            true => start_column + self.count(start..end),
            false => self.count(self.lines.start(end_line, self.text)..end),
        };
        Span { start_line, start_column: start_column + 1, end_line, end_column: end_column + 1 }
    }

    fn count(&self, range: Range<usize>) -> u32 {
        code_points(&self.text[range]) as u32
    }
}

/// How many code points begin in the bytes; stray continuation bytes belong to the one before.
fn code_points(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_end_as_python_has_it() {
        let text = "a\nb\r\nc\rd é\n".as_bytes();
        let lines = LineIndex::new(text);
        assert_eq!(lines.count(), 5);
        assert_eq!(lines.range(2, text), 2..3);
        let span = Spans::new(&lines, text).next(&(7..10));
        assert_eq!(
            (span.start_line, span.start_column, span.end_line, span.end_column),
            (4, 1, 4, 4)
        );
    }

    proptest! {
        #[test]
        fn one_after_the_other_is_as_each_alone(
            text in "[a\u{e9}\n\r ]{0,40}",
            mut ranges in prop::collection::vec((0usize..60, 0usize..20), 0..8),
        ) {
            let lines = LineIndex::new(text.as_bytes());
            ranges.sort_unstable();
            let mut spans = Spans::new(&lines, text.as_bytes());
            for (start, length) in ranges {
                let range = start..start + length;
                let alone = Spans::new(&lines, text.as_bytes()).next(&range);
                prop_assert_eq!(spans.next(&range), alone);
            }
        }
    }
}

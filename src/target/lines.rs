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

    /// The span of a range of bytes.
    pub fn span(&self, range: &Range<usize>, text: &[u8]) -> Span {
        let (start_line, start_column) = self.place(range.start, text);
        let (end_line, end_column) = self.place(range.end, text);
        Span { start_line, start_column, end_line, end_column }
    }

    fn place(&self, offset: usize, text: &[u8]) -> (u32, u32) {
        let offset = offset.min(text.len());
        let line = self.line(offset);
        (line, code_points(&text[self.start(line, text)..offset]) as u32 + 1)
    }
}

/// How many code points begin in the bytes; stray continuation bytes belong to the one before.
pub fn code_points(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

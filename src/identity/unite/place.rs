//! Where a finding is, as exactly as its tool says it.

use crate::finding::Span;

/// Lines and columns, the end exclusive; whole lines where the tool gives lines only.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    start: (u32, u32),
    end: (u32, u32),
    whole_lines: bool,
}

impl Place {
    /// A span that ends at the first column of a line, and begins at one, is a span of lines: so
    /// far go tools that know lines only. An empty one stands for the character that it is before.
    pub fn of(span: &Span) -> Place {
        let (line, column) = (span.start_line, span.start_column);
        let whole_lines = column <= 1 && span.end_column <= 1;
        if whole_lines {
            let last = span.end_line.saturating_sub(1).max(line);
            return Place { start: (line, 0), end: (last, u32::MAX), whole_lines };
        }
        let start = (line, column);
        let end = (span.end_line, span.end_column).max((line, column.saturating_add(1)));
        Place { start, end, whole_lines }
    }

    pub fn start(self) -> (u32, u32) {
        self.start
    }

    pub fn end(self) -> (u32, u32) {
        self.end
    }

    pub fn has_whole_lines(self) -> bool {
        self.whole_lines
    }

    /// How many more lines than one it has.
    pub fn lines(self) -> u32 {
        self.end.0 - self.start.0
    }

    /// Lines first, then columns: orders places from the most exact to the widest.
    pub fn extent(self) -> (u32, u32) {
        match self.lines() {
            0 => (0, self.end.1 - self.start.1),
            lines => (lines, self.end.1),
        }
    }

    pub fn overlaps(self, other: Place) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Where a place of no greater extent begins at the earliest, if it overlaps this one.
    pub fn reach(self) -> (u32, u32) {
        let (lines, width) = self.extent();
        match lines {
            0 => (self.start.0, self.start.1.saturating_sub(width)),
            lines => (self.start.0.saturating_sub(lines), 0),
        }
    }
}

//! A source inside another file, such as the cells of a notebook or a block of code in a text. It
//! is looked at as if it were a file of its own; a map of pieces says where its text stands.

use super::{Decoded, Kind, SourceFile};
use crate::finding::Cell;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A source, and where in its file each part of it stands.
#[derive(Debug)]
pub struct Embedded {
    /// What engines look at, under the path of the file that holds it.
    pub source: SourceFile,
    /// Whether it is an example, which need not be whole: nothing is said where it does not parse.
    pub is_fragment: bool,
    /// In the order of the source, which is that of the file.
    pieces: Vec<Piece>,
    /// Where in the source each cell begins, and its number.
    cells: Vec<(usize, u32)>,
}

/// A part of the source, and the part of the file that says it: the same bytes, or one character
/// written in another way.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    source: Range<usize>,
    file: Range<usize>,
}

impl Piece {
    fn is_verbatim(&self) -> bool {
        self.source.len() == self.file.len()
    }
}

impl Embedded {
    /// The part of the file from the first to the last byte of the source.
    pub fn extent(&self) -> Range<usize> {
        match (self.pieces.first(), self.pieces.last()) {
            (Some(first), Some(last)) => first.file.start..last.file.end,
            _ => 0..0,
        }
    }

    /// The range of the file that holds a range of the source. What another file stands between
    /// is in it too.
    pub fn outward(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.pieces.partition_point(|piece| piece.source.end <= range.start);
        let last = self.pieces.partition_point(|piece| piece.source.start < range.end);
        let start = self.pieces.get(first).map_or(self.extent().end, |piece| {
            let into = range.start.saturating_sub(piece.source.start);
            piece.file.start + if piece.is_verbatim() { into } else { 0 }
        });
        let end = self.pieces[..last].last().map_or(start, |piece| {
            let short = piece.source.end.saturating_sub(range.end);
            piece.file.end - if piece.is_verbatim() { short } else { 0 }
        });
        start..end.max(start)
    }

    /// The range of the source that anything of a range of the file is in, whole characters; none
    /// where nothing is.
    pub fn inward(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let first = self.pieces.partition_point(|piece| piece.file.end <= range.start);
        let last = self.pieces.partition_point(|piece| piece.file.start < range.end);
        let touched = self.pieces.get(first..last).filter(|touched| !touched.is_empty())?;
        let (first, last) = (&touched[0], &touched[touched.len() - 1]);
        let into = range.start.saturating_sub(first.file.start);
        let short = last.file.end.saturating_sub(range.end);
        Some(
            first.source.start + if first.is_verbatim() { into } else { 0 }
                ..last.source.end - if last.is_verbatim() { short } else { 0 },
        )
    }

    /// The range of the source that says what a range of the file says; none where the file's says
    /// more than that.
    pub fn within(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let inner = self.inward(range)?;
        let same_cell = self.cell_before(inner.start) == self.cell_before(inner.end - 1);
        (same_cell && self.outward(&inner) == *range).then_some(inner)
    }

    /// The cell that holds a place of the source; none where the file has no cells.
    pub fn cell(&self, at: usize, column: u32) -> Option<Cell> {
        let (start, number) = *self.cells.get(self.cell_before(at)?)?;
        let lines = self.source.lines();
        Some(Cell { number, line: lines.line(at) - lines.line(start) + 1, column })
    }

    fn cell_before(&self, at: usize) -> Option<usize> {
        self.cells.partition_point(|(start, _)| *start <= at).checked_sub(1)
    }
}

/// Puts a source together, from the beginning of its file to the end.
#[derive(Debug, Default)]
pub struct Builder {
    text: String,
    pieces: Vec<Piece>,
    cells: Vec<(usize, u32)>,
}

impl Builder {
    /// What has been put together so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A new cell begins. It is set off from the one before by an empty line.
    pub fn begin_cell(&mut self, number: u32) {
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.cells.push((self.text.len(), number));
    }

    /// The text of the cell that was begun last.
    pub fn cell_text(&self) -> &str {
        &self.text[self.cells.last().map_or(0, |(start, _)| *start)..]
    }

    /// Takes back the cell that was begun last.
    pub fn drop_cell(&mut self) {
        if let Some((start, _)) = self.cells.pop() {
            self.text.truncate(start);
            let kept = self.pieces.partition_point(|piece| piece.source.start < start);
            self.pieces.truncate(kept);
        }
    }

    /// Text that stands in the file as it is, from `at` on.
    pub fn push_verbatim(&mut self, text: &str, at: usize) {
        let source = self.text.len()..self.text.len() + text.len();
        self.text.push_str(text);
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(last)
                if last.is_verbatim() && last.source.end == source.start && last.file.end == at =>
            {
                last.source.end = source.end;
                last.file.end += text.len();
            }
            _ => self.pieces.push(Piece { source, file: at..at + text.len() }),
        }
    }

    /// A character that a range of the file says in another way.
    pub fn push_escaped(&mut self, c: char, file: Range<usize>) {
        let start = self.text.len();
        self.text.push(c);
        self.pieces.push(Piece { source: start..self.text.len(), file });
    }

    /// The source, to be looked at as a file of the kind; none where nothing is in it.
    pub fn finish(self, path: &Arc<str>, kind: Kind, is_fragment: bool) -> Option<Embedded> {
        let Builder { text, pieces, cells } = self;
        let (path, decoded) = (path.clone(), Decoded::sure(text));
        let source = SourceFile { path, kind, decoded, lines: OnceLock::new() };
        (!pieces.is_empty()).then_some(Embedded { source, is_fragment, pieces, cells })
    }
}

//! Where a match is: lines and columns as gitleaks counts them.

use super::fragment::Fragment;
use std::ops::Range;

/// Lines from 0, columns from 1 in the first line and from 2 in the others, which count the line
/// end before them.
#[derive(Debug, PartialEq, Eq)]
pub struct Location {
    pub start_line: i64,
    pub end_line: i64,
    pub start_column: i64,
    pub end_column: i64,
    /// What counts as the lines of the match.
    pub line: Range<usize>,
}

/// The line ends of a fragment.
#[derive(Debug)]
pub struct Lines(Vec<usize>);

impl Lines {
    pub fn of(fragment: &Fragment) -> Lines {
        let mut ends: Vec<usize> = memchr::memchr_iter(b'\n', fragment.text.as_bytes()).collect();
        if ends.is_empty() {
            ends.push(fragment.text.len());
        }
        Lines(ends)
    }

    pub fn locate(&self, fragment: &Fragment, found: &Range<usize>) -> Location {
        let ends = &self.0;
        let before = |line: usize| line.checked_sub(1).map_or(0, |line| ends[line]);
        let column = |at: usize, from: usize| fragment.raw(at) as i64 - fragment.raw(from) as i64;
        // The line that ends behind the start, and the one that ends at the end or behind it.
        let line = ends.partition_point(|&end| end <= found.start);
        let last = ends.partition_point(|&end| end < found.end);
        if line == ends.len() {
            let from = ends[line - 1];
            return Location {
                start_line: line as i64,
                end_line: line as i64,
                start_column: column(found.start, from) + 1,
                end_column: column(found.end, from),
                line: 0..line_end(&fragment.text, found.end),
            };
        }
        let mut location = Location {
            start_line: line as i64,
            end_line: line as i64,
            start_column: column(found.start, before(line)) + 1,
            end_column: 0,
            line: before(line)..ends[line],
        };
        if last < ends.len() && before(last) < found.end {
            location.end_column = column(found.end, before(last));
            // What is empty may end on the line before the one that it begins on.
            if last >= line {
                location.end_line = last as i64;
                location.line.end = ends[last];
            }
        }
        location.line.end = location.line.end.max(found.end);
        location
    }
}

/// The first line end at an offset or behind it.
fn line_end(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    memchr::memchr2(b'\n', b'\r', rest).map_or(text.len().max(at), |end| at + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locate(text: &str, found: Range<usize>) -> (i64, i64, i64, i64, Range<usize>) {
        let fragment = Fragment::new(text.as_bytes(), "".into(), 1);
        let it = Lines::of(&fragment).locate(&fragment, &found);
        (it.start_line, it.end_line, it.start_column, it.end_column, it.line)
    }

    #[test]
    fn columns_behind_the_first_line_count_the_line_end() {
        assert_eq!(locate("ab cd", 3..5), (0, 0, 4, 5, 0..5));
        assert_eq!(locate("ab cd\n", 3..5), (0, 0, 4, 5, 0..5));
        assert_eq!(locate("x\nab cd\n", 5..7), (1, 1, 5, 6, 1..7));
    }

    #[test]
    fn a_line_end_alone_is_of_the_line_behind_it() {
        assert_eq!(locate("ab\ncd\n", 2..2), (1, 1, 1, 2, 2..5));
    }

    #[test]
    fn the_lines_of_an_unended_last_line_begin_with_the_text() {
        assert_eq!(locate("x\nab cd", 5..7), (1, 1, 5, 6, 0..7));
    }

    #[test]
    fn a_match_that_runs_into_it_has_no_end_column() {
        assert_eq!(locate("ab\ncd", 1..5), (0, 0, 2, 0, 0..5));
    }
}

//! The source around a finding, its lines numbered and the flagged part underlined.

use super::Page;
use super::paint::width;
use crate::finding::Finding;
use crate::report::untrusted::push_visible;
use std::io::{self, Write};
use std::ops::Range;

/// Columns from one tab stop to the next.
const TAB: usize = 4;
/// Columns of code that stay in sight before a flagged part far to the right.
const LEAD: usize = 16;

/// Columns of the widest line number.
pub fn gutter(finding: &Finding) -> usize {
    let snippet = &finding.snippet;
    let last = snippet.first_line as usize + snippet.text.matches('\n').count();
    last.max(finding.location.shown_line() as usize).to_string().len().max(2)
}

/// Writes the frame, nothing where there is no source to show.
pub fn write(finding: &Finding, gutter: usize, page: Page, to: &mut dyn Write) -> io::Result<()> {
    let (snippet, span) = (&finding.snippet, finding.location.span);
    let start = finding.location.shown_line();
    if snippet.text.is_empty() {
        return Ok(());
    }
    let bar = page.paint.line(&format!("{:gutter$} |", ""));
    let room = page.width.saturating_sub(gutter + 3).max(20);
    let flagged = snippet.underline.0 as usize..snippet.underline.1 as usize;
    writeln!(to, "{bar}")?;
    let mut last = 0;
    for (text, number) in snippet.text.split('\n').zip(snippet.first_line..) {
        let line = Line::of(text);
        let first = number == start;
        let columns = line.columns(&flagged);
        let from = if first && columns.end > room { columns.start.saturating_sub(LEAD) } else { 0 };
        let left = page.paint.line(&format!("{number:>gutter$} |"));
        writeln!(to, "{}", format!("{left} {}", line.window(from, room)).trim_end())?;
        if first {
            let before = columns.start - from;
            let length = columns.len().clamp(1, room.saturating_sub(before).max(1));
            let carets = page.paint.severity(finding.severity, &"^".repeat(length));
            writeln!(to, "{bar} {:before$}{carets}", "")?;
        }
        last = number;
    }
    let end = start + (span.end_line - span.start_line);
    if end > last {
        let more = page.paint.dim(&format!("… to line {end}"));
        writeln!(to, "{bar} {more}")?;
    }
    Ok(())
}

/// A line as it is shown: tabs are blanks, what is hidden is an escape.
struct Line {
    text: String,
    /// Where each character of the source begins: the byte of `text`, the column.
    cells: Vec<(usize, usize)>,
    /// The column after the last.
    end: usize,
}

impl Line {
    fn of(source: &str) -> Line {
        let source = source.strip_suffix('\r').unwrap_or(source);
        let mut line =
            Line { text: String::with_capacity(source.len()), cells: Vec::new(), end: 0 };
        for c in source.chars() {
            let byte = line.text.len();
            line.cells.push((byte, line.end));
            if c == '\t' {
                let blanks = TAB - line.end % TAB;
                line.text.extend(std::iter::repeat_n(' ', blanks));
            } else {
                push_visible(c, &mut line.text);
            }
            line.end += width(&line.text[byte..]);
        }
        line
    }

    /// The columns of a range of the source's characters.
    fn columns(&self, range: &Range<usize>) -> Range<usize> {
        let column = |at: usize| self.cells.get(at).map_or(self.end, |&(_, column)| column);
        let start = column(range.start);
        start..column(range.end).max(start)
    }

    /// The part that fits into a window, `…` where there is more.
    fn window(&self, from: usize, room: usize) -> String {
        if from == 0 && self.end <= room {
            return self.text.clone();
        }
        let mut seen = String::new();
        let mut column = from;
        if from > 0 {
            seen.push('…');
            column += 1;
        }
        let ends = self.cells.iter().skip(1).copied().chain([(self.text.len(), self.end)]);
        for (&(byte, start), (byte_after, end)) in self.cells.iter().zip(ends) {
            if start < column {
                continue;
            }
            if self.end > from + room && end >= from + room {
                seen.push('…');
                break;
            }
            // The second half of a wide character that the window cuts through.
            seen.extend(std::iter::repeat_n(' ', start - column));
            seen.push_str(&self.text[byte..byte_after]);
            column = end;
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_underline_stands_below_what_it_means() {
        let line = Line::of("\tx = \"漢字\" + cmd\u{202e}");
        assert_eq!(line.text, "    x = \"漢字\" + cmd\\u{202e}");
        assert_eq!(line.columns(&(12..15)), 17..20);
        assert_eq!(line.columns(&(6..8)), 9..13);
        assert_eq!(line.columns(&(90..95)), 28..28);
    }

    #[test]
    fn long_lines_are_cut_at_both_ends() {
        let line = Line::of("0123456789abcdefghij");
        assert_eq!(line.window(0, 20), "0123456789abcdefghij");
        assert_eq!(line.window(0, 10), "012345678…");
        assert_eq!(line.window(5, 10), "…6789abcd…");
        assert_eq!(line.window(10, 10), "…bcdefghij");
        assert_eq!(Line::of("漢字漢字漢字").window(3, 5), "…漢…");
    }
}

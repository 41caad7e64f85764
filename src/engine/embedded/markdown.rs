//! Python in the fenced code blocks of Markdown; each block is a source of its own. In a block of
//! an interactive session, what was typed is the source.
//! Facts: CommonMark 0.31, section 4.5; the attributes of Pandoc, R Markdown and Quarto.

use crate::target::{Builder, Embedded, Kind, SourceFile};
use std::ops::Range;

/// The shortest fence.
const FENCE: usize = 3;
/// A closing fence may be indented by so many columns more than the block.
const INDENTED: usize = 3;
/// Columns from one tab stop to the next.
const TAB: usize = 4;

/// The blocks of Python in a file.
pub fn blocks(file: &SourceFile) -> Vec<Embedded> {
    let text = file.text();
    let mut blocks = Vec::new();
    let mut lines = Lines { text, at: 0 };
    while let Some(line) = lines.next() {
        let Some(fence) = Fence::open(&text[line]) else { continue };
        let mut content = Vec::new();
        for line in lines.by_ref() {
            let Some(inside) = fence.inside(text, line) else { break };
            content.push(inside);
        }
        if let Some(kind) = language(fence.info) {
            blocks.extend(block(file, kind, &content));
        }
    }
    blocks
}

/// The source in the lines of a block.
fn block(file: &SourceFile, kind: Kind, content: &[Range<usize>]) -> Option<Embedded> {
    let text = file.text();
    let typed = |line: &Range<usize>| {
        let line = text[line.clone()].trim_start();
        [">>>", "..."].iter().any(|prompt| line.starts_with(prompt))
    };
    let written = content.iter().find(|line| !text[(*line).clone()].trim().is_empty())?;
    let is_session = text[written.clone()].trim_start().starts_with(">>>");
    let mut builder = Builder::default();
    for line in content {
        let mut start = line.start;
        if is_session {
            if !typed(line) {
                continue; // what was answered
            }
            let indent = line.len() - text[line.clone()].trim_start().len();
            start += indent + ">>>".len();
            start += usize::from(text[start..line.end].starts_with(' '));
        }
        builder.push_verbatim(&text[start..line.end], start);
    }
    builder.finish(&file.path, kind, true)
}

/// How the Python of a block is written; none where it is in another language.
fn language(info: &str) -> Option<Kind> {
    let attributes = info.starts_with('{');
    let word = info.trim_start_matches('{').trim_start();
    let is_class = word.starts_with('.');
    let word = word.trim_start_matches('.');
    let end = word.find(|c: char| c.is_whitespace() || "{},:;=[(".contains(c));
    match word[..end.unwrap_or(word.len())].to_ascii_lowercase().as_str() {
        // A chunk that runs when the text is made.
        "python" if attributes && !is_class => Some(Kind::Ipython),
        "python" | "py" | "python3" | "py3" | "pycon" | "python-repl" => Some(Kind::Python),
        "ipython" | "ipython3" => Some(Kind::Ipython),
        _ => None,
    }
}

/// The line that opens a block.
struct Fence<'a> {
    mark: char,
    length: usize,
    /// Columns before it, which belong to what the block is in: a list, a quotation.
    indent: usize,
    /// How many quotations it is in.
    quoted: usize,
    /// What follows it.
    info: &'a str,
}

impl<'a> Fence<'a> {
    fn open(line: &'a str) -> Option<Fence<'a>> {
        let rest = line.trim_start_matches(|c: char| " \t>*+-.)".contains(c) || c.is_ascii_digit());
        let mark = rest.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = rest.trim_start_matches(mark);
        let length = rest.len() - info.len();
        let before = &line[..line.len() - rest.len()];
        let opens = length >= FENCE && !(mark == '`' && info.contains('`')) && is_container(before);
        let quoted = before.matches('>').count();
        opens.then(|| Fence { mark, length, indent: width(before), quoted, info: info.trim() })
    }

    /// What of the line is in the block; none where the line closes it.
    fn inside(&self, text: &str, line: Range<usize>) -> Option<Range<usize>> {
        let (mut start, mut column, mut quoted) = (line.start, 0, 0);
        for byte in text[line.clone()].bytes() {
            let is_quote = byte == b'>' && quoted < self.quoted;
            if column >= self.indent || !(is_quote || matches!(byte, b' ' | b'\t')) {
                break;
            }
            quoted += usize::from(is_quote);
            column = after(byte, column);
            start += 1;
        }
        if quoted < self.quoted {
            return None; // the quotation is over, and the block with it
        }
        let rest = text[start..line.end].trim_end();
        let fence = rest.trim_start_matches(' ');
        let closes = fence.len() >= self.length
            && fence.trim_start_matches(self.mark).is_empty()
            && rest.len() - fence.len() <= INDENTED;
        (!closes).then_some(start..line.end)
    }
}

/// Whether nothing but the marks of quotations and lists is in the text: `> `, `- `, `12. `.
fn is_container(text: &str) -> bool {
    text.split_whitespace().all(|word| {
        let number = word.strip_suffix(['.', ')']);
        let is_number = |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
        matches!(word, "-" | "*" | "+")
            || word.bytes().all(|b| b == b'>')
            || number.is_some_and(is_number)
    })
}

fn width(text: &str) -> usize {
    text.bytes().fold(0, |column, byte| after(byte, column))
}

/// The column after a character of one column, or after a tab.
fn after(byte: u8, column: usize) -> usize {
    if byte == b'\t' { column + TAB - column % TAB } else { column + 1 }
}

/// The lines of a text, each with its end.
struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        self.at =
            memchr::memchr(b'\n', rest.as_bytes()).map_or(self.text.len(), |end| start + end + 1);
        Some(start..self.at)
    }
}

//! Colours and widths of a terminal.

use crate::finding::Severity;
use unicode_width::UnicodeWidthChar;

/// Colours text, or leaves it as it is. The text has been made harmless before.
#[derive(Clone, Copy)]
pub struct Paint {
    pub on: bool,
}

impl Paint {
    fn sgr(self, code: &str, text: &str) -> String {
        if self.on && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// The path above the findings of a file.
    pub fn heading(self, text: &str) -> String {
        self.sgr("1;4", text)
    }

    pub fn bold(self, text: &str) -> String {
        self.sgr("1", text)
    }

    pub fn dim(self, text: &str) -> String {
        self.sgr("2", text)
    }

    /// Line numbers, arrows and what frames the source.
    pub fn line(self, text: &str) -> String {
        self.sgr("1;34", text)
    }

    /// What is new.
    pub fn accent(self, text: &str) -> String {
        self.sgr("36", text)
    }

    /// What ends the build.
    pub fn alarm(self, text: &str) -> String {
        self.sgr("1;31", text)
    }

    pub fn good(self, text: &str) -> String {
        self.sgr("1;32", text)
    }

    pub fn doubt(self, text: &str) -> String {
        self.sgr("1;33", text)
    }

    pub fn severity(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Critical => "1;35",
            Severity::High => "1;31",
            Severity::Medium => "1;33",
            Severity::Low => "1;36",
            Severity::Info | Severity::Unknown => "1",
        };
        self.sgr(code, text)
    }
}

/// Columns that a harmless text takes.
pub fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Breaks a text between words so that lines have at most `full` columns: the first begins after
/// `used`, the others after `indent`. A word longer than a line stays whole, to be copied.
pub fn wrap(text: &str, full: usize, used: usize, indent: usize) -> String {
    let mut wrapped = String::with_capacity(text.len() + 16);
    let mut column = used;
    for word in text.split_whitespace() {
        let length = width(word);
        if wrapped.is_empty() {
            column += length;
        } else if column + 1 + length <= full {
            wrapped.push(' ');
            column += 1 + length;
        } else {
            wrapped.push('\n');
            wrapped.extend(std::iter::repeat_n(' ', indent));
            column = indent + length;
        }
        wrapped.push_str(word);
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two three four", 12, 2, 4), "one two\n    three\n    four");
        assert_eq!(wrap("漢字漢字 漢字", 12, 0, 2), "漢字漢字\n  漢字");
        assert_eq!(wrap("averyveryverylongword x", 8, 0, 2), "averyveryverylongword\n  x");
    }

    #[test]
    fn no_colour_where_none_is_wanted() {
        assert_eq!(Paint { on: false }.alarm("x"), "x");
        assert_eq!(Paint { on: true }.alarm("x"), "\u{1b}[1;31mx\u{1b}[0m");
    }
}

//! Characters that make source read otherwise than it runs.

use super::Found;
use ruff_text_size::{TextLen, TextRange, TextSize};

/// The controls, in the order in which the one that is named is chosen.
const CONTROLS: [char; 10] = [
    '\u{202A}', '\u{202B}', '\u{202C}', '\u{202D}', '\u{202E}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}', '\u{200F}',
];
/// All of them begin with this byte in UTF-8.
const LEAD: u8 = 0xE2;

/// The first line with such a character; a file is reported once.
pub fn bidirectional_controls(source: &str) -> Option<Found<'_>> {
    let control_at = |at: usize| source[at..].chars().next().filter(|c| CONTROLS.contains(c));
    let first =
        memchr::memchr_iter(LEAD, source.as_bytes()).find(|&at| control_at(at).is_some())?;
    let line = source[first..].split(ends_line).next()?;
    let (at, control) = CONTROLS.iter().find_map(|&c| Some((first + line.find(c)?, c)))?;
    let start = TextSize::try_from(at).ok()?;
    let message = format!("The character U+{:04X} reorders the text on screen", control as u32);
    Some(Found::at(&TextRange::at(start, control.text_len())).message(message))
}

/// The line, as Python's `str.splitlines` counts from 1, and the character, from 1, at an offset.
pub fn place(source: &str, at: TextSize) -> (u32, i64) {
    let before = &source[..at.to_usize()];
    let ends = before.matches(ends_line).count() - before.matches("\r\n").count();
    let last = before.rsplit(ends_line).next().unwrap_or_default();
    (ends as u32 + 1, last.chars().count() as i64 + 1)
}

/// What ends a line of text to Python's `str.splitlines`.
fn ends_line(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\x0B' | '\x0C' | '\x1C'..='\x1E' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

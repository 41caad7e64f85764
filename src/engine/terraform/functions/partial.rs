//! Texts and values of which a part is known only after an apply.

use super::{CLOSE, MOST_DEPTH, MOST_TEXT, MOST_VALUES, OPEN, Symbol, Value, Wrong};

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Piece<'a> {
    Known(&'a str),
    /// The name of an unknown value, with its marks.
    Unknown(&'a str),
}

/// The parts of a text in their order.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let unknown = rest.starts_with(OPEN);
        let end = match unknown {
            true => rest.find(CLOSE).map(|at| at + CLOSE.len_utf8()),
            false => rest.find(OPEN),
        };
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(if unknown { Piece::Unknown(piece) } else { Piece::Known(piece) })
    })
}

/// The name of an unknown value as part of a text; one that stands for nothing has none.
pub(super) fn marked(symbol: Option<&Symbol>) -> String {
    match symbol {
        None => format!("{OPEN}{CLOSE}"),
        Some(Symbol { address, attribute }) if attribute.is_empty() => {
            format!("{OPEN}{address}{CLOSE}")
        }
        Some(Symbol { address, attribute }) => format!("{OPEN}{address}.{attribute}{CLOSE}"),
    }
}

/// What is known before the first unknown part.
pub(super) fn head(text: &str) -> &str {
    text.find(OPEN).map_or(text, |at| &text[..at])
}

/// What is known after the last unknown part.
pub(super) fn tail(text: &str) -> &str {
    if !text.contains(OPEN) {
        return text;
    }
    text.rfind(CLOSE).map_or("", |at| &text[at + CLOSE.len_utf8()..])
}

/// Whether all of a text is known.
pub(super) fn is_whole(text: &str) -> bool {
    !text.contains(OPEN)
}

/// The text with its known parts changed and the unknown ones as they are.
pub(super) fn map_known(text: &str, mut change: impl FnMut(&str, &mut String)) -> String {
    let mut changed = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Known(known) => change(known, &mut changed),
            Piece::Unknown(name) => changed.push_str(name),
        }
    }
    changed
}

/// Whether nothing of a value is unknown, at any depth. One that is too large to look through counts
/// as not known: shared parts may be nested so that it takes for ever.
pub(super) fn is_known(value: &Value) -> bool {
    known_within(value, 0, &mut 0)
}

fn known_within(value: &Value, depth: u32, looked_at: &mut usize) -> bool {
    *looked_at += 1;
    if depth > MOST_DEPTH || *looked_at > MOST_VALUES {
        return false;
    }
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => is_whole(text),
        Value::Unknown(_) => false,
        Value::List(values) => values.iter().all(|value| known_within(value, depth + 1, looked_at)),
        Value::Map(entries) => entries
            .iter()
            .all(|(key, value)| is_whole(key) && known_within(value, depth + 1, looked_at)),
    }
}

/// A text in the making, of at most `MOST_TEXT` bytes.
#[derive(Default)]
pub(super) struct Text(String);

impl Text {
    /// Goes on with these characters.
    pub fn push(&mut self, more: &str) -> Result<(), Wrong> {
        if more.len() > MOST_TEXT.saturating_sub(self.0.len()) {
            return Err(Wrong::TooLarge);
        }
        self.0.push_str(more);
        Ok(())
    }

    /// Goes on with a character again and again.
    pub fn pad(&mut self, with: char, count: usize) -> Result<(), Wrong> {
        if count > MOST_TEXT.saturating_sub(self.0.len()) {
            return Err(Wrong::TooLarge);
        }
        self.0.extend(std::iter::repeat_n(with, count));
        Ok(())
    }

    /// What has been made.
    pub fn into_value(self) -> Value {
        Value::string(self.0)
    }

    /// Likewise, to go on with.
    pub fn into_string(self) -> String {
        self.0
    }
}

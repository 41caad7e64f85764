//! Bracket expressions: `[^]a-z[:digit:]]`.

use super::parse::{Dialect, EreError};
use super::set::{Set, named};

/// What stands between brackets, without the sign of negation.
struct Bracket<'a> {
    text: &'a [u8],
    at: usize,
}

/// One item: a character, which may begin or end a range, or a class, which may not.
enum Item {
    Byte(u8),
    Class(Set),
}

/// Reads from behind the opening bracket; returns the set, and where the closing one ends.
///
/// # Errors
/// There is no closing bracket, a range that runs backwards, or an unknown name.
pub fn parse(text: &[u8], start: usize, dialect: Dialect) -> Result<(Set, usize), EreError> {
    let is_negated = text.get(start) == Some(&b'^');
    let first = start + usize::from(is_negated);
    if first == text.len() {
        return Err(EreError::OpenBracket);
    }
    let mut bracket = Bracket { text, at: first };
    let mut set = Set::none();
    let mut has_class = false;
    while bracket.at == first || bracket.peek()? != b']' {
        match bracket.item(bracket.at == first)? {
            Item::Class(class) => {
                has_class = true;
                if bracket.range_follows()? {
                    return Err(EreError::Range);
                }
                set.unite(&class);
            }
            Item::Byte(from) if bracket.range_follows()? => {
                bracket.at += 1;
                let Item::Byte(to) = bracket.item(true)? else { return Err(EreError::Range) };
                if from > to {
                    return Err(EreError::Range);
                }
                (from..=to).for_each(|byte| set.add(byte));
            }
            Item::Byte(byte) => set.add(byte),
        }
    }
    let inner = &text[first..bracket.at];
    let is_colons = inner.len() > 2 && inner.starts_with(b":") && inner.ends_with(b":");
    if is_colons && !has_class && dialect == Dialect::Grep {
        return Err(EreError::SingleBracket);
    }
    let set = if is_negated { set.complement() } else { set.in_a_line() };
    Ok((set, bracket.at + 1))
}

impl Bracket<'_> {
    fn peek(&self) -> Result<u8, EreError> {
        self.text.get(self.at).copied().ok_or(EreError::Bracket)
    }

    /// Whether a hyphen comes that does not stand for itself, as it does before the end.
    fn range_follows(&self) -> Result<bool, EreError> {
        let next = self.text.get(self.at + 1).ok_or(EreError::Bracket);
        Ok(self.peek()? == b'-' && *next? != b']')
    }

    fn item(&mut self, may_be_hyphen: bool) -> Result<Item, EreError> {
        let byte = self.peek()?;
        let next = self.text.get(self.at + 1).copied();
        match (byte, next) {
            (b'[', Some(kind @ (b':' | b'.' | b'='))) => self.named(kind),
            (b'-', Some(next)) if !may_be_hyphen && next != b']' => Err(EreError::Range),
            _ => {
                self.at += 1;
                Ok(Item::Byte(byte))
            }
        }
    }

    /// `[:alpha:]`, `[.x.]` or `[=x=]`.
    fn named(&mut self, kind: u8) -> Result<Item, EreError> {
        let from = self.at + 2;
        let rest = self.text.get(from..).unwrap_or_default();
        let end = rest.windows(2).position(|two| two == [kind, b']']).ok_or(EreError::Bracket)?;
        self.at = from + end + 2;
        match (kind, &rest[..end]) {
            (b':', name) => named(name).map(Item::Class).ok_or(EreError::ClassName),
            (b'.', [byte]) => Ok(Item::Byte(*byte)),
            (_, [byte]) => Ok(Item::Class(Set::of(|other| other == *byte))),
            _ => Err(EreError::Collation),
        }
    }
}

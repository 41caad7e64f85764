//! The expressions in a text, with their places.

use super::expression::Expression;
use crate::engine::shell::text::Text;
use std::ops::Range;

/// How many expressions of one text are read.
const MOST: usize = 1_000;

/// `${{ … }}`.
#[derive(Debug, Clone)]
pub struct Template {
    /// None where it is no expression.
    pub expression: Option<Expression>,
    /// In the file, from the `$` to behind the last brace.
    pub place: Range<usize>,
}

/// The expressions of a text.
pub fn templates(text: &Text) -> Vec<Template> {
    let found = ranges(text.as_str()).map(|at| Template {
        expression: Expression::parse(&text.as_str()[at.start + 3..at.end - 2]),
        place: text.place(at),
    });
    found.collect()
}

/// The expressions of a text without places.
pub fn expressions(text: &str) -> impl Iterator<Item = Expression> {
    ranges(text).filter_map(|at| Expression::parse(&text[at.start + 3..at.end - 2]))
}

/// Where expressions stand; one that is not closed is none.
pub fn ranges(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    let next = move || {
        let start = from + text.get(from..)?.find("${{")?;
        let end = start + 3 + end(&text[start + 3..])?;
        from = end;
        Some(start..end)
    };
    std::iter::from_fn(next).take(MOST)
}

/// Behind the braces that close an expression; those in its texts close nothing.
fn end(rest: &str) -> Option<usize> {
    let mut quoted = false;
    let bytes = rest.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'}' if !quoted && bytes.get(at + 1) == Some(&b'}') => return Some(at + 2),
            _ => {}
        }
    }
    None
}

/// The expression that a condition is, in `${{ … }}` or not.
pub fn condition(text: &str) -> Option<Expression> {
    let text = text.trim();
    let inner = text.strip_prefix("${{").and_then(|it| it.strip_suffix("}}"));
    Expression::parse(inner.unwrap_or(text)).or_else(|| {
        // Texts around expressions make a text, which is true; what is meant is what they say.
        Expression::parse(&text.replace("${{", "(").replace("}}", ")"))
    })
}

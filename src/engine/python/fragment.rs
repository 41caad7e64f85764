//! Whether a part of a notebook can be looked at together with the others.

use super::{depth, release};
use crate::target::LineIndex;
use ruff_python_ast::PySourceType;
use ruff_python_parser::parse_unchecked_source;
use ruff_text_size::Ranged;

/// # Errors
/// Why it is not Python as IPython has it, and where: the line counts in the text.
pub fn parses(text: &str) -> Result<(), String> {
    if memchr::memchr(0, text.as_bytes()).is_some() {
        return Err("NUL character in the source".into());
    }
    if depth::is_bottomless(text) {
        return Err(format!("nested over {} levels deep", depth::MAX_PARSED));
    }
    let parsed = parse_unchecked_source(text, PySourceType::Ipynb);
    let why = parsed.errors().first().map(|error| {
        let line = LineIndex::new(text.as_bytes()).line(error.start().to_usize());
        format!("{} at line {line}", error.error)
    });
    let deep = depth::exceeds_limit(parsed.syntax());
    release(parsed, deep);
    why.map_or(Ok(()), Err)
}

//! What tools that are written in Go have in common: how they read a command line, and how their
//! libraries write JSON, XML and CSV, read regular expressions and run templates.

pub mod csv;
pub mod expression;
pub mod flags;
pub mod json;
pub mod template;
pub mod xml;

use std::io;

/// Why something failed, as Go says it: without the number of the system's error.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// A path without `.`, `..` and doubled slashes, where that can be told from its text.
pub fn cleaned(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let is_rooted = path.starts_with('/');
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match (part, parts.last()) {
            ("..", Some(&last)) if last != ".." => {
                parts.pop();
            }
            ("..", None) if is_rooted => {}
            _ => parts.push(part),
        }
    }
    match (is_rooted, parts.join("/")) {
        (true, parts) => format!("/{parts}"),
        (false, parts) if parts.is_empty() => ".".to_owned(),
        (false, parts) => parts,
    }
}

//! What tools that are written in Go have in common: how they read a command line, and how their
//! libraries write JSON, XML and CSV.

pub mod csv;
pub mod flags;
pub mod json;
pub mod xml;

use std::io;

/// Why something failed, as Go says it: without the number of the system's error.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

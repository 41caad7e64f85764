//! `--file-patterns`: files that are looked at as if they were named like their kind,
//! `dockerfile:build/.*[.]image`.

use super::Stopped;
use super::about::Kind;
use regex::Regex;

/// Kinds of files, each with what the paths of more of them match.
#[derive(Debug, Default)]
pub struct Patterns(Vec<(String, Regex)>);

impl Patterns {
    /// # Errors
    /// One has no kind before a colon, or no expression behind it.
    pub fn new(given: &[String]) -> Result<Patterns, Stopped> {
        let pattern = |text: &String| {
            let (kind, expression) = text
                .split_once(':')
                .ok_or_else(|| format!("{text:?} has no kind and colon before the expression"))?;
            let expression = Regex::new(expression).map_err(|error| error.to_string())?;
            Ok((kind.to_owned(), expression))
        };
        let read: Result<Vec<_>, String> = given.iter().map(pattern).collect();
        read.map(Patterns).map_err(|why| Stopped(format!("run error: invalid file pattern: {why}")))
    }

    /// Whether a path is said to be of a kind.
    pub fn say(&self, kind: &Kind, path: &str) -> bool {
        self.0.iter().any(|(name, expression)| name == kind.name && expression.is_match(path))
    }
}

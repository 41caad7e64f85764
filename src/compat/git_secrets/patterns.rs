//! What is prohibited and what is allowed: from the settings of git, from providers, and from
//! `.gitallowed`.

use super::Session;
use super::ere::{Dialect, EreError, Pattern};
use super::provider;
use super::say::complain;
use crate::target::open_regular;
use std::io::Read;

/// `.gitallowed` is read up to so many bytes.
const LIMIT: u64 = 16 << 20;

/// The prohibited patterns, one a line, as they were configured and provided; none where there are
/// none.
///
/// # Errors
/// A provider came to no end, and what it would have said is unknown.
pub fn prohibited(session: &Session) -> Result<Option<Vec<u8>>, provider::Endless> {
    let mut lines = Vec::new();
    for setting in session.config.all("secrets.patterns") {
        lines.extend(setting.value);
        lines.push(b'\n');
    }
    for setting in session.config.all("secrets.providers") {
        if !setting.is_trusted {
            let why = "not run, for this repository belongs to somebody else";
            complain(format!("git-secrets: a provider of its settings is {why}").as_bytes());
            continue;
        }
        let provided = provider::run(&setting.value)?;
        if !provided.is_empty() {
            lines.extend(provided);
            lines.push(b'\n');
        }
    }
    Ok(trimmed(lines))
}

/// The same for `git grep`, which gets all of them as one: every word is a pattern.
pub fn combined(patterns: &[u8]) -> Vec<u8> {
    let words = patterns.split(|byte| matches!(byte, b' ' | b'\t' | b'\n'));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(&b'|')
}

/// The allowed patterns, or why they mean nothing.
pub fn allowed(session: &Session) -> Result<Option<Pattern>, EreError> {
    let mut lines = Vec::new();
    for setting in session.config.all("secrets.allowed") {
        lines.extend(setting.value);
        lines.push(b'\n');
    }
    match session.root() {
        None => complain(super::NO_REPOSITORY.as_bytes()),
        Some(root) => {
            let mut text = Vec::new();
            let file = open_regular(&root.join(".gitallowed"));
            let read = file.and_then(|file| file.take(LIMIT).read_to_end(&mut text));
            for line in text.split(|byte| *byte == b'\n').filter(|_| read.is_ok()) {
                let word = line.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
                if word.is_some_and(|first| *first != b'#') {
                    lines.extend(line);
                    lines.push(b'\n');
                }
            }
        }
    }
    trimmed(lines).map(|lines| Pattern::new(&lines, Dialect::Grep)).transpose()
}

/// Without the line ends at the end, as a shell takes the output of a command.
fn trimmed(mut lines: Vec<u8>) -> Option<Vec<u8>> {
    while lines.last() == Some(&b'\n') {
        lines.pop();
    }
    lines.retain(|byte| *byte != 0);
    (!lines.is_empty()).then_some(lines)
}

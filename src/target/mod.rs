//! What is scanned: walking the tree, telling kinds of file apart, reading each file once.

mod decode;
mod ignore_files;
mod lines;
mod regular;
mod sketch;
mod tracked;
mod walk;

pub use ignore_files::{IGNORE_FILE, IGNORE_LIMIT, IgnoreFiles};
pub use lines::{LineIndex, Spans};
pub use regular::open_regular;
pub use sketch::Sketch;
pub use walk::{Scope, Target, WalkError, Walked, relative, shown, walk};

use crate::finding::Trouble;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// `[scan]` of the configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Globs of paths, relative to the repository root, that are not scanned.
    pub exclude: Vec<String>,
    /// Files of more mebibytes than this are not scanned, which is notified.
    pub max_file_mib: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { exclude: Vec::new(), max_file_mib: 64 }
    }
}

impl Settings {
    /// The size of the largest file that is scanned, in bytes.
    pub fn limit(&self) -> u64 {
        self.max_file_mib.saturating_mul(1 << 20)
    }
}

/// What a file is, as far as the engines care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Python,
    /// Any other text.
    Text,
}

impl Kind {
    /// By name, else by the interpreter that the first line names.
    fn of(path: &str, head: &[u8]) -> Kind {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name.rsplit_once('.') {
            Some((_, "py" | "pyw" | "pyi")) => Kind::Python,
            None if names_python(head) => Kind::Python,
            _ => Kind::Text,
        }
    }
}

/// `#!/usr/bin/python3`, `#!/usr/bin/env -S python -u` and the like.
fn names_python(head: &[u8]) -> bool {
    let Some(line) = head.strip_prefix(b"#!").and_then(|rest| rest.split(|&b| b == b'\n').next())
    else {
        return false;
    };
    line.split(|b| b" /\t\r".contains(b)).any(|word| {
        word.strip_prefix(b"python")
            .is_some_and(|v| v.iter().all(|b| b.is_ascii_digit() || *b == b'.'))
    })
}

/// A file, read once and handed to every engine that wants it.
#[derive(Debug)]
pub struct SourceFile {
    /// Relative to the repository root, `/`-separated.
    pub path: Arc<str>,
    pub kind: Kind,
    content: Content,
    lines: OnceLock<LineIndex>,
}

#[derive(Debug)]
enum Content {
    /// Decoded; a byte order mark is taken off.
    Text(String),
    /// Not in the encoding that it declares, with what is wrong.
    Undecodable(Vec<u8>, String),
}

/// What reading a file came to.
#[derive(Debug)]
pub enum Reading {
    Source(SourceFile),
    /// NUL bytes near its beginning, and no name that says it is source.
    Binary,
    /// Kept from being scanned, and why.
    Trouble(Trouble, String),
}

impl SourceFile {
    /// Decodes what was read of a file.
    pub fn new(path: Arc<str>, raw: Vec<u8>) -> SourceFile {
        let kind = Kind::of(&path, &raw[..raw.len().min(256)]);
        let content = match decode::decode(kind, raw) {
            Ok(text) => Content::Text(text),
            Err((raw, why)) => Content::Undecodable(raw, why),
        };
        SourceFile { path, kind, content, lines: OnceLock::new() }
    }

    /// The text, or why it cannot be decoded.
    pub fn text(&self) -> Result<&str, &str> {
        match &self.content {
            Content::Text(text) => Ok(text),
            Content::Undecodable(_, why) => Err(why),
        }
    }

    /// The text's bytes, or the raw ones where it cannot be decoded. Offsets of hits count in these.
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Text(text) => text.as_bytes(),
            Content::Undecodable(raw, _) => raw,
        }
    }

    /// Where the lines begin; found at the first call.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(self.bytes()))
    }
}

/// Reads and classifies a file.
pub fn read(target: &Target, settings: &Settings) -> Reading {
    match read_bounded(&target.absolute, settings.limit()) {
        Ok((raw, over)) => classify(&target.path, raw, over, settings),
        Err(error) => Reading::Trouble(Trouble::Unreadable, format!("cannot be read: {error}")),
    }
}

/// What the content of a file, or the beginning of one that is over the limit, comes to.
pub fn classify(path: &Arc<str>, raw: Vec<u8>, over: bool, settings: &Settings) -> Reading {
    if Kind::of(path, &raw[..raw.len().min(256)]) == Kind::Text && decode::is_binary(&raw) {
        return Reading::Binary;
    }
    if over {
        let limit = settings.max_file_mib;
        let why = format!(
            "is over the limit of {limit} MiB; raise `max_file_mib` under [scan] to scan it"
        );
        return Reading::Trouble(Trouble::OverLimit, why);
    }
    Reading::Source(SourceFile::new(path.clone(), raw))
}

/// The file, or its first 8 KiB and `true` where it is over the limit.
fn read_bounded(path: &Path, limit: u64) -> io::Result<(Vec<u8>, bool)> {
    let file = regular::open_itself(path)?;
    let size = file.metadata()?.len();
    let take = if size > limit { 8 << 10 } else { limit + 1 };
    let mut raw = Vec::with_capacity(size.min(take) as usize + 1);
    file.take(take).read_to_end(&mut raw)?;
    let over = size > limit || raw.len() as u64 > limit;
    Ok((raw, over))
}

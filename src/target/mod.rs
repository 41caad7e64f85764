//! What is scanned: walking the tree, telling kinds of file apart, reading each file once.

pub mod archive;
mod area;
mod decode;
mod embedded;
mod ignore_files;
mod inside;
mod kind;
mod lines;
mod office;
mod pdf;
mod sketch;
mod tracked;
mod walk;

pub use archive::hosts;
pub use area::Area;
pub use decode::Encoding;
pub use embedded::{Builder, Embedded};
pub use ignore_files::{IGNORE_FILE, IGNORE_LIMIT, IgnoreFiles};
pub use inside::Inside;
pub use kind::Kind;
pub use lines::{LineIndex, Spans};
pub use sketch::Sketch;
pub use walk::{Scope, Target, WalkError, Walked, relative, shown, walk};

use crate::finding::Trouble;
use decode::Decoded;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// The most that `max_file_mib` may say: a file is in memory as a whole.
const MOST_MIB: u64 = 4096;

/// The most that `archive_depth` may say: each level may hold an archive in memory.
const DEEPEST: u32 = 8;

/// `[scan]` of the configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Globs of paths, relative to the repository root, that are not scanned.
    pub exclude: Vec<String>,
    /// Files of more mebibytes than this are not scanned, which is notified: 1 to 4096.
    #[serde(deserialize_with = "size")]
    #[schemars(range(min = 1, max = MOST_MIB))]
    pub max_file_mib: u64,
    /// Whether the Python in the cells of Jupyter notebooks is code to look at.
    pub notebooks: bool,
    /// Whether the Python in the code blocks of Markdown files is code to look at.
    pub markdown: bool,
    /// Whether secrets are looked for inside archives, and in the text of PDF and office documents.
    pub archives: bool,
    /// How many archives deep, one in another: 1 to 8.
    #[serde(deserialize_with = "depth")]
    #[schemars(range(min = 1, max = DEEPEST))]
    pub archive_depth: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            exclude: Vec::new(),
            max_file_mib: 64,
            notebooks: true,
            markdown: false,
            archives: true,
            archive_depth: 3,
        }
    }
}

impl Settings {
    /// The size of the largest file that is scanned, in bytes.
    pub fn limit(&self) -> u64 {
        self.max_file_mib.saturating_mul(1 << 20)
    }
}

fn size<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let size = u64::deserialize(from)?;
    match (1..=MOST_MIB).contains(&size) {
        true => Ok(size),
        false => Err(D::Error::custom(format!("`max_file_mib` is {size}; say 1 to {MOST_MIB}"))),
    }
}

fn depth<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let depth = u32::deserialize(from)?;
    match (1..=DEEPEST).contains(&depth) {
        true => Ok(depth),
        false => Err(D::Error::custom(format!(
            "`archive_depth` is {depth}; say 1 to {DEEPEST}, or `archives = false` for none"
        ))),
    }
}

/// A file, read once and handed to every engine that wants it.
#[derive(Debug)]
pub struct SourceFile {
    /// Relative to the repository root, `/`-separated.
    pub path: Arc<str>,
    pub kind: Kind,
    decoded: Decoded,
    lines: OnceLock<LineIndex>,
}

/// What reading a file came to.
#[derive(Debug)]
pub enum Reading {
    Source(SourceFile),
    /// An archive or a document, to be looked into where the settings say so.
    Inside(Inside),
    /// Bytes near its beginning that no text has, and no name that says it is source.
    Binary,
    /// Kept from being scanned, and why.
    Trouble(Trouble, String),
}

impl SourceFile {
    /// Decodes what was read of a file.
    pub fn new(path: Arc<str>, raw: Vec<u8>) -> SourceFile {
        let kind = Kind::of(&path, &raw[..raw.len().min(256)]);
        SourceFile::of_kind(kind, path, raw)
    }

    /// Decodes what was read of a file that is of a kind whatever its name says.
    pub fn of_kind(kind: Kind, path: Arc<str>, raw: Vec<u8>) -> SourceFile {
        let decoded = decode::decode(kind, raw);
        SourceFile { path, kind, decoded, lines: OnceLock::new() }
    }

    /// The text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.decoded.text
    }

    /// Why the text may not be what the file says: it is not in the encoding that it declares.
    pub fn doubt(&self) -> Option<&str> {
        self.decoded.doubt.as_deref()
    }

    /// What Python makes of the encoding.
    pub fn encoding(&self) -> Encoding {
        self.decoded.encoding
    }

    /// Whether the byte order mark of UTF-8 stood before the text.
    pub fn is_marked(&self) -> bool {
        self.decoded.is_marked
    }

    /// The text's bytes. Offsets of hits count in these.
    pub fn bytes(&self) -> &[u8] {
        self.text().as_bytes()
    }

    /// Where the lines begin; found at the first call.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(self.bytes()))
    }
}

/// Whether there is a file at the path below the root, as a walk would come by it: none that
/// stands there by a link on the way.
pub fn is_there(root: &Path, path: &str) -> bool {
    let absolute = root.join(path);
    absolute.is_file() && fs::canonicalize(&absolute).is_ok_and(|real| real == absolute)
}

impl Reading {
    fn unreadable(error: &io::Error) -> Reading {
        Reading::Trouble(Trouble::Unreadable, format!("cannot be read: {error}"))
    }

    /// What is larger than so many times the limit.
    fn over(times: u64, settings: &Settings) -> Reading {
        let limit = settings.max_file_mib.saturating_mul(times);
        let why = format!(
            "is over the limit of {limit} MiB; raise `max_file_mib` under [scan] to scan it"
        );
        Reading::Trouble(Trouble::OverLimit, why)
    }
}

/// Reads and classifies a file.
pub fn read(target: &Target, settings: &Settings) -> Reading {
    match read_bounded(&target.absolute, settings.limit()) {
        Ok((raw, over)) => match archive::Format::of(&raw).filter(|_| over && settings.archives) {
            Some(format) => Inside::large(target, format, settings),
            None => classify(&target.path, raw, over, settings),
        },
        Err(error) => Reading::unreadable(&error),
    }
}

/// What the content of a file, or the beginning of one that is over the limit, comes to.
pub fn classify(path: &Arc<str>, mut raw: Vec<u8>, over: bool, settings: &Settings) -> Reading {
    if Kind::of(path, &raw[..raw.len().min(256)]) != Kind::Python {
        if settings.archives && !over {
            raw = match Inside::of(path, raw) {
                Ok(inside) => return Reading::Inside(inside),
                Err(raw) => raw,
            };
        }
        if decode::is_binary(&raw) {
            return Reading::Binary;
        }
    }
    if over {
        return Reading::over(1, settings);
    }
    Reading::Source(SourceFile::new(path.clone(), raw))
}

/// Opens a regular file, wherever links lead to it, without waiting for whoever writes a pipe or a
/// device.
///
/// # Errors
/// It cannot be opened, or is something else.
pub fn open_regular(path: &Path) -> io::Result<File> {
    open(path, 0)
}

/// Opens a regular file with more flags of open(2).
fn open(path: &Path, flags: i32) -> io::Result<File> {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        flags | libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    let file = options.read(true).open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other("it is no regular file")),
    }
}

/// What the walk took for a file is none should it have become a link since.
#[cfg(unix)]
const NO_LINK: i32 = libc::O_NOFOLLOW;
#[cfg(not(unix))]
const NO_LINK: i32 = 0;

/// The file, or its first 8 KiB and `true` where it is over the limit.
fn read_bounded(path: &Path, limit: u64) -> io::Result<(Vec<u8>, bool)> {
    let file = open(path, NO_LINK)?;
    let size = file.metadata()?.len();
    let take = if size > limit { 8 << 10 } else { limit.saturating_add(1) };
    let mut raw = Vec::with_capacity(size.min(take) as usize + 1);
    file.take(take).read_to_end(&mut raw)?;
    let over = size > limit || raw.len() as u64 > limit;
    Ok((raw, over))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_limit_is_so_high_that_a_file_reads_as_empty() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.py");
        fs::write(&file, "assert a").unwrap();
        for limit in [8, u64::MAX - 1, u64::MAX] {
            assert_eq!(read_bounded(&file, limit).unwrap(), (b"assert a".to_vec(), false));
        }
        assert!(read_bounded(&file, 7).unwrap().1);
    }
}

//! `.lockgate/waivers.toml`: reviewed in git like the code that it is about.

use super::Entry;
use crate::finding::Fingerprint;
use crate::target::{Area, LineIndex};
use crate::typo::Misread;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::{fs, process};
use thiserror::Error;
use toml::Spanned;

/// Where the file is, below the repository's root.
pub const FILE: &str = ".lockgate/waivers.toml";

/// The most bytes and entries that are read.
const MOST_BYTES: u64 = 8 << 20;
const MOST_ENTRIES: usize = 20_000;

const HEAD: &str = "\
# Findings that do not count, why, who answers for it and until when.
# `lockgate waivers check` says which of these are stale.
";

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Waivers")]
struct Contents {
    /// Findings that do not count.
    #[serde(default)]
    #[schemars(with = "Vec<Entry>")]
    waiver: Vec<Spanned<Entry>>,
}

/// The entries of the file, ready to be applied.
#[derive(Debug, Default)]
pub struct Waivers {
    pub(super) entries: Vec<Placed>,
}

/// An entry and where it stands.
#[derive(Debug)]
pub(super) struct Placed {
    pub entry: Entry,
    pub line: usize,
    pub path: Option<Area>,
}

/// Why the file cannot be used.
#[derive(Debug, Error)]
pub enum WaiverError {
    #[error("{path}: cannot be read: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path}: cannot be written: {source}")]
    Write { path: PathBuf, source: io::Error },
    #[error(
        "{path}: is over the limit of {limit}; remove what `lockgate waivers check` calls stale"
    )]
    OverLimit { path: PathBuf, limit: String },
    #[error("{path}:{line}: {why}{hint}")]
    Parse { path: PathBuf, line: usize, why: String, hint: String },
    #[error("{path}:{line}: the waiver for {what}: {why}")]
    Entry { path: PathBuf, line: usize, what: String, why: String },
}

impl Waivers {
    /// No waivers at all.
    pub fn none() -> Waivers {
        Waivers::default()
    }

    /// Reads the file; none where there is none.
    ///
    /// # Errors
    /// It cannot be read, or as with [`Waivers::parse`].
    pub fn load(path: &Path) -> Result<Waivers, WaiverError> {
        read(path)?.map_or_else(|| Ok(Waivers::none()), |text| Waivers::parse(&text, path))
    }

    /// Reads what the file says; `path` is for messages.
    ///
    /// # Errors
    /// Whatever means nothing or is too much: an unknown key, an entry without reason or owner,
    /// for nothing in particular, or for longer than a year.
    pub fn parse(text: &str, path: &Path) -> Result<Waivers, WaiverError> {
        let over = |limit: String| WaiverError::OverLimit { path: path.to_owned(), limit };
        if text.len() as u64 > MOST_BYTES {
            return Err(over(format!("{} MiB", MOST_BYTES >> 20)));
        }
        let contents: Contents = toml::from_str(text).map_err(|error| {
            let Misread { line, why, hint } = Misread::new(text, &error);
            WaiverError::Parse { path: path.to_owned(), line, why, hint }
        })?;
        if contents.waiver.len() > MOST_ENTRIES {
            return Err(over(format!("{MOST_ENTRIES} entries")));
        }
        let lines = LineIndex::new(text.as_bytes());
        let placed = contents.waiver.into_iter().map(|spanned| {
            let line = lines.line(spanned.span().start) as usize;
            let entry = spanned.into_inner();
            let area = entry.path.as_deref().map(Area::new).transpose();
            let fault = entry.fault().or_else(|| Some(area.as_ref().err()?.to_string()));
            match (fault, area) {
                (None, Ok(path)) => Ok(Placed { entry, line, path }),
                (why, _) => Err(WaiverError::Entry {
                    path: path.to_owned(),
                    line,
                    what: entry.to_string(),
                    why: why.unwrap_or_default(),
                }),
            }
        });
        Ok(Waivers { entries: placed.collect::<Result<_, _>>()? })
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Every fingerprint that an entry names.
    pub fn fingerprints(&self) -> Vec<Fingerprint> {
        self.entries.iter().flat_map(|placed| &placed.entry.fingerprint).copied().collect()
    }

    /// The entries as they are written, in the order of the file, each with its line.
    pub fn entries(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().map(|placed| (placed.line, &placed.entry))
    }
}

impl Placed {
    /// Whether its path, where it has one, is that of the finding.
    pub fn is_at(&self, path: &str) -> bool {
        self.path.as_ref().is_none_or(|area| area.holds(path))
    }

    /// Whether it is in force; an entry may be written a time zone ahead.
    pub fn holds_on(&self, today: Date) -> bool {
        super::entry::days_after(today, 1) >= self.entry.created && today <= self.entry.last_day()
    }
}

/// The JSON Schema of the file, for editors.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Contents)
}

/// Appends entries to the file, which is made where there is none; what is there stays as it is.
/// The folder must be there. Either all of the new text is written or none.
///
/// # Errors
/// The file cannot be read or written, or would not be one that can be read.
pub fn append(path: &Path, entries: &[Entry]) -> Result<(), WaiverError> {
    let mut text = read(path)?.unwrap_or_else(|| HEAD.to_owned());
    for entry in entries {
        let gap = if text.is_empty() || text.ends_with("\n\n") { "" } else { "\n" };
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        text += &format!("{end}{gap}{}", entry.to_toml());
    }
    Waivers::parse(&text, path)?;
    let failed = |source| WaiverError::Write { path: path.to_owned(), source };
    // A link stays a link: what it leads to is written.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let draft = target.with_extension(format!("toml.{}", process::id()));
    let written = fs::File::create(&draft).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &target)
    });
    written.map_err(|error| {
        let _ = fs::remove_file(&draft);
        failed(error)
    })
}

fn read(path: &Path) -> Result<Option<String>, WaiverError> {
    let failed = |source| WaiverError::Read { path: path.to_owned(), source };
    let file = match crate::target::open_regular(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut text = String::new();
    // One byte more shows that it is over the limit.
    file.take(MOST_BYTES + 1).read_to_string(&mut text).map_err(failed)?;
    Ok(Some(text))
}

//! The one noun of the program: a finding, and what may be said beside it.

mod evidence;
mod fix;
mod introduced;
mod live;
mod notification;
mod package;
mod run;
mod scale;
mod waiver;

pub use evidence::Evidence;
pub use fix::{Edit, Fix};
pub use introduced::Introduced;
pub use live::Live;
pub use notification::{Notification, Trouble};
pub use package::{Exploited, Package};
pub use run::{Coverage, EngineRun, Outcome, is_below};
pub use scale::{Confidence, Severity};
pub use waiver::{Waiver, WaiverSource, written_day};

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Something that a rule holds against a place. Carries no secret: what it shows of the source
/// is masked before the finding is built.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The id of the rule: the emulated tool's own id where there is one.
    pub rule: Cow<'static, str>,
    /// The engine that found it (`python`, `secrets`), or the tool whose report it came from.
    pub engine: Cow<'static, str>,
    pub severity: Severity,
    /// Lockgate's own, which weighs the evidence.
    pub confidence: Confidence,
    /// What the check alone says, as the emulated tool does, where evidence changed it.
    pub told: Option<Confidence>,
    /// Where the argument comes from that the finding is about. Not in the store.
    pub evidence: Option<Box<Evidence>>,
    pub location: Location,
    /// One sentence. Plain text, never trusted by a writer.
    pub message: Cow<'static, str>,
    /// The lines around the place, for people.
    pub snippet: Snippet,
    /// What the fingerprint is made of, beside rule and path.
    pub anchor: Anchor,
    /// Which of the findings with equal rule, path and anchor this is, from 0, in file order.
    pub ordinal: u32,
    /// The identity, see `identity`.
    pub fingerprint: Fingerprint,
    /// Other fingerprints that it goes by: that of the file's path before a rename, those of the
    /// other ids of its advisory.
    pub also: Vec<Fingerprint>,
    /// What the provider says of the value, where it was asked. Not in the cache.
    pub live: Option<Live>,
    /// GitHub's hash of the first line, where a writer asked for it.
    pub line_hash: Option<LineHash>,
    /// The package at fault; none for a finding in code.
    pub package: Option<Box<Package>>,
    /// Why it does not count, where someone has said that it does not.
    pub waiver: Option<Box<Waiver>>,
    /// What a machine may change so that it is gone. Not in the store.
    pub fix: Option<Box<Fix>>,
    /// The commit that brought it in, where a history was looked at. Not in the store.
    pub introduced: Option<Box<Introduced>>,
    /// Who else saw it: each as it would be alone, without witnesses of its own. The finding
    /// itself is the first witness and not in the list.
    pub witnesses: Vec<Finding>,
}

impl Finding {
    /// The finding itself, then each witness.
    pub fn sightings(&self) -> impl Iterator<Item = &Finding> {
        std::iter::once(self).chain(&self.witnesses)
    }

    /// What a machine may change so that it is gone, and the rule that says so: its own, or that of
    /// a witness.
    pub fn fixed_by(&self) -> Option<(&str, &Fix)> {
        self.sightings().find_map(|f| Some((&*f.rule, f.fix.as_deref()?)))
    }

    /// Every fingerprint that leads to it, the own one first.
    pub fn fingerprints(&self) -> impl Iterator<Item = Fingerprint> {
        self.sightings().flat_map(|f| std::iter::once(f.fingerprint).chain(f.also.iter().copied()))
    }
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Location {
    /// Relative to the repository root, `/`-separated; `archive!inner/path` inside an archive.
    pub path: Arc<str>,
    pub span: Span,
    /// The place as the reader of a notebook sees it. `span` is that in the notebook's file.
    pub cell: Option<Cell>,
}

impl Location {
    /// A place in a file that is no notebook.
    pub fn new(path: Arc<str>, span: Span) -> Location {
        Location { path, span, cell: None }
    }

    /// The line where it starts, as snippets number their lines: inside the cell, in a notebook.
    pub fn shown_line(&self) -> u32 {
        self.cell.map_or(self.span.start_line, |cell| cell.line)
    }
}

/// A place in a cell of a notebook. All three count from 1, columns in Unicode code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// Among all cells, code or not.
    pub number: u32,
    pub line: u32,
    pub column: u32,
}

/// Lines and columns, both from 1; columns count Unicode code points; the end column is the one
/// after the last, as in SARIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    pub start_line: u32,
    pub start_column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

impl Span {
    /// Whether the two have a line and column in common.
    pub fn overlaps(&self, other: &Span) -> bool {
        (self.start_line, self.start_column) < (other.end_line, other.end_column)
            && (other.start_line, other.start_column) < (self.end_line, self.end_column)
    }
}

/// A few lines of source, masked, with the flagged part of the first flagged line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Snippet {
    /// The number of the first line of `text`: in the file, or in the cell of a notebook.
    pub first_line: u32,
    /// Lines joined by `\n`; long ones are cut around the flagged part, with `…` at the cut.
    pub text: Box<str>,
    /// The flagged part of the line where the finding starts: code points from 0, end exclusive.
    pub underline: (u32, u32),
}

/// What makes a finding itself, whatever its line. No value of a secret can be told from it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Anchor {
    Code {
        /// The hash of the flagged text, white space normalised, secrets masked, with the names
        /// of the functions and classes around it.
        digest: [u8; 16],
        /// The hashes of the flagged text alone (4 bytes) and of the name of the innermost
        /// function or class (4 bytes), by which it is followed when what is around it gets
        /// another name. No part of the fingerprint.
        text: [u8; 8],
    },
    /// 20 bits of a slow hash of the value.
    Secret(u32),
    /// Infrastructure code: `aws_s3_bucket.logs`, and the attribute at fault. The path is no part
    /// of the fingerprint.
    Resource { address: Box<str>, attribute: Box<str> },
    /// A package of the manifest at the finding's path. The rule is no part of the fingerprint,
    /// `advisory` is: the preferred id of the alias group.
    Package { ecosystem: Box<str>, name: Box<str>, advisory: Box<str> },
    /// A package of an image: `target` is the repository's name or `--target-name`, without tag,
    /// digest or the archive's path.
    Image { target: Box<str>, name: Box<str>, advisory: Box<str> },
}

/// The identity of a finding: 128 bits, shown as lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 16]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Fingerprint, NoFingerprint> {
        let mut bytes = [0; 16];
        if text.len() != 32 || !text.is_ascii() {
            return Err(NoFingerprint);
        }
        for (byte, at) in bytes.iter_mut().zip((0..32).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| NoFingerprint)?;
        }
        Ok(Fingerprint(bytes))
    }
}

/// Not 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 32 hexadecimal digits")]
pub struct NoFingerprint;

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `primaryLocationLineHash`: a hash of the text that begins on the line, and how many lines of
/// the file have had that hash so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineHash {
    pub hash: u64,
    pub count: u32,
}

impl fmt::Display for LineHash {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:x}:{}", self.hash, self.count)
    }
}

//! The one noun of the program: a finding, and what may be said beside it.

mod notification;
mod run;
mod scale;

pub use notification::{Notification, Trouble};
pub use run::{Coverage, EngineRun, Outcome};
pub use scale::{Confidence, Severity};

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
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
    pub confidence: Confidence,
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
    /// GitHub's hash of the first line, where a writer asked for it.
    pub line_hash: Option<LineHash>,
    /// The comment in the source that waives the finding, as it stands there.
    pub waiver: Option<Box<str>>,
    /// Who else saw it. The finding itself is the first witness and not in the list.
    pub witnesses: Vec<Witness>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Location {
    /// Relative to the repository root, `/`-separated; `archive!inner/path` inside an archive.
    pub path: Arc<str>,
    pub span: Span,
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
    /// The number of the first line of `text`.
    pub first_line: u32,
    /// Lines joined by `\n`; long ones are cut around the flagged part, with `…` at the cut.
    pub text: Box<str>,
    /// The flagged part of the line where the finding starts: code points from 0, end exclusive.
    pub underline: (u32, u32),
}

/// What makes a finding itself, whatever its line. No value of a secret can be told from it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Anchor {
    /// The hash of the flagged text, white space normalised, secrets masked, with the names of
    /// the functions and classes around it.
    Code([u8; 16]),
    /// 20 bits of a slow hash of the value.
    Secret(u32),
}

/// The identity of a finding: 128 bits, shown as lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 16]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

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

/// Who saw a finding, in that tool's own words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Witness {
    pub tool: Cow<'static, str>,
    pub rule: Cow<'static, str>,
    pub severity: Severity,
    pub confidence: Confidence,
    pub message: Cow<'static, str>,
    pub location: Location,
    /// The identity the finding would have if this witness were the only one.
    pub fingerprint: Fingerprint,
}

impl From<Finding> for Witness {
    fn from(finding: Finding) -> Witness {
        Witness {
            tool: finding.engine,
            rule: finding.rule,
            severity: finding.severity,
            confidence: finding.confidence,
            message: finding.message,
            location: finding.location,
            fingerprint: finding.fingerprint,
        }
    }
}

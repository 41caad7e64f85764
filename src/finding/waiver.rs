//! Why a finding does not count.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A decision that a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Waiver {
    /// Where the decision is written down.
    pub source: WaiverSource,
    /// Why, in the words of whoever decided; for a comment, the comment as it stands there.
    pub reason: Box<str>,
    /// Who answers for it.
    pub owner: Option<Box<str>>,
    /// The last day on which it holds.
    pub until: Option<Date>,
}

/// Where a waiver is written down.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum WaiverSource {
    /// A comment in the source: `# nosec`, `lockgate:ignore`.
    Comment,
    /// `.lockgate/waivers.toml`.
    File,
    /// The triage in the store.
    Triage,
}

impl Waiver {
    /// A waiver by a comment.
    pub fn comment(text: impl Into<Box<str>>) -> Box<Waiver> {
        let source = WaiverSource::Comment;
        Box::new(Waiver { source, reason: text.into(), owner: None, until: None })
    }
}

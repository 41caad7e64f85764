//! Why a finding does not count.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A day as it is written in files and on the command line. A day is over when it is over: no time
/// of it is taken.
///
/// # Errors
/// What to write instead.
pub fn written_day(text: &str) -> Result<Date, String> {
    let day = Some(text).filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
    day.ok_or_else(|| "a day is written as 2027-02-20".to_owned())
}

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

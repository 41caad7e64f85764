//! What could not be looked at: said, never dropped in silence.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Something that kept an engine from looking at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// The file or folder, relative to the repository root.
    pub path: Arc<str>,
    /// The engine concerned; none when it concerns all of them.
    pub engine: Option<Box<str>>,
    pub trouble: Trouble,
    /// What happened and, where there is one, the next step.
    pub message: Box<str>,
}

/// The kinds of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// The operating system did not let it be read.
    Unreadable,
    /// Its bytes are not in the encoding that it declares; it was read as far as that goes.
    Undecodable,
    /// It does not follow the grammar of its language.
    Unparsed,
    /// A bound on size or depth was hit.
    OverLimit,
    /// An engine failed on it, which is a defect of the engine.
    Crashed,
    /// A link leads out of the tree, or in a circle.
    LinkNotFollowed,
    /// A provider did not tell whether a credential works.
    Unanswered,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Trouble::Unreadable => "unreadable",
            Trouble::Undecodable => "undecodable",
            Trouble::Unparsed => "unparsed",
            Trouble::OverLimit => "over-limit",
            Trouble::Crashed => "crashed",
            Trouble::LinkNotFollowed => "link-not-followed",
            Trouble::Unanswered => "unanswered",
        })
    }
}

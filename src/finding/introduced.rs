//! When something came into a history.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The commit that brought a finding in, of those that were walked the oldest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduced {
    /// Its id, in hexadecimal.
    pub commit: String,
    /// When its author made it.
    pub date: Timestamp,
    /// The file that it was added to.
    pub path: Arc<str>,
    /// Whether it still stands in HEAD, in that file or another.
    pub in_head: bool,
}

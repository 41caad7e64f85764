//! What one engine, or one imported report, came to.

use super::{Finding, Notification};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// The result of one engine over one scan.
#[derive(Debug, Clone)]
pub struct EngineRun {
    /// `python`, `secrets`, or the name of the tool whose report this is.
    pub engine: Cow<'static, str>,
    pub version: String,
    pub outcome: Outcome,
    pub coverage: Coverage,
    /// Sorted by path and place.
    pub findings: Vec<Finding>,
    pub notifications: Vec<Notification>,
}

/// Whether an engine ran to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Complete,
    /// Why it did not.
    Incomplete(String),
}

/// What an engine looked at. Only what it looked at can become fixed.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// Folders or files below the repository root that were walked; empty stands for the root.
    pub roots: Vec<String>,
    /// Files and folders below them that the engine could not look at.
    pub except: Vec<String>,
    /// Binary files below them, which no engine looks at; sorted.
    pub binary: Vec<Arc<str>>,
    /// Files below them that hold sources which the settings keep it from; sorted.
    pub left_out: Vec<Arc<str>>,
    /// How many files it looked at.
    pub files: u64,
}

impl Coverage {
    /// Whether what the path holds, or would hold if it were there, was looked at.
    pub fn covers(&self, path: &str) -> bool {
        let below = |folder: &String| is_below(path, folder);
        let is_in = |list: &[Arc<str>]| list.binary_search_by(|one| (**one).cmp(path)).is_ok();
        self.roots.iter().any(below)
            && !self.except.iter().any(below)
            && !is_in(&self.binary)
            && !is_in(&self.left_out)
    }
}

/// Whether a path is a folder's or file's own, or is below it, or inside it where it is an archive;
/// an empty one stands for the root.
pub fn is_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '!']))
}

//! What a machine may change so that a finding is gone.

use super::Span;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

/// A change that mends a finding: the file still parses, and the finding is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What it does, as an order: `Call `yaml.safe_load``.
    pub description: Cow<'static, str>,
    /// Whether harmless input is treated as before, so that it may be made without looking. Any
    /// other fix is a suggestion: it changes what the program does, or only says that all is well.
    pub safe: bool,
    /// In the order of the file; no two overlap.
    pub edits: Vec<Edit>,
}

/// One replacement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Bytes in `SourceFile::bytes`; empty where something is only added.
    pub range: Range<usize>,
    /// The same range, as findings count.
    pub span: Span,
    /// What stands there afterwards.
    pub text: Box<str>,
}

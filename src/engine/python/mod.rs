//! Python: what Bandit looks for, on ruff's syntax tree.

use super::{Engine, Seen};
use crate::target::{Kind, SourceFile};

/// The engine.
pub struct Python;

impl Engine for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn wants(&self, file: &SourceFile) -> bool {
        file.kind == Kind::Python
    }

    fn scan(&self, _file: &SourceFile) -> Seen {
        Seen::default()
    }
}

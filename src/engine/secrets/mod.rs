//! Secrets: credentials in any text.

mod digest;

pub use digest::digest;

use super::{Engine, Seen};
use crate::target::SourceFile;

/// The engine.
pub struct Secrets;

impl Engine for Secrets {
    fn name(&self) -> &'static str {
        "secrets"
    }

    fn wants(&self, _file: &SourceFile) -> bool {
        true
    }

    fn scan(&self, _file: &SourceFile) -> Seen {
        Seen::default()
    }
}

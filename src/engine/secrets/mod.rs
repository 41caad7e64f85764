//! Secrets: credentials in any text.
//!
//! One automaton looks for the keywords of all rules at memory speed (`detector`). A rule's regular
//! expression is compiled when its keyword is first seen and runs only near it (`window`,
//! `pattern`); what it finds must be random enough, no placeholder, and of sound structure
//! (`entropy`, `placeholder`, `validate`). Assignments to a name that sounds like a secret are
//! judged by name and value (`assignment`). What is encoded is looked at as well (`decode`). Where rules overlap the most specific one stays
//! (`found`). A value leaves this engine as a range to be masked and twenty bits of a slow hash
//! (`digest`), never as text.

mod assignment;
mod base64;
mod decode;
mod detector;
mod digest;
mod entropy;
mod found;
mod pattern;
mod placeholder;
mod validate;
mod window;

pub use digest::digest;

use super::{Engine, Seen};
use crate::rule::Rule;
use crate::target::SourceFile;
use std::ops::Range;
use zeroize::Zeroizing;

/// The engine.
pub struct Secrets;

impl Engine for Secrets {
    fn name(&self) -> &'static str {
        "secrets"
    }

    fn wants(&self, _file: &SourceFile) -> bool {
        true
    }

    fn scan(&self, file: &SourceFile) -> Seen {
        detector::Detector::get().scan(file)
    }
}

/// Where the values of secrets are in a file.
pub fn masks(file: &SourceFile) -> Vec<Range<usize>> {
    detector::Detector::get().masks(file)
}

/// A secret, for whoever asks its provider about it.
pub struct Known {
    pub rule: &'static Rule,
    /// Where it is in the file, or all of the text that it is encoded in.
    pub range: Range<usize>,
    /// What it says. It is wiped when it goes.
    pub value: Zeroizing<Vec<u8>>,
    pub is_encoded: bool,
}

/// The secrets in a file: for the live check, which reads a file again since no finding carries its
/// value.
pub fn values(file: &SourceFile) -> Vec<Known> {
    detector::Detector::get().values(file)
}

/// The functions that rules may name in `native` and `validate`.
pub fn natives() -> impl Iterator<Item = &'static str> {
    std::iter::once(assignment::NATIVE).chain(validate::VALIDATORS.iter().map(|(name, _)| *name))
}

#[cfg(test)]
mod tests;

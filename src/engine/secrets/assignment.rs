//! Assignments of a random-looking value to a name that sounds like a secret, in any language: the
//! rule `generic-api-key`. Judged rather than only matched, and quiet where it cannot tell.
//!
//! From a keyword the name around it is read, then the operator, then the value; each step is
//! bounded and most places fail at the first.

use super::found::Found;
use crate::finding::Confidence;
use crate::rule::{Catalogue, Rule};
use crate::target::SourceFile;
use std::ops::Range;
use std::sync::LazyLock;

mod name;
mod place;
mod syntax;
mod value;

use name::Strength;
use place::Place;
use value::Quality;

/// The name of this matcher in a rule.
pub const NATIVE: &str = "assignment";

/// What every name that sounds like a secret holds.
pub const KEYWORDS: &[&str] = &["key", "token", "secret", "pass", "pwd", "auth", "cred"];

/// The rule that this matcher runs for.
static RULE: LazyLock<Option<&'static Rule>> =
    LazyLock::new(|| Catalogue::get().find("generic-api-key"));

/// What was found in one file so far.
pub struct Assignments<'a> {
    bytes: &'a [u8],
    place: Place,
    /// Where the last name that was read ends: its other keywords are not read again.
    read_to: usize,
    found: Vec<Found>,
}

impl<'a> Assignments<'a> {
    pub fn new(file: &'a SourceFile) -> Assignments<'a> {
        let place = Place::of(&file.path);
        Assignments { bytes: file.bytes(), place, read_to: 0, found: Vec::new() }
    }

    /// Looks at the name that a keyword stands in.
    pub fn note(&mut self, keyword: Range<usize>) {
        if keyword.start < self.read_to || self.place == Place::Generated {
            return;
        }
        let name = syntax::name_around(self.bytes, &keyword, self.read_to);
        self.read_to = name.end;
        self.found.extend(self.judge(name));
    }

    /// What was found, in order.
    pub fn into_found(self) -> Vec<Found> {
        self.found
    }

    fn judge(&self, name: Range<usize>) -> Option<Found> {
        // The operator first: it is the cheaper test, and rarely there.
        let assigned = syntax::assigned(self.bytes, &name, self.place)?;
        let strength = name::strength(&self.bytes[name])?;
        let quality = value::quality(&self.bytes[assigned.range.clone()])?;
        let made_up = self.place == Place::Test || assigned.maybe_code;
        if made_up && quality < Quality::Random {
            return None;
        }
        let sure = strength == Strength::Strong && quality == Quality::Random && !made_up;
        let confidence = if sure { Confidence::Medium } else { Confidence::Low };
        let rule = (*RULE)?;
        let confidence = rule.confidence.min(confidence);
        Some(Found { rule, range: assigned.range, confidence, doubt: None })
    }
}

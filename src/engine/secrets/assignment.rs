//! Assignments of a random-looking value to a name that sounds like a secret, in any language: the
//! rule `generic-api-key`. Judged rather than only matched, and quiet where it cannot tell.
//!
//! From a keyword the name around it is read, then the operator, then the value; each step is
//! bounded and most places fail at the first.

use super::decode::{self, Encoding};
use super::found::Found;
use crate::finding::Confidence;
use crate::rule::{Catalogue, Rule};
use std::ops::Range;
use std::sync::LazyLock;

mod form;
mod name;
mod place;
mod syntax;
mod value;

use name::Strength;
use place::Place;
use syntax::Assigned;
use value::Quality;

/// The name of this matcher in a rule.
pub const NATIVE: &str = "assignment";

/// What every name that sounds like a secret holds, and every program that takes one.
pub const KEYWORDS: &[&str] =
    &["key", "token", "secret", "pass", "pwd", "auth", "cred", "identified by", "mysql"];

/// The rule that this matcher runs for.
static RULE: LazyLock<Option<&'static Rule>> =
    LazyLock::new(|| Catalogue::get().find("generic-api-key"));

/// What was found in one file so far.
pub struct Assignments<'a> {
    bytes: &'a [u8],
    place: Place,
    /// Where the last name that was read ends: its other keywords are not read again.
    read_to: usize,
    /// Where the last list of values ends: no other begins in it.
    listed_to: usize,
    found: Vec<Found>,
}

impl<'a> Assignments<'a> {
    pub fn new(path: &str, bytes: &'a [u8]) -> Assignments<'a> {
        Assignments { bytes, place: Place::of(path), read_to: 0, listed_to: 0, found: Vec::new() }
    }

    /// Looks at the name that a keyword stands in.
    pub fn note(&mut self, keyword: Range<usize>) {
        if keyword.start < self.read_to || self.place == Place::Generated {
            return;
        }
        let name = syntax::name_around(self.bytes, &keyword, self.read_to);
        self.read_to = name.end;
        self.found.extend(self.judge(&name));
        self.judge_list(&name);
    }

    /// What was found, in order.
    pub fn into_found(self) -> Vec<Found> {
        self.found
    }

    fn judge(&self, name: &Range<usize>) -> Option<Found> {
        // The operator first: it is the cheaper test, and rarely there.
        let assigned = syntax::assigned(self.bytes, name, self.place)?;
        let strength = match assigned.is_password {
            true => Strength::Password,
            false => name::strength(&self.bytes[name.clone()])?,
        };
        self.judge_value(strength, assigned)
    }

    /// What a name in the plural lists: it says as much of each value as its singular would.
    fn judge_list(&mut self, name: &Range<usize>) {
        let singular = self.bytes[name.clone()].strip_suffix(b"s");
        let Some(singular) = singular.filter(|_| name.start >= self.listed_to) else {
            return;
        };
        let (values, end) = syntax::listed(self.bytes, name, self.place);
        self.listed_to = end;
        if values.is_empty() {
            return;
        }
        if let Some(strength) = name::strength(singular) {
            let of_list = |range| self.judge_value(strength, Assigned::literal(range));
            let found: Vec<Found> = values.into_iter().filter_map(of_list).collect();
            self.found.extend(found);
        }
    }

    fn judge_value(&self, strength: Strength, assigned: Assigned) -> Option<Found> {
        let written = &self.bytes[assigned.range.clone()];
        let plain = decode::literal(written);
        let said = plain.as_deref().unwrap_or(written);
        let scheme = scheme(said);
        let strength = if scheme > 0 { Strength::Password } else { strength };
        let value = &said[scheme..];
        let person = strength == Strength::Password;
        let quality = value::quality(value, person)
            .max(value::encoded_quality(value, person || strength == Strength::Weak))?;
        let confidence = confidence(strength, quality, self.place, assigned.maybe_code)?;
        let rule = (*RULE)?;
        let confidence = rule.confidence.min(confidence);
        Some(match plain {
            None => Found::new(rule, assigned.range.start + scheme..assigned.range.end, confidence),
            Some(_) => Found {
                value: Some(value.to_vec()),
                encodings: vec![Encoding::Escapes],
                ..Found::new(rule, assigned.range, confidence)
            },
        })
    }
}

/// How sure it is that a value is a secret: points for what its name says, how random it is and
/// where it stands. `None` where they do not suffice.
fn confidence(
    strength: Strength,
    quality: Quality,
    place: Place,
    maybe_code: bool,
) -> Option<Confidence> {
    let name = match strength {
        Strength::Weak => 1,
        Strength::Strong | Strength::Password => 2,
    };
    let value = match quality {
        Quality::Uuid => 0,
        Quality::Chosen => 1,
        Quality::Mixed => 2,
        Quality::Random => 3,
    };
    let place = match place {
        Place::Config => 1,
        Place::Code | Place::Text => 0,
        Place::Test | Place::Generated => -2,
    };
    match name + value + place - if maybe_code { 2 } else { 0 } {
        5.. if strength > Strength::Weak => Some(Confidence::Medium),
        3.. => Some(Confidence::Low),
        _ => None,
    }
}

/// The length of what stands before the credential in a header: `Bearer `, `Basic `.
fn scheme(value: &[u8]) -> usize {
    let at = memchr::memchr(b' ', value).map_or(0, |at| at + 1);
    let known: [&[u8]; 5] = [b"bearer ", b"basic ", b"token ", b"bot ", b"apikey "];
    if known.iter().any(|scheme| value[..at].eq_ignore_ascii_case(scheme)) { at } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_make_the_confidence() {
        use Confidence::{Low, Medium};
        let sure = |name, value, place| confidence(name, value, place, false);
        assert_eq!(sure(Strength::Strong, Quality::Random, Place::Code), Some(Medium));
        assert_eq!(sure(Strength::Strong, Quality::Random, Place::Test), Some(Low));
        assert_eq!(sure(Strength::Weak, Quality::Random, Place::Config), Some(Low));
        assert_eq!(sure(Strength::Password, Quality::Mixed, Place::Config), Some(Medium));
        assert_eq!(sure(Strength::Password, Quality::Chosen, Place::Code), Some(Low));
        assert_eq!(sure(Strength::Password, Quality::Chosen, Place::Test), None);
        assert_eq!(sure(Strength::Weak, Quality::Uuid, Place::Config), None);
        assert_eq!(sure(Strength::Strong, Quality::Uuid, Place::Config), Some(Low));
        assert_eq!(confidence(Strength::Strong, Quality::Mixed, Place::Code, true), None);
    }

    #[test]
    fn the_scheme_is_no_part_of_the_credential() {
        assert_eq!(scheme(b"Bearer abc"), 7);
        assert_eq!(scheme(b"two words"), 0);
    }
}

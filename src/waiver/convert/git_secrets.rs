//! `.gitallowed`: a regular expression a line; what git-secrets finds is allowed where one matches
//! its `path:number:text`. Such a line may be the secret itself, so none is quoted.

use super::{What, Wish, Wishes, text};
use regex::RegexBuilder;

/// The memory that one compiled pattern may take.
const MOST_MEMORY: usize = 1 << 20;

pub(super) fn allowed(text: &str) -> Wishes {
    let mut wishes = Wishes::default();
    for line in text::lines(text) {
        match RegexBuilder::new(line.text).size_limit(MOST_MEMORY).build() {
            Ok(pattern) => wishes.wishes.push(Wish {
                what: What::Lines(pattern),
                reason: line.comment,
                until: None,
                place: line.number.to_string(),
            }),
            Err(_) => wishes.notes.push(format!(
                "{}: is no regular expression that can be read here; left out",
                line.number
            )),
        }
    }
    wishes
}

//! Whether values are the same, as far as that is known.

use super::partial::{head, is_whole, tail};
use super::{CLOSE, MOST_DEPTH, MOST_VALUES, OPEN, Value, json};
use std::sync::Arc;

/// Whether two values are equal; `None` where that depends on what is not known, or takes more
/// comparisons than `MOST_VALUES`.
pub fn same(left: &Value, right: &Value) -> Option<bool> {
    same_within(left, right, 0, &mut 0)
}

fn same_within(left: &Value, right: &Value, depth: u32, compared: &mut usize) -> Option<bool> {
    *compared += 1;
    if depth > MOST_DEPTH || *compared > MOST_VALUES {
        return None;
    }
    let mut inner = |left: &Value, right: &Value| same_within(left, right, depth + 1, compared);
    match (left, right) {
        (Value::Unknown(Some(left)), Value::Unknown(Some(right))) if left == right => Some(true),
        (Value::Unknown(_), _) | (_, Value::Unknown(_)) => None,
        (Value::Null, Value::Null) => Some(true),
        (Value::Bool(left), Value::Bool(right)) => Some(left == right),
        (Value::Number(left), Value::Number(right)) => Some(left == right),
        (Value::String(left), Value::String(right)) => same_text(left, right),
        (Value::List(left), Value::List(right)) => {
            if left.len() != right.len() {
                return Some(false);
            }
            all(left.iter().zip(right.iter()).map(|(left, right)| inner(left, right)))
        }
        (Value::Map(left), Value::Map(right)) => {
            if left.len() != right.len() {
                return Some(false);
            }
            all(left.iter().zip(right.iter()).flat_map(|((key, left), (other, right))| {
                [same_text(key, other), inner(left, right)]
            }))
        }
        _ => Some(false),
    }
}

/// `&&` over truths that may not be known: one that is false decides.
pub(super) fn all(truths: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for truth in truths {
        match truth {
            Some(false) => return Some(false),
            Some(true) => {}
            None => result = None,
        }
    }
    result
}

/// Texts with unknown parts are the same when they read the same, and differ when what is known
/// at either end does.
fn same_text(left: &str, right: &str) -> Option<bool> {
    if is_whole(left) && is_whole(right) {
        return Some(left == right);
    }
    if left == right {
        return (!has_nameless(left)).then_some(true);
    }
    let start = (head(left), head(right));
    let end = (tail(left), tail(right));
    let may_start = start.0.starts_with(start.1) || start.1.starts_with(start.0);
    let may_end = end.0.ends_with(end.1) || end.1.ends_with(end.0);
    let fits = |partly: &str, whole: &str| {
        !is_whole(whole) || head(partly).len() + tail(partly).len() <= whole.len()
    };
    let may_be = may_start && may_end && fits(left, right) && fits(right, left);
    if may_be { None } else { Some(false) }
}

/// Whether a part of a text stands for nothing that has a name: two of them may differ.
fn has_nameless(text: &str) -> bool {
    text.match_indices(OPEN).any(|(at, open)| text[at + open.len()..].starts_with(CLOSE))
}

/// What equal values have in common and others have not, in time linear in their size; `None` for
/// a value that equals nothing for sure.
pub(super) fn identity(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::Unknown(None) => None,
        _ => json::encoded(value).ok().filter(|text| !has_nameless(text)).map(Arc::from),
    }
}

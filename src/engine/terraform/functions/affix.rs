//! Functions of what a text starts with, ends with and holds.

use super::Needs::{Nothing, Source};
use super::partial::{Piece, head, is_whole, pieces, tail};
use super::{Call, Function, Value, Wrong, function};

pub(super) const FUNCTIONS: &[Function] = &[
    function("startswith", Nothing, (2, 2), starts_with),
    function("endswith", Nothing, (2, 2), ends_with),
    function("strcontains", Nothing, (2, 2), contains),
    function("trimprefix", Source, (2, 2), trim_prefix),
    function("trimsuffix", Source, (2, 2), trim_suffix),
    function("trim", Source, (2, 2), trim),
    function("trimspace", Source, (1, 1), |call| Ok(Value::string(call.text(0)?.trim()))),
    function("chomp", Source, (1, 1), |call| {
        Ok(Value::string(call.text(0)?.trim_end_matches(['\r', '\n'])))
    }),
];

fn known(truth: Option<bool>) -> Value {
    truth.map_or(Value::UNKNOWN, Value::Bool)
}

/// Whether a text starts so, from what is known of its start.
fn starts(text: &str, prefix: &str) -> Option<bool> {
    let start = head(text);
    if !is_whole(prefix) {
        return None;
    }
    if start.starts_with(prefix) {
        return Some(true);
    }
    if is_whole(text) || !prefix.starts_with(start) { Some(false) } else { None }
}

/// Whether a text ends so, from what is known of its end.
fn ends(text: &str, suffix: &str) -> Option<bool> {
    let end = tail(text);
    if !is_whole(suffix) {
        return None;
    }
    if end.ends_with(suffix) {
        return Some(true);
    }
    if is_whole(text) || !suffix.ends_with(end) { Some(false) } else { None }
}

fn starts_with(call: &Call) -> Result<Value, Wrong> {
    Ok(known(starts(&call.text(0)?, &call.text(1)?)))
}

fn ends_with(call: &Call) -> Result<Value, Wrong> {
    Ok(known(ends(&call.text(0)?, &call.text(1)?)))
}

fn contains(call: &Call) -> Result<Value, Wrong> {
    let (text, part) = (call.text(0)?, call.text(1)?);
    if !is_whole(&part) {
        return Ok(Value::UNKNOWN);
    }
    let holds = |piece| matches!(piece, Piece::Known(known) if known.contains(&*part));
    let found = pieces(&text).any(holds) || part.is_empty();
    Ok(known(if found || is_whole(&text) { Some(found) } else { None }))
}

fn trim_prefix(call: &Call) -> Result<Value, Wrong> {
    let (text, prefix) = (call.text(0)?, call.text(1)?);
    Ok(match starts(&text, &prefix) {
        Some(true) => Value::string(&text[prefix.len()..]),
        Some(false) => Value::String(text),
        None => Value::UNKNOWN,
    })
}

fn trim_suffix(call: &Call) -> Result<Value, Wrong> {
    let (text, suffix) = (call.text(0)?, call.text(1)?);
    Ok(match ends(&text, &suffix) {
        Some(true) => Value::string(&text[..text.len() - suffix.len()]),
        Some(false) => Value::String(text),
        None => Value::UNKNOWN,
    })
}

/// The mark of an unknown part is no character to trim, so that it stays.
fn trim(call: &Call) -> Result<Value, Wrong> {
    let (text, characters) = (call.text(0)?, call.text(1)?);
    if !is_whole(&characters) {
        return Ok(Value::UNKNOWN);
    }
    Ok(Value::string(text.trim_matches(|character| characters.contains(character))))
}

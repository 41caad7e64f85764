//! Functions of lists and maps alike, and of truths in them.

use super::Needs::{Nothing, Outline};
use super::convert::unified;
use super::partial::is_whole;
use super::string::characters;
use super::{Call, Function, MANY, Value, Wrong, function, to_bool};

pub(super) const FUNCTIONS: &[Function] = &[
    function("alltrue", Outline, (1, 1), |call| truths(call, false)),
    function("anytrue", Outline, (1, 1), |call| truths(call, true)),
    function("coalesce", Nothing, (1, MANY), coalesce),
    function("length", Outline, (1, 1), length),
];

/// Elements, entries or characters; a text with an unknown part is of unknown length.
fn length(call: &Call) -> Result<Value, Wrong> {
    let count = match &call.args[0] {
        Value::List(values) => values.len(),
        Value::Map(entries) => entries.len(),
        Value::String(text) if !is_whole(text) => return Ok(Value::UNKNOWN),
        Value::String(text) => characters(text).count(),
        _ => return Err(call.not(0, "a list, map or string")),
    };
    Ok(Value::Number(count as f64))
}

/// `||` and `&&` over a list: one truth decides, whatever is unknown; null is false.
fn truths(call: &Call, deciding: bool) -> Result<Value, Wrong> {
    let mut known = true;
    for value in call.list(0)? {
        let truth = match value {
            Value::Unknown(_) => {
                known = false;
                continue;
            }
            Value::Null => false,
            value => to_bool(value).ok_or_else(|| call.not(0, "a list of bools"))?,
        };
        if truth == deciding {
            return Ok(Value::Bool(deciding));
        }
    }
    Ok(if known { Value::Bool(!deciding) } else { Value::UNKNOWN })
}

/// The first argument that is neither null nor an empty text, as the type that all share.
fn coalesce(call: &Call) -> Result<Value, Wrong> {
    let mut values = call.args.to_vec();
    unified(&mut values);
    let filled = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        _ => true,
    };
    values.into_iter().find(filled).ok_or_else(|| call.failed("every argument is null or empty"))
}

//! Conversions that are asked for, and marks of values that change nothing here.

use super::Needs::{Nothing, Source};
use super::convert::{kind, to_bool, to_number, to_text, unified};
use super::{Call, Function, Value, Wrong, function, map, set};

pub(super) const FUNCTIONS: &[Function] = &[
    function("ephemeralasnull", Nothing, (1, 1), itself),
    function("issensitive", Nothing, (1, 1), |_| Ok(Value::UNKNOWN)),
    function("nonsensitive", Nothing, (1, 1), itself),
    function("sensitive", Nothing, (1, 1), itself),
    function("tobool", Source, (1, 1), |call| {
        primitive(call, "a bool", |value| to_bool(value).map(Value::Bool))
    }),
    function("tolist", Source, (1, 1), to_list),
    function("tomap", Source, (1, 1), |call| match &call.args[0] {
        Value::Null => Ok(Value::Null),
        _ => Ok(map::typed(call.map(0)?)),
    }),
    function("tonumber", Source, (1, 1), |call| {
        primitive(call, "a number", |value| to_number(value).map(Value::Number))
    }),
    function("toset", Source, (1, 1), |call| match &call.args[0] {
        Value::Null => Ok(Value::Null),
        _ => Ok(Value::list(set::set(call.list(0)?))),
    }),
    function("tostring", Source, (1, 1), |call| {
        primitive(call, "a string", |value| to_text(value).map(Value::String))
    }),
    function("type", Source, (1, 1), |call| {
        Ok(Value::string(kind(&call.args[0]).trim_start_matches("a ")))
    }),
];

/// What Terraform keeps from being shown or stored is not told apart.
fn itself(call: &Call) -> Result<Value, Wrong> {
    Ok(call.args[0].clone())
}

/// Null converts to null of any type, and a text that is not all known to what is not known.
fn primitive(
    call: &Call,
    needed: &'static str,
    of: fn(&Value) -> Option<Value>,
) -> Result<Value, Wrong> {
    match &call.args[0] {
        Value::Null => Ok(Value::Null),
        value => match of(value) {
            Some(converted) => Ok(converted),
            None if value.is_partly_known() => Ok(Value::UNKNOWN),
            None => Err(call.not(0, needed)),
        },
    }
}

fn to_list(call: &Call) -> Result<Value, Wrong> {
    if call.args[0] == Value::Null {
        return Ok(Value::Null);
    }
    let mut values = call.list(0)?.to_vec();
    unified(&mut values);
    Ok(Value::list(values))
}

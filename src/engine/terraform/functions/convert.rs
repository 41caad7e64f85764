//! Conversions between the primitive types, which Terraform makes by itself.

use super::Value;
use super::partial::marked;
use std::sync::Arc;

/// What a value is, for a message.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a bool",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
        Value::Unknown(_) => "not known",
    }
}

/// A value as text, as in a template: an unknown one by its name, between `OPEN` and `CLOSE`.
/// `None` for null, lists and maps, which have none.
pub fn to_text(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number_text(*number).into()),
        Value::Bool(truth) => Some(if *truth { "true" } else { "false" }.into()),
        Value::Unknown(symbol) => Some(marked(symbol.as_deref()).into()),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

/// A number, or the text of one in decimal digits.
pub fn to_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::String(text) if text.bytes().all(|byte| b"0123456789+-.eE".contains(&byte)) => {
            text.parse().ok().filter(|number: &f64| number.is_finite())
        }
        _ => None,
    }
}

/// A truth, or the text of one.
pub fn to_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if matches!(&**text, "true" | "1") => Some(true),
        Value::String(text) if matches!(&**text, "false" | "0") => Some(false),
        _ => None,
    }
}

/// A number in decimal digits without an exponent, as few as tell it from its neighbours.
pub fn number_text(number: f64) -> String {
    let number = if number == 0.0 { 0.0 } else { number };
    number.to_string()
}

/// The elements as ones of the same type, as a list, set or map of Terraform holds them: all texts
/// where one is a text and the others convert to it.
pub(super) fn unified(values: &mut [Value]) {
    let primitive = |value: &Value| !matches!(value, Value::List(_) | Value::Map(_));
    let has_text = values.iter().any(|value| matches!(value, Value::String(_)));
    if !has_text || !values.iter().all(primitive) {
        return;
    }
    for value in values {
        if let Value::Bool(_) | Value::Number(_) = value
            && let Some(text) = to_text(value)
        {
            *value = Value::String(text);
        }
    }
}

//! Operators, over values of which some are not known.

use super::super::functions::{same, to_bool, to_number, to_text};
use super::super::value::Value;

/// Whether two values are equal; `None` where that is not known. Rules are `lenient`: `"true"` is
/// `true` and `"1"` is `1` there, as providers take them.
pub fn equal(left: &Value, right: &Value, lenient: bool) -> Option<bool> {
    match (left, right) {
        (Value::String(_), Value::Bool(_) | Value::Number(_))
        | (Value::Bool(_) | Value::Number(_), Value::String(_))
            if lenient =>
        {
            let text = |value: &Value| to_text(value).map_or(Value::Null, Value::String);
            same(&text(left), &text(right))
        }
        _ => same(left, right),
    }
}

/// A value as a condition: `Some(None)` is unknown, `None` is no condition.
pub fn truth(value: &Value) -> Option<Option<bool>> {
    if value.is_unknown() || value.is_partly_known() {
        return Some(None);
    }
    to_bool(value).map(Some)
}

/// A value as a number: `Some(None)` is unknown, `None` is no number.
pub fn number(value: &Value) -> Option<Option<f64>> {
    if value.is_unknown() || value.is_partly_known() {
        return Some(None);
    }
    to_number(value).filter(|number| number.is_finite()).map(Some)
}

/// The element that an index names: `Ok(None)` where that is not known, `Err` where there is none.
pub fn index(base: &Value, index: &Value) -> Result<Option<Value>, ()> {
    if base.is_unknown() || index.is_unknown() || index.is_partly_known() {
        return Ok(None);
    }
    let found = match base {
        Value::List(items) => match to_number(index) {
            Some(at) if at >= 0.0 && at.fract() == 0.0 => items.get(at as usize),
            _ => None,
        },
        Value::Map(entries) => to_text(index).and_then(|key| entries.get(&*key)),
        _ => None,
    };
    found.cloned().map(Some).ok_or(())
}

//! Operators and conversions, over values of which some are not known.

use super::super::value::{CLOSE, OPEN, Symbol, Value};
use std::fmt::Write;

/// A text that stands for something unknown that has no name.
const NAMELESS: &str = "\u{F0B00}\u{F0B01}";

/// Whether two values are equal; `None` where that is not known. Rules are `lenient`: `"true"` is
/// `true` and `"1"` is `1` there, as providers take them.
pub fn equal(left: &Value, right: &Value, lenient: bool) -> Option<bool> {
    match (left, right) {
        (Value::Unknown(Some(a)), Value::Unknown(Some(b))) if a == b => Some(true),
        (Value::Unknown(_), _) | (_, Value::Unknown(_)) => None,
        (Value::String(a), Value::String(b)) => texts_equal(a, b),
        (Value::List(a), Value::List(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            all_equal(a.iter().zip(b.iter()).map(|(a, b)| equal(a, b, lenient)))
        }
        (Value::Map(a), Value::Map(b)) => {
            if a.len() != b.len() || !a.keys().eq(b.keys()) {
                return Some(false);
            }
            all_equal(a.values().zip(b.values()).map(|(a, b)| equal(a, b, lenient)))
        }
        (Value::String(text), Value::Bool(_) | Value::Number(_))
        | (Value::Bool(_) | Value::Number(_), Value::String(text))
            if lenient =>
        {
            let other = if matches!(left, Value::String(_)) { right } else { left };
            texts_equal(text, &self::text(other).unwrap_or_default())
        }
        (a, b) => Some(a == b),
    }
}

fn all_equal(pairs: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for pair in pairs {
        match pair {
            Some(false) => return Some(false),
            None => all = None,
            Some(true) => {}
        }
    }
    all
}

/// Two texts with unknown parts are different only where what is known before the first or after
/// the last of these differs.
fn texts_equal(a: &str, b: &str) -> Option<bool> {
    if !a.contains(OPEN) && !b.contains(OPEN) {
        return Some(a == b);
    }
    if a == b {
        return if a.contains(NAMELESS) { None } else { Some(true) };
    }
    let starts = |text: &str| text.split(OPEN).next().unwrap_or_default().to_owned();
    let ends = |text: &str| text.rsplit(CLOSE).next().unwrap_or_default().to_owned();
    let (start_a, start_b) = (starts(a), starts(b));
    let (end_a, end_b) = (ends(a), ends(b));
    // A text that is known as a whole is as long as it is; the other is at least as long as its
    // known parts.
    let prefix = if a.contains(OPEN) && b.contains(OPEN) {
        start_a.starts_with(&start_b) || start_b.starts_with(&start_a)
    } else if a.contains(OPEN) {
        b.starts_with(&start_a)
    } else {
        a.starts_with(&start_b)
    };
    let suffix = if a.contains(OPEN) && b.contains(OPEN) {
        end_a.ends_with(&end_b) || end_b.ends_with(&end_a)
    } else if a.contains(OPEN) {
        b.ends_with(&end_a)
    } else {
        a.ends_with(&end_b)
    };
    if prefix && suffix { None } else { Some(false) }
}

/// A value as a condition: `Some(None)` is unknown, `None` is no condition.
pub fn truth(value: &Value) -> Option<Option<bool>> {
    match value {
        Value::Bool(value) => Some(Some(*value)),
        Value::String(text) => match &**text {
            "true" => Some(Some(true)),
            "false" => Some(Some(false)),
            _ if text.contains(OPEN) => Some(None),
            _ => None,
        },
        Value::Unknown(_) => Some(None),
        _ => None,
    }
}

/// A value as a number: `Some(None)` is unknown, `None` is no number.
pub fn number(value: &Value) -> Option<Option<f64>> {
    match value {
        Value::Number(number) => Some(Some(*number)),
        Value::String(text) if text.contains(OPEN) => Some(None),
        Value::String(text) => {
            text.parse().ok().filter(|number: &f64| number.is_finite()).map(Some)
        }
        Value::Unknown(_) => Some(None),
        _ => None,
    }
}

/// A value as a part of a text; what is not known becomes a name in it.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.as_ref().to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number_text(*number)),
        Value::Unknown(None) => Some(NAMELESS.to_owned()),
        Value::Unknown(Some(symbol)) => Some(symbol_text(symbol)),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

fn symbol_text(symbol: &Symbol) -> String {
    let mut text = String::from(OPEN);
    text.push_str(&symbol.address);
    if !symbol.attribute.is_empty() {
        let _ = write!(text, ".{}", symbol.attribute);
    }
    text.push(CLOSE);
    text
}

/// A number as Terraform writes it: `3`, `0.5`.
pub fn number_text(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { format!("{number}") }
}

/// The element that an index names: `Ok(None)` where that is not known, `Err` where there is none.
pub fn index(base: &Value, index: &Value) -> Result<Option<Value>, ()> {
    match (base, index) {
        (Value::Unknown(_), _) | (_, Value::Unknown(_)) => Ok(None),
        (_, Value::String(key)) if key.contains(OPEN) => Ok(None),
        (Value::List(items), _) => match number(index) {
            Some(Some(at)) if at >= 0.0 && at.fract() == 0.0 => {
                items.get(at as usize).cloned().map(Some).ok_or(())
            }
            Some(None) => Ok(None),
            _ => Err(()),
        },
        (Value::Map(entries), _) => {
            let key = text(index).ok_or(())?;
            entries.get(key.as_str()).cloned().map(Some).ok_or(())
        }
        _ => Err(()),
    }
}

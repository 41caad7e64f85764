//! What a check asks of the value of an attribute. What is not known before an apply is nothing:
//! no question about it is answered with yes.

use super::format::Action;
use crate::engine::terraform::Value;
use regex::{Regex, RegexBuilder};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;

/// The largest expression, compiled, in bytes.
const LARGEST: usize = 1 << 20;

/// The regular expressions of the checks, each compiled once.
#[derive(Debug, Default)]
pub struct Expressions(RefCell<HashMap<String, Option<Regex>>>);

impl Expressions {
    /// One that does not compile matches nothing.
    fn matches(&self, text: &str, expression: &str) -> bool {
        let mut known = self.0.borrow_mut();
        let compiled = known
            .entry(expression.to_owned())
            .or_insert_with(|| RegexBuilder::new(expression).size_limit(LARGEST).build().ok());
        compiled.as_ref().is_some_and(|compiled| compiled.is_match(text))
    }
}

/// Whether the value of an attribute that is there is as the check wants it.
pub fn holds(action: Action, value: &Value, wanted: &Json, expressions: &Expressions) -> bool {
    match action {
        Action::StartsWith => value.as_str().is_some_and(|it| it.starts_with(&shown(wanted))),
        Action::EndsWith => value.as_str().is_some_and(|it| it.ends_with(&shown(wanted))),
        Action::Contains => contains(value, wanted, true, expressions),
        Action::NotContains => !contains(value, wanted, false, expressions),
        Action::OnlyContains => only_contains(value, wanted),
        Action::Equals => equals(value, wanted),
        Action::NotEqual => !equals(value, wanted),
        Action::LessThan => compared(value, wanted).is_some_and(Ordering::is_lt),
        Action::LessThanOrEqualTo => compared(value, wanted).is_some_and(Ordering::is_le),
        Action::GreaterThan => compared(value, wanted).is_some_and(Ordering::is_gt),
        Action::GreaterThanOrEqualTo => compared(value, wanted).is_some_and(Ordering::is_ge),
        Action::RegexMatches => {
            value.as_str().is_some_and(|it| expressions.matches(it, &shown(wanted)))
        }
        Action::IsAny => is_any(value, wanted) == Some(true),
        Action::IsNone => is_any(value, wanted) == Some(false),
        Action::IsEmpty => is_empty(value),
        _ => false,
    }
}

/// The same of an entry of a map, where only these are asked: texts as they are written, numbers.
pub fn entry_holds(
    action: Action,
    value: &Value,
    wanted: &Json,
    expressions: &Expressions,
) -> bool {
    let text = value.as_str();
    match action {
        Action::StartsWith | Action::EndsWith => holds(action, value, wanted, expressions),
        Action::Equals => text.is_some() && text == wanted.as_str(),
        Action::NotEqual => text.is_some() && text != wanted.as_str(),
        Action::LessThan
        | Action::LessThanOrEqualTo
        | Action::GreaterThan
        | Action::GreaterThanOrEqualTo => holds(action, value, wanted, expressions),
        _ => false,
    }
}

/// A value of a check as a text.
pub fn shown(wanted: &Json) -> String {
    match wanted {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a text, a list or a map has something in it; a map by its keys, a list also by what the
/// entries of its maps have under `key`.
pub fn contains(
    value: &Value,
    wanted: &Json,
    in_any_case: bool,
    expressions: &Expressions,
) -> bool {
    let text = shown(wanted);
    let same = |a: &str, b: &str| match in_any_case {
        true => a.to_lowercase() == b.to_lowercase(),
        false => a == b,
    };
    match value {
        Value::Map(entries) => match wanted {
            Json::Object(wanted) => wanted.iter().any(|(key, wanted)| {
                entries.get(&**key).is_some_and(|it| matches_entry(it, wanted, expressions))
            }),
            wanted => wanted.as_str().is_some_and(|key| entries.contains_key(key)),
        },
        Value::List(values) => values.iter().any(|value| match value {
            Value::Map(entries) => {
                entries.get("key").and_then(Value::as_str).is_some_and(|it| same(it, &text))
            }
            value => plain(value).is_some_and(|it| same(&it, &text)),
        }),
        Value::String(it) if in_any_case => it.to_lowercase().contains(&text.to_lowercase()),
        Value::String(it) => it.contains(&text),
        _ => false,
    }
}

/// What an entry of a map must be: a value, or `{ action: isAny, value: [ … ] }` of it.
fn matches_entry(value: &Value, wanted: &Json, expressions: &Expressions) -> bool {
    match wanted {
        Json::Object(call) => {
            let argument = call.get("value").unwrap_or(&Json::Null);
            let options = argument.as_array().map_or(&[][..], Vec::as_slice);
            match call.get("action").and_then(Json::as_str) {
                Some("isAny") => options.iter().any(|option| same(value, option)),
                Some("isNone") => !options.iter().any(|option| same(value, option)),
                Some("regexMatches") => {
                    plain(value).is_some_and(|it| expressions.matches(&it, &shown(argument)))
                }
                _ => false,
            }
        }
        wanted => same(value, wanted),
    }
}

fn only_contains(value: &Value, wanted: &Json) -> bool {
    let (Value::List(values), Some(wanted)) = (value, wanted.as_array()) else { return false };
    values.iter().all(|value| wanted.iter().any(|wanted| same(value, wanted)))
}

fn equals(value: &Value, wanted: &Json) -> bool {
    match value {
        Value::String(text) => text.to_lowercase() == shown(wanted).to_lowercase(),
        value => same(value, wanted),
    }
}

/// Whether the value is exactly what the check says.
fn same(value: &Value, wanted: &Json) -> bool {
    match value {
        Value::String(text) => Some(&**text) == wanted.as_str(),
        Value::Bool(truth) => Some(*truth) == wanted.as_bool(),
        Value::Number(number) => Some(*number) == wanted.as_f64(),
        _ => false,
    }
}

/// Whether a text or a number is one of several; none where that cannot be said.
fn is_any(value: &Value, wanted: &Json) -> Option<bool> {
    let options = wanted.as_array().map_or(&[][..], Vec::as_slice);
    match value {
        Value::Number(_) if options.iter().any(|option| !option.is_number()) => None,
        Value::String(_) | Value::Number(_) => {
            Some(options.iter().any(|option| same(value, option)))
        }
        _ => Some(false),
    }
}

fn compared(value: &Value, wanted: &Json) -> Option<Ordering> {
    match value {
        Value::Number(number) => number.partial_cmp(&wanted.as_f64()?),
        _ => None,
    }
}

/// What tfsec takes for empty; a truth is, which is odd.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::List(values) => values.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        Value::Bool(_) => true,
        Value::Number(_) | Value::Null | Value::Unknown(_) => false,
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

//! Functions of any value: what is printed, equal, more or less.

use super::super::value::Value;
use super::printf::printf;
use super::{Made, said, yes};
use crate::compat::trivy;
use std::cmp::Ordering;

/// The variables that templates see: where findings are sent, and nothing that is secret. A
/// template may come from what is scanned.
const VARIABLES: [&str; 3] = ["AWS_ACCOUNT_ID", "AWS_DEFAULT_REGION", "AWS_REGION"];

fn variable(name: &str) -> Made {
    match VARIABLES.contains(&name) {
        true => Ok(Value::text(&std::env::var(name).unwrap_or_default())),
        false => Err(format!("{name}: templates see only {}", VARIABLES.join(", "))),
    }
}

pub fn others(name: &str, tells: bool, given: &[Value]) -> Option<Made> {
    match (name, given.len()) {
        ("print", _) => {
            let mut out = String::new();
            for (at, value) in given.iter().enumerate() {
                let texts = |at: usize| matches!(given.get(at), Some(Value::Text(_)));
                if at > 0 && !texts(at) && !texts(at - 1) {
                    out.push(' ');
                }
                out += &value.shown();
            }
            said(out)
        }
        ("println", _) => said(joined(given, |text| text.to_owned()) + "\n"),
        ("printf", 1..) => said(printf(&given[0].shown(), &given[1..])),
        ("not", 1) => yes(!given[0].is_true()),
        ("empty", 1) => yes(!given[0].is_true()),
        ("default", 2) => {
            Some(Ok(if given[1].is_true() { given[1].clone() } else { given[0].clone() }))
        }
        ("coalesce", _) => {
            Some(Ok(given.iter().find(|value| value.is_true()).cloned().unwrap_or(Value::Nil)))
        }
        ("ternary", 3) => Some(Ok(given[usize::from(!given[2].is_true())].clone())),
        ("all", _) => yes(given.iter().all(Value::is_true)),
        ("any", _) => yes(given.iter().any(Value::is_true)),
        ("hello", 0) => said("Hello!"),
        ("appVersion", 0) => said(trivy::VERSION),
        ("sourceID", 1) => said(given[0].shown()),
        ("env", 1) => Some(variable(&given[0].shown())),
        ("kindOf", 1) => said(given[0].kind()),
        ("kindIs", 2) => yes(given[0].shown() == given[1].kind()),
        ("typeOf", 1) => said(given[0].type_name()),
        ("typeIs" | "typeIsLike", 2) => yes(given[0].shown() == given[1].type_name()),
        ("deepEqual", 2) => yes(given[0] == given[1]),
        ("fromJson", 1) => match serde_json::from_str(&given[0].shown()) {
            Ok(json) => Some(Ok(read(json))),
            Err(error) if tells => Some(Err(error.to_string())),
            Err(_) => Some(Ok(Value::Nil)),
        },
        ("toJson", 1) => said(given[0].json(None)),
        ("toRawJson", 1) => {
            let plain = |text: String, (quoted, c): (&str, &str)| text.replace(quoted, c);
            let raw = [("\\u003c", "<"), ("\\u003e", ">"), ("\\u0026", "&")];
            said(raw.into_iter().fold(given[0].json(None), plain))
        }
        ("toPrettyJson", 1) => said(given[0].json(Some("  "))),
        ("eq", 2..) => Some(any_equal(&given[0], &given[1..])),
        ("ne", 2) => Some(any_equal(&given[0], &given[1..]).map(|is| Value::Bool(!is.is_true()))),
        ("lt" | "le" | "gt" | "ge", 2) => Some(compare(&given[0], &given[1]).map(|order| {
            Value::Bool(match name {
                "lt" => order.is_lt(),
                "le" => order.is_le(),
                "gt" => order.is_gt(),
                _ => order.is_ge(),
            })
        })),
        _ => None,
    }
}

/// A value of JSON; its numbers are floats, as Go reads them.
fn read(json: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Nil,
        Json::Bool(yes) => Value::Bool(yes),
        Json::Number(number) => Value::Float(number.as_f64().unwrap_or_default()),
        Json::String(text) => Value::text(&text),
        Json::Array(all) => Value::list(all.into_iter().map(read).collect()),
        Json::Object(pairs) => {
            Value::map(pairs.into_iter().map(|(key, value)| (key, read(value))).collect())
        }
    }
}

fn any_equal(one: &Value, others: &[Value]) -> Made {
    for other in others {
        let is_equal = match (one, other) {
            (Value::Nil, other) | (other, Value::Nil) => matches!(other, Value::Nil),
            (Value::Bool(one), Value::Bool(other)) => one == other,
            (one, other) => compare(one, other)?.is_eq(),
        };
        if is_equal {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn compare(one: &Value, other: &Value) -> Result<Ordering, String> {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => Ok(one.cmp(other)),
        (Value::Int(one), Value::Int(other)) => Ok(one.cmp(other)),
        (Value::Float(_) | Value::Single(_), Value::Float(_) | Value::Single(_)) => {
            let order = one.number().partial_cmp(&other.number());
            order.ok_or_else(|| "incompatible types for comparison".to_owned())
        }
        _ => Err("incompatible types for comparison".to_owned()),
    }
}

pub fn joined(values: &[Value], shown: impl Fn(&str) -> String) -> String {
    let there = values.iter().filter(|value| !matches!(value, Value::Nil));
    there.map(|value| shown(&value.shown())).collect::<Vec<_>>().join(" ")
}

//! Functions of any value: what is printed, equal, more or less.

use super::super::value::Value;
use super::printf::printf;
use super::{Made, said, yes};
use std::cmp::Ordering;

pub fn others(name: &str, given: &[Value]) -> Option<Made> {
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
        ("kindOf", 1) => said(given[0].kind()),
        ("toJson" | "toRawJson", 1) => said(given[0].json(None)),
        ("toPrettyJson", 1) => said(given[0].json(Some("  "))),
        ("now", 0) => said(crate::clock::now().to_string()),
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

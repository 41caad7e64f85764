//! Functions of lists and maps.

use super::super::value::Value;
use super::numbers::int;
use super::{Made, said, yes};
use std::collections::HashSet;

pub fn lists(name: &str, given: &[Value]) -> Option<Made> {
    let list = |at: usize| match given.get(at) {
        Some(Value::List(list)) => Some(list.to_vec()),
        _ => None,
    };
    let made = |values: Vec<Value>| Some(Ok(Value::list(values)));
    match (name, given.len()) {
        ("list" | "tuple", _) => made(given.to_vec()),
        ("join", 2) => said(strings(&given[1]).join(&given[0].shown())),
        ("first", 1) => Some(Ok(list(0)?.first().cloned().unwrap_or(Value::Nil))),
        ("last", 1) => Some(Ok(list(0)?.last().cloned().unwrap_or(Value::Nil))),
        ("rest", 1) => made(list(0)?.into_iter().skip(1).collect()),
        ("initial", 1) => {
            let mut all = list(0)?;
            all.pop();
            made(all)
        }
        ("append" | "push" | "prepend", 2) => {
            let mut all = list(0)?;
            all.insert(if name == "prepend" { 0 } else { all.len() }, given[1].clone());
            made(all)
        }
        ("reverse", 1) => made(list(0)?.into_iter().rev().collect()),
        ("compact", 1) => made(list(0)?.into_iter().filter(Value::is_true).collect()),
        ("uniq", 1) => {
            let mut seen = HashSet::new();
            let key = |value: &Value| (value.type_name(), value.json(None));
            made(list(0)?.into_iter().filter(|value| seen.insert(key(value))).collect())
        }
        ("without", _) => {
            let others = given.get(1..)?;
            made(list(0)?.into_iter().filter(|value| !others.contains(value)).collect())
        }
        ("sortAlpha", 1) => {
            let mut all = strings(&given[0]);
            all.sort();
            made(all.iter().map(|text| Value::text(text)).collect())
        }
        ("toStrings", 1) => made(strings(&given[0]).iter().map(|text| Value::text(text)).collect()),
        ("has", 2) => yes(matches!(&given[1], Value::List(list) if list.contains(&given[0]))),
        ("concat", _) => {
            let all: Option<Vec<Vec<Value>>> = (0..given.len()).map(list).collect();
            made(all?.concat())
        }
        ("chunk", 2) => {
            let size = usize::try_from(int(&given[0])?).ok().filter(|size| *size > 0)?;
            made(list(1)?.chunks(size).map(|part| Value::list(part.to_vec())).collect())
        }
        ("index", _) => Some(index(given.first()?, &given[1..])),
        ("slice", 1..=3) => Some(slice(&given[0], &given[1..])),
        ("len", 1) => Some(match &given[0] {
            Value::Text(text) => Ok(Value::Int(text.len() as i64)),
            Value::List(list) => Ok(Value::Int(list.len() as i64)),
            Value::Map(map) => Ok(Value::Int(map.len() as i64)),
            other => Err(format!("len of type {}", other.kind())),
        }),
        _ => None,
    }
}

/// The texts of a list, or the one of anything else; what is nothing is left out.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::List(list) => {
            let there = list.iter().filter(|value| !matches!(value, Value::Nil));
            there.map(Value::shown).collect()
        }
        Value::Nil => Vec::new(),
        other => vec![other.shown()],
    }
}

fn index(value: &Value, keys: &[Value]) -> Made {
    keys.iter().try_fold(value.clone(), |value, key| match (&value, key) {
        (Value::List(list), Value::Int(at)) => {
            let found = usize::try_from(*at).ok().and_then(|at| list.get(at));
            found.cloned().ok_or_else(|| format!("index out of range: {at}"))
        }
        (Value::Text(text), Value::Int(at)) => {
            let found = usize::try_from(*at).ok().and_then(|at| text.as_bytes().get(at));
            let byte = found.map(|byte| Value::Int(i64::from(*byte)));
            byte.ok_or_else(|| format!("index out of range: {at}"))
        }
        (Value::Map(map), Value::Text(key)) => Ok(map.get(&**key).cloned().unwrap_or(Value::Nil)),
        (value, _) => Err(format!("can't index item of type {}", value.kind())),
    })
}

fn slice(value: &Value, bounds: &[Value]) -> Made {
    let length = match value {
        Value::Text(text) => text.len(),
        Value::List(list) => list.len(),
        other => return Err(format!("slice of type {}", other.kind())),
    };
    let bound = |at: usize, otherwise: usize| match bounds.get(at) {
        None => Ok(otherwise),
        Some(Value::Int(bound)) => usize::try_from(*bound)
            .ok()
            .filter(|bound| *bound <= length)
            .ok_or_else(|| format!("index out of range: {bound}")),
        Some(other) => Err(format!("cannot index slice/array with type {}", other.kind())),
    };
    let (from, to) = (bound(0, 0)?, bound(1, length)?);
    if from > to {
        return Err(format!("invalid slice index: {from} > {to}"));
    }
    Ok(match value {
        Value::List(list) => Value::list(list[from..to].to_vec()),
        other => {
            let text = other.shown();
            Value::text(&String::from_utf8_lossy(&text.as_bytes()[from..to]))
        }
    })
}

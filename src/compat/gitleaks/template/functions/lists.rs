//! Functions of lists and maps.

use super::super::value::Value;
use super::{Made, said, yes};
use std::collections::BTreeMap;
use std::rc::Rc;

pub fn lists(name: &str, given: &[Value]) -> Option<Made> {
    let list = |at: usize| match given.get(at) {
        Some(Value::List(list)) => Some(list.to_vec()),
        _ => None,
    };
    let made = |values: Vec<Value>| Some(Ok(Value::list(values)));
    match (name, given.len()) {
        ("list" | "tuple", _) => made(given.to_vec()),
        ("join", 2) => {
            let Value::List(values) = &given[1] else { return said(given[1].shown()) };
            let shown: Vec<String> = values.iter().map(Value::shown).collect();
            said(shown.join(&given[0].shown()))
        }
        ("first", 1) => Some(Ok(list(0)?.first().cloned().unwrap_or(Value::Nil))),
        ("last", 1) => Some(Ok(list(0)?.last().cloned().unwrap_or(Value::Nil))),
        ("rest", 1) => made(list(0)?.into_iter().skip(1).collect()),
        ("initial", 1) => {
            let mut all = list(0)?;
            all.pop();
            made(all)
        }
        ("append" | "prepend", 2) => {
            let mut all = list(0)?;
            all.insert(if name == "append" { all.len() } else { 0 }, given[1].clone());
            made(all)
        }
        ("reverse", 1) => made(list(0)?.into_iter().rev().collect()),
        ("compact", 1) => made(list(0)?.into_iter().filter(Value::is_true).collect()),
        ("uniq", 1) => {
            let mut seen = std::collections::HashSet::new();
            made(list(0)?.into_iter().filter(|value| seen.insert(value.json(None))).collect())
        }
        ("without", _) => {
            let others: Vec<String> = given.get(1..)?.iter().map(Value::shown).collect();
            made(list(0)?.into_iter().filter(|value| !others.contains(&value.shown())).collect())
        }
        ("sortAlpha", 1) => {
            let mut all: Vec<String> = list(0)?.iter().map(Value::shown).collect();
            all.sort();
            made(all.iter().map(|text| Value::text(text)).collect())
        }
        ("toStrings", 1) => {
            made(list(0)?.iter().map(|value| Value::text(&value.shown())).collect())
        }
        ("has", 2) => yes(list(1)?.iter().any(|value| value.shown() == given[0].shown())),
        ("dict", count) if count % 2 == 0 => {
            let pairs = given.chunks(2).map(|pair| (pair[0].shown(), pair[1].clone()));
            Some(Ok(Value::Map(Rc::new(pairs.collect()))))
        }
        ("get", 2) | ("hasKey", 2) | ("set", 3) | ("keys", 1) | ("values", 1) => {
            let Value::Map(map) = &given[0] else { return None };
            map_function(name, map, &given[1..])
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

fn map_function(name: &str, map: &Rc<BTreeMap<String, Value>>, given: &[Value]) -> Option<Made> {
    let key = given.first().map(Value::shown).unwrap_or_default();
    Some(Ok(match name {
        "get" => map.get(&key).cloned().unwrap_or_else(|| Value::text("")),
        "hasKey" => Value::Bool(map.contains_key(&key)),
        "set" => {
            let mut changed = (**map).clone();
            changed.insert(key, given.get(1)?.clone());
            Value::Map(Rc::new(changed))
        }
        "keys" => Value::list(map.keys().map(|key| Value::text(key)).collect()),
        _ => Value::list(map.values().cloned().collect()),
    }))
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

//! Functions of maps.

use super::Needs::{Nothing, Outline, Source};
use super::convert::unified;
use super::partial::is_whole;
use super::{Call, Function, MANY, MOST_ELEMENTS, Value, Wrong, function, to_text};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const FUNCTIONS: &[Function] = &[
    function("keys", Outline, (1, 1), |call| {
        Ok(Value::list(call.map(0)?.keys().cloned().map(Value::String).collect()))
    }),
    function("lookup", Nothing, (2, 3), lookup),
    function("map", Nothing, (0, MANY), map),
    function("merge", Source, (0, MANY), merge),
    function("transpose", Outline, (1, 1), transpose),
    function("values", Source, (1, 1), |call| {
        Ok(Value::list(call.map(0)?.values().cloned().collect()))
    }),
    function("zipmap", Outline, (2, 2), zip_map),
];

/// A map of elements of one type, as one of Terraform is.
pub(super) fn typed(entries: &BTreeMap<Arc<str>, Value>) -> Value {
    let mut values: Vec<_> = entries.values().cloned().collect();
    unified(&mut values);
    Value::map(entries.keys().cloned().zip(values).collect())
}

fn lookup(call: &Call) -> Result<Value, Wrong> {
    if call.args[0].is_unknown() {
        return Ok(call.args[0].clone());
    }
    let (entries, key) = (call.map(0)?, call.text(1)?);
    if let Some(found) = entries.get(&key) {
        return Ok(found.clone());
    }
    if !is_whole(&key) || entries.keys().any(|key| !is_whole(key)) {
        return Ok(Value::UNKNOWN);
    }
    call.args.get(2).cloned().ok_or_else(|| call.failed(format!("there is no key `{key}`")))
}

/// Keys and values in turn, as before Terraform 0.12.
fn map(call: &Call) -> Result<Value, Wrong> {
    if call.args.len() % 2 == 1 {
        return Err(call.failed("the last key has no value"));
    }
    let mut entries = BTreeMap::new();
    for (at, pair) in call.args.chunks(2).enumerate() {
        entries.insert(call.text(at * 2)?, pair[1].clone());
    }
    Ok(typed(&entries))
}

/// Later maps win; null is none.
fn merge(call: &Call) -> Result<Value, Wrong> {
    let mut merged = BTreeMap::new();
    for at in (0..call.args.len()).filter(|at| call.args[*at] != Value::Null) {
        let entries = call.map(at)?;
        merged.extend(entries.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    Ok(Value::map(merged))
}

/// From each text in the lists to the keys of those lists that have it.
fn transpose(call: &Call) -> Result<Value, Wrong> {
    let mut keys: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    let mut elements = 0;
    for (key, values) in call.map(0)? {
        let values = match values {
            Value::List(values) => values,
            Value::Unknown(_) => return Ok(Value::UNKNOWN),
            _ => return Err(call.not(0, "a map of lists")),
        };
        elements += values.len();
        if elements > MOST_ELEMENTS {
            return Err(Wrong::TooLarge);
        }
        for value in values.iter() {
            let text = to_text(value).ok_or_else(|| call.not(0, "a map of lists of strings"))?;
            keys.entry(text).or_default().push(Value::String(key.clone()));
        }
    }
    Ok(Value::map(keys.into_iter().map(|(text, keys)| (text, Value::list(keys))).collect()))
}

fn zip_map(call: &Call) -> Result<Value, Wrong> {
    let (keys, values) = (call.texts(0)?, call.list(1)?);
    if keys.len() != values.len() {
        return Err(call.failed("there are not as many keys as values"));
    }
    Ok(Value::map(keys.into_iter().zip(values.iter().cloned()).collect()))
}

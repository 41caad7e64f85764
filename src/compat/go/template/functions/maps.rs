//! Functions of maps. Maps are never changed in place: whoever calls `set` on a variable gives the
//! variable what it makes.

use super::super::value::Value;
use super::{Made, yes};
use std::collections::BTreeMap;

/// The functions that change the map that is their first argument.
pub const CHANGING: &[&str] =
    &["set", "unset", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"];

type Map = BTreeMap<String, Value>;

pub fn maps(name: &str, given: &[Value]) -> Option<Made> {
    let map = |at: usize| match given.get(at) {
        Some(Value::Map(map)) => Some(map),
        _ => None,
    };
    let key = |at: usize| given.get(at).map(Value::shown);
    let made = |map: Map| Some(Ok(Value::map(map)));
    let maps = |from: usize| -> Option<Vec<&Map>> {
        (from..given.len()).map(|at| map(at).map(|map| &***map)).collect()
    };
    let named = || -> Option<Vec<String>> { (1..given.len()).map(key).collect() };
    match (name, given.len()) {
        ("dict", _) => {
            let empty = Value::text("");
            let value = |pair: &[Value]| pair.get(1).unwrap_or(&empty).clone();
            made(given.chunks(2).map(|pair| (pair[0].shown(), value(pair))).collect())
        }
        ("get", 2) => Some(Ok(map(0)?.get(&key(1)?).cloned().unwrap_or_else(|| Value::text("")))),
        ("hasKey", 2) => yes(map(0)?.contains_key(&key(1)?)),
        ("set", 3) => {
            let mut changed = Map::clone(map(0)?);
            changed.insert(key(1)?, given[2].clone());
            made(changed)
        }
        ("unset", 2) => {
            let mut changed = Map::clone(map(0)?);
            changed.remove(&key(1)?);
            made(changed)
        }
        ("pick" | "omit", 1..) => {
            let names = named()?;
            let all = map(0)?.iter().filter(|(key, _)| names.contains(key) == (name == "pick"));
            made(all.map(|(key, value)| (key.clone(), value.clone())).collect())
        }
        ("pluck", 1..) => {
            let all = maps(1)?.into_iter().filter_map(|map| map.get(&key(0)?).cloned());
            Some(Ok(Value::list(all.collect())))
        }
        ("keys", _) => {
            let keys = maps(0)?.into_iter().flat_map(Map::keys);
            Some(Ok(Value::list(keys.map(|key| Value::text(key)).collect())))
        }
        ("values", 1) => Some(Ok(Value::list(map(0)?.values().cloned().collect()))),
        ("deepCopy", 1) => Some(Ok(given[0].clone())),
        ("merge" | "mergeOverwrite", 1..) => {
            let mut all = Map::clone(map(0)?);
            for other in maps(1)? {
                merge(&mut all, other, name == "mergeOverwrite");
            }
            made(all)
        }
        ("dig", 3..) => {
            let (path, rest) = given.split_at(given.len() - 2);
            let mut value = rest[1].clone();
            for key in path {
                let Value::Map(map) = &value else { return None };
                let Some(inner) = map.get(&key.shown()) else { return Some(Ok(rest[0].clone())) };
                value = inner.clone();
            }
            Some(Ok(value))
        }
        _ => None,
    }
}

/// Adds what is missing or empty, all where `over`; maps within are merged likewise. No value is
/// so deep that this goes too deep.
fn merge(into: &mut Map, from: &Map, over: bool) {
    for (key, value) in from {
        match (into.get(key), value) {
            (Some(Value::Map(mine)), Value::Map(other)) => {
                let mut inner = Map::clone(mine);
                merge(&mut inner, other, over);
                into.insert(key.clone(), Value::map(inner));
            }
            (Some(mine), _) if mine.is_true() && !over => {}
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

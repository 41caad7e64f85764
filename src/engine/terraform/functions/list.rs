//! Functions of lists.

use super::Needs::{All, Nothing, Outline, Source};
use super::compare::{identity, same};
use super::convert::unified;
use super::partial::is_known;
use super::{
    Call, Function, MANY, MOST_DEPTH, MOST_ELEMENTS, MOST_VALUES, Value, Wrong, function, to_text,
};
use std::collections::HashSet;

pub(super) const FUNCTIONS: &[Function] = &[
    function("chunklist", Source, (2, 2), chunks),
    function("coalescelist", Nothing, (1, MANY), first_filled),
    function("compact", Source, (1, 1), compact),
    function("concat", Source, (1, MANY), concat),
    function("contains", Nothing, (2, 2), contains),
    function("distinct", Source, (1, 1), |call| Ok(Value::list(unique(call.list(0)?)))),
    function("element", Source, (2, 2), element),
    function("flatten", Source, (1, 1), flatten),
    function("index", Nothing, (2, 2), index),
    function("list", Nothing, (0, MANY), |call| {
        let mut values = call.args.to_vec();
        unified(&mut values);
        Ok(Value::list(values))
    }),
    function("matchkeys", Outline, (3, 3), match_keys),
    function("one", Source, (1, 1), one),
    function("range", All, (1, 3), range),
    function("reverse", Source, (1, 1), |call| {
        Ok(Value::list(call.list(0)?.iter().rev().cloned().collect()))
    }),
    function("slice", Source, (3, 3), slice),
    function("sort", Source, (1, 1), sort),
    function("sum", All, (1, 1), sum),
];

/// Numbers that `range` makes at most, as in Terraform.
const MOST_IN_RANGE: usize = 1024;

/// The values without those that came before.
pub(super) fn unique(values: &[Value]) -> Vec<Value> {
    let mut seen = HashSet::new();
    let new = |value: &&Value| identity(value).is_none_or(|identity| seen.insert(identity));
    values.iter().filter(new).cloned().collect()
}

/// A size of zero makes one chunk.
fn chunks(call: &Call) -> Result<Value, Wrong> {
    let (values, size) = (call.list(0)?, call.count(1)?);
    let size = if size == 0 { values.len().max(1) } else { size };
    Ok(Value::list(values.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect()))
}

fn first_filled(call: &Call) -> Result<Value, Wrong> {
    for (at, arg) in call.args.iter().enumerate() {
        match arg {
            Value::Unknown(_) => return Ok(arg.clone()),
            Value::Null => {}
            _ if call.list(at)?.is_empty() => {}
            _ => return Ok(arg.clone()),
        }
    }
    Err(call.failed("every list is empty"))
}

/// An attribute of a resource is taken to be there, as most that are named so are; of anything else
/// that is unknown nobody knows whether it is one of those to leave out.
fn compact(call: &Call) -> Result<Value, Wrong> {
    let mut kept = Vec::new();
    for value in call.list(0)? {
        match value {
            Value::Unknown(None) => return Ok(Value::UNKNOWN),
            Value::Null => {}
            Value::String(text) if text.is_empty() => {}
            Value::List(_) | Value::Map(_) => return Err(call.not(0, "a list of strings")),
            Value::Unknown(Some(_)) | Value::String(_) => kept.push(value.clone()),
            Value::Bool(_) | Value::Number(_) => kept.extend(to_text(value).map(Value::String)),
        }
    }
    Ok(Value::list(kept))
}

fn concat(call: &Call) -> Result<Value, Wrong> {
    let mut values = Vec::new();
    for at in 0..call.args.len() {
        values.extend_from_slice(call.list(at)?);
        if values.len() > MOST_ELEMENTS {
            return Err(Wrong::TooLarge);
        }
    }
    Ok(Value::list(values))
}

/// One that is there for sure decides, whatever the others may be.
fn contains(call: &Call) -> Result<Value, Wrong> {
    if call.args[0].is_unknown() {
        return Ok(Value::UNKNOWN);
    }
    let mut may_be = false;
    for value in call.list(0)? {
        match same(value, &call.args[1]) {
            Some(true) => return Ok(Value::Bool(true)),
            Some(false) => {}
            None => may_be = true,
        }
    }
    Ok(if may_be { Value::UNKNOWN } else { Value::Bool(false) })
}

fn index(call: &Call) -> Result<Value, Wrong> {
    if call.args[0].is_unknown() {
        return Ok(Value::UNKNOWN);
    }
    for (at, value) in call.list(0)?.iter().enumerate() {
        match same(value, &call.args[1]) {
            Some(true) => return Ok(Value::Number(at as f64)),
            Some(false) => {}
            None => return Ok(Value::UNKNOWN),
        }
    }
    Err(call.failed("the value is not in the list"))
}

/// An index past the end starts again from the other end.
fn element(call: &Call) -> Result<Value, Wrong> {
    let (values, at) = (call.list(0)?, call.whole(1)?);
    match at.checked_rem_euclid(values.len() as i64) {
        Some(at) => Ok(values[at as usize].clone()),
        None => Err(call.failed("the list is empty")),
    }
}

fn flatten(call: &Call) -> Result<Value, Wrong> {
    let mut flat = Vec::new();
    let all_known = flatten_into(call.list(0)?, 0, &mut 0, &mut flat)?;
    Ok(if all_known { Value::list(flat) } else { Value::UNKNOWN })
}

/// Whether it is known of all elements if they are lists: attributes of resources are taken for
/// single values. Empty lists count too: a list of them may be nested so that it takes for ever.
fn flatten_into(
    values: &[Value],
    depth: u32,
    seen: &mut usize,
    flat: &mut Vec<Value>,
) -> Result<bool, Wrong> {
    *seen += values.len();
    if depth > MOST_DEPTH || *seen > MOST_VALUES {
        return Err(Wrong::TooLarge);
    }
    let mut known = true;
    for value in values {
        match value {
            Value::List(inner) => known &= flatten_into(inner, depth + 1, seen, flat)?,
            Value::Unknown(None) => known = false,
            other => flat.push(other.clone()),
        }
    }
    Ok(known)
}

/// The values whose keys are among those searched for.
fn match_keys(call: &Call) -> Result<Value, Wrong> {
    let (values, keys) = (call.list(0)?, call.list(1)?);
    if values.len() != keys.len() {
        return Err(call.failed("there are not as many keys as values"));
    }
    call.list(2)?;
    if !is_known(&call.args[1]) || !is_known(&call.args[2]) {
        return Ok(Value::UNKNOWN);
    }
    let searched: HashSet<_> = call.list(2)?.iter().filter_map(identity).collect();
    let among = |key| identity(key).is_some_and(|identity| searched.contains(&identity));
    let pairs = values.iter().zip(keys).filter(|(_, key)| among(key));
    Ok(Value::list(pairs.map(|(value, _)| value.clone()).collect()))
}

fn one(call: &Call) -> Result<Value, Wrong> {
    match call.list(0)? {
        [] => Ok(Value::Null),
        [only] => Ok(only.clone()),
        _ => Err(call.failed("the list has more than one element")),
    }
}

fn range(call: &Call) -> Result<Value, Wrong> {
    let (start, limit) = match call.args.len() {
        1 => (0.0, call.number(0)?),
        _ => (call.number(0)?, call.number(1)?),
    };
    let step = match call.args.len() {
        3 => call.number(2)?,
        _ if limit < start => -1.0,
        _ => 1.0,
    };
    if start != limit && step == 0.0
        || (step > 0.0 && limit < start)
        || (step < 0.0 && limit > start)
    {
        return Err(call.failed("the step leads away from the limit"));
    }
    let (mut numbers, mut next) = (Vec::new(), start);
    while if limit > start { next < limit } else { next > limit } {
        if numbers.len() == MOST_IN_RANGE {
            return Err(call.failed(format!("there are more than {MOST_IN_RANGE} numbers")));
        }
        numbers.push(Value::Number(next));
        next += step;
    }
    Ok(Value::list(numbers))
}

fn slice(call: &Call) -> Result<Value, Wrong> {
    let (values, start, end) = (call.list(0)?, call.count(1)?, call.count(2)?);
    match values.get(start..end) {
        Some(part) => Ok(Value::list(part.to_vec())),
        None => Err(call.failed("the range is not one of the list")),
    }
}

/// Unknown elements keep their place among the others by their names.
fn sort(call: &Call) -> Result<Value, Wrong> {
    let mut sorted: Vec<_> = call.texts(0)?.into_iter().zip(call.list(0)?).collect();
    sorted.sort_by(|(left, _), (right, _)| left.cmp(right));
    let value = |(text, value): (_, &Value)| {
        if value.is_unknown() { value.clone() } else { Value::String(text) }
    };
    Ok(Value::list(sorted.into_iter().map(value).collect()))
}

fn sum(call: &Call) -> Result<Value, Wrong> {
    let number = |value| super::to_number(value).ok_or_else(|| call.not(0, "a list of numbers"));
    match call.list(0)? {
        [] => Err(call.failed("the list is empty")),
        values => {
            let sum = values.iter().map(number).sum::<Result<f64, _>>()?;
            if !sum.is_finite() {
                Err(call.failed("there is no sum"))
            } else {
                Ok(Value::Number(sum))
            }
        }
    }
}

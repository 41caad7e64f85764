//! Functions of sets, which are lists here: without duplicates, texts and numbers in their order.

use super::Needs::{Outline, Source};
use super::compare::identity;
use super::convert::unified;
use super::list::unique;
use super::partial::is_known;
use super::{Call, Function, MANY, MOST_ELEMENTS, Value, Wrong, function};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

pub(super) const FUNCTIONS: &[Function] = &[
    function("setintersection", Outline, (1, MANY), intersection),
    function("setproduct", Source, (2, MANY), product),
    function("setsubtract", Outline, (2, 2), subtract),
    function("setunion", Source, (1, MANY), union),
];

/// The set of some values.
pub(super) fn set(values: &[Value]) -> Vec<Value> {
    let mut values = values.to_vec();
    unified(&mut values);
    let mut values = unique(&values);
    if values.iter().all(|value| !matches!(value, Value::List(_) | Value::Map(_))) {
        values.sort_by(order);
    }
    values
}

/// Null and what is not known are last.
fn order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) => left.total_cmp(right),
        (Value::String(left), Value::String(right)) => left.cmp(right),
        _ => rank(left).cmp(&rank(right)),
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Bool(_) => 0,
        Value::Number(_) => 1,
        Value::Null => 3,
        Value::Unknown(_) => 4,
        _ => 2,
    }
}

/// The members of a set, to look values up in.
struct Members {
    identities: HashSet<Arc<str>>,
    all_known: bool,
}

impl Members {
    fn of(values: &[Value]) -> Self {
        Self {
            identities: values.iter().filter_map(identity).collect(),
            all_known: values.iter().all(is_known),
        }
    }

    /// Whether a value is a member, as far as that is known.
    fn hold(&self, value: &Value) -> Option<bool> {
        if identity(value).is_some_and(|identity| self.identities.contains(&identity)) {
            return Some(true);
        }
        (self.all_known && (self.identities.is_empty() || is_known(value))).then_some(false)
    }
}

fn intersection(call: &Call) -> Result<Value, Wrong> {
    let mut common = set(call.list(0)?);
    for at in 1..call.args.len() {
        let members = Members::of(&set(call.list(at)?));
        let mut kept = Vec::new();
        for value in common {
            match members.hold(&value) {
                Some(true) => kept.push(value),
                Some(false) => {}
                None => return Ok(Value::UNKNOWN),
            }
        }
        common = kept;
    }
    Ok(Value::list(common))
}

fn subtract(call: &Call) -> Result<Value, Wrong> {
    let members = Members::of(&set(call.list(1)?));
    let mut kept = Vec::new();
    for value in set(call.list(0)?) {
        match members.hold(&value) {
            Some(true) => {}
            Some(false) => kept.push(value),
            None => return Ok(Value::UNKNOWN),
        }
    }
    Ok(Value::list(kept))
}

fn union(call: &Call) -> Result<Value, Wrong> {
    let mut values = Vec::new();
    for at in 0..call.args.len() {
        values.extend_from_slice(call.list(at)?);
        if values.len() > MOST_ELEMENTS {
            return Err(Wrong::TooLarge);
        }
    }
    Ok(Value::list(set(&values)))
}

/// Every way to take one element of each.
fn product(call: &Call) -> Result<Value, Wrong> {
    let sets = (0..call.args.len()).map(|at| call.list(at)).collect::<Result<Vec<_>, _>>()?;
    let mut ways: Vec<Vec<Value>> = vec![Vec::new()];
    for set in sets {
        let mut set = set.to_vec();
        unified(&mut set);
        if ways.len().saturating_mul(set.len()).saturating_mul(call.args.len()) > MOST_ELEMENTS {
            return Err(Wrong::TooLarge);
        }
        let longer = |way: &Vec<Value>| {
            let way = way.clone();
            set.iter().map(move |value| way.iter().chain([value]).cloned().collect())
        };
        ways = ways.iter().flat_map(longer).collect();
    }
    Ok(Value::list(ways.into_iter().map(Value::list).collect()))
}

//! Functions of numbers.

use super::super::value::Value;
use super::values::joined;
use super::{LONGEST, Made, said};

pub fn numbers(name: &str, given: &[Value]) -> Option<Made> {
    let ints = || -> Option<Vec<i64>> { given.iter().map(int).collect() };
    let int = |number: Option<i64>| {
        Some(number.map(Value::Int).ok_or_else(|| "a number is out of range".to_owned()))
    };
    let fold = |with: fn(i64, i64) -> Option<i64>| {
        let ints = ints()?;
        let (first, rest) = ints.split_first()?;
        int(rest.iter().try_fold(*first, |sum, number| with(sum, *number)))
    };
    match name {
        "add" => fold(i64::checked_add),
        "sub" => fold(i64::checked_sub),
        "mul" => fold(i64::checked_mul),
        "div" => fold(i64::checked_div),
        "mod" => fold(i64::checked_rem),
        "max" => fold(|one, other| Some(one.max(other))),
        "min" => fold(|one, other| Some(one.min(other))),
        "add1" => int(ints()?.first()?.checked_add(1)),
        "int" | "int64" | "atoi" => int(ints()?.first().copied()),
        "float64" => Some(Ok(Value::Float(float(given.first()?)?))),
        "floor" => Some(Ok(Value::Float(float(given.first()?)?.floor()))),
        "ceil" => Some(Ok(Value::Float(float(given.first()?)?.ceil()))),
        "round" => {
            let scale = 10_f64.powf(float(given.get(1)?)?);
            Some(Ok(Value::Float((float(given.first()?)? * scale).round() / scale)))
        }
        "until" | "seq" => {
            let last = *ints()?.last()?;
            let (from, to) = if name == "until" { (0, last) } else { (1, last.saturating_add(1)) };
            if to.saturating_sub(from) > (LONGEST / 64) as i64 {
                return Some(Err("what it makes is too long".to_owned()));
            }
            let all: Vec<Value> = (from..to).map(Value::Int).collect();
            match name {
                "until" => Some(Ok(Value::list(all))),
                _ => said(joined(&all, |text| text.to_owned())),
            }
        }
        _ => None,
    }
}

fn int(value: &Value) -> Option<i64> {
    match value {
        Value::Text(text) => Some(text.parse().unwrap_or_default()),
        Value::Bool(yes) => Some(i64::from(*yes)),
        other => other.number().map(|number| number as i64),
    }
}

fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Text(text) => Some(text.parse().unwrap_or_default()),
        other => other.number(),
    }
}

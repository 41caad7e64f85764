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
        let Some((first, rest)) = ints.split_first() else { return int(Some(0)) };
        int(rest.iter().try_fold(*first, |sum, number| with(sum, *number)))
    };
    match name {
        "add" => fold(i64::checked_add),
        "sub" => fold(i64::checked_sub),
        "mul" => fold(i64::checked_mul),
        "div" => fold(i64::checked_div),
        "mod" => fold(i64::checked_rem),
        "max" | "biggest" => fold(|one, other| Some(one.max(other))),
        "min" => fold(|one, other| Some(one.min(other))),
        "add1" => int(ints()?.first()?.checked_add(1)),
        "int" | "int64" | "atoi" => int(ints()?.first().copied()),
        "float64" => Some(Ok(Value::Float(float(given.first()?)?))),
        "floor" => Some(Ok(Value::Float(float(given.first()?)?.floor()))),
        "ceil" => Some(Ok(Value::Float(float(given.first()?)?.ceil()))),
        "round" => {
            let scale = 10_f64.powf(float(given.get(1)?)?);
            let scaled = float(given.first()?)? * scale;
            let up = given.get(2).map_or(Some(0.5), float)?;
            let whole = if scaled.fract() >= up { scaled.ceil() } else { scaled.floor() };
            Some(Ok(Value::Float(whole / scale)))
        }
        "add1f" => Some(Ok(Value::Float(exact(float(given.first()?)? + 1.0)))),
        "addf" => floats(given, Some(0.0), |one, other| one + other),
        "subf" => floats(given, None, |one, other| one - other),
        "mulf" => floats(given, None, |one, other| one * other),
        "divf" if given.iter().skip(1).any(|value| float(value) == Some(0.0)) => {
            Some(Err("decimal division by 0".to_owned()))
        }
        "divf" => floats(given, None, |one, other| one / other),
        "maxf" => floats(given, None, f64::max),
        "minf" => floats(given, None, f64::min),
        "toDecimal" => {
            let octal = i64::from_str_radix(&given.first()?.shown(), 8);
            Some(Ok(Value::Int(octal.unwrap_or_default())))
        }
        "until" => {
            let to = *ints()?.first()?;
            steps(0, to, if to < 0 { -1 } else { 1 })
        }
        "untilStep" => match ints()?[..] {
            [from, to, step] => steps(from, to, step),
            _ => None,
        },
        "seq" => {
            let (from, step, last) = match ints()?[..] {
                [last] => (1, 0, last),
                [from, last] => (from, 0, last),
                [from, step, last] if last >= from || step <= 0 => (from, step, last),
                _ => return said(""),
            };
            let way = if last < from { -1 } else { 1 };
            let step = if given.len() < 3 { way } else { step };
            match steps(from, last.saturating_add(way), step)? {
                Ok(Value::List(all)) => said(joined(&all, |text| text.to_owned())),
                other => Some(other),
            }
        }
        _ => None,
    }
}

/// The numbers from one to another, without that.
fn steps(from: i64, to: i64, step: i64) -> Option<Made> {
    let goes = if to < from { step < 0 } else { step > 0 };
    let count = from.abs_diff(to).div_ceil(step.unsigned_abs().max(1));
    match count > (LONGEST / 64) as u64 {
        _ if !goes => Some(Ok(Value::list(Vec::new()))),
        true => Some(Err("what it makes is too long".to_owned())),
        false => {
            let all = (0..count as i64).map(|at| Value::Int(from + at * step));
            Some(Ok(Value::list(all.collect())))
        }
    }
}

fn floats(given: &[Value], first: Option<f64>, with: fn(f64, f64) -> f64) -> Option<Made> {
    let mut all = first.into_iter().map(Some).chain(given.iter().map(float));
    let first = all.next()??;
    let sum = all.try_fold(first, |sum, number| Some(exact(with(sum, number?))))?;
    Some(Ok(Value::Float(sum)))
}

/// Without what stands behind the fifteenth digit only because the number is binary.
fn exact(number: f64) -> f64 {
    let short: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    if (short - number).abs() <= number.abs() * f64::EPSILON { short } else { number }
}

/// What sprig takes for a whole number; 0 where a text is none.
pub fn int(value: &Value) -> Option<i64> {
    match value {
        Value::Text(text) => Some(match text.strip_prefix("0x") {
            Some(digits) => i64::from_str_radix(digits, 16).unwrap_or_default(),
            None => text.parse().unwrap_or_default(),
        }),
        Value::Bool(yes) => Some(i64::from(*yes)),
        Value::Nil => Some(0),
        other => other.number().map(|number| number as i64),
    }
}

fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Text(text) => Some(text.parse().unwrap_or_default()),
        other => other.number(),
    }
}

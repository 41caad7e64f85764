//! Functions of numbers.

use super::Needs::All;
use super::{Call, Function, MANY, Value, Wrong, function};

pub(super) const FUNCTIONS: &[Function] = &[
    function("abs", All, (1, 1), |call| number(call, f64::abs)),
    function("ceil", All, (1, 1), |call| number(call, f64::ceil)),
    function("floor", All, (1, 1), |call| number(call, f64::floor)),
    function("log", All, (2, 2), |call| result(call, call.number(0)?.ln() / call.number(1)?.ln())),
    function("max", All, (1, MANY), |call| extreme(call, f64::max)),
    function("min", All, (1, MANY), |call| extreme(call, f64::min)),
    function("parseint", All, (2, 2), parse_int),
    function("pow", All, (2, 2), |call| result(call, call.number(0)?.powf(call.number(1)?))),
    function("signum", All, (1, 1), |call| {
        number(call, |number| if number == 0.0 { 0.0 } else { number.signum() })
    }),
];

/// A number; one without end has no value.
fn result(call: &Call, number: f64) -> Result<Value, Wrong> {
    if !number.is_finite() {
        return Err(call.failed("there is no such number"));
    }
    Ok(Value::Number(number))
}

fn number(call: &Call, of: fn(f64) -> f64) -> Result<Value, Wrong> {
    result(call, of(call.number(0)?))
}

fn extreme(call: &Call, of: fn(f64, f64) -> f64) -> Result<Value, Wrong> {
    let mut found = call.number(0)?;
    for at in 1..call.args.len() {
        found = of(found, call.number(at)?);
    }
    result(call, found)
}

/// Digits are `0`-`9`, `a`-`z` and `A`-`Z`; up to base 36 both cases are one, as in Go's `big.Int`.
fn parse_int(call: &Call) -> Result<Value, Wrong> {
    let (text, base) = (call.text(0)?, call.whole(1)?);
    if !(2..=62).contains(&base) {
        return Err(call.failed("the base is from 2 to 62"));
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, text.strip_prefix('+').unwrap_or(&text)),
    };
    let digit = |digit: char| match digit {
        '0'..='9' => Some(digit as i64 - '0' as i64),
        'a'..='z' => Some(digit as i64 - 'a' as i64 + 10),
        'A'..='Z' if base <= 36 => Some(digit as i64 - 'A' as i64 + 10),
        'A'..='Z' => Some(digit as i64 - 'A' as i64 + 36),
        _ => None,
    };
    let add = |so_far: f64, next| {
        digit(next).filter(|digit| *digit < base).map(|digit| so_far * base as f64 + digit as f64)
    };
    match digits.chars().try_fold(0.0, add) {
        Some(number) if !digits.is_empty() => result(call, sign * number),
        _ => Err(call.failed(format!("the text is no whole number in base {base}"))),
    }
}

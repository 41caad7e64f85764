//! Numbers as the verbs of `format` write them, which are Go's.

use super::convert::number_text;
use super::format::Verb;

/// Digits after the point, at most: a double has no more than this before they are all zero.
const MOST_DIGITS: usize = 1100;

/// The sign that goes before a number.
fn sign(verb: &Verb, negative: bool) -> &'static str {
    match (negative, verb.plus, verb.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    }
}

/// A whole number in base 2, 8, 10 or 16; `None` for one with a fraction, or beyond 128 bits.
pub(super) fn integer(verb: &Verb, number: f64) -> Option<String> {
    if number.fract() != 0.0 || number.abs() >= 2f64.powi(127) {
        return None;
    }
    let whole = (number as i128).unsigned_abs();
    let digits = match (verb.letter, verb.sharp) {
        ('b', _) => format!("{whole:b}"),
        ('o', false) => format!("{whole:o}"),
        ('o', true) => format!("0{whole:o}"),
        ('x', false) => format!("{whole:x}"),
        ('x', true) => format!("{whole:#x}"),
        ('X', false) => format!("{whole:X}"),
        ('X', true) => format!("0X{whole:X}"),
        _ => whole.to_string(),
    };
    let least = verb.precision.unwrap_or(0).min(MOST_DIGITS);
    Some(format!("{}{digits:0>least$}", sign(verb, number < 0.0)))
}

/// A number with a point or an exponent; `None` for one without end, or more digits than there can
/// be.
pub(super) fn float(verb: &Verb, number: f64) -> Option<String> {
    if !number.is_finite() || verb.precision.is_some_and(|precision| precision > MOST_DIGITS) {
        return None;
    }
    let (size, digits) = (number.abs(), verb.precision.unwrap_or(6));
    let written = match verb.letter {
        'f' => format!("{size:.digits$}"),
        'e' => exponent(&format!("{size:.digits$e}"), false),
        'E' => exponent(&format!("{size:.digits$e}"), true),
        letter => match verb.precision {
            None => shortest(size, letter == 'G'),
            Some(digits) => significant(size, digits.max(1), letter == 'G'),
        },
    };
    Some(format!("{}{written}", sign(verb, number < 0.0)))
}

/// As few digits as tell a number from its neighbours, with an exponent for those of more
/// than six before the point or of four zeros behind it.
pub(super) fn shortest(number: f64, upper: bool) -> String {
    let scientific = format!("{number:e}");
    let power = scientific.split_once('e').map_or("0", |(_, power)| power);
    let power: i32 = power.parse().unwrap_or(0);
    if (-4..6).contains(&power) {
        return number_text(number);
    }
    exponent(&scientific, upper)
}

/// So many significant digits, without zeros at the end.
fn significant(number: f64, digits: usize, upper: bool) -> String {
    let rounded = format!("{:.*e}", digits - 1, number);
    let (mantissa, power) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if power < -4 || power >= digits as i32 {
        return exponent(&format!("{}e{power}", trimmed(mantissa)), upper);
    }
    let after = (digits as i32 - 1 - power).max(0) as usize;
    trimmed(&format!("{number:.after$}"))
}

/// `1.5e3` as `1.5e+03`.
fn exponent(text: &str, upper: bool) -> String {
    let (mantissa, power) = text.split_once('e').unwrap_or((text, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let letter = if upper { 'E' } else { 'e' };
    let sign = if power < 0 { '-' } else { '+' };
    format!("{mantissa}{letter}{sign}{:02}", power.abs())
}

//! `printf`, with the verbs of Go's.

use super::super::value::Value;

pub fn printf(format: &str, given: &[Value]) -> String {
    let mut out = String::new();
    let mut given = given.iter();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once('%') {
        out += before;
        let end = after.find(|c: char| !"+-# 0123456789.".contains(c)).unwrap_or(after.len());
        let (flags, verb) = after.split_at(end);
        let Some(letter) = verb.chars().next() else {
            return out + "%!(NOVERB)";
        };
        rest = &verb[letter.len_utf8()..];
        if letter == '%' {
            out.push('%');
            continue;
        }
        out += &match given.next() {
            Some(value) => formatted(flags, letter, value),
            None => format!("%!{letter}(MISSING)"),
        };
    }
    out += rest;
    let extra: Vec<String> = given.map(|it| format!("{}={}", it.kind(), it.shown())).collect();
    if !extra.is_empty() {
        out += &format!("%!(EXTRA {})", extra.join(", "));
    }
    out
}

/// One value by one verb.
fn formatted(flags: &str, verb: char, value: &Value) -> String {
    let (width, precision) = flags.split_once('.').unwrap_or((flags, ""));
    let is_left = width.contains('-');
    let is_zeroed = width.trim_start_matches(['+', '#', ' ']).starts_with('0') && !is_left;
    let width_text = width;
    let width = width.trim_start_matches(['+', '-', '#', ' ', '0']).parse().unwrap_or(0_usize);
    let width = width.min(1000);
    let places = precision.parse::<usize>().ok().map(|places| places.min(1000));
    let wrong = || format!("%!{verb}({}={})", value.kind(), value.shown());
    let text = match (verb, value) {
        ('v', value) => value.shown(),
        ('s' | 'd' | 'q', Value::List(list)) => {
            let each: Vec<String> = list.iter().map(|value| formatted("", verb, value)).collect();
            format!("[{}]", each.join(" "))
        }
        ('d', Value::Int(number)) if width_text.contains('+') => format!("{number:+}"),
        ('U', Value::Int(number)) => format!("U+{number:04X}"),
        ('e', Value::Float(_) | Value::Single(_)) => {
            let number = value.number().unwrap_or_default();
            let text = format!("{number:.*e}", places.unwrap_or(6));
            let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let exponent: i32 = exponent.parse().unwrap_or_default();
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.abs())
        }
        ('s', Value::Text(text)) => match places {
            Some(places) => text.chars().take(places).collect(),
            None => text.to_string(),
        },
        ('s', value @ (Value::Map(_) | Value::Record(_) | Value::Time(_))) => value.shown(),
        ('q', Value::Text(text)) => format!("{text:?}"),
        ('t', Value::Bool(yes)) => yes.to_string(),
        ('T', value) => value.kind().to_owned(),
        ('d', Value::Int(number)) => number.to_string(),
        ('x', Value::Int(number)) => format!("{number:x}"),
        ('X', Value::Int(number)) => format!("{number:X}"),
        ('x', Value::Text(text)) => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ('c', Value::Int(number)) => {
            u32::try_from(*number).ok().and_then(char::from_u32).unwrap_or('\u{fffd}').to_string()
        }
        ('f' | 'F', value) => match value {
            Value::Float(_) | Value::Single(_) => {
                format!("{:.*}", places.unwrap_or(6), value.number().unwrap_or_default())
            }
            _ => wrong(),
        },
        ('g', Value::Float(_) | Value::Single(_)) => value.shown(),
        _ => wrong(),
    };
    match (is_left, is_zeroed) {
        (true, _) => format!("{text:<width$}"),
        (_, true) => match text.strip_prefix('-') {
            Some(digits) => format!("-{digits:0>0$}", width.saturating_sub(1)),
            None => format!("{text:0>width$}"),
        },
        _ => format!("{text:>width$}"),
    }
}

//! What a template can call: Go's own functions, and those of sprig that reports use. Arguments
//! stand in the order of the template, what is piped in last.

use super::value::Value;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The longest text that a function makes, in bytes; also the longest list.
const LONGEST: usize = 16 << 20;

/// The names of all functions.
const NAMES: &[&str] = &[
    "abbrev",
    "add",
    "add1",
    "and",
    "append",
    "atoi",
    "b64dec",
    "b64enc",
    "base",
    "cat",
    "ceil",
    "coalesce",
    "compact",
    "contains",
    "date",
    "default",
    "dict",
    "dir",
    "div",
    "empty",
    "eq",
    "ext",
    "fail",
    "first",
    "float64",
    "floor",
    "ge",
    "get",
    "gt",
    "has",
    "hasKey",
    "hasPrefix",
    "hasSuffix",
    "html",
    "indent",
    "index",
    "initial",
    "int",
    "int64",
    "join",
    "js",
    "keys",
    "kindOf",
    "last",
    "le",
    "len",
    "list",
    "lower",
    "lt",
    "max",
    "min",
    "mod",
    "mul",
    "ne",
    "nindent",
    "nospace",
    "not",
    "now",
    "or",
    "plural",
    "prepend",
    "print",
    "printf",
    "println",
    "quote",
    "regexMatch",
    "regexReplaceAll",
    "repeat",
    "replace",
    "rest",
    "reverse",
    "round",
    "seq",
    "set",
    "sha256sum",
    "slice",
    "snakecase",
    "sortAlpha",
    "split",
    "splitList",
    "squote",
    "sub",
    "substr",
    "ternary",
    "title",
    "toJson",
    "toPrettyJson",
    "toRawJson",
    "toString",
    "toStrings",
    "trim",
    "trimAll",
    "trimPrefix",
    "trimSuffix",
    "trunc",
    "tuple",
    "uniq",
    "until",
    "upper",
    "urlquery",
    "values",
    "without",
    "wrap",
];

/// Whether there is a function of that name.
pub fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
}

type Made = Result<Value, String>;

/// Calls a function.
///
/// # Errors
/// Its arguments are none that it takes.
pub fn call(name: &str, given: &[Value]) -> Made {
    let made = texts(name, given)
        .or_else(|| numbers(name, given))
        .or_else(|| lists(name, given))
        .or_else(|| others(name, given));
    let value = made.unwrap_or_else(|| Err("wrong number or kind of arguments".to_owned()))?;
    match &value {
        Value::Text(text) if text.len() > LONGEST => Err("what it makes is too long".to_owned()),
        Value::List(list) if list.len() > LONGEST / 64 => {
            Err("what it makes is too long".to_owned())
        }
        _ => Ok(value),
    }
}

fn said(text: impl AsRef<str>) -> Option<Made> {
    Some(Ok(Value::text(text.as_ref())))
}

fn yes(is: bool) -> Option<Made> {
    Some(Ok(Value::Bool(is)))
}

/// Functions whose last argument is a text.
fn texts(name: &str, given: &[Value]) -> Option<Made> {
    let (last, before) = given.split_last()?;
    let text = &*last.shown();
    let argument = |at: usize| before.get(at).map(Value::shown);
    let count =
        |at: usize| before.get(at).and_then(Value::number).map(|number| number.max(0.0) as usize);
    match (name, before.len()) {
        ("upper", 0) => said(text.to_uppercase()),
        ("lower", 0) => said(text.to_lowercase()),
        ("title", 0) => said(title(text)),
        ("trim", 0) => said(text.trim()),
        ("nospace", 0) => said(text.split_whitespace().collect::<String>()),
        ("toString", 0) => said(text),
        ("snakecase", 0) => said(snake(text)),
        ("html", 0) => said(html(text)),
        ("js", 0) => said(javascript(text)),
        ("urlquery", 0) => said(query(text)),
        ("b64enc", 0) => {
            use base64::Engine;
            said(base64::engine::general_purpose::STANDARD.encode(text))
        }
        ("b64dec", 0) => {
            use base64::Engine;
            let decoded = base64::engine::general_purpose::STANDARD.decode(text);
            decoded.map_or_else(
                |error| said(error.to_string()),
                |it| said(String::from_utf8_lossy(&it)),
            )
        }
        ("sha256sum", 0) => {
            use sha2::Digest;
            said(
                sha2::Sha256::digest(text)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect::<String>(),
            )
        }
        ("base", 0) => said(text.rsplit('/').find(|part| !part.is_empty()).unwrap_or(".")),
        ("dir", 0) => said(text.rsplit_once('/').map_or(".", |(dir, _)| dir)),
        ("ext", 0) => {
            let name = text.rsplit('/').next().unwrap_or_default();
            said(name.rfind('.').map_or("", |at| &name[at..]))
        }
        ("quote", _) => said(joined(given, |text| format!("{text:?}"))),
        ("squote", _) => said(joined(given, |text| format!("'{text}'"))),
        ("cat", _) => said(joined(given, |text| text.to_owned())),
        ("trimAll", 1) => {
            let set = argument(0)?;
            said(text.trim_matches(|c| set.contains(c)))
        }
        ("trimPrefix", 1) => said(text.strip_prefix(&*argument(0)?).unwrap_or(text)),
        ("trimSuffix", 1) => said(text.strip_suffix(&*argument(0)?).unwrap_or(text)),
        ("hasPrefix", 1) => yes(text.starts_with(&*argument(0)?)),
        ("hasSuffix", 1) => yes(text.ends_with(&*argument(0)?)),
        ("contains", 1) => yes(text.contains(&*argument(0)?)),
        ("replace", 2) => {
            let (from, to) = (argument(0)?, argument(1)?);
            let most = text.len().saturating_add(1).saturating_mul(to.len() + 1);
            match most > LONGEST * 4 {
                true => Some(Err("what it makes is too long".to_owned())),
                false => said(text.replace(&from, &to)),
            }
        }
        ("repeat", 1) => match count(0)?.saturating_mul(text.len()) > LONGEST {
            true => Some(Err("what it makes is too long".to_owned())),
            false => said(text.repeat(count(0)?)),
        },
        ("trunc", 1) => {
            let most = before[0].number()? as i64;
            let length = text.chars().count();
            match usize::try_from(most) {
                Ok(most) => said(text.chars().take(most).collect::<String>()),
                Err(_) => {
                    let skipped = length.saturating_sub(most.unsigned_abs() as usize);
                    said(text.chars().skip(skipped).collect::<String>())
                }
            }
        }
        ("abbrev", 1) => match text.chars().count() > count(0)? && count(0)? >= 4 {
            true => said(format!("{}...", text.chars().take(count(0)? - 3).collect::<String>())),
            false => said(text),
        },
        ("substr", 2) => {
            let (from, to) = (count(0)?, before[1].number()?);
            let to = if to < 0.0 { usize::MAX } else { to as usize };
            said(text.chars().take(to).skip(from).collect::<String>())
        }
        ("indent" | "nindent", 1) => {
            let pad = " ".repeat(count(0)?.min(1000));
            let indented = format!("{pad}{}", text.replace('\n', &format!("\n{pad}")));
            said(if name == "nindent" { format!("\n{indented}") } else { indented })
        }
        ("wrap", 1) => said(wrap(text, count(0)?)),
        ("splitList", 1) => Some(Ok(parts(text, &argument(0)?))),
        ("split", 1) => {
            let Value::List(parts) = parts(text, &argument(0)?) else { return None };
            let named = parts.iter().enumerate();
            let map = named.map(|(at, part)| (format!("_{at}"), part.clone())).collect();
            Some(Ok(Value::Map(Rc::new(map))))
        }
        ("regexMatch", 1) => match regex::Regex::new(&argument(0)?) {
            Ok(regex) => yes(regex.is_match(text)),
            Err(error) => Some(Err(error.to_string())),
        },
        // sprig has the text before what replaces it.
        ("regexReplaceAll", 2) => match regex::Regex::new(&argument(0)?) {
            Ok(regex) => said(regex.replace_all(&argument(1)?, text)),
            Err(error) => Some(Err(error.to_string())),
        },
        ("plural", 2) => said(if last.number()? == 1.0 { argument(0)? } else { argument(1)? }),
        ("fail", 0) => Some(Err(text.to_owned())),
        ("date", 1) => {
            let time = text.parse::<jiff::Timestamp>().ok()?;
            said(date(&argument(0)?, time))
        }
        _ => None,
    }
}

fn numbers(name: &str, given: &[Value]) -> Option<Made> {
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

fn lists(name: &str, given: &[Value]) -> Option<Made> {
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

fn others(name: &str, given: &[Value]) -> Option<Made> {
    match (name, given.len()) {
        ("print", _) => {
            let mut out = String::new();
            for (at, value) in given.iter().enumerate() {
                let texts = |at: usize| matches!(given.get(at), Some(Value::Text(_)));
                if at > 0 && !texts(at) && !texts(at - 1) {
                    out.push(' ');
                }
                out += &value.shown();
            }
            said(out)
        }
        ("println", _) => said(joined(given, |text| text.to_owned()) + "\n"),
        ("printf", 1..) => said(printf(&given[0].shown(), &given[1..])),
        ("not", 1) => yes(!given[0].is_true()),
        ("empty", 1) => yes(!given[0].is_true()),
        ("default", 2) => {
            Some(Ok(if given[1].is_true() { given[1].clone() } else { given[0].clone() }))
        }
        ("coalesce", _) => {
            Some(Ok(given.iter().find(|value| value.is_true()).cloned().unwrap_or(Value::Nil)))
        }
        ("ternary", 3) => Some(Ok(given[usize::from(!given[2].is_true())].clone())),
        ("kindOf", 1) => said(given[0].kind()),
        ("toJson" | "toRawJson", 1) => said(given[0].json(None)),
        ("toPrettyJson", 1) => said(given[0].json(Some("  "))),
        ("now", 0) => said(crate::clock::now().to_string()),
        ("eq", 2..) => Some(any_equal(&given[0], &given[1..])),
        ("ne", 2) => Some(any_equal(&given[0], &given[1..]).map(|is| Value::Bool(!is.is_true()))),
        ("lt" | "le" | "gt" | "ge", 2) => Some(compare(&given[0], &given[1]).map(|order| {
            Value::Bool(match name {
                "lt" => order.is_lt(),
                "le" => order.is_le(),
                "gt" => order.is_gt(),
                _ => order.is_ge(),
            })
        })),
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

fn any_equal(one: &Value, others: &[Value]) -> Made {
    for other in others {
        let is_equal = match (one, other) {
            (Value::Nil, other) | (other, Value::Nil) => matches!(other, Value::Nil),
            (Value::Bool(one), Value::Bool(other)) => one == other,
            (one, other) => compare(one, other)?.is_eq(),
        };
        if is_equal {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn compare(one: &Value, other: &Value) -> Result<Ordering, String> {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => Ok(one.cmp(other)),
        (Value::Int(one), Value::Int(other)) => Ok(one.cmp(other)),
        (Value::Float(_) | Value::Single(_), Value::Float(_) | Value::Single(_)) => {
            let order = one.number().partial_cmp(&other.number());
            order.ok_or_else(|| "incompatible types for comparison".to_owned())
        }
        _ => Err("incompatible types for comparison".to_owned()),
    }
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

fn joined(values: &[Value], shown: impl Fn(&str) -> String) -> String {
    let there = values.iter().filter(|value| !matches!(value, Value::Nil));
    there.map(|value| shown(&value.shown())).collect::<Vec<_>>().join(" ")
}

fn parts(text: &str, separator: &str) -> Value {
    match separator {
        "" => Value::list(text.chars().map(|c| Value::text(&c.to_string())).collect()),
        separator => Value::list(text.split(separator).map(Value::text).collect()),
    }
}

fn title(text: &str) -> String {
    let mut starts = true;
    let one = |c: char| {
        let shown = if starts { c.to_uppercase().collect::<String>() } else { c.to_string() };
        starts = !c.is_alphanumeric() && c != '_' && c != '\'';
        shown
    };
    text.chars().map(one).collect()
}

fn snake(text: &str) -> String {
    let mut snake = String::new();
    let mut was_lower = false;
    for c in text.chars() {
        match c {
            '-' | ' ' | '_' => snake.push('_'),
            c if c.is_uppercase() => {
                if was_lower {
                    snake.push('_');
                }
                snake.extend(c.to_lowercase());
            }
            c => snake.push(c),
        }
        was_lower = c.is_lowercase() || c.is_ascii_digit();
    }
    snake
}

fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => escaped += "&#34;",
            '\'' => escaped += "&#39;",
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '\0' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

fn javascript(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => escaped += r"\\",
            '\'' => escaped += r"\'",
            '"' => escaped += "\\\"",
            '<' | '>' | '&' | '=' | '\0'..='\u{1f}' => {
                escaped += &format!("\\u{:04X}", u32::from(c));
            }
            c => escaped.push(c),
        }
    }
    escaped
}

fn query(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        b' ' => "+".to_owned(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

fn wrap(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// A time by a layout of Go's: the parts of Monday, 2 January 2006, 15:04:05.
fn date(layout: &str, time: jiff::Timestamp) -> String {
    const PARTS: [(&str, &str); 14] = [
        ("January", "%B"),
        ("Monday", "%A"),
        ("2006", "%Y"),
        ("Z07:00", "%:z"),
        ("MST", "%Z"),
        ("Jan", "%b"),
        ("Mon", "%a"),
        ("01", "%m"),
        ("02", "%d"),
        ("15", "%H"),
        ("03", "%I"),
        ("04", "%M"),
        ("05", "%S"),
        ("PM", "%p"),
    ];
    let mut format = String::new();
    let mut rest = layout;
    while let Some(c) = rest.chars().next() {
        match PARTS.iter().find(|(part, _)| rest.starts_with(part)) {
            Some((part, directive)) => {
                format += directive;
                rest = &rest[part.len()..];
            }
            None => {
                format += if c == '%' { "%%" } else { &rest[..c.len_utf8()] };
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    time.to_zoned(jiff::tz::TimeZone::system()).strftime(&format).to_string()
}

fn printf(format: &str, given: &[Value]) -> String {
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
    let width = width.trim_start_matches(['+', '-', '#', ' ', '0']).parse().unwrap_or(0_usize);
    let width = width.min(1000);
    let places = precision.parse::<usize>().ok().map(|places| places.min(1000));
    let wrong = || format!("%!{verb}({}={})", value.kind(), value.shown());
    let text = match (verb, value) {
        ('v', value) => value.shown(),
        ('s', Value::Text(text)) => match places {
            Some(places) => text.chars().take(places).collect(),
            None => text.to_string(),
        },
        ('s', value @ (Value::List(_) | Value::Map(_) | Value::Record(_))) => value.shown(),
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

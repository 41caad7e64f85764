//! Functions of texts, a date by a layout among them.

use super::super::value::Value;
use super::values::joined;
use super::{LONGEST, Made, said, yes};
use std::rc::Rc;

/// Functions whose last argument is a text.
pub fn texts(name: &str, given: &[Value]) -> Option<Made> {
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

pub fn html(text: &str) -> String {
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

pub fn javascript(text: &str) -> String {
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

pub fn query(text: &str) -> String {
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

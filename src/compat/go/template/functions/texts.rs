//! Functions of texts, a date by a layout among them.

use super::super::value::Value;
use super::numbers::int;
use super::values::joined;
use super::{LONGEST, Made, said, yes};
use crate::compat::go::{cleaned, xml};

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
        ("title", 0) => said(each_start(text, char::to_uppercase)),
        ("trim", 0) => said(text.trim()),
        ("nospace", 0) => said(text.split_whitespace().collect::<String>()),
        ("toString", 0) => said(text),
        ("snakecase", 0) => said(snake(text)),
        ("html" | "escapeString", 0) => said(html(text)),
        ("escapeXML", 0) => said(xml::escaped(text)),
        ("endWithPeriod", 0) => match text.ends_with('.') {
            true => said(text),
            false => said(format!("{text}.")),
        },
        ("js", 0) => said(javascript(text)),
        ("urlquery", 0) => said(query(text)),
        ("base" | "osBase", 0) => said(match text.trim_end_matches('/') {
            "" if text.is_empty() => ".",
            "" => "/",
            path => path.rsplit('/').next().unwrap_or(path),
        }),
        ("dir" | "osDir", 0) => said(cleaned(
            text.rsplit_once('/').map_or("", |(dir, _)| if dir.is_empty() { "/" } else { dir }),
        )),
        ("clean" | "osClean", 0) => said(cleaned(text)),
        ("ext" | "osExt", 0) => {
            let name = text.rsplit('/').next().unwrap_or_default();
            said(name.rfind('.').map_or("", |at| &name[at..]))
        }
        ("isAbs" | "osIsAbs", 0) => yes(text.starts_with('/')),
        ("untitle", 0) => said(each_start(text, char::to_lowercase)),
        ("swapcase", 0) => said(swapped(text)),
        ("initials", 0) => {
            said(text.split_whitespace().filter_map(|word| word.chars().next()).collect::<String>())
        }
        ("kebabcase", 0) => said(snake(text).replace('_', "-")),
        ("camelcase", 0) => {
            let parts = text.split(['_', '-', ' ']);
            said(parts.map(pascal).collect::<String>())
        }
        ("quote", _) => said(joined(given, |text| format!("{text:?}"))),
        ("squote", _) => said(joined(given, |text| format!("'{text}'"))),
        ("cat", _) => said(joined(given, |text| text.to_owned())),
        ("trimAll" | "trimall", 1) => {
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
            let most = int(&before[0])?;
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
        ("abbrevboth", 2) => said(abbreviated(text, count(0)?, count(1)?)),
        ("substr", 2) => {
            let (from, to) = (count(0)?, before[1].number()?);
            let is_open = to < 0.0 && before[0].number()? >= 0.0;
            let to = if is_open { usize::MAX } else { to.max(0.0) as usize };
            said(text.chars().take(to).skip(from).collect::<String>())
        }
        ("indent" | "nindent", 1) => {
            let pad = " ".repeat(count(0)?.min(1000));
            let indented = format!("{pad}{}", text.replace('\n', &format!("\n{pad}")));
            said(if name == "nindent" { format!("\n{indented}") } else { indented })
        }
        ("wrap", 1) => said(wrap(text, count(0)?, "\n", false)),
        ("wrapWith", 2) => said(wrap(text, count(0)?, &argument(1)?, true)),
        ("splitList", 1) => Some(Ok(parts(text, &argument(0)?))),
        ("split", 1) => {
            let Value::List(parts) = parts(text, &argument(0)?) else { return None };
            Some(Ok(numbered(parts.iter().cloned())))
        }
        ("splitn", 2) => {
            let separator = argument(0)?;
            Some(Ok(numbered(text.splitn(count(1)?, &*separator).map(Value::text))))
        }
        ("plural", 2) => said(if last.number()? == 1.0 { argument(0)? } else { argument(1)? }),
        ("fail", 0) => Some(Err(text.to_owned())),
        _ => None,
    }
}

fn parts(text: &str, separator: &str) -> Value {
    match separator {
        "" => Value::list(text.chars().map(|c| Value::text(&c.to_string())).collect()),
        separator => Value::list(text.split(separator).map(Value::text).collect()),
    }
}

/// Names parts by their numbers: `_0`, `_1`.
fn numbered(parts: impl Iterator<Item = Value>) -> Value {
    Value::map(parts.enumerate().map(|(at, part)| (format!("_{at}"), part)).collect())
}

/// Changes the first letter of every word.
fn each_start<I: Iterator<Item = char>>(text: &str, change: fn(char) -> I) -> String {
    let mut starts = true;
    let one = |c: char| {
        let shown = if starts { change(c).collect::<String>() } else { c.to_string() };
        starts = !c.is_alphanumeric() && c != '_' && c != '\'';
        shown
    };
    text.chars().map(one).collect()
}

fn pascal(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn swapped(text: &str) -> String {
    let one = |c: char| match c.is_uppercase() {
        true => c.to_lowercase().collect::<String>(),
        false => c.to_uppercase().collect(),
    };
    text.chars().map(one).collect()
}

/// What stands from an offset on in so many characters, with dots where something is left out.
fn abbreviated(text: &str, offset: usize, width: usize) -> String {
    let all: Vec<char> = text.chars().collect();
    if width < 4 || offset > 0 && width < 7 || all.len() <= width {
        return text.to_owned();
    }
    let offset = match offset {
        offset if offset > all.len() => all.len(),
        offset if all.len() - offset < width - 3 => all.len() - (width - 3),
        offset => offset,
    };
    let part = |from: usize, count: usize| all[from..].iter().take(count).collect::<String>();
    match offset {
        0..=4 => format!("{}...", part(0, width - 3)),
        _ if offset + width - 3 < all.len() => {
            format!("...{}", abbreviated(&part(offset, usize::MAX), 0, width - 3))
        }
        _ => format!("...{}", part(all.len() - (width - 3), usize::MAX)),
    }
}

/// Words in lower case with lines between them; where several capitals stand together, the last
/// begins the next word.
fn snake(text: &str) -> String {
    let all: Vec<char> = text.chars().collect();
    let mut snake = String::new();
    for (at, &c) in all.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| all[at]);
        let after = all.get(at + 1);
        match c {
            '-' | ' ' | '_' => snake.push('_'),
            c if c.is_uppercase() => {
                let starts = before.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit())
                    || before.is_some_and(char::is_uppercase)
                        && after.is_some_and(|c| c.is_lowercase());
                if starts {
                    snake.push('_');
                }
                snake.extend(c.to_lowercase());
            }
            c => snake.push(c),
        }
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

/// Breaks lines between words, and within those that are too long where that is asked for.
fn wrap(text: &str, width: usize, end: &str, cuts: bool) -> String {
    let width = width.max(1);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + length <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ if cuts => {
                let all: Vec<char> = word.chars().collect();
                lines.extend(all.chunks(width).map(|part| part.iter().collect()));
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join(end)
}

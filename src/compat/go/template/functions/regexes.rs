//! Functions of regular expressions, in Go's syntax as everywhere.

use super::super::value::Value;
use super::numbers::int;
use super::{Made, said, yes};
use crate::compat::go::expression::{Expression, Match};

pub fn regexes(name: &str, tells: bool, given: &[Value]) -> Option<Made> {
    if name == "regexQuoteMeta" {
        let text = given.first()?.shown();
        let quoted = |c: char| if META.contains(c) { format!("\\{c}") } else { c.to_string() };
        return said(text.chars().map(quoted).collect::<String>());
    }
    if !name.starts_with("regex") {
        return None;
    }
    let (pattern, text) = (given.first()?.shown(), given.get(1)?.shown());
    let expression =
        Expression::new(&pattern).and_then(|expression| expression.compile().map(|()| expression));
    let expression = match expression {
        Ok(expression) => expression,
        Err(_) if name == "regexMatch" && !tells => return yes(false),
        Err(error) => return Some(Err(error.to_string())),
    };
    let list =
        |parts: Vec<&str>| Some(Ok(Value::list(parts.into_iter().map(Value::text).collect())));
    let most =
        || given.get(2).and_then(int).map(|most| usize::try_from(most).unwrap_or(usize::MAX));
    match (name, given.len()) {
        ("regexMatch", 2) => yes(expression.is_match(&text)),
        ("regexFind", 2) => {
            let found = expression.find_at(&text, 0).and_then(|found| text.get(found));
            said(found.unwrap_or_default())
        }
        ("regexFindAll", 3) => {
            let found = expression.find_all(&text).into_iter().take(most()?);
            list(found.filter_map(|found| text.get(found)).collect())
        }
        ("regexSplit", 3) => list(split(&expression, &text, most()?)),
        ("regexReplaceAll", 3) => {
            let by = given[2].shown();
            said(replaced(&expression, &text, |found| expanded(&by, found)))
        }
        ("regexReplaceAllLiteral", 3) => {
            let by = given[2].shown();
            said(replaced(&expression, &text, |_| by.clone()))
        }
        _ => None,
    }
}

/// What Go puts a backslash before.
const META: &str = r"\.+*?()|[]{}^$";

fn split<'t>(expression: &Expression, text: &'t str, most: usize) -> Vec<&'t str> {
    if most == 0 {
        return Vec::new();
    }
    let (mut parts, mut from) = (Vec::new(), 0);
    for found in expression.find_all(text) {
        if parts.len() + 1 == most {
            break;
        }
        // Nothing is split off before the first character.
        if found.end == 0 || (found.is_empty() && found.start == text.len()) {
            continue;
        }
        parts.extend(text.get(from..found.start));
        from = found.end;
    }
    parts.extend(text.get(from..));
    parts
}

fn replaced(expression: &Expression, text: &str, by: impl Fn(&Match) -> String) -> String {
    let (mut out, mut from) = (String::new(), 0);
    for found in expression.matches(text) {
        let whole = found.whole();
        out += text.get(from..whole.start).unwrap_or_default();
        out += &by(&found);
        from = whole.end;
        if out.len() > super::LONGEST {
            return out;
        }
    }
    out + text.get(from..).unwrap_or_default()
}

/// A text in which `$1`, `${name}` and `$$` stand for groups and a dollar.
fn expanded(by: &str, found: &Match) -> String {
    let mut out = String::new();
    let mut rest = by;
    while let Some((before, after)) = rest.split_once('$') {
        out += before;
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        rest = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            _ if after.starts_with('$') => {
                out.push('$');
                &after[1..]
            }
            Some((name, rest)) if !name.is_empty() && name.chars().all(is_word) => {
                out += found.group(name);
                rest
            }
            _ => {
                let end = after.find(|c| !is_word(c)).unwrap_or(after.len());
                match &after[..end] {
                    "" => out.push('$'),
                    name => out += found.group(name),
                }
                &after[end..]
            }
        };
    }
    out + rest
}

//! Functions that match regular expressions, and `replace`, which may.

use super::Needs::{All, Nothing};
use super::partial::{Piece, Text, is_whole, pieces};
use super::{Call, Function, MOST_ELEMENTS, MOST_VALUES, Value, Wrong, function};
use regex::{Captures, Regex, RegexBuilder};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

pub(super) const FUNCTIONS: &[Function] = &[
    function("regex", All, (2, 2), first),
    function("regexall", All, (2, 2), every),
    function("replace", Nothing, (3, 3), replace),
];

/// Bytes that a compiled expression may take.
const MOST_COMPILED: usize = 4 << 20;

/// Expressions that are kept for the next call, and how long one of them may be.
const MOST_KEPT: usize = 32;
const MOST_KEPT_LENGTH: usize = 256;

thread_local! {
    /// Conditions of rules ask the same of one value after the other.
    static KEPT: RefCell<HashMap<Box<str>, Rc<Regex>>> = RefCell::default();
}

fn compiled(call: &Call, pattern: &str) -> Result<Rc<Regex>, Wrong> {
    if let Some(kept) = KEPT.with_borrow(|kept| kept.get(pattern).cloned()) {
        return Ok(kept);
    }
    let built = RegexBuilder::new(pattern).size_limit(MOST_COMPILED).build();
    let built =
        built.map_err(|_| call.failed("the regular expression is not one, or too large"))?;
    let built = Rc::new(built);
    if pattern.len() <= MOST_KEPT_LENGTH {
        KEPT.with_borrow_mut(|kept| {
            if kept.len() >= MOST_KEPT {
                kept.clear();
            }
            kept.insert(pattern.into(), built.clone());
        });
    }
    Ok(built)
}

fn first(call: &Call) -> Result<Value, Wrong> {
    let (pattern, text) = (compiled(call, &call.text(0)?)?, call.text(1)?);
    match pattern.captures(&text) {
        Some(captures) => matched(call, &pattern, &captures),
        None => Err(call.failed("the regular expression does not match")),
    }
}

fn every(call: &Call) -> Result<Value, Wrong> {
    let (pattern, text) = (compiled(call, &call.text(0)?)?, call.text(1)?);
    let most = (MOST_VALUES / pattern.captures_len()).min(MOST_ELEMENTS);
    let matches = pattern.captures_iter(&text).take(most + 1);
    let found = matches.map(|captures| matched(call, &pattern, &captures));
    let found = found.collect::<Result<Vec<_>, _>>()?;
    if found.len() > most { Err(Wrong::TooLarge) } else { Ok(Value::list(found)) }
}

/// A match without groups is a text, with unnamed ones a list, with named ones a map.
fn matched(call: &Call, pattern: &Regex, captures: &Captures) -> Result<Value, Wrong> {
    let text = |group: Option<regex::Match>| {
        group.map_or(Value::Null, |group| Value::string(group.as_str()))
    };
    let groups = captures.len() - 1;
    let named = pattern.capture_names().flatten().count();
    if groups == 0 {
        Ok(text(captures.get(0)))
    } else if named == 0 {
        Ok(Value::list(captures.iter().skip(1).map(text).collect()))
    } else if named == groups {
        let names = pattern.capture_names().flatten();
        let entries = names.map(|name| (Arc::from(name), text(captures.name(name))));
        Ok(Value::map(entries.collect::<BTreeMap<_, _>>()))
    } else {
        Err(call.failed("groups of the regular expression are all named or none is"))
    }
}

/// What is between slashes is a regular expression. Unknown parts stay as they are.
fn replace(call: &Call) -> Result<Value, Wrong> {
    if let Some(Value::Unknown(_)) = call.args.first() {
        return Ok(call.args[0].clone());
    }
    let (text, pattern, by) = (call.text(0)?, call.text(1)?, call.text(2)?);
    if !is_whole(&pattern) {
        return Ok(Value::UNKNOWN);
    }
    let inside = pattern.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    match inside {
        Some(expression) => {
            let pattern = compiled(call, expression)?;
            replace_matches(&pattern, &text, &by)
        }
        None => replace_text(&text, &pattern, &by),
    }
}

/// Matches in the name of an unknown part are none.
fn replace_text(text: &str, part: &str, by: &str) -> Result<Value, Wrong> {
    if text.is_empty() && part.is_empty() {
        return Ok(Value::string(by));
    }
    let mut replaced = Text::default();
    for piece in pieces(text) {
        match piece {
            Piece::Unknown(name) => replaced.push(name)?,
            Piece::Known(known) => {
                let mut from = 0;
                for (at, found) in known.match_indices(part) {
                    replaced.push(&known[from..at])?;
                    replaced.push(by)?;
                    from = at + found.len();
                }
                replaced.push(&known[from..])?;
            }
        }
    }
    Ok(replaced.into_value())
}

/// An expression that takes an unknown part along leaves nothing that is known.
fn replace_matches(pattern: &Regex, text: &str, by: &str) -> Result<Value, Wrong> {
    let unknown = unknown_ranges(text);
    let (mut replaced, mut from, mut expanded) = (Text::default(), 0, String::new());
    for captures in pattern.captures_iter(text) {
        let Some(found) = captures.get(0) else { continue };
        let touched =
            unknown.iter().find(|range| found.start() < range.end && range.start < found.end());
        match touched {
            Some(range) if range.start < found.start() && found.end() < range.end => continue,
            Some(_) => return Ok(Value::UNKNOWN),
            None => {}
        }
        expanded.clear();
        captures.expand(by, &mut expanded);
        replaced.push(&text[from..found.start()])?;
        replaced.push(&expanded)?;
        from = found.end();
    }
    replaced.push(&text[from..])?;
    Ok(replaced.into_value())
}

/// Where the unknown parts of a text are.
fn unknown_ranges(text: &str) -> Vec<Range<usize>> {
    let mut end = 0;
    pieces(text)
        .filter_map(|piece| {
            let (Piece::Known(part) | Piece::Unknown(part)) = piece;
            let start = end;
            end += part.len();
            matches!(piece, Piece::Unknown(_)).then_some(start..end)
        })
        .collect()
}

//! Functions of texts.

use super::Needs::{All, Nothing, Source};
use super::partial::{Text, head, is_whole, map_known};
use super::{Call, Function, MANY, MOST_ELEMENTS, Value, Wrong, function};
use bstr::ByteSlice;

pub(super) const FUNCTIONS: &[Function] = &[
    function("indent", Source, (2, 2), indent),
    function("join", Nothing, (2, MANY), join),
    function("lower", Source, (1, 1), |call| mapped(call, lower)),
    function("split", Nothing, (2, 2), split),
    function("strrev", All, (1, 1), reverse),
    function("substr", Nothing, (3, 3), substring),
    function("title", Source, (1, 1), title),
    function("upper", Source, (1, 1), |call| mapped(call, upper)),
];

/// What a reader takes for characters.
pub(super) fn characters(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.as_bytes().graphemes()
}

/// One character for one, as Go maps them: `ß` stays.
fn upper(character: char) -> char {
    let mut upper = character.to_uppercase();
    upper.next().filter(|_| upper.len() == 0).unwrap_or(character)
}

/// Likewise: `İ` is `i`.
fn lower(character: char) -> char {
    character.to_lowercase().next().unwrap_or(character)
}

fn mapped(call: &Call, of: fn(char) -> char) -> Result<Value, Wrong> {
    let text = call.text(0)?;
    Ok(Value::string(map_known(&text, |known, to| to.extend(known.chars().map(of)))))
}

/// The first letter of each word. Words end at a space, or at what is neither letter, digit nor `_`
/// in ASCII.
fn title(call: &Call) -> Result<Value, Wrong> {
    let text = call.text(0)?;
    let mut inside = false;
    let titled = map_known(&text, |known, to| {
        for character in known.chars() {
            to.push(if inside { character } else { upper(character) });
            inside = match character.is_ascii() {
                true => character.is_ascii_alphanumeric() || character == '_',
                false => !character.is_whitespace(),
            };
        }
    });
    Ok(Value::string(titled))
}

fn indent(call: &Call) -> Result<Value, Wrong> {
    let (spaces, text) = (call.count(0)?, call.text(1)?);
    let mut indented = Text::default();
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            indented.push("\n")?;
            indented.pad(' ', spaces)?;
        }
        indented.push(line)?;
    }
    Ok(indented.into_value())
}

/// An unknown list leaves nothing of the text; an unknown element is there by its name.
fn join(call: &Call) -> Result<Value, Wrong> {
    let separator = call.text(0)?;
    if let Some(unknown) = call.args[1..].iter().find(|arg| arg.is_unknown()) {
        return Ok(unknown.clone());
    }
    let (mut joined, mut first) = (Text::default(), true);
    for at in 1..call.args.len() {
        for part in call.texts(at)? {
            if !std::mem::take(&mut first) {
                joined.push(&separator)?;
            }
            joined.push(&part)?;
        }
    }
    Ok(joined.into_value())
}

/// An unknown part may hold the separator, so that only a text that is all known has parts.
fn split(call: &Call) -> Result<Value, Wrong> {
    let (separator, text) = (call.text(0)?, call.text(1)?);
    if !is_whole(&separator) || !is_whole(&text) {
        return Ok(Value::UNKNOWN);
    }
    let parts: Vec<Value> = if separator.is_empty() {
        let mut each = [0; 4];
        let characters = text.chars().take(MOST_ELEMENTS + 1);
        characters.map(|character| Value::string(&*character.encode_utf8(&mut each))).collect()
    } else {
        text.split(&*separator).take(MOST_ELEMENTS + 1).map(Value::string).collect()
    };
    Ok(Value::list(parts))
}

fn reverse(call: &Call) -> Result<Value, Wrong> {
    let text = call.text(0)?;
    Ok(Value::string(characters(&text).rev().collect::<String>()))
}

/// A negative offset counts from the end, a negative length takes the rest. What lies before the
/// first unknown part is known.
fn substring(call: &Call) -> Result<Value, Wrong> {
    let text = call.text(0)?;
    if call.args.iter().any(Value::is_unknown) {
        return Ok(Value::UNKNOWN);
    }
    let (offset, length) = (call.whole(1)?, call.whole(2)?);
    let known = head(&text);
    if !is_whole(&text) {
        let wanted = offset.saturating_add(length);
        let inside = offset >= 0 && length >= 0;
        if !inside || wanted > characters(known).count() as i64 {
            return Ok(Value::UNKNOWN);
        }
    }
    let skipped = match offset {
        ..0 => (characters(known).count() as i64).saturating_add(offset).max(0),
        _ => offset,
    };
    let taken = usize::try_from(length).unwrap_or(usize::MAX);
    let part = characters(known).skip(skipped as usize).take(taken);
    Ok(Value::string(part.collect::<String>()))
}

//! YAML as Terraform writes it: blocks, texts and keys in double quotes, texts of several lines as
//! they are.

use super::convert::{number_text, to_text};
use super::json::{YAML_ESCAPED, quote};
use super::partial::Text;
use super::{MOST_DEPTH, Value, Wrong};

/// A document of one value.
pub(super) fn encoded(value: &Value) -> Result<String, Wrong> {
    let mut text = Text::default();
    match value {
        Value::List(values) if !values.is_empty() => block(value, 0, 0, &mut text)?,
        Value::Map(entries) if !entries.is_empty() => block(value, 0, 0, &mut text)?,
        _ => scalar(value, 2, &mut text)?,
    }
    Ok(text.into_string())
}

/// The lines of a list or map that is not empty; the first goes on from where the text is.
fn block(value: &Value, indent: usize, depth: u32, to: &mut Text) -> Result<(), Wrong> {
    if depth > MOST_DEPTH {
        return Err(Wrong::TooLarge);
    }
    match value {
        Value::List(values) => {
            for (number, value) in values.iter().enumerate() {
                to.pad(' ', if number == 0 { 0 } else { indent })?;
                to.push("- ")?;
                match is_block(value) {
                    true => block(value, indent + 2, depth + 1, to)?,
                    false => scalar(value, indent + 2, to)?,
                }
            }
        }
        Value::Map(entries) => {
            for (number, (key, value)) in entries.iter().enumerate() {
                to.pad(' ', if number == 0 { 0 } else { indent })?;
                quote(key, YAML_ESCAPED, to)?;
                to.push(":")?;
                if !is_block(value) {
                    to.push(" ")?;
                    scalar(value, indent + 2, to)?;
                    continue;
                }
                // A list in a map stands below its key, a map two columns to the right.
                let inner = if let Value::List(_) = value { indent } else { indent + 2 };
                to.push("\n")?;
                to.pad(' ', inner)?;
                block(value, inner, depth + 1, to)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Whether a value takes lines of its own.
fn is_block(value: &Value) -> bool {
    match value {
        Value::List(values) => !values.is_empty(),
        Value::Map(entries) => !entries.is_empty(),
        _ => false,
    }
}

/// A value on the line that is there, with its end.
fn scalar(value: &Value, indent: usize, to: &mut Text) -> Result<(), Wrong> {
    match value {
        Value::Null => to.push("null")?,
        Value::Bool(truth) => to.push(if *truth { "true" } else { "false" })?,
        Value::Number(number) => to.push(&number_text(*number))?,
        Value::List(_) => to.push("[]")?,
        Value::Map(_) => to.push("{}")?,
        Value::String(text) if is_literal(text) => return literal(text, indent, to),
        Value::String(_) | Value::Unknown(_) => {
            quote(&to_text(value).unwrap_or_default(), YAML_ESCAPED, to)?;
        }
    }
    to.push("\n")
}

/// Whether a text can be written line by line without escapes.
fn is_literal(text: &str) -> bool {
    let plain = |character: char| character == '\n' || !character.is_control();
    text.contains('\n') && text.chars().all(plain) && !text.starts_with([' ', '\n'])
}

/// The lines of a text below `|`; what follows it says which line ends belong to the text.
fn literal(text: &str, indent: usize, to: &mut Text) -> Result<(), Wrong> {
    let body = text.trim_end_matches('\n');
    to.push(match text.len() - body.len() {
        0 => "|-\n",
        1 => "|\n",
        _ => "|+\n",
    })?;
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        to.pad(' ', if line.is_empty() { 0 } else { indent })?;
        to.push(line)?;
        to.push("\n")?;
    }
    Ok(())
}

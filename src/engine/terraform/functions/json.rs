//! JSON, in both directions. Unknown values are texts of their names in it, so that a policy that
//! names an ARN can be read.

use super::Needs::{Nothing, Source};
use super::convert::number_text;
use super::partial::{Piece, Text, is_known, is_whole, marked, pieces};
use super::{Call, Function, MOST_DEPTH, MOST_VALUES, Value, Wrong, function};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub(super) const FUNCTIONS: &[Function] = &[
    function("jsondecode", Nothing, (1, 1), decode),
    function("jsonencode", Source, (1, 1), |call| Ok(Value::string(encoded(&call.args[0])?))),
];

/// The JSON of a value: in one line, keys sorted, `<`, `>` and `&` escaped.
pub(super) fn encoded(value: &Value) -> Result<String, Wrong> {
    let mut text = Text::default();
    encode(value, 0, &mut text)?;
    Ok(text.into_string())
}

fn encode(value: &Value, depth: u32, to: &mut Text) -> Result<(), Wrong> {
    if depth > MOST_DEPTH {
        return Err(Wrong::TooLarge);
    }
    match value {
        Value::Null => to.push("null"),
        Value::Bool(truth) => to.push(if *truth { "true" } else { "false" }),
        Value::Number(number) => to.push(&number_text(*number)),
        Value::String(text) => quote(text, JSON_ESCAPED, to),
        Value::Unknown(symbol) => quote(&marked(symbol.as_deref()), JSON_ESCAPED, to),
        Value::List(values) => {
            to.push("[")?;
            for (number, value) in values.iter().enumerate() {
                to.push(if number == 0 { "" } else { "," })?;
                encode(value, depth + 1, to)?;
            }
            to.push("]")
        }
        Value::Map(entries) => {
            to.push("{")?;
            for (number, (key, value)) in entries.iter().enumerate() {
                to.push(if number == 0 { "" } else { "," })?;
                quote(key, JSON_ESCAPED, to)?;
                to.push(":")?;
                encode(value, depth + 1, to)?;
            }
            to.push("}")
        }
    }
}

/// What Go's `encoding/json` escapes, besides control characters.
pub(super) const JSON_ESCAPED: &[char] = &['"', '\\', '<', '>', '&', '\u{2028}', '\u{2029}'];
/// What has to be escaped in YAML.
pub(super) const YAML_ESCAPED: &[char] = &['"', '\\', '\u{7F}', '\u{85}', '\u{2028}', '\u{2029}'];

/// A text in double quotes, where JSON and YAML have the same escapes.
pub(super) fn quote(text: &str, special: &[char], to: &mut Text) -> Result<(), Wrong> {
    to.push("\"")?;
    let mut from = 0;
    let escaped = |character: char| character < ' ' || special.contains(&character);
    for (at, found) in text.match_indices(escaped) {
        to.push(&text[from..at])?;
        match found {
            "\"" => to.push("\\\"")?,
            "\\" => to.push("\\\\")?,
            "\n" => to.push("\\n")?,
            "\r" => to.push("\\r")?,
            "\t" => to.push("\\t")?,
            "\u{8}" => to.push("\\b")?,
            "\u{C}" => to.push("\\f")?,
            other => {
                let code = other.chars().next().map_or(0, u32::from);
                to.push(&format!("\\u{code:04x}"))?;
            }
        }
        from = at + found.len();
    }
    to.push(&text[from..])?;
    to.push("\"")
}

/// An unknown part inside of a string is part of that string; elsewhere nothing can be read.
fn decode(call: &Call) -> Result<Value, Wrong> {
    if call.args[0].is_unknown() {
        return Ok(Value::UNKNOWN);
    }
    let text = call.text(0)?;
    if text.bytes().filter(|byte| *byte == b',').count() > MOST_VALUES {
        return Err(Wrong::TooLarge);
    }
    match serde_json::from_str::<Document>(&with_names_escaped(&text)) {
        Ok(document) => Ok(document.0),
        Err(_) if !is_known(&call.args[0]) => Ok(Value::UNKNOWN),
        Err(error) => Err(call.failed(error.to_string())),
    }
}

/// The text with the quotes escaped in the names of what is unknown, which a template leaves as
/// they are: `module.site["eu"]`.
fn with_names_escaped(text: &str) -> Cow<'_, str> {
    if is_whole(text) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Known(known) => escaped.push_str(known),
            Piece::Unknown(name) => {
                let mut last = ' ';
                for character in name.chars() {
                    if character == '"' && last != '\\' {
                        escaped.push('\\');
                    }
                    escaped.push(character);
                    last = character;
                }
            }
        }
    }
    Cow::Owned(escaped)
}

/// A value as a document of JSON or YAML has it.
pub(super) struct Document(pub Value);

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader).map(Document)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str("a value")
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_i128<E: Error>(self, number: i128) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        if !number.is_finite() {
            return Err(E::custom("Terraform has no such number"));
        }
        Ok(Value::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::string(text))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Document(value)) = from.next_element()? {
            values.push(value);
        }
        Ok(Value::list(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((key, Document(value))) = from.next_entry::<Document, Document>()? {
            let Some(key) = super::to_text(&key.0) else {
                return Err(A::Error::custom("a key is a string"));
            };
            entries.insert(Arc::clone(&key), value);
        }
        Ok(Value::map(entries))
    }
}

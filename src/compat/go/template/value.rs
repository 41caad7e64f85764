//! What a template works with.

use super::functions::dates;
use jiff::Zoned;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Deref;
use std::rc::Rc;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// A float of half the width, which is written shorter.
    Single(f32),
    Text(Rc<str>),
    List(Rc<Many<Vec<Value>>>),
    Map(Rc<Many<BTreeMap<String, Value>>>),
    Time(Rc<Zoned>),
    Record(Rc<Record>),
}

/// A struct: asking it for what it has not is an error.
#[derive(Debug, PartialEq)]
pub struct Record {
    /// What Go calls it.
    pub name: &'static str,
    pub fields: Vec<(&'static str, Value)>,
    /// Fields that JSON has not.
    pub hidden: &'static [&'static str],
    /// Fields that JSON has not where they say nothing.
    pub optional: &'static [&'static str],
}

/// Several values, with what going through all of them costs.
#[derive(Debug, PartialEq)]
pub struct Many<T> {
    of: T,
    size: Size,
}

/// What it costs to write a value.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Size {
    /// How deep it nests.
    pub height: u32,
    /// How much there is in all, what stands there twice counted twice.
    pub weight: u64,
}

impl<T> Deref for Many<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.of
    }
}

impl Size {
    fn of<'v>(values: impl Iterator<Item = &'v Value>) -> Size {
        values.map(Value::size).fold(Size { height: 1, weight: 1 }, |all, one| Size {
            height: all.height.max(one.height.saturating_add(1)),
            weight: all.weight.saturating_add(one.weight),
        })
    }
}

impl Value {
    pub fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    pub fn list(values: Vec<Value>) -> Value {
        let size = Size::of(values.iter());
        Value::List(Rc::new(Many { of: values, size }))
    }

    pub fn map(pairs: BTreeMap<String, Value>) -> Value {
        let size = Size::of(pairs.values());
        Value::Map(Rc::new(Many { of: pairs, size }))
    }

    pub fn time(time: Zoned) -> Value {
        Value::Time(Rc::new(time))
    }

    pub fn size(&self) -> Size {
        match self {
            Value::List(values) => values.size,
            Value::Map(pairs) => pairs.size,
            Value::Record(record) => Size::of(record.fields.iter().map(|(_, value)| value)),
            Value::Text(text) => Size { height: 0, weight: 1 + text.len() as u64 / 64 },
            _ => Size { height: 0, weight: 1 },
        }
    }

    pub fn is_true(&self) -> bool {
        match self {
            Value::Nil => false,
            Value::Bool(yes) => *yes,
            Value::Int(number) => *number != 0,
            Value::Float(number) => *number != 0.0,
            Value::Single(number) => *number != 0.0,
            Value::Text(text) => !text.is_empty(),
            Value::List(values) => !values.is_empty(),
            Value::Map(map) => !map.is_empty(),
            Value::Record(_) | Value::Time(_) => true,
        }
    }

    /// As Go's `print` writes it.
    pub fn shown(&self) -> String {
        match self {
            Value::Nil => "<no value>".to_owned(),
            Value::Bool(yes) => yes.to_string(),
            Value::Int(number) => number.to_string(),
            Value::Float(number) => decimal(format!("{number:e}"), number.to_string(), 6),
            Value::Single(number) => decimal(format!("{number:e}"), number.to_string(), 6),
            Value::Text(text) => text.to_string(),
            Value::Time(time) => dates::format("2006-01-02 15:04:05.999999999 -0700 MST", time),
            Value::List(values) => {
                let shown: Vec<String> = values.iter().map(Value::inner).collect();
                format!("[{}]", shown.join(" "))
            }
            Value::Map(map) => {
                let pairs = map.iter().map(|(key, value)| format!("{key}:{}", value.inner()));
                format!("map[{}]", pairs.collect::<Vec<_>>().join(" "))
            }
            Value::Record(record) => {
                let shown: Vec<String> =
                    record.fields.iter().map(|(_, value)| value.shown()).collect();
                format!("{{{}}}", shown.join(" "))
            }
        }
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Value::Nil => "nil",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float64",
            Value::Single(_) => "float32",
            Value::Text(_) => "string",
            Value::List(_) => "slice",
            Value::Map(_) => "map",
            Value::Record(_) | Value::Time(_) => "struct",
        }
    }

    /// Its type, as Go names it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Nil => "<nil>",
            Value::List(_) => "[]interface {}",
            Value::Map(_) => "map[string]interface {}",
            Value::Record(record) => record.name,
            Value::Time(_) => "time.Time",
            other => other.kind(),
        }
    }

    /// As `shown`, within something else.
    fn inner(&self) -> String {
        match self {
            Value::Nil => "<nil>".to_owned(),
            other => other.shown(),
        }
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Int(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            Value::Single(number) => Some(f64::from(*number)),
            _ => None,
        }
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Result<Value, String> {
        match self {
            Value::Map(map) => Ok(map.get(name).cloned().unwrap_or(Value::Nil)),
            Value::Record(record) => {
                let found = record.fields.iter().find(|(field, _)| *field == name);
                found
                    .map(|(_, value)| value.clone())
                    .ok_or_else(|| format!("can't evaluate field {name} in type {}", record.name))
            }
            Value::Time(time) => dates::part(time, name)
                .ok_or_else(|| format!("can't evaluate field {name} in type time.Time")),
            Value::Nil => Err(format!("nil data; no entry for key {name:?}")),
            other => Err(format!("can't evaluate field {name} in type {}", other.kind())),
        }
    }

    pub fn json(&self, indent: Option<&str>) -> String {
        let mut out = String::new();
        self.write_json(indent, 0, &mut out);
        out
    }

    fn write_json(&self, indent: Option<&str>, depth: usize, out: &mut String) {
        let line = |depth: usize, out: &mut String| {
            if let Some(indent) = indent {
                out.push('\n');
                out.push_str(&indent.repeat(depth));
            }
        };
        let pair = |key: &str, value: &Value, first: bool, out: &mut String| {
            if !first {
                out.push(',');
            }
            line(depth + 1, out);
            out.push_str(&quoted_json(key));
            out.push_str(if indent.is_some() { ": " } else { ":" });
            value.write_json(indent, depth + 1, out);
        };
        match self {
            Value::Nil => out.push_str("null"),
            Value::Text(text) => out.push_str(&quoted_json(text)),
            Value::List(values) => {
                out.push('[');
                for (number, value) in values.iter().enumerate() {
                    if number > 0 {
                        out.push(',');
                    }
                    line(depth + 1, out);
                    value.write_json(indent, depth + 1, out);
                }
                if !values.is_empty() {
                    line(depth, out);
                }
                out.push(']');
            }
            Value::Map(map) => {
                out.push('{');
                for (number, (key, value)) in map.iter().enumerate() {
                    pair(key, value, number == 0, out);
                }
                if !map.is_empty() {
                    line(depth, out);
                }
                out.push('}');
            }
            Value::Record(record) => {
                out.push('{');
                let is_left_out = |key: &str, value: &Value| {
                    record.hidden.contains(&key)
                        || (record.optional.contains(&key) && !value.is_true())
                };
                let kept = record.fields.iter().filter(|(key, value)| !is_left_out(key, value));
                for (number, (key, value)) in kept.enumerate() {
                    pair(key, value, number == 0, out);
                }
                line(depth, out);
                out.push('}');
            }
            Value::Time(time) => {
                let written = dates::format("2006-01-02T15:04:05.999999999Z07:00", time);
                out.push_str(&quoted_json(&written));
            }
            Value::Float(number) => {
                let exponent = format!("{number:e}");
                out.push_str(&decimal(exponent, number.to_string(), 21).replace("e-0", "e-"));
            }
            plain => {
                let _ = write!(out, "{}", plain.shown());
            }
        }
    }
}

/// A number as Go writes it: with an exponent where that is below -4 or reaches `most`.
fn decimal(scientific: String, plain: String, most: i32) -> String {
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return plain };
    match exponent.parse::<i32>() {
        Ok(exponent) if exponent < -4 || exponent >= most => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.abs())
        }
        _ => plain,
    }
}

/// As Go's library quotes it.
fn quoted_json(text: &str) -> String {
    let plain = serde_json::to_string(text).unwrap_or_default();
    let mut quoted = String::with_capacity(plain.len());
    for c in plain.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted
}

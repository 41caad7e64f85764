//! Values on their way to PostgreSQL and back.

use super::super::sql::Value;
use postgres::types::{FromSql, ToSql, Type};
use std::borrow::Cow;
use std::error::Error;

/// A parameter as the statement wants it: PostgreSQL tells integers of every width apart, and what
/// kind of nothing a null is.
pub(super) fn parameter<'a>(value: &Value<'a>, wanted: &Type) -> Box<dyn ToSql + Sync + 'a> {
    match *value {
        Value::Null => match *wanted {
            Type::INT8 => Box::new(None::<i64>),
            Type::INT4 => Box::new(None::<i32>),
            Type::BYTEA => Box::new(None::<Vec<u8>>),
            _ => Box::new(None::<String>),
        },
        Value::Int(number) => match (wanted, i32::try_from(number)) {
            (&Type::INT4, Ok(number)) => Box::new(number),
            _ => Box::new(number),
        },
        Value::Text(text) => Box::new(storable(text)),
        Value::Blob(bytes) => Box::new(bytes),
    }
}

/// The text, without the one character that PostgreSQL cannot keep.
pub(in super::super) fn storable(text: &str) -> Cow<'_, str> {
    match text.contains('\0') {
        true => Cow::Owned(text.replace('\0', "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

/// An integer of any width, or a truth.
pub(super) struct Integer(pub i64);

impl FromSql<'_> for Integer {
    fn from_sql(kind: &Type, raw: &[u8]) -> Result<Integer, Box<dyn Error + Sync + Send>> {
        Ok(Integer(match *kind {
            Type::INT4 => i64::from(i32::from_sql(kind, raw)?),
            Type::BOOL => i64::from(bool::from_sql(kind, raw)?),
            _ => i64::from_sql(kind, raw)?,
        }))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::INT4 | Type::BOOL)
    }
}

/// Appends a row in the text format of COPY: columns between tabs, each row on a line.
pub(super) fn copy_row(values: &[Value], out: &mut Vec<u8>) {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b'\t');
        }
        match *value {
            Value::Null => out.extend_from_slice(b"\\N"),
            Value::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Value::Text(text) => copy_text(text, out),
            Value::Blob(bytes) => copy_bytes(bytes, out),
        }
    }
    out.push(b'\n');
}

fn copy_text(text: &str, out: &mut Vec<u8>) {
    for byte in storable(text).bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            other => out.push(other),
        }
    }
}

fn copy_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(b"\\\\x");
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
}

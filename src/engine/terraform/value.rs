//! What an expression comes to.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Opens the name of something that is known only after an apply, inside a text of which the rest is
/// known: `arn:aws:s3:::⟨aws_s3_bucket.logs.id⟩/*`. A private-use character, which no source holds.
pub const OPEN: char = '\u{F0B00}';
/// Closes it.
pub const CLOSE: char = '\u{F0B01}';

/// A value of Terraform's language. Lists, sets and tuples are one, as are maps and objects: what
/// tells them apart decides no finding.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(f64),
    /// May hold names between `OPEN` and `CLOSE`; see `is_partly_known`.
    String(Arc<str>),
    List(Arc<Vec<Value>>),
    Map(Arc<BTreeMap<Arc<str>, Value>>),
    /// Not known before an apply. It never raises a finding by itself.
    Unknown(Option<Arc<Symbol>>),
}

/// What an unknown value stands for: an attribute of a resource, by which others are linked to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol {
    /// The address of the resource with that of its module: `module.data["eu"].aws_s3_bucket.logs`,
    /// without the key of the instance where all are meant.
    pub address: Arc<str>,
    /// `arn`; empty for the resource as a whole.
    pub attribute: Arc<str>,
}

impl Value {
    pub const UNKNOWN: Value = Value::Unknown(None);

    pub fn string(text: impl Into<Arc<str>>) -> Value {
        Value::String(text.into())
    }

    pub fn list(values: Vec<Value>) -> Value {
        Value::List(Arc::new(values))
    }

    pub fn map(entries: BTreeMap<Arc<str>, Value>) -> Value {
        Value::Map(Arc::new(entries))
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown(_))
    }

    /// Whether a part of a text is known only after an apply.
    pub fn is_partly_known(&self) -> bool {
        matches!(self, Value::String(text) if text.contains(OPEN))
    }
}

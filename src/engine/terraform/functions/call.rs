//! The arguments of a call, as what a function needs them to be.

use super::convert::{kind, to_number, to_text};
use super::{Files, Value, Wrong};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A call whose number of arguments is right.
pub(super) struct Call<'a> {
    pub name: &'static str,
    pub args: &'a [Value],
    pub files: &'a dyn Files,
}

impl<'a> Call<'a> {
    /// A text, or what converts to one; an unknown value is a text of its name.
    pub fn text(&self, at: usize) -> Result<Arc<str>, Wrong> {
        self.args.get(at).and_then(to_text).ok_or_else(|| self.not(at, "a string"))
    }

    /// A number, or a text of one.
    pub fn number(&self, at: usize) -> Result<f64, Wrong> {
        self.args.get(at).and_then(to_number).ok_or_else(|| self.not(at, "a number"))
    }

    /// A number without a fraction, of those that a double holds without loss.
    pub fn whole(&self, at: usize) -> Result<i64, Wrong> {
        let number = self.number(at)?;
        let whole = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
        whole.then_some(number as i64).ok_or_else(|| self.not(at, "a whole number"))
    }

    /// A number of things: whole and not negative.
    pub fn count(&self, at: usize) -> Result<usize, Wrong> {
        usize::try_from(self.whole(at)?).map_err(|_| self.not(at, "a number from zero up"))
    }

    /// The elements of a list or set.
    pub fn list(&self, at: usize) -> Result<&'a [Value], Wrong> {
        match self.args.get(at) {
            Some(Value::List(values)) => Ok(values),
            _ => Err(self.not(at, "a list")),
        }
    }

    /// The entries of a map or object.
    pub fn map(&self, at: usize) -> Result<&'a BTreeMap<Arc<str>, Value>, Wrong> {
        match self.args.get(at) {
            Some(Value::Map(entries)) => Ok(entries),
            _ => Err(self.not(at, "a map")),
        }
    }

    /// Texts, one for each element of a list.
    pub fn texts(&self, at: usize) -> Result<Vec<Arc<str>>, Wrong> {
        let text = |value| to_text(value).ok_or_else(|| self.not(at, "a list of strings"));
        self.list(at)?.iter().map(text).collect()
    }

    /// The argument is not what is needed.
    pub fn not(&self, at: usize, needed: &'static str) -> Wrong {
        let given = self.args.get(at).map_or("missing", kind);
        Wrong::Type { function: self.name, argument: at + 1, given, needed }
    }

    /// There is no value for these arguments.
    pub fn failed(&self, reason: impl Into<String>) -> Wrong {
        Wrong::Failed { function: self.name, reason: reason.into() }
    }
}

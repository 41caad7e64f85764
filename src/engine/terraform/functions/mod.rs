//! The functions of Terraform's and of OpenTofu's language, over values of which a part may be
//! known only after an apply.
//!
//! What a function keeps of an unknown argument stays in its result (`join`, `format`,
//! `jsonencode`, `merge`); where the result depends on it, the result is unknown.

mod affix;
mod call;
mod collection;
mod compare;
mod convert;
mod csv;
mod encoding;
mod file;
mod format;
mod format_number;
mod hash;
mod ip;
mod json;
mod list;
mod map;
mod numeric;
mod partial;
mod regex;
mod set;
mod string;
mod template;
mod time;
mod time_format;
mod types;
mod yaml;
mod yaml_encode;

use super::value::{CLOSE, OPEN, Symbol, Value};
use call::Call;
pub use compare::same;
pub use convert::{to_bool, to_number, to_text};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

/// Bytes of the longest text that a function makes or reads.
pub const MOST_TEXT: usize = 16 << 20;
/// Elements of the longest collection that a function makes.
pub const MOST_ELEMENTS: usize = 100_000;
/// Values at any depth that a function makes, or looks at.
const MOST_VALUES: usize = 1_000_000;
/// How deep a value is looked into.
const MOST_DEPTH: u32 = 128;

/// The files that functions may look at. Paths are as the expression gives them, `/`-separated;
/// who implements it keeps them inside of the tree.
pub trait Files {
    /// The content of a file of at most `MOST_TEXT` bytes; `None` if there is none.
    fn read(&self, path: &str) -> Option<Arc<[u8]>>;
    /// Whether there is such a file.
    fn exists(&self, path: &str) -> bool;
    /// The files below a folder whose paths from there match a pattern of `fileset`.
    fn glob(&self, folder: &str, pattern: &str) -> Vec<String>;
    /// What a template comes to with these variables. That takes the evaluator, which bounds how
    /// deep templates render templates; without one it is unknown.
    fn render(&self, _template: &str, _variables: &Variables) -> Result<Value, Wrong> {
        Ok(Value::UNKNOWN)
    }
}

/// The variables of a template by name.
pub type Variables = BTreeMap<Arc<str>, Value>;

/// Why a call has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Neither Terraform nor OpenTofu has it.
    #[error("there is no function `{0}`")]
    NoFunction(String),
    /// Too few or too many arguments.
    #[error("`{function}` takes {takes}, and gets {given}")]
    Count { function: &'static str, takes: String, given: usize },
    /// An argument, counted from one, that cannot be what the function needs.
    #[error("argument {argument} of `{function}` is {given} where {needed} is needed")]
    Type { function: &'static str, argument: usize, given: &'static str, needed: &'static str },
    /// A file that is not in the tree; a build may make it.
    #[error("`{function}` reads `{path}`, which is not in the tree")]
    NoFile { function: &'static str, path: String },
    /// Arguments for which the function has no value.
    #[error("`{function}`: {reason}")]
    Failed { function: &'static str, reason: String },
    /// A result that is past the bounds.
    #[error("the result is longer than {} MiB or {MOST_ELEMENTS} elements", MOST_TEXT >> 20)]
    TooLarge,
}

/// What has to be known of the arguments for a function to be run.
#[derive(Clone, Copy, PartialEq)]
enum Needs {
    /// All of it, at any depth.
    All,
    /// Each argument as a whole; what is inside may be unknown.
    Outline,
    /// The same, and of an unknown argument the result keeps whose attribute it is.
    Source,
    /// Nothing: the function looks itself.
    Nothing,
}

/// A function and what it takes.
struct Function {
    name: &'static str,
    needs: Needs,
    least: usize,
    most: usize,
    run: fn(&Call) -> Result<Value, Wrong>,
}

/// The entry of a function that takes from `least` to `most` arguments.
const fn function(
    name: &'static str,
    needs: Needs,
    (least, most): (usize, usize),
    run: fn(&Call) -> Result<Value, Wrong>,
) -> Function {
    Function { name, needs, least, most, run }
}

/// Any number of arguments.
const MANY: usize = usize::MAX;

static FUNCTIONS: LazyLock<HashMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let families = [
        affix::FUNCTIONS,
        collection::FUNCTIONS,
        csv::FUNCTIONS,
        encoding::FUNCTIONS,
        file::FUNCTIONS,
        format::FUNCTIONS,
        hash::FUNCTIONS,
        ip::FUNCTIONS,
        json::FUNCTIONS,
        list::FUNCTIONS,
        map::FUNCTIONS,
        numeric::FUNCTIONS,
        regex::FUNCTIONS,
        set::FUNCTIONS,
        string::FUNCTIONS,
        template::FUNCTIONS,
        time::FUNCTIONS,
        types::FUNCTIONS,
        yaml::FUNCTIONS,
    ];
    families.into_iter().flatten().map(|function| (function.name, function)).collect()
});

/// Calls a function by its name, with or without `core::` before it. Functions of providers are
/// not run: what they give is unknown.
pub fn call(name: &str, args: &[Value], files: &dyn Files) -> Result<Value, Wrong> {
    if name.starts_with("provider::") {
        return Ok(Value::UNKNOWN);
    }
    let plain = name.strip_prefix("core::").unwrap_or(name);
    let found = FUNCTIONS.get(plain).ok_or_else(|| Wrong::NoFunction(name.into()))?;
    if args.len() < found.least || args.len() > found.most {
        let takes = takes(found);
        return Err(Wrong::Count { function: found.name, takes, given: args.len() });
    }
    if let Some(unknown) = unknown(found.needs, args) {
        return Ok(unknown);
    }
    bounded((found.run)(&Call { name: found.name, args, files })?)
}

/// The result where what a function needs is not known.
fn unknown(needs: Needs, args: &[Value]) -> Option<Value> {
    match needs {
        Needs::All => (!args.iter().all(partial::is_known)).then_some(Value::UNKNOWN),
        Needs::Outline => args.iter().any(Value::is_unknown).then_some(Value::UNKNOWN),
        Needs::Source => args.iter().find(|arg| arg.is_unknown()).cloned(),
        Needs::Nothing => None,
    }
}

/// Refuses a result that is too large to go on with.
fn bounded(value: Value) -> Result<Value, Wrong> {
    let fits = match &value {
        Value::String(text) => text.len() <= MOST_TEXT,
        Value::List(values) => values.len() <= MOST_ELEMENTS,
        Value::Map(entries) => entries.len() <= MOST_ELEMENTS,
        _ => true,
    };
    if fits { Ok(value) } else { Err(Wrong::TooLarge) }
}

/// How many arguments a function takes, in words.
fn takes(function: &Function) -> String {
    match (function.least, function.most) {
        (1, 1) => "1 argument".into(),
        (least, most) if least == most => format!("{least} arguments"),
        (least, MANY) => format!("at least {least} arguments"),
        (least, most) => format!("{least} to {most} arguments"),
    }
}

#[cfg(test)]
mod tests;

//! What a template can call: Go's own functions, and those of sprig that reports use. Arguments
//! stand in the order of the template, what is piped in last.

mod lists;
mod numbers;
mod printf;
mod texts;
mod values;

use super::value::Value;

/// The longest text that a function makes, in bytes; also the longest list.
const LONGEST: usize = 16 << 20;

/// The names of all functions.
const NAMES: &[&str] = &[
    "abbrev",
    "add",
    "add1",
    "and",
    "append",
    "atoi",
    "b64dec",
    "b64enc",
    "base",
    "cat",
    "ceil",
    "coalesce",
    "compact",
    "contains",
    "date",
    "default",
    "dict",
    "dir",
    "div",
    "empty",
    "eq",
    "ext",
    "fail",
    "first",
    "float64",
    "floor",
    "ge",
    "get",
    "gt",
    "has",
    "hasKey",
    "hasPrefix",
    "hasSuffix",
    "html",
    "indent",
    "index",
    "initial",
    "int",
    "int64",
    "join",
    "js",
    "keys",
    "kindOf",
    "last",
    "le",
    "len",
    "list",
    "lower",
    "lt",
    "max",
    "min",
    "mod",
    "mul",
    "ne",
    "nindent",
    "nospace",
    "not",
    "now",
    "or",
    "plural",
    "prepend",
    "print",
    "printf",
    "println",
    "quote",
    "regexMatch",
    "regexReplaceAll",
    "repeat",
    "replace",
    "rest",
    "reverse",
    "round",
    "seq",
    "set",
    "sha256sum",
    "slice",
    "snakecase",
    "sortAlpha",
    "split",
    "splitList",
    "squote",
    "sub",
    "substr",
    "ternary",
    "title",
    "toJson",
    "toPrettyJson",
    "toRawJson",
    "toString",
    "toStrings",
    "trim",
    "trimAll",
    "trimPrefix",
    "trimSuffix",
    "trunc",
    "tuple",
    "uniq",
    "until",
    "upper",
    "urlquery",
    "values",
    "without",
    "wrap",
];

/// Whether there is a function of that name.
pub fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
}

type Made = Result<Value, String>;

/// Calls a function.
///
/// # Errors
/// Its arguments are none that it takes.
pub fn call(name: &str, given: &[Value]) -> Made {
    let made = texts::texts(name, given)
        .or_else(|| numbers::numbers(name, given))
        .or_else(|| lists::lists(name, given))
        .or_else(|| values::others(name, given));
    let value = made.unwrap_or_else(|| Err("wrong number or kind of arguments".to_owned()))?;
    match &value {
        Value::Text(text) if text.len() > LONGEST => Err("what it makes is too long".to_owned()),
        Value::List(list) if list.len() > LONGEST / 64 => {
            Err("what it makes is too long".to_owned())
        }
        _ => Ok(value),
    }
}

fn said(text: impl AsRef<str>) -> Option<Made> {
    Some(Ok(Value::text(text.as_ref())))
}

fn yes(is: bool) -> Option<Made> {
    Some(Ok(Value::Bool(is)))
}

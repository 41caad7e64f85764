//! What conditions may call beside Terraform's own functions.

use super::condition::Terms;
use crate::engine::terraform::Value;

/// A function of conditions: what makes no sense is null, what is not known is unknown.
type Function = fn(&Terms, &[Value]) -> Value;

const FUNCTIONS: &[(&str, Function)] = &[
    ("empty", |_, arguments| empty(argument(arguments, 0))),
    ("linked", |terms, arguments| linked(terms, arguments)),
    ("public_cidr", |_, arguments| public_cidr(argument(arguments, 0))),
];

/// None where there is no such function.
pub fn call(name: &str, terms: &Terms, arguments: &[Value]) -> Option<Value> {
    let (_, function) = FUNCTIONS.iter().find(|(own, _)| *own == name)?;
    Some(function(terms, arguments))
}

fn argument(arguments: &[Value], at: usize) -> &Value {
    arguments.get(at).unwrap_or(&Value::Null)
}

/// `empty(value)`: whether it is absent, or a text, list or object of nothing.
fn empty(value: &Value) -> Value {
    match value {
        Value::Null => Value::Bool(true),
        Value::String(text) => Value::Bool(text.is_empty()),
        Value::List(values) => Value::Bool(values.is_empty()),
        Value::Map(entries) => Value::Bool(entries.is_empty()),
        Value::Bool(_) | Value::Number(_) => Value::Bool(false),
        Value::Unknown(_) => Value::UNKNOWN,
    }
}

/// `linked("aws_s3_bucket_versioning", "bucket")`: the blocks of that kind whose attribute refers
/// to the resource.
fn linked(terms: &Terms, arguments: &[Value]) -> Value {
    let [Value::String(kind), Value::String(attribute)] = arguments else { return Value::Null };
    let context = terms.context;
    let found = context.links.to(context.instance(terms.index), kind, attribute);
    Value::list(found.into_iter().map(|index| context.value(index)).collect())
}

/// `public_cidr("0.0.0.0/0")`: whether a range of addresses, or one of a list of them, is that of
/// everybody.
fn public_cidr(value: &Value) -> Value {
    let everybody = |text: &str| {
        let (address, length) = text.trim().split_once('/').unwrap_or((text.trim(), ""));
        let is_any = address == "*" || address.chars().all(|c| "0.:".contains(c));
        is_any && !address.is_empty() && matches!(length, "0" | "")
    };
    match value {
        Value::String(text) => Value::Bool(everybody(text)),
        Value::List(values) => {
            let each: Vec<Value> = values.iter().map(public_cidr).collect();
            match each.iter().any(|one| *one == Value::Bool(true)) {
                true => Value::Bool(true),
                false => each.into_iter().find(Value::is_unknown).unwrap_or(Value::Bool(false)),
            }
        }
        Value::Unknown(_) => Value::UNKNOWN,
        _ => Value::Bool(false),
    }
}

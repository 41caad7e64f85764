//! Type constraints of variables, and what they make of values.

use super::super::functions::to_text;
use super::super::syntax::{Expr, Kind};
use super::super::value::Value;
use super::operate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A type constraint.
#[derive(Debug, Clone)]
pub enum Type {
    Any,
    String,
    Number,
    Bool,
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>),
    Tuple(Vec<Type>),
    Object(Vec<Field>),
}

/// An attribute of an object.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: Arc<str>,
    pub of: Type,
    /// `optional(type)` and `optional(type, default)`.
    pub optional: Option<Value>,
}

impl Type {
    /// The type that an expression names; what is no type is any.
    pub fn of(expression: &Expr) -> Type {
        match &expression.kind {
            Kind::Name(name) | Kind::Literal(Value::String(name)) => match &**name {
                "string" => Type::String,
                "number" => Type::Number,
                "bool" => Type::Bool,
                "list" => Type::List(Box::new(Type::Any)),
                "set" => Type::Set(Box::new(Type::Any)),
                "map" => Type::Map(Box::new(Type::Any)),
                // Constraints of a JSON configuration are texts.
                text if text.contains('(') => super::super::syntax::hcl_expression(text)
                    .map_or(Type::Any, |inner| Type::of(&inner)),
                _ => Type::Any,
            },
            Kind::Call { name, arguments, .. } => Type::compound(name, arguments),
            _ => Type::Any,
        }
    }

    fn compound(name: &str, arguments: &[Expr]) -> Type {
        let Some(inner) = arguments.first() else { return Type::Any };
        match name {
            "list" => Type::List(Box::new(Type::of(inner))),
            "set" => Type::Set(Box::new(Type::of(inner))),
            "map" => Type::Map(Box::new(Type::of(inner))),
            "optional" => Type::of(inner),
            "tuple" => match &inner.kind {
                Kind::List(items) => Type::Tuple(items.iter().map(Type::of).collect()),
                _ => Type::Any,
            },
            "object" => match &inner.kind {
                Kind::Object(entries) => {
                    Type::Object(entries.iter().filter_map(Field::of).collect())
                }
                _ => Type::Any,
            },
            _ => Type::Any,
        }
    }

    /// Whether a value that comes as text, from the environment, is an expression.
    pub fn is_compound(&self) -> bool {
        !matches!(self, Type::Any | Type::String | Type::Number | Type::Bool)
    }

    /// The value as this type; as it is where it does not fit.
    pub fn convert(&self, value: Value) -> Value {
        match (self, &value) {
            (_, Value::Null | Value::Unknown(_)) | (Type::Any, _) => value,
            (Type::String, Value::Bool(_) | Value::Number(_)) => {
                to_text(&value).map_or(value, Value::String)
            }
            (Type::Number, Value::String(_)) => match operate::number(&value) {
                Some(Some(number)) => Value::Number(number),
                _ => value,
            },
            (Type::Bool, Value::String(text)) => match &**text {
                "true" | "1" => Value::Bool(true),
                "false" | "0" => Value::Bool(false),
                _ => value,
            },
            (Type::List(of), Value::List(items)) => each(of, items, &value),
            (Type::Set(of), Value::List(items)) => set(each(of, items, &value)),
            (Type::Map(of), Value::Map(entries)) => {
                if matches!(**of, Type::Any) {
                    return value;
                }
                Value::map(
                    entries.iter().map(|(k, v)| (k.clone(), of.convert(v.clone()))).collect(),
                )
            }
            (Type::Tuple(of), Value::List(items)) => Value::list(
                items.iter().zip(of).map(|(item, of)| of.convert(item.clone())).collect(),
            ),
            (Type::Object(fields), Value::Map(entries)) => object(fields, entries),
            _ => value,
        }
    }
}

impl Field {
    fn of(entry: &(Expr, Expr)) -> Option<Field> {
        let Kind::Literal(Value::String(name)) = &entry.0.kind else { return None };
        let optional = match &entry.1.kind {
            Kind::Call { name, arguments, .. } if &**name == "optional" => {
                Some(match arguments.get(1).map(literal) {
                    Some(Some(default)) => default,
                    Some(None) => Value::UNKNOWN,
                    None => Value::Null,
                })
            }
            _ => None,
        };
        Some(Field { name: name.clone(), of: Type::of(&entry.1), optional })
    }
}

/// The value of a default, which may refer to nothing.
fn literal(expression: &Expr) -> Option<Value> {
    match &expression.kind {
        Kind::Literal(value) => Some(value.clone()),
        Kind::List(items) => items.iter().map(literal).collect::<Option<_>>().map(Value::list),
        Kind::Negate(inner) => match literal(inner)? {
            Value::Number(number) => Some(Value::Number(-number)),
            _ => None,
        },
        _ => None,
    }
}

fn each(of: &Type, items: &Arc<Vec<Value>>, whole: &Value) -> Value {
    if matches!(of, Type::Any) {
        return whole.clone();
    }
    Value::list(items.iter().map(|item| of.convert(item.clone())).collect())
}

/// A set of texts has an order and no element twice.
fn set(list: Value) -> Value {
    let Value::List(items) = &list else { return list };
    let texts: Option<std::collections::BTreeSet<&Arc<str>>> = items
        .iter()
        .map(|item| match item {
            Value::String(text) => Some(text),
            _ => None,
        })
        .collect();
    match texts {
        Some(texts) => Value::list(texts.into_iter().cloned().map(Value::String).collect()),
        None => list,
    }
}

/// Attributes that the type does not name are dropped, and missing ones get their defaults.
fn object(fields: &[Field], entries: &BTreeMap<Arc<str>, Value>) -> Value {
    let mut made = BTreeMap::new();
    for field in fields {
        let given = entries.get(&field.name).cloned().unwrap_or(Value::Null);
        let value = match (&given, &field.optional) {
            (Value::Null, Some(default)) => default.clone(),
            _ => given,
        };
        made.insert(field.name.clone(), field.of.convert(value));
    }
    Value::map(made)
}

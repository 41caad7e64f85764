//! Values of a configuration as Python's operators take them.

use serde_json::{Map, Value};

/// What a check of Bandit ends in, as Python words the exception. Bandit logs that and goes on
/// without a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed(pub Box<str>);

/// A value, or what the check that asks for it ends in.
pub type Given<T> = Result<T, Failed>;

/// The value that a check asks for.
pub fn ask<T>(given: &Given<T>) -> Result<&T, Failed> {
    given.as_ref().map_err(Failed::clone)
}

/// Where a check expects a list of texts.
#[derive(Debug, Clone, PartialEq)]
pub enum Names {
    Fixed(&'static [&'static str]),
    /// With `None` for what is no text.
    List(Vec<Option<Box<str>>>),
    /// One text, of which Python makes what the operator at hand makes of it.
    Text(Box<str>),
}

impl Names {
    pub fn read(value: &Value) -> Given<Names> {
        let text = |value: &Value| value.as_str().map(Box::from);
        match value {
            Value::Array(list) => Ok(Names::List(list.iter().map(text).collect())),
            Value::Object(map) => {
                Ok(Names::List(map.keys().map(|key| Some(key.as_str().into())).collect()))
            }
            Value::String(text) => Ok(Names::Text(text.as_str().into())),
            other => {
                let kind = kind_of(other);
                Err(Failed(format!("argument of type '{kind}' is not iterable").into()))
            }
        }
    }

    /// `name in names`: of a text, any part is in it.
    pub fn hold(&self, name: &str) -> bool {
        match self {
            Names::Fixed(names) => names.contains(&name),
            Names::List(names) => names.iter().any(|known| known.as_deref() == Some(name)),
            Names::Text(text) => text.contains(name),
        }
    }

    /// Whether the name is one of the list, or the text itself.
    pub fn are(&self, name: &str) -> bool {
        match self {
            Names::Text(text) => **text == *name,
            list => list.hold(name),
        }
    }

    /// Whether some name passes, one after the other: of a text, each character is one.
    ///
    /// # Errors
    /// What is no text came before one that passes.
    pub fn any(&self, passes: impl Fn(&str) -> bool) -> Given<bool> {
        match self {
            Names::Fixed(names) => Ok(names.iter().any(|name| passes(name))),
            Names::Text(text) => Ok(text.chars().any(|c| passes(c.encode_utf8(&mut [0; 4])))),
            Names::List(names) => {
                for name in names {
                    match name.as_deref() {
                        Some(name) if passes(name) => return Ok(true),
                        Some(_) => {}
                        None => return Err(Failed("expected str".into())),
                    }
                }
                Ok(false)
            }
        }
    }
}

/// What `settings[key]` comes to.
pub fn given<'a>(settings: &'a Map<String, Value>, key: &str) -> Given<&'a Value> {
    settings.get(key).ok_or_else(|| Failed(format!("'{key}'").into()))
}

/// What Python calls the type of a value.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

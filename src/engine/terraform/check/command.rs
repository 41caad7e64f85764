//! Command lines of containers.

use crate::engine::terraform::Value;

/// `program(self)`: the name of what a container runs, without its folder; null where its image
/// decides that.
pub fn program(container: &Value) -> Value {
    let command = words(container, &["command"]);
    let name = command.first().and_then(|path| path.rsplit('/').next());
    name.map_or(Value::Null, Value::string)
}

/// `flag(self, "--profiling=false")`: whether a word of the command or of the arguments of a
/// container holds that text.
pub fn flag(arguments: &[Value]) -> Value {
    let [container, Value::String(flag)] = arguments else { return Value::Null };
    Value::Bool(words(container, &["command", "args"]).iter().any(|word| word.contains(&**flag)))
}

/// `flag_values(self, "--authorization-mode")`: what stands after the flag and `=`, up to a blank,
/// taken apart at commas; null where the flag is not given.
pub fn flag_values(arguments: &[Value]) -> Value {
    let [container, Value::String(flag)] = arguments else { return Value::Null };
    let words = words(container, &["command", "args"]);
    let given = words.iter().filter_map(|word| {
        let value = word.split_once(&**flag)?.1.strip_prefix('=')?.split_whitespace().next()?;
        Some(value.split(',').map(|one| Value::string(one.trim_matches(['"', '\'']))))
    });
    let values: Vec<Value> = given.flatten().collect();
    if values.is_empty() { Value::Null } else { Value::list(values) }
}

/// The texts of some attributes of a container; an attribute may be one text.
fn words<'a>(container: &'a Value, attributes: &[&str]) -> Vec<&'a str> {
    let Value::Map(entries) = container else { return Vec::new() };
    let given = attributes.iter().filter_map(|name| entries.get(*name));
    let words = given.flat_map(|value| match value {
        Value::List(words) => words.iter().filter_map(Value::as_str).collect(),
        one => Vec::from_iter(one.as_str()),
    });
    words.collect()
}

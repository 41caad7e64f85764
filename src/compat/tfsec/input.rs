//! `--print-rego-input`: what is known of the blocks after evaluation, by address.

use crate::engine::terraform::Block;
use crate::engine::terraform::Project;
use crate::engine::terraform::Value;
use crate::engine::{MASK, masked};
use serde_json::{Map, Value as Json};

/// The blocks of a project; what is not known is null.
pub fn input(project: &Project) -> Json {
    let blocks = project.instances.iter();
    Json::Object(blocks.map(|it| (masked(&it.address), block(&it.block))).collect())
}

fn block(of: &Block) -> Json {
    let mut entries: Map<String, Json> =
        of.attributes.iter().map(|(name, it)| (name.to_string(), value(name, &it.value))).collect();
    for inner in &of.blocks {
        let all = entries.entry(&*inner.kind).or_insert_with(|| Json::Array(Vec::new()));
        if let Json::Array(all) = all {
            all.push(block(inner));
        }
    }
    Json::Object(entries)
}

fn value(name: &str, of: &Value) -> Json {
    match of {
        Value::Null | Value::Unknown(_) => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Number(number) => Json::from(*number),
        Value::String(text) => Json::from(shown(name, text)),
        Value::List(values) => values.iter().map(|it| value(name, it)).collect(),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(name, it)| (name.to_string(), value(name, it)));
            Json::Object(entries.collect())
        }
    }
}

/// The value of an attribute, masked where it is a secret, or one beside that name.
pub fn shown(name: &str, text: &str) -> String {
    let line = format!("{name} = {text:?}");
    match masked(&line) == line && masked(text) == text {
        true => text.to_owned(),
        false => MASK.to_owned(),
    }
}

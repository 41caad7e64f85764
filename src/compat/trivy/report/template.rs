//! What a template says of the results: one that is given as it stands, or as `@` and its file.

use super::Report;
use crate::compat::go::template::{Template, Value};
use crate::compat::trivy::Stopped;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// What templates ask of results that `config` has nothing of.
const EMPTY: [&str; 6] =
    ["Packages", "Vulnerabilities", "Misconfigurations", "Secrets", "Licenses", "CustomResources"];

/// Reads a template.
///
/// # Errors
/// It is none, or its file cannot be read.
pub fn read(given: &str) -> Result<Template, Stopped> {
    let read = match given.strip_prefix('@') {
        Some(path) => Template::read(path),
        None if given.is_empty() => {
            Err("--format=template needs --template: the template, or @ and its file".to_owned())
        }
        None => Template::parse(given).map_err(|why| format!("template: output template:{why}")),
    };
    read.map_err(|why| Stopped(format!("run error: report error: {why}")))
}

pub fn write(report: &Report, template: &Template, out: &mut dyn Write) -> io::Result<()> {
    let results = serde_json::to_value(&report.results)?;
    let results = match value(results) {
        Value::List(all) => all.iter().map(completed).collect(),
        _ => Vec::new(),
    };
    let text = template.render(Value::list(results)).map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

/// A result with every list that templates ask for.
fn completed(result: &Value) -> Value {
    let Value::Map(fields) = result else { return result.clone() };
    let mut fields: BTreeMap<String, Value> = (**fields).clone();
    for name in EMPTY {
        fields.entry(name.to_owned()).or_insert_with(|| Value::list(Vec::new()));
    }
    Value::map(fields)
}

fn value(json: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Nil,
        Json::Bool(truth) => Value::Bool(truth),
        Json::Number(number) => Value::Int(number.as_i64().unwrap_or_default()),
        Json::String(text) => Value::text(&text),
        Json::Array(all) => Value::list(all.into_iter().map(value).collect()),
        Json::Object(pairs) => {
            Value::map(pairs.into_iter().map(|(key, it)| (key, value(it))).collect())
        }
    }
}

//! What a template says of the results: one that is given as it stands, or as `@` and its file.

use super::Report;
use crate::compat::go::template::{Template, Value};
use crate::compat::trivy::Stopped;
use serde_json::{Value as Json, json};
use std::io::{self, Write};

/// What Trivy adds to the functions of all templates.
const FUNCTIONS: [&str; 6] =
    ["appVersion", "endWithPeriod", "env", "escapeString", "escapeXML", "sourceID"];

/// Reads a template.
///
/// # Errors
/// It is none, or its file cannot be read.
pub fn read(given: &str) -> Result<Template, Stopped> {
    let read = match given.strip_prefix('@') {
        Some(path) => Template::read(path, &FUNCTIONS),
        None if given.is_empty() => {
            Err("--format=template needs --template: the template, or @ and its file".to_owned())
        }
        None => Template::parse(given, &FUNCTIONS)
            .map_err(|why| format!("template: output template:{why}")),
    };
    read.map_err(|why| Stopped(format!("run error: report error: {why}")))
}

pub fn write(report: &Report, template: &Template, out: &mut dyn Write) -> io::Result<()> {
    let mut results = serde_json::to_value(&report.results)?;
    results.as_array_mut().into_iter().flatten().for_each(complete);
    let text = template.render(value(results)).map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

/// Adds what JSON leaves out of a result, and templates ask for.
fn complete(result: &mut Json) {
    let lists = json!({
        "Packages": [], "Vulnerabilities": [], "Misconfigurations": [], "Secrets": [],
        "Licenses": [], "CustomResources": [],
    });
    fill(result, lists);
    for it in result["Misconfigurations"].as_array_mut().into_iter().flatten() {
        let cause = json!({
            "Resource": "", "StartLine": 0, "EndLine": 0, "Code": {"Lines": []}, "Occurrences": [],
        });
        fill(&mut it["CauseMetadata"], cause);
    }
}

/// Adds the entries that an object has not.
fn fill(object: &mut Json, with: Json) {
    if let (Json::Object(object), Json::Object(with)) = (object, with) {
        with.into_iter().for_each(|(key, value)| {
            object.entry(key).or_insert(value);
        });
    }
}

fn value(json: Json) -> Value {
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

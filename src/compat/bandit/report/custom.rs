//! A line an issue, by the user's template.

use super::super::issue::Issue;
use super::super::log::Log;
use super::template::{Field, parse};
use super::values::{Misfit, Value};
use super::{Failure, Report, failed, paths};
use crate::report::untrusted::visible;
use std::collections::BTreeSet;
use std::io::Write;

const TEMPLATE: &str = "{abspath}:{line}: {test_id}[bandit]: {severity}: {msg}";

/// What a template may name.
const TAGS: &[&str] = &[
    "abspath",
    "relpath",
    "line",
    "col",
    "end_col",
    "test_id",
    "severity",
    "msg",
    "confidence",
    "range",
    "cwe",
];

/// A part of the template, ready for use.
struct Part<'a> {
    literal: String,
    field: Option<Field<'a>>,
}

pub(super) fn write(report: &Report, to: &mut dyn Write, log: &Log) -> Result<(), Failure> {
    let template = report.options.msg_template.as_deref().unwrap_or(TEMPLATE);
    let parts = prepare(template, log)?;
    for entry in &report.entries {
        let mut text = String::new();
        for part in &parts {
            text += &part.literal;
            if let Some(field) = &part.field {
                text += &expand(field, entry.issue).map_err(|misfit| match misfit {
                    Misfit::Spec(why) | Misfit::Other(why) => failed(why),
                })?;
            }
        }
        writeln!(to, "{text}").map_err(failed)?;
    }
    Ok(())
}

/// Checks the template, and makes text of the fields that nothing stands for.
fn prepare<'a>(template: &'a str, log: &Log) -> Result<Vec<Part<'a>>, Failure> {
    let refuse = |why: String| Failure::Refused(format!("Template is not in valid format: {why}"));
    let parsed = parse(template).map_err(refuse)?;
    for field in parsed.iter().filter_map(|part| part.field.as_ref()) {
        check(field).map_err(|misfit| match misfit {
            Misfit::Spec(why) => refuse(why),
            Misfit::Other(why) => failed(why),
        })?;
    }
    let names: BTreeSet<&str> =
        parsed.iter().filter_map(|part| part.field.as_ref()).map(|field| field.name).collect();
    if names.is_empty() {
        let why = "No tags were found in the template. Are you missing '{}'?";
        return Err(Failure::Refused(why.to_owned()));
    }
    for name in names.iter().filter(|name| !TAGS.contains(name)) {
        let near = similar(name);
        log.warning(
            "custom",
            &format!(
                "Tag '{name}' was not recognized and will be skipped, did you mean to use '{near}'?"
            ),
        );
    }
    let ready = parsed.into_iter().map(|part| match part.field {
        Some(field) if TAGS.contains(&field.name) => {
            Part { literal: part.literal, field: Some(field) }
        }
        field => {
            let name = field.map_or("", |field| field.name);
            Part { literal: part.literal + name, field: None }
        }
    });
    Ok(ready.collect())
}

/// Whether Python could write the field, of which it knows the line alone at that point.
fn check(field: &Field) -> Result<(), Misfit> {
    let base = field.name.split(['.', '[']).next().unwrap_or_default();
    if base.is_empty() || base.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Misfit::Other("a tag must have a name".to_owned()));
    }
    let value = |name: &str| match name {
        "line" => Value::Number(0),
        name => Value::Text(format!("{{{name}}}")),
    };
    let spec = nested(field.spec, &value)?;
    value(field.name).converted(field.conversion)?.formatted(&spec).map(drop)
}

/// The format with the fields in it resolved.
fn nested(spec: &str, value: &dyn Fn(&str) -> Value) -> Result<String, Misfit> {
    let mut text = String::new();
    for part in parse(spec).map_err(Misfit::Spec)? {
        text += &part.literal;
        if let Some(field) = part.field {
            if field.spec.contains('{') {
                return Err(Misfit::Spec("Max string recursion exceeded".to_owned()));
            }
            text += &value(field.name).converted(field.conversion)?.formatted(field.spec)?;
        }
    }
    Ok(text)
}

fn expand(field: &Field, issue: &Issue) -> Result<String, Misfit> {
    // What Bandit puts together here has the conversion behind the format, where it means nothing.
    if field.conversion.is_some() && !field.spec.is_empty() {
        return Err(Misfit::Other("Invalid format specifier".to_owned()));
    }
    let spec = nested(field.spec, &|name| value(name, issue))?;
    value(field.name, issue).converted(field.conversion)?.formatted(&spec)
}

fn value(tag: &str, issue: &Issue) -> Value {
    let text = |text: &str| Value::Text(visible(text).into_owned());
    match tag {
        "abspath" => text(&paths::absolute(&issue.file)),
        "relpath" => text(&paths::relative(&issue.file)),
        "line" => Value::Number(issue.line.into()),
        "col" => Value::Number(issue.column),
        "end_col" => Value::Number(issue.end_column),
        "test_id" => text(issue.rule.id),
        "severity" => text(issue.severity.name()),
        "msg" => text(&issue.text),
        "confidence" => text(issue.confidence.name()),
        "range" => Value::Whole(issue.range()),
        "cwe" => Value::Whole(issue.cwe()),
        other => text(other),
    }
}

/// The tag that has most letters in common with one that is none.
fn similar(tag: &str) -> &'static str {
    let letters: BTreeSet<char> = tag.chars().collect();
    let common =
        |known: &&&str| known.chars().collect::<BTreeSet<_>>().intersection(&letters).count();
    TAGS.iter().max_by_key(|known| (common(known), **known)).copied().unwrap_or_default()
}

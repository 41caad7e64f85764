//! Functions of paths, and of files of the tree.

use super::Needs::{All, Source};
use super::encoding::base64_text;
use super::{Call, Function, MOST_TEXT, Value, Wrong, function};
use std::sync::Arc;

pub(super) const FUNCTIONS: &[Function] = &[
    function("abspath", Source, (1, 1), |call| Ok(Value::string(clean(&call.text(0)?)))),
    function("basename", All, (1, 1), |call| Ok(Value::string(base(&call.text(0)?)))),
    function("dirname", All, (1, 1), |call| Ok(Value::string(folder(&call.text(0)?)))),
    function("file", All, (1, 1), file),
    function("filebase64", All, (1, 1), |call| Ok(Value::string(base64_text(&content(call)?)))),
    function("fileexists", All, (1, 1), |call| Ok(Value::Bool(call.files.exists(&call.text(0)?)))),
    function("fileset", All, (2, 2), file_set),
    function("pathexpand", Source, (1, 1), expand),
];

/// The bytes of the file that the first argument names.
pub(super) fn content(call: &Call) -> Result<Arc<[u8]>, Wrong> {
    let path = call.text(0)?;
    match call.files.read(&path) {
        Some(content) if content.len() > MOST_TEXT => Err(Wrong::TooLarge),
        Some(content) => Ok(content),
        None => Err(Wrong::NoFile { function: call.name, path: path.to_string() }),
    }
}

/// The text of that file.
pub(super) fn content_text(call: &Call) -> Result<Arc<str>, Wrong> {
    let content = content(call)?;
    match std::str::from_utf8(&content) {
        Ok(text) => Ok(text.into()),
        Err(_) => Err(call.failed("the file is not UTF-8")),
    }
}

fn file(call: &Call) -> Result<Value, Wrong> {
    Ok(Value::String(content_text(call)?))
}

fn file_set(call: &Call) -> Result<Value, Wrong> {
    let mut found = call.files.glob(&call.text(0)?, &call.text(1)?);
    found.sort();
    found.dedup();
    Ok(Value::list(found.into_iter().map(Value::string).collect()))
}

/// The home folder is that of who applies.
fn expand(call: &Call) -> Result<Value, Wrong> {
    let path = call.text(0)?;
    Ok(if path.starts_with('~') { Value::UNKNOWN } else { Value::String(path) })
}

/// The path without what leads nowhere. The folder that Terraform runs in is not known, so that a
/// relative path stays one, which the same file is found by.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if rooted => {}
            _ => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".into(),
        (false, false) => parts.join("/"),
    }
}

fn base(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" if path.is_empty() => ".",
        "" => "/",
        path => path.rsplit('/').next().unwrap_or(path),
    }
}

fn folder(path: &str) -> String {
    clean(path.rfind('/').map_or("", |at| &path[..=at]))
}

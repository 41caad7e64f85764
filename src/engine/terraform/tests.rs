//! Small trees, and what they come to.

mod hostile;
mod language;
mod modules;
mod origins;
mod plans;
mod rules;
mod values;

use super::{Files, Instance, Kind, Project, Settings, Source, Symbol, Value, evaluate};
use std::sync::Arc;

/// Files in memory.
struct Memory(Vec<Source>);

impl Files for Memory {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        self.0.iter().find(|source| &*source.path == path).map(|source| source.bytes.clone())
    }

    fn exists(&self, path: &str) -> bool {
        self.read(path).is_some()
    }

    fn glob(&self, _: &str, _: &str) -> Vec<String> {
        Vec::new()
    }
}

fn sources(files: &[(&str, &str)]) -> Vec<Source> {
    let source = |(path, text): &(&str, &str)| Source {
        path: (*path).into(),
        bytes: text.as_bytes().into(),
    };
    files.iter().map(source).collect()
}

fn tree(files: &[(&str, &str)]) -> Project {
    tree_with(files, &Settings::default())
}

fn tree_with(files: &[(&str, &str)], settings: &Settings) -> Project {
    let files = sources(files);
    evaluate(&files, &Memory(files.clone()), settings)
}

/// The addresses of resources and data sources.
fn addresses(project: &Project) -> Vec<&str> {
    let resources = project
        .instances
        .iter()
        .filter(|instance| matches!(&*instance.block.kind, "resource" | "data"));
    resources.map(|instance| &*instance.address).collect()
}

fn instance<'p>(project: &'p Project, address: &str) -> &'p Instance {
    let found = project.instances.iter().find(|instance| &*instance.address == address);
    found.unwrap_or_else(|| panic!("{address} is not among {:?}", addresses(project)))
}

fn attribute<'p>(project: &'p Project, address: &str, name: &str) -> &'p Value {
    &instance(project, address).block.attributes[name].value
}

/// What an expression comes to in a module with these declarations.
fn value_in(declarations: &str, expression: &str) -> Value {
    let main = format!("{declarations}\nresource \"t\" \"x\" {{\n  v = {expression}\n}}\n");
    attribute(&tree(&[("main.tf", &main)]), "t.x", "v").clone()
}

fn value(expression: &str) -> Value {
    value_in("variable \"unknown\" {}", expression)
}

/// A value as short text.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(text) => {
            format!("'{}'", text.replace(super::OPEN, "<").replace(super::CLOSE, ">"))
        }
        Value::List(items) => {
            format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(" "))
        }
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{key}={}", shown(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(" "))
        }
        Value::Unknown(None) => "?".to_owned(),
        Value::Unknown(Some(symbol)) => match &**symbol {
            Symbol { address, attribute } if attribute.is_empty() => format!("<{address}>"),
            Symbol { address, attribute } => format!("<{address}.{attribute}>"),
        },
    }
}

fn kinds(project: &Project) -> Vec<Kind> {
    project.troubles.iter().map(|trouble| trouble.kind).collect()
}

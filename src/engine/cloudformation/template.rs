//! What a template says, before it is evaluated.

use super::parameters::Parameters;
use crate::engine::terraform::{Symbol, Value, to_number};
use crate::engine::yaml::{Entry, Node, value};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// A template.
#[derive(Debug)]
pub struct Template<'n> {
    pub parameters: BTreeMap<Arc<str>, Parameter>,
    pub conditions: HashMap<Arc<str>, &'n Node>,
    pub mappings: Option<&'n Node>,
    pub resources: &'n [Entry],
    /// What AWS SAM has for all resources of a type.
    pub globals: Option<&'n Node>,
}

/// `Parameters`.
#[derive(Debug)]
pub struct Parameter {
    /// What it is without anything given: not known where there is no default.
    pub value: Value,
    /// Where its default stands.
    pub default: Option<Range<usize>>,
    /// The file that gives it another value.
    pub given: Option<Arc<str>>,
    /// Whether AWS shows its value to nobody.
    pub is_secret: bool,
}

impl<'n> Template<'n> {
    /// What a document says; none where it is no template.
    pub fn of(root: &'n Node, given: &Parameters) -> Option<Template<'n>> {
        let resources = root.get("Resources").map(Node::entries).unwrap_or_default();
        let is_one = root.get("AWSTemplateFormatVersion").is_some()
            || root.get("Transform").is_some_and(is_transform)
            || resources.iter().any(|entry| kind(&entry.value).is_some());
        if !is_one {
            return None;
        }
        let section = |name: &str| root.get(name).map(Node::entries).unwrap_or_default();
        let parameters = section("Parameters")
            .iter()
            .map(|entry| (entry.key.clone(), Parameter::of(&entry.key, &entry.value, given)));
        let conditions = section("Conditions").iter();
        Some(Template {
            parameters: parameters.collect(),
            conditions: conditions.map(|entry| (entry.key.clone(), &entry.value)).collect(),
            mappings: root.get("Mappings"),
            resources,
            globals: root.get("Globals"),
        })
    }
}

/// The type of a resource: `AWS::S3::Bucket`.
pub fn kind(resource: &Node) -> Option<&Arc<str>> {
    let is_type = |text: &&Arc<str>| {
        ["AWS::", "Custom::", "Alexa::"].iter().any(|vendor| text.starts_with(vendor))
    };
    resource.get("Type").and_then(Node::text).filter(is_type)
}

fn is_transform(node: &Node) -> bool {
    let is_own = |node: &Node| node.text().is_some_and(|text| text.starts_with("AWS::"));
    is_own(node) || node.items().iter().any(is_own)
}

impl Parameter {
    fn of(name: &Arc<str>, node: &Node, given: &Parameters) -> Parameter {
        let kind = node.get("Type").and_then(Node::text).map_or("String", |text| text);
        let default = node.entries().iter().find(|entry| &*entry.key == "Default");
        let other = given.find(name);
        let written = match (other, default) {
            (Some((_, text)), _) => Some(Value::String(text.clone())),
            (None, default) => default.map(|entry| value(&entry.value)),
        };
        let symbol = Symbol { address: name.clone(), attribute: "".into() };
        let is_secret = node.get("NoEcho").and_then(Node::text);
        Parameter {
            value: written
                .and_then(|value| typed(kind, value))
                .unwrap_or_else(|| Value::Unknown(Some(Arc::new(symbol)))),
            default: default.map(|entry| entry.range.clone()),
            given: other.map(|(file, _)| file.clone()),
            is_secret: is_secret.is_some_and(|text| text.eq_ignore_ascii_case("true")),
        }
    }
}

/// A value as the type of a parameter has it; none where it is a name under which the parameter
/// store has the value.
fn typed(kind: &str, value: Value) -> Option<Value> {
    if kind.starts_with("AWS::SSM::Parameter::Value") {
        return None;
    }
    let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
    Some(match &value {
        Value::String(text) if is_list => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Value::list(parts.map(Value::string).collect())
        }
        Value::String(_) if kind == "Number" => to_number(&value).map_or(value, Value::Number),
        _ => value,
    })
}

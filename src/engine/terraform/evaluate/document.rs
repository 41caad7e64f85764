//! The JSON of `aws_iam_policy_document`: a data source, but one that only writes down what its
//! blocks say.

use super::super::block::Block;
use super::super::functions::to_text;
use super::super::syntax;
use super::super::value::Value;
use super::expand::Single;
use super::module::{Evaluator, State, symbol};
use serde_json::{Map, Value as Json, json};

/// The data source.
pub const TYPE: &str = "aws_iam_policy_document";

/// The text of the document; unknown parts of it are names in it.
pub fn json<'t>(
    evaluator: &Evaluator<'t>,
    module: &State<'t>,
    source: &syntax::Block,
    instance: &Single,
) -> Value {
    let blocks = evaluator.nested(module, source, instance);
    let value = |name: &str| evaluator.set(module, source, instance, name);
    let mut document = Document::default();
    for name in ["source_json", "source_policy_documents"] {
        document.add_all(&value(name));
    }
    for block in blocks.iter().filter(|block| &*block.kind == "statement") {
        document.add(statement(block));
    }
    for name in ["override_json", "override_policy_documents"] {
        document.add_all(&value(name));
    }
    let version = text(&value("version")).unwrap_or_else(|| "2012-10-17".to_owned());
    let mut whole = Map::new();
    whole.insert("Version".to_owned(), version.into());
    if let Some(id) = text(&value("policy_id")) {
        whole.insert("Id".to_owned(), id.into());
    }
    whole.insert("Statement".to_owned(), document.statements.into());
    let written = Json::Object(whole).to_string();
    match evaluator.limits.allow_text(written.len()) {
        true => Value::string(written),
        false => symbol(&instance.address, "json"),
    }
}

#[derive(Default)]
struct Document {
    statements: Vec<Json>,
}

impl Document {
    /// A statement takes the place of an earlier one of the same name.
    fn add(&mut self, statement: Json) {
        let name = statement.get("Sid").and_then(Json::as_str).filter(|name| !name.is_empty());
        let same = |known: &&mut Json| known.get("Sid").and_then(Json::as_str) == name;
        match name.and_then(|_| self.statements.iter_mut().find(same)) {
            Some(known) => *known = statement,
            None => self.statements.push(statement),
        }
    }

    /// The statements of a document, or of each in a list. One that is not known adds nothing.
    fn add_all(&mut self, documents: &Value) {
        match documents {
            Value::List(documents) => {
                documents.iter().for_each(|document| self.add_all(document));
            }
            Value::String(document) => {
                let Ok(mut document) = serde_json::from_str::<Json>(document) else { return };
                match document.get_mut("Statement").map(Json::take) {
                    Some(Json::Array(statements)) => {
                        statements.into_iter().for_each(|statement| self.add(statement));
                    }
                    Some(statement @ Json::Object(_)) => self.add(statement),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// A value as JSON has it.
fn text(value: &Value) -> Option<String> {
    to_text(value).map(|text| text.to_string())
}

fn statement(block: &Block) -> Json {
    let mut made = Map::new();
    let value = |name: &str| block.attributes.get(name).map(|attribute| &attribute.value);
    if let Some(name) = value("sid").and_then(text) {
        made.insert("Sid".to_owned(), name.into());
    }
    let effect = value("effect").and_then(text).unwrap_or_else(|| "Allow".to_owned());
    made.insert("Effect".to_owned(), effect.into());
    for (name, key) in [
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        if let Some(known) = value(name).and_then(texts) {
            made.insert(key.to_owned(), known);
        }
    }
    for (name, key) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(known) = principals(block, name) {
            made.insert(key.to_owned(), known);
        }
    }
    let conditions = conditions(block);
    if !conditions.is_empty() {
        made.insert("Condition".to_owned(), conditions.into());
    }
    made.into()
}

/// One text, or a list of them.
fn texts(value: &Value) -> Option<Json> {
    match value {
        Value::List(items) => {
            let mut items: Vec<Json> = items.iter().filter_map(text).map(Json::String).collect();
            match items.len() {
                0 => None,
                1 => items.pop(),
                _ => Some(items.into()),
            }
        }
        value => text(value).map(Json::String),
    }
}

/// Everybody is `"*"`, and the others are lists by type.
fn principals(block: &Block, kind: &str) -> Option<Json> {
    let mut by_type = Map::new();
    for principal in block.blocks.iter().filter(|nested| &*nested.kind == kind) {
        let value = |name: &str| principal.attributes.get(name).map(|found| &found.value);
        let name = value("type").and_then(text).unwrap_or_default();
        let Some(identifiers) = value("identifiers").and_then(texts) else { continue };
        if name == "*" && identifiers == json!("*") {
            return Some(identifiers);
        }
        merge(&mut by_type, name, identifiers);
    }
    if by_type.is_empty() { None } else { Some(by_type.into()) }
}

fn conditions(block: &Block) -> Map<String, Json> {
    let mut made = Map::new();
    for condition in block.blocks.iter().filter(|nested| &*nested.kind == "condition") {
        let value = |name: &str| condition.attributes.get(name).map(|found| &found.value);
        let (Some(test), Some(variable)) =
            (value("test").and_then(text), value("variable").and_then(text))
        else {
            continue;
        };
        let Some(values) = value("values").and_then(texts) else { continue };
        if let Json::Object(of_test) = made.entry(test).or_insert_with(|| json!({})) {
            merge(of_test, variable, values);
        }
    }
    made
}

fn merge(into: &mut Map<String, Json>, key: String, more: Json) {
    let list = |value: Json| match value {
        Json::Array(items) => items,
        one => vec![one],
    };
    let all = match into.remove(&key) {
        Some(known) => {
            let mut all = list(known);
            all.extend(list(more));
            all.into()
        }
        None => more,
    };
    into.insert(key, all);
}

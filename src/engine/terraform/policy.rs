//! IAM policy documents: what a JSON text or an `aws_iam_policy_document` grants, statement by
//! statement, in one shape.
//!
//! A text may be known in part only (see `value::OPEN`): what is not known stays in the lists as it
//! is. The elements are those of the grammar in the IAM user guide.

use super::block::{Attribute, Block, Place};
use super::syntax::{Node, NodeKind, json};
use super::value::Value;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// How many statements of a document are looked at; AWS allows some hundred.
const STATEMENTS: usize = 10_000;

/// One `Statement` of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// `Allow` or `Deny`.
    pub effect: Value,
    pub actions: Part,
    pub not_actions: Part,
    pub resources: Part,
    pub not_resources: Part,
    /// By their type (`AWS`, `Service`, …); `*` for a principal that is everybody.
    pub principals: Vec<(Arc<str>, Part)>,
    pub conditions: Vec<Condition>,
}

/// One of the lists of a statement, where a single text is a list of one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Part {
    pub values: Vec<Value>,
    pub at: At,
}

/// Where a part of a document stands.
#[derive(Debug, Clone, PartialEq)]
pub enum At {
    /// Bytes of the text that the document is.
    Text(Range<usize>),
    /// An attribute or block of a data source.
    File(Place),
}

impl Default for At {
    fn default() -> At {
        At::Text(0..0)
    }
}

/// `"StringEquals": {"aws:SourceAccount": ["…"]}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// `StringEquals`.
    pub operator: Value,
    /// `aws:SourceAccount`.
    pub key: Value,
    pub values: Vec<Value>,
}

/// The statements of a JSON text; none where it is no policy document.
pub fn of_text(text: &str) -> Option<Vec<Statement>> {
    let document = json(text).ok()?;
    let statements = document.get("Statement")?;
    Some(match &statements.kind {
        NodeKind::Array(each) => each.iter().take(STATEMENTS).map(of_node).collect(),
        NodeKind::Object(_) => vec![of_node(statements)],
        _ => return None,
    })
}

fn of_node(node: &Node) -> Statement {
    let part = |name: &str| node.get(name).map(part_of_node).unwrap_or_default();
    Statement {
        effect: node.get("Effect").and_then(text).unwrap_or(Value::Null),
        actions: part("Action"),
        not_actions: part("NotAction"),
        resources: part("Resource"),
        not_resources: part("NotResource"),
        principals: node.get("Principal").map(principals).unwrap_or_default(),
        conditions: node.get("Condition").map(conditions).unwrap_or_default(),
    }
}

fn text(node: &Node) -> Option<Value> {
    match &node.kind {
        NodeKind::String(text) => Some(Value::String(text.clone())),
        NodeKind::Bool(truth) => Some(Value::string(truth.to_string())),
        NodeKind::Number(number) => Some(Value::string(number.to_string())),
        _ => None,
    }
}

fn texts(node: &Node) -> Vec<Value> {
    match &node.kind {
        NodeKind::Array(each) => each.iter().filter_map(text).collect(),
        _ => text(node).into_iter().collect(),
    }
}

fn part_of_node(node: &Node) -> Part {
    Part { values: texts(node), at: At::Text(node.range.clone()) }
}

fn principals(node: &Node) -> Vec<(Arc<str>, Part)> {
    match node.text() {
        Some(everybody) => vec![(everybody.clone(), part_of_node(node))],
        None => {
            node.members().iter().map(|it| (it.name.clone(), part_of_node(&it.value))).collect()
        }
    }
}

fn conditions(node: &Node) -> Vec<Condition> {
    let tests = |operator: &Arc<str>, keys: &Node| -> Vec<Condition> {
        let condition = |key: &Arc<str>, values: &Node| Condition {
            operator: Value::String(operator.clone()),
            key: Value::String(key.clone()),
            values: texts(values),
        };
        keys.members().iter().map(|it| condition(&it.name, &it.value)).collect()
    };
    node.members().iter().flat_map(|it| tests(&it.name, &it.value)).collect()
}

/// The statements of an `aws_iam_policy_document`; `taken` gives those of the documents that an
/// attribute of it takes over.
pub fn of_block(block: &Block, taken: &dyn Fn(&Attribute) -> Vec<Statement>) -> Vec<Statement> {
    let others = |names: [&str; 2]| -> Vec<Statement> {
        let attributes = names.into_iter().filter_map(|name| block.attributes.get(name));
        attributes.flat_map(taken).collect()
    };
    let own = block.blocks.iter().filter(|inner| &*inner.kind == "statement").map(of_statement);
    let first = others(["source_json", "source_policy_documents"]);
    let last = others(["override_json", "override_policy_documents"]);
    first.into_iter().chain(own).chain(last).take(STATEMENTS).collect()
}

fn of_statement(block: &Block) -> Statement {
    let value = |block: &Block, name: &str| block.attributes.get(name).map(|it| it.value.clone());
    let part = |name: &str| block.attributes.get(name).map(part_of_attribute).unwrap_or_default();
    let inner = |kind: &'static str| block.blocks.iter().filter(move |it| &*it.kind == kind);
    let principal = |block: &Block| {
        let kind = value(block, "type")?.as_str()?.into();
        let values = elements(&value(block, "identifiers")?);
        Some((kind, Part { values, at: At::File(block.place.clone()) }))
    };
    let condition = |block: &Block| {
        Some(Condition {
            operator: value(block, "test")?,
            key: value(block, "variable")?,
            values: elements(&value(block, "values")?),
        })
    };
    Statement {
        effect: value(block, "effect").unwrap_or_else(|| Value::string("Allow")),
        actions: part("actions"),
        not_actions: part("not_actions"),
        resources: part("resources"),
        not_resources: part("not_resources"),
        principals: inner("principals").filter_map(principal).collect(),
        conditions: inner("condition").filter_map(condition).collect(),
    }
}

fn part_of_attribute(attribute: &Attribute) -> Part {
    Part { values: elements(&attribute.value), at: At::File(attribute.place.clone()) }
}

/// A list of texts, where a single one is a list of one.
pub fn elements(value: &Value) -> Vec<Value> {
    match value {
        Value::List(values) => values.to_vec(),
        Value::Null => Vec::new(),
        single => vec![single.clone()],
    }
}

/// A document as conditions see it: a list of `Statement`, where `Action`, `NotAction`, `Resource`,
/// `NotResource` and each type of `Principal` are lists, and `Condition` is a list of `Operator`,
/// `Key` and `Value`.
pub fn object(statements: &[Statement]) -> Value {
    let statements = statements.iter().map(statement_object).collect();
    map([("Statement", Value::list(statements))])
}

fn statement_object(statement: &Statement) -> Value {
    let list = |part: &Part| Value::list(part.values.clone());
    let mut principals: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (kind, part) in &statement.principals {
        principals.entry(kind.clone()).or_default().extend(part.values.iter().cloned());
    }
    let principals = principals.into_iter().map(|(kind, values)| (kind, Value::list(values)));
    let condition = |it: &Condition| {
        let values = Value::list(it.values.clone());
        map([("Operator", it.operator.clone()), ("Key", it.key.clone()), ("Value", values)])
    };
    map([
        ("Effect", statement.effect.clone()),
        ("Action", list(&statement.actions)),
        ("NotAction", list(&statement.not_actions)),
        ("Resource", list(&statement.resources)),
        ("NotResource", list(&statement.not_resources)),
        ("Principal", Value::map(principals.collect())),
        ("Condition", Value::list(statement.conditions.iter().map(condition).collect())),
    ])
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::map(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::terraform::value::{CLOSE, OPEN};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_part_of_a_mutilated_document_is_in_its_text(cut in 0_usize..200, junk: String) {
            let whole = r#"{"Statement": [{"Effect": "Allow", "Action": ["a:*"], "Resource": "*",
                "Principal": {"AWS": ["1"]}, "Condition": {"Bool": {"aws:k": "true"}}}]}"#;
            let at = whole.floor_char_boundary(cut);
            let text = format!("{}{junk}{}", &whole[..at], &whole[at..]);
            for statement in of_text(&text).unwrap_or_default() {
                let At::Text(range) = statement.actions.at else { panic!("a text has no files") };
                prop_assert!(text.get(range).is_some());
            }
        }
    }

    #[test]
    fn single_texts_are_lists_of_one() {
        let statements = of_text(
            r#"{"Statement": {"Effect": "Allow", "Action": "sqs:*", "Principal": "*",
                "Condition": {"Bool": {"aws:SecureTransport": false}}}}"#,
        )
        .unwrap();
        let [statement] = &statements[..] else { panic!("{statements:?}") };
        assert_eq!(statement.actions.values, [Value::string("sqs:*")]);
        assert_eq!(statement.principals[0].0.as_ref(), "*");
        assert_eq!(statement.conditions[0].values, [Value::string("false")]);
        assert_eq!(statement.resources, Part::default());
    }

    #[test]
    fn what_is_not_known_stays_in_the_list() {
        let arn = format!("{OPEN}aws_s3_bucket.logs.arn{CLOSE}/*");
        let text = format!(r#"{{"Statement": [{{"Effect": "Allow", "Resource": ["{arn}"]}}]}}"#);
        let statements = of_text(&text).unwrap();
        assert_eq!(statements[0].resources.values, [Value::string(arn)]);
    }

    #[test]
    fn a_part_says_where_it_stands() {
        let text = "{\"Statement\": [{\n\"Action\": [\n\"a:b\"]\n}]}";
        let statements = of_text(text).unwrap();
        let At::Text(range) = &statements[0].actions.at else { panic!() };
        assert_eq!(&text[range.clone()], "[\n\"a:b\"]");
    }

    #[test]
    fn other_texts_are_no_documents() {
        for text in ["", "[]", "{}", r#"{"Statement": "all"}"#, "not json", "{\"Statement\": [{]}"]
        {
            assert_eq!(of_text(text), None, "{text}");
        }
    }
}

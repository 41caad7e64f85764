//! Nodes as blocks, so that rules ask of YAML what they ask of Terraform.

use super::node::{Content, Entry, Node};
use super::scalar::Scalar;
use crate::engine::terraform::{Attribute, Attributes, Block, Place, Value};
use std::ops::Range;
use std::sync::Arc;

/// A mapping as a block: the mappings in it are blocks, lists of mappings are repeated blocks whose
/// label is their `name`, and all else is an attribute, an empty mapping or list too.
pub fn block(kind: &Arc<str>, node: &Node, range: Range<usize>) -> Block {
    let mut block = Block {
        kind: kind.clone(),
        labels: Vec::new(),
        attributes: Attributes::default(),
        blocks: Vec::new(),
        place: Place { file: 0, range },
    };
    for Entry { key, range, value: node } in node.entries() {
        match &node.content {
            Content::Map(entries) if !entries.is_empty() => {
                block.blocks.push(self::block(key, node, range.clone()));
            }
            Content::List(items) if holds_blocks(items) => {
                block.blocks.extend(items.iter().map(|item| repeated(key, item)));
            }
            _ => {
                let place = Place { file: 0, range: range.clone() };
                let attribute = Attribute { value: value(node), place, refers: None };
                block.attributes.insert(key.clone(), attribute);
            }
        }
    }
    block
}

fn holds_blocks(items: &[Node]) -> bool {
    !items.is_empty() && items.iter().all(|item| !item.entries().is_empty())
}

fn repeated(key: &Arc<str>, item: &Node) -> Block {
    let name = item.get("name").and_then(Node::text).cloned();
    Block { labels: name.into_iter().collect(), ..block(key, item, item.range.clone()) }
}

/// A node as a value, without places.
pub fn value(node: &Node) -> Value {
    match &node.content {
        Content::Scalar(Scalar::Null, _) => Value::Null,
        Content::Scalar(Scalar::Bool(it), _) => Value::Bool(*it),
        Content::Scalar(Scalar::Number(it), _) => Value::Number(*it),
        Content::Scalar(Scalar::Text, text) => Value::String(text.clone()),
        Content::List(items) => Value::list(items.iter().map(value).collect()),
        Content::Map(entries) => {
            Value::map(entries.iter().map(|it| (it.key.clone(), value(&it.value))).collect())
        }
    }
}

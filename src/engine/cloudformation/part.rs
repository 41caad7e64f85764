//! Evaluated parts of a template, and blocks made of them.

use crate::engine::terraform::{Attribute, Attributes, Block, Place, Value};
use std::ops::Range;
use std::sync::Arc;

/// What a node of a template comes to, and where it stands.
#[derive(Debug, Clone)]
pub struct Part {
    pub content: Content,
    pub range: Range<usize>,
    /// The parameters that it is made from, in the order in which they are named.
    pub from: Vec<Arc<str>>,
}

/// What a part holds.
#[derive(Debug, Clone)]
pub enum Content {
    Value(Value),
    List(Vec<Part>),
    Map(Vec<Field>),
}

/// `key: part`.
#[derive(Debug, Clone)]
pub struct Field {
    pub key: Arc<str>,
    /// From the key to the end of the value.
    pub range: Range<usize>,
    pub part: Part,
}

/// What tells the elements of a list apart, so that an identity does not go by their order.
const NAMES: [&str; 6] = ["Name", "PolicyName", "Key", "ParameterName", "DeviceName", "Id"];

impl Part {
    /// A value that is computed.
    pub fn of(value: Value, range: Range<usize>) -> Part {
        Part { content: Content::Value(value), range, from: Vec::new() }
    }

    /// The part as a value, without places.
    pub fn value(&self) -> Value {
        match &self.content {
            Content::Value(value) => value.clone(),
            Content::List(parts) => Value::list(parts.iter().map(Part::value).collect()),
            Content::Map(fields) => {
                Value::map(fields.iter().map(|it| (it.key.clone(), it.part.value())).collect())
            }
        }
    }

    /// Its fields; none of anything but a mapping.
    pub fn fields(&self) -> &[Field] {
        match &self.content {
            Content::Map(fields) => fields,
            _ => &[],
        }
    }

    /// Whether it is a mapping with something in it. An IAM policy document is one value.
    fn is_block(&self) -> bool {
        let is_policy = || self.fields().iter().any(|field| &*field.key == "Statement");
        !self.fields().is_empty() && !is_policy()
    }

    /// The parameters that it is made from, at any depth.
    pub fn sources(&self, to: &mut Vec<Arc<str>>) {
        note(&self.from, to);
        match &self.content {
            Content::Value(_) => {}
            Content::List(parts) => parts.iter().for_each(|part| part.sources(to)),
            Content::Map(fields) => fields.iter().for_each(|field| field.part.sources(to)),
        }
    }
}

/// The most parameters that are told for one value.
const MOST_SOURCES: usize = 64;

/// Adds the names of parameters, each once.
pub fn note(names: &[Arc<str>], to: &mut Vec<Arc<str>>) {
    for name in names {
        if to.len() < MOST_SOURCES && !to.contains(name) {
            to.push(name.clone());
        }
    }
}

/// Fields as a block: the mappings in them are blocks, lists of mappings are repeated blocks, and
/// all else is an attribute; so are policy documents.
pub fn block(kind: &Arc<str>, fields: &[Field], range: Range<usize>) -> Block {
    let mut block = Block {
        kind: kind.clone(),
        labels: Vec::new(),
        attributes: Attributes::default(),
        blocks: Vec::new(),
        place: Place { file: 0, range },
    };
    fields.iter().for_each(|field| add(field, &mut block));
    block
}

fn add(field: &Field, to: &mut Block) {
    let Field { key, range, part } = field;
    match &part.content {
        Content::Map(fields) if part.is_block() => {
            to.blocks.push(block(key, fields, range.clone()));
        }
        Content::List(parts) if parts.iter().any(Part::is_block) => {
            let (blocks, others): (Vec<&Part>, Vec<&Part>) =
                parts.iter().partition(|part| part.is_block());
            to.blocks.extend(blocks.iter().map(|part| element(key, part)));
            // Where not all are blocks, some may not be known, and nothing may be said to be
            // missing. These stand last, so that blocks have the numbers of their elements.
            if !others.is_empty() {
                let all = blocks.into_iter().chain(others).map(Part::value).collect();
                to.attributes.insert(key.clone(), attribute(field, Value::list(all)));
            }
        }
        _ => {
            to.attributes.insert(key.clone(), attribute(field, part.value()));
        }
    }
}

fn element(key: &Arc<str>, part: &Part) -> Block {
    let name = |known: &&str| {
        let field = part.fields().iter().find(|field| *field.key == **known)?;
        match &field.part.content {
            Content::Value(Value::String(text)) => Some(text.clone()),
            _ => None,
        }
    };
    let labels = NAMES.iter().find_map(name).into_iter().collect();
    Block { labels, ..block(key, part.fields(), part.range.clone()) }
}

fn attribute(field: &Field, value: Value) -> Attribute {
    let mut from = Vec::new();
    field.part.sources(&mut from);
    Attribute {
        value,
        place: Place { file: 0, range: field.range.clone() },
        refers: (!from.is_empty()).then(|| from.into()),
    }
}

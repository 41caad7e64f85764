//! What a condition is about: a block, a block in it, an element of one of its lists.

use crate::engine::terraform::syntax::Step;
use crate::engine::terraform::{Attribute, Block, Place, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One thing that is looked at.
#[derive(Clone)]
pub struct Subject<'a> {
    /// The blocks around `block`, from the resource inwards.
    pub around: Vec<&'a Block>,
    /// The innermost block.
    pub block: &'a Block,
    /// Which of the blocks of its name each of them is, from the first within the resource.
    ordinals: Vec<usize>,
    /// An element of an attribute of that block, or one of its attributes, where that is what is
    /// looked at.
    pub element: Option<(&'a str, &'a Attribute, Value)>,
}

impl<'a> Subject<'a> {
    /// A resource as a whole.
    pub fn of(resource: &'a Block) -> Subject<'a> {
        let (around, ordinals) = (Vec::new(), Vec::new());
        Subject { around, block: resource, ordinals, element: None }
    }

    pub fn place(&self) -> &Place {
        match &self.element {
            Some((_, attribute, _)) => &attribute.place,
            None => &self.block.place,
        }
    }

    /// The names of the blocks within the resource, with their labels, and of the attribute.
    pub fn path(&self) -> Vec<Cow<'a, str>> {
        let name = |block: &'a Block| match &block.labels[..] {
            [] => Cow::Borrowed(&*block.kind),
            labels => Cow::Owned(format!("{}[{}]", block.kind, labels.join("."))),
        };
        let attribute = self.element.as_ref().map(|(name, ..)| Cow::Borrowed(*name));
        self.within().map(name).chain(attribute).collect()
    }

    /// The block as an object, or the one that is so many blocks around it; `resource` is the
    /// object of the resource.
    pub fn object(&self, resource: Value, outwards: usize) -> Value {
        let depth = self.ordinals.len().saturating_sub(outwards);
        self.within().zip(&self.ordinals).take(depth).fold(resource, |around, (block, ordinal)| {
            let Value::Map(entries) = around else { return Value::Null };
            match entries.get(&block.kind) {
                Some(Value::List(blocks)) => blocks.get(*ordinal).cloned().unwrap_or(Value::Null),
                _ => Value::Null,
            }
        })
    }

    /// The blocks within the resource, down to `block`.
    fn within(&self) -> impl Iterator<Item = &'a Block> {
        self.around.iter().copied().chain([self.block]).skip(1)
    }
}

/// Everything below a subject that a path means: blocks by their names, elements of a list and
/// attributes of a block by `name[*]`. No step for the subject itself.
pub fn subjects<'a>(from: &Subject<'a>, steps: &[&str]) -> Vec<Subject<'a>> {
    let mut found = vec![from.clone()];
    for step in steps {
        found = found.into_iter().flat_map(|subject| below(&subject, step)).collect();
    }
    found
}

fn below<'a>(subject: &Subject<'a>, step: &str) -> Vec<Subject<'a>> {
    let block = subject.block;
    if subject.element.is_some() {
        return Vec::new();
    }
    let Some(name) = step.strip_suffix("[*]") else { return inner(subject, step) };
    if let Some((name, attribute)) = block.attributes.get_key_value(name) {
        let elements = match &attribute.value {
            Value::List(values) => values.to_vec(),
            Value::Null => Vec::new(),
            single => vec![single.clone()],
        };
        let element = |value| Some((&**name, attribute, value));
        let element = |value| Subject { element: element(value), ..subject.clone() };
        return elements.into_iter().map(element).collect();
    }
    let entries = inner(subject, name).into_iter().flat_map(|subject| {
        let element = |(name, attribute): (&'a Arc<str>, &'a Attribute)| {
            Some((&**name, attribute, attribute.value.clone()))
        };
        let attributes = subject.block.attributes.iter();
        attributes.map(move |entry| Subject { element: element(entry), ..subject.clone() })
    });
    entries.collect()
}

/// The blocks of a name.
fn inner<'a>(subject: &Subject<'a>, name: &str) -> Vec<Subject<'a>> {
    let around: Vec<&Block> = subject.around.iter().copied().chain([subject.block]).collect();
    let inner = subject.block.blocks.iter().filter(|inner| *inner.kind == *name);
    let inner = inner.enumerate().map(|(ordinal, block)| Subject {
        around: around.clone(),
        block,
        ordinals: subject.ordinals.iter().copied().chain([ordinal]).collect(),
        element: None,
    });
    inner.collect()
}

/// As much of a path as can be told from a block without making an object of it, and the number of
/// its steps. As with `object`, a step through repeated blocks leads to the first.
pub fn part(block: &Block, steps: &[Step], null: &Value) -> Option<(Value, usize)> {
    let mut block = block;
    for (at, step) in steps.iter().enumerate() {
        let Step::Attribute(name) = step else { return None };
        let mut inner = block.blocks.iter().filter(|inner| inner.kind == *name).peekable();
        match (inner.peek(), steps.get(at + 1)) {
            (Some(first), Some(Step::Attribute(_))) => block = first,
            (Some(_), _) => {
                // A list of which blocks are a part has the others too.
                let list = block.attributes.get(name).map(|it| it.value.clone());
                let objects = || Value::list(inner.map(|it| object(it, null)).collect());
                return Some((list.unwrap_or_else(objects), at + 1));
            }
            (None, _) => {
                return Some(match block.attributes.get(name).map(|it| &it.value) {
                    Some(Value::Null) => (null.clone(), at + 1),
                    Some(value) => (value.clone(), at + 1),
                    // What an attribute is that is not there is not for here to say.
                    None => (Value::map(BTreeMap::new()), at),
                });
            }
        }
    }
    None
}

/// A block as an object: attributes by name, the blocks of any other name as a list of objects.
/// `null` is what an attribute is that is set to nothing.
pub fn object(block: &Block, null: &Value) -> Value {
    let value = |value: &Value| match value {
        Value::Null => null.clone(),
        value => value.clone(),
    };
    let mut entries: BTreeMap<Arc<str>, Value> =
        block.attributes.iter().map(|(name, it)| (name.clone(), value(&it.value))).collect();
    let mut inner: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for block in &block.blocks {
        inner.entry(block.kind.clone()).or_default().push(object(block, null));
    }
    for (name, blocks) in inner {
        // A list of which blocks are a part has the others too.
        entries.entry(name).or_insert_with(|| Value::list(blocks));
    }
    Value::map(entries)
}

//! Blocks: their attributes, the blocks in them, and those that `dynamic` makes.

use super::super::block::{Attribute, Block};
use super::super::functions::to_text;
use super::super::project::Kind;
use super::super::syntax;
use super::super::value::{Symbol, Value};
use super::document;
use super::expand::{Single, map};
use super::interpret::elements;
use super::module::{Evaluator, State, symbol};
use super::world::Frame;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

impl<'t> Evaluator<'t> {
    /// An attribute of an instance, as expressions see it.
    pub fn attribute(
        &self,
        module: &State<'t>,
        resource: usize,
        instance: &Single,
        name: &str,
    ) -> Value {
        let folder = module.folder;
        let block = &folder.blocks[folder.resources.all[resource].block];
        let known = block.body.attributes.iter().position(|attribute| &*attribute.name == name);
        let computed = || symbol(&instance.address, name);
        if let Some(at) = known {
            return match self.attribute_at(module, block, instance, at) {
                // What is set to null is left to the provider. What is not known and of no resource
                // gets the name of the attribute, so that it is seen whose value another has.
                Value::Null => computed(),
                Value::Unknown(symbol) if !symbol.as_deref().is_some_and(is_of_resource) => {
                    computed()
                }
                value => value,
            };
        }
        let nested = |block: &syntax::Block| match block.labels.first() {
            Some(label) if &*block.kind == "dynamic" => &**label == name,
            _ => &*block.kind == name,
        };
        if block.body.blocks.iter().any(nested) {
            let blocks = self.nested(module, block, instance);
            let named = blocks.iter().filter(|block| &*block.kind == name);
            return self.limits.weighed(Value::list(named.map(block_value).collect()));
        }
        let kind = block.labels.first().map(|kind| &**kind);
        if kind == Some(document::TYPE) && (name == "json" || name == "minified_json") {
            return document::json(self, module, block, instance);
        }
        computed()
    }

    /// An attribute that is set; null where it is not.
    pub fn set(
        &self,
        module: &State<'t>,
        block: &syntax::Block,
        instance: &Single,
        name: &str,
    ) -> Value {
        let at = block.body.attributes.iter().position(|attribute| &*attribute.name == name);
        at.map_or(Value::Null, |at| self.attribute_at(module, block, instance, at))
    }

    pub fn attribute_at(
        &self,
        module: &State<'t>,
        block: &syntax::Block,
        instance: &Single,
        at: usize,
    ) -> Value {
        let attribute = &block.body.attributes[at];
        let value = instance.attributes[at].get(&self.limits, || {
            let frame = instance.frame();
            self.plain(module, Some(&instance.address), attribute, frame.as_ref())
        });
        self.note_limit(&attribute.place);
        value.unwrap_or_else(|| {
            let message = format!("`{}.{}` needs itself", instance.address, attribute.name);
            self.trouble(&attribute.place, Kind::Cycle, message);
            self.limits.mistake();
            Value::UNKNOWN
        })
    }

    /// The blocks in the block of an instance.
    pub fn nested(
        &self,
        module: &State<'t>,
        block: &syntax::Block,
        instance: &Single,
    ) -> Rc<Vec<Block>> {
        let made = instance
            .blocks
            .get(&self.limits, || Rc::new(self.nested_once(module, block, instance)));
        made.unwrap_or_default()
    }

    /// The same, not kept: few blocks are referred to, and those of all would be in memory twice.
    pub fn nested_once(
        &self,
        module: &State<'t>,
        block: &syntax::Block,
        instance: &Single,
    ) -> Vec<Block> {
        let frame = instance.frame();
        let mut blocks = Vec::new();
        for nested in &block.body.blocks {
            self.blocks(module, Some(&instance.address), nested, frame.as_ref(), &mut blocks);
        }
        blocks
    }

    /// An attribute as a block has it; a type or a provider is what is written there.
    fn plain(
        &self,
        module: &State<'t>,
        this: Option<&Arc<str>>,
        attribute: &syntax::Attribute,
        frame: Option<&Frame<'_>>,
    ) -> Value {
        let written = matches!(&*attribute.name, "type" | "provider");
        let kind = &attribute.expression.kind;
        match kind {
            syntax::Kind::Name(_) | syntax::Kind::Call { .. } if written && this.is_none() => {
                self.written(attribute)
            }
            syntax::Kind::Path(..) if &*attribute.name == "provider" => self.written(attribute),
            _ => self.value_of(module, this, &attribute.expression, frame),
        }
    }

    fn written(&self, attribute: &syntax::Attribute) -> Value {
        let range = attribute.expression.start as usize..attribute.expression.end as usize;
        let source = self.sources.get(attribute.place.file as usize);
        let bytes = source.and_then(|source| source.bytes.get(range)).unwrap_or_default();
        Value::string(String::from_utf8_lossy(bytes).into_owned())
    }

    /// What a nested block stands for: itself, or the blocks that `dynamic` makes.
    fn blocks(
        &self,
        module: &State<'t>,
        this: Option<&Arc<str>>,
        block: &syntax::Block,
        frame: Option<&Frame<'_>>,
        into: &mut Vec<Block>,
    ) {
        let made = match block.labels.first() {
            Some(label) if &*block.kind == "dynamic" => label,
            _ => {
                let plain = self.block(module, this, block, &block.kind, frame);
                into.push(Block { labels: block.labels.clone(), ..plain });
                return;
            }
        };
        let content = block.body.blocks.iter().find(|block| &*block.kind == "content");
        let (Some(content), Some(each)) = (content, block.body.attribute("for_each")) else {
            return;
        };
        let iterator = match block.body.attribute("iterator").map(|it| &it.expression.kind) {
            Some(syntax::Kind::Name(name) | syntax::Kind::Literal(Value::String(name))) => name,
            _ => made,
        };
        let over = self.value_of(module, this, &each.expression, frame);
        let elements = match elements(&over) {
            Some(Some(elements)) => elements,
            Some(None) if self.settings.unknown_each => vec![(Value::UNKNOWN, Value::UNKNOWN)],
            _ => Vec::new(),
        };
        let kept = self.bounded(elements.len(), &block.place);
        for (key, value) in elements.into_iter().take(kept) {
            if !self.limits.spend(content.body.attributes.len() as u64 + 1) {
                return;
            }
            let value = map([("key", key), ("value", value)]);
            let frame = Frame { name: iterator, value, outer: frame };
            let labels = block.body.attribute("labels");
            let labels = labels.map(|it| self.value_of(module, this, &it.expression, Some(&frame)));
            let labels = match labels {
                Some(Value::List(labels)) => labels.iter().filter_map(to_text).collect(),
                _ => Vec::new(),
            };
            let content = self.block(module, this, content, made, Some(&frame));
            into.push(Block { labels, ..content });
        }
    }

    pub fn block(
        &self,
        module: &State<'t>,
        this: Option<&Arc<str>>,
        block: &syntax::Block,
        kind: &Arc<str>,
        frame: Option<&Frame<'_>>,
    ) -> Block {
        let attributes = block.body.attributes.iter().map(|attribute| {
            let value = self.plain(module, this, attribute, frame);
            self.note_limit(&attribute.place);
            (attribute.name.clone(), evaluated(attribute, value))
        });
        let attributes = attributes.collect();
        let mut blocks = Vec::new();
        for nested in &block.body.blocks {
            self.blocks(module, this, nested, frame, &mut blocks);
        }
        let place = block.place.clone();
        Block { kind: kind.clone(), labels: Vec::new(), attributes, blocks, place }
    }
}

/// Whether a symbol is no variable's.
fn is_of_resource(symbol: &Symbol) -> bool {
    symbol.address.rsplit('.').nth(1) != Some("var")
}

/// An attribute with its value.
pub fn evaluated(attribute: &syntax::Attribute, value: Value) -> Attribute {
    Attribute { value, place: attribute.place.clone(), refers: attribute.refers.clone() }
}

/// A block as expressions see it: its attributes, and lists of the blocks in it.
fn block_value(block: &Block) -> Value {
    let mut entries: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut lists: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (name, attribute) in block.attributes.iter() {
        entries.insert(name.clone(), attribute.value.clone());
    }
    for nested in &block.blocks {
        lists.entry(nested.kind.clone()).or_default().push(block_value(nested));
    }
    for (name, blocks) in lists {
        entries.entry(name).or_insert_with(|| Value::list(blocks));
    }
    Value::map(entries)
}

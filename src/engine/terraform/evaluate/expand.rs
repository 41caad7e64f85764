//! Blocks and how often they stand for something: `count`, `for_each` and `dynamic`.

use super::super::block::{Attribute, Block, Instance, Place};
use super::super::functions::to_text;
use super::super::project::Kind;
use super::super::syntax;
use super::super::value::{OPEN, Value};
use super::document;
use super::folder::{Call, Folder, Times};
use super::interpret::{Frame, elements};
use super::lazy::{Lazy, slots};
use super::limits::{INSTANCES_OF_BLOCK, MODULE_DEPTH, MODULES};
use super::module::{Caller, Evaluator, State, Target, symbol};
use super::operate;
use super::tree::{is_local, join};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// What a resource or a call stands for.
#[derive(Debug)]
pub struct Expansion {
    pub singles: Vec<Rc<Single>>,
    /// What its name means in expressions: a symbol, or a list or map of symbols.
    pub whole: Value,
    /// The modules of a call, one for each of `singles`; none where the module is not there.
    pub modules: Vec<u32>,
}

/// One thing that a resource or a call stands for.
#[derive(Debug)]
pub struct Single {
    pub address: Arc<str>,
    /// `each` or `count`, and what it is.
    pub bound: Option<(&'static str, Value)>,
    /// Whether it is one thing; otherwise it stands for a number of things that is unknown.
    pub known: bool,
    pub attributes: Vec<Lazy<Value>>,
    pub blocks: Lazy<Rc<Vec<Block>>>,
}

impl Single {
    /// The frame of its `each` or `count`.
    pub fn frame(&self) -> Option<Frame<'_>> {
        let (name, value) = self.bound.as_ref()?;
        Some(Frame { name, value: value.clone(), outer: None })
    }
}

/// A block that no plan knows.
const LEFT_OUT: [&str; 4] = ["moved", "import", "check", "removed"];

/// A key, how it is written in an address, and the value of `each` or `count`.
struct Element {
    /// `None` where it is not known.
    key: Option<Key>,
    bound: (&'static str, Value),
}

enum Key {
    Number(usize),
    Text(Arc<str>),
}

impl<'t> Evaluator<'t> {
    /// What a resource stands for.
    pub fn resource(&self, module: &State<'t>, at: usize) -> Rc<Expansion> {
        let resource = &module.folder.resources.all[at];
        let block = &module.folder.blocks[resource.block];
        let made = module.resources[at].get(&self.limits, || {
            let address = format!("{}{}", module.prefix, resource.address);
            let slots = block.body.attributes.len();
            let expansion = self.expand(module, &resource.times, &address, &block.place, slots);
            let mut targets = self.targets.borrow_mut();
            for instance in &expansion.singles {
                let target = Target::Instance {
                    module: module.id,
                    resource: at,
                    instance: instance.clone(),
                };
                targets.entry(instance.address.clone()).or_insert(target);
            }
            Rc::new(expansion)
        });
        self.note_limit(&block.place);
        made.unwrap_or_else(|| self.cyclic(&block.place, &resource.address))
    }

    /// What a call stands for.
    pub fn call(&self, module: &State<'t>, at: usize) -> Rc<Expansion> {
        let call = &module.folder.calls.all[at];
        let block = &module.folder.blocks[call.block];
        let made = module.calls[at].get(&self.limits, || {
            let address = format!("{}module.{}", module.prefix, call.name);
            let slots = block.body.attributes.len();
            let mut expansion = self.expand(module, &call.times, &address, &block.place, slots);
            let names = match &*module.names {
                "" => call.name.to_string(),
                around => format!("{around}.{}", call.name),
            };
            let names: Arc<str> = names.into();
            if let Some((folder, downloaded)) = self.callee(module, call, &names, &block.place) {
                let left = MODULES.saturating_sub(self.modules.borrow().len());
                if left < expansion.singles.len() {
                    self.limits.exceed("the configuration has more than 50,000 modules");
                }
                for (number, single) in expansion.singles.iter().enumerate().take(left) {
                    let caller = Caller { module: module.id, call: at, single: single.clone() };
                    let id = self.add_module(
                        single.address.clone(),
                        names.clone(),
                        folder,
                        Some((caller, number == 0)),
                        downloaded,
                    );
                    expansion.modules.push(id);
                    let target = Target::Module(id);
                    self.targets.borrow_mut().entry(single.address.clone()).or_insert(target);
                }
            }
            Rc::new(expansion)
        });
        self.note_limit(&block.place);
        made.unwrap_or_else(|| self.cyclic(&block.place, &format!("module.{}", call.name)))
    }

    fn cyclic(&self, place: &Place, name: &str) -> Rc<Expansion> {
        self.trouble(place, Kind::Cycle, format!("how often `{name}` is made needs itself"));
        self.limits.mistake();
        Rc::new(Expansion { singles: Vec::new(), whole: Value::UNKNOWN, modules: Vec::new() })
    }

    /// The folder of a module and whether it was downloaded.
    fn callee(
        &self,
        module: &State<'t>,
        call: &Call,
        names: &str,
        place: &Place,
    ) -> Option<(&'t Folder, bool)> {
        let Some(source) = call.source.as_deref() else {
            let message = format!("module `{}` has no source that is a plain text", call.name);
            self.trouble(place, Kind::Wrong, message);
            return None;
        };
        let (path, downloaded) = if is_local(source) {
            (join(&module.folder.path, source), module.downloaded)
        } else {
            (self.root.downloaded.get(names).map(|path| path.to_string()), true)
        };
        let Some(folder) = path.and_then(|path| self.tree.folders.get(&*path)) else {
            let why = match is_local(source) {
                true => "no folder of the tree with a configuration",
                false => "not downloaded; `terraform init` does it",
            };
            let message =
                format!("module `{}`: {source} is {why}, its outputs count as unknown", call.name);
            self.trouble(place, Kind::Missing, message);
            return None;
        };
        if self.is_around(module, folder) {
            let message = format!("module `{}` calls itself through {source}", call.name);
            self.trouble(place, Kind::Cycle, message);
            return None;
        }
        if module.depth >= MODULE_DEPTH {
            let message = format!("modules are nested deeper than {MODULE_DEPTH} levels");
            self.trouble(place, Kind::Limit, message);
            return None;
        }
        Some((folder, downloaded))
    }

    fn is_around(&self, module: &State<'t>, folder: &Folder) -> bool {
        if module.folder.path == folder.path {
            return true;
        }
        let mut caller = module.caller.as_ref().map(|caller| caller.module);
        while let Some(id) = caller {
            let around = self.module(id);
            if around.folder.path == folder.path {
                return true;
            }
            caller = around.caller.as_ref().map(|caller| caller.module);
        }
        false
    }

    fn expand(
        &self,
        module: &State<'t>,
        times: &Times,
        address: &str,
        place: &Place,
        attributes: usize,
    ) -> Expansion {
        let single = |address: String, bound: Option<(&'static str, Value)>, known: bool| {
            Rc::new(Single {
                address: address.into(),
                bound,
                known,
                attributes: slots(attributes),
                blocks: Lazy::default(),
            })
        };
        let (name, elements) = match times {
            Times::Once => ("", None),
            Times::Count(count) => {
                let count = self.value(module, count, None);
                ("count", self.counted(&count, place))
            }
            Times::ForEach(each) => {
                let each = self.value(module, each, None);
                ("each", self.each(&each, place))
            }
        };
        let Some(elements) = elements else {
            let unknown = match name {
                "" => None,
                "count" => Some(("count", map([("index", Value::UNKNOWN)]))),
                _ => Some(("each", map([("key", Value::UNKNOWN), ("value", Value::UNKNOWN)]))),
            };
            let known = unknown.is_none();
            let one = self.limits.instances(1);
            let single =
                std::iter::repeat_with(|| single(address.to_owned(), unknown.clone(), known));
            return Expansion {
                singles: single.take(one).collect(),
                whole: symbol(address, ""),
                modules: Vec::new(),
            };
        };
        let mut singles = Vec::with_capacity(elements.len());
        let mut list = Vec::new();
        let mut entries = BTreeMap::new();
        for Element { key, bound } in elements {
            let address = match &key {
                Some(Key::Number(number)) => format!("{address}[{number}]"),
                Some(Key::Text(text)) => format!("{address}[{}]", quoted(text)),
                None => address.to_owned(),
            };
            let one = single(address, Some(bound), key.is_some());
            let value = symbol(&one.address, "");
            match key {
                Some(Key::Number(_)) => list.push(value),
                Some(Key::Text(text)) => drop(entries.insert(text, value)),
                None => {}
            }
            singles.push(one);
        }
        let whole = match name {
            _ if singles.iter().any(|single| !single.known) => symbol(address, ""),
            "count" => Value::list(list),
            _ => Value::map(entries),
        };
        Expansion { singles, whole, modules: Vec::new() }
    }

    fn counted(&self, count: &Value, place: &Place) -> Option<Vec<Element>> {
        let count = operate::number(count).flatten()?;
        let count = if count >= 1.0 { count as usize } else { 0 };
        let range = 0..self.bounded(count, place);
        Some(
            range
                .map(|at| Element {
                    key: Some(Key::Number(at)),
                    bound: ("count", map([("index", Value::Number(at as f64))])),
                })
                .collect(),
        )
    }

    /// How many of `count` instances or blocks are made.
    fn bounded(&self, count: usize, place: &Place) -> usize {
        if count > INSTANCES_OF_BLOCK {
            let message =
                format!("of {count} instances the first {INSTANCES_OF_BLOCK} are looked at");
            self.trouble(place, Kind::Limit, message);
        }
        self.limits.instances(count.min(INSTANCES_OF_BLOCK))
    }

    fn each(&self, each: &Value, place: &Place) -> Option<Vec<Element>> {
        let elements = match each {
            Value::Null => Vec::new(),
            _ => elements(each)??,
        };
        let set = matches!(each, Value::List(_));
        let kept = self.bounded(elements.len(), place);
        Some(
            elements
                .into_iter()
                .take(kept)
                .map(|(key, value)| {
                    // The elements of a set are their own keys.
                    let key = match &value {
                        Value::List(_) | Value::Map(_) | Value::Null => key,
                        _ if set => value.clone(),
                        _ => key,
                    };
                    let text = to_text(&key).filter(|key| !key.contains(OPEN));
                    Element {
                        key: text.map(|text| Key::Text(text)),
                        bound: ("each", map([("key", key), ("value", value)])),
                    }
                })
                .collect(),
        )
    }

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
                // What is set to null is left to the provider.
                Value::Null => computed(),
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

    fn attribute_at(
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
    fn nested_once(
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
            Some(None) => vec![(Value::UNKNOWN, Value::UNKNOWN)],
            None => Vec::new(),
        };
        let kept = self.bounded(elements.len(), &block.place);
        for (key, value) in elements.into_iter().take(kept) {
            if !self.limits.spend(content.body.attributes.len() as u64 + 1) {
                return;
            }
            let value = map([("key", key), ("value", value)]);
            let frame = Frame { name: iterator, value, outer: frame };
            into.push(self.block(module, this, content, made, Some(&frame)));
        }
    }

    fn block(
        &self,
        module: &State<'t>,
        this: Option<&Arc<str>>,
        block: &syntax::Block,
        kind: &Arc<str>,
        frame: Option<&Frame<'_>>,
    ) -> Block {
        let mut attributes = BTreeMap::new();
        for attribute in &block.body.attributes {
            let value = self.plain(module, this, attribute, frame);
            self.note_limit(&attribute.place);
            attributes.insert(attribute.name.clone(), evaluated(attribute, value));
        }
        let mut blocks = Vec::new();
        for nested in &block.body.blocks {
            self.blocks(module, this, nested, frame, &mut blocks);
        }
        let place = block.place.clone();
        Block { kind: kind.clone(), labels: Vec::new(), attributes, blocks, place }
    }

    /// Makes the instances of a module and of those that it calls.
    pub fn walk(&self, id: u32) {
        if self.limits.are_spent() {
            return;
        }
        let module = self.module(id);
        let shown = self.settings.downloaded_modules || !module.downloaded;
        if shown && module.first {
            self.declarations(&module);
        }
        for (at, resource) in module.folder.resources.all.iter().enumerate() {
            if !shown {
                break;
            }
            let block = &module.folder.blocks[resource.block];
            for instance in &self.resource(&module, at).singles {
                let block = self.instance(&module, block, instance);
                self.add(&module, instance.address.clone(), block);
            }
        }
        for (at, call) in module.folder.calls.all.iter().enumerate() {
            let expansion = self.call(&module, at);
            for single in expansion.singles.iter().filter(|_| shown) {
                let block = &module.folder.blocks[call.block];
                let block = self.instance(&module, block, single);
                self.add(&module, single.address.clone(), block);
            }
            expansion.modules.iter().for_each(|id| self.walk(*id));
        }
    }

    /// Blocks that are neither resources nor calls. Those of a module that is called many times
    /// differ in nothing that is written in them, so they are looked at once.
    fn declarations(&self, module: &State<'t>) {
        for block in &module.folder.blocks {
            let kind = &*block.kind;
            if LEFT_OUT.contains(&kind)
                || matches!(kind, "resource" | "data" | "ephemeral" | "module")
            {
                continue;
            }
            let mut address = format!("{}{kind}", module.prefix);
            for label in &block.labels {
                address.push('.');
                address.push_str(label);
            }
            let evaluated = self.block(module, None, block, &block.kind, None);
            let evaluated = Block { labels: block.labels.clone(), ..evaluated };
            self.add(module, address.into(), evaluated);
        }
    }

    fn instance(&self, module: &State<'t>, block: &syntax::Block, instance: &Single) -> Block {
        let attributes = block.body.attributes.iter().enumerate().map(|(at, attribute)| {
            let value = self.attribute_at(module, block, instance, at);
            (attribute.name.clone(), evaluated(attribute, value))
        });
        Block {
            kind: block.kind.clone(),
            labels: block.labels.clone(),
            attributes: attributes.collect(),
            blocks: self.nested_once(module, block, instance),
            place: block.place.clone(),
        }
    }

    fn add(&self, module: &State<'t>, address: Arc<str>, block: Block) {
        let instance = Instance { address, block, module: module.id };
        self.instances.borrow_mut().push(instance);
    }
}

fn evaluated(attribute: &syntax::Attribute, value: Value) -> Attribute {
    Attribute { value, place: attribute.place.clone(), refers: attribute.refers.clone() }
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::map(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

/// A block as expressions see it: its attributes, and lists of the blocks in it.
pub fn block_value(block: &Block) -> Value {
    let mut entries: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut lists: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (name, attribute) in &block.attributes {
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

/// A key in an address.
fn quoted(key: &str) -> String {
    serde_json::Value::from(key).to_string()
}

//! Blocks and how often they stand for something: `count`, `for_each` and `dynamic`.

use super::super::block::{Block, Place};
use super::super::functions::to_text;
use super::super::project::Kind;
use super::super::value::{OPEN, Value};
use super::folder::{Call, Folder, Times};
use super::interpret::elements;
use super::lazy::{Lazy, slots};
use super::limits::{INSTANCES_OF_BLOCK, MODULE_DEPTH, MODULES};
use super::module::{Caller, Evaluator, State, Target, symbol};
use super::operate;
use super::tree::{is_local, join};
use super::world::Frame;
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
            let (kind, why) = match is_local(source) {
                true => (Kind::Missing, "no folder of the tree with a configuration"),
                false => (Kind::Remote, "not downloaded; `terraform init` does it"),
            };
            let message =
                format!("module `{}`: {source} is {why}, its outputs count as unknown", call.name);
            self.trouble(place, kind, message);
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
                self.refused("count", &count, place);
                ("count", self.counted(&count, place))
            }
            Times::ForEach(each) => {
                let each = self.value(module, each, None);
                self.refused("for_each", &each, place);
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
            let none = name == "each" && !self.settings.unknown_each;
            let one = if none { 0 } else { self.limits.instances(1) };
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

    /// Says so where Terraform would refuse to make instances.
    fn refused(&self, argument: &str, value: &Value, place: &Place) {
        let why = match value {
            Value::Unknown(Some(symbol)) if self.is_managed(&symbol.address) => {
                "known only after an apply: one instance stands for all"
            }
            Value::Unknown(_) => return,
            value if argument == "for_each" => match elements(value) {
                Some(_) => return,
                None => "neither a map nor a set",
            },
            value => match operate::number(value) {
                Some(None) => return,
                Some(Some(count)) if count >= 0.0 => return,
                Some(Some(_)) => "negative",
                None => "no number",
            },
        };
        self.trouble(place, Kind::Wrong, format!("`{argument}` is {why}; Terraform refuses that"));
    }

    /// Whether an address is that of a resource that an apply makes.
    fn is_managed(&self, address: &str) -> bool {
        let Some(Target::Instance { module, resource, .. }) =
            self.targets.borrow().get(address).cloned()
        else {
            return false;
        };
        let folder = self.module(module).folder;
        &*folder.blocks[folder.resources.all[resource].block].kind == "resource"
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
    pub fn bounded(&self, count: usize, place: &Place) -> usize {
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
                        key: text.map(Key::Text),
                        bound: ("each", map([("key", key), ("value", value)])),
                    }
                })
                .collect(),
        )
    }
}

/// A map of few entries.
pub fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::map(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

/// A key in an address.
fn quoted(key: &str) -> String {
    serde_json::Value::from(key).to_string()
}

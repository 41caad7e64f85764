//! The configuration of a folder: its files as one, overrides merged.

use super::super::syntax::{Attribute, Block, Body, Expr, Kind};
use super::super::value::Value;
use super::types::Type;
use std::collections::HashMap;
use std::sync::Arc;

/// The configuration of a folder.
#[derive(Debug, Default)]
pub struct Folder {
    /// Relative to the tree; empty for the top.
    pub path: Arc<str>,
    /// All of the blocks, in the order of the files.
    pub blocks: Vec<Block>,
    pub variables: Named<Variable>,
    pub locals: Named<Local>,
    pub outputs: Named<Output>,
    /// Resources and data sources, by `type.name` and `data.type.name`.
    pub resources: Named<Resource>,
    pub calls: Named<Call>,
}

/// Things that have names.
#[derive(Debug)]
pub struct Named<T> {
    pub all: Vec<T>,
    index: HashMap<Arc<str>, usize>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Named { all: Vec::new(), index: HashMap::new() }
    }
}

impl<T> Named<T> {
    fn add(&mut self, name: Arc<str>, item: T) {
        self.index.entry(name).or_insert(self.all.len());
        self.all.push(item);
    }

    /// The index of the first thing of that name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }
}

/// A `variable` block.
#[derive(Debug)]
pub struct Variable {
    pub name: Arc<str>,
    pub block: usize,
    pub default: Option<Attribute>,
    pub of: Type,
    pub nullable: bool,
}

/// One value of a `locals` block.
#[derive(Debug)]
pub struct Local {
    pub name: Arc<str>,
    pub attribute: Attribute,
}

/// An `output` block.
#[derive(Debug)]
pub struct Output {
    pub name: Arc<str>,
    pub attribute: Option<Attribute>,
}

/// A `resource` or `data` block.
#[derive(Debug)]
pub struct Resource {
    pub block: usize,
    /// `type.name`, `data.type.name`.
    pub address: Arc<str>,
    pub times: Times,
}

/// A `module` block.
#[derive(Debug)]
pub struct Call {
    pub name: Arc<str>,
    pub block: usize,
    /// `source`, where the text says it.
    pub source: Option<Arc<str>>,
    pub times: Times,
}

/// How often a block stands for something.
#[derive(Debug)]
pub enum Times {
    Once,
    Count(Arc<Expr>),
    ForEach(Arc<Expr>),
}

impl Times {
    fn of(body: &Body) -> Times {
        let find = |name: &str| body.attribute(name).map(|found| found.expression.clone());
        match (find("count"), find("for_each")) {
            (Some(count), _) => Times::Count(count),
            (None, Some(each)) => Times::ForEach(each),
            (None, None) => Times::Once,
        }
    }
}

impl Folder {
    /// The configuration of the files of a folder; `overrides` are merged into it in their order.
    pub fn new(path: Arc<str>, bodies: Vec<Body>, overrides: Vec<Body>) -> Folder {
        let mut blocks: Vec<Block> = bodies.into_iter().flat_map(|body| body.blocks).collect();
        if !overrides.is_empty() {
            merge(&mut blocks, overrides);
        }
        let mut folder = Folder { path, ..Folder::default() };
        for (at, block) in blocks.iter().enumerate() {
            folder.declare(at, block);
        }
        folder.blocks = blocks;
        folder
    }

    fn declare(&mut self, at: usize, block: &Block) {
        let body = &block.body;
        match (&*block.kind, block.labels.as_slice()) {
            ("variable", [name, ..]) => {
                let nullable = body.attribute("nullable").map(|found| &found.expression.kind);
                let variable = Variable {
                    name: name.clone(),
                    block: at,
                    default: body.attribute("default").cloned(),
                    of: body.attribute("type").map_or(Type::Any, |of| Type::of(&of.expression)),
                    nullable: !matches!(nullable, Some(Kind::Literal(Value::Bool(false)))),
                };
                self.variables.add(name.clone(), variable);
            }
            ("locals", _) => {
                for attribute in &body.attributes {
                    let name = attribute.name.clone();
                    self.locals.add(name.clone(), Local { name, attribute: attribute.clone() });
                }
            }
            ("output", [name, ..]) => {
                let attribute = body.attribute("value").cloned();
                self.outputs.add(name.clone(), Output { name: name.clone(), attribute });
            }
            ("module", [name, ..]) => {
                let source = body.attribute("source").map(|found| &found.expression.kind);
                let source = match source {
                    Some(Kind::Literal(Value::String(source))) => Some(source.clone()),
                    _ => None,
                };
                let times = Times::of(body);
                let call = Call { name: name.clone(), block: at, source, times };
                self.calls.add(name.clone(), call);
            }
            ("resource" | "data" | "ephemeral", [kind, name, ..]) => {
                let prefix = match &*block.kind {
                    "resource" => "",
                    "data" => "data.",
                    _ => "ephemeral.",
                };
                let address: Arc<str> = format!("{prefix}{kind}.{name}").into();
                let resource =
                    Resource { block: at, address: address.clone(), times: Times::of(body) };
                self.resources.add(address, resource);
            }
            _ => {}
        }
    }
}

/// Merges override files: an attribute replaces that of the block of the same name, and the nested
/// blocks of a kind replace those of that kind.
fn merge(blocks: &mut Vec<Block>, overrides: Vec<Body>) {
    let mut index: HashMap<(Arc<str>, Vec<Arc<str>>), usize> = HashMap::new();
    for (at, block) in blocks.iter().enumerate() {
        index.entry((block.kind.clone(), block.labels.clone())).or_insert(at);
    }
    for over in overrides.into_iter().flat_map(|body| body.blocks) {
        if &*over.kind == "locals" {
            merge_locals(blocks, over);
            continue;
        }
        match index.get(&(over.kind.clone(), over.labels.clone())) {
            Some(at) if !matches!(&*over.kind, "terraform") => {
                merge_body(&mut blocks[*at].body, over.body);
            }
            _ => blocks.push(over),
        }
    }
}

fn merge_body(base: &mut Body, over: Body) {
    let kinds: Vec<Arc<str>> = over.blocks.iter().map(|block| nested_kind(block).clone()).collect();
    base.blocks.retain(|block| !kinds.contains(nested_kind(block)));
    base.blocks.extend(over.blocks);
    for attribute in over.attributes {
        match base.attributes.iter_mut().find(|known| known.name == attribute.name) {
            Some(known) => *known = attribute,
            None => base.attributes.push(attribute),
        }
    }
}

/// A `dynamic` block counts as one of those that it makes.
fn nested_kind(block: &Block) -> &Arc<str> {
    match block.labels.first() {
        Some(label) if &*block.kind == "dynamic" => label,
        _ => &block.kind,
    }
}

fn merge_locals(blocks: &mut Vec<Block>, mut over: Block) {
    over.body.attributes.retain(|attribute| {
        let known = blocks
            .iter_mut()
            .filter(|block| &*block.kind == "locals")
            .flat_map(|block| &mut block.body.attributes)
            .find(|known| known.name == attribute.name);
        match known {
            Some(known) => {
                *known = attribute.clone();
                false
            }
            None => true,
        }
    });
    if !over.body.attributes.is_empty() {
        blocks.push(over);
    }
}

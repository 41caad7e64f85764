//! Modules of a root and what the names in them mean.

use super::super::block::{Instance, Module, Place};
use super::super::functions::{self, Files, Wrong, to_text};
use super::super::project::{Kind, Settings, Source, Trouble};
use super::super::syntax::{self, Expr, Step, line_of};
use super::super::value::{Symbol, Value};
use super::expand::{Expansion, Single};
use super::files::Near;
use super::folder::Folder;
use super::interpret::Interpreter;
use super::lazy::{Lazy, slots};
use super::limits::{Limits, TROUBLES};
use super::root::Root;
use super::tree::Tree;
use super::world::{Frame, World};
use foldhash::fast::RandomState;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// What an evaluation of a root gives.
#[derive(Debug, Default)]
pub struct Part {
    pub modules: Vec<Module>,
    pub instances: Vec<Instance>,
    pub troubles: Vec<Trouble>,
}

/// Evaluates a root.
pub struct Evaluator<'t> {
    pub tree: &'t Tree,
    pub sources: &'t [Source],
    pub files: &'t (dyn Files + Sync),
    pub settings: &'t Settings,
    pub root: &'t Root,
    pub limits: Limits,
    pub modules: RefCell<Vec<Rc<State<'t>>>>,
    /// What addresses stand for.
    pub targets: RefCell<HashMap<Arc<str>, Target, RandomState>>,
    pub troubles: RefCell<Vec<Trouble>>,
    told: RefCell<HashSet<(Place, Kind)>>,
    pub instances: RefCell<Vec<Instance>>,
}

/// What an address stands for.
#[derive(Debug, Clone)]
pub enum Target {
    Instance { module: u32, resource: usize, instance: Rc<Single> },
    Module(u32),
}

/// A module while it is evaluated.
#[derive(Debug)]
pub struct State<'t> {
    pub id: u32,
    /// `module.data["eu"]`; empty for a root.
    pub address: Arc<str>,
    /// The address with a dot, or nothing.
    pub prefix: Arc<str>,
    /// The names of the calls that lead here: `network.dns`.
    pub names: Arc<str>,
    pub folder: &'t Folder,
    pub caller: Option<Caller>,
    pub depth: usize,
    /// Whether it is the first of its call and of those around it.
    pub first: bool,
    /// Whether `terraform init` downloaded it.
    pub downloaded: bool,
    pub variables: Vec<Lazy<Value>>,
    pub locals: Vec<Lazy<Value>>,
    pub outputs: Vec<Lazy<Value>>,
    pub resources: Vec<Lazy<Rc<Expansion>>>,
    pub calls: Vec<Lazy<Rc<Expansion>>>,
}

/// The module that calls one, and which instance of the call it is.
#[derive(Debug)]
pub struct Caller {
    pub module: u32,
    pub call: usize,
    pub single: Rc<Single>,
}

impl<'t> Evaluator<'t> {
    pub fn new(
        tree: &'t Tree,
        sources: &'t [Source],
        files: &'t (dyn Files + Sync),
        settings: &'t Settings,
        root: &'t Root,
    ) -> Self {
        Evaluator {
            tree,
            sources,
            files,
            settings,
            root,
            limits: Limits::default(),
            modules: RefCell::default(),
            targets: RefCell::default(),
            troubles: RefCell::default(),
            told: RefCell::default(),
            instances: RefCell::default(),
        }
    }

    /// Evaluates all of it.
    pub fn run(self) -> Part {
        let Some(folder) = self.tree.folders.get(&self.root.folder) else { return Part::default() };
        let id = self.add_module("".into(), "".into(), folder, None, false);
        self.walk(id);
        let modules = self.modules.borrow().iter().map(|module| self.described(module)).collect();
        Part {
            modules,
            instances: self.instances.into_inner(),
            troubles: self.troubles.into_inner(),
        }
    }

    /// A module, ready to be asked.
    pub fn add_module(
        &self,
        address: Arc<str>,
        names: Arc<str>,
        folder: &'t Folder,
        caller: Option<(Caller, bool)>,
        downloaded: bool,
    ) -> u32 {
        let mut modules = self.modules.borrow_mut();
        let id = u32::try_from(modules.len()).unwrap_or(u32::MAX);
        let parent = caller.as_ref().and_then(|(caller, _)| modules.get(caller.module as usize));
        let (depth, first) = match (&caller, parent) {
            (Some((_, first)), Some(parent)) => (parent.depth + 1, *first && parent.first),
            _ => (0, true),
        };
        let prefix =
            if address.is_empty() { address.clone() } else { format!("{address}.").into() };
        modules.push(Rc::new(State {
            id,
            address,
            prefix,
            names,
            folder,
            caller: caller.map(|(caller, _)| caller),
            depth,
            first,
            downloaded,
            variables: slots(folder.variables.all.len()),
            locals: slots(folder.locals.all.len()),
            outputs: slots(folder.outputs.all.len()),
            resources: slots(folder.resources.all.len()),
            calls: slots(folder.calls.all.len()),
        }));
        id
    }

    /// A module by its index.
    pub fn module(&self, id: u32) -> Rc<State<'t>> {
        self.modules.borrow()[id as usize].clone()
    }

    fn described(&self, module: &State<'t>) -> Module {
        let call = module.caller.as_ref().map(|caller| {
            let folder = self.module(caller.module).folder;
            let block = folder.calls.all[caller.call].block;
            (caller.module, folder.blocks[block].place.clone())
        });
        let folder = module.folder.path.clone();
        Module { address: module.address.clone(), folder, call }
    }

    /// Notes a trouble at a place; one of a kind is enough there.
    pub fn trouble(&self, place: &Place, kind: Kind, message: String) {
        let Some(source) = self.sources.get(place.file as usize) else { return };
        let known = !self.told.borrow_mut().insert((place.clone(), kind));
        if known || self.troubles.borrow().len() >= TROUBLES {
            return;
        }
        let line = Some(line_of(&source.bytes, place.range.start));
        self.troubles.borrow_mut().push(Trouble { file: source.path.clone(), line, message, kind });
    }

    /// Notes that a limit was exceeded where that has happened.
    pub fn note_limit(&self, place: &Place) {
        if let Some(what) = self.limits.take_exceeded() {
            self.trouble(place, Kind::Limit, format!("{what}; what is beyond it is left out"));
        }
    }

    /// What an expression of a module comes to.
    pub fn value(&self, module: &State<'t>, expression: &Expr, frame: Option<&Frame<'_>>) -> Value {
        self.value_of(module, None, expression, frame)
    }

    /// What an expression of an instance comes to, which may say `self`.
    pub fn value_of(
        &self,
        module: &State<'t>,
        this: Option<&Arc<str>>,
        expression: &Expr,
        frame: Option<&Frame<'_>>,
    ) -> Value {
        if let syntax::Kind::Literal(value) = &expression.kind {
            return value.clone();
        }
        Interpreter::new(&Here { evaluator: self, module, this }).value(expression, frame)
    }

    fn slot(
        &self,
        slot: &Lazy<Value>,
        place: &Place,
        name: impl Fn() -> String,
        make: impl FnOnce() -> Value,
    ) -> Value {
        let value = slot.get(&self.limits, make);
        self.note_limit(place);
        value.unwrap_or_else(|| {
            self.trouble(place, Kind::Cycle, format!("`{}` needs itself", name()));
            self.limits.mistake();
            Value::UNKNOWN
        })
    }

    fn variable(&self, module: &State<'t>, at: usize) -> Value {
        let variable = &module.folder.variables.all[at];
        let place = &module.folder.blocks[variable.block].place;
        let name = || format!("var.{}", variable.name);
        self.slot(&module.variables[at], place, name, || {
            let given = match &module.caller {
                Some(caller) => self.argument(caller, &variable.name),
                None => self.root.given.get(&variable.name).map(|given| {
                    match given.expression(variable.of.is_compound()) {
                        Ok(expression) => self.value(module, expression, None),
                        Err(text) => text,
                    }
                }),
            };
            let given = given.filter(|value| variable.nullable || *value != Value::Null);
            let value = given.or_else(|| {
                let default = variable.default.as_ref()?;
                Some(self.value(module, &default.expression, None))
            });
            match value {
                Some(value) => variable.of.convert(value),
                None => symbol(&format!("{}var.{}", module.prefix, variable.name), ""),
            }
        })
    }

    /// What a call gives to a variable.
    fn argument(&self, caller: &Caller, name: &str) -> Option<Value> {
        let module = self.module(caller.module);
        let block = module.folder.calls.all[caller.call].block;
        let argument = module.folder.blocks[block].body.attribute(name)?;
        let frame = caller.single.frame();
        Some(self.value(&module, &argument.expression, frame.as_ref()))
    }

    fn local(&self, module: &State<'t>, at: usize) -> Value {
        let local = &module.folder.locals.all[at];
        let name = || format!("local.{}", local.name);
        self.slot(&module.locals[at], &local.attribute.place, name, || {
            self.value(module, &local.attribute.expression, None)
        })
    }

    fn output(&self, module: &State<'t>, at: usize) -> Value {
        let output = &module.folder.outputs.all[at];
        let Some(attribute) = &output.attribute else { return Value::UNKNOWN };
        let name = || format!("output.{}", output.name);
        self.slot(&module.outputs[at], &attribute.place, name, || {
            self.value(module, &attribute.expression, None)
        })
    }
}

/// An unknown value that has a name.
pub fn symbol(address: &str, attribute: &str) -> Value {
    let symbol = Symbol { address: address.into(), attribute: attribute.into() };
    Value::Unknown(Some(Arc::new(symbol)))
}

/// What names mean in a module.
pub struct Here<'e, 't> {
    pub evaluator: &'e Evaluator<'t>,
    pub module: &'e State<'t>,
    pub this: Option<&'e Arc<str>>,
}

impl Here<'_, '_> {
    fn nothing(&self, taken: usize) -> (Value, usize) {
        self.limits().mistake();
        (Value::UNKNOWN, taken)
    }

    /// `type.name`, `data.type.name`.
    fn resource(&self, address: &str, taken: usize) -> (Value, usize) {
        match self.module.folder.resources.find(address) {
            Some(at) => (self.evaluator.resource(self.module, at).whole.clone(), taken),
            None => self.nothing(taken),
        }
    }

    fn path(&self, name: &str) -> Value {
        match name {
            "root" | "cwd" => Value::string("."),
            "module" => {
                Value::string(relative(&self.evaluator.root.folder, &self.module.folder.path))
            }
            _ => self.nothing(0).0,
        }
    }
}

impl World for Here<'_, '_> {
    fn root(&self, name: &str, steps: &[Step], frame: Option<&Frame<'_>>) -> (Value, usize) {
        if let Some(value) = frame.and_then(|frame| frame.find(name)) {
            return (value.clone(), 0);
        }
        let step = |at: usize| match steps.get(at) {
            Some(Step::Attribute(name)) => Some(&**name),
            _ => None,
        };
        let folder = self.module.folder;
        match (name, step(0)) {
            ("var", Some(name)) => match folder.variables.find(name) {
                Some(at) => (self.evaluator.variable(self.module, at), 1),
                None => self.nothing(1),
            },
            ("local", Some(name)) => match folder.locals.find(name) {
                Some(at) => (self.evaluator.local(self.module, at), 1),
                None => self.nothing(1),
            },
            ("each" | "count", _) => (Value::UNKNOWN, 0),
            ("self", _) => match self.this {
                Some(address) => (symbol(address, ""), 0),
                None => self.nothing(0),
            },
            ("path", Some(name)) => (self.path(name), 1),
            ("terraform" | "tofu", Some("workspace")) => {
                (Value::string(self.evaluator.settings.workspace.as_str()), 1)
            }
            ("module", Some(name)) => match folder.calls.find(name) {
                Some(at) => (self.evaluator.call(self.module, at).whole.clone(), 1),
                None => self.nothing(1),
            },
            ("data" | "ephemeral", Some(kind)) => match step(1) {
                Some(label) => self.resource(&format!("{name}.{kind}.{label}"), 2),
                None => self.nothing(1),
            },
            (kind, Some(label)) => self.resource(&format!("{kind}.{label}"), 1),
            _ => self.nothing(0),
        }
    }

    fn member(&self, known: &Arc<Symbol>, name: &str) -> Value {
        if !known.attribute.is_empty() {
            return symbol(&known.address, &format!("{}.{name}", known.attribute));
        }
        let target = self.evaluator.targets.borrow().get(&known.address).cloned();
        match target {
            Some(Target::Instance { module, resource, instance }) => {
                let module = self.evaluator.module(module);
                self.evaluator.attribute(&module, resource, &instance, name)
            }
            Some(Target::Module(id)) => {
                let module = self.evaluator.module(id);
                match module.folder.outputs.find(name) {
                    Some(at) => self.evaluator.output(&module, at),
                    None => self.nothing(0).0,
                }
            }
            None => symbol(&known.address, name),
        }
    }

    fn element(&self, known: &Arc<Symbol>, index: &Value) -> Value {
        if known.attribute.is_empty() {
            return Value::Unknown(Some(known.clone()));
        }
        match to_text(index) {
            Some(index) => symbol(&known.address, &format!("{}[{index}]", known.attribute)),
            None => Value::UNKNOWN,
        }
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, Wrong> {
        functions::call(name, arguments, &Near { here: self })
    }

    fn is_single(&self, known: &Symbol) -> bool {
        let targets = self.evaluator.targets.borrow();
        known.attribute.is_empty()
            && match targets.get(&known.address) {
                Some(Target::Instance { instance, .. }) => instance.known,
                Some(Target::Module(id)) => {
                    let module = self.evaluator.module(*id);
                    module.caller.as_ref().is_none_or(|caller| caller.single.known)
                }
                None => false,
            }
    }

    fn lenient(&self) -> bool {
        false
    }

    fn limits(&self) -> &Limits {
        &self.evaluator.limits
    }
}

/// The path from one folder of the tree to another, as Terraform writes it.
fn relative(from: &str, to: &str) -> String {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (from, to) = (parts(from), parts(to));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - shared);
    let path: Vec<&str> = up.chain(to[shared..].iter().map(String::as_str)).collect();
    if path.is_empty() { ".".to_owned() } else { path.join("/") }
}

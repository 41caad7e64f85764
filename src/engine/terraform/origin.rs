//! Where a value comes from: the chain of names that leads from an attribute to what was written.

use super::block::{Instance, Place};
use super::evaluate::{Folder, Root};
use super::project::Project;
use super::syntax::{self, Attribute, Block, Expr};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Steps of a chain that are shown.
const STEPS: usize = 16;

/// A step on the way from an attribute to where its value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The name in the expression: `var.acl`, `local.tags`.
    pub name: Arc<str>,
    /// What gives it its value.
    pub giver: Giver,
    /// Where that is; the environment has no place.
    pub place: Option<Place>,
    /// The address of the module that `name` belongs to; empty for a root.
    pub module: Arc<str>,
}

/// What gives a name its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Giver {
    /// The default of a variable.
    Default,
    /// A file of variables.
    Variables,
    /// `TF_VAR_…`.
    Environment,
    /// The argument of a call.
    Argument,
    /// A local value.
    Local,
    /// The output of a module.
    Output,
    /// An attribute of a resource or data source.
    Attribute,
    /// Nothing: the value of the variable is not known.
    Nothing,
}

impl Project {
    /// Where the value of the attribute at a place of an instance came from, from the nearest step
    /// to the farthest. Names are followed in the order in which they are written.
    pub fn origin(&self, instance: &Instance, place: &Place) -> Vec<Step> {
        let mut walk = Walk { project: self, steps: Vec::new(), seen: HashSet::new() };
        let Some(folder) = walk.folder(instance.module) else { return Vec::new() };
        let attribute = folder.blocks.iter().find_map(|block| attribute_at(block, place));
        if let Some(attribute) = attribute {
            walk.follow(&attribute.expression, instance.module);
        }
        walk.steps
    }
}

impl Project {
    /// The first module that a call makes.
    fn first_called(&self, caller: u32, place: &Place) -> Option<u32> {
        let index = self.called.get_or_init(|| {
            let mut index = HashMap::new();
            for (at, module) in (0..).zip(&self.modules) {
                if let Some(call) = &module.call {
                    index.entry(call.clone()).or_insert(at);
                }
            }
            index
        });
        index.get(&(caller, place.clone())).copied()
    }
}

/// The attribute at exactly that place.
fn attribute_at<'b>(block: &'b Block, place: &Place) -> Option<&'b Attribute> {
    let body = &block.body;
    let around = &block.place;
    if around.file == place.file
        && !(around.range.start <= place.range.start && place.range.end <= around.range.end)
    {
        return None;
    }
    body.attributes
        .iter()
        .find(|attribute| attribute.place == *place)
        .or_else(|| body.blocks.iter().find_map(|block| attribute_at(block, place)))
}

struct Walk<'p> {
    project: &'p Project,
    steps: Vec<Step>,
    seen: HashSet<(u32, String)>,
}

impl<'p> Walk<'p> {
    fn folder(&self, module: u32) -> Option<&'p Folder> {
        let folder = &self.project.modules.get(module as usize)?.folder;
        self.project.tree.folders.get(folder)
    }

    fn root(&self, module: u32) -> Option<&'p Root> {
        let folder = &self.project.modules.get(module as usize)?.folder;
        self.project.tree.roots.iter().find(|root| root.folder == *folder)
    }

    fn follow(&mut self, expression: &'p Expr, module: u32) {
        let mut paths: Vec<Vec<&str>> = Vec::new();
        syntax::walk(expression, &mut |inner| {
            if let syntax::Kind::Path(base, steps) = &inner.kind
                && let syntax::Kind::Name(root) = &base.kind
            {
                let names = steps.iter().filter_map(|step| match step {
                    syntax::Step::Attribute(name) => Some(&**name),
                    _ => None,
                });
                paths.push(std::iter::once(&**root).chain(names).collect());
            }
        });
        for path in paths {
            if self.steps.len() < STEPS {
                self.step(&path, module);
            }
        }
    }

    fn step(&mut self, path: &[&str], module: u32) {
        if !self.seen.insert((module, path.join("."))) {
            return;
        }
        let Some(folder) = self.folder(module) else { return };
        match path {
            ["var", name, ..] => self.variable(folder, name, module),
            ["local", name, ..] => {
                if let Some(at) = folder.locals.find(name) {
                    let attribute = &folder.locals.all[at].attribute;
                    self.push(format!("local.{name}"), Giver::Local, attribute, module);
                }
            }
            ["module", call, output, ..] => self.output(folder, call, output, module),
            ["data", kind, name, attribute, ..] => {
                self.attribute(folder, &format!("data.{kind}.{name}"), attribute, module);
            }
            [kind, name, attribute, ..] => {
                self.attribute(folder, &format!("{kind}.{name}"), attribute, module);
            }
            _ => {}
        }
    }

    /// A step to an attribute, and those from there.
    fn push(&mut self, name: String, giver: Giver, attribute: &'p Attribute, module: u32) {
        self.note(name, giver, Some(attribute.place.clone()), module);
        let inside = match giver {
            Giver::Argument => self.caller(module),
            _ => Some(module),
        };
        if let Some(inside) = inside {
            self.follow(&attribute.expression, inside);
        }
    }

    fn note(&mut self, name: String, giver: Giver, place: Option<Place>, module: u32) {
        let module = self.project.modules.get(module as usize);
        let module = module.map(|module| module.address.clone()).unwrap_or_default();
        self.steps.push(Step { name: name.into(), giver, place, module });
    }

    fn caller(&self, module: u32) -> Option<u32> {
        self.project.modules.get(module as usize)?.call.as_ref().map(|(caller, _)| *caller)
    }

    fn variable(&mut self, folder: &'p Folder, name: &str, module: u32) {
        let Some(at) = folder.variables.find(name) else { return };
        let variable = &folder.variables.all[at];
        let full = format!("var.{name}");
        let call = self.project.modules.get(module as usize).and_then(|it| it.call.clone());
        if let Some((caller, place)) = call {
            let block = self
                .folder(caller)
                .and_then(|folder| folder.blocks.iter().find(|block| block.place == place));
            if let Some(argument) = block.and_then(|block| block.body.attribute(name)) {
                return self.push(full, Giver::Argument, argument, module);
            }
        } else if let Some(given) = self.root(module).and_then(|root| root.given.get(name)) {
            return match given.attribute() {
                Some(attribute) => {
                    self.note(full, Giver::Variables, Some(attribute.place.clone()), module);
                }
                None => self.note(full, Giver::Environment, None, module),
            };
        }
        match &variable.default {
            Some(default) => {
                self.note(full, Giver::Default, Some(default.place.clone()), module);
            }
            None => {
                let place = folder.blocks[variable.block].place.clone();
                self.note(full, Giver::Nothing, Some(place), module);
            }
        }
    }

    fn output(&mut self, folder: &'p Folder, call: &str, name: &str, module: u32) {
        let Some(at) = folder.calls.find(call) else { return };
        let place = &folder.blocks[folder.calls.all[at].block].place;
        let Some(called) = self.project.first_called(module, place) else { return };
        let Some(inside) = self.folder(called) else { return };
        let output =
            inside.outputs.find(name).and_then(|at| inside.outputs.all[at].attribute.as_ref());
        if let Some(attribute) = output {
            self.push(format!("module.{call}.{name}"), Giver::Output, attribute, called);
        }
    }

    fn attribute(&mut self, folder: &'p Folder, address: &str, name: &str, module: u32) {
        let Some(at) = folder.resources.find(address) else { return };
        let block = &folder.blocks[folder.resources.all[at].block];
        if let Some(attribute) = block.body.attribute(name) {
            self.push(format!("{address}.{name}"), Giver::Attribute, attribute, module);
        }
    }
}

//! The output of `terraform show -json`: a plan, of which all is known that Terraform knows.

use super::super::attributes::Attributes;
use super::super::block::{Attribute, Block, Instance, Module, Place};
use super::super::project::Project;
use super::super::syntax::{Node, NodeKind, json_value};
use super::super::value::{Symbol, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// Adds what the plans among the files of a project hold.
pub fn add(project: &mut Project) {
    for (file, plan) in std::mem::take(&mut project.tree.plans) {
        let mut unknown = HashMap::new();
        for change in plan.get("resource_changes").map(Node::elements).unwrap_or_default() {
            let after = change.get("change").and_then(|change| change.get("after_unknown"));
            if let (Some(address), Some(after)) =
                (change.get("address").and_then(Node::text), after)
            {
                unknown.insert(address.clone(), after);
            }
        }
        let mut configured = HashMap::new();
        if let Some(root) = plan.get("configuration").and_then(|all| all.get("root_module")) {
            configure(root, "", &mut configured);
        }
        let planned = plan.get("planned_values").and_then(|values| values.get("root_module"));
        if let Some(root) = planned {
            Reader { file, project, unknown, configured }.module(root, None);
        }
    }
}

/// The expressions of the resources of a module and of those in it, by the names of the calls and
/// the address in the module: `network.dns/aws_s3_bucket.logs`.
fn configure<'n>(module: &'n Node, names: &str, into: &mut HashMap<String, &'n Node>) {
    for resource in module.get("resources").map(Node::elements).unwrap_or_default() {
        if let (Some(address), Some(expressions)) =
            (resource.get("address").and_then(Node::text), resource.get("expressions"))
        {
            into.insert(format!("{names}/{address}"), expressions);
        }
    }
    for call in module.get("module_calls").map(Node::members).unwrap_or_default() {
        if let Some(module) = call.value.get("module") {
            let dot = if names.is_empty() { "" } else { "." };
            configure(module, &format!("{names}{dot}{}", call.name), into);
        }
    }
}

struct Reader<'p, 'n> {
    file: u32,
    project: &'p mut Project,
    /// What of a resource is known only after the apply, in the shape of the resource.
    unknown: HashMap<Arc<str>, &'n Node>,
    /// What `configure` finds.
    configured: HashMap<String, &'n Node>,
}

impl Reader<'_, '_> {
    /// A module of the plan; JSON is not nested deeper than its parser allows.
    fn module(&mut self, node: &Node, caller: Option<u32>) {
        let id = u32::try_from(self.project.modules.len()).unwrap_or(u32::MAX);
        let address = node.get("address").and_then(Node::text).cloned().unwrap_or_default();
        let place = Place { file: self.file, range: node.range.clone() };
        let call = caller.map(|caller| (caller, place));
        let module = Module { address: address.clone(), folder: Arc::default(), call };
        self.project.modules.push(module);
        for resource in node.get("resources").map(Node::elements).unwrap_or_default() {
            if let Some(instance) = self.resource(resource, id, &address) {
                self.project.instances.push(instance);
            }
        }
        for child in node.get("child_modules").map(Node::elements).unwrap_or_default() {
            self.module(child, Some(id));
        }
    }

    fn resource(&self, node: &Node, module: u32, around: &str) -> Option<Instance> {
        let text = |name: &str| node.get(name).and_then(Node::text).cloned();
        let (address, kind, name) = (text("address")?, text("type")?, text("name")?);
        let (block, prefix) = match text("mode").as_deref() {
            Some("data") => ("data", "data."),
            _ => ("resource", ""),
        };
        let place = Place { file: self.file, range: node.range.clone() };
        let expressions = format!("{}/{prefix}{kind}.{name}", call_names(around));
        let mut made = empty(block.into(), &place);
        made.labels = vec![kind, name];
        if let Some(values) = node.get("values") {
            fill(&mut made, values, &place);
        }
        for member in self.unknown.get(&address).map(|node| node.members()).unwrap_or_default() {
            if let NodeKind::Bool(true) = member.value.kind {
                let symbol = Symbol { address: address.clone(), attribute: member.name.clone() };
                let value = Value::Unknown(Some(Arc::new(symbol)));
                let attribute = Attribute { value, place: place.clone(), refers: None };
                made.attributes.insert(member.name.clone(), attribute);
            }
        }
        if let Some(expressions) = self.configured.get(&expressions) {
            link(&mut made, expressions, around);
        }
        Some(Instance { address, block: made, module })
    }
}

fn empty(kind: Arc<str>, place: &Place) -> Block {
    let (attributes, blocks) = (Attributes::default(), Vec::new());
    Block { kind, labels: Vec::new(), attributes, blocks, place: place.clone() }
}

/// Attributes and blocks look alike in a plan, so what may be a block is both.
fn fill(block: &mut Block, values: &Node, place: &Place) {
    for member in values.members() {
        let value = json_value(&member.value);
        let attribute = Attribute { value, place: place.clone(), refers: None };
        block.attributes.insert(member.name.clone(), attribute);
        let nested = match &member.value.kind {
            NodeKind::Object(_) => std::slice::from_ref(&member.value),
            _ => member.value.elements(),
        };
        for node in nested.iter().filter(|node| !node.members().is_empty()) {
            let mut inner = empty(member.name.clone(), place);
            fill(&mut inner, node, place);
            block.blocks.push(inner);
        }
    }
}

/// Links a resource to those that its attributes name: an unknown value stands for theirs.
fn link(block: &mut Block, expressions: &Node, around: &str) {
    for member in expressions.members() {
        let references = member.value.get("references").map(Node::elements).unwrap_or_default();
        let references: Vec<&str> =
            references.iter().filter_map(Node::text).map(|text| &**text).collect();
        let Some(attribute) = block.attributes.get_mut(&member.name) else { continue };
        // The whole of each path is there, and each of its beginnings.
        let resources = references.iter().filter(|path| is_resource(path));
        let resources: Vec<Arc<str>> = resources.map(|path| (*path).into()).collect();
        if let (true, [resource], Some(path)) =
            (attribute.value.is_unknown(), resources.as_slice(), references.first())
            && let Some(name) = path.strip_prefix(&**resource)
        {
            let dot = if around.is_empty() { "" } else { "." };
            let symbol = Symbol {
                address: format!("{around}{dot}{resource}").into(),
                attribute: name.trim_start_matches('.').into(),
            };
            attribute.value = Value::Unknown(Some(Arc::new(symbol)));
        }
        if !resources.is_empty() {
            attribute.refers = Some(resources.into());
        }
    }
}

/// Whether a path names a resource or data source as a whole.
fn is_resource(path: &str) -> bool {
    let mut parts = path.split('.');
    let steps = match parts.next() {
        Some("data") => 3,
        Some("var" | "local" | "module" | "each" | "count" | "self" | "path" | "terraform") => 0,
        _ => 2,
    };
    path.split('.').count() == steps && !path.contains('[')
}

/// The names of the calls in the address of a module: `module.a["x"].module.b` is `a.b`.
fn call_names(address: &str) -> String {
    let mut names = Vec::new();
    let mut rest = address;
    while let Some(after) = rest.strip_prefix("module.") {
        let end = after.find(['.', '[']).unwrap_or(after.len());
        names.push(&after[..end]);
        rest = match after[end..].strip_prefix('[') {
            Some(key) => key.split_once("].").map_or("", |(_, rest)| rest),
            None => after[end..].trim_start_matches('.'),
        };
    }
    names.join(".")
}

//! The output of `terraform show -json`: a plan, of which all is known that Terraform knows.

use super::super::block::{Attribute, Block, Instance, Module, Place};
use super::super::project::Project;
use super::super::syntax::{Node, NodeKind, json_value};
use super::super::value::{Symbol, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Adds what the plans among the files of a project hold.
pub fn add(project: &mut Project) {
    for (file, plan) in std::mem::take(&mut project.tree.plans) {
        let mut reader = Reader { file, project, unknown: BTreeMap::new() };
        for change in plan.get("resource_changes").map(Node::elements).unwrap_or_default() {
            let unknown = change.get("change").and_then(|change| change.get("after_unknown"));
            if let (Some(address), Some(unknown)) =
                (change.get("address").and_then(Node::text), unknown)
            {
                reader.unknown.insert(address.clone(), unknown.clone());
            }
        }
        let root = plan.get("planned_values").and_then(|values| values.get("root_module"));
        if let Some(root) = root {
            reader.module(root, None);
        }
    }
}

struct Reader<'p> {
    file: u32,
    project: &'p mut Project,
    /// What of a resource is known only after the apply, in the shape of the resource.
    unknown: BTreeMap<Arc<str>, Node>,
}

impl Reader<'_> {
    /// A module of the plan; JSON is not nested deeper than its parser allows.
    fn module(&mut self, node: &Node, caller: Option<u32>) {
        let id = u32::try_from(self.project.modules.len()).unwrap_or(u32::MAX);
        let address = node.get("address").and_then(Node::text).cloned().unwrap_or_default();
        let place = Place { file: self.file, range: node.range.clone() };
        let folder = Arc::default();
        let call = caller.map(|caller| (caller, place));
        self.project.modules.push(Module { address, folder, call });
        for resource in node.get("resources").map(Node::elements).unwrap_or_default() {
            if let Some(instance) = self.resource(resource, id) {
                self.project.instances.push(instance);
            }
        }
        for child in node.get("child_modules").map(Node::elements).unwrap_or_default() {
            self.module(child, Some(id));
        }
    }

    fn resource(&self, node: &Node, module: u32) -> Option<Instance> {
        let text = |name: &str| node.get(name).and_then(Node::text).cloned();
        let (address, kind, name) = (text("address")?, text("type")?, text("name")?);
        let block = match text("mode").as_deref() {
            Some("data") => "data",
            _ => "resource",
        };
        let place = Place { file: self.file, range: node.range.clone() };
        let unknown = self.unknown.get(&address);
        let mut made = Block {
            kind: block.into(),
            labels: vec![kind, name],
            attributes: BTreeMap::new(),
            blocks: Vec::new(),
            place: place.clone(),
        };
        if let Some(values) = node.get("values") {
            fill(&mut made, values, &place);
        }
        for member in unknown.map(Node::members).unwrap_or_default() {
            if let NodeKind::Bool(true) = member.value.kind {
                let symbol = Symbol { address: address.clone(), attribute: member.name.clone() };
                let value = Value::Unknown(Some(Arc::new(symbol)));
                let attribute = Attribute { value, place: place.clone(), refers: None };
                made.attributes.insert(member.name.clone(), attribute);
            }
        }
        Some(Instance { address, block: made, module })
    }
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
            let mut inner = Block {
                kind: member.name.clone(),
                labels: Vec::new(),
                attributes: BTreeMap::new(),
                blocks: Vec::new(),
                place: place.clone(),
            };
            fill(&mut inner, node, place);
            block.blocks.push(inner);
        }
    }
}

//! Makes all instances of a root.

use super::super::block::{Block, Instance};
use super::super::syntax;
use super::blocks::evaluated;
use super::expand::Single;
use super::module::{Evaluator, State};
use std::sync::Arc;

/// A block that no plan knows.
const LEFT_OUT: [&str; 4] = ["moved", "import", "check", "removed"];

impl<'t> Evaluator<'t> {
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

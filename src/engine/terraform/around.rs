//! What is around a place: the blocks that hold it, its resource, the calls of its module.

use super::block::{Block, Instance, Place};
use super::evaluate::Project;

/// One step outwards.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    pub place: &'a Place,
    pub is: Is<'a>,
}

/// What a step is.
#[derive(Debug, Clone, Copy)]
pub enum Is<'a> {
    /// An attribute, or a block in a block.
    Part,
    /// A resource, or another block of a module.
    Whole(&'a Block),
    /// The block that calls the module.
    Call,
}

/// The place itself, then what is around it, up to the call in the root module. `instance` is the
/// index of the instance that was looked at; a place may be in another, that refers to it.
pub fn around<'a>(project: &'a Project, instance: u32, place: &'a Place) -> Vec<Around<'a>> {
    let mut steps = Vec::new();
    let looked_at = &project.instances[instance as usize];
    let owner = owner(project, looked_at, place);
    if let Some(owner) = owner {
        steps.push(Around { place: &owner.block.place, is: Is::Whole(&owner.block) });
        let mut block = &owner.block;
        while let Some(inner) = block.blocks.iter().find(|inner| holds(&inner.place, place)) {
            steps.push(Around { place: &inner.place, is: Is::Part });
            block = inner;
        }
    }
    if steps.last().is_none_or(|innermost| innermost.place != place) {
        steps.push(Around { place, is: Is::Part });
    }
    steps.reverse();
    let mut module = owner.unwrap_or(looked_at).module;
    // A module that is called has a lower number than what it calls.
    while let Some((caller, call)) = &project.modules[module as usize].call {
        steps.push(Around { place: call, is: Is::Call });
        if *caller >= module {
            break;
        }
        module = *caller;
    }
    steps
}

/// The instance that the place is in.
fn owner<'a>(project: &'a Project, looked_at: &'a Instance, place: &Place) -> Option<&'a Instance> {
    let is_there = |instance: &&Instance| holds(&instance.block.place, place);
    Some(looked_at).filter(is_there).or_else(|| {
        let siblings = project.instances.iter().filter(|it| it.module == looked_at.module);
        siblings.clone().find(is_there).or_else(|| project.instances.iter().find(is_there))
    })
}

fn holds(outer: &Place, inner: &Place) -> bool {
    outer.file == inner.file
        && outer.range.start <= inner.range.start
        && inner.range.end <= outer.range.end
}

//! What is around a place: the blocks that hold it, its resource, the calls of its module.

use super::{Block, Instance, Place, Project};
use std::sync::OnceLock;

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

/// Tells what is around the places of a project.
pub struct Surroundings<'a> {
    project: &'a Project,
    /// File, begin and module of each instance, with its index; made when it is first asked for.
    begins: OnceLock<Vec<(u32, usize, u32, u32)>>,
}

impl<'a> Surroundings<'a> {
    pub fn new(project: &'a Project) -> Surroundings<'a> {
        Surroundings { project, begins: OnceLock::new() }
    }

    /// The place itself, then what is around it, up to the call in the root module. `instance` is
    /// the index of the instance that was looked at; a place may be in another, that refers to it.
    pub fn of<'p>(&self, instance: u32, place: &'p Place) -> Vec<Around<'p>>
    where
        'a: 'p,
    {
        let project = self.project;
        let mut steps = Vec::new();
        let looked_at = &project.instances[instance as usize];
        let owner = self.owner(instance, place).map(|it| &project.instances[it as usize]);
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

    /// The index of the instance that the place is in: the one that was looked at, or one of its
    /// module.
    pub fn owner(&self, instance: u32, place: &Place) -> Option<u32> {
        let looked_at = &self.project.instances[instance as usize];
        if holds(&looked_at.block.place, place) {
            return Some(instance);
        }
        let begins = self.begins.get_or_init(|| {
            let begin = |(index, it): (u32, &Instance)| {
                (it.block.place.file, it.block.place.range.start, it.module, index)
            };
            let mut begins: Vec<_> = (0..).zip(&self.project.instances).map(begin).collect();
            begins.sort_unstable();
            begins
        });
        let end = begins.partition_point(|it| (it.0, it.1) <= (place.file, place.range.start));
        let (file, start, ..) = begins[..end].last()?;
        let same = |module: u32| {
            let at = begins.partition_point(|it| (it.0, it.1, it.2) < (*file, *start, module));
            begins.get(at).filter(|it| (it.0, it.1) == (*file, *start))
        };
        let (.., index) = same(looked_at.module).or_else(|| same(0))?;
        let found = &self.project.instances[*index as usize];
        holds(&found.block.place, place).then_some(*index)
    }
}

fn holds(outer: &Place, inner: &Place) -> bool {
    outer.file == inner.file
        && outer.range.start <= inner.range.start
        && inner.range.end <= outer.range.end
}

//! From files to the blocks that a plan would hold.
//!
//! Every root is evaluated for itself, so roots run in parallel. Within one, nothing is evaluated
//! before something asks for it, and nothing twice: a variable of a module, a local value and an
//! attribute of an instance each have a slot (`lazy`).

mod blocks;
mod document;
mod expand;
mod files;
mod folder;
mod interpret;
mod lazy;
mod limits;
mod module;
mod operate;
mod parallel;
mod plan;
mod root;
mod tree;
mod types;
mod walk;
mod world;

use super::functions::Files;
use super::project::{Project, Settings, Source};
use module::Evaluator;
use std::sync::OnceLock;

pub use folder::Folder;
pub use interpret::Interpreter;
pub use limits::Limits;
pub use parallel::within as on_its_threads;
pub use root::Root;
pub use tree::{Tree, is_configuration};
pub use world::{Frame, World};

/// Evaluates a tree. What is wrong with it is in the troubles of the project; nothing ends it.
pub fn evaluate(sources: &[Source], files: &(dyn Files + Sync), settings: &Settings) -> Project {
    let mut tree = Tree::read(sources, settings);
    let parts = parallel::map(&tree.roots, |root| {
        Evaluator::new(&tree, sources, files, settings, root).run()
    });
    let mut project = Project {
        files: sources.to_vec(),
        modules: Vec::new(),
        instances: Vec::new(),
        troubles: std::mem::take(&mut tree.troubles),
        tree,
        called: OnceLock::new(),
    };
    for mut part in parts {
        let offset = u32::try_from(project.modules.len()).unwrap_or(u32::MAX);
        for module in &mut part.modules {
            if let Some((caller, _)) = &mut module.call {
                *caller += offset;
            }
        }
        for instance in &mut part.instances {
            instance.module += offset;
        }
        project.modules.append(&mut part.modules);
        project.instances.append(&mut part.instances);
        project.troubles.append(&mut part.troubles);
    }
    plan::add(&mut project);
    project.troubles.sort();
    project.troubles.dedup();
    project
}

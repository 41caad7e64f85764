//! Terraform as Terraform means it: an engine over a tree of files.
//!
//! Files become syntax (`syntax`), a folder's syntax a configuration, and configurations are
//! evaluated into the blocks that a plan would hold (`evaluate`, with `functions`). The rules are
//! asked of these (`check`).

pub mod around;
mod attributes;
mod block;
pub mod calls;
pub mod check;
mod evaluate;
mod expression;
mod files;
mod functions;
pub mod ignore;
mod mend;
mod origin;
mod policy;
mod project;
mod syntax;
mod value;
mod waive;
mod why;

pub use attributes::Attributes;
pub use block::{Attribute, Block, Instance, Module, Place};
pub use evaluate::{evaluate, is_configuration, on_its_threads};
pub use expression::{Expression, NoFiles, NotAnExpression, Scope};
pub use files::Disk;
pub use functions::{Files, call, same, to_bool, to_number, to_text};
pub use origin::{Giver, Step};
pub use project::{Kind, Project, Roots, Settings, Source, Trouble};
pub use value::{CLOSE, OPEN, Symbol, Value};
pub use waive::Waivers;
pub use why::message;

use super::{Engine, Hit, HitAnchor, Seen, TreeEngine};
use crate::finding::{self, Notification};
use crate::target::SourceFile;
use check::{Checks, Outcome, TERRAFORM};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The folder below `rules/`, and the name on the command line.
pub const NAME: &str = "terraform";

/// The rules as `scan` has them: Trivy's where both tools have the check.
static CHECKS: LazyLock<Checks> = LazyLock::new(|| Checks::of(&TERRAFORM, "scan"));

/// The engine.
pub struct Terraform;

impl Engine for Terraform {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, file: &SourceFile) -> bool {
        is_configuration(&file.path)
    }

    fn scan(&self, file: &SourceFile) -> Seen {
        let alone = std::slice::from_ref(file);
        self.scan_tree(alone, Path::new("")).pop().unwrap_or_default()
    }

    fn of_tree(&self) -> Option<&'static dyn TreeEngine> {
        Some(&Terraform)
    }
}

impl TreeEngine for Terraform {
    fn wants_path(&self, path: &str) -> bool {
        is_configuration(path)
    }

    fn scan_tree(&self, files: &[SourceFile], root: &Path) -> Vec<Seen> {
        let mut seen: Vec<Seen> = files.iter().map(|_| Seen::default()).collect();
        let source =
            |file: &SourceFile| Source { path: file.path.clone(), bytes: file.bytes().into() };
        let mut sources: Vec<Source> = files.iter().map(source).collect();
        sources.extend(called(files, root));
        let project = evaluate(&sources, &Disk::new(root), &Settings::default());
        let waivers = Waivers::new(&project, &ignore::TOOLS);
        let mut known = HashSet::new();
        for outcome in CHECKS.run(&project).into_iter().filter(|outcome| outcome.failed) {
            let file = outcome.place.file as usize;
            // A module that was only called is for whoever scans it.
            let is_ours = file < seen.len();
            // What every instance of a resource has is one finding.
            if is_ours && known.insert((outcome.rule.id, outcome.place.clone())) {
                let waiver = waivers.of(&outcome);
                seen[file].hits.push(Hit { waiver, ..hit(outcome, &project) });
            }
        }
        for trouble in &project.troubles {
            let at = files.iter().position(|file| file.path == trouble.file);
            if let Some(seen) = at.and_then(|at| seen.get_mut(at)) {
                seen.notifications.extend(notification(trouble));
            }
        }
        seen
    }
}

/// The files of modules that are called and not among the files: those outside of what is scanned,
/// and those that `terraform init` downloaded.
fn called(files: &[SourceFile], root: &Path) -> Vec<Source> {
    if root.as_os_str().is_empty() {
        return Vec::new();
    }
    let mut known: HashMap<PathBuf, Vec<&[u8]>> = HashMap::new();
    for file in files {
        let path = root.join(&*file.path);
        if let Some(folder) = path.parent() {
            known.entry(folder.to_owned()).or_default().push(file.bytes());
        }
    }
    let roots: Vec<PathBuf> = known.keys().cloned().collect();
    let files = calls::follow(&roots, &known, root).files.into_iter();
    let source = |(path, bytes): (PathBuf, Vec<u8>)| {
        let path = path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
        Some(Source { path: path.into(), bytes: bytes.into() })
    };
    files.filter_map(source).collect()
}

fn hit(outcome: Outcome, project: &Project) -> Hit {
    let instance = &project.instances[outcome.instance as usize];
    let message = message(project, &outcome).into();
    let fix = mend::fix(project, &outcome);
    let anchor = HitAnchor::Resource {
        address: address(project, instance).into(),
        attribute: outcome.attribute.into(),
    };
    Hit { message, fix, ..Hit::new(outcome.rule, outcome.place.range, anchor) }
}

/// The address of a resource without the keys of instances, in the folder of its root: the same
/// whatever the number of its siblings, and another in another root.
fn address(project: &Project, instance: &Instance) -> String {
    let root = &project.modules[project.root(instance.module) as usize];
    let mut depth = 0_usize;
    let without_keys = instance.address.chars().filter(|&c| {
        depth += usize::from(c == '[');
        let is_kept = depth == 0;
        depth -= usize::from(c == ']' && depth > 0);
        is_kept
    });
    let own: String = without_keys.collect();
    match &*root.folder {
        "" => own,
        folder => format!("{folder}:{own}"),
    }
}

/// What is said of a file; that a module is elsewhere is as it should be.
fn notification(trouble: &Trouble) -> Option<Notification> {
    let kind = match trouble.kind {
        Kind::Syntax | Kind::Missing | Kind::Cycle | Kind::Wrong => finding::Trouble::Unparsed,
        Kind::Limit => finding::Trouble::OverLimit,
        Kind::Remote => return None,
    };
    let line = trouble.line.map(|line| format!("line {line}: ")).unwrap_or_default();
    Some(Notification {
        path: trouble.file.clone(),
        engine: Some(NAME.into()),
        trouble: kind,
        message: format!("{line}{}", trouble.message).into(),
    })
}

#[cfg(test)]
mod tests;

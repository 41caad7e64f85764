//! Terraform as Terraform means it: what the files say (`syntax`), what that comes to (`evaluate`,
//! with `functions`), and what the rules hold against it (`check`).

pub mod around;
pub mod block;
pub mod check;
pub mod evaluate;
pub mod files;
mod functions;
pub mod ignore;
mod syntax;
pub mod value;
mod waive;

use super::{Engine, Hit, HitAnchor, Seen, TreeEngine};
use crate::finding::{Notification, Trouble};
use crate::target::SourceFile;
use check::{Checks, Outcome};
use evaluate::{Project, Settings, Source};
use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;
use waive::Waivers;

/// The folder below `rules/`, and the name on the command line.
pub const NAME: &str = "terraform";

/// The rules as `scan` has them: Trivy's where both tools have the check.
static CHECKS: LazyLock<Checks> = LazyLock::new(|| Checks::of("scan"));

/// The engine.
pub struct Terraform;

impl Engine for Terraform {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, file: &SourceFile) -> bool {
        self.wants_path(&file.path)
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
        evaluate::is_configuration(path)
    }

    fn scan_tree(&self, files: &[SourceFile], root: &Path) -> Vec<Seen> {
        let mut seen: Vec<Seen> = files.iter().map(|_| Seen::default()).collect();
        let sources: Vec<Source> = files
            .iter()
            .map(|file| Source { path: file.path.clone(), bytes: file.bytes().into() })
            .collect();
        let tree = files::Tree::new(root, &sources);
        let project = evaluate::evaluate(&sources, &tree, &Settings::default());
        let waivers = Waivers::new(&project);
        let mut known = HashSet::new();
        for outcome in CHECKS.run(&project).into_iter().filter(|outcome| outcome.failed) {
            // What every instance of a resource has is one finding.
            if known.insert((outcome.rule.id, outcome.place.clone())) {
                let file = outcome.place.file as usize;
                let waiver = waivers.of(&outcome);
                seen[file].hits.push(Hit { waiver, ..hit(outcome, &project) });
            }
        }
        notify(&project, files, &mut seen);
        seen
    }
}

fn hit(outcome: Outcome, project: &Project) -> Hit {
    let instance = &project.instances[outcome.instance as usize];
    let anchor = HitAnchor::Resource {
        address: address(project, outcome.instance).into(),
        attribute: outcome.attribute.into(),
    };
    Hit { matched: instance.block.place.range.clone(), ..Hit::new(outcome.rule, outcome.place.range, anchor) }
}

//! Compose files: containers that run together on one machine.
//!
//! A service becomes an instance (`service`), its short forms written out, and the rules are asked
//! of it as they are of Terraform's resources (`engine::terraform::check`).

mod service;
#[cfg(test)]
mod tests;

use super::terraform::check::{Checks, Language, Outcome, View};
use super::terraform::{Project, Source};
use super::{Engine, Hit, HitAnchor, Seen, yaml};
use crate::target::SourceFile;
use memchr::memmem;
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

/// The folder below `rules/`, and the name on the command line.
pub const NAME: &str = "compose";

/// Services, as the rules see them.
pub static COMPOSE: Language = Language {
    engine: NAME,
    views: |instance| vec![View { kind: Cow::Borrowed(&instance.block.kind), steps: &[] }],
};

static CHECKS: LazyLock<Checks> = LazyLock::new(|| Checks::of(&COMPOSE, "scan"));

/// The engine.
pub struct Compose;

impl Engine for Compose {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, file: &SourceFile) -> bool {
        is_compose(&file.path) && memmem::find(file.bytes(), b"services").is_some()
    }

    fn scan(&self, file: &SourceFile) -> Seen {
        let stream = yaml::read(file.text());
        let notifications = yaml::notifications(file, NAME, &stream);
        let source = Source { path: file.path.clone(), bytes: [].into() };
        let roots = stream.documents.iter().map(|document| &document.root);
        let project = Project::of(vec![source], roots.flat_map(service::instances).collect());
        let mut known = HashSet::new();
        let failed = CHECKS.run(&project).into_iter().filter(|outcome| outcome.failed);
        // What services share by an anchor or by `extends` is at fault once.
        let own = failed.filter(|it| known.insert((it.rule.id, it.place.range.clone())));
        let hits = own.map(|outcome| hit(outcome, &project)).collect();
        Seen { hits, notifications, ..Seen::default() }
    }
}

/// Whether the file at a path has a name that Compose's files have: `compose.yaml`,
/// `docker-compose.override.yml`.
fn is_compose(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    let rest = stem.and_then(|it| it.strip_prefix("docker-").unwrap_or(it).strip_prefix("compose"));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
}

fn hit(outcome: Outcome, project: &Project) -> Hit {
    let instance = &project.instances[outcome.instance as usize];
    let (address, attribute) = (Box::from(&*instance.address), outcome.attribute.into());
    let anchor = HitAnchor::Resource { address, attribute };
    Hit::new(outcome.rule, outcome.place.range, anchor)
}

//! Kubernetes: manifests in YAML and JSON, of every kind that runs containers and of those that
//! decide who may do what.
//!
//! A file becomes nodes (`engine::yaml`), its manifests become instances (`manifest`), and the
//! rules are asked of these as they are of Terraform's resources (`engine::terraform::check`).
//! Charts of Helm are no manifests before they are rendered, which is for Helm (`helm`); what is
//! wrong then is said of the template (`charts`, `mapping`).

mod charts;
mod helm;
mod manifest;
mod mapping;

pub use charts::{folders as charts, not_rendered, within};
pub use helm::{Chart, NotRendered, Rendered, Values, render};
pub use manifest::is_workload;

use super::terraform::check::{Checks, Language, Outcome};
use super::terraform::{Instance, Project, Source};
use super::yaml;
use super::{Engine, Exam, Hit, HitAnchor, Seen, TreeEngine};
use crate::finding::{Notification, Trouble};
use crate::rule::Rule;
use crate::target::SourceFile;
use memchr::memmem;
use std::sync::{Arc, LazyLock};

/// The folder below `rules/`, and the name on the command line.
pub const NAME: &str = "kubernetes";

/// Manifests, as the rules see them.
pub static KUBERNETES: Language = Language { engine: NAME, views: manifest::views };

static CHECKS: LazyLock<Checks> = LazyLock::new(|| Checks::of(&KUBERNETES, "scan"));

/// As Trivy has them.
static TRIVYS: LazyLock<Checks> = LazyLock::new(|| Checks::of(&KUBERNETES, "trivy"));

/// How far `kind` may be from `apiVersion`, in bytes: whoever writes a manifest begins with these,
/// and who sorts its keys may have annotations between them.
const NEAR: usize = 4096;

/// The rule whose findings show secrets, unless these are masked.
const SECRET_IN_CONFIG_MAP: &str = "KSV-0109";

/// The engine.
pub struct Kubernetes;

impl Engine for Kubernetes {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, file: &SourceFile) -> bool {
        is_manifest(&file.path) && (is_packaged(&file.path) || may_hold_manifest(file.bytes()))
    }

    fn scan(&self, file: &SourceFile) -> Seen {
        look(file, &file.path, &CHECKS).exam.seen
    }

    fn exam(&self, file: &SourceFile, tool: &str) -> Exam {
        look(file, &file.path, if tool == "trivy" { &TRIVYS } else { &CHECKS }).exam
    }

    fn of_tree(&self) -> Option<&'static dyn TreeEngine> {
        Some(&charts::Charts)
    }

    fn is_of_files(&self) -> bool {
        true
    }
}

/// What the rules see in a file, and what they say of each manifest in it.
pub struct Looked {
    pub exam: Exam,
    pub manifests: Vec<Manifest>,
}

/// A manifest that was looked at.
#[derive(Debug)]
pub struct Manifest {
    pub kind: Arc<str>,
    /// The rules that find something in it, sorted.
    pub failed: Vec<&'static str>,
}

/// What Trivy's rules see.
pub fn examine(file: &SourceFile) -> Looked {
    look(file, &file.path, &TRIVYS)
}

/// Whose names the manifests have is said by `path`: overlays have the same in each of their
/// folders.
fn look(file: &SourceFile, path: &str, checks: &Checks) -> Looked {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (project, notifications) = project(file);
    let mut seen = Seen { notifications, ..Seen::default() };
    let mut looked: Vec<&'static Rule> = Vec::new();
    let manifest = |it: &Instance| Manifest { kind: it.block.kind.clone(), failed: Vec::new() };
    let mut manifests: Vec<Manifest> = project.instances.iter().map(manifest).collect();
    for outcome in checks.run(&project) {
        looked.push(outcome.rule);
        if !outcome.failed {
            continue;
        }
        manifests[outcome.instance as usize].failed.push(outcome.rule.id);
        if outcome.rule.id == SECRET_IN_CONFIG_MAP {
            seen.masks.extend(yaml::value_of(&outcome.place.range, file.text()));
        }
        seen.hits.push(hit(outcome, &project, folder));
    }
    looked.sort_by_key(|rule| rule.id);
    looked.dedup_by_key(|rule| rule.id);
    for manifest in &mut manifests {
        manifest.failed.sort_unstable();
        manifest.failed.dedup();
    }
    Looked { exam: Exam { seen, looked: Some(looked) }, manifests }
}

/// The manifests of a file, and what kept others from being read.
fn project(file: &SourceFile) -> (Project, Vec<Notification>) {
    let source = Source { path: file.path.clone(), bytes: [].into() };
    let mut notifications = Vec::new();
    let mut instances = Vec::new();
    let is_template = || memmem::find(file.bytes(), b"{{").is_some();
    if is_packaged(&file.path) {
        notifications.push(packaged(file));
    } else if is_chart(&file.path) {
        // It is for `charts`.
    } else if !(is_of_chart(&file.path) && is_template()) {
        let stream = yaml::read(file.text());
        instances = manifest::instances(stream.documents.iter().map(|document| &document.root));
        notifications.extend(yaml::notifications(file, NAME, &stream));
    }
    (Project::of(vec![source], instances), notifications)
}

/// Whether `apiVersion` and `kind` stand near each other.
fn may_hold_manifest(bytes: &[u8]) -> bool {
    let mut searched = 0;
    memmem::find_iter(bytes, b"apiVersion").any(|at| {
        let from = at.saturating_sub(NEAR).max(searched);
        searched = (at + NEAR).min(bytes.len());
        // The ends overlap by the length of the word.
        memmem::find(&bytes[from.saturating_sub(4).min(searched)..searched], b"kind").is_some()
    })
}

/// Whether a file is named as manifests are.
fn is_manifest(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["yaml", "yml", "json"].iter().any(|it| ending.eq_ignore_ascii_case(it))
}

fn is_chart(path: &str) -> bool {
    path.rsplit(['/', '!']).next() == Some("Chart.yaml")
}

/// Whether a file is where a chart has its templates.
fn is_of_chart(path: &str) -> bool {
    path.rsplit('/').skip(1).any(|folder| folder == "templates")
}

/// Whether a file says that the archive it is in is a chart.
fn is_packaged(path: &str) -> bool {
    path.contains('!') && is_chart(path)
}

fn packaged(file: &SourceFile) -> Notification {
    let message = "this packaged chart of Helm was not rendered: scan what `helm template` writes";
    said(file, Trouble::Unparsed, message.into())
}

fn said(file: &SourceFile, trouble: Trouble, message: String) -> Notification {
    let (path, engine) = (file.path.clone(), Some(NAME.into()));
    Notification { path, engine, trouble, message: message.into() }
}

fn hit(outcome: Outcome, project: &Project, folder: &str) -> Hit {
    let own = &*project.instances[outcome.instance as usize].address;
    let address = match folder {
        "" => own.into(),
        folder => format!("{folder}:{own}").into(),
    };
    let anchor = HitAnchor::Resource { address, attribute: outcome.attribute.into() };
    Hit::new(outcome.rule, outcome.place.range, anchor)
}

#[cfg(test)]
mod tests;

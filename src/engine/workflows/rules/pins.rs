//! Actions and workflows whose version somebody else can move.

use crate::engine::HitFix;
use crate::engine::fault::Fault;
use crate::engine::workflows::document::Document;
use crate::engine::workflows::uses::{Uses, is_commit};
use crate::finding::Severity;

/// Owners whose actions GitHub itself maintains.
const OFFICIAL: &[&str] = &["actions", "github"];
/// Names that branches have.
const BRANCHES: &[&str] = &[
    "develop",
    "development",
    "dev",
    "edge",
    "head",
    "latest",
    "main",
    "master",
    "next",
    "nightly",
    "trunk",
];

/// Versions whose commit is known: action, version and commit, apart by tabs.
const KNOWN: &str = include_str!("pins.txt");

/// LG-GHA-001: a tag of somebody else's action.
pub fn third_party(document: &Document) -> Vec<Fault> {
    tags(document, false)
}

/// LG-GHA-002: a tag of an action that GitHub maintains.
pub fn official(document: &Document) -> Vec<Fault> {
    tags(document, true)
}

/// LG-GHA-003: a branch, or no version at all.
pub fn branches(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    each(document, |uses, scope| {
        if !is_branch(uses.version()) {
            return;
        }
        let message = match uses.version() {
            Some(branch) => {
                format!("`{}` is taken from `{branch}`, which moves with every commit", uses.name)
            }
            None => format!("`{}` has no version", uses.name),
        };
        let fault = Fault::at(uses.range.clone(), scope).saying(message);
        faults.push(if is_official(uses) { fault.severe(Severity::Low) } else { fault });
    });
    faults
}

fn tags(document: &Document, official: bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    each(document, |uses, scope| {
        let Some(version) = uses.version() else { return };
        if is_commit(version) || is_branch(Some(version)) || is_official(uses) != official {
            return;
        }
        let message = format!("`{}` goes by the tag `{version}`, which can be moved", uses.name);
        let fix = pin(document, uses, version);
        faults.push(Fault::at(uses.range.clone(), scope).saying(message).with(fix));
    });
    faults
}

/// Each use of a repository's action or workflow, with the job that it is in.
fn each<'d>(document: &'d Document, mut look: impl FnMut(&Uses<'d>, &str)) {
    for job in &document.jobs {
        let own = job.node.get("uses").and_then(Uses::of);
        for uses in own.iter() {
            if !uses.name.is_empty() {
                look(uses, job.id);
            }
        }
        for uses in job.steps.iter().filter_map(|step| step.uses.as_ref()) {
            if !uses.name.is_empty() && !uses.text.contains("${{") {
                look(uses, job.id);
            }
        }
    }
}

fn is_official(uses: &Uses) -> bool {
    OFFICIAL.contains(&uses.owner())
}

fn is_branch(version: Option<&str>) -> bool {
    version.is_none_or(|it| {
        BRANCHES.iter().any(|name| it.eq_ignore_ascii_case(name)) || it.starts_with("refs/heads/")
    })
}

/// The commit in place of a tag, where it is known for this version, or for the newest of a tag that
/// moves with its versions.
fn pin(document: &Document, uses: &Uses, tag: &str) -> Option<HitFix> {
    let mut known = KNOWN.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        Some((columns.next()?, columns.next()?, columns.next()?))
    });
    // An action in a folder of a repository has the versions of the repository.
    let repository = uses.name.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
    let covers = |version: &str| {
        let rest = version.strip_prefix(tag);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let (_, version, commit) =
        known.find(|(name, version, _)| *name == repository && covers(version))?;
    let written = document.source.get(uses.range.clone())?;
    let at = uses.range.start + written.rfind(&format!("@{tag}"))? + 1;
    let rest = document.source[uses.range.end..].lines().next().unwrap_or_default();
    let mut edits = vec![(at..at + tag.len(), Box::from(commit))];
    if rest.trim().is_empty() {
        edits.push((uses.range.end..uses.range.end, format!(" # {version}").into()));
    }
    Some(HitFix {
        description: format!("pin to the commit of {version}").into(),
        safe: true,
        edits,
    })
}

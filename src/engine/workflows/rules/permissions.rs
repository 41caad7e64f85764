//! What the token of a run may do.

use crate::engine::fault::Fault;
use crate::engine::workflows::document::{Document, Job};
use crate::engine::workflows::reach::{is_guarded, privileged};
use crate::engine::yaml::{Entry, Node};
use crate::finding::{Confidence, Severity};

/// Permissions with which a run changes what others get.
const STRONG: &[&str] = &["actions", "contents", "deployments", "id-token", "packages", "pages"];

fn entry<'a>(node: &'a Node, key: &str) -> Option<&'a Entry> {
    node.entries().iter().find(|entry| &*entry.key == key)
}

/// The permissions of the workflow and of its jobs, each with the job that it is for.
fn each<'d>(document: &'d Document<'d>) -> impl Iterator<Item = (Option<&'d Job<'d>>, &'d Entry)> {
    let own = entry(document.root, "permissions").map(|entry| (None, entry));
    let of_jobs = document.jobs.iter();
    own.into_iter()
        .chain(of_jobs.filter_map(|job| Some((Some(job), entry(job.node, "permissions")?))))
}

/// LG-GHA-030.
pub fn write_all(document: &Document) -> Vec<Fault> {
    let is_all = |entry: &Entry| entry.value.text().is_some_and(|text| &**text == "write-all");
    let all = each(document).filter(|(_, entry)| is_all(entry)).map(|(job, entry)| {
        let fault = Fault::at(entry.range.clone(), job.map_or("", |job| job.id));
        let of_outsiders = |job: &Job| privileged(document, job, None).is_some();
        let outsiders = job.map_or_else(|| document.jobs.iter().any(of_outsiders), of_outsiders);
        if outsiders { fault.severe(Severity::High) } else { fault }
    });
    all.collect()
}

/// LG-GHA-031: neither the workflow nor each of its jobs says what the token may do.
pub fn missing(document: &Document) -> Vec<Fault> {
    let is_called = document.triggers.iter().all(|trigger| trigger.name == "workflow_call");
    if document.is_action || is_called || document.root.get("permissions").is_some() {
        return Vec::new();
    }
    let mut lacking = document.jobs.iter().filter(|job| job.node.get("permissions").is_none());
    let Some(first) = lacking.next() else { return Vec::new() };
    let fault = Fault::at(first.head.clone(), "").about("permissions");
    vec![fault]
}

/// LG-GHA-032: what anybody can start may write.
pub fn for_outsiders(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for job in &document.jobs {
        let Some(event) = privileged(document, job, None) else { continue };
        let all_guarded = job.steps.iter().all(|step| is_guarded(document, job, Some(step)));
        if all_guarded && !job.steps.is_empty() || is_guarded(document, job, None) {
            continue;
        }
        let own = entry(job.node, "permissions");
        let Some(permissions) = own.or_else(|| entry(document.root, "permissions")) else {
            continue;
        };
        let strong = permissions.value.entries().iter().find(|it| {
            STRONG.contains(&&*it.key) && it.value.text().is_some_and(|text| &**text == "write")
        });
        let Some(strong) = strong else { continue };
        let message = format!(
            "On `{event}`, which anybody can bring about, the token may write `{}`",
            strong.key
        );
        faults.push(Fault::at(strong.range.clone(), job.id).saying(message).sure(Confidence::Low));
    }
    faults
}

//! What later steps take for granted: variables, the search path, commands to the runner.

use crate::engine::fault::{Fault, line_of};
use crate::engine::shell::text::Text;
use crate::engine::workflows::document::{Document, Job, Step, is_true};
use crate::engine::workflows::reach::privileged;
use crate::engine::workflows::taint::{Author, Scope};
use crate::engine::yaml::{Entry, Node};
use crate::finding::Severity;
use std::collections::HashSet;

const SWITCH: &str = "ACTIONS_ALLOW_UNSECURE_COMMANDS";
/// The files that set the environment of later steps.
const FILES: &[&str] = &["GITHUB_ENV", "GITHUB_PATH"];
/// How many lines of one script are followed.
const MOST_LINES: usize = 2_000;

/// LG-GHA-050.
pub fn unsecure_commands(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut look = |node: &Node, scope: &str| {
        let env = node.get("env").map_or(&[][..], Node::entries);
        let switched = env.iter().filter(|it| &*it.key == SWITCH && is_true(&it.value));
        faults.extend(switched.map(|it: &Entry| Fault::at(it.range.clone(), scope)));
    };
    look(document.root, "");
    document.jobs.iter().for_each(|job| look(job.node, job.id));
    document.steps().for_each(|(job, step)| look(step.node, job.id));
    faults
}

/// LG-GHA-021: a line that writes what somebody else wrote to one of the files. A line break in it
/// sets any variable.
pub fn untrusted(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (job, step) in document.steps() {
        let Some(run) = &step.run else { continue };
        if !FILES.iter().any(|file| run.as_str().contains(file)) {
            continue;
        }
        for (at, context) in writes(document, job, step, run) {
            let message = format!(
                "`{context}`, which somebody else wrote, sets the environment of the steps behind"
            );
            let fault = Fault::at(line_of(run, at), job.id).saying(message);
            let outsiders = privileged(document, job, Some(step)).is_some();
            faults.push(if outsiders { fault } else { fault.severe(Severity::Medium) });
        }
    }
    faults
}

/// Where lines of a script write a tainted text to one of the files, and whose it is: an expression
/// on the line, a variable of the environment, or one that an earlier line has set from these.
fn writes(document: &Document, job: &Job, step: &Step, run: &Text) -> Vec<(usize, String)> {
    let scope = Scope { document, job, step: Some(step) };
    let anybody = |text: &str| scope.taint_of_text(text).filter(|it| it.author == Author::Anybody);
    let mut tainted: Vec<(String, String)> = Vec::new();
    let around = [document.root, job.node, step.node];
    let env = around.into_iter().filter_map(|node| node.get("env")).flat_map(Node::entries);
    for entry in env.take(MOST_LINES) {
        let taint = entry.value.text().and_then(|text| anybody(text));
        tainted.retain(|(name, _)| **name != *entry.key);
        tainted.extend(taint.map(|taint| (entry.key.to_string(), taint.context)));
    }
    let mut found = Vec::new();
    let mut at = 0;
    for line in run.as_str().split_inclusive('\n').take(MOST_LINES) {
        let used: HashSet<&str> = names(line).collect();
        let by_name = || tainted.iter().find(|(name, _)| used.contains(name.as_str()));
        let context =
            anybody(line).map(|it| it.context).or_else(|| by_name().map(|it| it.1.clone()));
        if let Some(context) = context {
            if FILES.iter().any(|file| line.contains(file)) && line.contains('>') {
                found.push((at, context.clone()));
            }
            let name = line.trim().split_once('=').map_or("", |(name, _)| name);
            let name = name.trim_start_matches("export ").trim_start_matches("local ");
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if !name.is_empty() && name.chars().all(is_name) {
                tainted.push((name.to_owned(), context));
            }
        }
        at += line.len();
    }
    found
}

/// The variables that a line names.
fn names(line: &str) -> impl Iterator<Item = &str> {
    line.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix("env:").unwrap_or(rest);
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    })
}

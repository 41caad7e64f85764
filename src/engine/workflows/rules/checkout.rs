//! Code of a pull request in a run that holds secrets.

use crate::engine::fault::{Fault, line_of};
use crate::engine::shell::commands;
use crate::engine::workflows::document::{Document, Job, Step};
use crate::engine::workflows::reach::{is_guarded, privileged};
use crate::engine::workflows::template::expressions;
use crate::engine::workflows::uses::Kind;
use crate::finding::{Confidence, Severity};
use std::ops::Range;

/// What names the code of a pull request, or the repository that it comes from.
const HEADS: &[&str] = &[
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.repo.full_name",
    "github.event.pull_request.head.sha",
    "github.event.pull_request.merge_commit_sha",
    "github.event.workflow_run.head_branch",
    "github.event.workflow_run.head_commit.id",
    "github.event.workflow_run.head_repository.full_name",
    "github.event.workflow_run.head_sha",
    "github.event.workflow_run.pull_requests.*.head.ref",
    "github.event.workflow_run.pull_requests.*.head.sha",
    "github.head_ref",
];

/// LG-GHA-020.
pub fn untrusted(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (job, step) in document.steps() {
        let Some(event) = privileged(document, job, Some(step)) else { continue };
        let Some(range) = checks_out(document, step) else { continue };
        let runs = runs_it(job, step);
        let message = match runs {
            true => format!(
                "Code of a pull request is checked out and run, on `{event}`, with the secrets of the repository"
            ),
            false => format!(
                "Code of a pull request is checked out, on `{event}`, where the secrets of the repository are"
            ),
        };
        let fault = Fault::at(range, job.id).saying(message);
        faults.push(match (runs, is_guarded(document, job, Some(step))) {
            (true, false) => fault,
            (_, true) => fault.severe(Severity::Medium).sure(Confidence::Low),
            (false, false) => fault.severe(Severity::Medium).sure(Confidence::Medium),
        });
    }
    faults
}

/// Where a step gets the code of a pull request.
pub fn checks_out(document: &Document, step: &Step) -> Option<Range<usize>> {
    if step.is_action(&["actions/checkout"]) {
        let input = ["ref", "repository"].into_iter().find_map(|name| {
            let node = step.with(name)?;
            names_head(node.text()?).then_some(node)
        })?;
        return Some(input.range.clone());
    }
    let run = step.run.as_ref()?;
    commands(run)
        .iter()
        .find_map(|command| {
            let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
            let is_it = match words.as_slice() {
                ["gh", "pr", "checkout", ..] => true,
                ["git", "fetch" | "pull", rest @ ..] => rest.iter().any(|it| {
                    it.trim_start_matches('+').trim_start_matches("refs/").starts_with("pull/")
                }),
                _ => false,
            };
            is_it.then(|| command.range())
        })
        .or_else(|| {
            let text = run.as_str();
            let at =
                ["git checkout ", "git switch ", "git reset --hard "].iter().find_map(|verb| {
                    let at = text.find(verb)?;
                    names_head(text[at..].lines().next()?).then_some(at)
                })?;
            Some(line_of(run, at)).filter(|_| !document.is_action)
        })
}

fn names_head(text: &str) -> bool {
    let by_number = text.contains("refs/pull/") && !text.contains("github.event.pull_request.base");
    by_number
        || expressions(text)
            .flat_map(|it| it.contexts())
            .any(|context| HEADS.contains(&context.as_str()))
}

/// Whether what is checked out is run behind it.
fn runs_it(job: &Job, checkout: &Step) -> bool {
    // Behind `path`, only what goes there runs it; whether it does is not known.
    let is_aside = checkout.with("path").is_some();
    !is_aside
        && job.after(checkout).iter().any(|step| {
            let is_local = step.uses.as_ref().is_some_and(|uses| uses.kind == Kind::Local);
            is_local || step.run.as_ref().is_some_and(builds)
        })
}

/// Whether a script does more than look: what is built, installed or tested is code that is run.
fn builds(run: &crate::engine::shell::text::Text) -> bool {
    const LOOKS: &[&str] = &[
        "cat", "cd", "cp", "curl", "diff", "echo", "exit", "export", "gh", "git", "grep", "head",
        "jq", "ls", "mkdir", "mv", "printf", "pwd", "rm", "sed", "set", "sleep", "sort", "tail",
        "test", "wc", "[", "[[",
    ];
    commands(run).iter().any(|command| !LOOKS.contains(&command.name()))
}

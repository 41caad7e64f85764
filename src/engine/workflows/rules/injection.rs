//! Texts of others that become part of a script.

use crate::engine::fault::Fault;
use crate::engine::shell::text::Text;
use crate::engine::workflows::document::{Document, Job, Step};
use crate::engine::workflows::reach::{is_guarded, privileged};
use crate::engine::workflows::taint::{Author, Scope, Taint};
use crate::engine::workflows::template::{Template, templates};
use crate::engine::yaml::script;
use crate::finding::{Confidence, Severity};
use std::collections::HashSet;

/// Actions that run an input, with the name of that input.
const RUNNERS: &[(&str, &str)] = &[
    ("actions/github-script", "script"),
    ("addnab/docker-run-action", "run"),
    ("amadevus/pwsh-script", "script"),
    ("appleboy/ssh-action", "script"),
    ("azure/cli", "inlinescript"),
    ("azure/powershell", "inlinescript"),
    ("cardinalby/js-eval-action", "expression"),
    ("jannekem/run-python-script-action", "script"),
    ("mikefarah/yq", "cmd"),
    ("nick-fields/retry", "command"),
    ("nick-invision/retry", "command"),
    ("reactivecircus/android-emulator-runner", "script"),
    ("satackey/action-js-inline", "script"),
    ("sergeysova/jq-action", "cmd"),
];

/// The scripts of a step: what it runs, and what its action does.
pub fn scripts(step: &Step, source: &str) -> Vec<Text> {
    let inputs = RUNNERS.iter().filter(|(action, _)| step.is_action(&[action]));
    let inputs = inputs.filter_map(|(_, input)| script(step.with(input)?, source));
    step.run.iter().cloned().chain(inputs).collect()
}

/// LG-GHA-010.
pub fn by_anybody(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    each(document, Author::Anybody, |job, step, template, taint| {
        let message = format!(
            "`{}` is what somebody else wrote, and becomes part of the script",
            taint.context
        );
        let fault = Fault::at(template.place.clone(), job.id).saying(message);
        let privileged = privileged(document, job, Some(step));
        faults.push(match privileged {
            Some(_) if is_guarded(document, job, Some(step)) => fault.sure(Confidence::Medium),
            Some(_) => fault,
            // Who runs an action is not known; a run for a pull request holds no secrets.
            None => fault.severe(Severity::Medium),
        });
    });
    faults
}

/// LG-GHA-011: one for each step, at the first input.
pub fn by_caller(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut told: HashSet<*const Step> = HashSet::new();
    each(document, Author::Caller, |job, step, template, taint| {
        if told.insert(std::ptr::from_ref(step).cast()) {
            let message =
                format!("`{}` becomes part of the script before the shell reads it", taint.context);
            faults.push(Fault::at(template.place.clone(), job.id).saying(message));
        }
    });
    faults
}

/// Each expression in a script that an author decides; the same one once a script.
fn each<'d>(
    document: &'d Document<'d>,
    author: Author,
    mut look: impl FnMut(&Job<'d>, &Step<'d>, &Template, Taint),
) {
    for (job, step) in document.steps() {
        let scope = Scope { document, job, step: Some(step) };
        for script in scripts(step, document.source) {
            let mut told = HashSet::new();
            for template in templates(&script) {
                let Some(expression) = &template.expression else { continue };
                let taint = scope.taint(expression).filter(|taint| taint.author == author);
                if let Some(taint) = taint.filter(|taint| told.insert(taint.context.clone())) {
                    look(job, step, &template, taint);
                }
            }
        }
    }
}

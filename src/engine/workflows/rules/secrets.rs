//! Where secrets go.

use crate::engine::fault::Fault;
use crate::engine::shell::{commands, print};
use crate::engine::workflows::document::{Document, Job, Step};
use crate::engine::workflows::expression::Expression;
use crate::engine::workflows::template::{expressions, ranges, templates};
use crate::engine::workflows::uses::{Kind, Uses};
use crate::engine::yaml::{Node, script};
use crate::finding::Severity;

/// How many words that one script prints are looked at.
const MOST_PRINTED: usize = 500;

/// LG-GHA-040: a secret in the log. GitHub masks what it knows by its exact text alone.
pub fn printed(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (job, step) in document.steps().filter(|(_, step)| step.is_posix) {
        let Some(run) = &step.run else { continue };
        let commands = commands(run);
        // What a group of commands writes may go elsewhere.
        let is_redirected = commands.iter().any(|it| it.words[0].text.starts_with('>'));
        if !is_redirected {
            for (_, word) in print::printed(&commands).take(MOST_PRINTED) {
                let written = document.source.get(word.range.clone()).unwrap_or_default();
                let is_quoted = written.starts_with('\'');
                let name = match (secret_in(&word.text), is_quoted) {
                    (Some(name), _) => name,
                    (None, false) => match variables(&word.text)
                        .find_map(|it| secret_of(document, job, step, it))
                    {
                        Some(name) => name,
                        None => continue,
                    },
                    _ => continue,
                };
                let message = format!("`{name}` is printed to the log");
                faults.push(Fault::at(word.range.clone(), job.id).saying(message));
            }
        }
        let Some(name) = any_secret(step, run.as_str()) else { continue };
        for command in print::dumps(&commands) {
            let message = format!("All variables are printed, `{name}` among them");
            faults.push(Fault::at(command.range(), job.id).saying(message));
        }
        for command in print::traces(&commands) {
            let message = format!("The shell prints each command it runs, and so `{name}`");
            let fault = Fault::at(command.range(), job.id).saying(message);
            faults.push(fault.severe(Severity::Low));
        }
    }
    faults
}

/// `secrets.NAME`, where an expression in a text is one. That of GitHub itself ends with the job.
fn secret_in(text: &str) -> Option<String> {
    expressions(text).find_map(|it| secret(&it))
}

fn secret(expression: &Expression) -> Option<String> {
    let mut path = expression.as_context()?.iter().map(String::as_str);
    let is_one = path.next() == Some("secrets");
    let name = path.next().filter(|name| is_one && *name != "github_token")?;
    Some(format!("secrets.{name}"))
}

/// The secret that a variable of the environment holds.
fn secret_of(document: &Document, job: &Job, step: &Step, name: &str) -> Option<String> {
    // `environment` prefers the step's own, then the job's, then that of the workflow.
    let around = [step.node, job.node, document.root];
    let value = around.into_iter().find_map(|node| node.get("env")?.get(name))?;
    secret_in(value.text()?)
}

/// A secret that the script of a step has at hand, by its own environment or in its text.
fn any_secret(step: &Step, run: &str) -> Option<String> {
    let env = step.node.get("env").map_or(&[][..], Node::entries);
    env.iter().find_map(|entry| secret_in(entry.value.text()?)).or_else(|| secret_in(run))
}

/// The names of variables that are all of a word or in it: `$NAME`, `${NAME}`. Not `${#NAME}` or
/// `${NAME:+set}`, which do not say what is in it.
fn variables(word: &str) -> impl Iterator<Item = &str> {
    word.split('$').skip(1).filter_map(|rest| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (braced, rest) = match rest.strip_prefix('{') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let is_all = !braced || rest[end..].starts_with('}') || rest[end..].starts_with(":-");
        (end > 0 && is_all).then(|| &rest[..end])
    })
}

/// LG-GHA-041: every secret of the repository in one expression.
pub fn all(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for job in &document.jobs {
        for text in scalars(job.node).filter(|node| mentions(node)) {
            for template in script(text, document.source).iter().flat_map(templates) {
                let is_all = template.expression.as_ref().is_some_and(|it| {
                    it.contexts()
                        .iter()
                        .any(|path| path == "secrets" || path.starts_with("secrets.*"))
                });
                if is_all {
                    faults.push(Fault::at(template.place, job.id));
                }
            }
        }
    }
    faults
}

fn mentions(node: &Node) -> bool {
    node.text().is_some_and(|text| {
        text.to_ascii_lowercase().contains("secrets") && ranges(text).next().is_some()
    })
}

/// All scalars in a node, itself included.
fn scalars(node: &Node) -> impl Iterator<Item = &Node> {
    let mut open = vec![node];
    std::iter::from_fn(move || {
        let node = open.pop()?;
        open.extend(node.entries().iter().rev().map(|entry| &entry.value));
        open.extend(node.items().iter().rev());
        Some(node)
    })
    .filter(|node| node.text().is_some())
}

/// LG-GHA-042: somebody else's workflow gets whatever secrets there are.
pub fn inherited(document: &Document) -> Vec<Fault> {
    let inherits = |job: &Job| {
        let secrets = job.node.get("secrets")?;
        let uses = Uses::of(job.node.get("uses")?)?;
        let is_all = secrets.text().is_some_and(|text| &**text == "inherit");
        let is_elsewhere = matches!(uses.kind, Kind::Repository { .. });
        let message = format!("`{}` gets every secret there is", uses.name);
        (is_all && is_elsewhere).then(|| Fault::at(secrets.range.clone(), job.id).saying(message))
    };
    document.jobs.iter().filter_map(inherits).collect()
}

//! Conditions that are not what they seem.

use crate::engine::HitFix;
use crate::engine::fault::Fault;
use crate::engine::workflows::document::{Document, Job, Step};
use crate::engine::workflows::expression::{Expression, Operator};
use crate::engine::workflows::reach::privileged;
use crate::engine::workflows::template::{ranges, templates};
use crate::engine::workflows::uses::Kind;
use crate::engine::yaml::Node;
use crate::finding::Confidence;

/// Contexts that tell who acted last, not whose code it is.
const ACTORS: &[&str] = &[
    "github.actor",
    "github.actor_id",
    "github.event.pull_request.sender.login",
    "github.event.sender.login",
    "github.triggering_actor",
];
/// The number of the account of Dependabot.
const DEPENDABOT: &str = "49699333";
/// Contexts with names that others choose.
const CHOSEN: &[&str] = &[
    "github.actor",
    "github.base_ref",
    "github.head_ref",
    "github.ref",
    "github.ref_name",
    "github.triggering_actor",
];

/// The conditions of jobs and steps, each with its job.
fn each<'d>(
    document: &'d Document<'d>,
) -> impl Iterator<Item = (&'d Job<'d>, Option<&'d Step<'d>>, &'d Node, &'d Expression)> {
    document.jobs.iter().flat_map(|job| {
        let of_steps = job.steps.iter().filter_map(move |step| {
            Some((job, Some(step), step.node.get("if")?, step.condition.as_ref()?))
        });
        let own = job.node.get("if").zip(job.condition.as_ref());
        own.map(|(node, it)| (job, None, node, it)).into_iter().chain(of_steps)
    })
}

/// LG-GHA-060: text beside `${{ … }}` makes all of it a text, and a text is true.
pub fn always_true(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    let jobs = document.jobs.iter().flat_map(|job| {
        let steps = job.steps.iter().map(|step| step.node);
        [job.node].into_iter().chain(steps).map(move |node| (job.id, node))
    });
    for (scope, node) in jobs {
        let Some(entry) = node.entries().iter().find(|entry| &*entry.key == "if") else { continue };
        let Some(text) = entry.value.text() else { continue };
        let found: Vec<_> = ranges(text).collect();
        let is_whole = found.len() == 1 && found[0] == (0..text.len());
        if found.is_empty() || is_whole {
            continue;
        }
        let message = match text.trim().len() < text.len()
            && found.len() == 1
            && found[0].len() == text.trim().len()
        {
            true => "The line break behind `}}` makes the condition a text, which is always true",
            false => {
                "What stands beside `${{ … }}` makes the condition a text, which is always true"
            }
        };
        let fix = bare(document, &entry.value, text);
        faults.push(Fault::at(entry.range.clone(), scope).saying(message).with(fix));
    }
    faults
}

/// The condition without its braces, where that is one and stands in the file as it says.
fn bare(document: &Document, node: &Node, text: &str) -> Option<HitFix> {
    let is_plain = document.source.get(node.range.clone()) == Some(text);
    let mut bare = String::new();
    let mut at = 0;
    for range in ranges(text) {
        bare += &text[at..range.start];
        bare += text[range.start + 3..range.end - 2].trim();
        at = range.end;
    }
    bare += &text[at..];
    let is_one =
        Expression::parse(&bare).is_some() && !bare.starts_with('!') && !bare.contains(": ");
    let edits = vec![(node.range.clone(), bare.into())];
    let description = "write the condition without `${{ }}`".into();
    (is_plain && is_one).then_some(HitFix { description, safe: false, edits })
}

/// LG-GHA-061: `contains` on a text finds parts of it.
pub fn contains(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (job, _, node, condition) in each(document) {
        let chosen = condition.all().into_iter().find_map(|it| match it {
            Expression::Call(name, arguments) if name == "contains" => match arguments.as_slice() {
                [Expression::Text(_), Expression::Context(path)] => Some(path.join(".")),
                _ => None,
            },
            _ => None,
        });
        let Some(context) = chosen.filter(|it| CHOSEN.contains(&it.as_str())) else { continue };
        let message = format!(
            "Any part of the text will do for `{context}`: `contains` looks for parts where it is not given a list"
        );
        faults.push(Fault::at(node.range.clone(), job.id).saying(message));
    }
    faults
}

/// LG-GHA-062: a bot is told by who acted last.
pub fn bots(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (job, step, node, condition) in each(document) {
        let Some(event) = privileged(document, job, step) else { continue };
        let is_bot = |it: &Expression| match it {
            Expression::Text(text) | Expression::Constant(text) => {
                text.ends_with("[bot]") || text == DEPENDABOT
            }
            _ => false,
        };
        let is_actor = |it: &Expression| {
            it.as_context().is_some_and(|path| ACTORS.contains(&path.join(".").as_str()))
        };
        let spoofed = condition.all().into_iter().any(|it| match it {
            Expression::Binary(Operator::Equal, left, right) => {
                is_bot(left) && is_actor(right) || is_actor(left) && is_bot(right)
            }
            Expression::Call(name, arguments)
                if matches!(name.as_str(), "contains" | "startswith" | "endswith") =>
            {
                arguments.iter().any(is_bot) && arguments.iter().any(is_actor)
            }
            _ => false,
        });
        if !spoofed || asks_author(condition) {
            continue;
        }
        let message =
            format!("On `{event}`, the actor is whoever acted last, not whose code it is");
        let fault = Fault::at(node.range.clone(), job.id).saying(message);
        faults.push(match event {
            "pull_request_target" => fault,
            _ => fault.sure(Confidence::Low),
        });
    }
    faults
}

/// Whether a condition asks for the author of the pull request as well.
fn asks_author(condition: &Expression) -> bool {
    condition.contexts().iter().any(|it| it == "github.event.pull_request.user.login")
}

/// LG-GHA-063: paths with steps that lead nowhere, and expressions that say a constant in a
/// roundabout way.
pub fn obscured(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (job, step) in document.steps() {
        if let Some(uses) =
            step.uses.as_ref().filter(|it| matches!(it.kind, Kind::Repository { .. }))
        {
            let path = uses.text.split('@').next().unwrap_or_default();
            if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
                let message = "The name of the action has steps in it that lead nowhere";
                faults.push(Fault::at(uses.range.clone(), job.id).saying(message));
            }
        }
        for template in step.run.iter().flat_map(templates) {
            let Some(expression) = &template.expression else { continue };
            if is_constant(expression) {
                let message =
                    "The expression is a constant: what is run can be read only by working it out";
                faults.push(Fault::at(template.place, job.id).saying(message));
            }
        }
    }
    faults
}

/// Whether an expression is a text that is put together from texts.
fn is_constant(expression: &Expression) -> bool {
    let is_text = |it: &Expression| matches!(it, Expression::Text(text) if !text.contains("${{"));
    match expression {
        Expression::Call(name, arguments)
            if matches!(name.as_str(), "format" | "join" | "fromjson") =>
        {
            arguments.iter().all(|it| is_text(it) || is_constant(it))
        }
        _ => false,
    }
}

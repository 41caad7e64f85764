//! What a finding says beside its rule's title: the value that was seen, where it came from, and
//! through which calls the module is reached.

use super::check::Outcome;
use super::{Block, Giver, Instance, Place, Project, Step, Value};
use crate::engine::{MASK, masked};

/// Characters of a value that are shown.
const SHOWN: usize = 60;
/// Steps of the way of a value, and calls, that are told.
const TOLD: usize = 4;

/// The message of a finding: `title; acl is "public-read", from var.acl (default at main.tf:3)`.
pub fn message(project: &Project, outcome: &Outcome) -> String {
    let instance = &project.instances[outcome.instance as usize];
    let mut message = outcome.rule.title.to_owned();
    if let Some(seen) = seen(project, instance, outcome) {
        message += &format!("; {seen}");
        let steps = project.origin(instance, &outcome.place);
        let told: Vec<String> = steps.iter().take(TOLD).map(|it| step(project, it)).collect();
        if !told.is_empty() {
            message += &format!(", from {}", told.join(", "));
        }
    }
    message + &calls(project, instance)
}

/// `acl is "public-read"`, `encrypted is not set`; nothing where the place is a block that is there,
/// or the value says nothing.
fn seen(project: &Project, instance: &Instance, outcome: &Outcome) -> Option<String> {
    let place = &outcome.place;
    let others = || project.instances.iter().map(|it| &it.block);
    let block = std::iter::once(&instance.block).chain(others()).find(|it| holds(it, place))?;
    match at_place(block, place)? {
        Seen::Attribute(name, value) => {
            let text = shown(value).filter(|text| text.chars().count() <= SHOWN)?;
            // A value that is a secret by its name or by itself is shown to nobody.
            let line = format!("{name} = {text}");
            let is_secret = masked(&line) != line;
            Some(format!("{name} is {}", if is_secret { MASK } else { &text }))
        }
        Seen::Block(block) => {
            let last = outcome.attribute.rsplit('.').next().filter(|last| !last.is_empty())?;
            (*last != *block.kind).then(|| format!("{} is not set", outcome.attribute))
        }
    }
}

fn holds(block: &Block, place: &Place) -> bool {
    let (outer, inner) = (&block.place, place);
    outer.file == inner.file
        && outer.range.start <= inner.range.start
        && inner.range.end <= outer.range.end
}

/// What is at a place.
enum Seen<'a> {
    Attribute(&'a str, &'a Value),
    Block(&'a Block),
}

fn at_place<'a>(block: &'a Block, place: &Place) -> Option<Seen<'a>> {
    if block.place == *place {
        return Some(Seen::Block(block));
    }
    let own = block.attributes.iter().find(|(_, attribute)| attribute.place == *place);
    own.map(|(name, attribute)| Seen::Attribute(name, &attribute.value)).or_else(|| {
        let mut inner = block.blocks.iter().filter(|inner| holds(inner, place));
        inner.find_map(|inner| at_place(inner, place))
    })
}

/// A value as Terraform would write it; nothing for what is not known, or is long.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("null".to_owned()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if value.is_partly_known() || text.contains('\n') => None,
        Value::String(text) => Some(format!("{text:?}")),
        Value::List(values) if values.len() <= 3 => {
            let values: Option<Vec<String>> = values.iter().map(shown).collect();
            values.map(|values| format!("[{}]", values.join(", ")))
        }
        Value::List(_) | Value::Map(_) | Value::Unknown(_) => None,
    }
}

/// `var.acl (default at variables.tf:12)`.
fn step(project: &Project, step: &Step) -> String {
    let what = match step.giver {
        Giver::Default => "default at ",
        Giver::Variables | Giver::Argument => "given at ",
        Giver::Environment => "given by the environment",
        Giver::Nothing => "declared at ",
        Giver::Local | Giver::Output | Giver::Attribute => "",
    };
    let place = step.place.as_ref().map(|place| at(project, place)).unwrap_or_default();
    format!("{} ({what}{place})", step.name)
}

/// `, in module.data, called at main.tf:3`, for each call from the innermost outwards.
fn calls(project: &Project, instance: &Instance) -> String {
    let mut told = String::new();
    let mut module = &project.modules[instance.module as usize];
    for _ in 0..TOLD {
        let Some((caller, place)) = &module.call else { break };
        told += &format!(", in {}, called at {}", module.address, at(project, place));
        module = &project.modules[*caller as usize];
    }
    told
}

/// `variables.tf:12`.
fn at(project: &Project, place: &Place) -> String {
    let file = &project.files[place.file as usize];
    let before = file.bytes.get(..place.range.start).unwrap_or_default();
    format!("{}:{}", file.path, memchr::memchr_iter(b'\n', before).count() + 1)
}

//! What a rule says of one thing, as reports have it.

use super::about::About;
use super::input::shown;
use super::severity::Level;
use crate::compat::defsec::{Lines, calls, local};
use crate::engine::terraform::Project;
use crate::engine::terraform::Value;
use crate::engine::terraform::around::{Around, Is, Surroundings};
use crate::engine::terraform::{Block, Place};
use crate::report::untrusted::visible;
use crate::target::LineIndex;
use rayon::prelude::*;
use std::sync::Arc;

/// Whether it passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Failed,
    Passed,
    Ignored,
}

/// What a rule says of one thing.
#[derive(Debug, Clone)]
pub struct Case {
    pub about: Arc<About>,
    pub level: Option<Level>,
    pub status: Status,
    pub description: String,
    /// The resource, or the call in the root module that it comes from.
    pub resource: String,
    pub at: Lines,
    /// The outermost block around it in the same file.
    pub within: Lines,
    /// The calls that lead to it, from the inside out, where they are in other files.
    pub via: Vec<(Lines, String)>,
    /// The value that it has after evaluation.
    pub annotation: Option<String>,
}

/// Makes cases of places.
pub struct Maker<'a> {
    project: &'a Project,
    surroundings: Surroundings<'a>,
    lines: Vec<LineIndex>,
}

/// What was looked at.
pub struct Seen<'a> {
    pub about: &'a Arc<About>,
    pub instance: u32,
    pub place: &'a Place,
    /// The way from the resource to the attribute.
    pub attribute: &'a str,
}

impl<'a> Maker<'a> {
    pub fn new(project: &'a Project) -> Maker<'a> {
        let lines = project.files.par_iter().map(|file| LineIndex::new(&file.bytes)).collect();
        Maker { project, surroundings: Surroundings::new(project), lines }
    }

    /// The line of a byte.
    pub fn line(&self, file: u32, at: usize) -> u32 {
        self.lines.get(file as usize).map_or(1, |lines| lines.line(at))
    }

    fn lines(&self, place: &Place) -> Lines {
        let start = self.line(place.file, place.range.start);
        let last = place.range.end.saturating_sub(1).max(place.range.start);
        Lines { file: place.file, start, end: self.line(place.file, last) }
    }

    /// The case of something that was looked at, and what is around it. What only reports tell is
    /// left out of one that they do not show: most cases have passed.
    pub fn case(&self, seen: &Seen<'a>, failed: bool, is_shown: bool) -> (Case, Vec<Around<'a>>) {
        let steps = self.surroundings.of(seen.instance, seen.place);
        let file = seen.place.file;
        let same_file = steps.iter().take_while(|step| step.place.file == file).last();
        let within = same_file.map_or(seen.place, |step| step.place);
        let (resource, via, annotation) = match is_shown {
            true => (self.resource(seen), self.via(seen, &steps), annotation(&steps, seen)),
            false => Default::default(),
        };
        let case = Case {
            about: seen.about.clone(),
            level: seen.about.level,
            status: if failed { Status::Failed } else { Status::Passed },
            description: if failed { seen.about.title.clone() } else { String::new() },
            resource,
            at: self.lines(seen.place),
            within: self.lines(within),
            via,
            annotation,
        };
        (case, steps)
    }

    fn resource(&self, seen: &Seen) -> String {
        let owner = self.surroundings.owner(seen.instance, seen.place).unwrap_or(seen.instance);
        let instance = &self.project.instances[owner as usize];
        let module = &self.project.modules[instance.module as usize];
        let own = local(&instance.address, &module.address);
        match calls(&module.address).next() {
            Some(call) if !seen.about.is_policy => call.to_owned(),
            // An attribute that is missing has no name there.
            _ if seen.about.is_policy && *seen.place != instance.block.place => {
                format!("{own}.{}", seen.attribute)
            }
            _ => own.to_owned(),
        }
    }

    /// The calls in other files than what is inside them.
    fn via(&self, seen: &Seen, steps: &[Around]) -> Vec<(Lines, String)> {
        let instance = &self.project.instances[seen.instance as usize];
        let module = &self.project.modules[instance.module as usize];
        let names: Vec<&str> = calls(&module.address).collect();
        let mut last = seen.place.file;
        let calls = steps.iter().filter(|step| matches!(step.is, Is::Call));
        let mut via = Vec::new();
        for (step, name) in calls.zip(names.into_iter().rev()) {
            if step.place.file != last {
                last = step.place.file;
                via.push((self.lines(step.place), name.to_owned()));
            }
        }
        via
    }
}

/// The value of the attribute at fault, where it is a plain one; masked where it is a secret.
fn annotation(steps: &[Around], seen: &Seen) -> Option<String> {
    let block = steps.iter().find_map(|step| match step.is {
        Is::Whole(block) => Some(block),
        _ => None,
    })?;
    let (name, value) = attribute_at(block, seen.place)?;
    match value {
        Value::String(_) if value.is_partly_known() => None,
        Value::String(text) => Some(format!("{:?}", visible(&shown(name, text)))),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn attribute_at<'b>(block: &'b Block, place: &Place) -> Option<(&'b str, &'b Value)> {
    let own = block.attributes.iter().find(|(_, attribute)| attribute.place == *place);
    own.map(|(name, attribute)| (&**name, &attribute.value))
        .or_else(|| block.blocks.iter().find_map(|inner| attribute_at(inner, place)))
}

//! What a finding says beside its rule's title: the value that was seen, and the parameters that
//! it came from.

use super::resource::sources;
use super::template::Template;
use crate::engine::terraform::check::Outcome;
use crate::engine::terraform::{Project, message};
use crate::target::SourceFile;

/// How many parameters are told.
const TOLD: usize = 4;

/// The message of a finding: `title; Encrypted is false, from Encrypt (default at web.yaml:5)`.
pub fn why(file: &SourceFile, template: &Template, project: &Project, outcome: &Outcome) -> String {
    let instance = &project.instances[outcome.instance as usize];
    let names = sources(&instance.block, &outcome.place);
    let parameters: Vec<_> =
        names.iter().filter_map(|name| Some((name, template.parameters.get(name)?))).collect();
    let told: Vec<String> = parameters
        .iter()
        .take(TOLD)
        .map(|(name, parameter)| match (&parameter.given, &parameter.default) {
            (Some(given), _) => format!("{name} (given by {given})"),
            (None, Some(default)) => {
                let line = file.lines().line(default.start);
                format!("{name} (default at {}:{line})", file.path)
            }
            (None, None) => format!("{name} (which has no default)"),
        })
        .collect();
    // What AWS shows to nobody is not shown here either.
    let is_secret = parameters.iter().any(|(_, parameter)| parameter.is_secret);
    let said = match is_secret {
        true => outcome.rule.title.to_owned(),
        false => message(project, outcome),
    };
    match told.is_empty() {
        true => said,
        false => format!("{said}, from {}", told.join(", ")),
    }
}

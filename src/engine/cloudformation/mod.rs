//! CloudFormation and AWS SAM: templates in YAML and JSON.
//!
//! A file becomes nodes (`engine::yaml`) and a `template`; its `parameters` and functions are
//! resolved (`evaluate`, `intrinsic`, `condition`) into parts, which become the blocks of its
//! `resource`s. Rules are asked of these as they are of Terraform's
//! (`engine::terraform::check`): the conditions of one rule for both stand in one file.

mod condition;
mod evaluate;
mod intrinsic;
pub mod parameters;
mod part;
mod resource;
mod template;
mod why;

use super::terraform::check::{Checks, Language, TERRAFORM};
use super::terraform::{Project, Source, Waivers};
use super::yaml;
use super::{Engine, Exam, Hit, HitAnchor, Seen};
use crate::finding::{self, Notification};
use crate::rule::Rule;
use crate::target::SourceFile;
use evaluate::{Evaluator, Trouble};
use memchr::memmem;
use parameters::Parameters;
use std::collections::HashSet;
use std::sync::LazyLock;
use template::Template;

/// The folder below `rules/`, and the name on the command line.
pub const NAME: &str = "cloudformation";

/// Templates, as the rules see them: a resource is what it is.
pub static CLOUDFORMATION: Language = Language { engine: NAME, views: TERRAFORM.views };

static CHECKS: LazyLock<Checks> = LazyLock::new(|| Checks::of(&CLOUDFORMATION, "scan"));

/// As Trivy has them.
static TRIVYS: LazyLock<Checks> = LazyLock::new(|| Checks::of(&CLOUDFORMATION, "trivy"));

/// How the names of templates end.
const ENDINGS: [&str; 4] = ["yaml", "yml", "json", "template"];

/// The rule whose findings show secrets, unless these are masked.
const SECRET_IN_CONTAINER: &str = "aws-ecs-no-plaintext-secrets";

/// The tools whose comments leave out what is found.
const TOOLS: [&str; 2] = ["cfsec:", "trivy:"];

/// The engine.
pub struct CloudFormation;

impl Engine for CloudFormation {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, file: &SourceFile) -> bool {
        let ending = file.path.rsplit_once('.').map_or("", |(_, ending)| ending);
        ENDINGS.iter().any(|it| ending.eq_ignore_ascii_case(it)) && may_be_template(file.bytes())
    }

    fn scan(&self, file: &SourceFile) -> Seen {
        look(file, &CHECKS, &Parameters::default()).seen
    }

    fn exam(&self, file: &SourceFile, tool: &str) -> Exam {
        exam(file, tool, &Parameters::default())
    }
}

/// What a tool that is stood in for sees in a template with these parameters.
pub fn exam(file: &SourceFile, tool: &str, given: &Parameters) -> Exam {
    look(file, if tool == "trivy" { &TRIVYS } else { &CHECKS }, given)
}

/// What the rules see, and which of them had something to look at.
fn look(file: &SourceFile, checks: &Checks, given: &Parameters) -> Exam {
    let mut seen = Seen::default();
    let stream = yaml::read(file.text());
    let template = stream.documents.first().and_then(|it| Template::of(&it.root, given));
    let is_one = template.is_some() || (stream.documents.is_empty() && looks_like_one(file));
    if is_one {
        seen.notifications = yaml::notifications(file, NAME, &stream);
    }
    let Some(template) = template else { return Exam { seen, looked: Some(Vec::new()) } };
    let evaluator = Evaluator::new(&template);
    let instances = resource::instances(&evaluator);
    let troubles = evaluator.troubles();
    seen.notifications.extend(troubles.iter().map(|trouble| notification(file, trouble)));
    let source = Source { path: file.path.clone(), bytes: file.bytes().into() };
    let project = Project::of(vec![source], instances);
    let waivers = Waivers::new(&project, &TOOLS);
    let secret = template.parameters.values().filter(|parameter| parameter.is_secret);
    seen.masks =
        secret.filter_map(|it| yaml::value_of(it.default.as_ref()?, file.text())).collect();
    let mut looked: Vec<&'static Rule> = Vec::new();
    let mut known = HashSet::new();
    for outcome in checks.run(&project) {
        looked.push(outcome.rule);
        // What a policy has in two of its statements is one finding.
        let key = (outcome.rule.id, outcome.instance, outcome.place.range.clone());
        if !outcome.failed || !known.insert(key) {
            continue;
        }
        let instance = &project.instances[outcome.instance as usize];
        if outcome.rule.id == SECRET_IN_CONTAINER {
            let value = resource::inner(&instance.block, &outcome.place);
            let value = value.and_then(|block| block.attributes.get("Value"));
            let value = value.and_then(|it| yaml::value_of(&it.place.range, file.text()));
            seen.masks.extend(value);
        }
        let waiver = waivers.of(&outcome);
        let message = why::why(file, &template, &project, &outcome).into();
        // The name of a resource is its own in its template, and nowhere else.
        let address = format!("{}:{}", file.path, instance.address).into();
        let anchor = HitAnchor::Resource { address, attribute: outcome.attribute.into() };
        let hit = Hit::new(outcome.rule, outcome.place.range, anchor);
        seen.hits.push(Hit { engine: NAME, message, waiver, ..hit });
    }
    looked.sort_by_key(|rule| rule.id);
    looked.dedup_by_key(|rule| rule.id);
    Exam { seen, looked: Some(looked) }
}

/// Whether the words are there that every template has.
fn may_be_template(bytes: &[u8]) -> bool {
    let has = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
    has("Resources") && (has("AWS::") || has("AWSTemplateFormatVersion") || has("Custom::"))
}

/// Whether a file that cannot be read is a template: it begins as one.
fn looks_like_one(file: &SourceFile) -> bool {
    let is_key = |line: &str| {
        let line = line.trim_start_matches(['{', ' ', '"']);
        line.starts_with("AWSTemplateFormatVersion") || line.starts_with("Resources")
    };
    file.text().lines().any(is_key)
}

fn notification(file: &SourceFile, trouble: &Trouble) -> Notification {
    let kind = match trouble.is_limit {
        true => finding::Trouble::OverLimit,
        false => finding::Trouble::Unparsed,
    };
    let line = file.lines().line(trouble.at);
    Notification {
        path: file.path.clone(),
        engine: Some(NAME.into()),
        trouble: kind,
        message: format!("line {line}: {}", trouble.message).into(),
    }
}

#[cfg(test)]
mod tests;

//! The rules over the blocks of a project.
//!
//! A condition is an expression of Terraform's language (`condition`) about a block, a block in it
//! or an element of a list (`subject`), and about the blocks of other resources that refer to its
//! resource (`links`). Beside Terraform's own functions it has those of `functions`. What no
//! condition can say is a function of `native`; `policies` finds the IAM policy documents. It fails where the expression is true: what is not
//! known before an apply never fails.

mod alarms;
mod certificate;
mod command;
mod condition;
mod credential;
mod functions;
mod links;
mod native;
mod place;
mod policies;
mod subject;

use super::{Instance, Place, Project, Value};
use crate::rule::{Catalogue, Matcher, Rule};
use condition::Condition;
use links::Links;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;
use subject::Subject;

pub use native::natives;

/// A language whose files become instances, as the rules for it see them.
pub struct Language {
    /// The engine: the folder of the rules below `rules/`.
    pub engine: &'static str,
    /// What of an instance rules may be about.
    pub views: fn(&Instance) -> Vec<View<'_>>,
}

/// What rules name in `of`: an instance, or a part that instances of many kinds have.
pub struct View<'a> {
    pub kind: Cow<'a, str>,
    /// The way to it from the instance.
    pub steps: &'static [&'static str],
}

/// Terraform: an instance is what it is.
pub static TERRAFORM: Language = Language {
    engine: super::NAME,
    views: |instance| vec![View { kind: kind_of(instance), steps: &[] }],
};

/// What a rule says of one thing that it looked at.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub rule: &'static Rule,
    /// The index of the instance in `Project::instances`.
    pub instance: u32,
    /// What is at fault; the block that was looked at where nothing is.
    pub place: Place,
    /// The way to it from the resource: `versioning.enabled`; empty for the resource itself.
    pub attribute: String,
    pub failed: bool,
    /// To what the attribute is set so that it is not found; see `rule::Resource`.
    pub set: Option<&'static str>,
}

/// The rules as one tool has them, by what they look at.
pub struct Checks {
    language: &'static Language,
    conditions: HashMap<&'static str, Vec<Condition>>,
    natives: Vec<(&'static Rule, native::Native)>,
    /// What an attribute is that is set to `null`: as if it were not there, which is what Terraform
    /// makes of it. tfsec takes it for not known.
    null: Value,
    /// What a switch is that is not known: neither on nor off, so that no finding rests on it. To
    /// tfsec it is as good as false to say either.
    doubt: Value,
}

impl Checks {
    /// The rules of a language as a tool has them (`tfsec`, `trivy`).
    pub fn of(language: &'static Language, tool: &str) -> Checks {
        let (null, doubt) = match tool {
            "tfsec" => (Value::UNKNOWN, Value::Bool(false)),
            _ => (Value::Null, Value::UNKNOWN),
        };
        let (conditions, natives) = Default::default();
        let mut checks = Checks { language, conditions, natives, null, doubt };
        for rule in Catalogue::get().of_engine(language.engine) {
            match rule.matcher(language.engine, tool) {
                Some(Matcher::Resource(resources)) => resources.iter().for_each(|resource| {
                    for of in &resource.of {
                        let condition = Condition::new(rule, resource, of);
                        checks.conditions.entry(condition.kind()).or_default().push(condition);
                    }
                }),
                Some(Matcher::Native(name)) => {
                    checks.natives.extend(native::find(name).map(|check| (rule, check)));
                }
                _ => {}
            }
        }
        checks
    }

    /// What the rules say of a project, in the order of its instances.
    pub fn run(&self, project: &Project) -> Vec<Outcome> {
        let values: Vec<OnceLock<Value>> =
            project.instances.iter().map(|_| OnceLock::new()).collect();
        let of_root = |instances: Vec<u32>| {
            let links = Links::new(project, &instances);
            let context =
                Context { project, links, values: &values, null: &self.null, doubt: &self.doubt };
            let of_instance = |&index: &u32| {
                let mut outcomes = Vec::new();
                let instance = context.instance(index);
                for view in (self.language.views)(instance) {
                    let Some(conditions) = self.conditions.get(&*view.kind) else { continue };
                    let subjects = subject::subjects(&Subject::of(&instance.block), view.steps);
                    for condition in conditions {
                        condition.judge(&context, index, &subjects, &mut outcomes);
                    }
                }
                outcomes
            };
            let mut outcomes: Vec<Outcome> =
                instances.par_iter().flat_map_iter(of_instance).collect();
            for (rule, check) in &self.natives {
                check(&context, rule, &mut outcomes);
            }
            outcomes
        };
        let mut outcomes: Vec<Outcome> =
            by_root(project).into_par_iter().flat_map_iter(of_root).collect();
        outcomes.sort_by_key(|outcome| outcome.instance);
        outcomes
    }

    /// The expressions of the rules that are none, with why: a rule that does not compile would
    /// only be quiet.
    pub fn broken(&self) -> Vec<String> {
        self.conditions.values().flatten().flat_map(Condition::broken).collect()
    }
}

/// What conditions go by: `aws_s3_bucket`, `data.aws_ami`, `provider.aws`, `variable`.
fn kind_of(instance: &Instance) -> Cow<'_, str> {
    let block = &instance.block;
    match (&*block.kind, block.labels.first()) {
        ("resource", Some(label)) => Cow::Borrowed(label),
        ("data" | "provider", Some(label)) => Cow::Owned(format!("{}.{label}", block.kind)),
        _ => Cow::Borrowed(&block.kind),
    }
}

/// The instances by the root module that leads to them: what one root has is nothing to another,
/// whatever its names.
fn by_root(project: &Project) -> Vec<Vec<u32>> {
    let mut by_root: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (index, instance) in (0..).zip(&project.instances) {
        by_root.entry(project.root(instance.module)).or_default().push(index);
    }
    by_root.into_values().collect()
}

/// What is below one root while it is checked.
pub struct Context<'a> {
    pub project: &'a Project,
    pub links: Links<'a>,
    /// The blocks of the instances of the project as objects.
    values: &'a [OnceLock<Value>],
    /// See `Checks`.
    null: &'a Value,
    /// See `Checks`.
    doubt: &'a Value,
}

impl<'a> Context<'a> {
    pub fn instance(&self, index: u32) -> &'a Instance {
        &self.project.instances[index as usize]
    }

    /// The block of an instance as an object.
    pub fn value(&self, index: u32) -> Value {
        let value = &self.values[index as usize];
        value.get_or_init(|| subject::object(&self.instance(index).block, self.null)).clone()
    }
}

//! Wildcards in IAM policy documents.
//!
//! tfsec's lines differ from ours: it takes the text of a policy to begin on the line after its
//! attribute, even where `jsonencode` makes that text. It also sees nothing in a text of which a
//! part is not known to it. Its drop-in has the rules in its manner.

use super::known_to_tfsec::{finds_owner, known_to_tfsec};
use super::text_place::{in_heredoc, is_template_with_names, on_lines_after};
use crate::engine::terraform::block::{Attribute, Block, Place};
use crate::engine::terraform::check::policies::{self, Found};
use crate::engine::terraform::check::{Context, Outcome};
use crate::engine::terraform::policy::{At, Part, Statement};
use crate::engine::terraform::value::{CLOSE, OPEN, Value};
use crate::rule::Rule;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// Actions that a policy has to allow on `*`, by the service that they are of.
static UNSCOPED_ACTIONS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("unscoped_actions.txt").lines();
    let services = lines.filter_map(|line| line.split_once(": "));
    services.map(|(service, actions)| (service, actions.split(' ').collect())).collect()
});

/// Whether tfsec knows all of a text; none where that is not asked.
type Known<'a> = Option<&'a dyn Fn(&str) -> bool>;

/// A kind of resources with a policy.
struct Carrier {
    kind: &'static str,
    /// The block in them that has it.
    inner: Option<&'static str>,
    /// The attribute that it is.
    attribute: &'static str,
    /// The attribute that says whose policy it is, and of what kind that is.
    owner: Option<(&'static str, &'static str)>,
}

impl Carrier {
    const fn of(kind: &'static str, attribute: &'static str) -> Carrier {
        Carrier { kind, inner: None, attribute, owner: None }
    }

    const fn inside(kind: &'static str, inner: &'static str, attribute: &'static str) -> Carrier {
        Carrier { kind, inner: Some(inner), attribute, owner: None }
    }

    const fn owned(kind: &'static str, attribute: &'static str, owner: &'static str) -> Carrier {
        Carrier { kind, inner: None, attribute: "policy", owner: Some((attribute, owner)) }
    }
}

/// Which policies are searched, and for what.
struct Search {
    carriers: &'static [Carrier],
    faults: for<'s> fn(&'s Statement, Known) -> Vec<(&'static str, &'s Part)>,
    /// Whether a template with names in it is at fault as a whole.
    whole_templates: bool,
}

const IDENTITIES: Search = Search {
    carriers: &[
        Carrier::of("aws_iam_policy", "policy"),
        Carrier::owned("aws_iam_group_policy", "group", "aws_iam_group"),
        Carrier::owned("aws_iam_role_policy", "role", "aws_iam_role"),
        Carrier::owned("aws_iam_user_policy", "user", "aws_iam_user"),
        Carrier::inside("aws_iam_role", "inline_policy", "policy"),
        Carrier::of("AWS::IAM::Policy", "PolicyDocument"),
        Carrier::of("AWS::IAM::ManagedPolicy", "PolicyDocument"),
        Carrier::inside("AWS::IAM::Group", "Policies", "PolicyDocument"),
        Carrier::inside("AWS::IAM::Role", "Policies", "PolicyDocument"),
        Carrier::inside("AWS::IAM::User", "Policies", "PolicyDocument"),
    ],
    faults: identity_faults,
    whole_templates: true,
};

const FUNCTIONS: Search =
    Search { carriers: &[Carrier::of("AWS::Serverless::Function", "Policies")], ..IDENTITIES };

const STATE_MACHINES: Search =
    Search { carriers: &[Carrier::of("AWS::Serverless::StateMachine", "Policies")], ..IDENTITIES };

const QUEUES: Search = Search {
    carriers: &[
        Carrier::of("aws_sqs_queue", "policy"),
        Carrier::of("aws_sqs_queue_policy", "policy"),
        Carrier::of("AWS::SQS::QueuePolicy", "PolicyDocument"),
    ],
    faults: queue_faults,
    whole_templates: false,
};

const IMAGES: Search = Search {
    carriers: &[
        Carrier::of("aws_ecr_repository_policy", "policy"),
        Carrier::of("AWS::ECR::Repository", "RepositoryPolicyText"),
    ],
    faults: image_faults,
    whole_templates: false,
};

/// `aws-iam-no-policy-wildcards`.
pub fn iam(context: &Context, rule: &'static Rule, outcomes: &mut Vec<Outcome>) {
    IDENTITIES.run(context, rule, false, outcomes);
}

/// The same in tfsec's manner.
pub fn iam_of_tfsec(context: &Context, rule: &'static Rule, outcomes: &mut Vec<Outcome>) {
    IDENTITIES.run(context, rule, true, outcomes);
}

/// `aws-sam-no-function-policy-wildcards`.
pub fn functions(context: &Context, rule: &'static Rule, outcomes: &mut Vec<Outcome>) {
    FUNCTIONS.run(context, rule, false, outcomes);
}

/// `aws-sam-no-state-machine-policy-wildcards`.
pub fn state_machines(context: &Context, rule: &'static Rule, outcomes: &mut Vec<Outcome>) {
    STATE_MACHINES.run(context, rule, false, outcomes);
}

/// `aws-sqs-no-wildcards-in-policy-documents`.
pub fn sqs(context: &Context, rule: &'static Rule, outcomes: &mut Vec<Outcome>) {
    QUEUES.run(context, rule, false, outcomes);
}

/// The same in tfsec's manner.
pub fn sqs_of_tfsec(context: &Context, rule: &'static Rule, outcomes: &mut Vec<Outcome>) {
    QUEUES.run(context, rule, true, outcomes);
}

/// `aws-ecr-no-public-access`.
pub fn ecr(context: &Context, rule: &'static Rule, outcomes: &mut Vec<Outcome>) {
    IMAGES.run(context, rule, false, outcomes);
}

/// The same in tfsec's manner.
pub fn ecr_of_tfsec(context: &Context, rule: &'static Rule, outcomes: &mut Vec<Outcome>) {
    IMAGES.run(context, rule, true, outcomes);
}

impl Search {
    fn run(
        &self,
        context: &Context,
        rule: &'static Rule,
        as_tfsec: bool,
        outcomes: &mut Vec<Outcome>,
    ) {
        for Carrier { kind, inner, attribute: name, owner } in self.carriers {
            for &index in context.links.all(kind) {
                let finds = |(attribute, kind)| finds_owner(context, index, attribute, kind);
                if as_tfsec && !owner.is_none_or(finds) {
                    continue;
                }
                for block in carrying(&context.instance(index).block, *inner) {
                    let Some(policy) = block.attributes.get(name) else { continue };
                    for found in policies::find_written(context, index, policy, as_tfsec) {
                        let way = match block.labels.first().filter(|_| inner.is_some()) {
                            Some(label) => format!("{}[{label}].{name}", block.kind),
                            None => inner.map_or(name.to_string(), |kind| format!("{kind}.{name}")),
                        };
                        let found = &found;
                        let carried = Carried { context, index, policy, way, found, as_tfsec };
                        carried.judge(self, rule, outcomes);
                    }
                }
            }
        }
    }
}

/// The blocks of a resource that have a policy.
fn carrying<'a>(resource: &'a Block, inner: Option<&str>) -> Vec<&'a Block> {
    match inner {
        Some(kind) => resource.blocks.iter().filter(|block| &*block.kind == kind).collect(),
        None => vec![resource],
    }
}

/// A policy and what carries it.
struct Carried<'a> {
    context: &'a Context<'a>,
    index: u32,
    policy: &'a Attribute,
    /// The way to that attribute from its resource.
    way: String,
    found: &'a Found,
    as_tfsec: bool,
}

impl Carried<'_> {
    fn judge(&self, search: &Search, rule: &'static Rule, outcomes: &mut Vec<Outcome>) {
        let text = self.policy.value.as_str().filter(|_| self.found.data.is_none());
        let holder = self.context.instance(self.found.data.unwrap_or(self.index));
        let known = |text: &str| known_to_tfsec(self.context, holder.module, text);
        if self.as_tfsec && text.is_some_and(|text| !known(text)) {
            return;
        }
        let known: Known = if self.as_tfsec { Some(&known) } else { None };
        let allowed = Value::string("Allow");
        let allowing = self.found.statements.iter().filter(|it| it.effect == allowed);
        let before = outcomes.len();
        for (name, part) in allowing.flat_map(|it| (search.faults)(it, known)) {
            let (instance, place) = self.place(&part.at, search.whole_templates);
            let attribute = match self.found.data {
                Some(_) => format!("statement.{name}"),
                None => self.way.clone(),
            };
            outcomes.push(Outcome { rule, instance, place, attribute, failed: true, set: None });
        }
        if outcomes.len() == before {
            let (place, attribute) = (self.policy.place.clone(), self.way.clone());
            outcomes.push(Outcome {
                rule,
                instance: self.index,
                place,
                attribute,
                failed: false,
                set: None,
            });
        }
    }

    /// The instance and the place of a part: of the whole attribute where its text is not written
    /// as lines of the file.
    fn place(&self, at: &At, whole_templates: bool) -> (u32, Place) {
        let attribute = &self.policy.place;
        let file = self.context.project.files.get(attribute.file as usize);
        let file = file.map_or(&[][..], |file| &file.bytes);
        let has_names = is_template_with_names(file, attribute);
        let by_line = match self.as_tfsec {
            true => !(has_names && whole_templates),
            false => in_heredoc(file, attribute) && !has_names,
        };
        match (at, self.found.data, self.policy.value.as_str()) {
            (At::File(place), data, _) => (data.unwrap_or(self.index), place.clone()),
            (At::Text(part), None, Some(text)) if by_line => {
                (self.index, on_lines_after(file, attribute, text, part))
            }
            _ => (self.index, attribute.clone()),
        }
    }
}

/// Actions, resources and principals of an identity's policy that say more than they name.
fn identity_faults<'s>(statement: &'s Statement, known: Known) -> Vec<(&'static str, &'s Part)> {
    let mut faults = Vec::new();
    let as_tfsec = known.is_some();
    let has_wildcard = |text: &&str| text.contains('*') && known.is_none_or(|known| known(text));
    if texts(&statement.actions).any(|text| has_wildcard(&text)) {
        faults.push(("actions", &statement.actions));
    }
    let is_sensitive = texts(&statement.actions)
        .any(|action| !action.contains(OPEN) && !is_unscoped(action, as_tfsec));
    let is_objects = |arn: &str| arn.ends_with("/*") && may_be_s3(arn, as_tfsec);
    let mut wide = texts(&statement.resources).filter(has_wildcard);
    if is_sensitive && wide.any(|arn| !is_objects(arn)) {
        faults.push(("resources", &statement.resources));
    }
    for (kind, principals) in &statement.principals {
        let is_everybody = match &**kind {
            "*" => true,
            "AWS" => texts(principals).any(|text| has_wildcard(&text)),
            _ => false,
        };
        if is_everybody {
            faults.push(("principals", principals));
        }
    }
    faults
}

/// Actions of a queue's policy that are all of them.
fn queue_faults<'s>(statement: &'s Statement, _: Known) -> Vec<(&'static str, &'s Part)> {
    let all = |action: &str| action == "*" || action.eq_ignore_ascii_case("sqs:*");
    let is_wide = texts(&statement.actions).any(all);
    is_wide.then_some(("actions", &statement.actions)).into_iter().collect()
}

/// Principals of a repository's policy that are every account.
fn image_faults<'s>(statement: &'s Statement, _: Known) -> Vec<(&'static str, &'s Part)> {
    if !texts(&statement.actions).any(|action| action.starts_with("ecr:")) {
        return Vec::new();
    }
    let everybody = |(kind, part): &&(Arc<str>, Part)| match &**kind {
        "*" => true,
        kind => kind == "AWS" && texts(part).any(|account| account == "*"),
    };
    let found = statement.principals.iter().filter(everybody);
    found.map(|(_, part)| ("principals", part)).collect()
}

/// What is known at least in part.
fn texts(part: &Part) -> impl Iterator<Item = &str> {
    part.values.iter().filter_map(Value::as_str)
}

/// Whether an action cannot be limited to resources. Those that end in `!` are not in tfsec's list.
fn is_unscoped(action: &str, as_tfsec: bool) -> bool {
    let Some((service, name)) = action.split_once(':') else { return false };
    let Some(actions) = UNSCOPED_ACTIONS.get(service) else { return false };
    actions.iter().any(|own| match as_tfsec {
        true => *own == name,
        false => own.trim_end_matches('!').eq_ignore_ascii_case(name),
    })
}

/// Whether an ARN is one of S3, or begins with what is not known and may be one. tfsec asks for the
/// text.
fn may_be_s3(arn: &str, as_tfsec: bool) -> bool {
    let unknown = arn.strip_prefix(OPEN).and_then(|rest| rest.split(CLOSE).next());
    let may_be =
        unknown.is_some_and(|name| !name.contains("aws_") || name.contains("aws_s3_bucket."));
    arn.starts_with("arn:aws:s3") || (may_be && !as_tfsec)
}

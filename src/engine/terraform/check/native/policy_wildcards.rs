//! Wildcards in IAM policy documents.
//!
//! tfsec's lines differ from ours: it takes the text of a policy to begin on the line after its
//! attribute, even where `jsonencode` makes that text. Its drop-in has the rules in its manner.

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

/// Which policies are searched, and for what.
struct Search {
    /// Kinds of resources with a policy, and the block in them that has it.
    carriers: &'static [(&'static str, Option<&'static str>)],
    faults: for<'s> fn(&'s Statement, bool) -> Vec<(&'static str, &'s Part)>,
    /// Whether a template with names in it is at fault as a whole.
    whole_templates: bool,
}

const IDENTITIES: Search = Search {
    carriers: &[
        ("aws_iam_policy", None),
        ("aws_iam_group_policy", None),
        ("aws_iam_role_policy", None),
        ("aws_iam_user_policy", None),
        ("aws_iam_role", Some("inline_policy")),
    ],
    faults: identity_faults,
    whole_templates: true,
};

const QUEUES: Search = Search {
    carriers: &[("aws_sqs_queue", None), ("aws_sqs_queue_policy", None)],
    faults: queue_faults,
    whole_templates: false,
};

const IMAGES: Search = Search {
    carriers: &[("aws_ecr_repository_policy", None)],
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
        for (kind, inner) in self.carriers {
            for &index in context.links.all(kind) {
                for block in carrying(&context.instance(index).block, *inner) {
                    let Some(policy) = block.attributes.get("policy") else { continue };
                    let Some(found) = policies::find_written(context, index, policy) else { continue };
                    let carried = Carried { context, index, policy, found: &found };
                    let allowed = Value::string("Allow");
                    let allowing = found.statements.iter().filter(|it| it.effect == allowed);
                    let before = outcomes.len();
                    for (name, part) in allowing.flat_map(|it| (self.faults)(it, as_tfsec)) {
                        let whole = match as_tfsec {
                            true => self.whole_templates && carried.is_template_with_names(),
                            false => !carried.is_plain_heredoc(),
                        };
                        let (instance, place) = carried.place(&part.at, whole);
                        let attribute = match found.data {
                            Some(_) => format!("statement.{name}"),
                            None => inner.map_or("policy".into(), |it| format!("{it}.policy")),
                        };
                        outcomes.push(Outcome { rule, instance, place, attribute, failed: true });
                    }
                    if outcomes.len() == before {
                        let place = policy.place.clone();
                        let attribute = "policy".to_owned();
                        outcomes.push(Outcome { rule, instance: index, place, attribute, failed: false });
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
    found: &'a Found,
}

impl Carried<'_> {
    fn source(&self) -> &[u8] {
        let file = self.context.project.files.get(self.policy.place.file as usize);
        file.map_or(&[], |file| &file.bytes)
    }

    fn is_plain_heredoc(&self) -> bool {
        let place = &self.policy.place;
        in_heredoc(self.source(), place) && !is_template_with_names(self.source(), place)
    }

    fn is_template_with_names(&self) -> bool {
        is_template_with_names(self.source(), &self.policy.place)
    }

    /// The instance and the place of a part; of the whole attribute where the text is not taken
    /// apart.
    fn place(&self, at: &At, whole: bool) -> (u32, Place) {
        match (at, self.found.data, self.policy.value.as_str()) {
            (At::File(place), data, _) => (data.unwrap_or(self.index), place.clone()),
            (At::Text(range), None, Some(text)) if !whole => {
                let place = on_lines_after(self.source(), &self.policy.place, text, range);
                (self.index, place)
            }
            _ => (self.index, self.policy.place.clone()),
        }
    }
}

/// Actions, resources and principals of an identity's policy that say more than they name.
fn identity_faults(statement: &Statement, as_tfsec: bool) -> Vec<(&'static str, &Part)> {
    let mut faults = Vec::new();
    let has_wildcard = |text: &&str| text.contains('*');
    if texts(&statement.actions).any(|text| has_wildcard(&text)) {
        faults.push(("actions", &statement.actions));
    }
    let is_sensitive = texts(&statement.actions).any(|action| !is_unscoped(action, as_tfsec));
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
fn queue_faults(statement: &Statement, _: bool) -> Vec<(&'static str, &Part)> {
    let all = |action: &str| action == "*" || action.eq_ignore_ascii_case("sqs:*");
    let is_wide = texts(&statement.actions).any(all);
    is_wide.then_some(("actions", &statement.actions)).into_iter().collect()
}

/// Principals of a repository's policy that are every account.
fn image_faults(statement: &Statement, _: bool) -> Vec<(&'static str, &Part)> {
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
    let may_be = unknown.is_some_and(|name| !name.contains("aws_") || name.contains("aws_s3_bucket."));
    arn.starts_with("arn:aws:s3") || (may_be && !as_tfsec)
}

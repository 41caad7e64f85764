//! Whether a trail records what happens to the objects of a bucket.

use crate::engine::terraform::block::Block;
use crate::engine::terraform::check::{Context, Outcome};
use crate::engine::terraform::value::{CLOSE, OPEN, Value};
use crate::rule::Rule;
use std::collections::HashSet;
use std::sync::Arc;

/// `aws-s3-enable-object-read-logging`.
pub fn reads(context: &Context, rule: &'static Rule, outcomes: &mut Vec<Outcome>) {
    check(context, rule, "WriteOnly", outcomes);
}

/// `aws-s3-enable-object-write-logging`.
pub fn writes(context: &Context, rule: &'static Rule, outcomes: &mut Vec<Outcome>) {
    check(context, rule, "ReadOnly", outcomes);
}

/// What the trails of a configuration record.
#[derive(Default)]
struct Recorded {
    /// Everything, or something that is not known.
    may_be_all: bool,
    /// By the names of buckets and the addresses of those that have none yet.
    buckets: HashSet<Arc<str>>,
}

/// `other` is the kind of events that do not matter.
fn check(context: &Context, rule: &'static Rule, other: &str, outcomes: &mut Vec<Outcome>) {
    let mut recorded = Recorded::default();
    for &index in context.links.all("aws_cloudtrail") {
        recorded.add(&context.instance(index).block, other);
    }
    for &index in context.links.all("aws_s3_bucket") {
        let bucket = context.instance(index);
        let name = bucket.block.attributes.get("bucket").map(|it| &it.value);
        let mut known_as = name.and_then(Value::as_str).into_iter().chain([&*bucket.address]);
        let is_recorded = recorded.may_be_all || known_as.any(|it| recorded.buckets.contains(it));
        let failed = !is_recorded && !name.is_some_and(Value::is_unknown);
        let (place, attribute) = (bucket.block.place.clone(), String::new());
        outcomes.push(Outcome { rule, instance: index, place, attribute, failed, set: None });
    }
}

impl Recorded {
    fn add(&mut self, trail: &Block, other: &str) {
        let is = |block: &Block, name: &str, text: &str| {
            block.attributes.get(name).is_some_and(|it| it.value.as_str() == Some(text))
        };
        let selectors = trail.blocks.iter().filter(|it| &*it.kind == "event_selector");
        let selectors = selectors.filter(|it| !is(it, "read_write_type", other));
        for data in selectors.flat_map(|it| &it.blocks) {
            if &*data.kind != "data_resource" || !is(data, "type", "AWS::S3::Object") {
                continue;
            }
            match data.attributes.get("values").map(|it| &it.value) {
                Some(Value::List(arns)) => arns.iter().for_each(|arn| self.add_arn(arn)),
                Some(Value::Unknown(_)) => self.may_be_all = true,
                _ => {}
            }
        }
    }

    /// The slash at the end is what makes it the objects of a bucket.
    fn add_arn(&mut self, arn: &Value) {
        let Some(text) = arn.as_str() else {
            self.may_be_all |= arn.is_unknown();
            return;
        };
        let of_resource = format!(".arn{CLOSE}/");
        let bucket = text.strip_prefix("arn:aws:s3:::").and_then(|it| it.strip_suffix('/'));
        let resource = text.strip_prefix(OPEN).and_then(|it| it.strip_suffix(&*of_resource));
        match bucket.filter(|_| !arn.is_partly_known()).or(resource) {
            Some(name) => {
                self.buckets.insert(name.into());
            }
            None => self.may_be_all |= text == "arn:aws:s3" || arn.is_partly_known(),
        }
    }
}

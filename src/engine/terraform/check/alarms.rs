//! Alarms on what a trail of CloudTrail records.

use super::Context;
use crate::engine::terraform::block::Block;
use crate::engine::terraform::value::Value;

/// Whether the log group of a trail has a metric filter whose pattern holds all of the parts, and
/// its metric an alarm. Null for a trail without a log group in the project.
pub fn alarmed(context: &Context, trail: u32, parts: &[Value]) -> Value {
    let links = &context.links;
    let group = links.from(trail, "cloud_watch_logs_group_arn", "aws_cloudwatch_log_group");
    let Some(group) = group else { return Value::Null };
    let group = context.instance(group);
    let mut answer = Value::Bool(false);
    for filter in links.to(group, "aws_cloudwatch_log_metric_filter", "log_group_name") {
        let filter = &context.instance(filter).block;
        match filter.attributes.get("pattern").map(|pattern| &pattern.value) {
            Some(Value::String(pattern)) if holds(pattern, parts) && has_alarm(context, filter) => {
                return Value::Bool(true);
            }
            Some(Value::Unknown(_)) => answer = Value::UNKNOWN,
            _ => {}
        }
    }
    answer
}

/// Whether each of the parts stands in a pattern as a whole word. Blanks mean nothing there, and
/// quotes may be left out.
fn holds(pattern: &str, parts: &[Value]) -> bool {
    let packed = |text: &str| text.replace(|c: char| c.is_whitespace() || c == '"', "");
    let pattern = packed(pattern);
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
    parts
        .iter()
        .filter_map(Value::as_str)
        .map(packed)
        .all(|part| pattern.match_indices(&part).any(|(at, _)| ends(&pattern[at + part.len()..])))
}

/// Whether an alarm watches the metric of a filter; one on an unknown metric may.
fn has_alarm(context: &Context, filter: &Block) -> bool {
    let metric = filter.blocks.iter().find(|block| &*block.kind == "metric_transformation");
    let metric = metric.and_then(|block| block.attributes.get("name")).map(|name| &name.value);
    context.links.all("aws_cloudwatch_metric_alarm").iter().any(|&alarm| {
        let watched = context.instance(alarm).block.attributes.get("metric_name");
        watched.is_some_and(|watched| watched.value.is_unknown() || Some(&watched.value) == metric)
    })
}

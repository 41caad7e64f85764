//! The IAM policy documents of a project.

use super::Context;
use crate::engine::terraform::policy::{self, Statement};
use crate::engine::terraform::value::Value;

/// How deep documents may take over others.
const DEPTH: usize = 16;

/// A document and where it is from.
pub struct Found {
    pub statements: Vec<Statement>,
    /// The data source that it is; none for a text.
    pub data: Option<u32>,
}

/// The document that a value is: a JSON text, or an attribute of an `aws_iam_policy_document`.
pub fn find(context: &Context, value: &Value) -> Option<Found> {
    find_within(context, value, DEPTH)
}

fn find_within(context: &Context, value: &Value, depth: usize) -> Option<Found> {
    if let Some(index) = context.links.target(value) {
        let block = &context.instance(index).block;
        let is_document =
            &*block.kind == "data" && block.labels.first()?.as_ref() == "aws_iam_policy_document";
        if !is_document || depth == 0 {
            return None;
        }
        let other = |value: &Value| {
            find_within(context, value, depth - 1).map(|it| it.statements).unwrap_or_default()
        };
        return Some(Found { statements: policy::of_block(block, &other), data: Some(index) });
    }
    Some(Found { statements: policy::of_text(value.as_str()?)?, data: None })
}

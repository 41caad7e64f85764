//! The IAM policy documents of a project.

use super::Context;
use crate::engine::terraform::block::Attribute;
use crate::engine::terraform::policy::{self, Statement};
use crate::engine::terraform::value::Value;

/// What the data source is called in expressions.
const DOCUMENT: &str = "data.aws_iam_policy_document";

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
    match context.links.target(value) {
        Some(index) => of_data(context, index, DEPTH),
        None => Some(Found { statements: policy::of_text(value.as_str()?)?, data: None }),
    }
}

/// The document of an attribute, as its data source where the attribute names one: that is where
/// its statements stand.
pub fn find_written(context: &Context, index: u32, attribute: &Attribute) -> Option<Found> {
    let named = attribute.refers.as_deref().unwrap_or_default().iter();
    let data = named.filter(|name| name.starts_with(DOCUMENT)).find_map(|name| {
        let instance = context.instance(index);
        let module = &context.project.modules[instance.module as usize].address;
        let address = match module.is_empty() {
            true => name.to_string(),
            false => format!("{module}.{name}"),
        };
        let key = instance.address.ends_with(']').then(|| instance.address.rfind('[')).flatten();
        let keyed = key.and_then(|at| context.links.at(&format!("{address}{}", &instance.address[at..])));
        keyed.or_else(|| context.links.at(&address))
    });
    match data {
        Some(index) => of_data(context, index, DEPTH),
        None => find(context, &attribute.value),
    }
}

fn of_data(context: &Context, index: u32, depth: usize) -> Option<Found> {
    let instance = context.instance(index);
    let is_document = instance.block.labels.first().is_some_and(|it| DOCUMENT.strip_prefix("data.") == Some(it));
    if &*instance.block.kind != "data" || !is_document || depth == 0 {
        return None;
    }
    let other = |value: &Value| match context.links.target(value) {
        Some(index) => of_data(context, index, depth - 1).map(|it| it.statements),
        None => value.as_str().and_then(policy::of_text),
    };
    let statements = policy::of_block(&instance.block, &|value| other(value).unwrap_or_default());
    Some(Found { statements, data: Some(index) })
}

//! The IAM policy documents of a project.

use super::Context;
use crate::engine::terraform::block::Attribute;
use crate::engine::terraform::policy::{self, Statement};
use crate::engine::terraform::value::Value;
use crate::engine::terraform::{NoFiles, call};
use std::cell::Cell;
use std::sync::Arc;

/// What the data source is called in expressions.
const DOCUMENT: &str = "data.aws_iam_policy_document";

/// How many documents are read for one, which may take over others.
const DOCUMENTS: usize = 200;

/// A document and where it is from.
pub struct Found {
    pub statements: Vec<Statement>,
    /// The data source that it is; none for a text.
    pub data: Option<u32>,
}

/// The document that a value is: a JSON text, an object, or an attribute of an
/// `aws_iam_policy_document`.
pub fn find(context: &Context, value: &Value) -> Option<Found> {
    match context.links.target(value) {
        Some(index) => of_data(context, index, &Cell::new(DOCUMENTS)),
        None => {
            let statements = match value {
                Value::Map(_) => policy::of_text(&json(value)?)?,
                value => policy::of_text(value.as_str()?)?,
            };
            Some(Found { statements, data: None })
        }
    }
}

/// An object as JSON.
fn json(value: &Value) -> Option<Arc<str>> {
    let text = call("jsonencode", std::slice::from_ref(value), &NoFiles).ok()?;
    text.as_str().map(Arc::from)
}

/// The documents of an attribute, as its data source where the attribute names one: that is where
/// its statements stand. A list may hold several. tfsec makes a data source once, whatever its
/// `count` or `for_each`, and a resource that is made several times then finds none by a key.
pub fn find_written(
    context: &Context,
    index: u32,
    attribute: &Attribute,
    as_tfsec: bool,
) -> Vec<Found> {
    match (named(context, index, attribute).next(), &attribute.value) {
        (Some(data), _) if as_tfsec && both_several(context, index, data) => Vec::new(),
        (Some(data), _) => of_data(context, data, &Cell::new(DOCUMENTS)).into_iter().collect(),
        (None, Value::List(values)) => {
            values.iter().filter_map(|value| find(context, value)).collect()
        }
        (None, value) => find(context, value).into_iter().collect(),
    }
}

/// Whether two instances are of resources that are made several times.
fn both_several(context: &Context, one: u32, other: u32) -> bool {
    [one, other].iter().all(|index| context.instance(*index).address.ends_with(']'))
}

/// The documents that an attribute of an instance names.
fn named<'a>(
    context: &'a Context,
    index: u32,
    attribute: &'a Attribute,
) -> impl Iterator<Item = u32> + 'a {
    let instance = context.instance(index);
    let module = &context.project.modules[instance.module as usize].address;
    let key = instance.address.strip_suffix(']').and_then(|it| it.rfind('['));
    let key = key.map_or("", |at| &instance.address[at..]);
    let names = attribute.refers.as_deref().unwrap_or_default().iter();
    names.filter(|name| name.starts_with(DOCUMENT)).filter_map(move |name| {
        let dot = if module.is_empty() { "" } else { "." };
        let address = format!("{module}{dot}{name}");
        // The instances of two resources with the same `for_each` belong together.
        context.links.at(&format!("{address}{key}")).or_else(|| context.links.at(&address))
    })
}

fn of_data(context: &Context, index: u32, left: &Cell<usize>) -> Option<Found> {
    let block = &context.instance(index).block;
    let is_document =
        block.labels.first().is_some_and(|it| DOCUMENT.strip_prefix("data.") == Some(it));
    if &*block.kind != "data" || !is_document {
        return None;
    }
    left.set(left.get().checked_sub(1)?);
    let taken = |attribute: &Attribute| -> Vec<Statement> {
        let documents: Vec<u32> = named(context, index, attribute).collect();
        if documents.is_empty() {
            let texts = policy::elements(&attribute.value).into_iter();
            return texts.filter_map(|it| policy::of_text(it.as_str()?)).flatten().collect();
        }
        let documents = documents.into_iter().filter_map(|it| of_data(context, it, left));
        documents.flat_map(|it| it.statements).collect()
    };
    Some(Found { statements: policy::of_block(block, &taken), data: Some(index) })
}

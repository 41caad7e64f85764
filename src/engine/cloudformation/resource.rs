//! The resources of a template as instances, as rules see them.

use super::evaluate::Evaluator;
use super::part::{Content, Field, block};
use super::template::kind;
use crate::engine::terraform::{Block, Instance, Place, Value};
use crate::engine::yaml::Node;
use std::sync::Arc;

/// The resources, in their order. One whose condition is false is among them: with other parameters
/// it is made. One whose properties are all unknown is not.
pub fn instances(evaluator: &Evaluator) -> Vec<Instance> {
    let mut instances = Vec::new();
    evaluator.each(evaluator.template.resources, &mut |name, entry| {
        if let Some(kind) = kind(&entry.value)
            && let Some(fields) = properties(evaluator, kind, &entry.value)
        {
            let block = Block {
                labels: vec![kind.clone(), name.clone()],
                ..block(&"resource".into(), &fields, entry.range.clone())
            };
            instances.push(Instance { address: name, block, module: 0 });
        }
    });
    instances
}

/// The properties of a resource, with what `Globals` has for its type; none where they are not
/// known.
fn properties(evaluator: &Evaluator, kind: &str, resource: &Node) -> Option<Vec<Field>> {
    let mut fields = match resource.get("Properties").map(|node| evaluator.part(node)) {
        None | Some(None) => Vec::new(),
        Some(Some(part)) => match part.content {
            Content::Map(fields) => fields,
            Content::Value(Value::Null) => Vec::new(),
            Content::Value(Value::Map(entries)) if entries.is_empty() => Vec::new(),
            _ => return None,
        },
    };
    let shared = kind.strip_prefix("AWS::Serverless::");
    let shared = shared.and_then(|name| evaluator.template.globals?.get(name));
    if let Some(part) = shared.and_then(|node| evaluator.part(node)) {
        let missing = |field: &&Field| fields.iter().all(|own| own.key != field.key);
        let more: Vec<Field> = part.fields().iter().filter(missing).cloned().collect();
        fields.extend(more);
    }
    Some(fields)
}

/// The block at exactly that place.
pub fn inner<'b>(block: &'b Block, place: &Place) -> Option<&'b Block> {
    match block.place == *place {
        true => Some(block),
        false => block.blocks.iter().find_map(|it| inner(it, place)),
    }
}

/// The names of the parameters that the attribute at a place is made from.
pub fn sources<'b>(block: &'b Block, place: &Place) -> &'b [Arc<str>] {
    let own = block.attributes.values().find(|attribute| attribute.place == *place);
    let own = own.and_then(|attribute| attribute.refers.as_deref());
    let mut inside = block.blocks.iter().map(|it| sources(it, place));
    own.or_else(|| inside.find(|names| !names.is_empty())).unwrap_or_default()
}

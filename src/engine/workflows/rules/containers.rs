//! Images that jobs run in and beside.

use crate::engine::fault::Fault;
use crate::engine::image::{Pin, pin};
use crate::engine::workflows::document::Document;
use crate::engine::workflows::uses::Kind;
use crate::engine::yaml::Node;
use crate::finding::Severity;

/// The containers of jobs, each with its job.
fn each<'d>(document: &'d Document<'d>) -> impl Iterator<Item = (&'d str, &'d Node)> {
    document.jobs.iter().flat_map(|job| {
        let services = job.node.get("services").map_or(&[][..], Node::entries);
        let services = services.iter().map(|entry| &entry.value);
        job.node.get("container").into_iter().chain(services).map(|node| (job.id, node))
    })
}

/// LG-GHA-004.
pub fn images(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut look = |scope: &str, image: &str, node: &Node, strict: bool| match pin(image) {
        Pin::None => {
            let message = format!("The image `{image}` is whatever is newest");
            faults.push(Fault::at(node.range.clone(), scope).saying(message));
        }
        Pin::Tag if strict => {
            let message = format!("The image `{image}` goes by a tag, which can be moved");
            faults.push(Fault::at(node.range.clone(), scope).saying(message).severe(Severity::Low));
        }
        _ => {}
    };
    for (scope, node) in each(document) {
        let node = node.get("image").unwrap_or(node);
        if let Some(image) = node.string() {
            look(scope, image, node, false);
        }
    }
    for (job, step) in document.steps() {
        if let (Some(Kind::Image(image)), Some(node)) =
            (step.uses.as_ref().map(|uses| &uses.kind), step.node.get("uses"))
        {
            look(job.id, image, node, true);
        }
    }
    if let Some(node) = document.root.get("runs").and_then(|runs| runs.get("image"))
        && let Some(image) = node.text().and_then(|text| text.strip_prefix("docker://"))
    {
        look("runs", image, node, true);
    }
    faults
}

/// LG-GHA-043.
pub fn passwords(document: &Document) -> Vec<Fault> {
    let written = |(scope, node): (&str, &Node)| {
        let password = node.get("credentials")?.get("password")?;
        let text = password.text()?;
        let is_open = text.trim().is_empty() || text.contains("${{");
        let fault = Fault::at(password.range.clone(), scope).about("credentials.password");
        (!is_open).then(|| Fault { secret: Some(password.range.clone()), ..fault })
    };
    each(document).filter_map(written).collect()
}

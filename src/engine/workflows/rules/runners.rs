//! Machines of one's own.

use crate::engine::fault::Fault;
use crate::engine::workflows::document::Document;
use crate::engine::workflows::reach::{OF_PULL_REQUESTS, is_guarded, privileged, runs_for};
use crate::engine::yaml::Node;
use crate::finding::Severity;

/// LG-GHA-052: whoever opens a pull request runs code on a machine that is there for the next job.
pub fn self_hosted(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for job in &document.jobs {
        let Some(runner) = job.node.get("runs-on").and_then(self_hosted_label) else { continue };
        let reached = privileged(document, job, None);
        let by_request = document
            .triggers
            .iter()
            .map(|trigger| trigger.name)
            .find(|event| OF_PULL_REQUESTS.contains(event) && runs_for(job, None, event));
        let Some(event) = reached.or(by_request) else { continue };
        // What a push to a branch starts has another `github.ref` than a pull request.
        if event != "pull_request_target" && is_guarded(document, job, None)
            || event == "workflow_run"
        {
            continue;
        }
        let message = format!("A runner of one's own is within reach of `{event}`");
        let fault = Fault::at(runner.range.clone(), job.id).saying(message);
        faults.push(if reached.is_some() { fault } else { fault.severe(Severity::Low) });
    }
    faults
}

fn self_hosted_label(runs_on: &Node) -> Option<&Node> {
    let labels = runs_on.get("labels").unwrap_or(runs_on);
    let is_it = |node: &Node| node.text().is_some_and(|text| &**text == "self-hosted");
    labels.items().iter().chain([labels]).find(|node| is_it(node))
}

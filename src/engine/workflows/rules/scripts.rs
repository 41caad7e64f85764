//! Scripts that are fetched and run unseen.

use crate::engine::fault::Fault;
use crate::engine::shell::{commands, fetch};
use crate::engine::workflows::document::Document;
use crate::finding::Severity;

/// LG-GHA-051.
pub fn fetched(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (job, step) in document.steps().filter(|(_, step)| step.is_posix) {
        let Some(run) = &step.run else { continue };
        for fetched in fetch::fetched(&commands(run)) {
            let fault = Fault::at(fetched.range, job.id);
            faults.push(match fetched.is_plain {
                true => {
                    fault.severe(Severity::High).saying("A script is fetched without TLS and run")
                }
                false => fault,
            });
        }
    }
    faults
}

//! JSON, and the formats that are a JSON of their own around it.

use super::{Context, HOME, Report, seconds};
use crate::compat::go::json;
use crate::compat::trivy::VERSION;
use serde_json::json;
use std::io::{self, Write};

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    json::write(report, "  ", out)?;
    out.write_all(b"\n")
}

/// A snapshot of dependencies for GitHub, of which configuration has none.
pub fn github(context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let snapshot = Snapshot {
        version: 0,
        detector: Detector { name: "trivy", version: VERSION, url: HOME },
        job: Job { correlator: "_" },
        scanned: seconds(context.started),
    };
    json::write(&snapshot, "  ", out)
}

#[derive(serde::Serialize)]
struct Snapshot {
    version: u8,
    detector: Detector,
    job: Job,
    scanned: String,
}

#[derive(serde::Serialize)]
struct Detector {
    name: &'static str,
    version: &'static str,
    url: &'static str,
}

#[derive(serde::Serialize)]
struct Job {
    correlator: &'static str,
}

/// A predicate for an attestation by cosign.
pub fn cosign(report: &Report, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let time = seconds(context.started);
    let predicate = Predicate {
        invocation: json!({"parameters": null, "uri": "", "event_id": "", "builder.id": ""}),
        scanner: Scanner {
            uri: format!("pkg:github/aquasecurity/trivy@{VERSION}"),
            version: VERSION,
            db: json!({"uri": "", "version": ""}),
            result: report,
        },
        metadata: Metadata { started: time.clone(), finished: time },
    };
    json::write(&predicate, "  ", out)
}

#[derive(serde::Serialize)]
struct Predicate<'r> {
    invocation: serde_json::Value,
    scanner: Scanner<'r>,
    metadata: Metadata,
}

#[derive(serde::Serialize)]
struct Scanner<'r> {
    uri: String,
    version: &'static str,
    db: serde_json::Value,
    result: &'r Report,
}

#[derive(serde::Serialize)]
struct Metadata {
    #[serde(rename = "scanStartedOn")]
    started: String,
    #[serde(rename = "scanFinishedOn")]
    finished: String,
}

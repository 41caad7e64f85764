//! JSON, and the formats that are a JSON of their own around it.

use super::node::{Node, object};
use super::{Context, HOME, Report, seconds};
use crate::compat::go::json;
use crate::compat::trivy::VERSION;
use serde::Serialize;
use std::io::{self, Write};

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    json::write(report, "  ", out)?;
    out.write_all(b"\n")
}

/// A snapshot of dependencies for GitHub, of which configuration has none.
pub fn github(context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let detector =
        object([("name", "trivy".into()), ("version", VERSION.into()), ("url", HOME.into())]);
    let snapshot = object([
        ("version", Node::Number(0)),
        ("detector", detector),
        ("job", object([("correlator", "_".into())])),
        ("scanned", seconds(context.started).into()),
    ]);
    json::write(&snapshot, "  ", out)
}

/// A predicate for an attestation by cosign.
pub fn cosign(report: &Report, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let time = seconds(context.started);
    let invocation = object([
        ("parameters", Node::Null),
        ("uri", "".into()),
        ("event_id", "".into()),
        ("builder.id", "".into()),
    ]);
    let scanner = Scanner {
        uri: format!("pkg:github/aquasecurity/trivy@{VERSION}"),
        version: VERSION,
        db: object([("uri", "".into()), ("version", "".into())]),
        result: report,
    };
    let metadata =
        object([("scanStartedOn", time.as_str().into()), ("scanFinishedOn", time.into())]);
    json::write(&Predicate { invocation, scanner, metadata }, "  ", out)
}

#[derive(Serialize)]
struct Predicate<'r> {
    invocation: Node,
    scanner: Scanner<'r>,
    metadata: Node,
}

#[derive(Serialize)]
struct Scanner<'r> {
    uri: String,
    version: &'static str,
    db: Node,
    result: &'r Report,
}

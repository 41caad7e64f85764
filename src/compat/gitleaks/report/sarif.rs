//! The SARIF report, in gitleaks' shape.

use crate::compat::gitleaks::finding::Finding;
use crate::compat::go::json as go_json;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Sarif<'f> {
    #[serde(rename = "$schema")]
    schema: &'f str,
    version: &'f str,
    runs: [Run<'f>; 1],
}

#[derive(Serialize)]
struct Run<'f> {
    tool: Tool<'f>,
    results: Vec<Outcome<'f>>,
}

#[derive(Serialize)]
struct Tool<'f> {
    driver: Driver<'f>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'f> {
    name: &'f str,
    semantic_version: &'f str,
    information_uri: &'f str,
    rules: Vec<Rule<'f>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'f> {
    id: &'f str,
    short_description: Text<'f>,
}

#[derive(Serialize)]
struct Text<'f> {
    text: &'f str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'f> {
    message: Message,
    rule_id: &'f str,
    locations: [Location<'f>; 1],
    partial_fingerprints: Fingerprints<'f>,
    properties: Properties<'f>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'f> {
    physical_location: Physical<'f>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical<'f> {
    artifact_location: Artifact<'f>,
    region: Region<'f>,
}

#[derive(Serialize)]
struct Artifact<'f> {
    uri: &'f str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region<'f> {
    start_line: i64,
    start_column: i64,
    end_line: i64,
    end_column: i64,
    snippet: Text<'f>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Fingerprints<'f> {
    commit_sha: &'f str,
    email: &'f str,
    author: &'f str,
    date: &'f str,
    commit_message: &'f str,
}

#[derive(Serialize)]
struct Properties<'f> {
    tags: &'f [String],
}

pub fn write(
    rules: &[(String, String)],
    findings: &[Finding],
    out: &mut dyn Write,
) -> io::Result<()> {
    let rules = rules.iter().map(|(id, text)| Rule { id, short_description: Text { text } });
    let driver = Driver {
        name: "gitleaks",
        // The version of this shape, which gitleaks has kept since its eighth.
        semantic_version: "v8.0.0",
        information_uri: "https://github.com/gitleaks/gitleaks",
        rules: rules.collect(),
    };
    let run = Run { tool: Tool { driver }, results: findings.iter().map(outcome).collect() };
    let sarif = Sarif {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [run],
    };
    go_json::write(&sarif, " ", out)?;
    out.write_all(b"\n")
}

fn outcome(finding: &Finding) -> Outcome<'_> {
    let (rule, file) = (&finding.rule, &finding.file);
    let mut text = format!("{rule} has detected secret for file {file}");
    if !finding.commit_id().is_empty() {
        text += &format!(" at commit {}", finding.commit_id());
    }
    text.push('.');
    let uri = if finding.symlink.is_empty() { file } else { &finding.symlink };
    let region = Region {
        start_line: finding.start_line,
        start_column: finding.start_column,
        end_line: finding.end_line,
        end_column: finding.end_column,
        snippet: Text { text: &finding.secret },
    };
    let artifact_location = Artifact { uri };
    let fingerprints = finding.commit.as_deref().map(|commit| Fingerprints {
        commit_sha: &commit.id,
        email: &commit.email,
        author: &commit.author,
        date: &commit.date,
        commit_message: &commit.message,
    });
    Outcome {
        message: Message { text },
        rule_id: rule,
        locations: [Location { physical_location: Physical { artifact_location, region } }],
        partial_fingerprints: fingerprints.unwrap_or_default(),
        properties: Properties { tags: &finding.tags },
    }
}

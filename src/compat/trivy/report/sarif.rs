//! SARIF.

use super::{Context, HOME, Misconfiguration, Outcome, Report};
use crate::compat::go::json;
use crate::compat::trivy::VERSION;
use serde::Serialize;
use std::collections::HashMap;
use std::io::{self, Write};

#[derive(Serialize)]
struct Sarif<'r> {
    version: &'r str,
    #[serde(rename = "$schema")]
    schema: &'r str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool<'r>,
    results: Vec<Entry<'r>>,
    column_kind: &'r str,
    original_uri_base_ids: Bases,
}

#[derive(Serialize)]
struct Tool<'r> {
    driver: Driver<'r>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'r> {
    full_name: &'r str,
    information_uri: &'r str,
    name: &'r str,
    rules: Vec<Rule<'r>>,
    version: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'r> {
    id: &'r str,
    name: &'r str,
    short_description: Text<'r>,
    full_description: Text<'r>,
    default_configuration: Level,
    help_uri: &'r str,
    help: Help,
    properties: Properties<'r>,
}

#[derive(Serialize)]
struct Text<'r> {
    text: &'r str,
}

#[derive(Serialize)]
struct Said {
    text: String,
}

#[derive(Serialize)]
struct Level {
    level: &'static str,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Properties<'r> {
    precision: &'r str,
    security_severity: &'r str,
    tags: [&'r str; 3],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'r> {
    rule_id: &'r str,
    rule_index: usize,
    level: &'static str,
    message: Said,
    locations: [Location<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'r> {
    physical_location: Place<'r>,
    message: Text<'r>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place<'r> {
    artifact_location: Artifact<'r>,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact<'r> {
    uri: String,
    uri_base_id: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct Bases {
    #[serde(rename = "ROOTPATH")]
    root: Base,
}

#[derive(Serialize)]
struct Base {
    uri: String,
}

pub fn write(report: &Report, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut results = Vec::new();
    for outcome in &report.results {
        for it in outcome.misconfigurations.iter().filter(|it| it.is_failure()) {
            let rule_index = *known.entry(&it.id).or_insert_with(|| {
                rules.push(rule(it));
                rules.len() - 1
            });
            results.push(entry(outcome, it, rule_index));
        }
    }
    let driver = Driver {
        full_name: "Trivy Vulnerability Scanner",
        information_uri: HOME,
        name: "Trivy",
        rules,
        version: VERSION,
    };
    let root = Base { uri: format!("file://{}/", uri(context.folder.trim_end_matches('/'))) };
    let sarif = Sarif {
        version: "2.1.0",
        schema: "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/main/sarif-2.1/schema/sarif-schema-2.1.0.json",
        runs: [Run {
            tool: Tool { driver },
            results,
            column_kind: "utf16CodeUnits",
            original_uri_base_ids: Bases { root },
        }],
    };
    json::write(&sarif, "  ", out)
}

fn rule(it: &Misconfiguration) -> Rule<'_> {
    let (level, score) = scale(it.severity);
    let Misconfiguration { kind, id, title, description, message, severity, url, .. } = it;
    Rule {
        id,
        name: "Misconfiguration",
        short_description: Text { text: title },
        full_description: Text { text: description },
        default_configuration: Level { level },
        help_uri: url,
        help: Help {
            text: format!(
                "Misconfiguration {id}\nType: {kind}\nSeverity: {severity}\nCheck: {title}\n\
                 Message: {message}\nLink: [{id}]({url})\n{description}"
            ),
            markdown: format!(
                "**Misconfiguration {id}**\n| Type | Severity | Check | Message | Link |\n\
                 | --- | --- | --- | --- | --- |\n\
                 |{kind}|{severity}|{title}|{message}|[{id}]({url})|\n\n{description}"
            ),
        },
        properties: Properties {
            precision: "very-high",
            security_severity: score,
            tags: ["misconfiguration", "security", severity],
        },
    }
}

fn entry<'r>(outcome: &'r Outcome, it: &'r Misconfiguration, rule_index: usize) -> Entry<'r> {
    let Misconfiguration { id, severity, message, url, cause, .. } = it;
    let text = format!(
        "Artifact: {}\nType: {}\nVulnerability {id}\nSeverity: {severity}\nMessage: {message}\n\
         Link: [{id}]({url})",
        outcome.target, outcome.kind
    );
    Entry {
        rule_id: id,
        rule_index,
        level: scale(severity).0,
        message: Said { text },
        locations: [Location {
            physical_location: Place {
                artifact_location: Artifact { uri: uri(&outcome.target), uri_base_id: "ROOTPATH" },
                region: Region {
                    start_line: cause.start_line.max(1),
                    start_column: 1,
                    end_line: cause.end_line.max(1),
                    end_column: 1,
                },
            },
            message: Text { text: &outcome.target },
        }],
    }
}

/// The level of a severity, and its score, from 0 to 10.
fn scale(severity: &str) -> (&'static str, &'static str) {
    match severity {
        "CRITICAL" => ("error", "9.5"),
        "HIGH" => ("error", "8.0"),
        "MEDIUM" => ("warning", "5.5"),
        "LOW" => ("note", "2.0"),
        _ => ("note", "0.0"),
    }
}

/// A path in a URI.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'_'
            | b'.'
            | b'~'
            | b'/'
            | b'$'
            | b'&'
            | b'+'
            | b','
            | b':'
            | b'='
            | b'@'
            | b'!'
            | b'('
            | b')'
            | b'*'
            | b'\''
            | b';' => uri.push(char::from(byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

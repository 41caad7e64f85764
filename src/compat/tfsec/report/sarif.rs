//! SARIF.

use super::{Report, link};
use crate::compat::go::json;
use crate::compat::tfsec::case::Case;
use crate::compat::tfsec::severity::Level;
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
struct Run<'r> {
    tool: Tool<'r>,
    results: Vec<Outcome<'r>>,
}

#[derive(Serialize)]
struct Tool<'r> {
    driver: Driver<'r>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'r> {
    information_uri: &'r str,
    name: &'r str,
    rules: Vec<Rule<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'r> {
    id: &'r str,
    short_description: Text<'r>,
    #[serde(skip_serializing_if = "str::is_empty")]
    help_uri: &'r str,
}

#[derive(Serialize)]
struct Text<'r> {
    text: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'r> {
    rule_id: &'r str,
    rule_index: usize,
    level: &'r str,
    message: Text<'r>,
    locations: [Location; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    end_line: u32,
}

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut results = Vec::new();
    for case in report.listed() {
        let about = &case.about;
        let index = *known.entry(&about.long).or_insert_with(|| {
            rules.push(Rule {
                id: &about.long,
                short_description: Text { text: &about.title },
                help_uri: link(case),
            });
            rules.len() - 1
        });
        results.push(Outcome {
            rule_id: &about.long,
            rule_index: index,
            level: level(case),
            message: Text { text: &case.description },
            locations: [location(report, case)],
        });
    }
    let driver =
        Driver { information_uri: "https://github.com/aquasecurity/defsec", name: "defsec", rules };
    let sarif = Sarif {
        version: "2.1.0",
        schema: "https://json.schemastore.org/sarif-2.1.0-rtm.5.json",
        runs: [Run { tool: Tool { driver }, results }],
    };
    json::write(&sarif, "  ", out)
}

fn level(case: &Case) -> &'static str {
    match case.level {
        None => "none",
        Some(Level::Low) => "note",
        Some(Level::Medium) => "warning",
        Some(Level::High | Level::Critical) => "error",
    }
}

fn location(report: &Report, case: &Case) -> Location {
    let region = Region { start_line: case.at.start, end_line: case.at.end };
    let artifact_location = Artifact { uri: report.path(&case.at) };
    Location { physical_location: PhysicalLocation { artifact_location, region } }
}

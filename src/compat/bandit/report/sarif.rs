//! SARIF 2.1.0, with the keys in the order in which Bandit writes them. What has the value that
//! the standard gives it otherwise is left out, such as the level `warning`.

use super::super::issue::{Code, Issue, Rank};
use super::super::rules;
use super::super::session::Counts;
use super::{Failure, Report, json, lower, paths};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::io::Write;

#[derive(Serialize)]
struct Log<'a> {
    runs: [Run<'a>; 1],
    version: &'static str,
    #[serde(rename = "$schema")]
    schema: &'static str,
}

#[derive(Serialize)]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation<'a>; 1],
    properties: RunProperties<'a>,
    results: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    organization: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<Rule>,
    version: &'static str,
    semantic_version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: &'static str,
    properties: RuleProperties,
    help_uri: String,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: [String; 2],
    precision: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    end_time_utc: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_configuration_notifications: Vec<Notification<'a>>,
}

#[derive(Serialize)]
struct Notification<'a> {
    message: Message<'a>,
    level: &'static str,
    locations: [Location<'a>; 1],
}

#[derive(Serialize)]
struct RunProperties<'a> {
    metrics: Metrics<'a>,
}

/// In the order in which the files were looked at, behind the totals.
struct Metrics<'a>(&'a Report<'a>);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'a> {
    message: Message<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    locations: [Location<'a>; 1],
    properties: Ranks,
    rule_id: &'static str,
    rule_index: usize,
}

#[derive(Serialize)]
struct Message<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Ranks {
    issue_confidence: &'static str,
    issue_severity: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: Place<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region<'a>>,
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_region: Option<Region<'a>>,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Content<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<i64>,
    end_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<i64>,
    start_line: u32,
}

#[derive(Serialize)]
struct Content<'a> {
    text: Snippet<'a>,
}

/// The line, or all lines around it.
#[derive(Serialize)]
#[serde(untagged)]
enum Snippet<'a> {
    Line(&'a str),
    Lines(json::Lazy<'a>),
}

pub(super) fn write(report: &Report, to: &mut dyn Write) -> Result<(), Failure> {
    let mut rules: Vec<Rule> = Vec::new();
    let results = report.entries.iter().map(|entry| found(entry.issue, &mut rules)).collect();
    let session = report.session;
    let skipped = session.skipped.iter().map(|(file, why)| Notification {
        message: Message { text: why },
        level: "error",
        locations: [Location { physical_location: Place::of(file) }],
    });
    let run = Run {
        invocations: [Invocation {
            execution_successful: true,
            end_time_utc: report.time(),
            tool_configuration_notifications: skipped.collect(),
        }],
        properties: RunProperties { metrics: Metrics(report) },
        results,
        tool: Tool {
            driver: Driver {
                name: "Bandit",
                organization: "PyCQA",
                rules,
                version: super::super::VERSION,
                semantic_version: super::super::VERSION,
            },
        },
    };
    let schema = "https://json.schemastore.org/sarif-2.1.0.json";
    let log = Log { runs: [run], version: "2.1.0", schema };
    json::print(&log, to)
}

fn found<'a>(issue: &'a Issue, rules: &mut Vec<Rule>) -> Found<'a> {
    let known = rules.iter().position(|rule| rule.id == issue.rule.id);
    let rule_index = known.unwrap_or_else(|| {
        rules.push(Rule::of(issue));
        rules.len() - 1
    });
    Found {
        message: Message { text: &issue.text },
        level: match issue.severity {
            Rank::High => Some("error"),
            Rank::Low => Some("note"),
            Rank::Medium | Rank::Undefined => None,
        },
        locations: [Location { physical_location: Place::around(issue) }],
        properties: Ranks {
            issue_confidence: issue.confidence.name(),
            issue_severity: issue.severity.name(),
        },
        rule_id: issue.rule.id,
        rule_index,
    }
}

impl Rule {
    fn of(issue: &Issue) -> Rule {
        let cwe = rules::cwe(issue.rule).0;
        Rule {
            id: issue.rule.id,
            name: issue.test_name(),
            properties: RuleProperties {
                tags: ["security".to_owned(), format!("external/cwe/cwe-{cwe}")],
                precision: lower(issue.confidence),
            },
            help_uri: rules::more_info(issue.rule),
        }
    }
}

impl<'a> Place<'a> {
    fn of(file: &str) -> Place<'a> {
        let artifact_location = Artifact { uri: paths::uri(file) };
        Place { region: None, artifact_location, context_region: None }
    }

    fn around(issue: &'a Issue) -> Place<'a> {
        let Code { first, lines } = &issue.code;
        let start_line = issue.lines.first().copied().unwrap_or(issue.line);
        let snippet = match start_line.checked_sub(*first) {
            Some(at) => lines.get(at as usize),
            // Bandit counts from the end of the context where the line is before it.
            None => {
                lines.len().checked_sub((first - start_line) as usize).and_then(|at| lines.get(at))
            }
        };
        let region = Region {
            snippet: snippet.map(|line| Content { text: Snippet::Line(line) }),
            end_column: Some(issue.end_column + 1),
            // The second line, of however many.
            end_line: issue.lines.get(1).copied().unwrap_or(start_line),
            start_column: Some(issue.column + 1),
            start_line,
        };
        let context_region = (!lines.is_empty()).then(|| Region {
            snippet: Some(Content {
                text: Snippet::Lines(json::Lazy(&issue.code, |code| code.lines.concat())),
            }),
            end_column: None,
            end_line: first + lines.len() as u32 - 1,
            start_column: None,
            start_line: *first,
        });
        Place { region: Some(region), context_region, ..Place::of(&issue.file) }
    }
}

impl Serialize for Metrics<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let session = self.0.session;
        let mut metrics = to.serialize_map(Some(session.metrics.len() + 1))?;
        metrics.serialize_entry("_totals", &Named(&session.totals, Order::Totals))?;
        for (file, counts) in &session.metrics {
            metrics.serialize_entry(&**file, &Named(counts, Order::File))?;
        }
        metrics.end()
    }
}

struct Named<'a>(&'a Counts, Order);

/// The totals go rank by rank, a file's counts severity first.
enum Order {
    Totals,
    File,
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut named = self.0.named();
        if matches!(self.1, Order::Totals) {
            let (ranks, plain) = (named.split_off(3), named);
            let (severity, confidence) = ranks.split_at(ranks.len() / 2);
            let pairs = severity.iter().zip(confidence).flat_map(|(one, other)| [one, other]);
            return to.collect_map(plain.iter().chain(pairs).map(|(name, count)| (name, count)));
        }
        to.collect_map(named)
    }
}

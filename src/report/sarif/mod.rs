//! SARIF 2.1.0: one run an engine. GitHub refuses a file without rules, without a place in every
//! result or with two runs of one category.

mod results;
mod rules;
mod uri;

use super::visible_json::write_json;
use super::{Report, Reported};
use crate::engine::ENGINES;
use crate::finding::{EngineRun, Notification, Outcome, Trouble};
use crate::store::Fixed;
use rules::Rules;
use serde::{Serialize, Serializer};
use serde_sarif::sarif;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The final schema, as SARIF's own validator knows it.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Which findings are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// What is open now.
    Open,
    /// Fixed and waived ones too.
    All,
}

/// Writes the report, one result at a time.
pub fn write(report: &Report, scope: Scope, to: &mut dyn Write) -> io::Result<()> {
    let log = Log {
        schema: SCHEMA,
        version: sarif::Version::V2_1_0,
        runs: report.runs.iter().map(|run| Run::of(View { report, scope, run })).collect(),
    };
    write_json(&log, to)
}

/// `sarif::Sarif`, but for runs whose results are made while they are written.
#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: sarif::Version,
    runs: Vec<Run<'a>>,
}

/// `sarif::Run`, but for results that are made while they are written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: sarif::Tool,
    automation_details: sarif::RunAutomationDetails,
    invocations: [sarif::Invocation; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    version_control_provenance: Option<[sarif::VersionControlDetails; 1]>,
    original_uri_base_ids: BTreeMap<String, sarif::ArtifactLocation>,
    column_kind: sarif::ResultColumnKind,
    results: Results<'a>,
}

/// What of a report belongs to one run.
#[derive(Clone, Copy)]
struct View<'a> {
    report: &'a Report,
    scope: Scope,
    run: &'a EngineRun,
}

impl<'a> View<'a> {
    fn findings(self) -> impl Iterator<Item = &'a Reported> {
        let written = move |reported: &&Reported| {
            reported.finding.engine == self.run.engine
                && (self.scope == Scope::All || reported.is_open())
        };
        self.report.findings.iter().filter(written)
    }

    fn fixed(self) -> impl Iterator<Item = &'a Fixed> {
        let written =
            move |fixed: &&Fixed| self.scope == Scope::All && fixed.engine == self.run.engine;
        self.report.fixed.iter().filter(written)
    }

    /// What this engine says, and what concerns all of them.
    fn notifications(self) -> impl Iterator<Item = &'a Notification> {
        self.run.notifications.iter().chain(&self.report.notifications)
    }
}

/// The results of a run.
struct Results<'a> {
    view: View<'a>,
    rules: Rules<'a>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let open = self.view.findings().map(|found| results::finding(found, &self.rules));
        let fixed = self.view.fixed().map(|fixed| results::fixed(fixed, &self.rules));
        serializer.collect_seq(open.chain(fixed))
    }
}

impl<'a> Run<'a> {
    fn of(view: View<'a>) -> Run<'a> {
        let rules = Rules::of(view);
        Run {
            tool: sarif::Tool::builder().driver(driver(view, &rules)).build(),
            automation_details: sarif::RunAutomationDetails::builder()
                .id(format!("lockgate/{}/", view.run.engine))
                .build(),
            invocations: [invocation(view)],
            version_control_provenance: provenance(view.report).map(|details| [details]),
            original_uri_base_ids: BTreeMap::from([(uri::ROOT.to_owned(), root())]),
            column_kind: sarif::ResultColumnKind::UnicodeCodePoints,
            results: Results { view, rules },
        }
    }
}

/// What every path is relative to. Where it lies on this machine is nobody's business.
fn root() -> sarif::ArtifactLocation {
    let description = sarif::Message::builder().text("The root of the repository.").build();
    sarif::ArtifactLocation::builder().description(description).build()
}

/// Lockgate, or the tool whose report was imported, which keeps its name: GitHub knows an alert by
/// the name of the tool.
fn driver(view: View, rules: &Rules) -> sarif::ToolComponent {
    let native = ENGINES.iter().any(|engine| engine.name() == view.run.engine);
    let mut driver = sarif::ToolComponent::builder()
        .name(if native { "Lockgate" } else { &*view.run.engine })
        .rules(rules.descriptors())
        .build();
    if native {
        driver.semantic_version = Some(view.run.version.clone());
        let home = env!("CARGO_PKG_HOMEPAGE");
        driver.information_uri = (!home.is_empty()).then(|| home.to_owned());
    } else {
        driver.version = Some(view.run.version.clone());
    }
    let occurs = |kind: &Trouble| view.notifications().any(|n| n.trouble == *kind);
    let kinds: Vec<_> =
        super::summary::TROUBLES.into_iter().filter(occurs).map(rules::trouble).collect();
    driver.notifications = (!kinds.is_empty()).then_some(kinds);
    driver
}

fn invocation(view: View) -> sarif::Invocation {
    let started = view.report.started;
    let took = jiff::SignedDuration::try_from_secs_f64(view.report.seconds).unwrap_or_default();
    let ended = started.checked_add(took).unwrap_or(started);
    let mut notifications: Vec<_> = view.notifications().map(results::notification).collect();
    if let Outcome::Incomplete(why) = &view.run.outcome {
        notifications.insert(0, results::incomplete(why));
    }
    sarif::Invocation::builder()
        .execution_successful(view.run.outcome == Outcome::Complete)
        .start_time_utc(format!("{started:.3}"))
        .end_time_utc(format!("{ended:.3}"))
        .tool_execution_notifications(notifications)
        .build()
}

/// The commit, where the repository has an address.
fn provenance(report: &Report) -> Option<sarif::VersionControlDetails> {
    let repository = &report.repository;
    let mut details = sarif::VersionControlDetails::builder()
        .repository_uri(uri::repository(&repository.name)?)
        .build();
    details.mapped_to = Some(sarif::ArtifactLocation::builder().uri_base_id(uri::ROOT).build());
    details.revision_id = repository.commit.as_ref().map(|commit| commit.id.clone());
    details.branch = repository.branch.clone();
    Some(details)
}

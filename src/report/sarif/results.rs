//! The results of a run, and its notifications.

use super::rules::{Rules, level};
use super::uri;
use crate::finding::{
    Cell, Edit, Evidence, Finding, Fix, Introduced, Location, Notification, Snippet, Span,
    WaiverSource,
};
use crate::report::untrusted::visible;
use crate::report::{Reported, summary};
use crate::store::{Fixed, Lifecycle};
use serde_json::{Value, json};
use serde_sarif::sarif;
use std::collections::BTreeMap;

/// The key of our own identity among the partial fingerprints.
const FINGERPRINT: &str = "lockgate/v1";
/// The only key that GitHub reads.
const LINE_HASH: &str = "primaryLocationLineHash";

/// A finding that is there.
pub fn finding(reported: &Reported, rules: &Rules) -> sarif::Result {
    let finding = &reported.finding;
    let mut fingerprints =
        BTreeMap::from([(FINGERPRINT.to_owned(), finding.fingerprint.to_string())]);
    if let Some(hash) = &finding.line_hash {
        fingerprints.insert(LINE_HASH.to_owned(), hash.to_string());
    }
    let fix = reported.rule().map(|rule| summary::first_sentence(rule.fix));
    let mut result = sarif::Result::builder()
        .rule_id(&*finding.rule)
        .level(level(finding.severity))
        .message(text(&with_fix(&finding.message, fix)))
        .locations(vec![place(&finding.location, Some(&finding.snippet))])
        .partial_fingerprints(fingerprints)
        .properties(properties(reported))
        .build();
    result.rule_index = rules.index(&finding.rule);
    result.related_locations = related(finding);
    result.baseline_state = reported.lifecycle.map(|lifecycle| match lifecycle {
        Lifecycle::New | Lifecycle::Reopened => json!(sarif::ResultBaselineState::New),
        Lifecycle::Existing => json!(sarif::ResultBaselineState::Unchanged),
    });
    result.fixes = finding.fix.as_ref().map(|fix| vec![change(&finding.location.path, fix)]);
    let counts = finding.waiver.as_ref().filter(|_| !reported.is_open());
    result.suppressions = counts.map(|waiver| {
        let kind = match waiver.source {
            WaiverSource::Comment => sarif::SupressionKind::InSource,
            WaiverSource::File | WaiverSource::Triage => sarif::SupressionKind::External,
        };
        let suppression =
            sarif::Suppression::builder().kind(json!(kind)).justification(visible(&waiver.reason));
        vec![suppression.build()]
    });
    result
}

/// A finding that is gone.
pub fn fixed(fixed: &Fixed, rules: &Rules) -> sarif::Result {
    let region = sarif::Region::builder().start_line(i64::from(fixed.line.max(1))).build();
    let mut result = sarif::Result::builder()
        .rule_id(&*fixed.rule)
        .level(level(fixed.severity))
        .message(text(&with_fix(&fixed.message, None)))
        .locations(vec![located(&fixed.path, Some(region))])
        .partial_fingerprints(BTreeMap::from([(FINGERPRINT.to_owned(), fixed.fingerprint.clone())]))
        .baseline_state(json!(sarif::ResultBaselineState::Absent))
        .build();
    result.rule_index = rules.index(&fixed.rule);
    result
}

/// What could not be looked at.
pub fn notification(notification: &Notification) -> sarif::Notification {
    let kind = sarif::ReportingDescriptorReference::builder().id(notification.trouble.to_string());
    sarif::Notification::builder()
        .level(json!(sarif::NotificationLevel::Warning))
        .message(text(&sentence(&notification.message)))
        .descriptor(kind.build())
        .locations(vec![located(&notification.path, None)])
        .build()
}

/// Why the engine did not come to its end.
pub fn incomplete(why: &str) -> sarif::Notification {
    sarif::Notification::builder()
        .level(json!(sarif::NotificationLevel::Error))
        .message(text(&sentence(why)))
        .build()
}

/// Plain text in which a bracket is a bracket and not a link (SARIF 3.11.6).
fn text(plain: &str) -> sarif::Message {
    let mut escaped = String::with_capacity(plain.len() + 8);
    for c in visible(plain).chars() {
        if matches!(c, '[' | ']') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    sarif::Message::builder().text(escaped).build()
}

/// The message with its full stop, and what to do about it.
fn with_fix(message: &str, fix: Option<&str>) -> String {
    match fix {
        Some(fix) => format!("{} {fix}", sentence(message)),
        None => sentence(message),
    }
}

fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{text}{stop}")
}

/// What SARIF has no place for.
fn properties(reported: &Reported) -> sarif::PropertyBag {
    let finding = &reported.finding;
    let mut properties: BTreeMap<String, Value> = BTreeMap::from([
        ("severity".to_owned(), json!(summary::severity(finding.severity))),
        ("confidence".to_owned(), json!(summary::confidence(finding.confidence))),
    ]);
    if let Some(told) = finding.told {
        properties.insert("checkConfidence".to_owned(), json!(summary::confidence(told)));
    }
    if let Some(evidence) = &finding.evidence {
        let evidence = match &**evidence {
            Evidence::Constant => json!({ "origin": "constant" }),
            Evidence::Outside { source, line } => {
                json!({ "origin": "outside", "source": source, "line": line })
            }
        };
        properties.insert("evidence".to_owned(), evidence);
    }
    if let Some(live) = finding.answered() {
        properties.insert("live".to_owned(), json!(live));
    }
    if let Some(Introduced { commit, date, path, in_head }) = finding.introduced.as_deref() {
        let introduced = json!({
            "commit": commit,
            "date": date.to_string(),
            "path": visible(path),
            "inHead": in_head,
        });
        properties.insert("introduced".to_owned(), introduced);
    }
    if let Some(lifecycle) = reported.lifecycle {
        properties.insert("lifecycle".to_owned(), json!(summary::lifecycle(lifecycle)));
    }
    if let Some(policy) = &reported.blocked_by {
        properties.insert("blockedBy".to_owned(), json!(policy));
    }
    if !finding.witnesses.is_empty() {
        let witnesses: Vec<Value> = finding.witnesses.iter().map(witness).collect();
        properties.insert("witnesses".to_owned(), witnesses.into());
    }
    sarif::PropertyBag::builder().additional_properties(properties).build()
}

fn witness(witness: &Finding) -> Value {
    json!({
        "tool": witness.engine,
        "rule": witness.rule,
        "severity": summary::severity(witness.severity),
        "confidence": summary::confidence(witness.confidence),
    })
}

/// The places of witnesses that are not the finding's own.
fn related(finding: &Finding) -> Option<Vec<sarif::Location>> {
    let elsewhere = finding.witnesses.iter().filter(|w| w.location != finding.location);
    let places: Vec<sarif::Location> = elsewhere
        .zip(1..)
        .map(|(witness, id)| {
            let mut location = place(&witness.location, None);
            let said = format!("{} ({}): {}", witness.engine, witness.rule, witness.message);
            location.id = Some(id);
            location.message = Some(text(&sentence(&said)));
            location
        })
        .collect();
    (!places.is_empty()).then_some(places)
}

/// What a machine may change. Whether it may do so unasked is none of SARIF's own properties.
fn change(path: &str, fix: &Fix) -> sarif::Fix {
    let replacement = |edit: &Edit| {
        let text = sarif::ArtifactContent::builder().text(&*edit.text).build();
        sarif::Replacement::builder()
            .deleted_region(region(edit.span))
            .inserted_content(text)
            .build()
    };
    let changes = sarif::ArtifactChange::builder()
        .artifact_location(artifact(path))
        .replacements(fix.edits.iter().map(replacement).collect::<Vec<_>>())
        .build();
    let safe = BTreeMap::from([("safe".to_owned(), json!(fix.safe))]);
    sarif::Fix::builder()
        .description(text(&fix.description))
        .artifact_changes(vec![changes])
        .properties(sarif::PropertyBag::builder().additional_properties(safe).build())
        .build()
}

fn region(span: Span) -> sarif::Region {
    sarif::Region::builder()
        .start_line(i64::from(span.start_line))
        .start_column(i64::from(span.start_column))
        .end_line(i64::from(span.end_line))
        .end_column(i64::from(span.end_column))
        .build()
}

fn place(location: &Location, snippet: Option<&Snippet>) -> sarif::Location {
    let mut region = region(location.span);
    region.snippet = snippet
        .map(|snippet| flagged(snippet, location))
        .filter(|flagged| !flagged.is_empty())
        .map(|flagged| sarif::ArtifactContent::builder().text(flagged).build());
    let mut place = located(&location.path, Some(region));
    place.logical_locations = location.cell.map(|Cell { number, line, .. }| {
        let name = format!("cell {number}, line {line}");
        vec![sarif::LogicalLocation::builder().name(name).build()]
    });
    place
}

/// A place in a file below the root of the repository, or all of the file.
fn located(path: &str, region: Option<sarif::Region>) -> sarif::Location {
    let mut physical = sarif::PhysicalLocation::builder().artifact_location(artifact(path)).build();
    physical.region = region;
    sarif::Location::builder().physical_location(physical).build()
}

fn artifact(path: &str) -> sarif::ArtifactLocation {
    sarif::ArtifactLocation::builder().uri(uri::relative(path)).uri_base_id(uri::ROOT).build()
}

/// The flagged part of what is shown: to the end of the underline, or of the last line.
fn flagged(snippet: &Snippet, location: &Location) -> String {
    let span = location.span;
    let before = location.shown_line().saturating_sub(snippet.first_line) as usize;
    let (from, to) = (snippet.underline.0 as usize, snippet.underline.1 as usize);
    let mut lines = snippet.text.split('\n').skip(before);
    let Some(first) = lines.next() else {
        return String::new();
    };
    if span.end_line == span.start_line {
        return first.chars().skip(from).take(to.saturating_sub(from)).collect();
    }
    let mut flagged: String = first.chars().skip(from).collect();
    for line in lines.take((span.end_line - span.start_line) as usize) {
        flagged.push('\n');
        flagged.push_str(line);
    }
    flagged
}

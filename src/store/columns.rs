//! Values as the database writes them, and back.

use super::sql::{Push, Row, Value};
use super::{Beginning, StoreError};
use crate::finding::{
    Anchor, Confidence, Finding, Fingerprint, Live, Location, Severity, Snippet, Span,
};
use crate::policy::Decision;
use crate::waiver::TriageState;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The values of an enumeration and the names that the database has for them.
pub(super) type Names<T> = [(&'static str, T)];

pub(super) const SEVERITIES: &Names<Severity> = &[
    ("unknown", Severity::Unknown),
    ("info", Severity::Info),
    ("low", Severity::Low),
    ("medium", Severity::Medium),
    ("high", Severity::High),
    ("critical", Severity::Critical),
];

const CONFIDENCES: &Names<Confidence> =
    &[("low", Confidence::Low), ("medium", Confidence::Medium), ("high", Confidence::High)];

const LIVES: &Names<Live> =
    &[("unknown", Live::Unknown), ("revoked", Live::Revoked), ("verified", Live::Verified)];

pub(super) const DECISIONS: &Names<Decision> = &[
    ("passed", Decision::Passed),
    ("blocked", Decision::Blocked),
    ("incomplete", Decision::Incomplete),
];

pub(super) const BEGINNINGS: &Names<Beginning> = &[
    ("new", Beginning::New),
    ("reopened", Beginning::Reopened),
    ("continued", Beginning::Continued),
];

pub(super) const TRIAGE_STATES: &Names<TriageState> = &[
    ("false-positive", TriageState::FalsePositive),
    ("accepted", TriageState::Accepted),
    ("confirmed", TriageState::Confirmed),
];

/// The name of a value; every value has one.
pub(super) fn name<T: PartialEq>(names: &Names<T>, value: &T) -> &'static str {
    names.iter().find(|(_, known)| known == value).map_or("", |(name, _)| name)
}

/// The value that a column names.
pub(super) fn named<T: Copy>(
    names: &Names<T>,
    row: &dyn Row,
    column: usize,
) -> Result<T, StoreError> {
    let text = row.text(column)?;
    let found = names.iter().find(|(name, _)| *name == text);
    found.map(|(_, value)| *value).ok_or_else(|| row.corrupt(&format_args!("no name: {text}")))
}

/// A value as JSON.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::json!(value).to_string()
}

/// What a column holds as JSON.
pub(super) fn maybe_json<T: DeserializeOwned>(
    row: &dyn Row,
    column: usize,
) -> Result<Option<T>, StoreError> {
    let read = |text| serde_json::from_str(text).map_err(|error| row.corrupt(&error));
    row.maybe_text(column)?.map(read).transpose()
}

pub(super) fn fingerprint(row: &dyn Row, column: usize) -> Result<Fingerprint, StoreError> {
    let bytes = row.blob(column)?;
    bytes.try_into().map(Fingerprint).map_err(|_| row.corrupt(&"a fingerprint has 16 bytes"))
}

/// A number that is never negative and never large.
pub(super) fn small(row: &dyn Row, column: usize) -> Result<u32, StoreError> {
    row.int(column)?.try_into().map_err(|error| row.corrupt(&error))
}

/// The columns of a finding, as they are written.
pub(super) const FINDING: &[&str] = &[
    "id",
    "repository",
    "details",
    "fingerprint",
    "rule",
    "engine",
    "severity",
    "confidence",
    "path",
    "start_line",
    "start_column",
    "end_line",
    "end_column",
    "message",
    "anchor",
    "ordinal",
    "package",
    "live",
];

/// Writes a finding.
pub(super) fn push_finding(
    push: &mut Push,
    [id, repository, details]: [i64; 3],
    finding: &Finding,
) -> Result<(), StoreError> {
    let span = &finding.location.span;
    let anchor = postcard::to_allocvec(&finding.anchor).ok();
    let package = finding.package.as_ref().map(json);
    push(&[
        id.into(),
        repository.into(),
        details.into(),
        finding.fingerprint.0.as_slice().into(),
        Value::Text(&finding.rule),
        Value::Text(&finding.engine),
        name(SEVERITIES, &finding.severity).into(),
        name(CONFIDENCES, &finding.confidence).into(),
        Value::Text(&finding.location.path),
        i64::from(span.start_line).into(),
        i64::from(span.start_column).into(),
        i64::from(span.end_line).into(),
        i64::from(span.end_column).into(),
        Value::Text(&finding.message),
        anchor.as_deref().into(),
        i64::from(finding.ordinal).into(),
        package.as_deref().into(),
        finding.live.map(|live| name(LIVES, &live)).into(),
    ])
}

/// What `finding` reads, in its order, of the table under the name `f`.
pub(super) const READ: &str = "f.id, f.fingerprint, f.rule, f.engine, f.severity, f.confidence,
    f.path, f.start_line, f.start_column, f.end_line, f.end_column, f.message, f.anchor,
    f.ordinal, f.package, f.live";

/// How many columns that are.
pub(super) const READ_COLUMNS: usize = 16;

/// Reads the id of a finding and the finding.
pub(super) fn finding(row: &dyn Row) -> Result<(i64, Finding), StoreError> {
    let span = Span {
        start_line: small(row, 7)?,
        start_column: small(row, 8)?,
        end_line: small(row, 9)?,
        end_column: small(row, 10)?,
    };
    let unknown = Anchor::Code { digest: [0; 16], text: [0; 8] };
    let finding = Finding {
        fingerprint: fingerprint(row, 1)?,
        rule: row.text(2)?.to_owned().into(),
        engine: row.text(3)?.to_owned().into(),
        severity: named(SEVERITIES, row, 4)?,
        confidence: named(CONFIDENCES, row, 5)?,
        location: Location::new(row.text(6)?.into(), span),
        message: row.text(11)?.to_owned().into(),
        snippet: Snippet::default(),
        anchor: maybe_anchor(row, 12)?.unwrap_or(unknown),
        ordinal: small(row, 13)?,
        also: Vec::new(),
        live: row.maybe_text(15)?.is_some().then(|| named(LIVES, row, 15)).transpose()?,
        line_hash: None,
        package: maybe_json(row, 14)?,
        waiver: None,
        told: None,
        evidence: None,
        fix: None,
        introduced: None,
        witnesses: Vec::new(),
    };
    Ok((row.int(0)?, finding))
}

/// The anchor of a finding, but for what the first schema wrote.
pub(super) fn maybe_anchor(row: &dyn Row, column: usize) -> Result<Option<Anchor>, StoreError> {
    let read = |bytes| postcard::from_bytes(bytes).map_err(|error| row.corrupt(&error));
    row.maybe_blob(column)?.map(read).transpose()
}

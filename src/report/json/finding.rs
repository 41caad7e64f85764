//! The shape of a finding, and of all that is said of it.

use crate::finding::{self, Confidence, Live, Severity, WaiverSource};
use crate::report::Reported;
use crate::store;
use schemars::JsonSchema;
use serde::Serialize;

/// Something that a rule holds against a place.
#[derive(Serialize, JsonSchema)]
pub struct Finding<'a> {
    /// The identity, `lockgate/v1`: the same wherever and whenever the finding is seen.
    fingerprint: String,
    rule: Rule<'a>,
    /// The engine that found it, or the tool whose report it came from.
    engine: &'a str,
    severity: Severity,
    confidence: Confidence,
    /// What the check alone says, as the emulated tool does, where the evidence changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    check_confidence: Option<Confidence>,
    /// Where the argument comes from that it is about, where the source tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence<'a>>,
    /// What the provider of a credential says of it; absent where it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<Live>,
    /// Numbers in the Common Weakness Enumeration, the most specific first.
    cwe: &'a [u16],
    /// Relative to the repository root, `/`-separated.
    path: &'a str,
    span: Span,
    /// The same place as the reader of a notebook sees it. `snippet` numbers the lines of the cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<Cell>,
    /// Plain text.
    message: &'a str,
    snippet: Snippet<'a>,
    /// What to do about it, in Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<&'a str>,
    /// What `lockgate fix` would change so that it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Change<'a>>,
    /// Links for further reading.
    references: &'a [&'a str],
    /// In the history of its branch; what was never seen there is new only where the base does not
    /// have it either. Absent without store and base.
    #[serde(skip_serializing_if = "Option::is_none")]
    lifecycle: Option<Lifecycle>,
    /// The package at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<Package<'a>>,
    /// Why it does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiver: Option<Waiver<'a>>,
    /// The commit that brought it in, where a history was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    introduced: Option<Introduced<'a>>,
    /// Who else saw it.
    witnesses: Vec<Witness<'a>>,
    /// The rule of the policy that it is blocked by.
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked_by: Option<&'a str>,
}

/// When something came into a history.
#[derive(Serialize, JsonSchema)]
pub struct Introduced<'a> {
    /// The oldest commit of those walked that adds it, in hexadecimal.
    commit: &'a str,
    /// When its author made it: RFC 3339, UTC.
    date: String,
    /// The file that it was added to, relative to the repository root.
    path: &'a str,
    /// Whether it still stands in HEAD, in that file or another.
    in_head: bool,
}

/// Where an argument comes from.
#[derive(Serialize, JsonSchema)]
pub struct Evidence<'a> {
    origin: Origin,
    /// What is read: `sys.argv`, `request.args`.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    /// Where it is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

/// Who chooses an argument.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Nobody: it is made of literals alone.
    Constant,
    /// Somebody outside: it comes from a request, the command line, standard input or the
    /// environment.
    Outside,
}

/// A change that mends a finding.
#[derive(Serialize, JsonSchema)]
pub struct Change<'a> {
    /// What it does.
    description: &'a str,
    /// Whether harmless input is treated as before; any other fix is a suggestion.
    safe: bool,
    /// In the order of the file; no two overlap.
    edits: Vec<Edit<'a>>,
}

/// One replacement.
#[derive(Serialize, JsonSchema)]
pub struct Edit<'a> {
    /// What goes; empty where something is only added.
    span: Span,
    /// What stands there afterwards.
    text: &'a str,
}

/// A package with a known vulnerability.
#[derive(Serialize, JsonSchema)]
pub struct Package<'a> {
    /// As OSV names it.
    ecosystem: &'a str,
    name: &'a str,
    version: &'a str,
    /// Every id of the advisory, the preferred one first.
    advisories: &'a [Box<str>],
    /// The least versions that fix it; empty where no release does.
    fixed_in: &'a [Box<str>],
    /// Whether the manifest itself asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    direct: Option<bool>,
    /// CVSS base score, 0 to 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    cvss: Option<f32>,
    /// The probability, 0 to 1, that it is exploited within 30 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    epss: Option<f32>,
    /// Whether it is known to be exploited.
    exploited: bool,
}

/// A decision that a finding does not count.
#[derive(Serialize, JsonSchema)]
pub struct Waiver<'a> {
    source: WaiverSource,
    /// In the words of whoever decided; for a comment, the comment as it stands there.
    reason: &'a str,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
    /// The last day on which it holds: YYYY-MM-DD.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// What a finding is an instance of.
#[derive(Serialize, JsonSchema)]
pub struct Rule<'a> {
    id: &'a str,
    /// Absent for a rule that is not of Lockgate's catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

/// A place. Lines and columns count from 1, columns in Unicode code points; the end column is the
/// one after the last.
#[derive(Serialize, JsonSchema)]
pub struct Span {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

/// A place in a cell of a notebook. All three count from 1.
#[derive(Serialize, JsonSchema)]
pub struct Cell {
    /// Among all cells, code or not.
    number: u32,
    line: u32,
    /// In Unicode code points.
    column: u32,
}

/// A few lines of source, in which secrets are masked.
#[derive(Serialize, JsonSchema)]
pub struct Snippet<'a> {
    /// The number of the first line of `text`, in the file or in the cell of a notebook.
    first_line: u32,
    /// Long lines are cut around the flagged part, with `…` at the cut.
    text: &'a str,
    /// The flagged part of the line where the finding starts: code points from 0, end exclusive.
    underline: (u32, u32),
}

/// The life of a finding on a branch.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lifecycle {
    /// Never seen on this branch before.
    New,
    /// Open in the previous scan too.
    Existing,
    /// Fixed once, and back.
    Reopened,
}

/// Who else saw a finding, in that tool's own words.
#[derive(Serialize, JsonSchema)]
pub struct Witness<'a> {
    tool: &'a str,
    rule: &'a str,
    severity: Severity,
    confidence: Confidence,
    message: &'a str,
    path: &'a str,
    span: Span,
    /// The identity that the finding would have if this witness were the only one.
    fingerprint: String,
}

impl<'a> Finding<'a> {
    pub fn of(reported: &'a Reported) -> Finding<'a> {
        let Reported { finding, lifecycle, blocked_by } = reported;
        let rule = reported.rule();
        Finding {
            fingerprint: finding.fingerprint.to_string(),
            rule: Rule { id: &finding.rule, name: rule.map(|rule| rule.name) },
            engine: &finding.engine,
            severity: finding.severity,
            confidence: finding.confidence,
            check_confidence: finding.told,
            evidence: finding.evidence.as_deref().map(Evidence::of),
            live: finding.answered(),
            cwe: rule.map_or(&[], |rule| &rule.cwe),
            path: &finding.location.path,
            span: Span::of(finding.location.span),
            cell: finding.location.cell.map(Cell::of),
            message: &finding.message,
            snippet: Snippet {
                first_line: finding.snippet.first_line,
                text: &finding.snippet.text,
                underline: finding.snippet.underline,
            },
            remediation: rule.map(|rule| rule.fix),
            fix: finding.fix.as_deref().map(Change::of),
            introduced: finding.introduced.as_deref().map(Introduced::of),
            references: rule.map_or(&[], |rule| &rule.references),
            lifecycle: lifecycle.map(Lifecycle::of),
            package: finding.package.as_deref().map(Package::of),
            waiver: finding.waiver.as_deref().map(Waiver::of),
            witnesses: finding.witnesses.iter().map(Witness::of).collect(),
            blocked_by: blocked_by.as_deref(),
        }
    }
}

impl<'a> Evidence<'a> {
    pub fn of(evidence: &'a finding::Evidence) -> Evidence<'a> {
        match evidence {
            finding::Evidence::Constant => {
                Evidence { origin: Origin::Constant, source: None, line: None }
            }
            finding::Evidence::Outside { source, line } => {
                Evidence { origin: Origin::Outside, source: Some(source), line: Some(*line) }
            }
        }
    }
}

impl<'a> Introduced<'a> {
    pub fn of(introduced: &'a finding::Introduced) -> Introduced<'a> {
        let finding::Introduced { commit, date, path, in_head } = introduced;
        Introduced { commit, date: date.to_string(), path, in_head: *in_head }
    }
}

impl<'a> Change<'a> {
    pub fn of(fix: &'a finding::Fix) -> Change<'a> {
        let edit = |edit: &'a finding::Edit| Edit { span: Span::of(edit.span), text: &edit.text };
        Change {
            description: &fix.description,
            safe: fix.safe,
            edits: fix.edits.iter().map(edit).collect(),
        }
    }
}

impl<'a> Package<'a> {
    pub fn of(package: &'a finding::Package) -> Package<'a> {
        Package {
            ecosystem: &package.ecosystem,
            name: &package.name,
            version: &package.version,
            advisories: &package.advisories,
            fixed_in: &package.fixed_in,
            direct: package.direct,
            cvss: package.cvss,
            epss: package.epss,
            exploited: package.exploited.is_some(),
        }
    }
}

impl<'a> Waiver<'a> {
    pub fn of(waiver: &'a finding::Waiver) -> Waiver<'a> {
        Waiver {
            source: waiver.source,
            reason: &waiver.reason,
            owner: waiver.owner.as_deref(),
            until: waiver.until.map(|day| day.to_string()),
        }
    }
}

impl Span {
    pub fn of(span: finding::Span) -> Span {
        let finding::Span { start_line, start_column, end_line, end_column } = span;
        Span { start_line, start_column, end_line, end_column }
    }
}

impl Cell {
    pub fn of(cell: finding::Cell) -> Cell {
        let finding::Cell { number, line, column } = cell;
        Cell { number, line, column }
    }
}

impl Lifecycle {
    pub fn of(lifecycle: store::Lifecycle) -> Lifecycle {
        match lifecycle {
            store::Lifecycle::New => Lifecycle::New,
            store::Lifecycle::Existing => Lifecycle::Existing,
            store::Lifecycle::Reopened => Lifecycle::Reopened,
        }
    }
}

impl<'a> Witness<'a> {
    pub fn of(witness: &'a finding::Finding) -> Witness<'a> {
        Witness {
            tool: &witness.engine,
            rule: &witness.rule,
            severity: witness.severity,
            confidence: witness.confidence,
            message: &witness.message,
            path: &witness.location.path,
            span: Span::of(witness.location.span),
            fingerprint: witness.fingerprint.to_string(),
        }
    }
}

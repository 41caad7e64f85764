//! The identity of a finding (`lockgate/v1`), and which findings are one.
//!
//! A fingerprint is a pure function of rule, path, anchor and ordinal: it holds no line number,
//! no offset and no version, so it survives what does not change the finding itself.

use crate::finding::{Anchor, EngineRun, Finding, Fingerprint};
use crate::rule::Catalogue;
use crate::target::Sketch;
use std::collections::HashMap;
use std::sync::Arc;

/// What one side of a comparison knows of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    pub rule: Box<str>,
    pub path: Arc<str>,
    pub anchor: Anchor,
    pub ordinal: u32,
    pub fingerprint: Fingerprint,
}

/// What is no longer seen where it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trail {
    pub traces: Vec<Trace>,
    /// What the files of the traces looked like, by path.
    pub sketches: HashMap<Arc<str>, Sketch>,
}

/// Numbers equal findings in the order of the file and sets every fingerprint. The findings are
/// those of whole files, sorted by place within each file.
pub fn assign(findings: &mut [Finding]) {
    let mut equal = HashMap::new();
    for finding in findings {
        let key = (finding.rule.clone(), finding.location.path.clone(), finding.anchor.clone());
        let ordinal = equal.entry(key).or_insert(0u32);
        finding.ordinal = *ordinal;
        *ordinal += 1;
        finding.fingerprint =
            fingerprint(&finding.rule, &finding.location.path, &finding.anchor, finding.ordinal);
    }
}

/// The fingerprint in version 1.
pub fn fingerprint(rule: &str, path: &str, anchor: &Anchor, ordinal: u32) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    let mut fields = |fields: &[&str]| {
        for field in std::iter::once(&"lockgate/v1").chain(fields) {
            hasher.update(field.as_bytes()).update(b"\0");
        }
    };
    match anchor {
        Anchor::Code { digest, .. } => {
            fields(&[rule, path, "code"]);
            hasher.update(digest).update(&ordinal.to_le_bytes());
        }
        Anchor::Secret(bits) => {
            fields(&[rule, path, "secret"]);
            hasher.update(&bits.to_le_bytes()).update(&ordinal.to_le_bytes());
        }
        Anchor::Resource { address, attribute } => {
            fields(&["resource", rule, address, attribute]);
            hasher.update(&ordinal.to_le_bytes());
        }
        Anchor::Package { ecosystem, name, advisory } => {
            fields(&["package", ecosystem, name, path, advisory]);
        }
        Anchor::Image { target, name, advisory } => fields(&["image", target, name, advisory]),
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    Fingerprint(short)
}

/// Takes the findings out of the runs, sorts them by path and place, and merges them.
pub fn unite(runs: &mut [EngineRun]) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        runs.iter_mut().flat_map(|run| std::mem::take(&mut run.findings)).collect();
    let place = |f: &Finding| (f.location.span.start_line, f.location.span.start_column);
    findings.sort_by(|a, b| (&a.location.path, place(a)).cmp(&(&b.location.path, place(b))));
    merge(findings)
}

/// Joins findings that rules of one group hold against overlapping places of one file. The most
/// severe stays (then the surest, then the one that begins first) and the others become its
/// witnesses. One that is not waived speaks before one that is: `# nosec` is no word on a token.
fn merge(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut open: HashMap<&'static str, usize> = HashMap::new();
    for finding in findings {
        let group = Catalogue::get().find(&finding.rule).and_then(|rule| rule.group);
        let Some(group) = group else {
            merged.push(finding);
            continue;
        };
        match open.get(group).map(|&index| &mut merged[index]) {
            Some(first) if same_place(first, &finding) => join(first, finding),
            _ => {
                open.insert(group, merged.len());
                merged.push(finding);
            }
        }
    }
    merged
}

fn same_place(a: &Finding, b: &Finding) -> bool {
    a.location.path == b.location.path
        && std::iter::once(&a.location)
            .chain(a.witnesses.iter().map(|witness| &witness.location))
            .any(|location| location.span.overlaps(&b.location.span))
}

fn join(first: &mut Finding, mut second: Finding) {
    let rank = |f: &Finding| (f.waiver.is_none(), f.severity, f.confidence);
    if rank(&second) > rank(first) {
        std::mem::swap(first, &mut second);
    }
    first.witnesses.append(&mut second.witnesses);
    first.witnesses.push(second);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Location, Severity, Snippet, Span, Waiver};

    fn finding(rule: &'static str, severity: Severity, columns: (u32, u32)) -> Finding {
        Finding {
            rule: rule.into(),
            engine: "engine".into(),
            severity,
            confidence: Confidence::High,
            location: Location {
                path: "app.py".into(),
                span: Span {
                    start_line: 3,
                    start_column: columns.0,
                    end_line: 3,
                    end_column: columns.1,
                },
            },
            message: "".into(),
            snippet: Snippet::default(),
            anchor: Anchor::Secret(7),
            ordinal: 0,
            fingerprint: Fingerprint::default(),
            also: Vec::new(),
            line_hash: None,
            package: None,
            waiver: None,
            witnesses: Vec::new(),
        }
    }

    fn rules(merged: &[Finding]) -> Vec<Vec<&str>> {
        let witnesses =
            |f: &Finding| f.witnesses.iter().map(|w| w.rule.to_string()).collect::<Vec<_>>();
        merged
            .iter()
            .map(|f| {
                let others =
                    witnesses(f).into_iter().map(|rule| Catalogue::get().find(&rule).unwrap().id);
                std::iter::once(Catalogue::get().find(&f.rule).unwrap().id).chain(others).collect()
            })
            .collect()
    }

    #[test]
    fn one_group_at_one_place_is_one_finding_and_the_most_severe_speaks() {
        let merged = merge(vec![
            finding("B105", Severity::Low, (10, 30)),
            finding("github-pat", Severity::Critical, (11, 29)),
            finding("B608", Severity::Medium, (10, 30)),
            finding("github-pat", Severity::Critical, (40, 60)),
        ]);
        assert_eq!(rules(&merged), [vec!["github-pat", "B105"], vec!["B608"], vec!["github-pat"]]);
    }

    #[test]
    fn what_waives_one_witness_does_not_waive_the_other() {
        let mut waived = finding("github-pat", Severity::Critical, (11, 29));
        waived.waiver = Some(Waiver::comment("gitleaks:allow"));
        let merged = merge(vec![finding("B105", Severity::Low, (10, 30)), waived.clone()]);
        assert_eq!(rules(&merged), [["B105", "github-pat"]]);
        assert_eq!(merged[0].waiver, None);
        assert_eq!(
            merge(vec![waived.clone(), waived])[0].waiver,
            Some(Waiver::comment("gitleaks:allow"))
        );
    }

    #[test]
    fn equal_findings_are_numbered_in_the_order_of_the_file() {
        let mut findings = vec![
            finding("B105", Severity::Low, (1, 2)),
            finding("B106", Severity::Low, (3, 4)),
            finding("B105", Severity::Low, (5, 6)),
        ];
        assign(&mut findings);
        assert_eq!(findings.iter().map(|f| f.ordinal).collect::<Vec<_>>(), [0, 0, 1]);
        assert_ne!(findings[0].fingerprint, findings[2].fingerprint);
    }

    #[test]
    fn version_one_of_the_fingerprint_stays_as_it_is() {
        let code =
            fingerprint("B602", "app/run.py", &Anchor::Code { digest: [1; 16], text: [0; 8] }, 0);
        let secret = fingerprint("github-pat", ".env", &Anchor::Secret(0xABCDE), 2);
        assert_eq!(code.to_string(), "6b9ca737cc5303e11cee69f85da330ad");
        assert_eq!(secret.to_string(), "fadba0d8a8d93bf20e034531a1b286b5");
    }
}

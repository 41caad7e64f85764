//! Which findings are one: what several rules hold against one place.

use crate::finding::{EngineRun, Finding};
use crate::rule::Catalogue;
use std::collections::HashMap;

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
    use crate::finding::{
        Anchor, Confidence, Fingerprint, Location, Severity, Snippet, Span, Waiver,
    };

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
}

//! The identity of a finding (`lockgate/v1`), and which findings are one.
//!
//! A fingerprint is a pure function of rule, path, anchor and ordinal: it holds no line number,
//! no offset and no version, so it survives what does not change the finding itself.

use crate::finding::{Anchor, EngineRun, Finding, Fingerprint, Witness};
use crate::rule::Catalogue;
use std::collections::HashMap;

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
    for field in ["lockgate/v1", rule, path] {
        hasher.update(field.as_bytes()).update(b"\0");
    }
    match anchor {
        Anchor::Code(digest) => hasher.update(b"code\0").update(digest),
        Anchor::Secret(bits) => hasher.update(b"secret\0").update(&bits.to_le_bytes()),
    };
    hasher.update(&ordinal.to_le_bytes());
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
/// witnesses; a waiver in the source of one is a waiver of all.
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
    let rank = |f: &Finding| (f.severity, f.confidence);
    if rank(&second) > rank(first) {
        std::mem::swap(first, &mut second);
        first.witnesses.append(&mut second.witnesses);
    }
    first.waiver = first.waiver.take().or(second.waiver.take());
    first.witnesses.push(Witness::from(second));
}

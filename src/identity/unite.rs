//! Which findings are one: what rules that mean the same hold against one place, and what tools
//! say of one advisory in one package. Every finding stays whole as a witness, so that it can be
//! taken apart again.

mod cluster;
mod packages;
mod place;
mod settings;

pub use settings::MergeSettings;

use crate::finding::Finding;
use crate::rule;
use cluster::Member;
use place::Place;
use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;

/// Merges findings, and sorts them by path and place. Those that are merged already are taken
/// apart first; the order in which they come does not matter.
///
/// The most severe speaks (then the surest, then one of Lockgate's own engines, then the one with
/// the most exact place, then the first) and the others become its witnesses. One that is not waived speaks before one
/// that is: `# nosec` is no word on a token.
pub fn unite(findings: Vec<Finding>, settings: &MergeSettings) -> Vec<Finding> {
    let mut findings = apart(findings);
    findings.sort_by(order);
    let sorts = sorts(&findings, settings);
    let clusters = clusters(&findings, &sorts, settings);
    join(findings, &sorts, clusters)
}

/// Every sighting as a finding of its own.
fn apart(mut findings: Vec<Finding>) -> Vec<Finding> {
    let witnesses: Vec<Finding> =
        findings.iter_mut().flat_map(|finding| std::mem::take(&mut finding.witnesses)).collect();
    findings.extend(witnesses);
    findings
}

/// By path and place; then by whatever else tells two findings apart.
fn order(a: &Finding, b: &Finding) -> Ordering {
    fn place(f: &Finding) -> (&str, u32, u32) {
        (&f.location.path, f.location.span.start_line, f.location.span.start_column)
    }
    fn rest(f: &Finding) -> impl Ord {
        let span = f.location.span;
        let sort = (span.end_line, span.end_column, &f.engine, &f.rule);
        let waived = f.waiver.as_ref().map(|waiver| (waiver.source, &waiver.reason));
        (sort, f.fingerprint, f.ordinal, f.severity, f.confidence, waived, &f.message)
    }
    place(a).cmp(&place(b)).then_with(|| rest(a).cmp(&rest(b)))
}

/// What a tool's rule is to the merging.
#[derive(Clone, Copy, Default)]
struct Sort {
    /// Stands for the tool and the rule.
    rule: u32,
    /// Whether the rule is one of Lockgate's own.
    own: bool,
    /// Whether its findings are to stay alone.
    apart: bool,
    /// Stands for the group.
    group: Option<u32>,
    kind: Option<u32>,
}

/// The indices of findings that are one, each list of two or more.
fn clusters(findings: &[Finding], sorts: &[Sort], settings: &MergeSettings) -> Vec<Vec<usize>> {
    let mut clusters = Vec::new();
    let mut members: Vec<(u32, Member)> = Vec::new();
    let mut packages: Vec<usize> = Vec::new();
    let mut end = 0;
    for file in findings.chunk_by(|a, b| a.location.path == b.location.path) {
        let start = end;
        end += file.len();
        for (index, finding) in (start..).zip(file) {
            let sort = sorts[index];
            match (sort.group, &finding.package) {
                _ if sort.apart || settings.keeps_apart(finding) => {}
                (_, Some(_)) => packages.push(index),
                (None, None) => {}
                (Some(group), None) => {
                    let place = Place::of(&finding.location.span);
                    let Sort { rule, kind, .. } = sort;
                    members.push((group, Member { index, rule, kind, place }));
                }
            }
        }
        if packages.len() > 1 {
            clusters.extend(packages::cluster(findings, &packages));
        }
        if members.len() > 1 {
            members.sort_by_key(|(group, _)| *group);
            for of_group in members.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
                let mut of_group: Vec<Member> = of_group.iter().map(|(_, m)| *m).collect();
                clusters.extend(cluster::cluster(&mut of_group));
            }
        }
        packages.clear();
        members.clear();
    }
    clusters
}

/// Looks each distinct rule up once. The table of other tools' rules is read only where another
/// tool has found something.
fn sorts(findings: &[Finding], settings: &MergeSettings) -> Vec<Sort> {
    let mut numbers: HashMap<(&str, &str), u32> = HashMap::new();
    let of_finding: Vec<u32> = findings
        .iter()
        .map(|finding| {
            let next = numbers.len() as u32;
            *numbers.entry((&finding.engine, &finding.rule)).or_insert(next)
        })
        .collect();
    let mut of_rule = vec![Sort::default(); numbers.len()];
    for (&(tool, id), &number) in &numbers {
        let own = rule::own(tool, id).is_some();
        let apart = settings.keeps_rule_apart(tool, id);
        of_rule[number as usize] = Sort { rule: number, own, apart, group: None, kind: None };
    }
    let foreign = of_rule.iter().any(|sort| !sort.own);
    let mut words: HashMap<&str, u32> = HashMap::new();
    let mut number_of = |word: &'static str| {
        let next = words.len() as u32;
        *words.entry(word).or_insert(next)
    };
    for (&(tool, id), &number) in &numbers {
        let (group, kind) = match foreign {
            true => rule::meaning(tool, id).map_or((None, None), |m| (Some(m.group), m.kind)),
            false => (rule::own(tool, id).and_then(|own| own.group), None),
        };
        of_rule[number as usize].group = group.map(&mut number_of);
        of_rule[number as usize].kind = kind.map(&mut number_of);
    }
    of_finding.into_iter().map(|number| of_rule[number as usize]).collect()
}

/// Makes one finding of each cluster.
fn join(mut findings: Vec<Finding>, sorts: &[Sort], clusters: Vec<Vec<usize>>) -> Vec<Finding> {
    let rank = |&index: &usize| {
        let (f, own) = (&findings[index], sorts[index].own);
        let extent = Place::of(&f.location.span).extent();
        (f.waiver.is_none(), f.severity, f.confidence, own, Reverse((extent, index)))
    };
    // For each witness, who speaks for it.
    let mut speakers: Vec<Option<usize>> = vec![None; findings.len()];
    for cluster in clusters {
        let Some(speaker) = cluster.iter().copied().max_by_key(rank) else { continue };
        for index in cluster.into_iter().filter(|index| *index != speaker) {
            speakers[index] = Some(speaker);
        }
    }
    // In place, for there may be a million: the others move up into the gaps.
    let mut is_witness = speakers.iter().map(Option::is_some);
    let witnesses: Vec<Finding> =
        findings.extract_if(.., |_| is_witness.next() == Some(true)).collect();
    let mut places = Vec::with_capacity(speakers.len());
    let mut speaking = 0;
    for speaker in &speakers {
        places.push(speaking);
        speaking += usize::from(speaker.is_none());
    }
    for (speaker, witness) in speakers.into_iter().flatten().zip(witnesses) {
        findings[places[speaker]].witnesses.push(witness);
    }
    findings
}

#[cfg(test)]
mod tests;

//! Which findings about packages are one: the same package of the same manifest, and advisories
//! that go by a common id.

use crate::finding::Finding;
use std::collections::HashMap;

/// Sorts findings about packages of one path, given by their indices, into clusters.
///
/// The one with the fewest ids comes first, and the others join what they share an id with: so a
/// report that lists two advisories in one does not make one of what two others say.
pub fn cluster(findings: &[Finding], indices: &[usize]) -> Vec<Vec<usize>> {
    let mut of_package: HashMap<(String, String), Vec<Member>> = HashMap::new();
    for &index in indices {
        if let Some(member) = Member::of(&findings[index], index) {
            of_package.entry(member.0).or_default().push(member.1);
        }
    }
    of_package.into_values().flat_map(of_one_package).collect()
}

struct Member<'a> {
    index: usize,
    tool_and_rule: (&'a str, &'a str),
    version: &'a str,
    ids: Vec<String>,
}

impl<'a> Member<'a> {
    fn of(finding: &'a Finding, index: usize) -> Option<((String, String), Member<'a>)> {
        let package = finding.package.as_deref()?;
        let rule = std::iter::once(&*finding.rule);
        let mut ids: Vec<String> = package
            .advisories
            .iter()
            .map(AsRef::as_ref)
            .chain(rule)
            .map(str::to_ascii_uppercase)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let tool_and_rule = (&*finding.engine, &*finding.rule);
        let ecosystem = package.ecosystem.to_ascii_lowercase();
        let name = name(&ecosystem, &package.name);
        Some(((ecosystem, name), Member { index, tool_and_rule, version: &package.version, ids }))
    }
}

/// The name as its index compares it: PyPI takes `_`, `.` and `-` for one, in either case.
fn name(ecosystem: &str, name: &str) -> String {
    match ecosystem {
        "pypi" => {
            let words = name.split(['-', '_', '.']).filter(|word| !word.is_empty());
            words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
        }
        _ => name.to_owned(),
    }
}

fn of_one_package(mut members: Vec<Member>) -> Vec<Vec<usize>> {
    members.sort_by_key(|member| (member.ids.len(), member.index));
    let mut clusters: Vec<Vec<&Member>> = Vec::new();
    // By id, the clusters whose first member goes by it.
    let mut known: HashMap<&str, Vec<usize>> = HashMap::new();
    for member in &members {
        let with_id = member.ids.iter().filter_map(|id| known.get(id.as_str())).flatten();
        let fits = |&&cluster: &&usize| {
            clusters[cluster].iter().all(|other| other.tool_and_rule != member.tool_and_rule)
        };
        let other_version =
            |&&cluster: &&usize| (clusters[cluster][0].version != member.version, cluster);
        match with_id.filter(fits).min_by_key(other_version).copied() {
            Some(cluster) => clusters[cluster].push(member),
            None => {
                for id in &member.ids {
                    known.entry(id).or_default().push(clusters.len());
                }
                clusters.push(vec![member]);
            }
        }
    }
    let of_many = clusters.iter().filter(|cluster| cluster.len() > 1);
    of_many.map(|cluster| cluster.iter().map(|member| member.index).collect()).collect()
}

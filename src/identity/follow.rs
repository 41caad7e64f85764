//! Follows findings to where they are now: to another path, or to another name of what is around
//! them. Only what leaves no choice is followed; what is ambiguous is new.

use super::fingerprint;
use crate::finding::{Anchor, Finding, Fingerprint};
use crate::target::Sketch;
use std::collections::HashMap;
use std::sync::Arc;

/// What one side of a comparison knows of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    pub rule: Box<str>,
    /// Relative to the repository root, `/`-separated.
    pub path: Arc<str>,
    pub anchor: Anchor,
    pub ordinal: u32,
    pub fingerprint: Fingerprint,
}

impl From<&Finding> for Trace {
    fn from(finding: &Finding) -> Trace {
        Trace {
            rule: (*finding.rule).into(),
            path: finding.location.path.clone(),
            anchor: finding.anchor.clone(),
            ordinal: finding.ordinal,
            fingerprint: finding.fingerprint,
        }
    }
}

/// What is no longer seen where it was.
#[derive(Debug, Clone, Default)]
pub struct Trail {
    pub traces: Vec<Trace>,
    /// Of the files that had findings then: those of the traces at least. A path that has one
    /// did not come.
    pub sketches: HashMap<Arc<str>, Sketch>,
}

/// Follows what went to what came and sets `also` of each that is the same: the fingerprint that
/// it had. `come` holds what was not seen before, `sketches` those of the files that it is in,
/// and `exists` says whether a path is still there. Neither order matters.
pub fn follow(
    gone: &Trail,
    come: &mut [&mut Finding],
    sketches: &HashMap<Arc<str>, Sketch>,
    exists: &dyn Fn(&str) -> bool,
) {
    let moved = super::rename::renames(gone, come, sketches, exists);
    let mut left: HashMap<Fingerprint, &Trace> =
        gone.traces.iter().map(|trace| (trace.fingerprint, trace)).collect();
    let mut rest = Vec::new();
    for finding in come.iter_mut().map(|finding| &mut **finding) {
        let was = moved.get(&finding.location.path);
        let old =
            was.map(|path| fingerprint(&finding.rule, path, &finding.anchor, finding.ordinal));
        match old.filter(|old| left.remove(old).is_some()) {
            Some(old) => add(finding, old),
            None => rest.push(finding),
        }
    }
    rescoped(left.into_values(), rest, &moved);
}

/// Follows what has the same text in the same file, where another function or class is around it
/// now. All that went with a text from one scope must have come into one scope.
fn rescoped<'a>(
    left: impl Iterator<Item = &'a Trace>,
    come: Vec<&mut Finding>,
    moved: &HashMap<Arc<str>, Arc<str>>,
) {
    let mut groups: HashMap<Key, Group> = HashMap::new();
    for trace in left {
        if let Anchor::Code { text, .. } = trace.anchor {
            let key = (trace.rule.to_string(), trace.path.clone(), text);
            groups.entry(key).or_default().went.push(trace);
        }
    }
    for finding in come {
        if let Anchor::Code { text, .. } = finding.anchor {
            let path = &finding.location.path;
            let key = (finding.rule.to_string(), moved.get(path).unwrap_or(path).clone(), text);
            if let Some(group) = groups.get_mut(&key) {
                group.came.push(finding);
            }
        }
    }
    for Group { mut went, mut came } in groups.into_values() {
        went.sort_by_key(|trace| trace.ordinal);
        came.sort_by_key(|finding| finding.ordinal);
        let equal = went.iter().map(|t| t.ordinal).eq(came.iter().map(|f| f.ordinal));
        let one_scope = went.iter().all(|trace| trace.anchor == went[0].anchor)
            && came.iter().all(|finding| finding.anchor == came[0].anchor);
        if equal && one_scope {
            came.into_iter().zip(went).for_each(|(finding, trace)| add(finding, trace.fingerprint));
        }
    }
}

/// Rule, former path and flagged text.
type Key = (String, Arc<str>, [u8; 8]);

#[derive(Default)]
struct Group<'a, 'f> {
    went: Vec<&'a Trace>,
    came: Vec<&'f mut Finding>,
}

fn add(finding: &mut Finding, old: Fingerprint) {
    if finding.fingerprint != old && !finding.also.contains(&old) {
        finding.also.push(old);
    }
}

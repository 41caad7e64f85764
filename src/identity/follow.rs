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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    let mut left = Left {
        went: gone.traces.iter().map(|trace| (trace.fingerprint, trace)).collect(),
        come: come.iter_mut().map(|finding| &mut **finding).collect(),
        moved,
    };
    left.elsewhere();
    left.rescoped(8);
    left.rescoped(4);
}

/// What is still to be followed.
struct Left<'a, 'f> {
    went: HashMap<Fingerprint, &'a Trace>,
    come: Vec<&'f mut Finding>,
    /// The former path of each path that came.
    moved: HashMap<Arc<str>, Arc<str>>,
}

/// Rule, former path, and what of the flagged text and the name around it must be equal.
type Key = (Box<str>, Arc<str>, Box<[u8]>);

#[derive(Default)]
struct Group<'a, 'f> {
    went: Vec<&'a Trace>,
    came: Vec<&'f mut Finding>,
}

impl<'f> Left<'_, 'f> {
    /// Follows what is the same in a renamed file.
    fn elsewhere(&mut self) {
        let follow = |finding: &mut &mut Finding| {
            let Some(path) = self.moved.get(&finding.location.path) else { return true };
            let old = fingerprint(&finding.rule, path, &finding.anchor, finding.ordinal);
            let went = self.went.remove(&old);
            went.inspect(|trace| add(finding, trace)).is_none()
        };
        self.come.retain_mut(follow);
    }

    /// Follows what has the same text in the same file, where another function or class is around
    /// it now, by so many bytes of what tells: with the innermost name (8) or the text alone (4).
    /// All that went with a text from one scope must have come into one scope.
    fn rescoped(&mut self, bytes: usize) {
        let mut groups: HashMap<Key, Group> = HashMap::new();
        for trace in self.went.values() {
            if let Anchor::Code { text, .. } = &trace.anchor {
                let key = (trace.rule.clone(), trace.path.clone(), text[..bytes].into());
                groups.entry(key).or_default().went.push(trace);
            }
        }
        for finding in std::mem::take(&mut self.come) {
            let path = &finding.location.path;
            let path = self.moved.get(path).unwrap_or(path).clone();
            let group = match &finding.anchor {
                Anchor::Code { text, .. } => {
                    groups.get_mut(&(Box::from(&*finding.rule), path, text[..bytes].into()))
                }
                _ => None,
            };
            match group {
                Some(group) => group.came.push(finding),
                None => self.come.push(finding),
            }
        }
        for mut group in groups.into_values() {
            if group.clear() {
                for (finding, trace) in group.came.into_iter().zip(group.went) {
                    add(finding, trace);
                    self.went.remove(&trace.fingerprint);
                }
            } else {
                self.come.append(&mut group.came);
            }
        }
    }
}

impl Group<'_, '_> {
    /// Whether one scope went and one came, with equally many findings in each. Sorts both.
    fn clear(&mut self) -> bool {
        self.went.sort_by_key(|trace| trace.ordinal);
        self.came.sort_by_key(|finding| finding.ordinal);
        let equal = self.went.iter().map(|t| t.ordinal).eq(self.came.iter().map(|f| f.ordinal));
        equal
            && self.went.iter().all(|trace| trace.anchor == self.went[0].anchor)
            && self.came.iter().all(|finding| finding.anchor == self.came[0].anchor)
    }
}

fn add(finding: &mut Finding, trace: &Trace) {
    let old = trace.fingerprint;
    if finding.fingerprint != old && !finding.also.contains(&old) {
        finding.also.push(old);
    }
}

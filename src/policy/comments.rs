//! Which waivers by a comment in the source do not count.

use super::{Comments, Facts};
use crate::finding::{Finding, Waiver, WaiverSource};
use crate::policy::rule::glob;
use std::collections::HashMap;

/// Why a waiver does not count, by the index of its finding.
pub type Void = HashMap<usize, String>;

/// The waivers that `[gate.comments]` does not let count.
pub fn void(findings: &[Finding], facts: &[Facts], comments: &Comments) -> Void {
    let mut void = Void::new();
    if comments.is_empty() {
        return void;
    }
    let new = |index: usize| facts.get(index).is_none_or(|facts| facts.new);
    let mut counting = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        let Some(waiver) = finding.waiver.as_deref().filter(|w| is_comment(w)) else { continue };
        let why = match forbids(comments, finding) {
            Some(engines) => format!("forbid = {engines}"),
            None if comments.count_new == Some(false) && new(index) => "count_new = false".into(),
            None => {
                counting.push(index);
                continue;
            }
        };
        void.insert(index, reason(&waiver.reason, &why));
    }
    if let Some(max) = comments.max {
        // Those that were there before come first: a new comment takes no other's place.
        counting.sort_by_key(|&index| new(index));
        for &index in counting.iter().skip(usize::try_from(max).unwrap_or(usize::MAX)) {
            let waiver = findings[index].waiver.as_ref().map_or("", |waiver| &waiver.reason);
            void.insert(index, reason(waiver, &format!("max = {max}")));
        }
    }
    void
}

fn is_comment(waiver: &Waiver) -> bool {
    waiver.source == WaiverSource::Comment
}

fn reason(comment: &str, why: &str) -> String {
    format!("the comment `{}` does not count: [gate.comments] {why}", comment.trim())
}

/// The globs, where one of them is that of an engine or tool that saw the finding. A glob that is
/// none forbids all.
fn forbids(comments: &Comments, finding: &Finding) -> Option<String> {
    let globs = comments.forbid.as_ref()?;
    let forbidden = globs.iter().any(|text| match glob(text, true) {
        Ok(glob) => {
            let matcher = glob.compile_matcher();
            finding.sightings().any(|seen| matcher.is_match(&*seen.engine))
        }
        Err(_) => true,
    });
    forbidden.then(|| super::resolved::written(globs))
}

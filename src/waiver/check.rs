//! Comments that waive nothing, any more or at all.

use super::Kind;
use crate::engine::{Remark, remarks};
use crate::finding::{Finding, Waiver, WaiverSource};
use crate::target::{self, Reading, Target};
use jiff::civil::Date;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;

/// Files about comments, not with comments.
const PROSE: [&str; 5] = [".md", ".rst", ".txt", ".adoc", ".html"];
/// A comment may be so many lines above the finding.
const REACH: u32 = 17;

/// A comment without effect.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Idle {
    /// Expired or unused.
    pub kind: Kind,
    pub path: Arc<str>,
    pub line: u32,
    pub comment: String,
}

/// The comments without effect in what was walked, given what was found there. `# nosec`, which
/// only a parser tells from a text about it, is not among them.
pub fn idle(
    targets: &[Target],
    settings: &target::Settings,
    findings: &[Finding],
    today: Date,
) -> Vec<Idle> {
    let mut waived: HashMap<&str, Vec<(&Finding, &Waiver)>> = HashMap::new();
    for sighting in findings.iter().flat_map(Finding::sightings) {
        let by_comment = sighting.waiver.as_ref().filter(|w| w.source == WaiverSource::Comment);
        if let Some(waiver) = by_comment {
            waived.entry(&sighting.location.path).or_default().push((sighting, waiver));
        }
    }
    let of_file = |target: &Target| -> Vec<Idle> {
        let Reading::Source(file) = target::read(target, settings) else { return Vec::new() };
        let here = waived.get(&*target.path).map_or(&[][..], Vec::as_slice);
        let works = |remark: &Remark| {
            here.iter().any(|(finding, waiver)| {
                let span = finding.location.span;
                let near = (remark.line..=remark.line + REACH).contains(&span.start_line);
                (near || span.end_line == remark.line) && *waiver.reason == *remark.text
            })
        };
        let idle = remarks(&file).into_iter().filter_map(|remark| {
            let kind = match remark.until {
                Some(until) if until < today => Kind::Expired,
                _ if works(&remark) => return None,
                _ => Kind::Unused,
            };
            let path = target.path.clone();
            Some(Idle { kind, path, line: remark.line, comment: remark.text })
        });
        idle.collect()
    };
    let is_prose = |target: &&Target| PROSE.iter().any(|ending| target.path.ends_with(ending));
    targets.par_iter().filter(|target| !is_prose(target)).flat_map_iter(of_file).collect()
}

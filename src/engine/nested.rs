//! What was seen in the sources that a file holds, put together with what was seen in the file.
//!
//! Every place is known twice, in the source and in the file. A secret that was seen in either is
//! masked in both. What lies in a source is shown, and known by, the text of the source; where it
//! is, is said of the file.

use super::frame::{MASK, Saw, View, in_order, merged};
use super::{Hit, Seen};
use crate::finding::{Evidence, Finding, LineHash};
use crate::target::{Embedded, SourceFile, Spans};
use std::ops::Range;

/// A source of a file, and what is to be said of it.
pub struct Nested {
    embedded: Embedded,
    masks: Vec<Range<usize>>,
    /// Sorted by place.
    pub hits: Vec<Hit>,
}

/// Takes into the masks of the file those of its sources and gives each source its part of all of
/// them, and of the file's hits those that lie in it. `masks` and `hits` are sorted and stay so.
pub fn nest(
    inner: Vec<(Embedded, Vec<Seen>)>,
    masks: &mut Vec<Range<usize>>,
    hits: &mut Vec<Hit>,
) -> Vec<Nested> {
    if inner.is_empty() {
        return Vec::new();
    }
    let mut nested: Vec<Nested> = inner.into_iter().map(Nested::of).collect();
    nested.sort_by_key(|nested| nested.embedded.extent().start);
    let outward = |nested: &Nested| {
        nested.masks.iter().map(|mask| nested.embedded.outward(mask)).collect::<Vec<_>>()
    };
    let all = nested.iter().flat_map(outward).chain(masks.drain(..));
    *masks = merged(all.collect());
    for nested in &mut nested {
        nested.take_masks(masks);
        nested.drop_seen_before(hits);
    }
    let mut outside = Vec::with_capacity(hits.len());
    for hit in hits.drain(..) {
        let after = nested.partition_point(|n| n.embedded.extent().start <= hit.range.start);
        // Those of one notebook stand between each other's cells.
        let mut around = nested[..after].iter_mut().rev().take(NEAR);
        let left = around.try_fold(hit, |hit, around| around.take_in(hit));
        outside.extend(left);
    }
    *hits = outside;
    nested.iter_mut().for_each(|nested| nested.hits.sort_by(in_order));
    nested
}

impl Nested {
    fn of((embedded, seen): (Embedded, Vec<Seen>)) -> Nested {
        let Saw { masks, hits } = Saw::of(seen);
        Nested { embedded, masks, hits }
    }

    /// Its part of the masks of the file.
    fn take_masks(&mut self, of_file: &[Range<usize>]) {
        let extent = self.embedded.extent();
        let first = of_file.partition_point(|mask| mask.end <= extent.start);
        let touching = of_file[first..].iter().take_while(|mask| mask.start < extent.end);
        self.masks.extend(touching.filter_map(|mask| self.embedded.inward(mask)));
        self.masks = merged(std::mem::take(&mut self.masks));
    }

    /// An engine that looks at the file too has seen most of it there.
    fn drop_seen_before(&mut self, of_file: &[Hit]) {
        let embedded = &self.embedded;
        self.hits.retain(|hit| {
            let range = embedded.outward(&hit.range);
            let before = of_file.partition_point(|other| other.range.start < range.end);
            !of_file[..before]
                .iter()
                .rev()
                .take(NEAR)
                .any(|other| other.engine == hit.engine && other.range.end > range.start)
        });
    }

    /// Takes a hit of the file where it lies in the source, else gives it back.
    fn take_in(&mut self, hit: Hit) -> Option<Hit> {
        let Some(range) = self.embedded.within(&hit.range) else { return Some(hit) };
        let matched = self.embedded.within(&hit.matched).unwrap_or_else(|| range.clone());
        self.hits.push(Hit { range, matched, ..hit });
        None
    }

    /// Its findings, at their places in the file. `hashes` are those of the file's lines, or none.
    pub fn findings(self, file: &SourceFile, hashes: &[LineHash]) -> Vec<Finding> {
        let Nested { embedded, masks, mut hits } = self;
        hits.iter_mut().for_each(|hit| speak_of_file(hit, &embedded, file));
        let ranges: Vec<Range<usize>> = hits.iter().map(|hit| hit.range.clone()).collect();
        let mut findings = View::new(&embedded.source, masks, MASK).findings(hits, &[]);
        let mut spans = Spans::new(file.lines(), file.bytes());
        for (finding, range) in findings.iter_mut().zip(ranges) {
            let location = &mut finding.location;
            location.cell = embedded.cell(range.start, location.span.start_column);
            location.span = spans.next(&embedded.outward(&range));
            finding.snippet.first_line = location.shown_line();
            finding.line_hash = hashes.get(location.span.start_line as usize - 1).copied();
        }
        findings
    }
}

/// A line that the hit speaks of is one of the file. What would be changed is the text of the
/// source, which the file may hold in another form: so nothing is offered.
fn speak_of_file(hit: &mut Hit, embedded: &Embedded, file: &SourceFile) {
    hit.fix = None;
    if let Some(Evidence::Outside { line, .. }) = &mut hit.evidence {
        let start = embedded.source.lines().start(*line, embedded.source.bytes());
        *line = file.lines().line(embedded.outward(&(start..start)).start);
    }
}

/// Hits of a file hardly overlap each other, so the nearest few tell.
const NEAR: usize = 8;

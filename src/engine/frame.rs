//! From hits to findings: lines and columns, the masked snippet, the anchor.

use super::nested::nest;
use super::{
    Engine, Hit, HitAnchor, HitFix, HitWaiver, Seen, comment, evidence, line_hashes, secrets,
};
use crate::finding::{
    Anchor, Edit, Finding, Fingerprint, Fix, LineHash, Location, Package, Snippet, Span, Waiver,
};
use crate::target::{Embedded, Sketch, SourceFile, Spans};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

/// Lines of a flagged range that are shown; more than that says nothing more.
const SHOWN_LINES: u32 = 5;
/// Bytes of a line that are shown; the rest is cut around the flagged part.
const SHOWN_BYTES: usize = 200;
/// Bytes of the flagged text that its identity is taken from: calls within calls, each with all
/// that is inside it, would cost the square of their number.
const MATCHED_BYTES: usize = 4 << 10;
/// Bytes of a file that its sketch is taken from.
const SKETCHED_BYTES: usize = 4 << 20;
/// Bytes of a secret that is not part of another word by accident.
const LONG: usize = 6;
/// What stands for a secret. Of one length, so that it does not tell the secret's.
pub const MASK: &str = "********";

/// Builds the findings of one file, sorted by place, and the sketch of a file that has any.
/// `inner` is what was seen in the sources that the file holds. Fingerprints are still to be
/// assigned.
pub fn frame(
    file: &SourceFile,
    seen: Vec<Seen>,
    inner: Vec<(Embedded, Vec<Seen>)>,
    with_line_hashes: bool,
) -> (Vec<Finding>, Option<Sketch>) {
    let Saw { mut masks, mut hits } = Saw::of(seen);
    let nested = nest(inner, &mut masks, &mut hits);
    if hits.is_empty() && nested.iter().all(|nested| nested.hits.is_empty()) {
        return (Vec::new(), None);
    }
    let hashes = if with_line_hashes { line_hashes(file.bytes()) } else { Vec::new() };
    let view = View { file, masks, mask: MASK };
    let mut findings = view.findings(hits, &hashes);
    if !nested.is_empty() {
        let inner = nested.into_iter().flat_map(|nested| nested.findings(file, &hashes));
        findings.extend(inner);
        findings.sort_by(|a, b| (a.location.span, &a.rule).cmp(&(b.location.span, &b.rule)));
    }
    (findings, Some(view.sketch()))
}

/// What all engines saw in one text.
pub(super) struct Saw {
    /// Sorted, none in another.
    pub masks: Vec<Range<usize>>,
    /// Sorted by place.
    pub hits: Vec<Hit>,
}

impl Saw {
    pub fn of(seen: Vec<Seen>) -> Saw {
        let masks = merged(seen.iter().flat_map(|s| s.masks.iter().cloned()).collect());
        let mut hits: Vec<Hit> = seen.into_iter().flat_map(|s| s.hits).collect();
        hits.sort_by(in_order);
        Saw { masks, hits }
    }
}

/// The id that an advisory goes by.
fn preferred(package: &Package) -> &str {
    package.advisories.first().map_or("", |id| id)
}

/// The order of the findings of a text.
pub(super) fn in_order(a: &Hit, b: &Hit) -> Ordering {
    (a.range.start, a.range.end, a.rule.id).cmp(&(b.range.start, b.range.end, b.rule.id))
}

/// The lines of a file, with their ends at `\n`, in which every secret that one of the engines
/// knows is masked.
pub fn masked_lines(file: &SourceFile, engines: &[&'static dyn Engine]) -> Vec<String> {
    let wanted = engines.iter().filter(|engine| engine.wants(file));
    let mut masks: Vec<Range<usize>> = wanted.flat_map(|e| e.scan(file).masks).collect();
    masks.extend(secrets::masks(file));
    let view = View::new(file, masks, MASK);
    let mut at = 0;
    let line = |line: &str| {
        let text = line.trim_end_matches(['\r', '\n']);
        let shown = view.show(at..at + text.len());
        at += line.len();
        shown + &line[text.len()..]
    };
    file.text().split_inclusive('\n').map(line).collect()
}

/// A text that quotes from outside, with every secret in it masked: a message, a comment, a name.
pub fn masked(text: &str) -> String {
    masked_as(text, MASK)
}

/// The same with a mask of one's own.
pub fn masked_as(text: &str, mask: &'static str) -> String {
    let file = SourceFile::new("".into(), text.as_bytes().to_vec());
    match merged(secrets::masks(&file)) {
        none if none.is_empty() => text.to_owned(),
        masks => View { file: &file, masks, mask }.show(0..file.bytes().len()),
    }
}

/// Sorts ranges and joins those that overlap.
pub(super) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// A file as it may be shown.
pub struct View<'a> {
    file: &'a SourceFile,
    /// Sorted, none in another.
    masks: Vec<Range<usize>>,
    /// What stands for a secret.
    mask: &'static str,
}

impl<'a> View<'a> {
    /// The file with `mask` for each of the ranges that hold a secret.
    pub fn new(file: &'a SourceFile, secret: Vec<Range<usize>>, mask: &'static str) -> View<'a> {
        View { file, masks: merged(secret), mask }
    }

    /// A finding for each hit, in the order of the hits, which are sorted. `hashes` are those of
    /// the lines, or none.
    pub(super) fn findings(&self, hits: Vec<Hit>, hashes: &[LineHash]) -> Vec<Finding> {
        let file = self.file;
        let mut spans = Spans::new(file.lines(), file.bytes());
        let mut fixes = Vec::new();
        let mut findings: Vec<Finding> = hits
            .into_iter()
            .enumerate()
            .map(|(index, mut hit)| {
                let span = spans.next(&hit.range);
                fixes.extend(hit.fix.take().map(|fix| (index, fix)));
                let weighed = evidence::weigh(&mut hit);
                Finding {
                    rule: match &hit.anchor {
                        HitAnchor::Package(package) => Cow::Owned(preferred(package).to_owned()),
                        _ => Cow::Borrowed(hit.rule.id),
                    },
                    engine: Cow::Borrowed(hit.engine),
                    severity: hit.severity,
                    confidence: weighed,
                    told: (weighed != hit.confidence).then_some(hit.confidence),
                    snippet: self.snippet(&hit.range, span),
                    anchor: self.anchor(&hit),
                    package: match hit.anchor {
                        HitAnchor::Package(package) => Some(package),
                        _ => None,
                    },
                    location: Location::new(file.path.clone(), span),
                    message: hit.message,
                    ordinal: 0,
                    fingerprint: Fingerprint::default(),
                    also: Vec::new(),
                    live: None,
                    line_hash: hashes.get(span.start_line as usize - 1).copied(),
                    waiver: hit.waiver.map(|HitWaiver { text, until }| {
                        Box::new(Waiver { until, ..*Waiver::comment(masked(&text)) })
                    }),
                    evidence: hit.evidence.map(Box::new),
                    fix: None,
                    introduced: None,
                    witnesses: Vec::new(),
                }
            })
            .collect();
        self.place_fixes(fixes, &mut findings);
        comment::waive(file, &mut findings, |range| self.show(range));
        findings
    }

    /// The text of a range with every secret in it masked.
    pub fn show(&self, range: Range<usize>) -> String {
        let bytes = self.file.bytes();
        let mut shown = String::with_capacity(range.len());
        let mut at = range.start;
        let first = self.masks.partition_point(|mask| mask.end <= range.start);
        for mask in self.masks[first..].iter().take_while(|mask| mask.start < range.end) {
            shown += &String::from_utf8_lossy(&bytes[at..mask.start.max(at)]);
            shown += self.mask;
            at = mask.end.min(range.end);
        }
        shown + &String::from_utf8_lossy(&bytes[at..range.end])
    }

    /// What the file looks like, without its secrets.
    fn sketch(&self) -> Sketch {
        let (lines, bytes) = (self.file.lines(), self.file.bytes());
        let mut masks = self.masks.iter().peekable();
        let ranges = (1..=lines.count())
            .map(|number| lines.range(number, bytes))
            .take_while(|line| line.end <= SKETCHED_BYTES);
        Sketch::new(ranges.map(|line| {
            while masks.next_if(|mask| mask.end <= line.start).is_some() {}
            match masks.peek().is_some_and(|mask| mask.start < line.end) {
                true => Cow::Owned(self.show(line).into_bytes()),
                false => Cow::Borrowed(&bytes[line]),
            }
        }))
    }

    fn snippet(&self, range: &Range<usize>, span: Span) -> Snippet {
        let (lines, bytes) = (self.file.lines(), self.file.bytes());
        let last = span.end_line.min(span.start_line + SHOWN_LINES - 1);
        let mut text = String::new();
        let mut underline = (0, 0);
        for number in span.start_line..=last {
            let line = lines.range(number, bytes);
            let flagged =
                range.start.clamp(line.start, line.end)..range.end.clamp(line.start, line.end);
            let part = cut(bytes, &line, &flagged);
            if number > span.start_line {
                text.push('\n');
            }
            let lead = if part.start > line.start { "…" } else { "" };
            if number == span.start_line {
                let before = lead.chars().count()
                    + self.show(part.start..flagged.start.max(part.start)).chars().count();
                let within = self
                    .show(flagged.start.max(part.start)..flagged.end.min(part.end))
                    .chars()
                    .count();
                underline = (before as u32, (before + within) as u32);
            }
            text += lead;
            text += &self.show(part.clone());
            if part.end < line.end {
                text.push('…');
            }
        }
        Snippet { first_line: span.start_line, text: text.into(), underline }
    }

    /// Gives findings, by their indices, the fixes that tell no secret.
    fn place_fixes(&self, fixes: Vec<(usize, HitFix)>, findings: &mut [Finding]) {
        let mut edits: Vec<(usize, Edit)> = Vec::new();
        for (index, fix) in fixes {
            if fix.edits.iter().any(|(_, text)| self.holds_secret(text)) {
                continue;
            }
            let nowhere = Span { start_line: 1, start_column: 1, end_line: 1, end_column: 1 };
            let placed =
                fix.edits.into_iter().map(|(range, text)| Edit { range, span: nowhere, text });
            edits.extend(placed.map(|edit| (index, edit)));
            let HitFix { description, safe, .. } = fix;
            findings[index].fix = Some(Box::new(Fix { description, safe, edits: Vec::new() }));
        }
        edits.sort_by_key(|(_, edit)| (edit.range.start, edit.range.end));
        let mut spans = Spans::new(self.file.lines(), self.file.bytes());
        for (index, mut edit) in edits {
            edit.span = spans.next(&edit.range);
            if let Some(fix) = &mut findings[index].fix {
                fix.edits.push(edit);
            }
        }
    }

    /// Whether a text that is about to be shown has a secret of the file in it. A short one is
    /// looked for as a word of its own: one letter would be everywhere.
    fn holds_secret(&self, text: &str) -> bool {
        let (text, bytes) = (text.as_bytes(), self.file.bytes());
        self.masks.iter().filter(|mask| !mask.is_empty() && mask.len() <= text.len()).any(|mask| {
            let secret = &bytes[mask.clone()];
            let part_of_word =
                |at: usize| text.get(at).is_some_and(|byte| is_word(char::from(*byte)));
            memchr::memmem::find_iter(text, secret).any(|at| {
                let inside = at > 0 && part_of_word(at - 1) || part_of_word(at + secret.len());
                secret.len() >= LONG || !inside
            })
        })
    }

    fn anchor(&self, hit: &Hit) -> Anchor {
        match &hit.anchor {
            HitAnchor::Secret(digest) => Anchor::Secret(*digest),
            HitAnchor::Resource { address, attribute } => {
                Anchor::Resource { address: address.clone(), attribute: attribute.clone() }
            }
            HitAnchor::Package(package) => Anchor::Package {
                ecosystem: package.ecosystem.clone(),
                name: package.name.clone(),
                advisory: preferred(package).into(),
            },
            HitAnchor::Code { scope } => {
                let end = hit.matched.end.min(hit.matched.start + MATCHED_BYTES);
                let flagged = normalised(&self.show(hit.matched.start..end));
                let mut hasher = blake3::Hasher::new();
                hasher.update(scope.as_bytes()).update(b"\0").update(flagged.as_bytes());
                let (mut digest, mut text) = ([0; 16], [0; 8]);
                digest.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
                let name = scope.rsplit('.').next().unwrap_or_default();
                text[..4].copy_from_slice(&blake3::hash(flagged.as_bytes()).as_bytes()[..4]);
                text[4..].copy_from_slice(&blake3::hash(name.as_bytes()).as_bytes()[..4]);
                Anchor::Code { digest, text }
            }
        }
    }
}

/// The part of a long line that is shown: the flagged part and some before it.
fn cut(bytes: &[u8], line: &Range<usize>, flagged: &Range<usize>) -> Range<usize> {
    if line.len() <= SHOWN_BYTES {
        return line.clone();
    }
    let boundary = |mut at: usize| {
        while at > line.start && at < line.end && bytes[at] & 0xC0 == 0x80 {
            at -= 1;
        }
        at
    };
    let start = boundary(flagged.start.saturating_sub(SHOWN_BYTES / 4).max(line.start));
    start..boundary((start + SHOWN_BYTES).min(line.end))
}

/// White space between two words becomes one blank, any other goes: what a formatter or another
/// indentation changes is no change.
fn normalised(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.chars() {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if blank && is_word(c) && normal.chars().next_back().is_some_and(is_word) {
            normal.push(' ');
        }
        blank = false;
        normal.push(c);
    }
    normal
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatting_is_no_change_but_words_are() {
        assert_eq!(normalised("call( a,\n    b )"), normalised("call(a, b)"));
        assert_ne!(normalised("not a"), normalised("nota"));
        assert_ne!(normalised("call(a)"), normalised("call(b)"));
    }

    #[test]
    fn overlapping_masks_are_one() {
        assert_eq!(merged(vec![4..9, 0..2, 1..3]), [0..3, 4..9]);
    }
}

//! What was found in one file as bytes: numbers as varints, rules and engines as places in the
//! catalogue, the file's path and the rule's title not at all.

use super::Entry;
use crate::finding::{
    Anchor, Confidence, Finding, Fingerprint, LineHash, Location, Severity, Snippet, Span, Waiver,
};
use crate::rule::{Catalogue, Rule};
use crate::target::Sketch;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

// The first byte of a finding: severity in bits 0-2, confidence in bits 3-4, and these.
const OTHER_PATH: u8 = 1 << 5;
const OTHER_MESSAGE: u8 = 1 << 6;
const OTHER_ENGINE: u8 = 1 << 7;
// The second byte.
const CODE: u8 = 1 << 0;
const LINE_HASH: u8 = 1 << 1;
const WAIVER: u8 = 1 << 2;
const WITNESSES: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;
const ALSO: u8 = 1 << 5;
const PACKAGE: u8 = 1 << 6;
/// What the check alone says, evidence, a fix, the cell of a notebook.
const MORE: u8 = 1 << 7;

const SEVERITIES: [Severity; 6] = [
    Severity::Unknown,
    Severity::Info,
    Severity::Low,
    Severity::Medium,
    Severity::High,
    Severity::Critical,
];
const CONFIDENCES: [Confidence; 3] = [Confidence::Low, Confidence::Medium, Confidence::High];

static NAMES: LazyLock<Names> = LazyLock::new(Names::new);

/// Where rules and engines stand in the catalogue.
struct Names {
    rules: &'static [Rule],
    by_id: HashMap<&'static str, usize>,
    engines: Vec<&'static str>,
}

impl Names {
    fn new() -> Names {
        let rules = Catalogue::get().rules();
        let by_id = rules.iter().enumerate().map(|(at, rule)| (rule.id, at)).collect();
        let mut engines: Vec<&str> = rules.iter().map(|rule| rule.engine).collect();
        engines.sort_unstable();
        engines.dedup();
        Names { rules, by_id, engines }
    }

    fn rule(&self, id: &str) -> Option<(usize, &'static Rule)> {
        let at = *self.by_id.get(id)?;
        Some((at, &self.rules[at]))
    }
}

/// The bytes of an entry; `path` is that of the file.
pub(super) fn encode(entry: &Entry, path: &str) -> Vec<u8> {
    let mut out = Out(Vec::with_capacity(16 + 160 * entry.findings.len()));
    out.number(entry.engines.len() as u64);
    entry.engines.iter().for_each(|engine| out.engine(engine));
    out.number(entry.findings.len() as u64);
    entry.findings.iter().for_each(|finding| out.finding(finding, path));
    if !entry.findings.is_empty() {
        out.sketch(entry.sketch.as_ref());
    }
    if !entry.notifications.is_empty() {
        out.any(&entry.notifications);
    }
    out.0
}

/// The entry again; none when the bytes are not an entry's.
pub(super) fn decode(bytes: &[u8], path: &Arc<str>) -> Option<Entry> {
    let mut input = In(bytes);
    let engines = input.list(In::engine)?;
    let findings = input.list(|input| input.finding(path))?;
    let sketch = if findings.is_empty() { None } else { input.sketch()? };
    let notifications = if input.0.is_empty() { Vec::new() } else { input.any()? };
    input.0.is_empty().then_some(Entry { engines, findings, sketch, notifications })
}

struct Out(Vec<u8>);

impl Out {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn small(&mut self, number: u32) {
        self.number(u64::from(number));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// What is rare, as `postcard` has it.
    fn any(&mut self, value: &impl Serialize) {
        // Plain data in memory: there is nothing that could fail.
        self.bytes(&postcard::to_stdvec(value).unwrap_or_default());
    }

    /// A place in the catalogue plus one, or 0 and the name.
    fn name(&mut self, at: Option<usize>, name: &str) {
        self.number(at.map_or(0, |at| at as u64 + 1));
        if at.is_none() {
            self.text(name);
        }
    }

    fn engine(&mut self, engine: &str) {
        self.name(NAMES.engines.iter().position(|known| *known == engine), engine);
    }

    /// How many hashes, plus one, and the hashes; 0 without a sketch.
    fn sketch(&mut self, sketch: Option<&Sketch>) {
        self.number(sketch.map_or(0, |sketch| sketch.0.len() as u64 + 1));
        for hash in sketch.into_iter().flat_map(|sketch| &sketch.0) {
            self.0.extend_from_slice(&hash.to_le_bytes());
        }
    }

    fn finding(&mut self, finding: &Finding, path: &str) {
        let known = NAMES.rule(&finding.rule);
        let rules_engine = known.is_some_and(|(_, rule)| rule.engine == finding.engine);
        let rules_title = known.is_some_and(|(_, rule)| rule.title == finding.message);
        let own_path = &*finding.location.path == path;
        let comment = finding.waiver.as_ref().filter(|w| **w == Waiver::comment(&*w.reason));
        let flag = |on: bool, flag: u8| if on { flag } else { 0 };
        self.0.push(
            finding.severity as u8
                | (finding.confidence as u8) << 3
                | flag(!own_path, OTHER_PATH)
                | flag(!rules_title, OTHER_MESSAGE)
                | flag(!rules_engine, OTHER_ENGINE),
        );
        let more = (&finding.told, &finding.evidence, &finding.fix, &finding.location.cell);
        let has_more = more != (&None, &None, &None, &None);
        self.0.push(
            flag(matches!(finding.anchor, Anchor::Code { .. }), CODE)
                | flag(finding.line_hash.is_some(), LINE_HASH)
                | flag(finding.waiver.is_some(), WAIVER)
                | flag(comment.is_some(), COMMENT)
                | flag(!finding.also.is_empty(), ALSO)
                | flag(finding.package.is_some(), PACKAGE)
                | flag(!finding.witnesses.is_empty(), WITNESSES)
                | flag(has_more, MORE),
        );
        self.name(known.map(|(at, _)| at), &finding.rule);
        if !rules_engine {
            self.engine(&finding.engine);
        }
        if !own_path {
            self.text(&finding.location.path);
        }
        if !rules_title {
            self.text(&finding.message);
        }
        let span = finding.location.span;
        self.small(span.start_line);
        self.small(span.start_column);
        self.small(span.end_line.wrapping_sub(span.start_line));
        self.small(span.end_column);
        if has_more {
            self.any(&more);
        }
        self.small(finding.snippet.first_line.wrapping_sub(span.start_line));
        self.text(&finding.snippet.text);
        let (from, to) = finding.snippet.underline;
        self.small(from);
        self.small(to.wrapping_sub(from));
        match &finding.anchor {
            Anchor::Code { digest, text } => {
                self.0.extend_from_slice(digest);
                self.0.extend_from_slice(text);
            }
            other => self.any(other),
        }
        self.small(finding.ordinal);
        self.0.extend_from_slice(&finding.fingerprint.0);
        if let Some(line) = finding.line_hash {
            self.0.extend_from_slice(&line.hash.to_le_bytes());
            self.small(line.count);
        }
        match (&finding.waiver, comment) {
            (_, Some(comment)) => self.text(&comment.reason),
            (Some(waiver), None) => self.any(waiver),
            (None, None) => {}
        }
        if !finding.also.is_empty() {
            self.any(&finding.also);
        }
        if let Some(package) = &finding.package {
            self.any(package);
        }
        if !finding.witnesses.is_empty() {
            self.any(&finding.witnesses);
        }
    }
}

struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn small(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length.try_into().ok()?)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    fn any<T: DeserializeOwned>(&mut self) -> Option<T> {
        postcard::from_bytes(self.bytes()?).ok()
    }

    /// As many as the number in front says.
    fn list<T>(&mut self, mut next: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()?;
        // Each takes a byte at least: a number that is wrong cannot ask for more memory than that.
        if count > self.0.len() as u64 {
            return None;
        }
        (0..count).map(|_| next(self)).collect()
    }

    fn engine(&mut self) -> Option<Cow<'static, str>> {
        match self.number()? {
            0 => Some(Cow::Owned(self.text()?.to_owned())),
            at => Some(Cow::Borrowed(NAMES.engines.get(at as usize - 1)?)),
        }
    }

    /// None within when the file has none.
    fn sketch(&mut self) -> Option<Option<Sketch>> {
        let Some(count) = self.number()?.checked_sub(1) else { return Some(None) };
        let bytes = self.take(usize::try_from(count).ok()?.checked_mul(4)?)?;
        let hashes = bytes.as_chunks().0.iter().map(|hash| u32::from_le_bytes(*hash));
        Some(Some(Sketch(hashes.collect())))
    }

    fn finding(&mut self, path: &Arc<str>) -> Option<Finding> {
        let [first, second] = self.array()?;
        let has = |flag: u8| second & flag != 0;
        let known = match self.number()? {
            0 => None,
            at => Some(NAMES.rules.get(at as usize - 1)?),
        };
        let rule = match known {
            Some(rule) => Cow::Borrowed(rule.id),
            None => Cow::Owned(self.text()?.to_owned()),
        };
        let engine = match known {
            Some(rule) if first & OTHER_ENGINE == 0 => Cow::Borrowed(rule.engine),
            _ => self.engine()?,
        };
        let path = if first & OTHER_PATH == 0 { path.clone() } else { self.text()?.into() };
        let message = match known {
            Some(rule) if first & OTHER_MESSAGE == 0 => Cow::Borrowed(rule.title),
            _ => Cow::Owned(self.text()?.to_owned()),
        };
        let span = self.span()?;
        let (told, evidence, fix, cell) = if has(MORE) { self.any()? } else { Default::default() };
        Some(Finding {
            rule,
            engine,
            severity: *SEVERITIES.get(usize::from(first & 7))?,
            confidence: *CONFIDENCES.get(usize::from(first >> 3 & 3))?,
            location: Location { path, span, cell },
            message,
            snippet: self.snippet(span.start_line)?,
            anchor: if has(CODE) {
                Anchor::Code { digest: self.array()?, text: self.array()? }
            } else {
                self.any()?
            },
            ordinal: self.small()?,
            fingerprint: Fingerprint(self.array()?),
            line_hash: if has(LINE_HASH) { Some(self.line_hash()?) } else { None },
            waiver: match (has(WAIVER), has(COMMENT)) {
                (_, true) => Some(Waiver::comment(self.text()?)),
                (true, false) => Some(self.any()?),
                (false, false) => None,
            },
            also: if has(ALSO) { self.any()? } else { Vec::new() },
            live: None,
            package: if has(PACKAGE) { Some(self.any()?) } else { None },
            told,
            evidence,
            fix,
            introduced: None,
            witnesses: if has(WITNESSES) { self.any()? } else { Vec::new() },
        })
    }

    fn span(&mut self) -> Option<Span> {
        let (start_line, start_column) = (self.small()?, self.small()?);
        let end_line = start_line.wrapping_add(self.small()?);
        Some(Span { start_line, start_column, end_line, end_column: self.small()? })
    }

    fn snippet(&mut self, start_line: u32) -> Option<Snippet> {
        let first_line = start_line.wrapping_add(self.small()?);
        let text = self.text()?.into();
        let from = self.small()?;
        Some(Snippet { first_line, text, underline: (from, from.wrapping_add(self.small()?)) })
    }

    fn line_hash(&mut self) -> Option<LineHash> {
        Some(LineHash { hash: u64::from_le_bytes(self.array()?), count: self.small()? })
    }
}

//! From what the matchers found to hits: the most specific rule for each credential, and the slow
//! hash only for what is reported.

use super::decode::{Decoded, Encoding};
use super::{Known, digest};
use crate::engine::{Hit, HitAnchor};
use crate::finding::{Confidence, Severity};
use crate::rule::Rule;
use std::collections::HashSet;
use std::ops::Range;
use zeroize::Zeroizing;

/// Rules whose patterns hold of what a more specific rule also matches, the least specific first.
const BROAD: &[&str] = &[
    "generic-api-key",
    "netrc-password",
    "npmrc-auth-token",
    "maven-settings-password",
    "jdbc-password",
    "hashicorp-tf-password",
    "basic-auth-url",
    "curl-auth-user",
    "curl-auth-header",
    "kubernetes-secret-yaml",
    "kubernetes-secret-json",
    "jwt",
    "gcp-api-key",
    "private-key",
];

/// What a matcher takes for a credential.
#[derive(Debug)]
pub struct Found {
    pub rule: &'static Rule,
    pub range: Range<usize>,
    pub confidence: Confidence,
    /// What speaks against it.
    pub doubt: Option<&'static str>,
    /// What it says, where that is not what the range holds: the range is all of an encoded text.
    pub value: Option<Vec<u8>>,
    /// How it was encoded, from within.
    pub encodings: Vec<Encoding>,
}

impl Found {
    pub fn new(rule: &'static Rule, range: Range<usize>, confidence: Confidence) -> Found {
        Found { rule, range, confidence, doubt: None, value: None, encodings: Vec::new() }
    }

    /// The same, seen in what is written in this way.
    pub fn written_in(mut self, decoded: &Decoded) -> Found {
        let range = std::mem::replace(&mut self.range, decoded.range.clone());
        self.value.get_or_insert_with(|| decoded.text[range].to_vec());
        self.encodings.push(decoded.encoding);
        self
    }

    /// The hit, with the identity of its value: the same wherever and however it is written.
    pub fn into_hit(self, bytes: &[u8]) -> Hit {
        let value = self.value.as_deref().unwrap_or(&bytes[self.range.clone()]);
        let anchor = HitAnchor::Secret(digest(value));
        let mut hit = Hit::new(self.rule, self.range, anchor);
        hit.confidence = self.confidence;
        let encodings = self.encodings.iter().map(|encoding| format!("written in {encoding}"));
        let notes: Vec<String> = encodings.chain(self.doubt.map(str::to_owned)).collect();
        if !notes.is_empty() {
            hit.message = format!("{}; {}", self.rule.title, notes.join("; ")).into();
        }
        hit
    }

    /// The same with its value.
    pub fn into_known(self, bytes: &[u8]) -> Known {
        let is_encoded = self.value.is_some();
        let value = self.value.unwrap_or_else(|| bytes[self.range.clone()].to_vec());
        Known { rule: self.rule, range: self.range, value: Zeroizing::new(value), is_encoded }
    }

    /// Whether it is a public half: a client id, a publishable key.
    fn is_public(&self) -> bool {
        self.rule.severity <= Severity::Info
    }

    /// Who gave it out: the first word of the rule's id.
    fn provider(&self) -> &'static str {
        self.rule.id.split('-').next().unwrap_or(self.rule.id)
    }

    /// The place among the broad rules; the specific ones come after them.
    fn rank(&self) -> usize {
        BROAD.iter().position(|id| *id == self.rule.id).unwrap_or(BROAD.len())
    }
}

/// Sorts by place. Where two rules see the same credential, the more specific one says what it is;
/// two finds of one rule in one place are one.
pub fn keep_specific(found: &mut Vec<Found>) {
    found.sort_by_key(|one| (one.range.start, one.range.end, one.rank()));
    let mut covered: Vec<Vec<Range<usize>>> = vec![Vec::new(); BROAD.len() + 1];
    for one in found.iter() {
        covered[one.rank()].push(one.range.clone());
    }
    found.retain(|one| {
        let better = &covered[one.rank() + 1..];
        !better.iter().any(|ranges| overlaps(ranges, &one.range))
    });
    found.dedup_by(|later, earlier| {
        later.rule.id == earlier.rule.id && later.range.start < earlier.range.end
    });
    keep_company(found);
}

/// Public halves tell nothing alone: they stay only in a file that holds a secret of their provider.
fn keep_company(found: &mut Vec<Found>) {
    if found.iter().any(Found::is_public) {
        let secrets = found.iter().filter(|one| !one.is_public());
        let providers: HashSet<&str> = secrets.map(Found::provider).collect();
        found.retain(|one| !one.is_public() || providers.contains(one.provider()));
    }
}

/// Whether any of the ranges, sorted by start, overlaps this one. Those of one rank hardly overlap
/// each other, so the nearest few decide.
fn overlaps(ranges: &[Range<usize>], with: &Range<usize>) -> bool {
    let after = ranges.partition_point(|range| range.start < with.end);
    ranges[..after].iter().rev().take(8).any(|range| range.end > with.start)
}

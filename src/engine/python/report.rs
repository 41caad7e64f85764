//! From what a check found to a hit: the comment that waives it, the anchor, the masks.

use super::checks::Found;
use super::nosec::Waivers;
use crate::engine::{Hit, HitAnchor, Seen, secrets};
use crate::rule::Rule;
use crate::target::SourceFile;
use ruff_python_ast::Expr;
use ruff_python_ast::token::Tokens;
use ruff_text_size::{Ranged, TextRange};
use std::borrow::Cow;
use std::ops::Range;

/// Secrets of a file that are told apart by their values; each costs a slow hash.
const MAX_DIGESTS: u32 = 2_000;

/// Where what the checks find goes to.
pub struct Reporter<'a, 's> {
    file: &'a SourceFile,
    source: &'a str,
    waivers: Waivers<'a>,
    /// The names of the classes and functions around the node.
    pub(super) scopes: Vec<&'a str>,
    digests: u32,
    seen: &'s mut Seen,
}

impl<'a, 's> Reporter<'a, 's> {
    pub(super) fn new(
        file: &'a SourceFile,
        source: &'a str,
        tokens: &Tokens,
        seen: &'s mut Seen,
    ) -> Reporter<'a, 's> {
        let waivers = Waivers::new(source, tokens, || file.lines());
        Reporter { file, source, waivers, scopes: Vec::new(), digests: 0, seen }
    }

    /// `context` holds the lines on which a comment may waive the finding; none for a finding
    /// that is about the file.
    pub(super) fn report(
        &mut self,
        rule: &'static Rule,
        found: Found,
        node: TextRange,
        context: Option<TextRange>,
    ) {
        let waiver = match context {
            Some(context) => self.waivers.waives(rule.id, found.at, context),
            None => self.waivers.waives_in_file(rule.id, found.at),
        };
        let mut hit = Hit {
            rule,
            range: range(found.at),
            matched: range(found.matched.unwrap_or(node)),
            severity: found.severity.unwrap_or(rule.severity),
            confidence: found.confidence.unwrap_or(rule.confidence),
            message: found.message.unwrap_or(Cow::Borrowed(rule.title)),
            anchor: HitAnchor::Code { scope: self.scopes.join(".").into() },
            evidence: found.evidence,
            waiver: waiver.map(Into::into),
            fix: found.fix,
        };
        if let Some((value, parts)) = found.secret.and_then(|expr| secret(expr, self.source)) {
            if self.digests < MAX_DIGESTS {
                self.digests += 1;
                hit.anchor = HitAnchor::Secret(secrets::digest(&value));
            }
            if let (Some(first), Some(last)) = (parts.first(), parts.last())
                && self.line(found.at) == self.line(*first)
            {
                hit.range = range(TextRange::new(first.start(), last.end()));
                hit.matched = hit.range.clone();
            }
            self.seen.masks.extend(parts.into_iter().map(range));
        }
        let more = found.more_secrets.iter().filter_map(|expr| secret(expr, self.source));
        self.seen.masks.extend(more.flat_map(|(_, parts)| parts).map(range));
        self.seen.hits.push(hit);
    }

    fn line(&self, range: TextRange) -> u32 {
        self.file.lines().line(range.start().to_usize())
    }
}

fn range(range: TextRange) -> Range<usize> {
    range.start().to_usize()..range.end().to_usize()
}

/// The value of a literal and the places that hold it; none where there is nothing to hide.
fn secret<'a>(literal: &'a Expr, source: &'a str) -> Option<(Cow<'a, [u8]>, Vec<TextRange>)> {
    let (value, parts): (Cow<[u8]>, Vec<_>) = match literal {
        Expr::StringLiteral(string) => (
            Cow::Borrowed(string.value.to_str().as_bytes()),
            string.value.iter().map(|part| part.content_range()).collect(),
        ),
        Expr::BytesLiteral(bytes) => (
            bytes.value.bytes().collect(),
            bytes.value.iter().map(|part| part.content_range()).collect(),
        ),
        Expr::NumberLiteral(number) => {
            (Cow::Borrowed(source[number.range].as_bytes()), vec![number.range])
        }
        _ => return None,
    };
    (!value.is_empty()).then_some((value, parts))
}

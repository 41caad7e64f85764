//! From what a check found to a hit: the comment that waives it, the anchor, the masks. Where it is
//! asked what Bandit would say, the findings go there instead.

use super::bandit::{Exam, Failed, Place};
use super::checks::{Found, unicode};
use super::nosec::Waivers;
use super::rules::Visited;
use crate::engine::{Hit, HitAnchor, Seen, secrets};
use crate::rule::Rule;
use crate::target::SourceFile;
use ruff_python_ast::Expr;
use ruff_python_ast::token::Tokens;
use ruff_text_size::{Ranged, TextRange, TextSize};
use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

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
    pub(super) exam: Option<Exam<'a>>,
}

impl<'a, 's> Reporter<'a, 's> {
    pub(super) fn new(
        file: &'a SourceFile,
        source: &'a str,
        tokens: &Tokens,
        seen: &'s mut Seen,
        mut exam: Option<Exam<'a>>,
    ) -> Reporter<'a, 's> {
        let waivers = match &mut exam {
            None => Waivers::new(source, tokens, |_| {}),
            Some(exam) => exam.waivers(source, tokens),
        };
        Reporter { file, source, waivers, scopes: Vec::new(), digests: 0, seen, exam }
    }

    /// Whether the rule is asked for.
    pub(super) fn runs(&self, rule: &Rule) -> bool {
        self.exam.as_ref().is_none_or(|exam| exam.runs(rule))
    }

    /// `context` holds the lines on which a comment may waive the finding; none for a finding
    /// that is about the file.
    pub(super) fn report(
        &mut self,
        rule: &'static Rule,
        mut found: Found,
        node: TextRange,
        context: Option<TextRange>,
    ) {
        let secret = self.hide(&found);
        if let Some(exam) = &mut self.exam {
            let (line, column) = match context {
                Some(_) => (self.file.lines().line(found.at.start().to_usize()), 0),
                None => unicode::place(self.source, found.at.start()),
            };
            return exam.note(rule, &mut found, line, column);
        }
        if found.failure.is_some() {
            return;
        }
        let waiver = self.waiver(rule, found.at, node, context);
        let mut hit = Hit {
            rule,
            engine: rule.engine,
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
        if let Some((value, parts)) = secret {
            if self.digests < MAX_DIGESTS {
                self.digests += 1;
                hit.anchor = HitAnchor::Secret(secrets::digest(&value));
            }
            if let (Some(first), Some(last)) = (parts.first(), parts.last())
                && self.line(found.at.start()) == self.line(first.start())
            {
                hit.range = range(TextRange::new(first.start(), last.end()));
                hit.matched = hit.range.clone();
            }
        }
        self.seen.hits.push(hit);
    }

    /// The lists of calls fail on the node that is looked at.
    pub(super) fn fail_lists(&mut self, failed: Failed) {
        if let Some(exam) = &mut self.exam {
            exam.fail_lists(failed);
        }
    }

    /// Masks the secrets in what was found; returns the value of the first and where it stands.
    fn hide<'f>(&mut self, found: &Found<'f>) -> Option<(Cow<'f, [u8]>, Vec<TextRange>)>
    where
        'a: 'f,
    {
        let first = found.secret.and_then(|expr| secret(expr, self.source));
        let more = found.more_secrets.iter().filter_map(|expr| secret(expr, self.source));
        let more = more.flat_map(|(_, parts)| parts).map(range);
        let parts = first.iter().flat_map(|(_, parts)| parts.iter().copied().map(range));
        self.seen.masks.extend(parts.chain(more));
        first
    }

    /// Masks the ranges.
    pub(super) fn mask(&mut self, ranges: Vec<TextRange>) {
        self.seen.masks.extend(ranges.into_iter().filter(|range| !range.is_empty()).map(range));
    }

    /// The comment that waives a finding.
    fn waiver(
        &self,
        rule: &Rule,
        at: TextRange,
        node: TextRange,
        context: Option<TextRange>,
    ) -> Option<&'a str> {
        if self.waivers.is_empty() {
            return None;
        }
        let (own, lines) = match context {
            // Where the lines are those of another node, Bandit knows no line of its own yet.
            Some(context) => {
                ((context == node).then(|| self.line(at.start())), self.lines(context))
            }
            None => (Some(unicode::place(self.source, at.start()).0), 0..=1),
        };
        self.waivers.judge(rule.id, own, &lines).map(|waiver| waiver.text)
    }

    /// All checks have looked at a node. `context` is as for `report`.
    #[inline]
    pub(super) fn conclude(
        &mut self,
        visited: Visited,
        node: TextRange,
        context: Option<TextRange>,
    ) {
        if self.exam.is_some() {
            self.put_down(visited, node, context);
        }
    }

    fn put_down(&mut self, visited: Visited, node: TextRange, context: Option<TextRange>) {
        let Some(mut exam) = self.exam.take_if(|exam| exam.has_news(&self.waivers)) else { return };
        let place = match context {
            None => Place::of_file(),
            Some(context) => {
                let end = match visited {
                    Visited::Function | Visited::Handler => self.end_of_block(node.end()),
                    _ => node.end(),
                };
                Place {
                    line: self.line(node.start()),
                    columns: Some((self.column(node.start()), self.column(end))),
                    lines: self.lines(context),
                    says_line: context == node,
                }
            }
        };
        exam.conclude(visited, &place, &self.waivers);
        self.exam = Some(exam);
    }

    fn line(&self, offset: TextSize) -> u32 {
        self.file.lines().line(offset.to_usize())
    }

    /// How many bytes of the line stand before an offset.
    fn column(&self, offset: TextSize) -> u32 {
        let (lines, at) = (self.file.lines(), offset.to_usize());
        (at - lines.start(lines.line(at), self.source.as_bytes())) as u32
    }

    fn lines(&self, range: TextRange) -> RangeInclusive<u32> {
        let (start, end) = (range.start(), range.end().to_usize());
        // What ends with a line end does not reach into the next line.
        let ends_line = end > 0 && matches!(self.source.as_bytes()[end - 1], b'\n' | b'\r');
        let end = end.saturating_sub(usize::from(ends_line));
        self.line(start)..=self.file.lines().line(end)
    }

    /// To Python, the semicolon after the last statement of a block belongs to the block.
    fn end_of_block(&self, end: TextSize) -> TextSize {
        let rest = &self.source[end.to_usize()..];
        let after = rest.trim_start_matches([' ', '\t', '\x0C']);
        match after.starts_with(';') {
            true => TextSize::try_from(self.source.len() - after.len() + 1).unwrap_or(end),
            false => end,
        }
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

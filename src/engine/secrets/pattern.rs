//! A rule of the catalogue that is a regular expression, with its checks.

use super::entropy::{fluency, shannon};
use super::found::Found;
use super::placeholder::is_placeholder;
use super::validate::{Candidate, Verdict, validator};
use crate::rule::{Rule, Secret};
use regex::bytes::{Captures, Regex, RegexBuilder};
use std::ops::Range;
use std::sync::OnceLock;

/// Room for the automata of counted repetitions (`{64,300}`).
const SIZE_LIMIT: usize = 1 << 20;

/// One rule, whose expressions are compiled when its first keyword is seen.
pub struct Pattern {
    pub rule: &'static Rule,
    pub secret: &'static Secret<&'static str>,
    /// The keyword as the pattern spells it, where every match begins with it at a word's edge.
    lead: Option<Vec<u8>>,
    regex: OnceLock<Regex>,
    path: OnceLock<Regex>,
}

impl Pattern {
    pub fn new(rule: &'static Rule, secret: &'static Secret<&'static str>) -> Pattern {
        let lead = lead(secret);
        Pattern { rule, secret, lead, regex: OnceLock::new(), path: OnceLock::new() }
    }

    /// Whether a match can begin at this keyword: the automaton takes `msg.` for `SG.`.
    pub fn may_begin(&self, bytes: &[u8], keyword: &Range<usize>) -> bool {
        self.lead.as_ref().is_none_or(|lead| {
            let before = keyword.start.checked_sub(1).map(|at| bytes[at]);
            bytes[keyword.clone()] == lead[..]
                && !before.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_')
        })
    }

    /// Whether a match may reach over the end of a line: the expression sets the flag `s`.
    pub fn across_lines(&self) -> bool {
        self.secret.pattern.starts_with("(?s") || self.secret.pattern.starts_with("(?is")
    }

    /// Whether the rule is for files of this path.
    pub fn wants(&self, path: &str) -> bool {
        self.secret.path.is_none_or(|pattern| {
            self.path.get_or_init(|| compile(pattern)).is_match(path.as_bytes())
        })
    }

    /// Every credential in a window of the file.
    pub fn find(&self, bytes: &[u8], window: Range<usize>, into: &mut Vec<Found>) {
        let regex = self.regex.get_or_init(|| compile(self.secret.pattern));
        let text = &bytes[..window.end];
        let mut at = window.start;
        // Without the groups first: most windows hold no match.
        while let Some(found) = regex.find_at(text, at) {
            if let Some(groups) = regex.captures_at(text, found.start()) {
                into.extend(self.judge(bytes, &groups));
            }
            at = found.end().max(at + 1);
            if at > text.len() {
                break;
            }
        }
    }

    fn judge(&self, bytes: &[u8], groups: &Captures) -> Option<Found> {
        let matched = groups.get(0)?;
        // An older form of a credential, known only by what stands around it, has its own group.
        let named = groups.name("secret").or_else(|| groups.name("legacy"));
        let range = named.unwrap_or(matched).range();
        let value = &bytes[range.clone()];
        let candidate = Candidate { secret: value, matched: matched.as_bytes() };
        // Behind a name or a quote a value is one; by its own form alone it may be chance.
        let alone = range.start == matched.start();
        if shannon(value) < self.secret.entropy
            || is_placeholder(value)
            || self.stopped(value)
            || alone && is_in_data(bytes, &range)
        {
            return None;
        }
        let check = self.secret.validate.and_then(validator);
        let (confidence, doubt) = match check.map_or(Verdict::Sound, |check| check(candidate)) {
            Verdict::Sound => (self.rule.confidence, None),
            Verdict::Doubtful(why) => (self.rule.confidence.less(), Some(why)),
            Verdict::Unsound => return None,
        };
        Some(Found { doubt, ..Found::new(self.rule, range, confidence) })
    }

    fn stopped(&self, value: &[u8]) -> bool {
        if self.secret.stopwords.is_empty() {
            return false;
        }
        let lower = value.to_ascii_lowercase();
        self.secret
            .stopwords
            .iter()
            .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
    }
}

/// How far around a value digits of base 64 are followed, and how many of them make it data.
const NEAR: usize = 256;
const FEWEST_AROUND: usize = 24;

/// Whether a value is a stretch of longer data in base 64, in either alphabet, whose signs look
/// like the edges of words: an image, a font, a compiled script. A path around it is words.
fn is_in_data(bytes: &[u8], value: &Range<usize>) -> bool {
    let is_digit = |b: &&u8| b.is_ascii_alphanumeric() || b"+/-_".contains(b);
    let before = &bytes[value.start.saturating_sub(NEAR)..value.start];
    let after = &bytes[value.end..bytes.len().min(value.end + NEAR)];
    let left = before.iter().rev().take_while(is_digit).count();
    let right = after.iter().take_while(is_digit).count();
    let sides = [&before[before.len() - left..], &after[..right]];
    let has = |class: fn(&u8) -> bool| sides.iter().any(|side| side.iter().any(class));
    left + right >= FEWEST_AROUND
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && fluency(&sides.concat()) < 0.5
}

/// The pattern's own spelling of its only keyword, if `\b(?<secret>` and the keyword open it.
fn lead(secret: &Secret<&'static str>) -> Option<Vec<u8>> {
    let [keyword] = secret.keywords[..] else {
        return None;
    };
    let plain = secret.pattern.strip_prefix(r"\b(?<secret>")?.replace(r"\.", ".");
    let lead = plain.get(..keyword.len())?;
    let starts_with_word = lead.starts_with(|c: char| c.is_ascii_alphanumeric());
    let optional = plain[lead.len()..].starts_with(['?', '*', '{', '|']);
    (lead.eq_ignore_ascii_case(keyword) && starts_with_word && !optional)
        .then(|| lead.as_bytes().to_vec())
}

fn compile(pattern: &str) -> Regex {
    builder(pattern).build().expect("a test compiles every pattern of the catalogue")
}

/// Bytes, not characters: `\w` is ASCII, and what is no UTF-8 is searched as well.
pub fn builder(pattern: &str) -> RegexBuilder {
    let mut builder = RegexBuilder::new(pattern);
    builder.unicode(false).size_limit(SIZE_LIMIT);
    builder
}

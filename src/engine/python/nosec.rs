//! Comments that waive findings: `# nosec`, `# nosec B602`, `# nosec: B602, B607`, by id or name.

use crate::rule::Catalogue;
use regex::Regex;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

static COMMENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"#[\s\x1C-\x1F]*nosec:?[\s\x1C-\x1F]*(?P<tests>[^#]+)?#?").ok());
/// Names that a comma joins without a blank are one match, of which only the last name counts.
static TESTS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(?:(B\d+|[a-z\d_]+),?)+").ok());

/// The waiving comments of a file.
#[derive(Default)]
pub struct Waivers<'a> {
    /// By line.
    comments: Vec<Comment<'a>>,
}

struct Comment<'a> {
    /// As Python's own tokenizer counts: it is no end of a line where there is a CR alone.
    line: u32,
    text: &'a str,
    /// The ids of the rules it names; none for a comment that waives everything.
    rules: Vec<&'a str>,
}

/// What waives a finding.
pub struct Waiver<'a> {
    pub text: &'a str,
    /// Whether no rule is named.
    pub is_for_all: bool,
}

impl<'a> Waivers<'a> {
    /// The comments of the file. `note_unknown` is told the words in them that name no rule.
    pub fn new(
        source: &'a str,
        tokens: &Tokens,
        mut note_unknown: impl FnMut(&'a str),
    ) -> Waivers<'a> {
        let mut waivers = Waivers::default();
        if memchr::memmem::find(source.as_bytes(), b"nosec").is_none() {
            return waivers;
        }
        let (mut line, mut counted) = (1, 0);
        for token in tokens.iter().filter(|token| token.kind() == TokenKind::Comment) {
            let start = token.start().to_usize();
            line += memchr::memchr_iter(b'\n', &source.as_bytes()[counted..start]).count() as u32;
            counted = start;
            let text = &source[token.range()];
            // Of several comments on what counts as one line, the last is the one.
            if waivers.comments.last().is_some_and(|last| last.line == line) {
                waivers.comments.pop();
            }
            if let Some(rules) = named_rules(text, &mut note_unknown) {
                waivers.comments.push(Comment { line, text, rules });
            }
        }
        waivers
    }

    pub fn is_empty(&self) -> bool {
        self.comments.is_empty()
    }

    /// Whether some comment names rules.
    pub fn name_rules(&self) -> bool {
        self.comments.iter().any(|comment| !comment.rules.is_empty())
    }

    /// The rules that the first comment on the lines names.
    pub fn named_on(&self, lines: &RangeInclusive<u32>) -> &[&'a str] {
        self.first(lines).map(|comment| &*comment.rules).unwrap_or_default()
    }

    /// What waives a finding of the rule: the comment on its own line, where it has one of its own,
    /// or the first one on the lines of its node. Where both are there, the rules of both count.
    pub fn judge(
        &self,
        rule: &str,
        own: Option<u32>,
        lines: &RangeInclusive<u32>,
    ) -> Option<Waiver<'a>> {
        if self.comments.is_empty() {
            return None;
        }
        let own = own.and_then(|line| self.first(&(line..=line)));
        let both = || own.into_iter().chain(self.first(lines));
        let is_for_all = both().all(|comment| comment.rules.is_empty());
        both()
            .find(|comment| is_for_all || comment.rules.contains(&rule))
            .map(|comment| Waiver { text: comment.text, is_for_all })
    }

    fn first(&self, lines: &RangeInclusive<u32>) -> Option<&Comment<'a>> {
        let at = self.comments.partition_point(|comment| comment.line < *lines.start());
        self.comments.get(at).filter(|comment| comment.line <= *lines.end())
    }
}

/// The ids that a waiving comment names; none for any other comment. Words that name no rule are
/// no restriction.
fn named_rules<'a>(
    comment: &'a str,
    mut note_unknown: impl FnMut(&'a str),
) -> Option<Vec<&'a str>> {
    let captures = COMMENT.as_ref()?.captures(comment)?;
    let Some(tests) = captures.name("tests") else { return Some(Vec::new()) };
    let found = TESTS.as_ref()?.captures_iter(tests.as_str());
    let words = found.filter_map(|test| Some(test.get(1)?.as_str()));
    let known = words.filter_map(|word| {
        let id = rule_id(word);
        if id.is_none() {
            note_unknown(word);
        }
        id
    });
    Some(known.collect())
}

fn rule_id(word: &str) -> Option<&str> {
    let mut rules = Catalogue::get().of_engine("python");
    match word {
        "B001" => Some(word), // all of the listed calls and imports, which are found under own ids
        _ => rules.find(|rule| rule.id == word || rule.name == word).map(|rule| rule.id),
    }
}

#[cfg(test)]
mod tests {
    fn named_rules(comment: &str) -> Option<Vec<&str>> {
        super::named_rules(comment, |_| {})
    }

    #[test]
    fn names_and_ids_and_nothing() {
        assert_eq!(named_rules("# noqa"), None);
        assert_eq!(named_rules("#nosec"), Some(vec![]));
        assert_eq!(named_rules("# noqa # nosec: B602, B607"), Some(vec!["B602", "B607"]));
        assert_eq!(named_rules("# nosec assert_used"), Some(vec!["B101"]));
        assert_eq!(named_rules("# nosec the input is ours"), Some(vec![]));
    }

    #[test]
    fn a_comma_without_a_blank_keeps_only_the_last() {
        assert_eq!(named_rules("# nosec B602,B607"), Some(vec!["B607"]));
    }

    #[test]
    fn what_names_no_rule_is_told() {
        let mut unknown = Vec::new();
        super::named_rules("# nosec: B999, B101, whatever", |word| unknown.push(word));
        assert_eq!(unknown, ["B999", "whatever"]);
    }
}

//! Comments that waive findings: `# nosec`, `# nosec B602`, `# nosec: B602, B607`, by id or name.

use crate::rule::Catalogue;
use crate::target::LineIndex;
use regex::Regex;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::{Ranged, TextRange};
use std::sync::LazyLock;

static COMMENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"#\s*nosec:?\s*(?P<tests>[^#]+)?#?").ok());
/// Names that a comma joins without a blank are one match, of which only the last name counts.
static TESTS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(?:(B\d+|[a-z\d_]+),?)+").ok());

/// The waiving comments of a file.
pub struct Waivers<'a> {
    source: &'a str,
    lines: Option<&'a LineIndex>,
    /// By line.
    comments: Vec<Comment<'a>>,
}

struct Comment<'a> {
    line: u32,
    text: &'a str,
    /// The ids of the rules it names; none for a comment that waives everything.
    rules: Vec<&'a str>,
}

impl<'a> Waivers<'a> {
    /// The comments of the file. `lines` is asked for only where there is one.
    pub fn new(
        source: &'a str,
        tokens: &Tokens,
        lines: impl FnOnce() -> &'a LineIndex,
    ) -> Waivers<'a> {
        let mut waivers = Waivers { source, lines: None, comments: Vec::new() };
        if memchr::memmem::find(source.as_bytes(), b"nosec").is_none() {
            return waivers;
        }
        let lines = lines();
        let comments = tokens.iter().filter(|token| token.kind() == TokenKind::Comment);
        waivers.comments = comments
            .filter_map(|token| {
                let text = &source[token.range()];
                let rules = named_rules(text)?;
                Some(Comment { line: lines.line(token.start().to_usize()), text, rules })
            })
            .collect();
        waivers.lines = Some(lines);
        waivers
    }

    /// The comment that waives a finding of the rule at `place`: on its first line, or the first
    /// one on the lines of `context`. Where both are there, the rules of both count.
    pub fn waives(&self, rule: &str, place: TextRange, context: TextRange) -> Option<&'a str> {
        let lines = self.lines?;
        let line = |offset: usize| lines.line(offset);
        let end = context.end().to_usize();
        self.judge(rule, line(place.start().to_usize()), line(context.start().to_usize()), {
            // What ends with a line end does not reach into the next line.
            let ends_line = end > 0 && matches!(self.source.as_bytes()[end - 1], b'\n' | b'\r');
            line(end.saturating_sub(usize::from(ends_line)))
        })
    }

    /// The same for a finding that no node holds: its own line, or the first line of the file.
    pub fn waives_in_file(&self, rule: &str, place: TextRange) -> Option<&'a str> {
        self.judge(rule, self.lines?.line(place.start().to_usize()), 1, 1)
    }

    fn judge(&self, rule: &str, line: u32, first: u32, last: u32) -> Option<&'a str> {
        let at = |line: u32| self.comments.partition_point(|comment| comment.line < line);
        let own = self.comments.get(at(line)).filter(|comment| comment.line == line);
        let context = self.comments.get(at(first)).filter(|comment| comment.line <= last);
        let both = || own.iter().chain(context.iter());
        let all = both().all(|comment| comment.rules.is_empty());
        both().find(|comment| all || comment.rules.contains(&rule)).map(|comment| comment.text)
    }
}

/// The ids that a waiving comment names; none for any other comment. Words that name no rule are
/// no restriction.
fn named_rules(comment: &str) -> Option<Vec<&str>> {
    let captures = COMMENT.as_ref()?.captures(comment)?;
    let Some(tests) = captures.name("tests") else { return Some(Vec::new()) };
    let found = TESTS.as_ref()?.captures_iter(tests.as_str());
    Some(found.filter_map(|test| rule_id(test.get(1)?.as_str())).collect())
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
    use super::named_rules;

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
}

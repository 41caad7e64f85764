//! Regular expressions in Go's syntax, as gitleaks reads them, run by the regex engine that the
//! rest of Lockgate uses. Both are linear in the text; `syntax` carries over where they differ.

mod syntax;

use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax as rust;
use regex_syntax::hir::{Hir, HirKind};
use std::ops::Range;
use std::sync::OnceLock;
use thiserror::Error;

/// The bound of a compiled expression, in bytes: what a user's own can cost.
const LARGEST: usize = 8 << 20;
/// So deep may groups lie in one another, as in Go.
const DEEPEST: u32 = 1000;
/// The bound of what an expression remembers while it runs, in bytes.
const LARGEST_CACHE: usize = 1 << 20;

/// An expression; compiled when it is first tried.
#[derive(Debug)]
pub struct Expression {
    source: Box<str>,
    hir: Hir,
    compiled: OnceLock<Option<Regex>>,
}

/// A match and its groups.
#[derive(Debug)]
pub struct Match<'t> {
    text: &'t str,
    captures: Captures,
}

impl<'t> Match<'t> {
    pub fn whole(&self) -> Range<usize> {
        self.captures.get_match().map(|found| found.range()).unwrap_or_default()
    }

    /// What a group holds, by its number or name; nothing where there is none.
    pub fn group(&self, name: &str) -> &'t str {
        let span = match name.parse() {
            Ok(number) => self.captures.get_group(number),
            Err(_) => self.captures.get_group_by_name(&format!("{}{name}", syntax::NAME)),
        };
        span.and_then(|span| self.text.get(span.range())).unwrap_or_default()
    }
}

/// Why an expression cannot be used.
#[derive(Debug, Error)]
pub enum Refused {
    #[error("error parsing regexp: {why}: `{source_text}`")]
    Syntax { why: String, source_text: String },
    #[error(
        "the expression is too large when compiled ({why}); use smaller repetitions: `{source_text}`"
    )]
    Size { why: String, source_text: String },
}

impl Expression {
    /// Reads an expression in Go's syntax.
    ///
    /// # Errors
    /// It is none.
    pub fn new(source: &str) -> Result<Expression, Refused> {
        let refused = |why: String| Refused::Syntax { why, source_text: source.to_owned() };
        let translated = syntax::translate(source).map_err(refused)?;
        let config = rust::Config::new().utf8(false).nest_limit(DEEPEST);
        let hir = rust::parse_with(&translated, &config).map_err(|error| refused(short(&error)))?;
        if !counts_fit(&hir, syntax::LARGEST_COUNT) {
            return Err(refused("invalid repeat count".to_owned()));
        }
        Ok(Expression { source: source.into(), hir, compiled: OnceLock::new() })
    }

    /// One that matches where any of these do. They are joined as text, as gitleaks joins them, so
    /// that a flag set in one holds for those behind it.
    ///
    /// # Errors
    /// One of them is none.
    pub fn any<'a>(sources: impl Iterator<Item = &'a str>) -> Result<Expression, Refused> {
        let sources: Vec<&str> = sources.collect();
        Expression::new(&format!("(?:{})", sources.join("|")))
    }

    /// Compiles it now, to be told of what would else be silent.
    ///
    /// # Errors
    /// It is larger than the bound.
    pub fn compile(&self) -> Result<(), Refused> {
        match self.build() {
            Ok(regex) => {
                self.compiled.get_or_init(|| Some(regex));
                Ok(())
            }
            Err(error) => {
                Err(Refused::Size { why: short(&error), source_text: self.source.to_string() })
            }
        }
    }

    pub fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// The first match that begins at an offset or behind it.
    pub fn find_at(&self, text: &str, at: usize) -> Option<Range<usize>> {
        let input = regex_automata::Input::new(text).range(at..);
        self.regex()?.find(input).map(|found| found.range())
    }

    /// Every match, none of which overlaps another.
    pub fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        let Some(regex) = self.regex() else { return Vec::new() };
        regex.find_iter(text).map(|found| found.range()).collect()
    }

    /// Every match with its groups.
    pub fn matches<'t>(&self, text: &'t str) -> Vec<Match<'t>> {
        let Some(regex) = self.regex() else { return Vec::new() };
        regex.captures_iter(text).map(|captures| Match { text, captures }).collect()
    }

    /// What the groups of the first match hold, without the whole match; empty where a group took
    /// no part. None where there is no match.
    pub fn groups<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let regex = self.regex()?;
        let mut captures = regex.create_captures();
        regex.captures(text, &mut captures);
        captures.is_match().then(|| {
            let groups = captures.iter().skip(1);
            groups
                .map(|group| group.and_then(|span| text.get(span.range())).unwrap_or(""))
                .collect()
        })
    }

    /// How many groups there are, without the whole match.
    pub fn group_count(&self) -> usize {
        self.hir.properties().explicit_captures_len()
    }

    pub fn hir(&self) -> &Hir {
        &self.hir
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| self.build().ok()).as_ref()
    }

    fn build(&self) -> Result<Regex, Box<BuildError>> {
        let config = Config::new()
            .utf8_empty(false)
            .nfa_size_limit(Some(LARGEST))
            .hybrid_cache_capacity(LARGEST_CACHE);
        Regex::builder().configure(config).build_from_hir(&self.hir).map_err(Box::new)
    }
}

/// Whether repetitions within one another come to no more than so many.
fn counts_fit(hir: &Hir, most: u32) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            let count = match (repetition.min, repetition.max) {
                (0, None | Some(1)) | (1, None) => 1,
                (least, largest) => largest.unwrap_or(least).max(1),
            };
            count <= most && counts_fit(&repetition.sub, most / count)
        }
        HirKind::Capture(capture) => counts_fit(&capture.sub, most),
        HirKind::Concat(all) | HirKind::Alternation(all) => {
            all.iter().all(|hir| counts_fit(hir, most))
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => true,
    }
}

/// The last line of an error, which is where the parser says why.
fn short(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(go: &str, text: &str) -> bool {
        Expression::new(go).unwrap().is_match(text)
    }

    #[test]
    fn what_go_reads_otherwise_is_carried_over() {
        assert!(matches(r"^\Qa.b(\E$", "a.b("));
        assert!(matches(r"{{[^}]+}}", "{{ name }}"));
        assert!(matches(r"x{,2}$", "x{,2}"));
        assert!(matches(r"[[a&&b]+$", "[&"));
        assert!(matches(r"[]a]\z", "]"));
        assert!(matches(r"\<\>", "<>"));
        assert!(!matches(r"^\w$", "é"), "classes are of ASCII");
        assert!(!matches(r"^\s$", "\u{b}"), "a vertical tab is no space");
        assert!(matches(r"(?i)^\w$", "\u{212a}"), "case folds as Unicode has it");
        assert!(matches(r"^\x41\101\x{42}$", "AAB"));
        assert!(matches("(?:(?i)a|b)", "B"), "a flag holds to the end of its group");
        assert!(matches(r"^[+--]$", ","));
        assert!(matches(r"\pL[\PN]", "éa"));
        assert_eq!(Expression::new("(?P<n>a)(b)").unwrap().group_count(), 2);
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for refused in [r"\Z", r"(?=a)", r"\8", "a{1001}", "[b-a]", "(", r"\y", "[[:no:]]", "*a"] {
            assert!(Expression::new(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_huge_expression_is_refused_with_its_reason() {
        let expression = Expression::new(r"\pL{1000}\pL{1000}").unwrap();
        assert!(expression.compile().unwrap_err().to_string().contains("too large"));
    }

    proptest! {
        #[test]
        fn no_expression_panics(go in r"[\[\](){}|*+?.^$\\a-zA-Z0-9:,&~<>=!é -]{0,40}", text in ".{0,60}") {
            if let Ok(expression) = Expression::new(&go)
                && expression.compile().is_ok()
            {
                expression.find_all(&text);
                expression.groups(&text);
            }
        }
    }
}

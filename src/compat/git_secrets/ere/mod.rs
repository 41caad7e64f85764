//! Patterns as `grep -E` and `git grep -E` take them: POSIX extended regular expressions in the C
//! locale, the longest match of those that begin first, whole words on demand. The crate `regex`
//! finds the lines in linear time; `longest` looks closer at those few.

mod bracket;
mod longest;
mod parse;
mod set;

pub use parse::{Dialect, EreError};

use longest::{Budget, Longest, Spent};
use parse::{Node, Place};
use regex::bytes::{Regex, RegexBuilder};
use set::is_word;
use std::ops::Range;

/// Several patterns as one, any of which is to match.
#[derive(Debug)]
pub struct Pattern {
    /// As it was written, a line each.
    text: Vec<u8>,
    dialect: Dialect,
    /// Finds candidates of whole words: a match with no letter, digit or underscore beside it.
    words: Regex,
    /// Finds where a match begins, anywhere.
    anywhere: Regex,
    longest: Longest,
}

/// The largest automaton of the crate `regex`, in bytes.
const SIZE: usize = 64 << 20;
/// The longest word that is plain, in letters.
const PLAIN: usize = 12;
/// So many steps are made to look closer at a line; then it counts as found.
const STEPS: usize = 20_000_000;

impl Pattern {
    /// Reads patterns of one line each.
    ///
    /// # Errors
    /// One of them means nothing.
    pub fn new(text: &[u8], dialect: Dialect) -> Result<Pattern, EreError> {
        let lines = text.split(|byte| *byte == b'\n');
        let nodes = lines.map(|line| parse::parse(line, dialect)).collect::<Result<_, _>>()?;
        let node = Node::Either(nodes);
        let written = written(&node);
        let words = format!(r"\b{{start-half}}(?:{written})\b{{end-half}}");
        let longest = Longest::new(&node)?;
        let (words, anywhere) = (compile(&words)?, compile(&written)?);
        Ok(Pattern { text: text.to_vec(), dialect, words, anywhere, longest })
    }

    /// Whether it matches anywhere in a line, as part of a word or not.
    pub fn is_in(&self, line: &[u8]) -> bool {
        self.anywhere.is_match(line)
    }

    /// The lines of a text that have it as a whole word: number, from 1, and range.
    pub fn lines<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = (usize, Range<usize>)> + 'a {
        let (mut counted, mut number) = (0, 1);
        let lines = candidates(&self.words, text);
        lines.filter(|line| self.is_word_in(&text[line.clone()])).map(move |line| {
            number += memchr::memchr_iter(b'\n', &text[counted..line.start]).count();
            counted = line.start;
            (number, line)
        })
    }

    /// The lines of a text that have it anywhere.
    pub fn lines_anywhere<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        candidates(&self.anywhere, text).map(|line| &text[line])
    }

    /// Whether a line has it as a whole word, in the way of the grep in question.
    pub fn is_word_in(&self, line: &[u8]) -> bool {
        match self.dialect {
            // Any match will do that has no word beside it, be it the longest or not.
            Dialect::Grep => self.words.is_match(line),
            Dialect::GitGrep => self.git_grep(line, &mut Budget(STEPS)).unwrap_or(true),
        }
    }

    /// git takes the longest match, then goes on behind the word.
    fn git_grep(&self, line: &[u8], budget: &mut Budget) -> Result<bool, Spent> {
        let mut from = 0;
        loop {
            let Some(start) = self.anywhere.find_at(line, from).map(|found| found.start()) else {
                return Ok(false);
            };
            let end = self.longest.end(line, start, budget)?.unwrap_or(start);
            if end > start && is_bounded(line, start..end) {
                return Ok(true);
            }
            from = start + 1;
            while from < line.len() && is_word(line[from - 1]) {
                from += 1;
            }
            if from >= line.len() {
                return Ok(false);
            }
        }
    }

    /// Whether a match is of short plain words that one of the patterns spells out: such a word is
    /// forbidden, but no value to keep from anybody who may read the pattern.
    pub fn spells(&self, matched: &[u8]) -> bool {
        let is_plain =
            |word: &[u8]| word.len() <= PLAIN && word.iter().all(u8::is_ascii_alphabetic);
        matched.split(|byte| b" @#_.-".contains(byte)).all(is_plain)
            && memchr::memmem::find(&self.text, matched).is_some()
    }

    /// Everything in a line that matches, as part of a word or not.
    pub fn matches(&self, line: &[u8]) -> Vec<Range<usize>> {
        let mut budget = Budget(STEPS);
        let (mut matches, mut from) = (Vec::new(), 0);
        while let Some(found) = self.anywhere.find_at(line, from) {
            let Ok(end) = self.longest.end(line, found.start(), &mut budget) else {
                matches.push(found.start()..line.len());
                break;
            };
            let end = end.unwrap_or(found.end()).max(found.start());
            matches.push(found.start()..end);
            from = end.max(found.start() + 1);
            if from > line.len() {
                break;
            }
        }
        matches.retain(|range| !range.is_empty());
        matches
    }
}

/// The lines of a text that an expression is found in.
fn candidates<'a>(regex: &'a Regex, text: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= text.len() {
            return None;
        }
        let found = regex.find_at(text, at)?.start();
        let start = memchr::memrchr(b'\n', &text[at..found]).map_or(at, |end| at + end + 1);
        let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |end| start + end);
        at = end + 1;
        // Behind the last line end there is no line.
        (start < text.len()).then_some(start..end)
    })
}

fn is_bounded(line: &[u8], range: Range<usize>) -> bool {
    let before = range.start.checked_sub(1).is_some_and(|at| is_word(line[at]));
    !before && !line.get(range.end).is_some_and(|byte| is_word(*byte))
}

fn compile(written: &str) -> Result<Regex, EreError> {
    let mut builder = RegexBuilder::new(written);
    builder.unicode(false).multi_line(true).size_limit(SIZE).build().map_err(|_| EreError::Big)
}

/// As the crate `regex` writes it.
fn written(node: &Node) -> String {
    match node {
        Node::Set(set) => set.class(),
        Node::At(place) => match place {
            Place::LineStart => "^",
            Place::LineEnd => "$",
            Place::WordStart => r"\b{start}",
            Place::WordEnd => r"\b{end}",
            Place::WordEdge => r"\b",
            Place::NoWordEdge => r"\B",
        }
        .to_owned(),
        Node::Concat(parts) => format!("(?:{})", parts.iter().map(written).collect::<String>()),
        Node::Either(branches) => {
            format!("(?:{})", branches.iter().map(written).collect::<Vec<_>>().join("|"))
        }
        Node::Repeat { node, least, most } => {
            let most = most.map_or_else(String::new, |most| most.to_string());
            format!("(?:{}){{{least},{most}}}", written(node))
        }
    }
}

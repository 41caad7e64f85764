//! What rules a text may concern, in one pass over it: the keywords of all rules, and the heads of
//! their expressions, with where those may match.

use super::heads;
use super::tail::{Answer, Tail};
use crate::compat::gitleaks::config::Rule;
use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};
use regex_automata::hybrid::dfa::Cache;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// So many times the text may be looked at again for one rule before the text is searched as a
/// whole instead.
const AGAIN: usize = 4;

/// Letters beyond ASCII that are letters of ASCII in another case: a text that has one of them is
/// searched as a whole.
const FOLDING: [&str; 3] = ["\u{17f}", "\u{212a}", "\u{130}"];

/// Finds what rules a text may concern.
#[derive(Debug)]
pub struct Prefilter {
    automaton: AhoCorasick,
    /// What each word of the automaton is.
    words: Vec<Word>,
    branches: Vec<Branch>,
    /// By rule: its keywords, as numbers.
    keywords: Vec<Vec<usize>>,
    keyword_count: usize,
    /// Keywords that are no ASCII, whose case the automaton does not know.
    strange: Vec<(String, usize)>,
    /// By rule: whether its expression has heads.
    has_heads: Vec<bool>,
    scratch: Mutex<Vec<Scratch>>,
}

#[derive(Debug, Default)]
struct Word {
    keyword: Option<usize>,
    branches: Vec<usize>,
    folds: bool,
}

/// What a word is to a rule.
enum Mark {
    Keyword(usize),
    Branch(usize),
}

#[derive(Debug)]
struct Branch {
    rule: usize,
    reach: usize,
    hir: regex_syntax::hir::Hir,
    /// Built when one of its heads is first seen.
    tail: OnceLock<Option<Tail>>,
}

/// What a thread works with; taken and given back.
#[derive(Debug, Default)]
struct Scratch {
    caches: Vec<Option<Cache>>,
}

/// What a text may concern.
#[derive(Debug)]
pub struct Seen {
    keywords: Vec<bool>,
    /// By rule: where its expression may match.
    places: Vec<Places>,
}

/// Where an expression may match.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Nothing is known: the whole text is to be searched.
    pub anywhere: bool,
    /// From where on to search, and where the head is, in the order of the text.
    pub at: Vec<(usize, usize)>,
}

impl Prefilter {
    /// # Errors
    /// There are more words than an automaton can hold.
    pub fn new(rules: &[Rule]) -> Result<Prefilter, Box<BuildError>> {
        let mut index: HashMap<String, usize> = HashMap::new();
        let mut words: Vec<Word> = Vec::new();
        let mut word = |text: &str| {
            let next = index.len();
            let at = *index.entry(text.to_owned()).or_insert(next);
            if at == words.len() {
                words.push(Word::default());
            }
            at
        };
        let mut strange = Vec::new();
        let mut keyword_count = 0;
        let (mut keywords, mut has_heads) = (Vec::new(), Vec::new());
        let (mut branches, mut marks) = (Vec::new(), Vec::new());
        for (number, rule) in rules.iter().enumerate() {
            let mut mine = Vec::new();
            for keyword in &rule.keywords {
                mine.push(keyword_count);
                match keyword.is_ascii() && !keyword.is_empty() {
                    true => marks.push((word(keyword), Mark::Keyword(keyword_count))),
                    false => strange.push((keyword.clone(), keyword_count)),
                }
                keyword_count += 1;
            }
            keywords.push(mine);
            let found = rule.regex.as_ref().and_then(|regex| heads::branches(regex.hir()));
            has_heads.push(found.is_some());
            for branch in found.into_iter().flatten() {
                let at = branches.len();
                marks.extend(branch.heads.iter().map(|head| (word(head), Mark::Branch(at))));
                branches.push(Branch {
                    rule: number,
                    reach: branch.reach,
                    hir: branch.tail,
                    tail: OnceLock::new(),
                });
            }
        }
        let folding: Vec<usize> = FOLDING.iter().map(|letter| word(letter)).collect();
        folding.into_iter().for_each(|at| words[at].folds = true);
        let mut same: Vec<usize> = (0..keyword_count).collect();
        for (at, mark) in marks {
            let word = &mut words[at];
            match mark {
                Mark::Branch(branch) => word.branches.push(branch),
                // Rules may share a keyword: it has the number that it got first.
                Mark::Keyword(keyword) => same[keyword] = *word.keyword.get_or_insert(keyword),
            }
        }
        keywords.iter_mut().flatten().for_each(|keyword| *keyword = same[*keyword]);
        let mut texts = vec![""; words.len()];
        index.iter().for_each(|(text, &at)| texts[at] = text);
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(texts)
            .map_err(Box::new)?;
        Ok(Prefilter {
            automaton,
            words,
            branches,
            keywords,
            keyword_count,
            strange,
            has_heads,
            scratch: Mutex::default(),
        })
    }

    /// What a text may concern.
    pub fn look(&self, text: &str) -> Seen {
        let mut scratch = self.scratch().pop().unwrap_or_default();
        scratch.caches.resize_with(self.branches.len(), || None);
        let mut look = Look {
            of: self,
            text: text.as_bytes(),
            keywords: vec![false; self.keyword_count],
            folds: false,
            places: vec![Places::default(); self.keywords.len()],
            budgets: vec![text.len() * AGAIN; self.branches.len()],
            scratch: &mut scratch,
        };
        for found in self.automaton.find_overlapping_iter(text) {
            look.word(&self.words[found.pattern()], found.start());
        }
        let Look { mut keywords, folds, mut places, .. } = look;
        for (rule, places) in places.iter_mut().enumerate() {
            places.anywhere |= folds || !self.has_heads[rule];
            places.at.sort_unstable();
        }
        if folds || !self.strange.is_empty() {
            self.look_again(text, &mut keywords);
        }
        self.scratch().push(scratch);
        Seen { keywords, places }
    }

    /// Looks for keywords as Go has lower case.
    fn look_again(&self, text: &str, keywords: &mut [bool]) {
        let lower: String = text.chars().map(lower).collect();
        for (word, number) in &self.strange {
            keywords[*number] |= !word.is_empty() && lower.contains(word);
        }
        for found in self.automaton.find_overlapping_iter(&lower) {
            if let Some(keyword) = self.words[found.pattern()].keyword {
                keywords[keyword] = true;
            }
        }
    }

    fn scratch(&self) -> std::sync::MutexGuard<'_, Vec<Scratch>> {
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a rule is to be tried on the text.
    pub fn concerns(&self, seen: &Seen, rule: usize) -> bool {
        let keywords = &self.keywords[rule];
        keywords.is_empty() || keywords.iter().any(|&keyword| seen.keywords[keyword])
    }
}

impl Seen {
    pub fn places(&self, rule: usize) -> &Places {
        &self.places[rule]
    }
}

/// One letter for one, as Go has lower case.
fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        (Some(lower), Some(_)) if c == '\u{130}' => lower,
        _ => c,
    }
}

struct Look<'a> {
    of: &'a Prefilter,
    text: &'a [u8],
    keywords: Vec<bool>,
    folds: bool,
    places: Vec<Places>,
    /// By branch: how many bytes may still be looked at.
    budgets: Vec<usize>,
    scratch: &'a mut Scratch,
}

impl Look<'_> {
    fn word(&mut self, word: &Word, at: usize) {
        if let Some(keyword) = word.keyword {
            self.keywords[keyword] = true;
        }
        self.folds |= word.folds;
        for &number in &word.branches {
            let branch = &self.of.branches[number];
            let places = &mut self.places[branch.rule];
            if places.anywhere {
                continue;
            }
            let Some(tail) = branch.tail.get_or_init(|| Tail::new(&branch.hir)) else {
                places.anywhere = true;
                continue;
            };
            let cache = self.scratch.caches[number].get_or_insert_with(|| tail.cache());
            match tail.at(self.text, at, cache, &mut self.budgets[number]) {
                Answer::May => places.at.push((at.saturating_sub(branch.reach), at)),
                Answer::Not => {}
                Answer::Spent => places.anywhere = true,
            }
        }
    }
}

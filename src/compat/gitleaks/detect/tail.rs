//! Whether an expression can match from one of its heads on: a step of a lazily built automaton a
//! byte, which ends as soon as the answer is known.

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::NFA;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::Hir;

/// What the automaton of one expression may hold on each thread, in bytes.
const LARGEST_CACHE: usize = 256 << 10;
/// What it may be compiled to, in bytes.
const LARGEST: usize = 8 << 20;

/// The automaton of an expression from its head on.
#[derive(Debug)]
pub struct Tail(DFA);

/// What looking at one place came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// It matches, or that cannot be told here.
    May,
    Not,
    /// So many bytes were looked at that searching the whole text costs less.
    Spent,
}

impl Tail {
    /// None where it is larger than the bound.
    pub fn new(tail: &Hir) -> Option<Tail> {
        let compiler = NFA::config().utf8(false).nfa_size_limit(Some(LARGEST));
        let nfa = NFA::compiler().configure(compiler).build_from_hir(tail).ok()?;
        let config = DFA::config().cache_capacity(LARGEST_CACHE).skip_cache_capacity_check(true);
        DFA::builder().configure(config).build_from_nfa(nfa).ok().map(Tail)
    }

    pub fn cache(&self) -> Cache {
        self.0.create_cache()
    }

    /// Whether it matches at an offset; every byte that is looked at is taken off `budget`.
    pub fn at(&self, text: &[u8], at: usize, cache: &mut Cache, budget: &mut usize) -> Answer {
        let input = Input::new(text).range(at..).anchored(Anchored::Yes);
        let Ok(mut state) = self.0.start_state_forward(cache, &input) else { return Answer::May };
        for &byte in &text[at..] {
            if *budget == 0 {
                return Answer::Spent;
            }
            *budget -= 1;
            match self.step(cache, state, byte) {
                Ok(next) => state = next,
                Err(answer) => return answer,
            }
        }
        match self.0.next_eoi_state(cache, state) {
            Ok(state) if !state.is_match() => Answer::Not,
            _ => Answer::May,
        }
    }

    fn step(&self, cache: &mut Cache, state: LazyStateID, byte: u8) -> Result<LazyStateID, Answer> {
        match self.0.next_state(cache, state, byte) {
            Ok(next) if next.is_dead() => Err(Answer::Not),
            Ok(next) if next.is_match() || next.is_quit() => Err(Answer::May),
            Ok(next) => Ok(next),
            Err(_) => Err(Answer::May),
        }
    }
}

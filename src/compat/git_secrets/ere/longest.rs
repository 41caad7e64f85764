//! Where the longest match of an expression ends, which is the one that POSIX takes. The crate
//! `regex` tells where the first begins, and prefers another end.

use super::parse::{EreError, Node, Place};
use super::set::{Set, is_word};

/// An automaton of an expression.
#[derive(Debug)]
pub struct Longest {
    steps: Vec<Step>,
    start: usize,
}

#[derive(Debug)]
enum Step {
    Byte(Set, usize),
    At(Place, usize),
    Either(usize, usize),
    Match,
}

/// The work that may still be done on a line, in steps.
#[derive(Debug)]
pub struct Budget(pub usize);

/// The budget is spent.
#[derive(Debug)]
pub struct Spent;

/// An automaton of more steps is refused.
const LARGEST: usize = 400_000;

impl Longest {
    /// # Errors
    /// Its intervals make it too large.
    pub fn new(node: &Node) -> Result<Longest, EreError> {
        let mut longest = Longest { steps: vec![Step::Match], start: 0 };
        longest.start = longest.add(node, 0)?;
        Ok(longest)
    }

    /// Adds what goes on at `next` behind the expression; returns where it begins.
    fn add(&mut self, node: &Node, next: usize) -> Result<usize, EreError> {
        match node {
            Node::Set(set) => self.push(Step::Byte(set.clone(), next)),
            Node::At(place) => self.push(Step::At(*place, next)),
            Node::Concat(parts) => {
                parts.iter().rev().try_fold(next, |next, part| self.add(part, next))
            }
            Node::Either(branches) => {
                let (last, rest) = branches.split_last().ok_or(EreError::Big)?;
                let last = self.add(last, next)?;
                rest.iter().rev().try_fold(last, |other, branch| {
                    let branch = self.add(branch, next)?;
                    self.push(Step::Either(branch, other))
                })
            }
            Node::Repeat { node, least, most } => {
                let mut start = next;
                match most {
                    None => {
                        let again = self.push(Step::Either(next, next))?;
                        let inner = self.add(node, again)?;
                        self.steps[again] = Step::Either(inner, next);
                        start = again;
                    }
                    Some(most) => {
                        for _ in *least..*most {
                            let inner = self.add(node, start)?;
                            start = self.push(Step::Either(inner, next))?;
                        }
                    }
                }
                (0..*least).try_fold(start, |next, _| self.add(node, next))
            }
        }
    }

    fn push(&mut self, step: Step) -> Result<usize, EreError> {
        if self.steps.len() == LARGEST {
            return Err(EreError::Big);
        }
        self.steps.push(step);
        Ok(self.steps.len() - 1)
    }

    /// Where the longest match in a line ends that begins at `start`.
    ///
    /// # Errors
    /// It took more work than there was to spend.
    pub fn end(
        &self,
        text: &[u8],
        start: usize,
        budget: &mut Budget,
    ) -> Result<Option<usize>, Spent> {
        let mut seen = vec![usize::MAX; self.steps.len()];
        let (mut now, mut next) = (vec![self.start], Vec::new());
        let mut end = None;
        for at in start..=text.len() {
            while let Some(step) = now.pop() {
                if std::mem::replace(&mut seen[step], at) == at {
                    continue;
                }
                budget.0 = budget.0.checked_sub(1).ok_or(Spent)?;
                match &self.steps[step] {
                    Step::Match => end = Some(at),
                    Step::Either(one, other) => now.extend([*one, *other]),
                    Step::At(place, then) if holds(*place, text, at) => now.push(*then),
                    Step::Byte(set, then) if text.get(at).is_some_and(|byte| set.holds(*byte)) => {
                        next.push(*then);
                    }
                    _ => {}
                }
            }
            if next.is_empty() {
                break;
            }
            std::mem::swap(&mut now, &mut next);
        }
        Ok(end)
    }
}

fn holds(place: Place, text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).is_some_and(|at| is_word(text[at]));
    let after = text.get(at).is_some_and(|byte| is_word(*byte));
    match place {
        Place::LineStart => at == 0,
        Place::LineEnd => at == text.len(),
        Place::WordStart => !before && after,
        Place::WordEnd => before && !after,
        Place::WordEdge => before != after,
        Place::NoWordEdge => before == after,
    }
}

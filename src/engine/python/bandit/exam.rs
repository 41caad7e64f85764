//! What the checks find in a file, put down as Bandit does: one node after the other, and for each
//! node one check after the other.

use super::{Demand, Failed, Issue, Metrics, Options, PythonVersion, Warning, refused};
use crate::engine::python::args::string;
use crate::engine::python::checks::Found;
use crate::engine::python::nosec::Waivers;
use crate::engine::python::rules::{Rules, Visited, order};
use crate::rule::Rule;
use ruff_python_ast::ModModule;
use ruff_python_ast::token::Tokens;
use ruff_python_parser::Parsed;
use std::borrow::Cow;
use std::ops::RangeInclusive;

/// What Bandit calls all the lists of calls and imports in one.
const LISTS: &str = "B001";

/// What was put down about a file.
#[derive(Default)]
pub struct Notes {
    pub issues: Vec<Issue>,
    pub metrics: Metrics,
    pub warnings: Vec<Warning>,
}

/// What is being put down about a file.
pub struct Exam<'d> {
    demand: &'d Demand<'d>,
    notes: &'d mut Notes,
    /// What the checks of the node that is looked at came to.
    pending: Vec<Outcome>,
    /// What the lists failed on there.
    lists_failure: Option<Failed>,
}

/// What a check came to that did not just find nothing.
struct Outcome {
    rule: &'static Rule,
    result: Result<Issue, Box<str>>,
}

/// Where the node stands that is looked at.
pub struct Place {
    /// The first line; 0 for a file as a whole.
    pub line: u32,
    /// Where it begins and ends; none for a file, where the check says that.
    pub columns: Option<(u32, u32)>,
    /// The lines on which a comment may waive what is found there.
    pub lines: RangeInclusive<u32>,
    /// Whether the checks say themselves in which line they found something.
    pub says_line: bool,
}

impl Place {
    /// Where the checks look at a file as a whole.
    pub fn of_file() -> Place {
        Place { line: 0, columns: None, lines: 0..=1, says_line: true }
    }
}

impl<'d> Exam<'d> {
    pub fn new(demand: &'d Demand<'d>, notes: &'d mut Notes) -> Exam<'d> {
        Exam { demand, notes, pending: Vec::new(), lists_failure: None }
    }

    pub fn options(&self) -> &'d Options {
        self.demand.options
    }

    /// The Python whose syntax is read.
    pub fn python(&self) -> Option<PythonVersion> {
        self.demand.python
    }

    /// Why Python refuses what the parser took.
    pub fn refuses(&mut self, source: &str, parsed: &Parsed<ModModule>) -> Option<String> {
        let too_new = || {
            let error = self.demand.python.and(parsed.unsupported_syntax_errors().first())?;
            Some(error.to_string())
        };
        let why = too_new().or_else(|| refused(source, parsed.tokens()).map(str::to_owned))?;
        self.waivers(source, parsed.tokens());
        Some(why)
    }

    pub fn runs(&self, rule: &Rule) -> bool {
        (self.demand.runs)(rule.id)
    }

    /// The waiving comments of the file. That words in them name no check is put down.
    pub fn waivers<'a>(&mut self, source: &'a str, tokens: &Tokens) -> Waivers<'a> {
        if self.demand.ignore_nosec {
            return Waivers::default();
        }
        let warnings = &mut self.notes.warnings;
        Waivers::new(source, tokens, |word| {
            warnings.push(Warning::UnknownTest { word: word.into() });
        })
    }

    /// A check of the node came to something. `line` is that of what it found, and `column` where
    /// that stands in a file as a whole.
    pub fn note(&mut self, rule: &'static Rule, found: &mut Found, line: u32, column: i64) {
        let result = match found.failure.take() {
            Some(failed) => Err(failed.0),
            None => Ok(Issue {
                rule,
                severity: found.severity.unwrap_or(rule.severity),
                confidence: found.confidence.unwrap_or(rule.confidence),
                message: found.message.take().unwrap_or(Cow::Borrowed(rule.title)),
                line,
                column,
                end_column: 0,
                lines: line..=line,
                secret: found.secret.and_then(string).map(|text| blake3::hash(text.as_bytes())),
            }),
        };
        self.pending.push(Outcome { rule, result });
    }

    /// The lists fail on the node.
    pub fn fail_lists(&mut self, failed: Failed) {
        self.lists_failure = self.runs_lists(Visited::Call).then_some(failed);
    }

    /// Whether there is something to put down about a node.
    pub fn has_news(&self, waivers: &Waivers) -> bool {
        !self.pending.is_empty() || waivers.name_rules() || self.lists_failure.is_some()
    }

    /// All checks have looked at the node.
    pub fn conclude(&mut self, visited: Visited, place: &Place, waivers: &Waivers) {
        let mut pending = std::mem::take(&mut self.pending);
        let named = waivers.named_on(&place.lines);
        if named.is_empty() {
            pending.sort_by_key(|outcome| order(outcome.rule));
            pending.drain(..).for_each(|outcome| self.settle(outcome, place, waivers));
            self.pending = pending;
            self.settle_lists(place);
            return;
        }
        for rule in Rules::get().tests(visited) {
            if let Some(at) = pending.iter().position(|outcome| outcome.rule.id == rule.id) {
                self.settle(pending.swap_remove(at), place, waivers);
            } else if named.contains(&rule.id) && self.runs(rule) {
                self.warn(rule.id, place);
            }
        }
        // What is left is of the lists.
        if let Some(outcome) = pending.pop() {
            self.settle(outcome, place, waivers);
        } else if !self.settle_lists(place) && named.contains(&LISTS) && self.runs_lists(visited) {
            self.warn(LISTS, place);
        }
    }

    /// Whether the lists failed.
    fn settle_lists(&mut self, place: &Place) -> bool {
        let failed = self.lists_failure.take();
        let failed =
            failed.map(|Failed(why)| Warning::TestFailed { test: LISTS, line: place.line, why });
        let has_failed = failed.is_some();
        self.notes.warnings.extend(failed);
        has_failed
    }

    fn runs_lists(&self, visited: Visited) -> bool {
        Rules::get().lists(visited).into_iter().any(|rule| self.runs(rule))
    }

    fn warn(&mut self, test: &'static str, place: &Place) {
        self.notes.warnings.push(Warning::NothingFailed { test, line: place.line });
    }

    fn settle(&mut self, outcome: Outcome, place: &Place, waivers: &Waivers) {
        let rule = outcome.rule;
        let issue = match outcome.result {
            Err(why) => {
                return self.notes.warnings.push(Warning::TestFailed {
                    test: rule.id,
                    line: place.line,
                    why,
                });
            }
            Ok(issue) => issue,
        };
        let own = place.says_line.then_some(issue.line);
        match waivers.judge(rule.id, own, &place.lines) {
            Some(waiver) if waiver.is_for_all => self.notes.metrics.nosec += 1,
            Some(_) => self.notes.metrics.skipped_tests += 1,
            None => self.notes.issues.push(match place.columns {
                None => issue,
                Some((column, end_column)) => Issue {
                    column: column.into(),
                    end_column: end_column.into(),
                    lines: place.lines.clone(),
                    ..issue
                },
            }),
        }
    }
}

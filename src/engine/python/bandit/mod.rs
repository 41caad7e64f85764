//! What Bandit itself would say of a file: the findings of the same walk, at the places and in the
//! order in which Bandit 1.9 reports them, with its counts and its remarks on comments.
//!
//! Where Bandit's answer depends on the Python that runs it, that is Python 3.11; only which
//! syntax is too new is asked of `Demand::python`.

mod exam;
mod fnmatch;
mod options;
mod refused;
#[cfg(test)]
mod tests;
mod values;

use exam::Notes;
pub(super) use exam::{Exam, Place};
pub use fnmatch::fnmatch;
pub(super) use options::TypedExceptions;
pub use options::{Options, OptionsError};
pub(super) use refused::refused;
use refused::refused_unparsed;
pub use ruff_python_ast::PythonVersion;
pub(super) use values::{Failed, ask};

use crate::engine::Seen;
use crate::finding::{Confidence, Severity, Trouble};
use crate::rule::Rule;
use crate::target::{Encoding, SourceFile};
use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

/// What is asked of a file.
#[derive(Clone, Copy)]
pub struct Demand<'a> {
    pub options: &'a Options,
    /// Whether the rule of this id runs.
    pub runs: &'a (dyn Fn(&str) -> bool + Sync),
    /// Whether `# nosec` comments say nothing.
    pub ignore_nosec: bool,
    /// Newer syntax than that of this Python is an error; without one, all to date is read.
    pub python: Option<PythonVersion>,
}

/// What Bandit would say.
#[derive(Debug)]
pub struct Examined {
    /// Whether the file was scanned, or counts as skipped.
    pub outcome: Result<(), Failure>,
    /// In Bandit's order, without those that comments waive; none of a file that is skipped.
    pub issues: Vec<Issue>,
    pub metrics: Metrics,
    /// What Bandit logs, in its order.
    pub warnings: Vec<Warning>,
    /// Ranges of the file's bytes that hold the value of a secret, in no order.
    pub masks: Vec<Range<usize>>,
}

/// Why Bandit skips a file, and what is wrong with it in our words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// To Bandit, a syntax error while parsing the file.
    Syntax(String),
    /// To Bandit, an exception while scanning the file, which it logs as an error.
    Crashed(String),
}

/// A finding.
#[derive(Debug, Clone)]
pub struct Issue {
    pub rule: &'static Rule,
    pub severity: Severity,
    pub confidence: Confidence,
    pub message: Cow<'static, str>,
    /// From 1.
    pub line: u32,
    /// Where the node begins that the check looked at, in bytes of UTF-8 from 0 on its first line,
    /// which need not be `line`.
    pub column: i64,
    /// Where that node ends, on its last line.
    pub end_column: i64,
    /// The lines of the node, or of the one around a string.
    pub lines: RangeInclusive<u32>,
    /// The hash of the text that the message does not show, for a password: to tell whether it is
    /// one that is known. It is not to be written anywhere.
    pub secret: Option<blake3::Hash>,
}

/// What Bandit counts in a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Lines that are neither blank nor a comment.
    pub loc: u64,
    /// Findings that a comment waives which names no check.
    pub nosec: u64,
    /// Findings that a comment waives which names their check.
    pub skipped_tests: u64,
}

/// Something that Bandit logs about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// A comment names what is no check.
    UnknownTest { word: Box<str> },
    /// A comment names a check that found nothing there. `line` is where the node begins that the
    /// check looked at; 0 for the check that looks at the whole file.
    NothingFailed { test: &'static str, line: u32 },
    /// A check ended in an exception, which Bandit logs as an error, with `why` and a traceback.
    TestFailed { test: &'static str, line: u32, why: Box<str> },
}

/// What Bandit would say of a file. `file.path` is the name as Bandit has it, which patterns of
/// the options are matched with; see `SourceFile::of_kind` for a file that has no name of Python's.
pub fn examine(file: &SourceFile, demand: &Demand) -> Examined {
    let mut seen = Seen::default();
    let mut notes = Notes::default();
    let exam = Exam::new(demand, &mut notes);
    let undecodable = || "is not in the encoding that it declares".to_owned();
    let outcome = match file.encoding() {
        Encoding::Unknown => {
            Err(Failure::Syntax("is in an encoding that Python does not know".into()))
        }
        Encoding::Broken if demand.ignore_nosec => Err(Failure::Syntax(undecodable())),
        Encoding::Broken => Err(Failure::Crashed(undecodable())),
        Encoding::Sound => {
            super::scan(file, file.text(), &mut seen, Some(exam)).map_err(|(trouble, why)| {
                match trouble {
                    Trouble::OverLimit if refused_unparsed(file.text()).is_none() => {
                        Failure::Crashed(why)
                    }
                    _ => Failure::Syntax(why),
                }
            })
        }
    };
    let Notes { mut issues, mut metrics, warnings } = notes;
    metrics.loc = lines_of_code(file);
    if outcome.is_err() {
        issues.clear();
    }
    Examined { outcome, issues, metrics, warnings, masks: seen.masks }
}

/// Lines that are neither blank nor a comment, to Python's `bytes`. A byte order mark is neither.
fn lines_of_code(file: &SourceFile) -> u64 {
    let is_code = |line: &[u8]| {
        let start = line.iter().find(|byte| !matches!(byte, b'\t'..=b'\r' | b' '));
        start.is_some_and(|byte| *byte != b'#')
    };
    let mut lines = file.bytes().split(|byte| matches!(byte, b'\n' | b'\r'));
    let first = lines.next().unwrap_or_default();
    u64::from(file.is_marked() || is_code(first))
        + lines.filter(|line| is_code(line)).count() as u64
}

//! Looks at the files, several at a time, and counts.

use super::discover::{Discovered, Place, STDIN};
use super::issue::{Code, Issue, RANKS, Rank};
use super::log::Log;
use super::options::{Options, strerror};
use super::python::Python;
use super::walk;
use crate::engine::python::bandit::{self as engine, Demand, Examined, Failure, Warning};
use crate::engine::{View, masked_as, secrets};
use crate::scan;
use crate::target::{Kind, SourceFile};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, Read};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

/// What stands for a secret, as in the reports of gitleaks.
pub const REDACTED: &str = "REDACTED";
/// The most that a file has, in bytes: lines are counted in 32 bits.
const MOST: u64 = u32::MAX as u64;
/// The most that is shown of a line, in bytes: many issues on a long one would each show all of it.
const WIDEST: usize = 2000;
/// How far apart the places are that a long line is shown from.
const STEP: usize = WIDEST / 2;
/// Stands for the rest of a long line.
const CUT: &str = "…";
/// How standard input is reported.
const STDIN_NAME: &str = "<stdin>";

/// What came of it all.
#[derive(Debug, Default)]
pub struct Session {
    pub results: Vec<Issue>,
    /// Files that were not looked at, and why.
    pub skipped: Vec<(Arc<str>, String)>,
    /// What was counted in each file.
    pub metrics: Vec<(Arc<str>, Counts)>,
    pub totals: Counts,
    /// The files that were looked at, with the scores of severity and confidence.
    pub scope: Vec<(Arc<str>, [u64; 2])>,
    pub excluded: Vec<String>,
}

/// What is counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub loc: u64,
    pub nosec: u64,
    pub skipped_tests: u64,
    /// How many issues there are of each rank, by severity and by confidence; none for a file
    /// that could not be looked at to its end.
    pub issues: Option<[[u64; 4]; 2]>,
}

/// How the files are looked at.
#[derive(Debug)]
pub struct Plan<'a> {
    pub options: &'a Options,
    pub checks: &'a engine::Options,
    /// The ids of the rules that run.
    pub runs: &'a BTreeSet<&'static str>,
    pub python: Python,
}

/// What came of one file.
enum Looked {
    Unread(String),
    Read { name: Arc<str>, examined: Examined, issues: Vec<Issue> },
}

impl Session {
    /// Looks at every file.
    ///
    /// # Errors
    /// The system has no more threads.
    pub fn run(plan: &Plan, found: Discovered, log: &Log) -> Result<Session, String> {
        let pool = scan::pool().map_err(|error| format!("cannot start threads: {error}"))?;
        let looked: Vec<Looked> =
            pool.install(|| found.files.par_iter().map(|place| plan.look(place)).collect());
        let mut session = Session { excluded: found.excluded, ..Session::default() };
        session.totals.issues = Some([[0; 4]; 2]);
        for (place, looked) in found.files.iter().zip(looked) {
            log.debug("manager", &format!("working on file : {}", place.name));
            match looked {
                Looked::Unread(why) => session.skipped.push((place.name.clone(), why)),
                Looked::Read { name, examined, issues } => {
                    session.take(name, examined, issues, log);
                }
            }
        }
        Ok(session)
    }

    fn take(&mut self, name: Arc<str>, examined: Examined, issues: Vec<Issue>, log: &Log) {
        let (comments, checks): (Vec<_>, Vec<_>) = examined
            .warnings
            .iter()
            .partition(|warning| matches!(warning, Warning::UnknownTest { .. }));
        comments.into_iter().for_each(|warning| warn(warning, &name, log));
        if &*name == STDIN_NAME {
            let what = "Unable to find qualified name for module";
            log.warning("node_visitor", &format!("{what}: {name}"));
        }
        checks.into_iter().for_each(|warning| warn(warning, &name, log));
        let mut counts = Counts {
            loc: examined.metrics.loc,
            nosec: examined.metrics.nosec,
            skipped_tests: examined.metrics.skipped_tests,
            issues: None,
        };
        let skipped = match examined.outcome {
            Ok(()) => None,
            Err(Failure::Syntax(_)) => Some("syntax error while parsing AST from file"),
            Err(Failure::Crashed(why)) => {
                let failed = "Exception occurred when executing tests against";
                log.error("manager", &format!("{failed} {name}."));
                let hint = format!("Run \"bandit --debug {name}\" to see the full traceback.");
                log.error("manager", if log.is_debug() { &why } else { &hint });
                Some("exception while scanning file")
            }
        };
        match skipped {
            Some(why) => self.skipped.push((name.clone(), why.to_owned())),
            None => {
                let ranks = |issue: &Issue| [issue.severity, issue.confidence];
                let mut score = [0; 2];
                let mut by_rank = [[0; 4]; 2];
                for (at, rank) in
                    issues.iter().flat_map(|issue| ranks(issue).into_iter().enumerate())
                {
                    score[at] += rank.score();
                    by_rank[at][rank as usize] += 1;
                }
                counts.issues = Some(by_rank);
                self.scope.push((name.clone(), score));
                self.results.extend(issues);
            }
        }
        self.totals.add(&counts);
        self.metrics.push((name, counts));
    }

    /// The issues that are at least so bad and so sure.
    pub fn filtered(&self, severity: Rank, confidence: Rank) -> Vec<&Issue> {
        let counts = |issue: &&Issue| issue.severity >= severity && issue.confidence >= confidence;
        self.results.iter().filter(counts).collect()
    }
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.loc += other.loc;
        self.nosec += other.nosec;
        self.skipped_tests += other.skipped_tests;
        if let (Some(all), Some(more)) = (&mut self.issues, &other.issues) {
            for (all, more) in all.iter_mut().flatten().zip(more.iter().flatten()) {
                *all += more;
            }
        }
    }

    /// What is counted by the names that a report has for it: those of `severity` and
    /// `confidence` are `SEVERITY.LOW` and the like.
    pub fn named(&self) -> Vec<(String, u64)> {
        let mut named = vec![
            ("loc".to_owned(), self.loc),
            ("nosec".to_owned(), self.nosec),
            ("skipped_tests".to_owned(), self.skipped_tests),
        ];
        for (counts, of) in self.issues.iter().flatten().zip(["SEVERITY", "CONFIDENCE"]) {
            named.extend(
                RANKS
                    .iter()
                    .zip(counts)
                    .map(|(rank, count)| (format!("{of}.{}", rank.name()), *count)),
            );
        }
        named
    }
}

impl Plan<'_> {
    fn look(&self, place: &Place) -> Looked {
        let (raw, name) = match &*place.name {
            STDIN => (stdin(), STDIN_NAME.into()),
            _ => (walk::read(&place.path, place.walked, MOST), place.name.clone()),
        };
        match raw {
            Ok(raw) => {
                let file = SourceFile::of_kind(Kind::Python, name, raw);
                let (examined, issues) = self.examine(&file);
                Looked::Read { name: file.path, examined, issues }
            }
            Err(error) => Looked::Unread(strerror(&error)),
        }
    }

    /// What is asked of a file, as far as the command line does not say more.
    fn demand(&self) -> Demand<'_> {
        let Python(python) = self.python;
        Demand { options: self.checks, runs: &|_| true, ignore_nosec: false, python }
    }

    fn examine(&self, file: &SourceFile) -> (Examined, Vec<Issue>) {
        let runs = |id: &str| self.runs.contains(id);
        let ignore_nosec = self.options.ignore_nosec;
        let demand = Demand { runs: &runs, ignore_nosec, ..self.demand() };
        let examined = panic::catch_unwind(AssertUnwindSafe(|| engine::examine(file, &demand)));
        let mut examined = examined.unwrap_or_else(|_| crashed());
        let found = std::mem::take(&mut examined.issues);
        if found.is_empty() || examined.outcome.is_err() {
            return (examined, Vec::new());
        }
        let mut masks = secrets::masks(file);
        masks.append(&mut examined.masks);
        let mut lines =
            Lines { view: View::new(file, masks, REDACTED), file, shown: HashMap::new() };
        let issues = found.into_iter().map(|issue| self.issue(issue, &mut lines)).collect();
        (examined, issues)
    }

    fn issue(&self, issue: engine::Issue, lines: &mut Lines) -> Issue {
        // A report in SARIF has the same context whatever the command line says.
        let context = if self.options.format == "sarif" { 3 } else { self.options.number };
        // Where the node begins is known of the line that is reported alone.
        let at = usize::try_from(issue.column).unwrap_or_default();
        let get = |line| lines.get(line, if line == issue.line { at } else { 0 });
        Issue {
            rule: issue.rule,
            severity: issue.severity.into(),
            confidence: issue.confidence.into(),
            code: Code::around(issue.line, issue.lines.clone().count(), context, get),
            text: match issue.message {
                Cow::Borrowed(fixed) => fixed.into(),
                Cow::Owned(text) => masked_as(&text, REDACTED).into(),
            },
            secret: issue.secret,
            file: lines.file.path.clone(),
            line: issue.line,
            lines: issue.lines.collect(),
            column: issue.column,
            end_column: issue.end_column,
        }
    }
}

/// The lines of a file as they may be shown, each made once.
struct Lines<'a> {
    view: View<'a>,
    file: &'a SourceFile,
    /// By line and the window in it.
    shown: HashMap<(u32, usize), Arc<str>>,
}

impl Lines<'_> {
    /// A line with its end; none past the last. Of a long one, what is around the byte `at`.
    fn get(&mut self, number: u32, at: usize) -> Option<Arc<str>> {
        let (index, bytes) = (self.file.lines(), self.file.bytes());
        let start = index.start(number, bytes);
        if start >= bytes.len() {
            return None;
        }
        // Standard input is shown with the line ends that it has.
        let is_stdin = &*self.file.path == STDIN_NAME;
        let line = match is_stdin {
            true => start..index.start(number + 1, bytes),
            false => index.range(number, bytes),
        };
        let window = match line.len() > WIDEST {
            true => at.min(line.len()).saturating_sub(STEP / 2) / STEP,
            false => 0,
        };
        let view = &self.view;
        let shown = self.shown.entry((number, window)).or_insert_with(|| {
            let from = boundary(bytes, line.start + window * STEP);
            let to = boundary(bytes, line.end.min(line.start + window * STEP + WIDEST));
            let before = if from > line.start { CUT } else { "" };
            let after = match (to < line.end, is_stdin) {
                (true, _) => &format!("{CUT}\n"),
                (false, true) => "",
                (false, false) => "\n",
            };
            (before.to_owned() + &view.show(from..to) + after).into()
        });
        Some(shown.clone())
    }
}

/// The last place up to this one where a character begins.
fn boundary(bytes: &[u8], at: usize) -> usize {
    let is_inside = |at: &usize| bytes.get(*at).is_some_and(|byte| byte & 0xC0 == 0x80);
    (0..=at).rev().find(|at| !is_inside(at)).unwrap_or_default()
}

/// Logs what Bandit logs of a file beside its issues.
fn warn(warning: &Warning, file: &str, log: &Log) {
    match warning {
        Warning::UnknownTest { word } => {
            let what = "Test in comment";
            let word = masked_as(word, REDACTED);
            log.warning("manager", &format!("{what}: {word} is not a test name or id, ignoring"));
        }
        Warning::NothingFailed { test, line } => {
            let what = format!("nosec encountered ({test}), but no failed test on file");
            log.warning("tester", &format!("{what} {file}:{line}"));
        }
        Warning::TestFailed { test, line, why } => {
            let what = format!("Bandit internal error running: {test} on file {file}");
            let why = masked_as(why, REDACTED);
            log.error("tester", &format!("{what} at line {line}: {why}"));
        }
    }
}

fn stdin() -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    io::stdin().lock().take(MOST).read_to_end(&mut raw)?;
    Ok(raw)
}

/// What is known of a file on which the engine failed.
fn crashed() -> Examined {
    Examined {
        outcome: Err(Failure::Crashed("a defect of Lockgate; please report it".to_owned())),
        issues: Vec::new(),
        metrics: engine::Metrics::default(),
        warnings: Vec::new(),
        masks: Vec::new(),
    }
}

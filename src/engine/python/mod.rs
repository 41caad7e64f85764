//! Python: what Bandit looks for, on ruff's syntax tree.
//!
//! `walk` visits the tree once and hands each node to the checks that have a use for it. `checks`
//! is the table of contents; `rules` joins it with the catalogue; `names` knows what a name means
//! where it stands; `nosec` reads the comments that waive a finding; `report` makes a hit of what a
//! check found, and `bandit` says of a file exactly what Bandit would.

mod args;
mod aside;
pub mod bandit;
mod checks;
mod depth;
mod evidence;
mod f_string;
mod fixes;
mod fragment;
mod hidden;
mod look;
mod names;
mod node;
mod nosec;
mod report;
mod rules;
mod scopes;
#[cfg(test)]
mod tests;
mod walk;

pub use fragment::parses;

use super::{Engine, Seen};
use crate::finding::{Notification, Trouble};
use crate::target::{Kind, SourceFile, Spans};
use bandit::Exam;
use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::Ranged;
use std::sync::{Mutex, PoisonError};

/// A tree takes thirty times its source; what is longer is data, not code.
const LARGEST: usize = 16 << 20;
/// Longer sources are parsed one after the other.
const LARGE: usize = 4 << 20;

static LARGE_TURN: Mutex<()> = Mutex::new(());

/// The engine.
pub struct Python;

impl Engine for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn wants(&self, file: &SourceFile) -> bool {
        matches!(file.kind, Kind::Python | Kind::Ipython)
    }

    fn scan(&self, file: &SourceFile) -> Seen {
        let mut seen = Seen::default();
        let doubt = file
            .doubt()
            .map(|why| (Trouble::Undecodable, format!("{why}; what can be read of it is scanned")));
        let failure = scan(file, file.text(), &mut seen, None).err();
        seen.notifications.extend(doubt.into_iter().chain(failure).map(|(trouble, message)| {
            Notification {
                path: file.path.clone(),
                engine: Some(self.name().into()),
                trouble,
                message: message.into(),
            }
        }));
        seen
    }
}

/// The names of all native checks, which `match.native` of a rule chooses from.
pub fn natives() -> impl Iterator<Item = &'static str> {
    checks::CHECKS.iter().map(|(name, _)| *name)
}

/// The ids of the rules whose findings a machine may be able to mend.
pub fn fixable() -> impl Iterator<Item = &'static str> {
    fixes::rules()
}

fn scan(
    file: &SourceFile,
    source: &str,
    seen: &mut Seen,
    mut exam: Option<Exam<'_>>,
) -> Result<(), (Trouble, String)> {
    if source.len() > LARGEST {
        let why = format!("is not parsed: over {} MiB of Python", LARGEST >> 20);
        return Err((Trouble::OverLimit, why));
    }
    if let Some(at) = memchr::memchr(0, source.as_bytes()) {
        return Err(unparsed(file, "NUL byte in the source", at));
    }
    if depth::is_bottomless(source) {
        let limit = depth::MAX_PARSED;
        return Err((
            Trouble::OverLimit,
            format!("is not parsed: nested over {limit} levels deep"),
        ));
    }
    // A tree takes thirty times its source: of the large ones, there is one at a time.
    let _turn =
        (source.len() > LARGE).then(|| LARGE_TURN.lock().unwrap_or_else(PoisonError::into_inner));
    let dialect = match file.kind {
        Kind::Ipython => PySourceType::Ipynb,
        _ => PySourceType::Python,
    };
    let python = exam.as_ref().and_then(Exam::python);
    let options = ParseOptions::from(dialect).with_target_version(python.unwrap_or_default());
    let parsed = parse_unchecked(source, options).try_into_module();
    let parsed = parsed.expect("what a source type stands for is a module");
    if let Some(error) = parsed.errors().first() {
        let why = unparsed(file, &error.error.to_string(), error.start().to_usize());
        if let Some(mut exam) = exam {
            exam.waivers(source, parsed.tokens());
        }
        let deep = depth::exceeds_limit(parsed.syntax());
        release(parsed, deep);
        return Err(why);
    }
    if let Some(exam) = &mut exam
        && let Some(why) = exam.refuses(source, &parsed)
    {
        let deep = depth::exceeds_limit(parsed.syntax());
        release(parsed, deep);
        return Err((Trouble::Unparsed, format!("is refused by Python: {why}")));
    }
    let deep = walk::walk(file, source, &parsed, seen, exam).is_err();
    release(parsed, deep);
    if deep {
        let limit = node::MAX_DEPTH;
        let why =
            format!("is nested too deeply: what is more than {limit} levels deep is not seen");
        return Err((Trouble::OverLimit, why));
    }
    Ok(())
}

fn unparsed(file: &SourceFile, why: &str, at: usize) -> (Trouble, String) {
    let place = Spans::new(file.lines(), file.bytes()).next(&(at..at));
    let (line, column) = (place.start_line, place.start_column);
    (Trouble::Unparsed, format!("does not parse: {why} at line {line}, column {column}"))
}

/// Frees a tree, unless its depth would overflow the stack on the way: then it stays in memory.
fn release(parsed: Parsed<ModModule>, deep: bool) {
    if deep {
        std::mem::forget(parsed);
    }
}

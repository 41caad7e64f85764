//! `lockgate rules test`.

use crate::cli::own_rules::{is_rule, is_test};
use crate::cli::{Error, Outcome, print};
use crate::engine::syntax::{self, Case, Document, Missed, Trial};
use crate::git::{Files, Source};
use crate::report::summary::plural;
use crate::report::untrusted::visible;
use crate::scan::STACK;
use std::fmt::Write;
use std::path::{Path, PathBuf};

pub const HELP: &str = "\
Tests stand in files called NAME-test.yml, in the folder or in rule-tests beside it, as `id`, `valid` \
and `invalid`; or in the rule itself, as `metadata.tests`. `valid` is code in which the rule must \
find nothing, `invalid` such in which it must find something.
Exit codes: 0 all passed, 1 one failed, 2 a rule or a test cannot be read.";

/// Where ast-grep has tests: beside the folder of the rules.
const BESIDE: &str = "rule-tests";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder of the rules
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let folder = &args.folder;
    let mut documents = syntax::read(&files(folder, is_rule)?).map_err(Error::usage)?;
    if documents.is_empty() {
        let why = "holds no .yml or .yaml file with rules";
        return Err(Error::Usage(format!("{}: {why}", folder.display())));
    }
    let mut tests = files(folder, is_test)?;
    let beside = folder.canonicalize().ok().and_then(|path| Some(path.parent()?.join(BESIDE)));
    if let Some(beside) = beside.filter(|beside| beside.is_dir()) {
        tests.extend(files(&beside, is_test)?);
    }
    syntax::read_tests(&tests, &mut documents).map_err(Error::usage)?;
    let trials = tried(&documents)?;
    print(text(&trials).as_bytes())?;
    match trials.iter().all(|trial| trial.missed.is_empty()) {
        true => Ok(Outcome::Passed),
        false => Ok(Outcome::Blocked),
    }
}

/// Runs the tests on a stack as large as that of a scan.
fn tried(documents: &[Document]) -> Result<Vec<Trial>, Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build();
    let pool = pool.map_err(|error| Error::Internal(format!("cannot start a thread: {error}")))?;
    let trials: Result<Vec<Trial>, _> =
        pool.install(|| documents.iter().map(syntax::run).collect());
    trials.map_err(Error::usage)
}

fn files(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Files, Error> {
    // Whoever tests rules has them here, whatever a pull request may change.
    let read = Source::worktree(Path::new(".")).folder_named(folder, wanted);
    read.map_err(Error::usage)?
        .ok_or_else(|| Error::Usage(format!("{}: there is no such folder", folder.display())))
}

fn text(trials: &[Trial]) -> String {
    let width = trials.iter().map(|trial| trial.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    let (mut failed, mut untested) = (0, 0);
    for Trial { id, cases: (valid, invalid), missed } in trials {
        let word = match (missed.is_empty(), invalid) {
            (false, _) => {
                failed += 1;
                "failed"
            }
            (true, 0) => {
                untested += 1;
                "untested"
            }
            (true, _) => "ok",
        };
        let _ = writeln!(text, "{word:8}  {id:width$}  {valid} valid, {invalid} invalid");
        missed.iter().for_each(|missed| case(missed, &mut text));
    }
    let _ = write!(text, "\n{}: ", plural(trials.len(), "rule"));
    let _ = write!(text, "{} ok, {failed} failed", trials.len() - failed - untested);
    if untested > 0 {
        let _ = write!(text, ", {untested} without code that the rule must find something in");
    }
    text + "\n"
}

/// A case that failed: what is wrong with it, and the code.
fn case(missed: &Missed, text: &mut String) {
    let Missed { case, number, code, lines } = missed;
    let lines: Vec<String> = lines.iter().map(u32::to_string).collect();
    let _ = match case {
        Case::Valid => writeln!(
            text,
            "    valid case {number}: must find nothing, and does on line {}:",
            lines.join(", ")
        ),
        Case::Invalid => writeln!(text, "    invalid case {number}: must find something:"),
    };
    for line in code.lines() {
        let _ = writeln!(text, "      | {}", visible(line));
    }
}

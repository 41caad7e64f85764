//! `lockgate secrets`.

use super::scan::{How, Work, around, resolve, run_on};
use super::{Error, Outcome};
use crate::config::Mode;
use crate::engine::{ENGINES, Engine, secrets};
use crate::git::Span;
use crate::pipeline::added::Subject;
use clap::builder::{BoolishValueParser, NonEmptyStringValueParser};
use std::io::{self, Read};
use std::path::PathBuf;

/// A text on standard input may have as many bytes as the largest file.
const LONGEST: u64 = 64 << 20;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
What is found in the working tree is recorded as `lockgate scan` does. What is found in a history, \
in the index or on standard input is not: the store holds the state of commits.
Every option can come from the environment: LOCKGATE_ and its name, such as LOCKGATE_HISTORY.
Exit codes: see `lockgate --help`.")]
pub struct Args {
    /// What to scan: folders and files of one repository, or `-` for standard input
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What commits added, to the paths before it: those of a range such as v1.0..HEAD, else of
    /// all references
    #[arg(long, value_name = "RANGE", env = "LOCKGATE_HISTORY", hide_env = true,
          num_args = 0..=1, default_missing_value = ALL,
          conflicts_with_all = ["commit_range", "staged"], value_parser = NonEmptyStringValueParser::new())]
    history: Option<String>,
    /// What the commits of a push or a pull request add, such as origin/main..HEAD
    #[arg(long, value_name = "RANGE", env = "LOCKGATE_COMMIT_RANGE", hide_env = true,
          conflicts_with = "staged",
          value_parser = NonEmptyStringValueParser::new())]
    commit_range: Option<String>,
    /// What is staged for the next commit
    #[arg(long, env = "LOCKGATE_STAGED", hide_env = true,
          value_parser = BoolishValueParser::new())]
    staged: bool,
    #[command(flatten)]
    how: How,
}

/// All references, in words of git.
const ALL: &str = "--all";

pub fn run(args: Args) -> Result<Outcome, Error> {
    let Args { mut paths, history, commit_range, staged, how } = args;
    let is_stdin = paths.iter().any(|path| path.as_os_str() == "-");
    let refused = |why: &str| Err(Error::Usage(why.to_owned()));
    let subject = match history.or(commit_range) {
        _ if is_stdin && paths.len() > 1 => {
            return refused("`-` stands for standard input, and alone");
        }
        Some(_) if is_stdin => return refused("standard input has no history; leave out `-`"),
        None if is_stdin && staged => {
            return refused("standard input is not staged; leave out `-` or --staged");
        }
        Some(range) if range == ALL => Subject::History(Span::All),
        Some(range) => Subject::History(Span::Range(of_push(&range)?)),
        None if is_stdin => Subject::Text { path: "stdin".into(), bytes: standard_input()? },
        None if is_bare(&paths) => {
            return refused(
                "this is a bare repository: no files are checked out and none are staged; look at its commits with `lockgate secrets --history`",
            );
        }
        None if staged => Subject::Staged,
        None => Subject::Tree,
    };
    if is_stdin {
        paths = vec![PathBuf::from(".")];
    }
    run_on(work(paths, subject), &how)
}

/// A range as CI systems tell what was pushed: zeros stand for the commit before the first of a new
/// branch.
fn of_push(range: &str) -> Result<String, Error> {
    let is_none = |id: &str| id.len() >= 40 && id.bytes().all(|digit| digit == b'0');
    let word = |word: &str| {
        let (from, to) = word.split_once("..").unwrap_or(("", word));
        let to = to.trim_start_matches('.');
        match is_none(to) {
            true => Err(Error::Usage(format!(
                "{word}: the branch was deleted, so there is no commit to look at"
            ))),
            false if is_none(from) => Ok(if to.is_empty() { "HEAD" } else { to }.to_owned()),
            false => Ok(word.to_owned()),
        }
    };
    let words: Result<Vec<String>, Error> = range.split_whitespace().map(word).collect();
    Ok(words?.join(" "))
}

/// Whether what is to be scanned is what git keeps in a repository without a working tree.
fn is_bare(paths: &[PathBuf]) -> bool {
    let resolved = resolve(paths).ok();
    resolved.and_then(|paths| around(&paths).1).is_some_and(|git| git.is_bare())
}

/// A scan for secrets alone.
pub fn work(paths: Vec<PathBuf>, subject: Subject) -> Work {
    let mode = |engine: &&'static dyn Engine| {
        let name = engine.name();
        let mode = if name == secrets::Secrets.name() { Mode::Builtin } else { Mode::Off };
        (name.to_owned(), mode)
    };
    let engines = ENGINES.iter().map(mode).collect();
    Work { paths, subject, engines, only_secrets: true, profile: None }
}

fn standard_input() -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| Error::Usage(format!("standard input cannot be read: {error}")))?;
    match bytes.len() as u64 > LONGEST {
        true => Err(Error::Usage(format!(
            "standard input has more than {} MiB; write it to a file and scan that",
            LONGEST >> 20
        ))),
        false => Ok(bytes),
    }
}

//! `lockgate db`: looks after the store of findings.

use super::progress::Work;
use super::{Error, FOLDER, Outcome, print};
use crate::clock;
use crate::git;
use crate::report::summary::plural;
use crate::report::untrusted::visible;
use crate::store::Location;
use crate::store::maintain::{self, Keep, MaintainError, Prune};
use clap::builder::BoolishValueParser;
use globset::GlobBuilder;
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Say where the store is and what it holds
    Info(Store),
    /// Copy everything into an empty store: from a file to PostgreSQL, back, or anywhere
    ///
    /// All of it or nothing: ids, history, decisions. What was written is read back and compared.
    /// Who scans meanwhile is not disturbed, and what they record is not copied.
    Copy {
        /// The store to copy: a file, or postgres://USER@HOST/DATABASE
        from: PathBuf,
        /// Where to: a file that is not there yet, or a database that holds no findings
        to: PathBuf,
        #[command(flatten)]
        quiet: Quiet,
    },
    /// Look whether the store is whole, and say what was looked at
    #[command(after_help = "Exit codes: 0 all is well, 2 there is no store or it cannot be read, \
                            4 it is damaged.")]
    Check(Store),
    /// Write everything as it is now into one file, while others go on scanning
    ///
    /// The file is a store itself: name it with --db, or copy it back with `lockgate db copy`.
    Backup {
        /// The file to write; it must not be there yet
        file: PathBuf,
        #[command(flatten)]
        store: Store,
    },
    /// Forget scans and findings that are long gone
    ///
    /// Never forgotten: what is open, what was decided about, when it was first seen, and the last
    /// scan of a branch that passed.
    Prune(PruneArgs),
}

#[derive(Debug, clap::Args)]
pub struct Store {
    /// The store, instead of .lockgate/findings.db at the repository's root: a file, or
    /// postgres://USER@HOST/DATABASE
    #[arg(long, value_name = "FILE|URL", env = "LOCKGATE_DB", hide_env = true)]
    db: Option<PathBuf>,
    #[command(flatten)]
    quiet: Quiet,
}

#[derive(Debug, clap::Args)]
pub struct Quiet {
    /// No progress
    #[arg(long, short, env = "LOCKGATE_QUIET", hide_env = true,
          value_parser = BoolishValueParser::new())]
    quiet: bool,
}

#[derive(Debug, clap::Args)]
pub struct PruneArgs {
    /// What to keep: a time, such as 90d, 26w or 2y, or a number of scans of each branch
    #[arg(long, value_name = "TIME|COUNT", value_parser = keep, env = "LOCKGATE_KEEP",
          hide_env = true)]
    keep: Keep,
    /// Forget these branches whole when their last scan is older than --keep, such as
    /// 'feature/**'; what is open on them too
    #[arg(long, value_name = "GLOB", env = "LOCKGATE_BRANCH", hide_env = true)]
    branch: Option<String>,
    /// Only say what would be forgotten
    #[arg(long, env = "LOCKGATE_DRY_RUN", hide_env = true,
          value_parser = BoolishValueParser::new())]
    dry_run: bool,
    #[command(flatten)]
    store: Store,
}

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The units of a time to keep, in days.
const UNITS: &[(char, i64)] = &[('d', 1), ('w', 7), ('y', 365)];

/// No store is older than this many days.
const LONGEST: i64 = 100 * 365;

fn keep(text: &str) -> Result<Keep, String> {
    let wanted = "say a time, such as 90d, 26w or 2y, or a number of scans";
    let unit = UNITS.iter().find(|(letter, _)| text.ends_with(*letter));
    let Some((letter, days)) = unit else {
        return match text.parse() {
            Ok(0) => Err("at least the last scan of each branch is kept; say 1 or more".into()),
            Ok(count) => Ok(Keep::Newest(count)),
            Err(_) => Err(wanted.into()),
        };
    };
    let count: i64 = text.trim_end_matches(*letter).parse().map_err(|_| wanted)?;
    let days = count.checked_mul(*days).filter(|days| (0..=LONGEST).contains(days));
    let days = days.ok_or("a time to keep is at most 100y")?;
    Ok(Keep::Since(clock::now().as_second() - days * DAY))
}

pub fn run(command: Command) -> Result<Outcome, Error> {
    match command {
        Command::Info(store) => info(&store),
        Command::Copy { from, to, quiet } => copy(&from, &to, &quiet),
        Command::Check(store) => check(&store),
        Command::Backup { file, store } => backup(&file, &store),
        Command::Prune(args) => prune(&args),
    }
}

/// The store that `--db` names, else that of the repository around the working folder.
pub(super) fn location(named: Option<&Path>, root: &Path) -> Result<Location, Error> {
    let own = || root.join(FOLDER).join("findings.db");
    Location::of(&named.map_or_else(own, Path::to_owned)).map_err(Error::usage)
}

impl Store {
    fn location(&self) -> Result<Location, Error> {
        location(self.db.as_deref(), &git::discover(Path::new(".")).root)
    }
}

/// What the user can mend is usage; a copy that reads back otherwise is not.
fn failed(error: MaintainError) -> Error {
    match error {
        MaintainError::Differs { .. } => Error::Internal(error.to_string()),
        _ => Error::usage(error),
    }
}

fn info(store: &Store) -> Result<Outcome, Error> {
    let at = store.location()?;
    let info = maintain::info(&at).map_err(failed)?;
    let size = indicatif::HumanBytes(info.bytes);
    let mut text = format!("{}\n{size}\n", visible(&at.to_string()));
    for (what, count) in info.counts {
        let _ = writeln!(text, "{count:>10}  {what}");
    }
    print(text.as_bytes()).map(|()| Outcome::Passed)
}

fn copy(from: &Path, to: &Path, quiet: &Quiet) -> Result<Outcome, Error> {
    let (from, to) = (Location::of(from), Location::of(to));
    let (from, to) = (from.map_err(Error::usage)?, to.map_err(Error::usage)?);
    let work = Work::new(quiet.quiet);
    let rows = maintain::copy(&from, &to, &work);
    work.clear();
    let rows = rows.map_err(failed)?;
    let text = format!(
        "copied {rows} rows into {}, and read them back; name it with --db from now on\n",
        visible(&to.to_string())
    );
    print(text.as_bytes()).map(|()| Outcome::Passed)
}

fn check(store: &Store) -> Result<Outcome, Error> {
    let at = store.location()?;
    let work = Work::new(store.quiet.quiet);
    let checks = maintain::check(&at, &work);
    work.clear();
    let checks = checks.map_err(failed)?;
    let mut text = String::new();
    for check in &checks {
        let mark = if check.found.is_empty() { "ok  " } else { "BAD " };
        let _ = writeln!(text, "{mark} {}", check.expected);
        for found in &check.found {
            let _ = writeln!(text, "       {}", visible(found));
        }
    }
    print(text.as_bytes())?;
    match checks.iter().filter(|check| !check.found.is_empty()).count() {
        0 => Ok(Outcome::Passed),
        bad => Err(Error::Internal(format!(
            "{}: {bad} of {} checks failed; go back to a backup, or begin a new store: move this \
             one away and scan",
            visible(&at.to_string()),
            checks.len()
        ))),
    }
}

fn backup(file: &Path, store: &Store) -> Result<Outcome, Error> {
    let at = store.location()?;
    let work = Work::new(store.quiet.quiet);
    let written = maintain::backup(&at, file, &work);
    work.clear();
    written.map_err(failed)?;
    let text = format!("wrote {}\n", visible(&file.display().to_string()));
    print(text.as_bytes()).map(|()| Outcome::Passed)
}

fn prune(args: &PruneArgs) -> Result<Outcome, Error> {
    let at = args.store.location()?;
    let glob = |text: &String| {
        let glob = GlobBuilder::new(text).literal_separator(true).build();
        glob.map_err(|error| Error::Usage(format!("--branch: {error}")))
    };
    let branches = args.branch.as_ref().map(glob).transpose()?.map(|glob| glob.compile_matcher());
    if branches.is_some() && matches!(args.keep, Keep::Newest(_)) {
        let remedy = "say how old, such as --keep 30d";
        return Err(Error::Usage(format!("--branch forgets branches by their age: {remedy}")));
    }
    let wanted = Prune { keep: args.keep, branches, dry_run: args.dry_run };
    let work = Work::new(args.store.quiet.quiet);
    let forgotten = maintain::prune(&at, &wanted, &work);
    work.clear();
    let forgotten = forgotten.map_err(failed)?;
    let verb = if args.dry_run { "would forget" } else { "forgot" };
    let scans = plural(forgotten.scans, "scan");
    let findings = plural(forgotten.findings, "finding");
    let mut text = format!("{verb} {scans} and {findings}\n");
    for branch in &forgotten.branches {
        let _ = writeln!(text, "{verb} the branch {}", visible(branch));
    }
    print(text.as_bytes()).map(|()| Outcome::Passed)
}

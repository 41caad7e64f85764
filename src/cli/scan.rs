//! `lockgate scan`.

use super::progress::Bar;
use super::{Error, FOLDER, Outcome, db, files, live, output, own_rules, trust};
use crate::cache::Cache;
use crate::config::{self, Config, Mode};
use crate::engine::ENGINES;
use crate::git::{self, Git, HeadError, HistoryError, Repository, Source};
use crate::pipeline::added::{AddedError, Subject};
use crate::pipeline::base::{self, BaseError, Choice, Comparison};
use crate::pipeline::{self, Done, RunError, baseline};
use crate::policy::{self, Base, Flags, Profile, Threshold};
use crate::report::Format;
use crate::scan::ScanError;
use crate::store::{self, Store, prepare_folder};
use crate::verdict::{self, Settings};
use crate::waiver::{self, Note};
use clap::builder::BoolishValueParser;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
#[command(after_help = "Every option can come from the environment: LOCKGATE_ and its name, \
                        such as LOCKGATE_FAIL_ON.\nExit codes: see `lockgate --help`.")]
pub struct Args {
    /// What to scan: folders and files of one repository
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Turn an engine on or off; repeatable
    #[arg(long, value_name = "NAME=builtin|off", value_parser = engine_mode,
          env = "LOCKGATE_ENGINE", hide_env = true, value_delimiter = ',')]
    engine: Vec<(String, Mode)>,
    #[command(flatten)]
    how: How,
}

/// The options of every command that scans and judges.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct How {
    /// The configuration, instead of lockgate.toml at the repository's root
    #[arg(long, value_name = "FILE", env = "LOCKGATE_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    pub output: output::Args,
    /// Where to remember, instead of .lockgate/findings.db at the repository's root: a file, or
    /// postgres://USER@HOST/DATABASE
    #[arg(long, value_name = "FILE|URL", env = "LOCKGATE_DB", hide_env = true)]
    db: Option<PathBuf>,
    /// Remember nothing, whatever --db names
    #[arg(long, env = "LOCKGATE_NO_STORE", hide_env = true,
          value_parser = BoolishValueParser::new())]
    no_store: bool,
    /// Read and scan every file, whatever an earlier scan knows
    #[arg(long, env = "LOCKGATE_NO_CACHE", hide_env = true,
          value_parser = BoolishValueParser::new())]
    no_cache: bool,
    #[command(flatten)]
    own_rules: own_rules::Args,
    #[command(flatten)]
    live: live::Args,
    /// Block findings of this severity and worse, whatever lockgate.toml says
    #[arg(long, value_name = "SEVERITY", env = "LOCKGATE_FAIL_ON", hide_env = true)]
    fail_on: Option<Threshold>,
    /// Whether only what the base of the comparison does not have blocks, whatever the profile says
    #[arg(long, env = "LOCKGATE_NEW_ONLY", hide_env = true, value_name = "BOOL",
          num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = BoolishValueParser::new())]
    new_only: Option<bool>,
    /// Block nothing, and say what would have been blocked
    #[arg(long, env = "LOCKGATE_DRY_RUN", hide_env = true,
          value_parser = BoolishValueParser::new())]
    dry_run: bool,
    /// Compare with the commit that HEAD and this branch, tag or commit have grown from
    #[arg(long, value_name = "REF", env = "LOCKGATE_BASE", hide_env = true)]
    base: Option<String>,
    /// Compare with an earlier report, JSON or SARIF
    #[arg(
        long,
        value_name = "FILE",
        env = "LOCKGATE_BASELINE",
        hide_env = true,
        conflicts_with = "base"
    )]
    baseline: Option<PathBuf>,
    /// Take lockgate.toml, waivers and ignore files from this branch, tag or commit; `.` trusts
    /// those that lie here. In a pull request it is the target branch
    #[arg(long, value_name = "REF", env = "LOCKGATE_POLICY_FROM", hide_env = true)]
    policy_from: Option<String>,
}

/// How many stale waivers are named after a scan.
const STALE: usize = 5;

/// `NAME=builtin`, `NAME=off`.
pub fn engine_mode(text: &str) -> Result<(String, Mode), String> {
    let (name, mode) = text.split_once('=').ok_or("say NAME=builtin or NAME=off")?;
    let known: Vec<&str> = ENGINES.iter().map(|engine| engine.name()).collect();
    if !known.contains(&name) {
        return Err(format!("no engine {name:?}{}", config::hint(name, known.into_iter())));
    }
    let mode = <Mode as clap::ValueEnum>::from_str(mode, true)?;
    Ok((name.to_owned(), mode))
}

/// What is scanned, and by whom.
pub struct Work {
    pub paths: Vec<PathBuf>,
    pub subject: Subject,
    /// Engines that are turned on or off, whatever lockgate.toml says.
    pub engines: Vec<(String, Mode)>,
    /// Whether no other engine is asked for, so that a policy cannot miss one.
    pub only_secrets: bool,
    /// The profile where lockgate.toml says nothing of the gate.
    pub profile: Option<Profile>,
}

pub fn run(args: Args) -> Result<Outcome, Error> {
    let Args { paths, engine: engines, how } = args;
    run_on(
        Work { paths, subject: Subject::Tree, engines, only_secrets: false, profile: None },
        &how,
    )
}

/// Scans and judges.
pub fn run_on(work: Work, args: &How) -> Result<Outcome, Error> {
    let is_tree = matches!(work.subject, Subject::Tree);
    let sinks = args.output.sinks()?;
    let with_verdict = sinks.iter().any(|sink| sink.format == Format::Verdict);
    if with_verdict && !is_tree {
        return Err(Error::Usage(
            "--format verdict vouches for the files of a commit; leave it out here".into(),
        ));
    }
    let paths = resolve(&work.paths)?;
    let (repository, git) = around(&paths);
    let git = git.as_ref();
    note_unread_git(&repository.root, &args.output)?;
    let event = git::event();
    let source = Source::choose(&repository, git, &event, args.policy_from.as_deref())
        .map_err(Error::usage)?;
    trust::note_settings(&source, &args.output)?;
    let known: Vec<&str> = ENGINES.iter().map(|engine| engine.name()).collect();
    let mut config = Config::load(args.config.as_deref(), &source, &known).map_err(Error::usage)?;
    config.engines.extend(work.engines);
    if config.gate == policy::Settings::default() {
        config.gate.profile = work.profile;
    }
    args.own_rules.adopt(&config, &source)?;
    own_rules::note_differing(&config, &source, &args.output)?;
    let waivers = trust::read_waivers(&source)?;
    let flags = Flags { fail_on: args.fail_on, new_only: args.new_only, dry_run: args.dry_run };
    let mut policy = config
        .gate
        .policy(event.gate_branch(&repository), event.kind)
        .map_err(Error::usage)?
        .with(flags);
    let is_off = |name: &String| config.engines.get(name) == Some(&Mode::Off);
    if work.only_secrets {
        policy.require.retain(|name| !is_off(name));
    }
    let (leave, cached) = (is_tree && !args.no_store, is_tree && !args.no_cache);
    if leave || cached {
        trust::refuse_foreign_memory(&repository, git)?;
    }
    let choice = match (is_tree, args.baseline.as_deref()) {
        (true, file) => base::choose(args.base.as_deref(), file, &event),
        (false, Some(file)) => Choice::File(file),
        (false, None) => Choice::Store,
    };
    let compared_with = match (choice, before(&work.subject)) {
        (Choice::Store, Some(name)) => Comparison::Known(Base { name, ..Base::default() }),
        (choice, _) => comparison(choice, &source, &repository, git, &args.output)?,
    };
    let mut store = match leave {
        false => None,
        true => Some(open_store(args.db.as_deref(), &repository, git)?),
    };
    let cache = if cached { open_cache(&repository, leave, &args.output)? } else { None };
    let written =
        sinks.iter().filter_map(|sink| sink.path.as_deref()).map(files::absolute).collect();
    let settings = with_verdict.then(|| Settings::of(&source, verdict::digest(&config)));
    let settings = settings.transpose().map_err(Error::usage)?;
    let bar = match is_tree {
        true => Bar::new(args.output.quiet),
        false => Bar::counting(args.output.quiet, "changed files"),
    };
    let request = pipeline::Request {
        line_hashes: sinks
            .iter()
            .any(|sink| !matches!(sink.format, Format::Table | Format::Verdict)),
        document: settings,
        written,
        repository,
        git,
        paths,
        subject: work.subject,
        config: &config,
        policy,
        event: event.kind,
        verify: args.live.verify,
        ignore_files: source.ignore_files(),
        waivers: &waivers,
        base: compared_with,
        store: store.as_mut().map(|store| &mut **store as &mut dyn Store),
        cache: cache.as_ref(),
    };
    let Done { report, unrecorded, stale } =
        pipeline::run(request, &bar).map_err(|error| match error {
            RunError::Scan(ScanError::Threads(_))
            | RunError::Added(AddedError::History(HistoryError::Threads(_)))
            | RunError::Base(BaseError::Scan(ScanError::Threads(_))) => {
                Error::Internal(error.to_string())
            }
            error => Error::usage(error),
        })?;
    bar.clear();
    if let Some(Err(error)) = cache.as_ref().map(Cache::flush) {
        args.output.note(&format!("the cache was not written: {error}"))?;
    }
    output::write(&report, &sinks, &args.output)?;
    note_stale(&stale, &args.output)?;
    match unrecorded {
        Some(error) => Err(Error::Internal(format!("the scan was not recorded: {error}"))),
        None => Ok(Outcome::of(report.verdict.outcome)),
    }
}

/// What is added is new beside what was there before.
fn before(subject: &Subject) -> Option<String> {
    let name = match subject {
        Subject::Tree => return None,
        Subject::History(_) => "the commits before",
        Subject::Staged => "HEAD",
        Subject::Text { .. } => "an empty text",
    };
    Some(name.to_owned())
}

/// Absolute paths without links.
pub fn resolve(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let resolve = |path: &PathBuf| {
        fs::canonicalize(path).map_err(|error| {
            Error::Usage(format!("{}: cannot be scanned: {error}", path.display()))
        })
    };
    paths.iter().map(resolve).collect()
}

/// The repository of the working folder where it holds all of the paths: one that lies in it, such
/// as a submodule that came with a commit, does not say how it is judged. Else that of the paths.
pub fn around(paths: &[PathBuf]) -> (Repository, Option<Git>) {
    let here = fs::canonicalize(".").ok().map(|here| git::open(&here));
    here.filter(|(repository, git)| {
        git.is_some() && paths.iter().all(|path| path.starts_with(&repository.root))
    })
    .unwrap_or_else(|| git::open(&paths[0]))
}

/// A repository that git's own files do not tell of is scanned as a folder, but not in silence.
fn note_unread_git(path: &Path, output: &output::Args) -> Result<(), Error> {
    match git::head(path) {
        Ok(_) | Err(HeadError::Unborn { .. }) => Ok(()),
        Err(error) => output.note(&format!("no commit is known: {error}")),
    }
}

/// Says which waivers need somebody's attention.
fn note_stale(stale: &[Note], output: &output::Args) -> Result<(), Error> {
    let said = if output.verbose { stale.len() } else { stale.len().min(STALE) };
    let file = waiver::FILE;
    for Note { line, waiver, owner, message, .. } in &stale[..said] {
        output.note(&format!("{file}:{line}: {waiver} ({owner}) {message}"))?;
    }
    match stale.len() - said {
        0 => Ok(()),
        more => output.note(&format!("{file}: {more} more; see `lockgate waivers check`")),
    }
}

/// What to compare with, as far as it can be told before the scan.
fn comparison(
    choice: Choice,
    source: &Source,
    repository: &Repository,
    git: Option<&Git>,
    output: &output::Args,
) -> Result<Comparison, Error> {
    if let Choice::File(file) = choice {
        let (path, report) = source.open_named(file).map_err(Error::usage)?;
        return baseline::parse(&path, report).map(Comparison::Known).map_err(Error::usage);
    }
    let commit = base::commit(choice, git, repository).map_err(Error::usage)?;
    if let Some(note) = commit.as_ref().and_then(|commit| commit.note.as_deref()) {
        output.note(note)?;
    }
    Ok(commit.map_or(Comparison::Store, Comparison::Commit))
}

/// The cache at the repository's root, wherever the store is. None where it cannot be, or where
/// nothing is to be left behind and no earlier scan has left anything.
fn open_cache(
    repository: &Repository,
    leave: bool,
    output: &output::Args,
) -> Result<Option<Cache>, Error> {
    let folder = repository.root.join(FOLDER);
    if !leave && !folder.is_dir() {
        return Ok(None);
    }
    let without = |why: String| output.note(&format!("scanning without the cache: {why}"));
    if let Err(error) = prepare_folder(&folder) {
        return without(error.to_string()).map(|()| None);
    }
    match Cache::open(&folder.join("cache")) {
        Ok(cache) => {
            cache.notes().iter().try_for_each(|note| output.note(note))?;
            Ok(Some(cache))
        }
        Err(error) => without(error.to_string()).map(|()| None),
    }
}

fn open_store(
    named: Option<&Path>,
    repository: &Repository,
    git: Option<&Git>,
) -> Result<Box<dyn Store>, Error> {
    let at = db::location(named, &repository.root)?;
    trust::refuse_foreign_store(&at, repository, git)?;
    if named.is_none() {
        let folder = repository.root.join(FOLDER);
        prepare_folder(&folder).map_err(|error| {
            let remedy = "name a database elsewhere with --db or scan with --no-store";
            Error::Usage(format!("{}: cannot be written: {error}; {remedy}", folder.display()))
        })?;
    }
    store::open(&at).map_err(Error::usage)
}

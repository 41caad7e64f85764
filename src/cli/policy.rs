//! `lockgate policy`: shows, checks and tries out what the gate blocks.

use super::{Error, memory, own_rules, print};
use crate::config::{Config, FILE_NAME};
use crate::engine::{ENGINES, masked};
use crate::git::{self, Source};
use crate::policy::{Event, Policy, Profile, Stage, Tried};
use crate::recall;
use crate::report::summary::plural;
use crate::report::untrusted::visible;
use crate::typo::hint;
use clap::{ValueEnum, value_parser};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the built-in profiles
    List,
    /// Print a profile, or the policy that would hold here
    Show(Show),
    /// Check a configuration, and say which policy each stage of a pipeline gets from it
    Check {
        /// The configuration, instead of lockgate.toml at the repository's root
        file: Option<PathBuf>,
    },
    /// Judge the stored scans again with another configuration: what it would have blocked
    Test(Test),
}

#[derive(Debug, clap::Args)]
pub struct Show {
    /// A profile: see `lockgate policy list`. Without one: the policy that would hold here
    name: Option<String>,
    /// The policy of this branch, instead of the one that is checked out or that the pull request is
    /// to be merged into
    #[arg(
        long,
        value_name = "NAME",
        env = "LOCKGATE_BRANCH",
        hide_env = true,
        conflicts_with = "name"
    )]
    branch: Option<String>,
    /// The policy for this event, instead of the one that the CI system names
    #[arg(
        long,
        value_name = "EVENT",
        env = "LOCKGATE_EVENT",
        hide_env = true,
        conflicts_with = "name"
    )]
    event: Option<Event>,
    #[command(flatten)]
    settings: memory::SettingsArgs,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Each scan is judged on its branch, for its event and at its time, with the \
                        waivers and the base that it had. Engines and files that were not looked \
                        at are not judged again. Nothing is scanned and nothing is recorded."
)]
pub struct Test {
    /// The proposed configuration
    file: PathBuf,
    /// How many scans at most, the last ones
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = value_parser!(u32).range(1..),
          env = "LOCKGATE_LAST", hide_env = true)]
    last: u32,
    /// Only the scans of this branch
    #[arg(long, value_name = "NAME", env = "LOCKGATE_BRANCH", hide_env = true)]
    branch: Option<String>,
    #[command(flatten)]
    memory: memory::Args,
    #[command(flatten)]
    settings: memory::SettingsArgs,
}

pub fn run(command: Command) -> Result<(), Error> {
    let text = match command {
        Command::List => list(),
        Command::Show(Show { name: Some(name), .. }) => profile(&name)?.text().to_owned(),
        Command::Show(args) => show(&args)?,
        Command::Check { file } => check(file)?,
        Command::Test(args) => test(&args)?,
    };
    let text = masked(&text);
    let lines: Vec<_> = text.lines().map(visible).collect();
    print((lines.join("\n") + "\n").as_bytes())
}

fn list() -> String {
    let mut text = String::new();
    for profile in Profile::ALL.into_iter().chain([Profile::None]) {
        let _ = writeln!(text, "{:17}  {}", profile.name(), profile.summary());
    }
    text + "\nOne in full: lockgate policy show NAME"
}

fn profile(name: &str) -> Result<Profile, Error> {
    Profile::from_str(name, true).map_err(|_| {
        let names = Profile::value_variants().iter().map(|profile| profile.name());
        Error::Usage(format!("no profile {name:?}{}", hint(name, names)))
    })
}

fn show(args: &Show) -> Result<String, Error> {
    let here = here()?;
    let (repository, git) = git::open(&here);
    let (_, config, event) = args.settings.config(&repository, git.as_ref())?;
    let named = event.gate_branch(&repository).map(str::to_owned);
    let branch = args.branch.clone().or(named);
    let event = args.event.unwrap_or(event.kind);
    let policy = config.gate.policy(branch.as_deref(), event).map_err(Error::usage)?;
    let branch = branch.map_or("no branch".to_owned(), |name| format!("the branch {name}"));
    let profile = policy.profile.name();
    let heading = format!("# What holds on {branch} for {event}, built on the profile {profile}.");
    Ok(format!("{heading}\n# Hash: {}\n\n{}", policy.hash(), policy.to_toml()))
}

fn check(file: Option<PathBuf>) -> Result<String, Error> {
    let named = file.is_some();
    let (repository, _) = git::open(&here()?);
    let path = file.unwrap_or_else(|| repository.root.join(FILE_NAME));
    let (path, config) = match named || path.exists() {
        true => (Some(path.clone()), read(&path)?),
        false => (None, Config::default()),
    };
    own_rules::Args::default().adopt(&config, &Source::worktree(&repository.root))?;
    let mut text = match path {
        Some(path) => format!("{} is valid. What it makes of each stage:\n", path.display()),
        None => format!("There is no {FILE_NAME}. What holds without one:\n"),
    };
    let stages = config.gate.stages();
    let width = stages.iter().map(|stage| stage.name.chars().count()).max().unwrap_or_default();
    for Stage { name, policy } in stages {
        let policy = policy.map_err(Error::usage)?;
        let _ = writeln!(text, "  {name:width$}  {}", in_words(&policy));
    }
    for note in config.gate.unmet() {
        let _ = write!(text, "\nNote: {note}");
    }
    Ok(text)
}

/// What blocks, and what else keeps a scan from passing.
fn in_words(policy: &Policy) -> String {
    let mut words = policy.summary();
    match policy.starts {
        Some(day) => words += &format!("; starts on {day}"),
        None if policy.observe => words += "; only observes",
        None => {}
    }
    if !policy.require.is_empty() {
        words += &format!("; requires {}", policy.require.join(", "));
    }
    words
}

fn test(args: &Test) -> Result<String, Error> {
    let proposed = read(&args.file)?;
    let mut memory = args.memory.open()?;
    let settings = args.settings.read(&memory, None)?;
    let mut recall = memory.recall(&settings, None);
    let trial =
        recall::trial(&mut recall, &proposed.gate, args.branch.as_deref(), args.last as usize)
            .map_err(Error::usage)?;
    let (blocked, scans) = (trial.blocked(), plural(trial.scans.len(), "scan"));
    let file = args.file.display();
    let mut text = format!("{file} would have blocked {blocked} of {scans}.\n");
    for tried in trial.scans.iter().filter(|tried| tried.blocked()) {
        text += &story(tried);
    }
    let warned = trial.scans.iter().filter(|tried| !tried.blocked() && tried.warnings > 0).count();
    if warned > 0 {
        let _ =
            write!(text, "\nIt would have let {} pass with warnings.", plural(warned, "more scan"));
    }
    Ok(text)
}

/// A scan that would have been blocked, and by which rules.
fn story(tried: &Tried) -> String {
    let was = serde_json::to_value(tried.was).unwrap_or_default();
    let was = was.as_str().unwrap_or_default();
    let mut text = format!("\n{} (it was {was} then)\n", tried.label);
    for (rule, count) in &tried.blocking {
        let _ = writeln!(text, "  {}, by {rule}", plural(*count, "finding"));
    }
    text
}

/// A configuration at a path of the working folder.
fn read(path: &Path) -> Result<Config, Error> {
    let text = fs::read_to_string(path)
        .map_err(|error| Error::Usage(format!("{}: cannot be read: {error}", path.display())))?;
    let known: Vec<&str> = ENGINES.iter().map(|engine| engine.name()).collect();
    Config::parse(&text, path, &known).map_err(Error::usage)
}

fn here() -> Result<PathBuf, Error> {
    fs::canonicalize(".").map_err(|error| Error::Usage(format!("the working folder: {error}")))
}

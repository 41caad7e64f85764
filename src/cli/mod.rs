//! The command line: one file a command, no logic.

mod attest;
mod db;
mod explain;
mod files;
mod fix;
mod gate;
mod history;
mod hook;
mod live;
mod memory;
mod output;
mod own_rules;
mod policy;
mod progress;
mod quoted;
mod replay;
mod rules;
mod scan;
mod secrets;
mod triage;
mod trust;
mod verify;
mod waivers;

use crate::compat;
use crate::policy::Decision;
use crate::report::untrusted::visible;
use clap::builder::Resettable;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use thiserror::Error;

/// One security scan, one memory, one gate.
///
/// Scans code, secrets and what else a pipeline holds with engines of its own, remembers what it
/// found, and ends with 1 when the gate blocks.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Where Lockgate keeps what it remembers, below the repository's root.
const FOLDER: &str = ".lockgate";

const EXIT_CODES: &str = "\
Exit codes: 0 passed, 1 blocked, 2 usage or configuration, 3 incomplete, 4 internal error.
First steps: `lockgate scan` in a repository, then `lockgate rules explain ID`.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Scan files and folders, record what is found, and judge it
    Scan(scan::Args),
    /// Look for secrets alone: in files, in the history, in what is staged
    Secrets(secrets::Args),
    /// Look for secrets before git commits or pushes them
    #[command(subcommand)]
    Hook(hook::Command),
    /// Change files so that findings are gone, where that is mechanical
    Fix(fix::Args),
    /// Stand in for Bandit: its arguments, configuration, reports and exit codes
    #[command(disable_help_flag = true)]
    Bandit {
        /// What Bandit takes; `lockgate bandit --help` lists it
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Stand in for git-secrets: its options, hooks, settings of git and exit codes
    #[command(name = "git-secrets", disable_help_flag = true)]
    GitSecrets {
        /// What git-secrets takes; `lockgate git-secrets -h` lists it
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Stand in for gitleaks: its arguments, configuration, reports and exit codes
    #[command(disable_help_flag = true)]
    Gitleaks {
        /// What gitleaks takes; `lockgate gitleaks --help` lists it
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Stand in for tfsec: its arguments, configuration, reports and exit codes
    #[command(disable_help_flag = true)]
    Tfsec {
        /// What tfsec takes; `lockgate tfsec --help` lists it
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Stand in for trivy config: its options, settings, reports and exit codes
    #[command(disable_help_flag = true)]
    Trivy {
        /// What Trivy takes; `lockgate trivy --help` lists it
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Judge what is stored for a commit: every engine and every report that was imported
    Gate(gate::Args),
    /// Tell all about one finding: who saw it, why it blocks, what became of it, what to do
    Explain(explain::Args),
    /// List the scans that were recorded, or the life of a finding
    History(history::Args),
    /// Decide about a finding, on all branches: it is not true, accepted, or to be mended
    Triage(Box<triage::Args>),
    /// Show, check and try out what the gate blocks
    #[command(subcommand)]
    Policy(policy::Command),
    /// Vouch for an artefact: sign the verdict on what it was built from
    Attest(attest::Args),
    /// Check that a passed gate vouches for an artefact
    Verify(verify::Args),
    /// Judge again what a verdict was passed on, and compare
    Replay(replay::Args),
    /// List the rules, explain one, or test your own
    #[command(subcommand)]
    Rules(rules::Command),
    /// List, check, add or convert what is in .lockgate/waivers.toml
    #[command(subcommand)]
    Waivers(waivers::Command),
    /// Look after the store of findings: copy, check, back up, prune
    #[command(subcommand)]
    Db(db::Command),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// How a command ended, in the order of weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Blocked,
    Incomplete,
    /// That of a drop-in, which ends as its original does.
    Code(u8),
}

/// Why a command could not do its work.
#[derive(Debug, Error)]
pub enum Error {
    /// Usage or configuration: the user can mend it.
    #[error("{0}")]
    Usage(String),
    /// The rest.
    #[error("{0}")]
    Internal(String),
    /// The reader of standard output has gone; nobody is there to be told.
    #[error("standard output was closed")]
    Closed,
}

impl Cli {
    /// Reads the command line and the environment, in which an empty variable says nothing: CI
    /// systems set those for inputs that nobody gave. To `verify` it says too little: a demand that
    /// got lost must not pass for none.
    ///
    /// # Errors
    /// The code to end with, where all is said: that it means nothing, or the help asked for.
    pub fn read() -> Result<Cli, u8> {
        fn unset(command: clap::Command) -> clap::Command {
            if command.get_name() == "verify" {
                return command;
            }
            let unset_arg = |arg: clap::Arg| match arg.get_env() {
                Some(name) if env::var_os(name).is_some_and(|value| value.is_empty()) => {
                    arg.env(Resettable::Reset)
                }
                _ => arg,
            };
            command.mut_args(unset_arg).mut_subcommands(unset)
        }
        let command = unset(Cli::command());
        let matches = command.try_get_matches();
        let read = matches.and_then(|matches| Cli::from_arg_matches(&matches));
        read.map_err(|error| {
            // With nowhere to say it, the code has to do.
            let _ = quoted::say(&error);
            if error.use_stderr() { 2 } else { 0 }
        })
    }
}

impl Outcome {
    fn of(decision: Decision) -> Outcome {
        match decision {
            Decision::Passed => Outcome::Passed,
            Decision::Blocked => Outcome::Blocked,
            Decision::Incomplete => Outcome::Incomplete,
        }
    }
}

impl Error {
    fn usage(error: impl std::fmt::Display) -> Error {
        Error::Usage(error.to_string())
    }

    fn output(to: &str, error: io::Error) -> Error {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Error::Closed,
            _ => Error::Usage(format!("{to}: cannot be written: {error}")),
        }
    }
}

/// Runs one command line. Its errors quote paths and the configuration, but no secret in them and
/// nothing that acts on a terminal.
pub fn run(cli: Cli) -> Result<Outcome, Error> {
    let safe = |message: String| visible(&quoted::without_secrets(&message)).into_owned();
    dispatch(cli).map_err(|error| match error {
        Error::Usage(message) => Error::Usage(safe(message)),
        Error::Internal(message) => Error::Internal(safe(message)),
        Error::Closed => Error::Closed,
    })
}

fn dispatch(cli: Cli) -> Result<Outcome, Error> {
    match cli.command {
        Command::Scan(args) => scan::run(args),
        Command::Secrets(args) => secrets::run(args),
        Command::Hook(command) => hook::run(command),
        Command::Fix(args) => fix::run(&args),
        // As they were given: a `--` among them is for Bandit to read.
        Command::Bandit { .. } => {
            let given: Vec<OsString> = env::args_os().skip(2).collect();
            Ok(Outcome::Code(compat::bandit::run(&given)))
        }
        Command::GitSecrets { .. } => {
            let given: Vec<OsString> = env::args_os().skip(2).collect();
            let called = compat::git_secrets::Called::Lockgate;
            Ok(Outcome::Code(compat::git_secrets::run(&given, called)))
        }
        Command::Gitleaks { .. } => {
            let given: Vec<OsString> = env::args_os().skip(2).collect();
            Ok(Outcome::Code(compat::gitleaks::run(&given)))
        }
        Command::Tfsec { .. } => {
            let given: Vec<OsString> = env::args_os().skip(2).collect();
            Ok(Outcome::Code(compat::tfsec::run(&given)))
        }
        Command::Trivy { .. } => {
            let given: Vec<OsString> = env::args_os().skip(2).collect();
            Ok(Outcome::Code(compat::trivy::run(&given)))
        }
        Command::Gate(args) => gate::run(&args),
        Command::Explain(args) => explain::run(&args).map(|()| Outcome::Passed),
        Command::History(args) => history::run(&args).map(|()| Outcome::Passed),
        Command::Triage(args) => triage::run(&args).map(|()| Outcome::Passed),
        Command::Policy(command) => policy::run(command).map(|()| Outcome::Passed),
        Command::Attest(args) => attest::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Rules(command) => rules::run(command),
        Command::Waivers(command) => waivers::run(command),
        Command::Db(command) => db::run(command),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "lockgate", &mut script);
            print(&script).map(|()| Outcome::Passed)
        }
    }
}

fn print(bytes: &[u8]) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .map_err(|error| Error::output("standard output", error))
}

/// Says something beside the answer, on standard error.
fn note(text: &str) -> Result<(), Error> {
    writeln!(io::stderr(), "lockgate: {}", visible(&quoted::without_secrets(text)))
        .map_err(|error| Error::output("standard error", error))
}

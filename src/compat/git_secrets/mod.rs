//! `lockgate git-secrets`, and the binary under the name `git-secrets`, by which `git secrets` finds
//! it: the command line of git-secrets 1.3.0.
//!
//! `options` reads the command line, `patterns`, `provider` and `words` tell what is prohibited and allowed,
//! `ere` matches it as grep does. `files`, `tracked` and `history` find lines, `report` says which,
//! `hooks` is what git runs, `install` and `settings` write.

mod ere;
mod files;
mod history;
mod hooks;
mod install;
mod merge;
mod options;
mod pathspec;
mod patterns;
mod provider;
mod report;
mod say;
mod settings;
mod text;
mod tracked;
mod words;

use crate::git::{Config, Git, Scope};
use options::{Options, Stop, Usage};
use say::{complain, say};
use std::env;
use std::ffi::OsString;
use std::io::{IsTerminal, stdout};
use std::path::PathBuf;

/// Under which name the program was called, which hooks are to call it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    /// `git-secrets`, or by git itself.
    GitSecrets,
    /// `lockgate git-secrets`.
    Lockgate,
}

/// What git says outside a repository.
const NO_REPOSITORY: &str = "fatal: not a git repository (or any of the parent directories): .git";
/// The codes of git for a fatal error and for a command line that means nothing.
const FATAL: u8 = 128;
const MISUSE: u8 = 129;

/// Where a command runs.
struct Session {
    called: Called,
    git: Option<Git>,
    config: Config,
}

impl Session {
    /// The folder of the working tree.
    fn root(&self) -> Option<PathBuf> {
        self.git.as_ref()?.workdir()
    }
}

/// Runs a command line, without the name of the program. Returns the code to end with: 0 where
/// nothing is found, 1 where something is or a command was refused, 2 and 128 where grep and git
/// cannot look, 129 where the command line means nothing.
pub fn run(given: &[OsString], called: Called) -> u8 {
    let options = match Options::read(given) {
        Ok(options) => options,
        Err(Stop::Help) => return help(MISUSE),
        Err(Stop::Misuse { why, usage }) => {
            complain(format!("error: {why}").as_bytes());
            match usage {
                Usage::Nowhere => return MISUSE,
                Usage::Output => return help(MISUSE),
                Usage::Error => options::usage().lines().for_each(|line| complain(line.as_bytes())),
            }
            return MISUSE;
        }
    };
    if let Some(why) = misplaced(&options) {
        complain(why.as_bytes());
        return 1;
    }
    match &*options.command {
        "" => help(0),
        "--aws-provider" => provide(&options),
        "--scan"
        | "--scan-history"
        | "--install"
        | "--list"
        | "--add"
        | "--add-provider"
        | "--register-aws"
        | "--commit_msg_hook"
        | "--pre_commit_hook"
        | "--prepare_commit_msg_hook" => in_session(&options, called),
        command => {
            say(format!("Unknown option: {command}").as_bytes());
            help(MISUSE)
        }
    }
}

fn help(code: u8) -> u8 {
    options::usage().lines().for_each(|line| say(line.as_bytes()));
    code
}

/// Why a flag does not go with the command.
fn misplaced(options: &Options) -> Option<String> {
    let belongs = [
        ("-f", "--install", "-f|--force"),
        ("-r", "--scan", "-r|--recursive"),
        ("-a", "--add", "-a|--allowed"),
        ("-l", "--add", "-l|--literal"),
        ("--cached", "--scan", "--cached"),
        ("--no-index", "--scan", "--no-index"),
        ("--untracked", "--scan", "--untracked"),
    ];
    for flag in &options.flags {
        let known = belongs.iter().find(|(own, ..)| own == flag);
        if let Some((_, command, shown)) =
            known.filter(|(_, command, _)| *command != options.command)
        {
            return Some(format!("{shown} goes with {command} only"));
        }
    }
    let looks_elsewhere =
        ["--cached", "--no-index", "--untracked"].iter().any(|it| options.has(it));
    (options.has("-r") && looks_elsewhere)
        .then(|| "-r|--recursive does not go with --cached, --no-index or --untracked".to_owned())
}

fn in_session(options: &Options, called: Called) -> u8 {
    let git = Git::in_environment();
    let config = match Config::read(git.as_ref(), Scope::Here) {
        Ok(config) => config,
        Err(error) => {
            complain(format!("fatal: {error}").as_bytes());
            return FATAL;
        }
    };
    let session = Session { called, git, config };
    let rest = &options.rest;
    match &*options.command {
        "--scan" => report::conclude(&session, hooks::scan(&session, options)),
        "--scan-history" => history::scan(&session),
        "--pre_commit_hook" => report::conclude(&session, hooks::pre_commit(&session)),
        "--commit_msg_hook" => {
            let file = rest.first().cloned().unwrap_or_default();
            report::conclude(&session, files::grep(&session, &[file], false))
        }
        "--prepare_commit_msg_hook" => hooks::prepare_commit_msg(&session, rest),
        "--install" => install::run(&session, rest.first(), options.has("-f")),
        "--list" => settings::list(&session, options),
        "--add-provider" => settings::add_provider(&session, options),
        "--register-aws" => settings::register_aws(&session, options),
        _ => settings::add_pattern(&session, options),
    }
}

/// Is a provider itself. Whoever reads that is a program; a person at a terminal sees how many
/// there are, not what they are.
fn provide(options: &Options) -> u8 {
    let file = options.rest.first().filter(|file| !file.is_empty()).map(PathBuf::from);
    let patterns = provider::credentials(file);
    for line in patterns.strip_suffix(b"\n").into_iter().flat_map(|it| it.split(|b| *b == b'\n')) {
        say(if stdout().is_terminal() { b"REDACTED" } else { line });
    }
    0
}

/// The name of a file, as bytes.
fn bytes(name: &std::ffi::OsStr) -> &[u8] {
    name.as_encoded_bytes()
}

/// Whether a stream shows colours.
fn is_colourful() -> bool {
    let is_plain = env::var_os("TERM").is_none_or(|term| term == "dumb");
    stdout().is_terminal() && !is_plain && env::var_os("NO_COLOR").is_none()
}

//! Completion scripts for shells.

use super::flags;
use super::log::Log;
use super::options::{Command, Options};
use super::say;
use crate::compat::go::flags::Kind;
use clap_complete::Shell;

/// The commands that are completed.
const COMMANDS: [Command; 5] =
    [Command::Dir, Command::Git, Command::Stdin, Command::Version, Command::Completion];

/// Prints the script for the shell that is named. Returns the code to end with.
pub fn run(options: &Options, log: &Log) -> u8 {
    let shell = match options.arguments.first().map(String::as_str) {
        Some("bash") => Shell::Bash,
        Some("zsh") => Shell::Zsh,
        Some("fish") => Shell::Fish,
        Some("powershell") => Shell::PowerShell,
        Some(other) => {
            let why = format!("no shell {other:?}: say bash, fish, powershell or zsh");
            log.fatal(&why, &[]);
            return 1;
        }
        None => return say(&flags::help(Some(Command::Completion))),
    };
    let mut command = with_flags(clap::Command::new("gitleaks"), None);
    for sub in COMMANDS {
        command = command.subcommand(with_flags(clap::Command::new(sub.name()), Some(sub)));
    }
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "gitleaks", &mut script);
    say(&String::from_utf8_lossy(&script))
}

fn with_flags(command: clap::Command, of: Option<Command>) -> clap::Command {
    flags::of(of).fold(command, |command, flag| {
        let action = match flag.kind {
            Kind::Truth => clap::ArgAction::SetTrue,
            _ => clap::ArgAction::Set,
        };
        let argument = clap::Arg::new(flag.long).long(flag.long).help(flag.says).action(action);
        command.arg(match flag.short {
            Some(short) => argument.short(short),
            None => argument,
        })
    })
}

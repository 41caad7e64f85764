//! The flags of gitleaks, and what its help says.

use super::options::Command;
use crate::compat::go::flags::{Flag, Kind, listed, number, text, texts, truth};
use std::fmt::Write;

/// Those that every command takes.
const GLOBAL: &[Flag] = &[
    text("baseline-path", Some('b'), "an earlier JSON report, whose findings are left out"),
    text(
        "config",
        Some('c'),
        "configuration; else that of $GITLEAKS_CONFIG, the text in $GITLEAKS_CONFIG_TOML,\n.gitleaks.toml in what is scanned, or the built-in one",
    ),
    text("diagnostics", None, "has no effect here"),
    text("diagnostics-dir", None, "has no effect here"),
    texts("enable-rule", "look for these rules only, by id"),
    number("exit-code", "the code to end with where something is found (default 1)"),
    text(
        "gitleaks-ignore-path",
        Some('i'),
        "a .gitleaksignore file, or the folder of one (default \".\")",
    ),
    truth("ignore-gitleaks-allow", None, "report also lines that say gitleaks:allow"),
    text("log-level", Some('l'), "trace, debug, info, warn, error or fatal (default \"info\")"),
    number("max-archive-depth", "look into archives nested so deep (default 0, into none)"),
    number("max-decode-depth", "decode what is encoded so many times over (default 5)"),
    number("max-target-megabytes", "pass over larger files"),
    truth("no-banner", None, "print no banner"),
    truth("no-color", None, "print without colours"),
    Flag {
        long: "redact",
        short: None,
        kind: Kind::Percent,
        alone: Some("100"),
        says: "has no effect here: secrets are always masked, in full",
    },
    text("report-format", Some('f'), "json, csv, junit, sarif or template"),
    text("report-path", Some('r'), "the file to report to; - is standard output"),
    text("report-template", None, "the template of --report-format=template"),
    number("timeout", "stop after so many seconds (default 0, never)"),
    truth("verbose", Some('v'), "print findings as they are found"),
];

const FOLLOW: Flag = truth("follow-symlinks", None, "scan also files that links lead to");
const LOG_OPTS: Flag = text("log-opts", None, "which commits, in options of git log");
const PLATFORM: Flag =
    text("platform", None, "the platform that links are for: github, gitlab, azuredevops, …");
const SOURCE: Flag = text("source", Some('s'), "what to scan (default \".\")");
const STAGED: Flag = truth("staged", None, "scan what is staged");
const DIR: &[Flag] = &[FOLLOW];
const GIT: &[Flag] =
    &[LOG_OPTS, PLATFORM, truth("pre-commit", None, "scan what git diff would show"), STAGED];
const DETECT: &[Flag] = &[
    FOLLOW,
    LOG_OPTS,
    truth("no-git", None, "scan the files of a repository, not its history"),
    truth("pipe", None, "scan standard input"),
    PLATFORM,
    SOURCE,
];
const PROTECT: &[Flag] = &[LOG_OPTS, SOURCE, STAGED];

/// The flags that a command adds.
fn own(command: Option<Command>) -> &'static [Flag] {
    match command {
        Some(Command::Dir) => DIR,
        Some(Command::Git) => GIT,
        Some(Command::Detect) => DETECT,
        Some(Command::Protect) => PROTECT,
        _ => &[],
    }
}

/// All flags that a command takes.
pub fn of(command: Option<Command>) -> impl Iterator<Item = &'static Flag> + Clone {
    own(command).iter().chain(GLOBAL)
}

/// The one-line descriptions of the commands that are listed.
const COMMANDS: &[(Command, &str)] = &[
    (Command::Completion, "print a completion script for a shell"),
    (Command::Dir, "look for secrets in folders and files"),
    (Command::Git, "look for secrets in what commits add"),
    (Command::Help, "tell about a command"),
    (Command::Stdin, "look for secrets in standard input"),
    (Command::Version, "print the version that is stood in for"),
];

fn about(command: Command) -> &'static str {
    match command {
        Command::Detect => "look for secrets in a repository or a folder",
        Command::Protect => "look for secrets in what is not committed yet",
        other => COMMANDS.iter().find(|(it, _)| *it == other).map_or("", |(_, says)| says),
    }
}

/// What `--help` prints.
pub fn help(command: Option<Command>) -> String {
    let about = command.map_or("Gitleaks looks for secrets in code, past or present", about);
    format!("{about}\n\n{}", usage(command))
}

/// What is printed with a misuse.
pub fn usage(command: Option<Command>) -> String {
    let mut text = String::from("Usage:\n");
    let Some(command) = command else {
        text += "  gitleaks [command]\n\nAvailable Commands:\n";
        for (command, says) in COMMANDS {
            let _ = writeln!(text, "  {:<11} {says}", command.name());
        }
        text += "\nFlags:\n";
        let own = [
            truth("help", Some('h'), "tell about gitleaks"),
            truth("version", None, "print the version"),
        ];
        listed(&mut text, own.iter().chain(GLOBAL));
        text += "\nUse \"gitleaks [command] --help\" for more information about a command.\n";
        return text;
    };
    let (argument, aliases) = match command {
        Command::Dir => (" [path]", "\nAliases:\n  dir, file, directory\n"),
        Command::Git => (" [repo]", ""),
        _ => ("", ""),
    };
    let _ = writeln!(text, "  gitleaks {} [flags]{argument}", command.name());
    text += aliases;
    text += "\nFlags:\n";
    let help = truth("help", Some('h'), "tell about this command");
    listed(&mut text, own(Some(command)).iter().chain([&help]));
    text += "\nGlobal Flags:\n";
    listed(&mut text, GLOBAL.iter());
    text.push('\n');
    text
}

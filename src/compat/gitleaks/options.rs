//! The command line of gitleaks, read as gitleaks reads it.

use super::flags;
use super::log::Level;
use crate::compat::go::flags::{self as go, Flag, invalid, parsed_truth};

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Dir,
    Git,
    Stdin,
    Detect,
    Protect,
    Version,
    Completion,
    Help,
}

/// A command line.
#[derive(Debug)]
pub struct Options {
    pub command: Command,
    pub arguments: Vec<String>,
    pub config: String,
    pub exit_code: i64,
    pub report_path: String,
    pub report_format: String,
    pub report_template: String,
    pub baseline_path: String,
    /// As it is written; one that is unknown is warned of.
    pub log_level: String,
    pub verbose: bool,
    pub no_color: bool,
    pub max_target_megabytes: i64,
    pub ignore_gitleaks_allow: bool,
    pub redact: u64,
    pub no_banner: bool,
    pub enable_rule: Vec<String>,
    pub ignore_path: String,
    pub max_decode_depth: i64,
    pub max_archive_depth: i64,
    /// In seconds; 0 for none.
    pub timeout: i64,
    pub follow_symlinks: bool,
    pub staged: bool,
    pub pre_commit: bool,
    pub log_opts: String,
    pub platform: String,
    pub no_git: bool,
    pub pipe: bool,
    pub source: String,
}

/// Why there is nothing to run.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// Help is asked for, on a command or on all.
    Help(Option<Command>),
    Version,
    /// The command line means nothing; on which command, and why.
    Misuse(Option<Command>, String),
}

impl Command {
    /// The command of that name.
    pub fn named(name: &str) -> Option<Command> {
        Some(match name {
            "dir" | "file" | "directory" => Command::Dir,
            "git" => Command::Git,
            "stdin" => Command::Stdin,
            "detect" => Command::Detect,
            "protect" => Command::Protect,
            "version" => Command::Version,
            "completion" => Command::Completion,
            "help" => Command::Help,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Command::Dir => "dir",
            Command::Git => "git",
            Command::Stdin => "stdin",
            Command::Detect => "detect",
            Command::Protect => "protect",
            Command::Version => "version",
            Command::Completion => "completion",
            Command::Help => "help",
        }
    }
}

impl Options {
    fn new() -> Options {
        Options {
            command: Command::Help,
            arguments: Vec::new(),
            config: String::new(),
            exit_code: 1,
            report_path: String::new(),
            report_format: String::new(),
            report_template: String::new(),
            baseline_path: String::new(),
            log_level: "info".to_owned(),
            verbose: false,
            no_color: false,
            max_target_megabytes: 0,
            ignore_gitleaks_allow: false,
            redact: 0,
            no_banner: false,
            enable_rule: Vec::new(),
            ignore_path: ".".to_owned(),
            max_decode_depth: 5,
            max_archive_depth: 0,
            timeout: 0,
            follow_symlinks: false,
            staged: false,
            pre_commit: false,
            log_opts: String::new(),
            platform: String::new(),
            no_git: false,
            pipe: false,
            source: ".".to_owned(),
        }
    }

    /// Reads a command line, without the name of the program.
    ///
    /// # Errors
    /// There is nothing to run.
    pub fn read(given: &[String]) -> Result<Options, Stop> {
        let mut options = Options::new();
        let command = command(given);
        options.command = match command {
            Some(name) => Command::named(name).ok_or_else(|| {
                Stop::Misuse(None, format!("unknown command {name:?} for \"gitleaks\""))
            })?,
            None => Command::Help,
        };
        let flags = flags::of(command.map(|_| options.command));
        let mut positional = Vec::new();
        let stopped =
            go::read(given, flags, &mut positional, &mut |flag, value| options.set(flag, value));
        if command.is_some() && !positional.is_empty() {
            positional.remove(0);
        }
        let on = command.map(|_| options.command);
        stopped.map_err(|stop| match stop {
            go::Stop::Help => Stop::Help(on),
            go::Stop::Unknown(name) if name == "version" => Stop::Version,
            go::Stop::Unknown(name) => Stop::Misuse(on, format!("unknown flag: --{name}")),
            go::Stop::Misuse(why) => Stop::Misuse(on, why),
        })?;
        options.arguments = positional;
        match options.command {
            Command::Help => {
                let topic = options.arguments.first().and_then(|name| Command::named(name));
                Err(Stop::Help(topic))
            }
            Command::Git if options.arguments.len() > 1 => {
                let count = options.arguments.len();
                Err(Stop::Misuse(on, format!("accepts at most 1 arg(s), received {count}")))
            }
            _ => Ok(options),
        }
    }

    /// What is scanned.
    pub fn scanned(&self) -> &str {
        match self.command {
            Command::Detect | Command::Protect => &self.source,
            Command::Stdin => ".",
            _ => match &self.arguments[..] {
                [one] if !one.is_empty() => one,
                _ => ".",
            },
        }
    }

    pub fn level(&self) -> Option<Level> {
        Level::named(&self.log_level)
    }

    /// Sets what a flag says.
    fn set(&mut self, flag: &Flag, value: &str) -> Result<(), String> {
        let number = || number(flag, value);
        let truth = || parsed_truth(flag, value);
        let text = || value.to_owned();
        match flag.long {
            "config" => self.config = text(),
            "exit-code" => self.exit_code = number()?,
            "report-path" => self.report_path = text(),
            "report-format" => self.report_format = text(),
            "report-template" => self.report_template = text(),
            "baseline-path" => self.baseline_path = text(),
            "log-level" => self.log_level = text(),
            "verbose" => self.verbose = truth()?,
            "no-color" => self.no_color = truth()?,
            "max-target-megabytes" => self.max_target_megabytes = number()?,
            "ignore-gitleaks-allow" => self.ignore_gitleaks_allow = truth()?,
            "redact" => self.redact = unsigned(flag, value)?,
            "no-banner" => self.no_banner = truth()?,
            "enable-rule" if value.is_empty() => {}
            "enable-rule" => self.enable_rule.extend(value.split(',').map(str::to_owned)),
            "gitleaks-ignore-path" => self.ignore_path = text(),
            "max-decode-depth" => self.max_decode_depth = number()?,
            "max-archive-depth" => self.max_archive_depth = number()?,
            "timeout" => self.timeout = number()?,
            "follow-symlinks" => self.follow_symlinks = truth()?,
            "staged" => self.staged = truth()?,
            "pre-commit" => self.pre_commit = truth()?,
            "log-opts" => self.log_opts = text(),
            "platform" => self.platform = text(),
            "no-git" => self.no_git = truth()?,
            "pipe" => self.pipe = truth()?,
            "source" => self.source = text(),
            // Profiles of a program that is not this one.
            _ => {}
        }
        Ok(())
    }
}

/// The first word that is neither a flag nor the value of one.
fn command(given: &[String]) -> Option<&str> {
    let all = flags::of(None);
    let mut words = given.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            return None;
        }
        let Some(name) = word.strip_prefix('-').filter(|name| !name.is_empty()) else {
            return Some(word);
        };
        let flag = match name.strip_prefix('-') {
            Some(long) if long.contains('=') => None,
            Some(long) => all.clone().find(|flag| flag.long == long),
            None if name.len() == 1 => all.clone().find(|flag| name.chars().next() == flag.short),
            None => None,
        };
        if flag.is_some_and(|flag| flag.alone.is_none()) {
            words.next();
        }
    }
    None
}

fn number(flag: &Flag, value: &str) -> Result<i64, String> {
    let error = |error: std::num::ParseIntError| {
        use std::num::IntErrorKind::{NegOverflow, PosOverflow};
        let range = matches!(error.kind(), PosOverflow | NegOverflow);
        invalid(
            flag,
            value,
            "ParseInt",
            if range { "value out of range" } else { "invalid syntax" },
        )
    };
    value.parse().map_err(error)
}

fn unsigned(flag: &Flag, value: &str) -> Result<u64, String> {
    value.parse().map_err(|_| invalid(flag, value, "ParseUint", "invalid syntax"))
}

//! `lockgate gitleaks`, and the binary under the name `gitleaks`: the command line of gitleaks 8.30.
//!
//! `options` reads the command line and `config` what is looked for; `source` reads what is looked
//! at, `detect` finds the secrets in it (`decode` serves that), `known` leaves out
//! what is known, and `report` and `verbose` write the rest. A secret never leaves: what is written
//! is what gitleaks writes with `--redact`.

mod completion;
mod config;
mod decode;
mod detect;
mod finding;
mod flags;
mod known;
mod link;
mod log;
mod options;
mod report;
mod session;
mod source;
mod verbose;

use log::{Level, Log};
use options::{Command, Options, Stop};
use std::ffi::OsString;
use std::io::{self, Write};

/// The version that is stood in for.
const VERSION: &str = "8.30.1";

/// What gitleaks ends with where a flag is unknown.
const UNKNOWN_FLAG: u8 = 126;

/// The code to end with; why has been said.
#[derive(Debug)]
struct Stopped(u8);

/// Runs a command line, without the name of the program. Returns the code to end with: 0 where
/// nothing is found, that of `--exit-code` where something is, 1 where it cannot be told.
pub fn run(given: &[OsString]) -> u8 {
    let given: Vec<String> =
        given.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    // Before the command line is read, nothing says that colours are unwanted.
    let log = Log { least: Level::Info, in_colour: !is_plain() };
    match Options::read(&given) {
        Ok(options) => match options.command {
            Command::Version => say(&format!("{VERSION}\n")),
            Command::Completion => completion::run(&options, &log),
            _ => session::run(&options, log).unwrap_or_else(|Stopped(code)| code),
        },
        Err(Stop::Help(command)) => say(&flags::help(command)),
        Err(Stop::Version) => say(&format!("gitleaks version {VERSION}\n")),
        Err(Stop::Misuse(command, why)) => misused(command, &why, &log),
    }
}

fn is_plain() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

fn misused(command: Option<Command>, why: &str, log: &Log) -> u8 {
    let shown = crate::report::untrusted::visible(why);
    let usage = match why.starts_with("unknown command") {
        true => "Run 'gitleaks --help' for usage.\n".to_owned(),
        false => flags::usage(command),
    };
    // With standard error closed there is nobody left to tell.
    let _ = write!(io::stderr(), "Error: {shown}\n{usage}");
    if why.contains("unknown flag") {
        return UNKNOWN_FLAG;
    }
    log.fatal(why, &[]);
    1
}

/// Prints to standard output. That nobody reads it any more is no error.
fn say(text: &str) -> u8 {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    0
}

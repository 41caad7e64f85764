//! `lockgate tfsec`, and the binary under the name `tfsec`: the command line of tfsec 1.28.14.
//!
//! `options` and `config` read what is asked for, `gather` the files of the root modules and of
//! what they call. The Terraform engine evaluates them and runs its rules as tfsec has them;
//! `custom` runs one's own. What a rule says of one thing becomes a `case`; `filter` decides which
//! of them are ignored, and `report` writes the rest.

mod about;
mod case;
mod config;
mod custom;
mod filter;
mod flags;
mod gather;
mod input;
mod migrate;
mod options;
mod report;
mod session;
mod severity;

use crate::report::untrusted::visible;
use options::{Options, Stop};
use std::env;
use std::ffi::OsString;
use std::io::{self, Write};

/// The version that is stood in for.
const VERSION: &str = "v1.28.14";

/// Why there is no result, as tfsec says it; it ends with 1.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Stopped(String);

impl Stopped {
    /// The command line, or what it names, cannot be used.
    fn misused(why: &str) -> Stopped {
        Stopped(format!("invalid option: {why}"))
    }
}

/// Runs a command line, without the name of the program. Returns the code to end with: 0 where
/// nothing failed, 2 where all that failed is of low severity, else 1.
pub fn run(given: &[OsString]) -> u8 {
    let given: Vec<String> =
        given.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let environment = |name: &str| env::var(name).ok();
    let done = match Options::read(&given, environment) {
        Ok(options) => act(&options),
        Err(Stop::Help) => say(&flags::help()),
        Err(Stop::Misuse(why)) => {
            // With standard error closed there is nobody left to tell.
            let _ = writeln!(io::stderr(), "{}", flags::usage());
            Err(Stopped(why))
        }
    };
    done.unwrap_or_else(|Stopped(why)| {
        let lines = why.lines().map(visible).collect::<Vec<_>>().join("\n");
        let _ = say(&format!("Error: {lines}\n"));
        1
    })
}

fn act(options: &Options) -> Result<u8, Stopped> {
    if options.version {
        return say(&format!("{VERSION}\n"));
    }
    if options.update {
        return Err(Stopped("update failed: this is Lockgate, which updates nothing".to_owned()));
    }
    if options.migrate {
        return migrate::run(options);
    }
    session::run(options)
}

/// Prints to standard output. That nobody reads it any more is no error.
fn say(text: &str) -> Result<u8, Stopped> {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    Ok(0)
}

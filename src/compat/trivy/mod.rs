//! `lockgate trivy`, and the binary under the name `trivy`: the command line of Trivy, of which
//! `config` is here.
//!
//! `options` reads the command line, the environment and `trivy.yaml`, for all subcommands alike.
//! `config` asks the engines of infrastructure code what they see (`terraform`, `manifests`,
//! `charts`, `file`), `about` says what Trivy calls their rules, `asked` which of them it counts,
//! `ignore` leaves out what is accepted, and `report` writes the
//! rest.

mod about;
mod asked;
mod charts;
mod config;
mod file;
mod flags;
mod glob;
mod ignore;
mod log;
mod manifests;
mod options;
mod patterns;
mod report;
mod severity;
mod terraform;
mod tree;

use log::Log;
use options::{Options, Stop};
use std::env;
use std::ffi::OsString;
use std::io::{self, Write};

/// The version that is stood in for, as a build of Trivy's main branch calls itself.
pub(super) const VERSION: &str = "dev";

/// Subcommands of Trivy that are not here.
const ABSENT: [&str; 23] = [
    "clean",
    "client",
    "c",
    "convert",
    "filesystem",
    "fs",
    "image",
    "i",
    "kubernetes",
    "k8s",
    "module",
    "m",
    "plugin",
    "p",
    "registry",
    "repository",
    "repo",
    "rootfs",
    "sbom",
    "server",
    "s",
    "vex",
    "vm",
];

/// Why there is no result, as Trivy says it; it ends with 1.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Stopped(String);

/// Runs a command line, without the name of the program. Returns the code to end with: that of
/// `--exit-code` where something is found, 1 where there is no result, else 0.
pub fn run(given: &[OsString]) -> u8 {
    let given: Vec<String> =
        given.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let environment = |name: &str| env::var(name).ok();
    let done = match Options::read(&given, environment) {
        Ok(options) => act(&options),
        Err(Stop::Help) => say(&flags::help()),
        Err(Stop::Misuse(why)) => Err(Stopped(why)),
    };
    done.unwrap_or_else(|Stopped(why)| {
        Log::quiet().fatal(&why);
        1
    })
}

fn act(options: &Options) -> Result<u8, Stopped> {
    if options.version {
        return say(&format!("Version: {VERSION}\n"));
    }
    match &*options.command {
        "config" | "conf" => config::run(options),
        "version" => say(&format!("Version: {VERSION}\n")),
        "" | "help" => say(&flags::help()),
        command if ABSENT.contains(&command) => Err(absent(command)),
        command => Err(Stopped(format!("unknown command {command:?} for \"trivy\""))),
    }
}

fn absent(command: &str) -> Stopped {
    Stopped(format!("`trivy {command}` is not part of Lockgate yet: `trivy config` is"))
}

/// Prints to standard output. That nobody reads it any more is no error.
fn say(text: &str) -> Result<u8, Stopped> {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    Ok(0)
}

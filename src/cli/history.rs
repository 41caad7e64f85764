//! `lockgate history`.

use super::explain::Format;
use super::{Error, memory, print};
use crate::recall;
use crate::report::explain::write_history;
use crate::report::history::{Past, write, write_document};

#[derive(Debug, clap::Args)]
#[command(after_help = "A result that equals the one before it, of the same commit, is not \
                        recorded again and so is no line of its own.")]
pub struct Args {
    /// A finding, by its fingerprint or the first digits of it: shows its life
    fingerprint: Option<String>,
    /// The scans of this branch, instead of the one that is checked out
    #[arg(long, value_name = "NAME", env = "LOCKGATE_BRANCH", hide_env = true)]
    branch: Option<String>,
    /// The scans of all branches
    #[arg(long, conflicts_with_all = ["branch", "fingerprint"])]
    all: bool,
    /// How many scans at most
    #[arg(long, value_name = "N", default_value_t = 20, env = "LOCKGATE_LIMIT", hide_env = true)]
    limit: usize,
    /// How to say it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    #[command(flatten)]
    memory: memory::Args,
    #[command(flatten)]
    settings: memory::SettingsArgs,
}

pub fn run(args: &Args) -> Result<(), Error> {
    let mut text = Vec::new();
    let written = match &args.fingerprint {
        Some(fingerprint) => {
            let mut memory = args.memory.open()?;
            let settings = args.settings.read(&memory, None)?;
            let mut recall = memory.recall(&settings, args.branch.as_deref());
            let explained = recall::explain(&mut recall, fingerprint).map_err(Error::usage)?;
            match args.format {
                Format::Table => write_history(&explained, &mut text),
                Format::Json => write_document(&Past::of_finding(&explained), &mut text),
            }
        }
        None => {
            let past = scans(args)?;
            match args.format {
                Format::Table => write(&past, &mut text),
                Format::Json => write_document(&past, &mut text),
            }
        }
    };
    written.map_err(|error| Error::output("standard output", error))?;
    print(&text)
}

fn scans(args: &Args) -> Result<Past<'static>, Error> {
    let mut memory = args.memory.open()?;
    let own = memory.repository.branch.clone().unwrap_or_default();
    let branch = args.branch.clone().unwrap_or(own);
    let branch = (!args.all).then_some(branch.as_str());
    let (store, name) = memory.store();
    let scans = store.scans(name, branch, args.limit).map_err(Error::usage)?;
    if !scans.is_empty() || args.limit == 0 {
        return Ok(Past::of_scans(name.to_owned(), scans));
    }
    let newest = store.scans(name, None, 1).map_err(Error::usage)?;
    Err(Error::Usage(match (newest.first(), branch) {
        (Some(newest), Some(branch)) => format!(
            "no scan of {} is stored; the last one is of {}: see `lockgate history --all`",
            shown(branch),
            shown(&newest.branch)
        ),
        _ => format!("nothing is stored of {name} yet; run `lockgate scan` first"),
    }))
}

/// A branch in a sentence.
fn shown(branch: &str) -> String {
    match branch {
        "" => "a detached HEAD".to_owned(),
        branch => format!("the branch {branch}"),
    }
}

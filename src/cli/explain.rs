//! `lockgate explain`.

use super::{Error, memory, print};
use crate::recall;
use crate::report::explain::{write, write_document};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The finding: its fingerprint, or the first digits of it
    fingerprint: String,
    /// How it stands on this branch, instead of the one that is checked out
    #[arg(long, value_name = "NAME", env = "LOCKGATE_BRANCH", hide_env = true)]
    branch: Option<String>,
    /// How to say it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    #[command(flatten)]
    memory: memory::Args,
    #[command(flatten)]
    settings: memory::SettingsArgs,
}

/// How a command says what the store knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

pub fn run(args: &Args) -> Result<(), Error> {
    let mut memory = args.memory.open()?;
    let settings = args.settings.read(&memory, None)?;
    let mut recall = memory.recall(&settings, args.branch.as_deref());
    let explanation = recall::explain(&mut recall, &args.fingerprint).map_err(Error::usage)?;
    let mut text = Vec::new();
    let written = match args.format {
        Format::Table => write(&explanation, &mut text),
        Format::Json => write_document(&explanation, &mut text),
    };
    written.map_err(|error| Error::output("standard output", error))?;
    print(&text)
}

//! `lockgate gate`.

use super::{Error, Outcome, memory, output};
use crate::recall;

#[derive(Debug, clap::Args)]
#[command(after_help = "Judges what all engines and imported reports left behind for one commit, \
                        with the policy and the waivers of today; nothing is scanned and nothing \
                        is recorded.\nExit codes: see `lockgate --help`.")]
pub struct Args {
    /// Judge this branch, instead of the one that is checked out
    #[arg(long, value_name = "NAME", env = "LOCKGATE_BRANCH", hide_env = true)]
    branch: Option<String>,
    /// Judge this commit, by its first digits, instead of the one that is checked out
    #[arg(long, value_name = "COMMIT", env = "LOCKGATE_COMMIT", hide_env = true)]
    commit: Option<String>,
    #[command(flatten)]
    output: output::Args,
    #[command(flatten)]
    memory: memory::Args,
    #[command(flatten)]
    settings: memory::SettingsArgs,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let sinks = args.output.sinks()?;
    let mut memory = args.memory.open()?;
    let settings = args.settings.read(&memory, Some(&args.output))?;
    let mut recall = memory.recall(&settings, args.branch.as_deref());
    let report = recall::gate(&mut recall, args.commit.as_deref()).map_err(Error::usage)?;
    let when = report.started.strftime("%Y-%m-%d %H:%M UTC");
    args.output.note(&format!("judging what is stored; the last scan was on {when}"))?;
    output::write(&report, &sinks, &args.output)?;
    Ok(Outcome::of(report.verdict.outcome))
}

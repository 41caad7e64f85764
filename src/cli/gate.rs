//! `lockgate gate`.

use super::{Error, Outcome, memory, output};
use crate::finding::written_day;
use crate::recall;
use crate::report::Format;
use jiff::civil::Date;
use jiff::tz::TimeZone;

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
    /// Judge as on this day (YYYY-MM-DD): which waivers will be over, what will be overdue
    #[arg(long, value_name = "DAY", value_parser = written_day,
          env = "LOCKGATE_AS_OF", hide_env = true)]
    as_of: Option<Date>,
    #[command(flatten)]
    output: output::Args,
    #[command(flatten)]
    memory: memory::Args,
    #[command(flatten)]
    settings: memory::SettingsArgs,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let sinks = args.output.sinks()?;
    if sinks.iter().any(|sink| sink.format == Format::Verdict) {
        let why = "--format verdict: a verdict names the files that it rests on, and only a scan sees them; take it from `lockgate scan`";
        return Err(Error::Usage(why.into()));
    }
    let mut memory = args.memory.open()?;
    let settings = args.settings.read(&memory, Some(&args.output))?;
    let mut recall = memory.recall(&settings, args.branch.as_deref());
    if let Some(day) = args.as_of {
        recall.today = day;
        recall.now = last_second(day)?;
        args.output.note(&format!("judging as on {day}"))?;
    }
    let report = recall::gate(&mut recall, args.commit.as_deref()).map_err(Error::usage)?;
    let when = report.started.strftime("%Y-%m-%d %H:%M UTC");
    args.output.note(&format!("judging what is stored; the last scan was on {when}"))?;
    output::write(&report, &sinks, &args.output)?;
    Ok(Outcome::of(report.verdict.outcome))
}

/// In seconds since 1970, UTC.
fn last_second(day: Date) -> Result<i64, Error> {
    let end = day.at(23, 59, 59, 0).to_zoned(TimeZone::UTC);
    let end = end.map(|end| end.timestamp().as_second());
    end.map_err(|_| Error::Usage(format!("--as-of {day}: no such day comes; name an earlier one")))
}

//! `lockgate triage`: decisions about findings, on all branches.

use super::explain::Format;
use super::{Error, memory, print};
use crate::clock;
use crate::engine::masked;
use crate::finding::written_day;
use crate::recall::subject;
use crate::report::triage::{Row, write, write_document};
use crate::waiver::{DEFAULT_DAYS, MOST_DAYS, Triage, TriageState};
use jiff::ToSpan;
use jiff::civil::Date;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, after_help = AFTER)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    decide: DecideArgs,
}

const AFTER: &str = "\
A decision holds on all branches that share the store, for whatever the finding becomes: moved, \
renamed or seen by another tool. One that is to be reviewed in git with the code goes into \
.lockgate/waivers.toml instead: see `lockgate waivers add`.";

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the decisions that were made, the newest first
    List {
        /// How to say it
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: Format,
        /// How many decisions at most
        #[arg(
            long,
            value_name = "N",
            default_value_t = 100,
            env = "LOCKGATE_LIMIT",
            hide_env = true
        )]
        limit: usize,
        #[command(flatten)]
        memory: memory::Args,
    },
    /// Take a decision back: the finding counts again
    Clear {
        /// The finding: its fingerprint, or the first digits of it
        fingerprint: String,
        #[command(flatten)]
        memory: memory::Args,
    },
}

#[derive(Debug, clap::Args)]
#[group(skip)]
struct DecideArgs {
    /// The finding: its fingerprint, or the first digits of it
    #[arg(required = true)]
    fingerprint: Option<String>,
    /// What it is
    #[arg(long, value_name = "STATE", required = true, env = "LOCKGATE_STATE", hide_env = true)]
    state: Option<TriageState>,
    /// Why; for a false positive and for what is accepted
    #[arg(long, value_name = "TEXT", env = "LOCKGATE_REASON", hide_env = true)]
    reason: Option<String>,
    /// Who answers for it, instead of git's user.name
    #[arg(long, value_name = "NAME", env = "LOCKGATE_OWNER", hide_env = true)]
    owner: Option<String>,
    /// The last day on which it holds, YYYY-MM-DD: at most 365 days from now; 90 where something
    /// is accepted and no day is given
    #[arg(long, value_name = "DATE", value_parser = written_day, env = "LOCKGATE_UNTIL", hide_env = true)]
    until: Option<Date>,
    #[command(flatten)]
    memory: memory::Args,
}

/// The most bytes of a reason or a name.
const LONGEST: usize = 4096;

pub fn run(args: &Args) -> Result<(), Error> {
    let decide_args = &args.decide;
    match (&args.command, &decide_args.fingerprint, decide_args.state) {
        (Some(Command::List { format, limit, memory }), ..) => list(*format, *limit, memory),
        (Some(Command::Clear { fingerprint, memory }), ..) => clear(fingerprint, memory),
        (None, Some(fingerprint), Some(state)) => decide(fingerprint, state, decide_args),
        (None, ..) => Err(Error::Usage("name a finding, and what it is with --state".into())),
    }
}

fn decide(fingerprint: &str, state: TriageState, args: &DecideArgs) -> Result<(), Error> {
    let today = memory::today();
    let until = until(state, args.until, today)?;
    let reason = match (state, text("--reason", args.reason.as_deref())?) {
        (_, Some(reason)) => reason,
        (TriageState::Confirmed, None) => String::new(),
        (state, None) => {
            return Err(Error::Usage(format!(
                "say why with --reason: whoever meets {state} next year has nothing else to go by"
            )));
        }
    };
    let mut memory = args.memory.open()?;
    let user = memory.git.as_ref().and_then(crate::git::Git::user);
    let owner = text("--owner", args.owner.as_deref().or(user.as_deref()))?;
    let owner = owner.ok_or_else(|| {
        Error::Usage(match args.owner {
            Some(_) => "--owner is empty: say who answers for it".into(),
            None => "say who answers for it with --owner; git has no user.name here".into(),
        })
    })?;
    let (store, name) = memory.store();
    let subject = subject(store, name, fingerprint).map_err(Error::usage)?;
    let triage = Triage {
        state,
        reason,
        owner: Some(owner.clone()),
        until,
        decided: clock::now().as_second(),
    };
    store.triage(name, &subject.fingerprint, &triage).map_err(Error::usage)?;
    let short = &subject.fingerprint.to_string()[..12];
    let holds = until.map_or(String::new(), |until| format!(" until {until}"));
    let effect = match state {
        TriageState::Confirmed => "it counts, as before",
        _ => "from the next scan or `lockgate gate` on it does not count, on any branch",
    };
    let owner = crate::report::untrusted::visible(&owner).into_owned();
    let said = format!(
        "{short} is {} by {owner}{holds}: {effect}.\nTake it back with `lockgate triage clear \
         {short}`; see it with `lockgate explain {short}`.\n",
        state
    );
    print(said.as_bytes())
}

/// The last day of a decision.
fn until(state: TriageState, given: Option<Date>, today: Date) -> Result<Option<Date>, Error> {
    match (state, within_a_year(given, today)?) {
        (TriageState::Accepted, None) => Ok(Some(today.saturating_add(DEFAULT_DAYS.days()))),
        (_, given) => Ok(given),
    }
}

/// What `--until` says, where it is a day on which a decision may end.
pub(super) fn within_a_year(given: Option<Date>, today: Date) -> Result<Option<Date>, Error> {
    let most = today.saturating_add(MOST_DAYS.days());
    match given {
        Some(day) if day < today => {
            Err(Error::Usage(format!("--until {day} has gone by; the earliest is {today}")))
        }
        Some(day) if day > most => Err(Error::Usage(format!(
            "--until {day} is more than {MOST_DAYS} days from now; the latest is {most}"
        ))),
        given => Ok(given),
    }
}

/// What somebody typed: neither empty nor too long, and without secrets.
fn text(option: &str, given: Option<&str>) -> Result<Option<String>, Error> {
    let Some(given) = given.map(str::trim).filter(|given| !given.is_empty()) else {
        return Ok(None);
    };
    match given.len() > LONGEST {
        true => Err(Error::Usage(format!("{option} is longer than {LONGEST} bytes"))),
        false => Ok(Some(masked(given))),
    }
}

fn clear(fingerprint: &str, memory: &memory::Args) -> Result<(), Error> {
    let mut memory = memory.open()?;
    let (store, name) = memory.store();
    let subject = subject(store, name, fingerprint).map_err(Error::usage)?;
    let short = &subject.fingerprint.to_string()[..12];
    let decided = subject.sightings.iter().filter_map(|known| known.triage.as_ref());
    let last = decided.max_by_key(|triage| triage.decided);
    let Some(triage) = last.filter(|triage| !triage.is_taken_back()) else {
        return Err(Error::Usage(format!(
            "nobody has decided about {short}; `lockgate triage list` shows what was decided"
        )));
    };
    let back = triage.taken_back(clock::now());
    store.triage(name, &subject.fingerprint, &back).map_err(Error::usage)?;
    let said = format!(
        "{short} is no longer {}: from the next scan or `lockgate gate` on it counts again.\n",
        triage.state
    );
    print(said.as_bytes())
}

fn list(format: Format, limit: usize, memory: &memory::Args) -> Result<(), Error> {
    let mut memory = memory.open()?;
    let (store, name) = memory.store();
    // One more, which tells whether there are more.
    let decisions = store.decisions(name, limit.saturating_add(1)).map_err(Error::usage)?;
    let today = memory::today();
    let mut rows: Vec<Row> =
        decisions.iter().map(|(finding, triage)| Row::of(finding, triage, today)).collect();
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.dedup();
    let mut text = Vec::new();
    let written = match format {
        Format::Table => write(&rows, more, &mut text),
        Format::Json => write_document(name, &rows, &mut text),
    };
    written.map_err(|error| Error::output("standard output", error))?;
    print(&text)
}

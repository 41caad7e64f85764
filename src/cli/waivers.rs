//! `lockgate waivers`: what `.lockgate/waivers.toml` says, what of it is stale, and what is added.

mod convert;

use super::progress::Bar;
use super::{Error, Outcome, own_rules, print};
use crate::clock;
use crate::config::Config;
use crate::engine::ENGINES;
use crate::finding::{Finding, Fingerprint, Outcome as RunOutcome, written_day};
use crate::git::{self, Repository, Source};
use crate::report::summary::plural;
use crate::report::untrusted::visible;
use crate::scan::{self, Scanned};
use crate::store::prepare_folder;
use crate::target;
use crate::waiver::{self, Entry, Idle, Kind, Note, WaiverError, Waivers};
use crate::{identity, pipeline};
use clap::ValueEnum;
use clap::builder::BoolishValueParser;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::fmt::Write;
use std::path::PathBuf;
use std::{env, io};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Print every waiver: its line, last day, owner, what it is for and why
    List {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        as_: Form,
    },
    /// Scan, and say which waivers and waiving comments are stale
    #[command(after_help = CHECK_HELP)]
    Check {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        as_: Form,
        /// End with 1 if anything is stale
        #[arg(long, env = "LOCKGATE_STRICT", hide_env = true,
              value_parser = BoolishValueParser::new())]
        strict: bool,
        /// End with 1 if something is stale in one of these ways
        // Read from no variable: LOCKGATE_FAIL_ON is a severity.
        #[arg(long, value_name = "KIND", value_delimiter = ',')]
        fail_on: Vec<Kind>,
    },
    /// Add a waiver for one finding
    Add {
        #[command(flatten)]
        at: At,
        /// The finding's fingerprint, or its first digits where no other finding has them
        fingerprint: String,
        /// Why the finding does not count
        #[arg(long, env = "LOCKGATE_REASON", hide_env = true)]
        reason: String,
        #[command(flatten)]
        owned: Owned,
    },
    /// Make waivers of the ignore files and baselines of other tools
    Convert(convert::Args),
}

const CHECK_HELP: &str = "\
Ways to be stale: expired, early (created in the future), soon (a week left), unused, fixed (a newer \
version of the package mends it). Ends with 0 unless told otherwise.";

/// Where the waivers are.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct At {
    /// The waivers, instead of .lockgate/waivers.toml at the repository's root
    #[arg(long, value_name = "FILE", env = "LOCKGATE_WAIVERS", hide_env = true)]
    waivers: Option<PathBuf>,
    /// The configuration, instead of lockgate.toml at the repository's root
    #[arg(long, value_name = "FILE", env = "LOCKGATE_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    own_rules: own_rules::Args,
}

/// How to print.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Form {
    /// How to print
    // Read from no variable: LOCKGATE_FORMAT names formats of reports.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Who answers for new entries, and until when.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Owned {
    /// Who answers for it
    #[arg(long, value_name = "NAME", env = "LOCKGATE_OWNER", hide_env = true)]
    owner: String,
    /// The last day on which it holds, such as 2027-02-20; at most 365 days from now, 90 if not said
    #[arg(long, value_name = "DATE", value_parser = written_day, env = "LOCKGATE_UNTIL",
          hide_env = true)]
    until: Option<Date>,
}

pub fn run(command: Command) -> Result<Outcome, Error> {
    match command {
        Command::List { at, as_ } => list(&at, as_.format),
        Command::Check { at, as_, strict, fail_on } => {
            let kinds = if strict { Kind::value_variants() } else { &fail_on };
            check(&at, as_.format, kinds)
        }
        Command::Add { at, fingerprint, reason, owned } => add(&at, &fingerprint, reason, owned),
        Command::Convert(args) => convert::run(args),
    }
}

fn list(at: &At, format: Format) -> Result<Outcome, Error> {
    let place = Place::new(at)?;
    let waivers = place.waivers(at)?;
    let text = match format {
        Format::Json => {
            #[derive(Serialize)]
            struct Listed {
                line: usize,
                last_day: Date,
                #[serde(flatten)]
                entry: Entry,
            }
            let listed = waivers.entries().map(|(line, entry)| Listed {
                line,
                last_day: entry.last_day(),
                entry: entry.clone().without_secrets(),
            });
            json(&listed.collect::<Vec<_>>())
        }
        Format::Text => {
            let mut text = String::new();
            for (line, entry) in waivers.entries() {
                let (until, what) = (entry.last_day(), entry.to_string());
                let entry = entry.clone().without_secrets();
                let (owner, reason) = (visible(&entry.owner), visible(&entry.reason));
                let _ = writeln!(text, "{line:5}  {until}  {owner}  {}: {reason}", visible(&what));
            }
            text
        }
    };
    print(text.as_bytes()).map(|()| Outcome::Passed)
}

fn check(at: &At, format: Format, kinds: &[Kind]) -> Result<Outcome, Error> {
    let place = Place::new(at)?;
    let waivers = place.waivers(at)?;
    let today = today();
    let mut scanned = place.scan()?;
    let mut findings = take_findings(&mut scanned);
    waiver::expire(&mut findings, today);
    let mut notes = waivers.apply(&mut findings, today);
    let mut comments = idle(&place, &findings, today)?;
    let unfinished = scanned.runs.iter().find(|run| run.outcome != RunOutcome::Complete);
    if let Some(run) = unfinished {
        note(&format!("{} did not finish", run.engine))?;
    }
    let untold = waivers.leave_untold(&mut notes, &scanned.runs)
        + waiver::leave_untold(&mut comments, &scanned.runs);
    if untold > 0 {
        let what = plural(untold, "waiver");
        note(&format!(
            "whether {what} may go cannot be told: what it is for may be where an engine that is \
             off, or did not get to its end, or could not read a file, did not look"
        ))?;
    }
    let text = match format {
        Format::Json => {
            #[derive(Serialize)]
            struct Checked<'a> {
                notes: &'a [Note],
                comments: &'a [Idle],
            }
            json(&Checked { notes: &notes, comments: &comments })
        }
        Format::Text => said(&place, &notes, &comments),
    };
    print(text.as_bytes())?;
    let mut stale = notes.iter().map(|note| note.kind).chain(comments.iter().map(|idle| idle.kind));
    Ok(match stale.any(|kind| kinds.contains(&kind)) {
        true => Outcome::Blocked,
        false if unfinished.is_some() => Outcome::Incomplete,
        false => Outcome::Passed,
    })
}

fn said(place: &Place, notes: &[Note], comments: &[Idle]) -> String {
    let mut text = String::new();
    let file = place.shown();
    for note in notes {
        let (line, what, owner) = (note.line, visible(&note.waiver), visible(&note.owner));
        let _ = writeln!(text, "{file}:{line}: {} ({owner}) {}", what, visible(&note.message));
    }
    for idle in comments {
        let why = match idle.kind {
            Kind::Expired => "has expired",
            _ => "waives nothing",
        };
        let (path, comment) = (visible(&idle.path), visible(&idle.comment));
        let _ = writeln!(text, "{path}:{}: the comment `{comment}` {why}", idle.line);
    }
    if text.is_empty() {
        text += "nothing is stale\n";
    }
    text
}

fn idle(place: &Place, findings: &[Finding], today: Date) -> Result<Vec<Idle>, Error> {
    let (root, settings) = (&place.repository.root, &place.config.scan);
    let walked = target::walk(root, std::slice::from_ref(root), settings, &place.tracked, None)
        .map_err(Error::usage)?;
    Ok(waiver::idle(&walked.targets, settings, findings, today))
}

fn add(at: &At, named: &str, reason: String, owned: Owned) -> Result<Outcome, Error> {
    let place = Place::new(at)?;
    let findings = place.findings()?;
    let whole = named.parse::<Fingerprint>();
    let fingerprint = whole.or_else(|_| only_one(&findings, named))?;
    let waivers = Waivers::load(&place.file).map_err(Error::usage)?;
    let today = today();
    let known = waivers
        .entries()
        .find(|(_, entry)| entry.fingerprint.contains(&fingerprint) && entry.last_day() >= today);
    if let Some((line, entry)) = known {
        let (file, until) = (place.shown(), entry.last_day());
        return Err(Error::Usage(format!("{file}:{line}: waives it already, until {until}")));
    }
    let entry = Entry {
        fingerprint: vec![fingerprint],
        reason,
        owner: owned.owner,
        created: today,
        until: owned.until,
        ..Entry::default()
    };
    let until = entry.last_day();
    place.append(&[entry.without_secrets()])?;
    note(&format!("{}: {fingerprint} is waived until {until}", place.shown()))?;
    if !findings.iter().any(|finding| finding.fingerprints().any(|own| own == fingerprint)) {
        note("no finding has this fingerprint now: the waiver is for nothing that is found")?;
    }
    Ok(Outcome::Passed)
}

/// The one finding whose fingerprint begins with the digits.
fn only_one(findings: &[Finding], digits: &str) -> Result<Fingerprint, Error> {
    let digits = digits.to_lowercase();
    let prints = findings.iter().flat_map(Finding::fingerprints);
    let mut found: Vec<Fingerprint> =
        prints.filter(|print| print.to_string().starts_with(&digits)).collect();
    found.sort_unstable();
    found.dedup();
    match (&found[..], digits.len()) {
        ([one], 4..) => Ok(*one),
        ([], _) => Err(Error::Usage(format!(
            "no finding has a fingerprint that begins with {digits:?}; `lockgate scan --format \
             json` shows them"
        ))),
        (_, _) => Err(Error::Usage(format!(
            "{} findings have a fingerprint that begins with {digits:?}; give more of its 32 digits",
            found.len()
        ))),
    }
}

/// The repository that the command is run in.
struct Place {
    repository: Repository,
    /// What git tracks.
    tracked: Vec<PathBuf>,
    config: Config,
    /// The waivers.
    file: PathBuf,
}

impl Place {
    fn new(at: &At) -> Result<Place, Error> {
        let here = env::current_dir()
            .and_then(|folder| folder.canonicalize())
            .map_err(|error| Error::Usage(format!("the current folder cannot be read: {error}")))?;
        let (repository, git) = git::open(&here);
        let tracked = git.map(|git| git.tracked_deeply()).transpose().map_err(Error::usage)?;
        let source = Source::worktree(&repository.root);
        let known: Vec<&str> = ENGINES.iter().map(|engine| engine.name()).collect();
        let config = Config::load(at.config.as_deref(), &source, &known).map_err(Error::usage)?;
        at.own_rules.adopt(&config, &source)?;
        let file = at.waivers.clone().unwrap_or_else(|| repository.root.join(waiver::FILE));
        Ok(Place { repository, tracked: tracked.unwrap_or_default(), config, file })
    }

    /// What the file says: nothing where there is none, unless it was named.
    fn waivers(&self, at: &At) -> Result<Waivers, Error> {
        if at.waivers.is_some() && !self.file.exists() {
            let shown = self.shown();
            return Err(Error::Usage(format!("{shown}: there is no such file (--waivers)")));
        }
        Waivers::load(&self.file).map_err(Error::usage)
    }

    /// The name of the file with the waivers, for people.
    fn shown(&self) -> String {
        let name = self.file.strip_prefix(&self.repository.root).unwrap_or(&self.file);
        visible(&name.to_string_lossy()).into_owned()
    }

    /// Scans the whole repository anew.
    fn scan(&self) -> Result<Scanned, Error> {
        let root = &self.repository.root;
        let bar = Bar::new(false);
        let request = scan::Request {
            root,
            paths: std::slice::from_ref(root),
            targets: &self.config.scan,
            ignore_files: None,
            written: &[],
            tracked: &self.tracked,
            engines: pipeline::engines(&self.config),
            cache: None,
            line_hashes: false,
        };
        let scanned = scan::scan(&request, &bar).map_err(Error::usage)?;
        bar.clear();
        Ok(scanned)
    }

    /// What is found in the repository now, merged.
    fn findings(&self) -> Result<Vec<Finding>, Error> {
        Ok(identity::unite(take_findings(&mut self.scan()?), &self.config.merge))
    }

    fn append(&self, entries: &[Entry]) -> Result<(), Error> {
        if let Some(folder) = self.file.parent().filter(|_| self.file.ends_with(waiver::FILE)) {
            let failed = |source| WaiverError::Write { path: self.file.clone(), source };
            prepare_folder(folder).map_err(|error| Error::usage(failed(error)))?;
        }
        waiver::append(&self.file, entries).map_err(Error::usage)
    }
}

fn take_findings(scanned: &mut Scanned) -> Vec<Finding> {
    scanned.runs.iter_mut().flat_map(|run| std::mem::take(&mut run.findings)).collect()
}

/// Today, in UTC: the same in every pipeline.
fn today() -> Date {
    clock::now().to_zoned(TimeZone::UTC).date()
}

fn json(value: &impl Serialize) -> String {
    // Plain data: there is nothing that could fail.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn note(text: &str) -> Result<(), Error> {
    use io::Write as _;
    writeln!(io::stderr(), "lockgate: {}", visible(text))
        .map_err(|error| Error::output("standard error", error))
}

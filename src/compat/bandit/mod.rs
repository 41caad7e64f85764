//! `lockgate bandit`, and the binary under the name `bandit`: the command line of Bandit 1.9.4.
//!
//! `options` reads the command line, `ini` and `config` what stands in files, `discover` finds the
//! files, `session` has the engine look at them, `baseline` leaves out what is known, and `report`
//! writes the rest.

mod arguments;
mod baseline;
mod config;
mod discover;
mod help;
mod ini;
mod issue;
mod log;
mod options;
mod output;
mod profile;
mod report;
mod rules;
mod session;
mod subject;
mod walk;

use crate::engine::python::bandit as engine;
use baseline::Baseline;
use config::Config;
use issue::{RANKS, Rank};
use jiff::Timestamp;
use log::{Level, Log};
use options::{Least, Options, Stop};
use output::Output;
use report::{Failure, Report};
use session::{Plan, Session};
use std::env;
use std::ffi::OsString;
use std::io::{IsTerminal, Write, stderr, stdout};

/// The version that is stood in for.
const VERSION: &str = "1.9.4";
/// The Python whose reading of a source is followed.
const PYTHON: &str = "3.11";

/// The code to end with; why has been said.
#[derive(Debug)]
struct Stopped(u8);

/// Runs a command line, without the name of the program. Returns the code to end with: 0 where
/// nothing is found, 1 where something is, 2 where the command line or a configuration means
/// nothing.
pub fn run(given: &[OsString]) -> u8 {
    let debug = given.iter().any(|argument| argument == "-d" || argument == "--debug");
    let log = Log::new(if debug { Level::Debug } else { Level::Info });
    log.debug("main", "logging initialized");
    let format = default_format();
    let said = match Options::read(given, format) {
        Ok(options) => return scan(options, format, log).unwrap_or_else(|Stopped(code)| code),
        Err(Stop::Help) => help::help(),
        Err(Stop::Version) => {
            let lockgate = env!("CARGO_PKG_VERSION");
            format!("bandit {VERSION}\n  python version = {PYTHON} (Lockgate {lockgate})\n")
        }
        Err(Stop::Misuse(why)) => {
            let why = crate::report::untrusted::visible(&why);
            // With standard error closed there is nobody left to tell.
            let _ = writeln!(stderr(), "{}bandit: error: {why}", help::USAGE);
            return 2;
        }
    };
    let _ = output::print(said.as_bytes());
    0
}

/// In colours, where a terminal shows them and nobody minds.
fn default_format() -> &'static str {
    let plain =
        env::var_os("NO_COLOR").is_some() || env::var_os("TERM").is_some_and(|term| term == "dumb");
    if stdout().is_terminal() && !plain { "screen" } else { "txt" }
}

fn scan(mut options: Options, format: &str, mut log: Log) -> Result<u8, Stopped> {
    if let Some(ini) = ini::find(&options, &log)? {
        options.fill(&ini, format, &log)?;
    }
    let config = Config::load(options.config_file.as_deref(), &log)?;
    if options.targets.is_empty() {
        let _ = output::print(help::USAGE.as_bytes());
        return Err(Stopped(2));
    }
    if let Some(format) = config.get("log_format").and_then(|format| format.as_str()) {
        log = Log { least: Level::Debug, format: format.to_owned() };
        log.debug("main", "logging initialized");
    }
    if options.quiet {
        log = Log::new(Level::Warning);
    }
    let stopped = |code, why: &str| {
        log.error("main", why);
        Stopped(code)
    };
    let mut profile = config.profile(options.profile.as_deref()).map_err(|why| stopped(2, &why))?;
    let (tests, skips) = (options.tests.as_deref(), options.skips.as_deref());
    profile.describe(tests, skips, &log);
    profile.add(tests, skips);
    let runs = profile.resolve(&log).map_err(|why| stopped(2, &why))?;
    let baseline = known(&options, &log)?;
    if options.format != "json" {
        if let Some(path) = config.path.as_deref() {
            log.info("main", &format!("using config: {path}"));
        }
        let lockgate = env!("CARGO_PKG_VERSION");
        log.info("main", &format!("running on Python {PYTHON} (Lockgate {lockgate})"));
    }
    let found = discover::discover(&options, &config, &log).map_err(|why| stopped(1, &why))?;
    if runs.is_empty() {
        return Err(stopped(2, "No tests would be run, please check the profile."));
    }
    let checks = checks(&config).map_err(|why| stopped(2, &why))?;
    let plan = Plan { options: &options, checks: &checks, runs: &runs };
    let session = Session::run(&plan, found, &log).map_err(|why| stopped(1, &why))?;
    let (severity, confidence) = least(&options).map_err(|why| stopped(1, &why))?;
    finish(options, format, &session, &baseline, [severity, confidence], &log)
}

/// What the configuration says about single checks.
fn checks(config: &Config) -> Result<engine::Options, String> {
    let mut checks = engine::Options::default();
    for (section, settings) in config.sections() {
        checks.set(section, settings).map_err(|error| error.to_string())?;
    }
    Ok(checks)
}

/// The baseline, which not every format goes with.
fn known(options: &Options, log: &Log) -> Result<Baseline, Stopped> {
    let Some(path) = options.baseline.as_deref() else { return Ok(Baseline::default()) };
    let stopped = |why: &str| {
        log.warning("main", why);
        Stopped(2)
    };
    let baseline = Baseline::read(path, log)
        .map_err(|_| stopped(&format!("Could not open baseline report: {path}")))?;
    match report::WITH_BASELINE.contains(&&*options.format) {
        true => Ok(baseline),
        false => {
            let formats: Vec<String> =
                report::WITH_BASELINE.iter().map(|format| arguments::quoted(format)).collect();
            let why = "Baseline must be used with one of the following formats";
            Err(stopped(&format!("{why}: [{}]", formats.join(", "))))
        }
    }
}

/// The least severity and confidence that are reported.
fn least(options: &Options) -> Result<(Rank, Rank), String> {
    let rank = |least: &Least, long: &str| match least {
        Least::Rank(rank) => (*rank as usize)
            .checked_sub(1)
            .and_then(|at| RANKS.get(at))
            .copied()
            .ok_or_else(|| format!("there is no such level; say {long} low, medium or high")),
        Least::Text(text) => Err(format!(
            "the level {text} of the ini file is a text to Bandit; say {long} on the command line"
        )),
    };
    Ok((
        rank(&options.severity, "--severity-level")?,
        rank(&options.confidence, "--confidence-level")?,
    ))
}

fn finish(
    mut options: Options,
    default_format: &str,
    session: &Session,
    baseline: &Baseline,
    [severity, confidence]: [Rank; 2],
    log: &Log,
) -> Result<u8, Stopped> {
    let mut output = std::mem::replace(&mut options.output, Output::Stdout);
    let format = report::known(&options.format, default_format);
    let entries = baseline.entries(&session.filtered(severity, confidence));
    let report = Report { session, options: &options, entries, now: Timestamp::now() };
    report.write(&mut output, format, log).map_err(|failure| match failure {
        Failure::Refused(why) => {
            log.error("custom", &why);
            Stopped(2)
        }
        Failure::Failed(why) => {
            let what = "Unable to output report using";
            log.error("main", &format!("{what} '{format}' formatter: {why}"));
            Stopped(1)
        }
    })?;
    Ok(u8::from(!report.entries.is_empty() && !options.exit_zero))
}

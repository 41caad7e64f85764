//! One run: from the command line to the report and the code to end with.

use super::config::{self, Config, Source};
use super::detect::{Detector, Settings};
use super::known::Known;
use super::link::{Platform, Remote};
use super::log::Log;
use super::options::{Command, Options};
use super::report::Report;
use super::source::{self, Commits, Folder, Scanned};
use super::{Stopped, verbose};
use crate::compat::go::{cleaned, reason};
use crate::git;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const BANNER: &str = "
    ○
    │╲
    │ ○
    ○ ░
    ░    gitleaks

";

/// Runs a scan. Returns the code to end with.
pub fn run(options: &Options, mut log: Log) -> Result<u8, Stopped> {
    let start = Instant::now();
    match options.level() {
        Some(level) => log.least = level,
        None => log.warn(&format!("unknown log level: {}", options.log_level), &[]),
    }
    if !options.no_banner {
        // With standard error closed there is nobody left to tell.
        let _ = io::stderr().write_all(BANNER.as_bytes());
    }
    let scanned = options.scanned();
    let named = Some(&*options.config);
    let config =
        config::load(&Source { named, scanned }, &log).map_err(|why| stopped(&why, &log))?;
    log.in_colour &= !options.no_color;
    let session = Session::new(options, config, log)?;
    session.run(start)
}

fn stopped(why: &str, log: &Log) -> Stopped {
    log.fatal(why, &[]);
    Stopped(1)
}

struct Session<'o> {
    options: &'o Options,
    known: Known,
    report: Option<Report>,
    detector: Detector,
    commits: Option<Commits>,
    log: Log,
}

impl<'o> Session<'o> {
    fn new(options: &'o Options, mut config: Config, log: Log) -> Result<Session<'o>, Stopped> {
        let known = known(options, &log);
        warn_of_version(&config, &log);
        let listed: Vec<(String, String)> = config
            .order
            .iter()
            .filter_map(|id| config.rules.get(id))
            .map(|rule| (rule.id.clone(), rule.description.clone()))
            .collect();
        if !options.enable_rule.is_empty() {
            log.info(&format!("Overriding enabled rules: {}", options.enable_rule.join(", ")));
            for id in &options.enable_rule {
                if !config.rules.contains_key(id) {
                    return Err(stopped(&format!("Requested rule {id} not found in rules"), &log));
                }
            }
            config.rules.retain(|id, _| options.enable_rule.contains(id));
        }
        let report = Report::prepare(options, listed, &log).map_err(|why| stopped(&why, &log))?;
        let commits = commits(options);
        let settings = Settings {
            ignore_allow: options.ignore_gitleaks_allow,
            max_decode_depth: options.max_decode_depth,
            max_target_megabytes: options.max_target_megabytes,
            own_files: own_files(options),
            remote: match commits {
                Some(Commits::Log(_)) => remote(options, &log)?,
                _ => Remote::default(),
            },
        };
        let detector = Detector::new(config, settings, log).map_err(|why| stopped(&why, &log))?;
        Ok(Session { options, known, report, detector, commits, log })
    }

    fn run(&self, start: Instant) -> Result<u8, Stopped> {
        let stop = self.timer();
        let mut scanned = self.scan(&stop)?;
        if stop.load(Ordering::Relaxed) {
            scanned.is_partial = true;
            self.log.error("failed to scan", &[("error", "context deadline exceeded")]);
        }
        scanned.findings.retain_mut(|finding| self.known.is_new(finding));
        if let Some(commits) = scanned.commits {
            self.log.info(&format!("{commits} commits scanned."));
        }
        if self.options.verbose {
            let in_colour = !self.options.no_color;
            let out = io::stdout();
            let is_terminal = out.is_terminal();
            let mut out = io::BufWriter::new(out.lock());
            // That nobody reads it any more is no error.
            let _ = scanned
                .findings
                .iter()
                .try_for_each(|finding| verbose::print(finding, in_colour, is_terminal, &mut out))
                .and_then(|()| out.flush());
        }
        self.summarise(&scanned, start.elapsed());
        if let Some(report) = &self.report {
            report.write(&scanned.findings).map_err(|why| {
                self.log.fatal("failed to write report", &[("error", &why)]);
                Stopped(1)
            })?;
        }
        Ok(match scanned.findings.is_empty() {
            _ if scanned.is_partial && self.commits.is_none() => 1,
            true => 0,
            // As the system cuts it.
            false => (self.options.exit_code & 0xff) as u8,
        })
    }

    /// Says when it is time to stop.
    fn timer(&self) -> Arc<AtomicBool> {
        let stop = Arc::new(AtomicBool::new(false));
        if let Ok(seconds @ 1..) = u64::try_from(self.options.timeout) {
            let stop = stop.clone();
            thread::spawn(move || {
                thread::sleep(Duration::from_secs(seconds));
                stop.store(true, Ordering::Relaxed);
            });
        }
        stop
    }

    fn scan(&self, stop: &AtomicBool) -> Result<Scanned, Stopped> {
        let options = self.options;
        let is_stdin = options.command == Command::Stdin || (options.pipe && !options.no_git);
        if let Some(commits) = &self.commits {
            return Ok(self.git(commits, stop));
        }
        if is_stdin {
            return source::scan_stdin(&self.detector, stop).map_err(|error| {
                let fields = [("error", &*reason(&error))];
                self.log.fatal("failed scan input from stdin", &fields);
                Stopped(1)
            });
        }
        let megabytes = u64::try_from(options.max_target_megabytes).unwrap_or_default();
        Ok(source::scan_folder(&Folder {
            path: options.scanned(),
            follow_links: options.follow_symlinks,
            largest: megabytes.saturating_mul(1_000_000),
            archive_depth: self.archive_depth(),
            detector: &self.detector,
            stop,
            log: &self.log,
        }))
    }

    /// Where gitleaks cannot look at all it says so and counts it as clean; so does this.
    fn git(&self, commits: &Commits, stop: &AtomicBool) -> Scanned {
        let failed = |why: &str| {
            self.log.error(&format!("[git] fatal: {why}"), &[]);
            self.log.error("", &[("error", "stderr is not empty")]);
            Scanned { commits: Some(0), ..Scanned::default() }
        };
        let folder = absolute(self.options.scanned());
        let (_, Some(git)) = git::open(&folder) else {
            return failed("not a git repository (or any of the parent directories): .git");
        };
        let (depth, log) = (self.archive_depth(), &self.log);
        let look = source::Look { depth, detector: &self.detector, stop, log };
        source::scan_git(&git, commits, look).unwrap_or_else(|why| failed(&why))
    }

    fn archive_depth(&self) -> u32 {
        self.options.max_archive_depth.clamp(0, 255) as u32
    }

    fn summarise(&self, scanned: &Scanned, took: Duration) {
        let bytes = format!("scanned ~{} bytes ({})", scanned.bytes, size(scanned.bytes));
        let (log, count) = (&self.log, scanned.findings.len());
        if !scanned.is_partial {
            log.info(&format!("{bytes} in {}", duration(took)));
            match count {
                0 => log.info("no leaks found"),
                count => log.warn(&format!("leaks found: {count}"), &[]),
            }
            return;
        }
        log.warn(&bytes, &[]);
        log.warn(&format!("partial scan completed in {}", duration(took)), &[]);
        match count {
            0 => log.warn("no leaks found in partial scan", &[]),
            count => log.warn(&format!("{count} leaks found in partial scan"), &[]),
        }
    }
}

/// What is left out: the fingerprints of the ignore files, and the earlier report.
fn known(options: &Options, log: &Log) -> Known {
    let mut known = Known::new(options.redact > 0);
    let path = Path::new(&options.ignore_path);
    known.ignore(path, log);
    known.ignore(&path.join(".gitleaksignore"), log);
    // Standard input has no folder of its own.
    let folder = if options.command == Command::Stdin { "" } else { options.scanned() };
    known.ignore(&Path::new(folder).join(".gitleaksignore"), log);
    if !options.baseline_path.is_empty()
        && let Err(why) = known.baseline(&options.baseline_path)
    {
        let what = "Could not load baseline. The path must point of a gitleaks report generated using the default format";
        log.error(&format!("{what}: {why}"), &[]);
    }
    known
}

/// The configuration and the earlier report, as findings would name them.
fn own_files(options: &Options) -> Vec<String> {
    let folder = if options.command == Command::Stdin { "" } else { options.scanned() };
    let config = match &*options.config {
        "" => cleaned(&Path::new(folder).join(".gitleaks.toml").to_string_lossy()),
        path => path.to_owned(),
    };
    let mut own = vec![config];
    if !options.baseline_path.is_empty() {
        let (from, to) = (absolute(folder), absolute(&options.baseline_path));
        if let Ok(path) = to.strip_prefix(&from) {
            own.push(path.to_string_lossy().into_owned());
        }
    }
    own
}

fn absolute(path: &str) -> PathBuf {
    let path = if path.is_empty() { "." } else { path };
    fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.into())
}

/// Which changes are scanned; none where it is files.
fn commits(options: &Options) -> Option<Commits> {
    let folder = || {
        let folder = absolute(options.scanned());
        let root = git::discover(&folder).root;
        let below = folder.strip_prefix(&root).unwrap_or(Path::new(""));
        let below = below.to_string_lossy().into_owned();
        if below.is_empty() { below } else { below + "/" }
    };
    match options.command {
        Command::Git if options.staged => Some(Commits::Staged(folder())),
        Command::Protect if options.staged => Some(Commits::Staged(folder())),
        Command::Git if !options.pre_commit => Some(Commits::Log(options.log_opts.clone())),
        Command::Git | Command::Protect => Some(Commits::Changed(absolute(options.scanned()))),
        Command::Detect if !options.no_git && !options.pipe => {
            Some(Commits::Log(options.log_opts.clone()))
        }
        _ => None,
    }
}

fn remote(options: &Options, log: &Log) -> Result<Remote, Stopped> {
    let named = match Platform::named(&options.platform) {
        Ok(named) => named,
        Err(None) => return Ok(Remote::default()),
        Err(Some(why)) => {
            log.fatal("", &[("error", &why)]);
            return Err(Stopped(1));
        }
    };
    let Some(address) = git::remote(&absolute(options.scanned())) else {
        log.debug("skipping finding links: repository has no configured remote.", &[]);
        return Ok(Remote::default());
    };
    let (remote, unknown) = Remote::new(named, &address);
    if let Some(host) = unknown {
        let what = "Unknown SCM platform. Use --platform to include links in findings.";
        log.info(&format!("{what} host={host}"));
    }
    Ok(remote)
}

/// Warns where the configuration is for a newer gitleaks.
fn warn_of_version(config: &Config, log: &Log) {
    let parts = |version: &str| -> Option<Vec<u64>> {
        let plain = version.trim().trim_start_matches('v').split(['-', '+']).next()?.to_owned();
        plain.split('.').map(|part| part.parse().ok()).collect()
    };
    let (Some(wanted), Some(here)) = (parts(&config.least_version), parts(super::VERSION)) else {
        return;
    };
    if here < wanted {
        let fields = [("required", &*config.least_version)];
        log.warn("config requires a newer Gitleaks version...", &fields);
    }
}

fn size(bytes: u64) -> String {
    let (unit, value) = match bytes {
        0 => return "0".to_owned(),
        1..1_000 => ("bytes", bytes as f32),
        1_000..1_000_000 => ("KB", bytes as f32 / 1e3),
        1_000_000..1_000_000_000 => ("MB", bytes as f32 / 1e6),
        _ => ("GB", bytes as f32 / 1e9),
    };
    let value = format!("{value:.2}");
    format!("{} {unit}", value.strip_suffix(".00").unwrap_or(&value))
}

/// With three digits, in the unit that suits it.
fn duration(took: Duration) -> String {
    let nanoseconds = took.as_nanos();
    let mut scale = Duration::from_secs(100).as_nanos();
    while scale > nanoseconds && scale > 1 {
        scale /= 10;
    }
    let step = (scale / 100).max(1);
    let rounded = (nanoseconds + step / 2) / step * step;
    let shown = |unit: u128| {
        let text = format!("{:.9}", rounded as f64 / unit as f64);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    match rounded {
        0..1_000 => format!("{rounded}ns"),
        1_000..1_000_000 => format!("{}µs", shown(1_000)),
        1_000_000..1_000_000_000 => format!("{}ms", shown(1_000_000)),
        _ if rounded < 60_000_000_000 => format!("{}s", shown(1_000_000_000)),
        _ => {
            let minutes = rounded / 60_000_000_000;
            let seconds = (rounded % 60_000_000_000) / 1_000_000_000;
            format!("{minutes}m{seconds}s")
        }
    }
}

//! `lockgate replay`.

use super::progress::Bar;
use super::{Error, Outcome, files, own_rules, print, scan, trust};
use crate::config::{Config, Mode};
use crate::engine::ENGINES;
use crate::git;
use crate::pipeline;
use crate::report::untrusted::visible;
use crate::scan::ScanError;
use crate::verdict::{self, Abridged, Document, Here, ReplayError};
use clap::builder::BoolishValueParser;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

/// So many differences of a kind are printed.
const SHOWN: usize = 20;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: that of the verdict where the answer is the same; 2 where it is not, or where the
inputs are not those of the verdict, which is said first.")]
pub struct Args {
    /// The verdict, by `lockgate scan --format verdict=FILE`
    #[arg(value_name = "VERDICT")]
    verdict: PathBuf,
    /// The repository, with what the verdict was passed on checked out
    #[arg(default_value = ".", value_name = "PATH")]
    path: PathBuf,
    /// The configuration that the scan was told to take, instead of lockgate.toml
    #[arg(long, value_name = "FILE", env = "LOCKGATE_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
    /// What the scan was told of an engine; repeatable
    #[arg(long, value_name = "NAME=builtin|off", value_parser = scan::engine_mode,
          env = "LOCKGATE_ENGINE", hide_env = true, value_delimiter = ',')]
    engine: Vec<(String, Mode)>,
    #[command(flatten)]
    own_rules: own_rules::Args,
    /// No progress
    #[arg(long, short, env = "LOCKGATE_QUIET", hide_env = true,
          value_parser = BoolishValueParser::new())]
    quiet: bool,
}

pub fn run(args: Args) -> Result<Outcome, Error> {
    let named = files::concerns(&args.verdict);
    let json = files::read(&args.verdict, files::VERDICT)?;
    let recorded = Document::parse(&json).map_err(|error| named(&error))?;
    if let Some(Abridged { sha256, .. }) = &recorded.abridged {
        let why = "is abridged: its decisions were left out of what was signed";
        return Err(named(&format!(
            "{why}; replay the whole verdict.json, whose sha256 is {sha256}"
        )));
    }
    let path = fs::canonicalize(&args.path)
        .map_err(|error| files::concerns(&args.path)(&format!("cannot be scanned: {error}")))?;
    let (repository, git) = git::open(&path);
    let git = git.as_ref();
    let source =
        recorded.inputs.settings.source(&repository, git).map_err(|error| named(&error))?;
    let known: Vec<&str> = ENGINES.iter().map(|engine| engine.name()).collect();
    let mut config = Config::load(args.config.as_deref(), &source, &known).map_err(Error::usage)?;
    config.engines.extend(args.engine);
    args.own_rules.adopt(&config, &source)?;
    let engines = pipeline::engines(&config);
    let waivers = trust::read_waivers(&source)?;
    let bar = Bar::new(args.quiet);
    let here = Here {
        repository: &repository,
        record: &files::absolute(&args.verdict),
        git,
        source: &source,
        waivers: &waivers,
        configuration: verdict::Configuration {
            targets: &config.scan,
            merge: &config.merge,
            engines: &engines,
            hash: &verdict::digest(&config),
        },
    };
    let again = verdict::again(&recorded, &here, &bar);
    bar.clear();
    let now = again.map_err(|error| match error {
        ReplayError::Scan(ScanError::Threads(_)) => Error::Internal(error.to_string()),
        error => named(&error),
    })?;
    let differences = verdict::compare(&recorded, &now);
    if differences.inputs.is_empty() && differences.results.is_empty() {
        let mut text = format!("same answer: {}\n", recorded.summary());
        let (here, there) = (&now.repository.commit, &recorded.repository.commit);
        if here != there {
            let id = |commit: &Option<String>| commit.clone().unwrap_or_else(|| "none".to_owned());
            let commits = format!("at commit {}, not {}", id(here), id(there));
            let _ = writeln!(text, "  with the same files, {}", visible(&commits));
        }
        print(text.as_bytes())?;
        return Ok(Outcome::of(recorded.outcome));
    }
    let mut text = String::new();
    list(&mut text, "these inputs differ:", &differences.inputs);
    list(&mut text, "these results differ:", &differences.results);
    print(text.as_bytes())?;
    Err(named(&match differences.inputs.is_empty() {
        true => "another answer from the same inputs",
        false => {
            "cannot be judged again: the inputs are others; check out what it was passed on, take the same Lockgate, and say --config, --engine and --rules as the scan did"
        }
    }))
}

fn list(text: &mut String, heading: &str, differences: &[String]) {
    if differences.is_empty() {
        return;
    }
    let _ = writeln!(text, "{heading}");
    for difference in differences.iter().take(SHOWN) {
        let _ = writeln!(text, "  {}", visible(difference));
    }
    if differences.len() > SHOWN {
        let _ = writeln!(text, "  and {} more", differences.len() - SHOWN);
    }
}

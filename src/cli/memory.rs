//! The options of every command that reads the store, and what they open.

use super::{Error, db, output, own_rules, trust};
use crate::clock;
use crate::config::Config;
use crate::engine::ENGINES;
use crate::git::{self, Event, Git, Repository, Source};
use crate::pipeline::without_secrets;
use crate::recall::Recall;
use crate::store::{self, Location, Store};
use crate::target::IgnoreFiles;
use crate::waiver::Waivers;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Args {
    /// The store, instead of .lockgate/findings.db at the repository's root
    #[arg(long, value_name = "FILE", env = "LOCKGATE_DB", hide_env = true)]
    db: Option<PathBuf>,
}

/// Where the settings come from that a stored finding is judged by.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct SettingsArgs {
    /// The configuration, instead of lockgate.toml at the repository's root
    #[arg(long, value_name = "FILE", env = "LOCKGATE_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
    /// Take lockgate.toml and waivers from this branch, tag or commit; `.` trusts those that lie
    /// here. In a pull request it is the target branch
    #[arg(long, value_name = "REF", env = "LOCKGATE_POLICY_FROM", hide_env = true)]
    policy_from: Option<String>,
    #[command(flatten)]
    own_rules: own_rules::Args,
}

/// The store of the repository around the working folder.
pub struct Memory {
    /// Its names hold no secret, as in the store.
    pub repository: Repository,
    pub git: Option<Git>,
    store: Box<dyn Store>,
}

/// What stored findings are judged by.
pub struct Settings {
    pub config: Config,
    waivers: Waivers,
    event: Event,
    ignore_files: Option<Arc<IgnoreFiles>>,
}

impl Args {
    /// Opens the store, which must be there: whoever asks it would only make an empty one.
    pub fn open(&self) -> Result<Memory, Error> {
        let here = std::fs::canonicalize(".")
            .map_err(|error| Error::Usage(format!("the working folder: {error}")))?;
        let (repository, git) = git::open(&here);
        trust::refuse_foreign_memory(&repository, git.as_ref())?;
        let at = db::location(self.db.as_deref(), &repository.root)?;
        trust::refuse_foreign_store(&at, &repository, git.as_ref())?;
        let store = open(&at)?;
        Ok(Memory { repository: without_secrets(repository), git, store })
    }
}

/// Opens a store that is there.
pub fn open(at: &Location) -> Result<Box<dyn Store>, Error> {
    if matches!(at, Location::File(path) if !path.exists()) {
        let next = "run `lockgate scan` first, or name another database with --db";
        return Err(Error::Usage(format!("{at}: there is no store yet; {next}")));
    }
    store::open(at).map_err(Error::usage)
}

impl SettingsArgs {
    /// Reads them from where they can be trusted.
    pub fn read(&self, memory: &Memory, output: Option<&output::Args>) -> Result<Settings, Error> {
        let (source, config, event) = self.config(&memory.repository, memory.git.as_ref())?;
        if let Some(output) = output {
            trust::note_settings(&source, output)?;
        }
        let waivers = trust::read_waivers(&source)?;
        Ok(Settings { config, waivers, event, ignore_files: source.ignore_files() })
    }

    /// The configuration alone, where it comes from, and what made the command run.
    pub fn config(
        &self,
        repository: &Repository,
        git: Option<&Git>,
    ) -> Result<(Source, Config, Event), Error> {
        let event = git::event();
        let source = Source::choose(repository, git, &event, self.policy_from.as_deref())
            .map_err(Error::usage)?;
        let known: Vec<&str> = ENGINES.iter().map(|engine| engine.name()).collect();
        let config = Config::load(self.config.as_deref(), &source, &known).map_err(Error::usage)?;
        self.own_rules.adopt(&config, &source)?;
        Ok((source, config, event))
    }
}

impl Memory {
    /// The store alone, and what it knows the repository by.
    pub fn store(&mut self) -> (&mut dyn Store, &str) {
        (&mut *self.store, &self.repository.name)
    }

    /// The store with the settings, as it stands on a branch: that which is checked out where
    /// none is named.
    pub fn recall<'a>(&'a mut self, settings: &'a Settings, branch: Option<&str>) -> Recall<'a> {
        if let Some(branch) = branch {
            self.repository.branch = Some(branch.to_owned()).filter(|branch| !branch.is_empty());
        }
        Recall {
            store: &mut *self.store,
            repository: &self.repository,
            config: &settings.config,
            waivers: &settings.waivers,
            git: self.git.as_ref(),
            ignore_files: settings.ignore_files.clone(),
            event: &settings.event,
            now: clock::now().as_second(),
            today: today(),
        }
    }
}

/// The day in UTC: the same on every machine.
pub fn today() -> Date {
    clock::now().to_zoned(TimeZone::UTC).date()
}

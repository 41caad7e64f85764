//! What the store knows, read again with the settings of today: the whole story of one finding
//! (`explain`), what the gate says of what was open in a scan (`gate`), and what another policy would
//! have said (`trial`).

mod base;
mod explain;
mod gate;
mod nearly;
mod subject;
mod trial;

pub use explain::explain;
pub use gate::gate;
pub use subject::{Subject, subject};
pub use trial::trial;

use crate::config::Config;
use crate::finding::{Finding, WaiverSource};
use crate::git::{Event, Git, IndexError, Repository};
use crate::pipeline::base::BaseError;
use crate::policy::PolicyError;
use crate::store::{Store, StoreError};
use crate::target::IgnoreFiles;
use crate::waiver::{Decisions, Triaged, Waivers};
use jiff::civil::Date;
use std::sync::Arc;
use thiserror::Error;

/// The store of a repository, and what is decided about its findings today.
pub struct Recall<'a> {
    pub store: &'a mut dyn Store,
    /// Its names without secrets, as the store knows them.
    pub repository: &'a Repository,
    pub config: &'a Config,
    pub waivers: &'a Waivers,
    /// None outside git.
    pub git: Option<&'a Git>,
    /// Stand in for the `.lockgateignore` files on the disk.
    pub ignore_files: Option<Arc<IgnoreFiles>>,
    /// What made the command run, by which a gate can be chosen.
    pub event: &'a Event,
    /// Seconds since 1970, UTC.
    pub now: i64,
    /// UTC.
    pub today: Date,
}

/// Why nothing can be said. Each message has the next step.
#[derive(Debug, Error)]
pub enum RecallError {
    #[error(
        "{0:?} is no fingerprint; give its first 4 of 32 hexadecimal digits or more: \
         `lockgate scan` shows them"
    )]
    Digits(String),
    #[error(
        "no finding of {repository} goes by {prefix}; `lockgate scan` shows the fingerprints, and --db names another database"
    )]
    Unknown { repository: String, prefix: String },
    #[error("{prefix} leads to more than one finding; give more digits of one: {candidates}")]
    Ambiguous { prefix: String, candidates: String },
    #[error(
        "nothing is stored of {repository} yet; run `lockgate scan` first, or name another \
         database with --db"
    )]
    Empty { repository: String },
    #[error("no scan of {what} is stored; {next}")]
    NoScan { what: String, next: String },
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error(transparent)]
    Base(#[from] BaseError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Recall<'_> {
    /// Merges sightings as the store gives them, with the waivers of today instead of those that
    /// held when they were recorded. Only comments are as they were: they are part of the source.
    fn unite(&self, mut sightings: Vec<Finding>, triaged: &[Triaged]) -> Vec<Finding> {
        for sighting in &mut sightings {
            sighting.waiver.take_if(|waiver| waiver.source != WaiverSource::Comment);
        }
        let decisions = Decisions { waivers: self.waivers, triaged, today: self.today };
        decisions.unite(sightings, &self.config.merge).0
    }
}

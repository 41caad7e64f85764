//! The store over any database: which part of the logic does what.

use super::sql::{Sql, alone};
use super::{
    History, Known, PastRun, PastScan, Scan, Standing, Stay, Store, StoreError, base, look, record,
    triage,
};
use crate::finding::{Finding, Fingerprint};
use crate::git::Repository;
use crate::policy::Base;
use crate::waiver::{Triage, Triaged};
use std::collections::{HashMap, HashSet};

/// A store in a database.
#[derive(Debug)]
pub struct Database<S> {
    pub(super) sql: S,
}

impl<S: Sql> Database<S> {
    pub(super) fn new(sql: S) -> Database<S> {
        Database { sql }
    }
}

impl<S: Sql> Store for Database<S> {
    fn base(&mut self, repository: &Repository) -> Result<Option<Base>, StoreError> {
        base::base(&mut self.sql, repository)
    }

    fn base_at(&mut self, scan: i64) -> Result<Base, StoreError> {
        base::base_at(&mut self.sql, scan)
    }

    fn standing(
        &mut self,
        repository: &Repository,
        seen: &HashSet<Fingerprint>,
    ) -> Result<Standing, StoreError> {
        base::standing(&mut self.sql, repository, seen)
    }

    fn names(
        &mut self,
        repository: &str,
        fingerprints: &[Fingerprint],
    ) -> Result<Vec<Vec<Fingerprint>>, StoreError> {
        look::names(&mut self.sql, repository, fingerprints)
    }

    fn first_seen(
        &mut self,
        repository: &Repository,
    ) -> Result<HashMap<Fingerprint, i64>, StoreError> {
        base::first_seen(&mut self.sql, &repository.name)
    }

    fn triaged(&mut self, repository: &str) -> Result<Vec<Triaged>, StoreError> {
        triage::triaged(&mut self.sql, repository)
    }

    fn decisions(
        &mut self,
        repository: &str,
        limit: usize,
    ) -> Result<Vec<(Finding, Triage)>, StoreError> {
        triage::decisions(&mut self.sql, repository, limit)
    }

    fn triage(
        &mut self,
        repository: &str,
        fingerprint: &Fingerprint,
        triage: &Triage,
    ) -> Result<(), StoreError> {
        alone(&mut self.sql, repository, |sql| triage::triage(sql, repository, fingerprint, triage))
    }

    fn record(&mut self, scan: &Scan) -> Result<History, StoreError> {
        record::record(&mut self.sql, scan)
    }

    fn find(&mut self, repository: &str, prefix: &str) -> Result<Vec<Known>, StoreError> {
        look::find(&mut self.sql, repository, prefix)
    }

    fn life(&mut self, id: i64) -> Result<Vec<Stay>, StoreError> {
        look::life(&mut self.sql, id)
    }

    fn scans(
        &mut self,
        repository: &str,
        branch: Option<&str>,
        limit: usize,
    ) -> Result<Vec<PastScan>, StoreError> {
        look::scans(&mut self.sql, repository, branch, limit)
    }

    fn open_in(&mut self, scan: i64, after: i64, limit: usize) -> Result<Vec<Known>, StoreError> {
        look::open_in(&mut self.sql, scan, after, limit)
    }

    fn in_file(
        &mut self,
        repository: &str,
        branch: Option<&str>,
        path: &str,
    ) -> Result<Vec<Known>, StoreError> {
        look::in_file(&mut self.sql, repository, branch, path)
    }

    fn runs(&mut self, scan: i64) -> Result<Vec<PastRun>, StoreError> {
        look::runs(&mut self.sql, scan)
    }

    fn repositories(&mut self) -> Result<Vec<String>, StoreError> {
        look::repositories(&mut self.sql)
    }
}

//! The store in one SQLite file, for one machine or one repository.

mod base;
mod digest;
mod file;
mod memory;
mod open;
mod record;

pub use file::prepare_folder;

use super::{History, Lifecycle, Scan, Store, StoreError};
use crate::git::Repository;
use crate::policy::Base;
use digest::Digest;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::path::{Path, PathBuf};

/// A store in one file.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    connection: Connection,
}

impl Sqlite {
    /// Opens the database, making it and its folder where they are missing.
    ///
    /// # Errors
    /// What is there is no database of Lockgate, is a newer one's, or cannot be written. A file
    /// that is not ours is left as it is.
    pub fn open(path: &Path) -> Result<Sqlite, StoreError> {
        let connection = open::open(path)?;
        Ok(Sqlite { path: path.to_owned(), connection })
    }

    /// Names the file in an error.
    fn at(&self) -> impl Fn(rusqlite::Error) -> StoreError + use<> {
        let path = self.path.clone();
        move |error| open::typed(&path, error)
    }
}

impl Store for Sqlite {
    fn base(&self, repository: &Repository) -> Result<Option<Base>, StoreError> {
        base::base(&self.connection, repository).map_err(self.at())
    }

    fn record(&mut self, scan: &Scan) -> Result<History, StoreError> {
        let at = self.at();
        let digest = Digest::of(scan);
        if is_last(&self.connection, scan.repository, &digest).map_err(&at)? {
            return Ok(unchanged(scan));
        }
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior).map_err(&at)?;
        // Another process may have recorded the same while this one waited for its turn.
        if is_last(&transaction, scan.repository, &digest).map_err(&at)? {
            return Ok(unchanged(scan));
        }
        let history = record::record(&transaction, scan, &digest).map_err(&at)?;
        transaction.commit().map_err(&at)?;
        Ok(history)
    }
}

/// Whether the last scan of the branch came to the same.
fn is_last(
    connection: &Connection,
    repository: &Repository,
    digest: &Digest,
) -> rusqlite::Result<bool> {
    let last: Option<[u8; 32]> = connection
        .prepare_cached(
            "SELECT scan.digest FROM scan
             JOIN branch ON branch.id = scan.branch
             JOIN repository ON repository.id = branch.repository
             WHERE repository.name = ?1 AND branch.name = ?2
             ORDER BY scan.id DESC LIMIT 1",
        )?
        .query_row(params![repository.name, branch_name(repository)], |row| row.get(0))
        .optional()?;
    Ok(last == Some(digest.whole))
}

/// The history of a result that is recorded already.
fn unchanged(scan: &Scan) -> History {
    History { lifecycles: vec![Lifecycle::Existing; scan.findings.len()], fixed: Vec::new() }
}

/// The name that a branch has in the database: empty where there is none.
fn branch_name(repository: &Repository) -> &str {
    repository.branch.as_deref().unwrap_or_default()
}

#[cfg(test)]
mod tests;

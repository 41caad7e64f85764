//! Looking after a store: copying it elsewhere, checking it, keeping a copy of it, and forgetting
//! what is long gone. All of it is written once for every database.

mod backup;
mod check;
mod copy;
mod info;
mod prune;
mod tables;

pub use backup::backup;
pub use check::{Check, check};
pub use copy::copy;
pub use info::{Info, info};
pub use prune::{Forgotten, Keep, Prune, prune};

use super::sql::{Sql, first};
use super::{Location, Postgres, Sqlite, StoreError};
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why a store cannot be looked after. Each message names the next step.
#[derive(Debug, Error)]
pub enum MaintainError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{at}: there is no database; `lockgate scan` makes one, and --db names another")]
    Missing { at: String },
    #[error(
        "{at}: holds findings already, and a copy goes into an empty database only; name another, or move it away"
    )]
    NotEmpty { at: String },
    #[error("{at}: exists already; name another file, or move it away")]
    Exists { at: PathBuf },
    #[error("{at}: cannot be written: {source}; name a file elsewhere")]
    Unwritable { at: PathBuf, source: io::Error },
    #[error(
        "{at}: {table} reads back otherwise than it was written; nothing was kept; run `lockgate db check` on the original, then copy it again"
    )]
    Differs { at: String, table: &'static str },
}

/// Is told how far a long work has come.
pub trait Progress {
    /// A part of the work begins.
    fn begin(&self, part: &str);
    /// This many more rows are done.
    fn advance(&self, rows: u64);
}

/// An open database, for whoever goes through all of its tables.
struct Opened {
    at: Location,
    sql: Box<dyn Sql>,
}

impl Opened {
    /// Opens a database that is there.
    fn existing(location: &Location) -> Result<Opened, MaintainError> {
        let missing = || MaintainError::Missing { at: location.to_string() };
        match location {
            Location::File(path) if !path.exists() => Err(missing()),
            Location::File(_) => Opened::made(location),
            Location::Server(address) => {
                let there = Postgres::existing(address)?.ok_or_else(missing)?;
                Ok(Opened { at: location.clone(), sql: Box::new(there.sql) })
            }
        }
    }

    /// Opens a database, making it where it is missing.
    fn made(location: &Location) -> Result<Opened, MaintainError> {
        let sql: Box<dyn Sql> = match location {
            Location::File(path) => Box::new(Sqlite::open(path)?.sql),
            Location::Server(address) => Box::new(Postgres::open(address)?.sql),
        };
        Ok(Opened { at: location.clone(), sql })
    }

    /// The one number that a statement returns.
    fn number(&mut self, sql: &str) -> Result<i64, StoreError> {
        Ok(first(&mut *self.sql, sql, &[], |row| row.int(0))?.unwrap_or_default())
    }

    /// Reads from here on as everything is now, whoever writes meanwhile; until the rollback.
    fn freeze(&mut self) -> Result<(), StoreError> {
        let begin = match self.at {
            Location::File(_) => "BEGIN",
            Location::Server(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        self.sql.run(begin, &[]).map(|_| ())
    }
}

//! Where a store is: a file, or a database of a PostgreSQL.

use super::{Address, AddressError, Postgres, Sqlite, Store, StoreError};
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

/// What `--db` names.
#[derive(Debug, Clone)]
pub enum Location {
    /// A SQLite file.
    File(PathBuf),
    /// A database of a PostgreSQL.
    Server(Address),
}

impl Location {
    /// Reads what `--db` names. The password of an address that has none is `PGPASSWORD`.
    ///
    /// # Errors
    /// It begins as an address does and is none.
    pub fn of(name: &Path) -> Result<Location, AddressError> {
        match name.to_str().filter(|text| Address::looks_like(text)) {
            Some(text) => {
                Address::parse(text, std::env::var("PGPASSWORD").ok()).map(Location::Server)
            }
            None => Ok(Location::File(name.to_owned())),
        }
    }
}

/// For people, and without a password.
impl Display for Location {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self {
            Location::File(path) => path.display().fmt(f),
            Location::Server(address) => address.fmt(f),
        }
    }
}

/// Opens a store, making it where it is missing.
///
/// # Errors
/// As `Sqlite::open` and `Postgres::open`.
pub fn open(location: &Location) -> Result<Box<dyn Store>, StoreError> {
    Ok(match location {
        Location::File(path) => Box::new(Sqlite::open(path)?),
        Location::Server(address) => Box::new(Postgres::open(address)?),
    })
}

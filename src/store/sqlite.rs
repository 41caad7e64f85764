//! The store in one SQLite file, for one machine or one repository.

mod file;
mod open;

pub use file::prepare_folder;

use super::sql::{Put, Row, Rows, See, Sql, Value};
use super::{Database, StoreError};
use rusqlite::types::{FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};
use std::fmt;
use std::path::{Path, PathBuf};

/// A store in one file.
pub type Sqlite = Database<SqliteFile>;

impl Sqlite {
    /// Opens the database, making it and its folder where they are missing.
    ///
    /// # Errors
    /// What is there is no database of Lockgate, is a newer one's, or cannot be written. A file
    /// that is not ours is left as it is.
    pub fn open(path: &Path) -> Result<Sqlite, StoreError> {
        let connection = open::open(path)?;
        Ok(Database::new(SqliteFile { path: path.to_owned(), connection }))
    }
}

/// An open SQLite file.
#[derive(Debug)]
pub struct SqliteFile {
    path: PathBuf,
    connection: Connection,
}

impl Sql for SqliteFile {
    fn run(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        let changed = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params_from_iter(parameters)));
        changed.map(|rows| rows as u64).map_err(|error| open::typed(&self.path, error))
    }

    fn each(&mut self, sql: &str, parameters: &[Value], see: &mut See) -> Result<(), StoreError> {
        let typed = |error| open::typed(&self.path, error);
        let mut statement = self.connection.prepare_cached(sql).map_err(typed)?;
        let mut rows = statement.query(params_from_iter(parameters)).map_err(typed)?;
        while let Some(row) = rows.next().map_err(typed)? {
            see(&SqliteRow { path: &self.path, row })?;
        }
        Ok(())
    }

    fn put(&mut self, put: &Put, rows: &mut Rows) -> Result<(), StoreError> {
        let typed = |error| open::typed(&self.path, error);
        let mut insert = self.connection.prepare_cached(&insertion(put)).map_err(typed)?;
        rows(&mut |values| insert.execute(params_from_iter(values)).map(|_| ()).map_err(typed))
    }

    fn reserve(&mut self, table: &str, _: u64) -> Result<i64, StoreError> {
        let next = format!("SELECT coalesce(max(id), 0) + 1 FROM {table}");
        // Nobody else writes while this transaction does.
        self.connection
            .query_row(&next, [], |row| row.get(0))
            .map_err(|error| open::typed(&self.path, error))
    }

    fn begin(&mut self, _: &str) -> Result<(), StoreError> {
        // One writer a file: the whole of it is locked.
        self.run("BEGIN IMMEDIATE", &[]).map(|_| ())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.run("COMMIT", &[]).map(|_| ())
    }

    fn rollback(&mut self) {
        // Where SQLite has taken the transaction back itself, this fails and changes nothing.
        let _ = self.run("ROLLBACK", &[]);
    }
}

/// The statement that writes one row.
fn insertion(put: &Put) -> String {
    let columns = put.columns.join(", ");
    let places: Vec<String> = (1..=put.columns.len()).map(|place| format!("${place}")).collect();
    let mut sql = format!("INSERT INTO {} ({columns}) VALUES ({})", put.table, places.join(", "));
    if !put.key.is_empty() {
        let others = put.columns.iter().filter(|column| !put.key.contains(column));
        let set: Vec<String> =
            others.map(|column| format!("{column} = excluded.{column}")).collect();
        sql += &format!(" ON CONFLICT ({}) DO UPDATE SET {}", put.key.join(", "), set.join(", "));
    }
    sql
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

struct SqliteRow<'a> {
    path: &'a Path,
    row: &'a rusqlite::Row<'a>,
}

impl SqliteRow<'_> {
    fn get<'a, T>(
        &'a self,
        column: usize,
        read: impl Fn(ValueRef<'a>) -> FromSqlResult<T>,
    ) -> Result<Option<T>, StoreError> {
        let value = self.row.get_ref(column).map_err(|error| open::typed(self.path, error))?;
        if value == ValueRef::Null {
            return Ok(None);
        }
        let of_column =
            |error: FromSqlError| self.corrupt(&format_args!("column {column}: {error}"));
        read(value).map(Some).map_err(of_column)
    }
}

impl Row for SqliteRow<'_> {
    fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.get(column, |value| value.as_i64())
    }

    fn maybe_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        self.get(column, |value| value.as_str())
    }

    fn maybe_blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        self.get(column, |value| value.as_blob())
    }

    fn corrupt(&self, why: &dyn fmt::Display) -> StoreError {
        StoreError::Corrupt { path: self.path.to_owned(), why: why.to_string() }
    }
}

#[cfg(test)]
mod tests;

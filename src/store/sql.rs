//! What the store asks of a database. The store's logic is written once over these traits; a
//! database only implements them.
//!
//! Statements are written in what SQLite and PostgreSQL have in common: parameters are `$1`, `$2`
//! … numbered in the order in which they first appear, whole numbers are 64 bits wide, ids come
//! back by `RETURNING`, and conflicts are settled by `ON CONFLICT`.

use super::StoreError;
use std::fmt;

/// A parameter of a statement, or a column of a row that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Value::Blob(bytes)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// A row of a result. Columns are numbered from 0; one that is not of the type asked for makes
/// the database corrupt.
pub trait Row {
    fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError>;
    fn maybe_text(&self, column: usize) -> Result<Option<&str>, StoreError>;
    fn maybe_blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError>;

    /// The error that says that the database holds what the store never writes.
    fn corrupt(&self, why: &dyn fmt::Display) -> StoreError;

    fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.maybe_int(column)?.ok_or_else(|| self.missing(column))
    }

    fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.maybe_text(column)?.ok_or_else(|| self.missing(column))
    }

    fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        self.maybe_blob(column)?.ok_or_else(|| self.missing(column))
    }

    fn missing(&self, column: usize) -> StoreError {
        self.corrupt(&format_args!("column {column} of a row has no value"))
    }
}

/// Takes the rows of a result, one after the other.
pub type See<'a> = dyn FnMut(&dyn Row) -> Result<(), StoreError> + 'a;

/// Takes a row that is to be written: a value for each column.
pub type Push<'a> = dyn FnMut(&[Value]) -> Result<(), StoreError> + 'a;

/// Hands rows to whoever writes them. It cannot ask the database anything meanwhile.
pub type Rows<'a> = dyn FnMut(&mut Push) -> Result<(), StoreError> + 'a;

/// Rows to be written to a table.
pub struct Put<'a> {
    pub table: &'a str,
    /// Columns by which a row that is there already is known: it is overwritten. Empty where no
    /// row can be there. No two rows of one `put` have the same key.
    pub key: &'a [&'a str],
    pub columns: &'a [&'a str],
}

/// A connection to a database.
pub trait Sql {
    /// Runs a statement that returns no rows and says how many rows it changed.
    fn run(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError>;

    /// Runs a statement that returns rows, which are not all in memory at the same time.
    fn each(&mut self, sql: &str, parameters: &[Value], see: &mut See) -> Result<(), StoreError>;

    /// Writes many rows at once.
    fn put(&mut self, put: &Put, rows: &mut Rows) -> Result<(), StoreError>;

    /// The first of `count` consecutive ids that no row of the table has or will get.
    fn reserve(&mut self, table: &str, count: u64) -> Result<i64, StoreError>;

    /// Begins a transaction in which nobody else writes about the repository: its branches share
    /// their findings, so it is the repository that is locked. Waits for whoever does.
    fn begin(&mut self, repository: &str) -> Result<(), StoreError>;

    /// Ends the transaction; all of it is there for everyone, and stays.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Ends the transaction as if it had not been. Never fails: a connection that is gone has
    /// nothing to take back.
    fn rollback(&mut self);
}

/// Does all of the work or none of it, with the repository to itself.
pub fn alone<T>(
    sql: &mut dyn Sql,
    repository: &str,
    work: impl FnOnce(&mut dyn Sql) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    sql.begin(repository)?;
    let done = work(sql).and_then(|value| sql.commit().map(|()| value));
    if done.is_err() {
        sql.rollback();
    }
    done
}

/// The first row of a result, as `read` makes it.
pub fn first<T>(
    sql: &mut dyn Sql,
    text: &str,
    parameters: &[Value],
    read: impl Fn(&dyn Row) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut found = None;
    sql.each(text, parameters, &mut |row| {
        if found.is_none() {
            found = Some(read(row)?);
        }
        Ok(())
    })?;
    Ok(found)
}

/// All rows of a result, as `read` makes them.
pub fn all<T>(
    sql: &mut dyn Sql,
    text: &str,
    parameters: &[Value],
    read: impl Fn(&dyn Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    sql.each(text, parameters, &mut |row| {
        found.push(read(row)?);
        Ok(())
    })?;
    Ok(found)
}

/// How many values one statement asks for at once.
const AT_ONCE: usize = 500;

/// Calls `act` with a statement and its parameters for some hundreds of values at a time, however
/// many there are. `{}` in the text stands for the values; the parameters before it come first.
pub fn in_parts<'a>(
    text: &str,
    parameters: &[Value<'a>],
    values: impl Iterator<Item = Value<'a>>,
    mut act: impl FnMut(&str, &[Value]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let place = |at: usize| format!("${}", parameters.len() + at);
    let places: Vec<String> = (1..=AT_ONCE).map(place).collect();
    let text = text.replace("{}", &places.join(", "));
    let mut values = values.peekable();
    while values.peek().is_some() {
        let mut all = parameters.to_vec();
        all.extend(values.by_ref().take(AT_ONCE));
        // Values that are there twice do no harm, and every statement has the same text.
        if let Some(&last) = all.last() {
            all.resize(parameters.len() + AT_ONCE, last);
        }
        act(&text, &all)?;
    }
    Ok(())
}

//! The store in PostgreSQL, for many machines or many repositories.

mod address;
mod error;
mod migrate;
mod value;

pub use address::{Address, AddressError};
pub use error::PostgresError;
pub(super) use value::storable;

use super::sql::{Put, Row, Rows, See, Sql, Value};
use super::{Database, StoreError};
use error::{connecting, serving};
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::FromSql;
use postgres::{Client, NoTls, Statement};
use std::collections::HashMap;
use std::fmt;
use std::io::Write;
use tokio_postgres_rustls::MakeRustlsConnect;
use value::{Integer, copy_row, parameter};

/// A store in a PostgreSQL.
pub type Postgres = Database<Server>;

impl Postgres {
    /// Connects, and makes the tables where they are missing.
    ///
    /// # Errors
    /// The server cannot be reached, lets nobody in, is too old, or holds a newer Lockgate's
    /// tables.
    pub fn open(address: &Address) -> Result<Postgres, StoreError> {
        Server::open(address).map(Database::new)
    }

    /// Connects; none where the tables were never made.
    ///
    /// # Errors
    /// As for `open`.
    pub fn existing(address: &Address) -> Result<Option<Postgres>, StoreError> {
        let mut server = Server::connected(address)?;
        if server.version()? == 0 {
            return Ok(None);
        }
        server.migrate()?;
        Ok(Some(Database::new(server)))
    }
}

/// The oldest PostgreSQL that its makers maintain.
const LEAST: u32 = 14;

/// Our tables, whatever else the database holds; and how long to wait for a lock, for a statement
/// and for a client that has gone quiet, unless the address, the role or the database says.
const SETTINGS: &str = "
SELECT set_config('search_path', 'lockgate', false);
SELECT set_config(name, value, false)
FROM (VALUES ('lock_timeout', '60s'), ('statement_timeout', '10min'),
             ('idle_in_transaction_session_timeout', '10min')) AS wanted (name, value)
JOIN pg_settings USING (name)
WHERE source NOT IN ('client', 'user', 'database', 'database user');";

/// How much of a COPY is sent at a time, in bytes.
const BATCH: usize = 1 << 18;

/// As many new rows change how a table is best read, and the server is told at once: by itself it
/// looks only every minute.
const MANY: u64 = 5_000;

/// A connection to a PostgreSQL.
pub struct Server {
    address: Address,
    client: Client,
    /// Every statement is prepared once.
    statements: HashMap<String, Statement>,
}

impl Server {
    pub(super) fn open(address: &Address) -> Result<Server, StoreError> {
        let mut server = Server::connected(address)?;
        server.migrate()?;
        Ok(server)
    }

    fn connected(address: &Address) -> Result<Server, StoreError> {
        let client = connect(address)?;
        let mut server = Server { address: address.clone(), client, statements: HashMap::new() };
        server.look()?;
        server.batch(SETTINGS)?;
        Ok(server)
    }

    /// Refuses a server that would fail later, in the middle of the work.
    fn look(&mut self) -> Result<(), PostgresError> {
        let found: String = self.ask("SHOW server_version")?;
        let major = found.split(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok());
        if major.is_some_and(|major: u32| major < LEAST) {
            return Err(PostgresError::TooOld { at: self.at(), found, least: LEAST });
        }
        let encoding: String = self.ask("SHOW server_encoding")?;
        if encoding != "UTF8" {
            let name = self.address.database().to_owned();
            return Err(PostgresError::Encoding { at: self.at(), encoding, name });
        }
        Ok(())
    }

    fn at(&self) -> String {
        self.address.to_string()
    }

    fn typed(&self) -> impl Fn(postgres::Error) -> StoreError + use<> {
        let address = self.address.clone();
        move |error| serving(&address, &error).into()
    }

    /// Runs statements without parameters.
    fn batch(&mut self, sql: &str) -> Result<(), PostgresError> {
        self.client.batch_execute(sql).map_err(|error| serving(&self.address, &error))
    }

    /// The one value that a statement returns.
    fn ask<T: for<'a> FromSql<'a>>(&mut self, sql: &str) -> Result<T, PostgresError> {
        let asked = self.client.query_one(sql, &[]).and_then(|row| row.try_get(0));
        asked.map_err(|error| serving(&self.address, &error))
    }

    fn statement(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(sql).map_err(self.typed())?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Writes rows to a table by COPY and says how many.
    fn copy(&mut self, table: &str, columns: &[&str], rows: &mut Rows) -> Result<u64, StoreError> {
        let typed = self.typed();
        let sql = format!("COPY {table} ({}) FROM STDIN", columns.join(", "));
        let mut writer = self.client.copy_in(&sql).map_err(&typed)?;
        let mut batch = Vec::with_capacity(BATCH + (BATCH >> 2));
        let mut refused = false;
        let pushed = rows(&mut |values| {
            copy_row(values, &mut batch);
            if batch.len() < BATCH {
                return Ok(());
            }
            let written = writer.write_all(&batch);
            batch.clear();
            refused = written.is_err();
            written.map_err(StoreError::Findings)
        });
        match pushed {
            // Left unfinished, it is as if it had not begun.
            Err(error) if !refused => Err(error),
            // Why nothing more was taken, the server says at the end.
            _ => {
                let last = writer.write_all(&batch).map_err(StoreError::Findings);
                let rows = writer.finish().map_err(typed)?;
                pushed.and(last).map(|()| rows)
            }
        }
    }

    /// Lets the server look at a table that many rows have just come into. Where that is for its
    /// owner alone, the server says so in a note and goes on.
    fn look_over(&mut self, table: &str, rows: u64) -> Result<(), StoreError> {
        match rows >= MANY {
            true => Ok(self.batch(&format!("ANALYZE {table}"))?),
            false => Ok(()),
        }
    }
}

fn connect(address: &Address) -> Result<Client, PostgresError> {
    let connected = if address.is_encrypted() {
        let (tls, _) = MakeRustlsConnect::with_native_certs().map_err(|_| {
            let why = "this machine has no roots to trust".to_owned();
            PostgresError::Unencrypted { at: address.to_string(), why }
        })?;
        address.config().connect(tls)
    } else {
        address.config().connect(NoTls)
    };
    connected.map_err(|error| connecting(address, &error))
}

impl Sql for Server {
    fn run(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        let statement = self.statement(sql)?;
        let parameters = typed_parameters(&statement, parameters);
        let parameters: Vec<_> = parameters.iter().map(|parameter| &**parameter).collect();
        self.client.execute(&statement, &parameters).map_err(self.typed())
    }

    fn each(&mut self, sql: &str, parameters: &[Value], see: &mut See) -> Result<(), StoreError> {
        let typed = self.typed();
        let statement = self.statement(sql)?;
        let parameters = typed_parameters(&statement, parameters);
        let mut rows = self.client.query_raw(&statement, parameters).map_err(&typed)?;
        while let Some(row) = rows.next().map_err(&typed)? {
            see(&ServerRow { address: &self.address, row })?;
        }
        Ok(())
    }

    fn put(&mut self, put: &Put, rows: &mut Rows) -> Result<(), StoreError> {
        let (table, columns) = (put.table, put.columns.join(", "));
        if put.key.is_empty() {
            let copied = self.copy(table, put.columns, rows)?;
            return self.look_over(table, copied);
        }
        self.batch(&format!(
            "DROP TABLE IF EXISTS pg_temp.incoming;
             CREATE TEMP TABLE incoming AS SELECT {columns} FROM {table} WITH NO DATA"
        ))?;
        let copied = self.copy("pg_temp.incoming", put.columns, rows)?;
        let others = put.columns.iter().filter(|column| !put.key.contains(column));
        let set: Vec<_> = others.map(|column| format!("{column} = excluded.{column}")).collect();
        let (key, set) = (put.key.join(", "), set.join(", "));
        self.batch(&format!(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM pg_temp.incoming
             ON CONFLICT ({key}) DO UPDATE SET {set};
             DROP TABLE pg_temp.incoming"
        ))?;
        self.look_over(table, copied)
    }

    fn reserve(&mut self, table: &str, count: u64) -> Result<i64, StoreError> {
        let sequence: String =
            self.ask(&format!("SELECT pg_get_serial_sequence('{table}', 'id')"))?;
        // Sequences know no transactions, so the two steps are held together by a lock that is
        // given back at once.
        let lock = lock_of("the sequence", &sequence);
        self.batch(&format!("SELECT pg_advisory_lock({lock})"))?;
        let first = self.ask::<i64>(&format!("SELECT nextval('{sequence}')"));
        let last = first.as_ref().map_or(0, |first| first + i64::try_from(count).unwrap_or(1) - 1);
        let moved = match first.is_ok() && count > 1 {
            true => self.batch(&format!("SELECT setval('{sequence}', {last})")),
            false => Ok(()),
        };
        let released = self.batch(&format!("SELECT pg_advisory_unlock({lock})"));
        let first = first?;
        moved.and(released)?;
        Ok(first)
    }

    fn begin(&mut self, repository: &str) -> Result<(), StoreError> {
        let lock = lock_of("repository", repository);
        let begun = self.batch(&format!("BEGIN; SELECT pg_advisory_xact_lock({lock})"));
        if begun.is_err() {
            self.rollback();
        }
        Ok(begun?)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        Ok(self.batch("COMMIT")?)
    }

    fn rollback(&mut self) {
        let _ = self.batch("ROLLBACK");
    }
}

/// The number by which PostgreSQL knows what is locked.
fn lock_of(kind: &str, name: &str) -> i64 {
    let hash = blake3::hash(format!("lockgate {kind} {name}").as_bytes());
    let mut short = [0; 8];
    short.copy_from_slice(&hash.as_bytes()[..8]);
    i64::from_le_bytes(short)
}

fn typed_parameters<'a>(
    statement: &Statement,
    values: &[Value<'a>],
) -> Vec<Box<dyn postgres::types::ToSql + Sync + 'a>> {
    values.iter().zip(statement.params()).map(|(value, wanted)| parameter(value, wanted)).collect()
}

struct ServerRow<'a> {
    address: &'a Address,
    row: postgres::Row,
}

impl ServerRow<'_> {
    fn get<'a, T: FromSql<'a>>(&'a self, column: usize) -> Result<Option<T>, StoreError> {
        self.row.try_get(column).map_err(|error| self.corrupt(&error))
    }
}

impl Row for ServerRow<'_> {
    fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        Ok(self.get::<Integer>(column)?.map(|Integer(number)| number))
    }

    fn maybe_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        self.get(column)
    }

    fn maybe_blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        self.get(column)
    }

    fn corrupt(&self, why: &dyn fmt::Display) -> StoreError {
        PostgresError::Corrupt { at: self.address.to_string(), why: why.to_string() }.into()
    }
}

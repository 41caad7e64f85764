//! Copying a store into an empty one: every row with its ids, all or nothing, and read back.

use super::super::postgres::storable;
use super::super::sql::{Put, Value};
use super::super::{Location, StoreError};
use super::tables::{TABLES, Table};
use super::{MaintainError, Opened, Progress};

/// How many rows go by between two words to whoever watches.
const STRIDE: u64 = 4096;

/// Copies everything from one store into another, which is empty, and says how many rows. Who
/// scans meanwhile is not disturbed, and not copied.
///
/// # Errors
/// There is nothing to copy, the other holds something, or either fails; then nothing is kept.
pub fn copy(from: &Location, to: &Location, progress: &dyn Progress) -> Result<u64, MaintainError> {
    let mut from = Opened::existing(from)?;
    let mut to = Opened::made(to)?;
    from.freeze()?;
    to.sql.begin("")?;
    let copied = to.copy_of(&mut from, progress);
    from.sql.rollback();
    match copied {
        Ok(_) => to.sql.commit()?,
        Err(_) => to.sql.rollback(),
    }
    copied
}

impl Opened {
    fn copy_of(
        &mut self,
        from: &mut Opened,
        progress: &dyn Progress,
    ) -> Result<u64, MaintainError> {
        if let Location::Server(_) = self.at {
            // Whoever wants to record the first scan of a repository waits.
            self.sql.run("LOCK TABLE repository IN EXCLUSIVE MODE", &[])?;
        }
        if self.number("SELECT count(*) FROM repository")? > 0 {
            return Err(MaintainError::NotEmpty { at: self.at.to_string() });
        }
        let mut rows = 0;
        for table in TABLES {
            progress.begin(table.name);
            let sent = self.take(from, table, progress)?;
            if sent != self.sum(table, progress)? {
                let at = self.at.to_string();
                return Err(MaintainError::Differs { at, table: table.name });
            }
            rows += sent.rows;
        }
        self.number_on()?;
        Ok(rows)
    }

    /// Writes the rows of one table and says what they come to.
    fn take(
        &mut self,
        from: &mut Opened,
        table: &Table,
        progress: &dyn Progress,
    ) -> Result<Sum, StoreError> {
        let mut sum = Sum::default();
        let put = Put { table: table.name, key: &[], columns: &table.names() };
        self.sql.put(&put, &mut |push| {
            from.sql.each(&table.select(), &[], &mut |row| {
                let values = table.read(row)?;
                sum.add(&values, progress);
                push(&values)
            })
        })?;
        Ok(sum)
    }

    /// What the rows of one table come to.
    fn sum(&mut self, table: &Table, progress: &dyn Progress) -> Result<Sum, StoreError> {
        let mut sum = Sum::default();
        self.sql.each(&table.select(), &[], &mut |row| {
            sum.add(&table.read(row)?, progress);
            Ok(())
        })?;
        Ok(sum)
    }

    /// Lets the database go on numbering after the ids that came with the rows.
    fn number_on(&mut self) -> Result<(), StoreError> {
        if let Location::File(_) = self.at {
            return Ok(());
        }
        for table in TABLES.iter().filter(|table| table.is_numbered()) {
            let name = table.name;
            self.number(&format!(
                "SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}
                 HAVING max(id) IS NOT NULL"
            ))?;
        }
        Ok(())
    }
}

/// Rows and a hash of all their values.
#[derive(Default)]
struct Sum {
    rows: u64,
    hasher: blake3::Hasher,
    /// What is not hashed yet.
    bytes: Vec<u8>,
}

impl Sum {
    fn add(&mut self, values: &[Value], progress: &dyn Progress) {
        for value in values {
            match *value {
                Value::Null => self.field(0, &[]),
                Value::Int(number) => self.field(1, &number.to_le_bytes()),
                // One character comes back from PostgreSQL as another.
                Value::Text(text) => self.field(2, storable(text).as_bytes()),
                Value::Blob(bytes) => self.field(3, bytes),
            }
        }
        self.rows += 1;
        if self.rows.is_multiple_of(STRIDE) {
            self.hasher.update(&self.bytes);
            self.bytes.clear();
            progress.advance(STRIDE);
        }
    }

    fn field(&mut self, kind: u8, bytes: &[u8]) {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(bytes);
    }

    fn hash(&self) -> blake3::Hash {
        self.hasher.clone().update(&self.bytes).finalize()
    }
}

impl PartialEq for Sum {
    fn eq(&self, other: &Sum) -> bool {
        self.rows == other.rows && self.hash() == other.hash()
    }
}

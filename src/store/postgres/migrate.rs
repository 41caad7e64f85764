//! The schema in PostgreSQL: made and brought up to date when the store is opened.

use super::Server;
use super::error::PostgresError;

/// Every schema there has been, in order. A published one is never edited.
const SCHEMAS: &[&str] = &[
    include_str!("../schema/postgres/001_findings.sql"),
    include_str!("../schema/postgres/002_live.sql"),
];

/// What processes that bring the schema up to date wait for one another with: "LkGt".
const LOCK: i64 = 0x4C6B_4774;

/// Where Lockgate keeps its tables, apart from all else that the database may hold, and which of
/// the schemas have been applied.
const MARK: &str = "
CREATE SCHEMA IF NOT EXISTS lockgate;
CREATE TABLE IF NOT EXISTS lockgate.migration (
    -- The number of the schema, from 1.
    number  BIGINT PRIMARY KEY,
    -- When it was applied.
    applied TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON SCHEMA lockgate IS 'What Lockgate remembers of its scans';";

impl Server {
    /// Applies the schemas that are missing, all or none. Of two processes, one waits.
    pub(super) fn migrate(&mut self) -> Result<(), PostgresError> {
        let known = SCHEMAS.len() as i64;
        if self.version()? == known {
            return Ok(());
        }
        self.batch(&format!("BEGIN; SELECT pg_advisory_xact_lock({LOCK});"))?;
        let migrated = self.apply(known);
        self.batch(if migrated.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        migrated
    }

    fn apply(&mut self, known: i64) -> Result<(), PostgresError> {
        let found = self.version()?;
        if found > known {
            return Err(PostgresError::Newer { at: self.at(), found, known });
        }
        if found == 0 {
            self.batch(MARK)?;
        }
        for (number, schema) in (1..).zip(SCHEMAS).skip_while(|(number, _)| *number <= found) {
            self.batch(schema)?;
            self.batch(&format!("INSERT INTO lockgate.migration (number) VALUES ({number})"))?;
        }
        Ok(())
    }

    /// The number of the last schema applied; 0 where there is none.
    pub(super) fn version(&mut self) -> Result<i64, PostgresError> {
        // Asked of the catalogue itself: what a name leads to is remembered from before a wait.
        let marked = "SELECT EXISTS (SELECT FROM pg_catalog.pg_tables
                      WHERE schemaname = 'lockgate' AND tablename = 'migration')";
        if !self.ask::<bool>(marked)? {
            return Ok(0);
        }
        self.ask("SELECT coalesce(max(number), 0) FROM lockgate.migration")
    }
}

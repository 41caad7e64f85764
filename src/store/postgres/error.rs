//! What the errors of PostgreSQL mean for whoever uses the store, and what to do next.

use super::address::Address;
use postgres::error::SqlState;
use std::error::Error;
use thiserror::Error as ThisError;

/// Why a PostgreSQL cannot be used. No message holds a password.
#[derive(Debug, ThisError)]
pub enum PostgresError {
    #[error(
        "{at}: cannot be reached: {why}; check the host and the port, and that PostgreSQL runs there"
    )]
    Unreachable { at: String, why: String },
    #[error(
        "{at}: the connection cannot be encrypted: {why}; let the server offer TLS with a certificate for that name (SSL_CERT_FILE names the roots that are trusted), or add ?sslmode=disable where the network is trusted"
    )]
    Unencrypted { at: String, why: String },
    #[error("{at}: there is no database {name}; make it with `createdb {name}`")]
    NoDatabase { at: String, name: String },
    #[error(
        "{at}: lets nobody in by that user and password: {why}; put the password into the variable PGPASSWORD"
    )]
    Refused { at: String, why: String },
    #[error(
        "{at}: the user may not do that: {why}; its owner helps with `CREATE SCHEMA lockgate AUTHORIZATION user`"
    )]
    Forbidden { at: String, why: String },
    #[error("{at}: is PostgreSQL {found}; Lockgate needs {least} or newer")]
    TooOld { at: String, found: String, least: u32 },
    #[error(
        "{at}: keeps text as {encoding}, which cannot hold every name; make it anew with `createdb -E UTF8 -T template0 {name}`"
    )]
    Encoding { at: String, encoding: String, name: String },
    #[error("{at}: takes no changes: {why}; name the primary server with --db")]
    ReadOnly { at: String, why: String },
    #[error("{at}: the tables are not as Lockgate left them: {why}; `lockgate db check` says more")]
    Corrupt { at: String, why: String },
    #[error(
        "{at}: was written by a newer Lockgate (schema {found}, this one knows {known}); upgrade Lockgate or name another database with --db"
    )]
    Newer { at: String, found: i64, known: i64 },
    #[error("{at}: another process has held it for too long; try again, or scan with --no-store")]
    Busy { at: String },
    #[error("{at}: the disk of the server is full; make room there, or scan with --no-store")]
    Full { at: String },
    #[error("{at}: the connection was lost: {why}; nothing was recorded, so try again")]
    Lost { at: String, why: String },
    #[error("{at}: {why}; try again, name another database with --db or scan with --no-store")]
    Other { at: String, why: String },
}

/// What an error means while a connection is made.
pub(super) fn connecting(address: &Address, error: &postgres::Error) -> PostgresError {
    let at = address.to_string();
    let why = innermost(error);
    match error.code() {
        Some(&SqlState::INVALID_CATALOG_NAME) => {
            PostgresError::NoDatabase { at, name: address.database().to_owned() }
        }
        Some(&SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
            PostgresError::Refused { at, why }
        }
        Some(_) => serving(address, error),
        None => match error.to_string() {
            text if text.contains("TLS") => PostgresError::Unencrypted { at, why },
            text if text.contains("configuration") || text.contains("authentication") => {
                PostgresError::Refused { at, why }
            }
            _ => PostgresError::Unreachable { at, why },
        },
    }
}

/// What an error means once there is a connection.
pub(super) fn serving(address: &Address, error: &postgres::Error) -> PostgresError {
    let at = address.to_string();
    let why = innermost(error);
    let Some(code) = error.code() else {
        return match error.is_closed()
            || error.source().is_some_and(|source| source.is::<std::io::Error>())
        {
            true => PostgresError::Lost { at, why },
            false => PostgresError::Other { at, why },
        };
    };
    match *code {
        SqlState::INSUFFICIENT_PRIVILEGE => PostgresError::Forbidden { at, why },
        SqlState::READ_ONLY_SQL_TRANSACTION => PostgresError::ReadOnly { at, why },
        SqlState::UNDEFINED_TABLE | SqlState::UNDEFINED_COLUMN => {
            PostgresError::Corrupt { at, why }
        }
        SqlState::LOCK_NOT_AVAILABLE
        | SqlState::QUERY_CANCELED
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::TOO_MANY_CONNECTIONS => PostgresError::Busy { at },
        SqlState::DISK_FULL => PostgresError::Full { at },
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => PostgresError::Lost { at, why },
        _ => PostgresError::Other { at, why },
    }
}

/// The sentence that the server or the system says; the outer ones say where it was said. What
/// the server adds as detail quotes rows, and stays out.
fn innermost(error: &postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return said.message().to_owned();
    }
    let mut inner: &dyn Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

//! What a store holds, in numbers.

use super::super::Location;
use super::{MaintainError, Opened};
use std::fs;

/// What a store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// What it takes, in bytes.
    pub bytes: u64,
    /// What is counted, and how many there are.
    pub counts: Vec<(&'static str, i64)>,
}

/// What is counted.
const COUNTS: &[(&str, &str)] = &[
    ("repositories", "SELECT count(*) FROM repository"),
    ("branches", "SELECT count(*) FROM branch"),
    ("scans", "SELECT count(*) FROM scan"),
    ("findings known", "SELECT count(*) FROM finding"),
    (
        "findings open on any branch",
        "SELECT count(DISTINCT finding) FROM interval WHERE closed IS NULL",
    ),
    ("decisions", "SELECT count(*) FROM triage"),
];

/// Counts what a store holds.
///
/// # Errors
/// There is none, or it cannot be read.
pub fn info(location: &Location) -> Result<Info, MaintainError> {
    let mut opened = Opened::existing(location)?;
    let counts: Result<_, _> =
        COUNTS.iter().map(|(what, sql)| Ok((*what, opened.number(sql)?))).collect();
    let bytes = match location {
        Location::File(path) => fs::metadata(path).map_or(0, |metadata| metadata.len()),
        Location::Server(_) => opened
            .number(
                "SELECT CAST(coalesce(sum(pg_total_relation_size(oid)), 0) AS BIGINT) FROM pg_class
                 WHERE relnamespace = 'lockgate'::regnamespace AND relkind = 'r'",
            )?
            .cast_unsigned(),
    };
    Ok(Info { bytes, counts: counts.map_err(MaintainError::Store)? })
}

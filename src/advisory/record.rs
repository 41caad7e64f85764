//! An advisory: the facts of an OSV record that matching and reports need.
//!
//! Source of the shapes: the OSV schema, version 1.7.

use crate::inventory::Ecosystem;
use jiff::Timestamp;

/// A vulnerability, or a malicious package, as one source describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Advisory {
    /// As its source calls it: `PYSEC-2021-1`, `GHSA-…`, `DEBIAN-CVE-2024-1`.
    pub id: Box<str>,
    /// The same vulnerability by other names. What a distribution's record is made from
    /// (`upstream`) is among them where it is one alone.
    pub aliases: Vec<Box<str>>,
    /// One line; of a source that has none, the beginning of its details.
    pub summary: Box<str>,
    pub published: Option<Timestamp>,
    pub modified: Timestamp,
    /// It is no vulnerability after all, since then.
    pub withdrawn: Option<Timestamp>,
    pub ratings: Vec<Rating>,
    /// Weaknesses, as CWE numbers.
    pub cwe: Vec<u16>,
    /// Where to read more, the advisory first.
    pub links: Vec<Box<str>>,
    pub affected: Vec<Affected>,
}

/// How severe a source takes it for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// `CVSS_V2`, `CVSS_V3`, `CVSS_V4`, `Ubuntu`, or the name of the database for a word of its own.
    pub kind: Box<str>,
    /// A vector, or a word: `MODERATE`, `not yet assigned`.
    pub value: Box<str>,
}

/// A package that has it, and in which versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Affected {
    pub ecosystem: Ecosystem,
    pub name: Box<str>,
    pub ranges: Vec<Range>,
    /// Versions that have it one by one, beside those of the ranges.
    pub versions: Vec<Box<str>>,
    /// Where the package has ratings of its own, they go before the advisory's.
    pub ratings: Vec<Rating>,
    /// The parts that have it, where its source knows them: symbols or modules that are imported.
    pub parts: Vec<Box<str>>,
}

/// Versions between events, in the order of the ecosystem. Ranges of git commits are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Whether versions are semantic ones whatever the ecosystem has.
    pub is_semver: bool,
    pub events: Vec<Event>,
}

/// Where a range begins or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// From this version on; `0` is before all.
    Introduced(Box<str>),
    /// Up to, not with, this version.
    Fixed(Box<str>),
    /// Up to and with this version.
    LastAffected(Box<str>),
    /// What is not below this is not spoken of.
    Limit(Box<str>),
}

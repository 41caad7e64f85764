//! What a finding about a package says of the package and of the advisory.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A package with a known vulnerability.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Package {
    /// As OSV names it: `PyPI`, `npm`, `Debian:12`.
    pub ecosystem: Box<str>,
    pub name: Box<str>,
    /// The version that is installed or locked.
    pub version: Box<str>,
    /// Every id of the advisory, the preferred one (CVE, else GHSA, else the source's) first.
    pub advisories: Vec<Box<str>>,
    /// The least versions that fix it; empty where no release does.
    pub fixed_in: Vec<Box<str>>,
    /// Whether the manifest itself asks for it; none where that cannot be told.
    pub direct: Option<bool>,
    /// Whether only development needs it.
    pub is_dev: bool,
    /// How it came in: names, from what the manifest asks for to the package itself; empty where
    /// that cannot be told, or it is asked for itself.
    pub through: Vec<Box<str>>,
    /// Whether the sources import it; none where that was not looked at.
    pub imported: Option<bool>,
    /// One line of the advisory. Plain text, never trusted by a writer.
    pub summary: Box<str>,
    /// Where to read more, the advisory itself first.
    pub links: Vec<Box<str>>,
    /// CVSS base score, 0 to 10.
    pub cvss: Option<f32>,
    /// What that score comes from: `CVSS:3.1/AV:N/…`.
    pub vector: Option<Box<str>>,
    /// Who gave the severity: `CVSS 3.1 of NVD`, `Debian`.
    pub rated_by: Option<Box<str>>,
    /// EPSS: the probability, 0 to 1, that it is exploited within 30 days.
    pub epss: Option<f32>,
    /// The entry in CISA's catalogue of known exploited vulnerabilities, where there is one.
    pub exploited: Option<Exploited>,
}

/// An entry in the catalogue of known exploited vulnerabilities (KEV).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exploited {
    /// The day by which the catalogue wants it mended.
    pub due: Option<Date>,
}

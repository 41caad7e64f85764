//! The noun of an inventory.

use super::Ecosystem;
use std::ops::Range;
use std::sync::Arc;

/// A package, as a lock file, a manifest, an installed environment or an image has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub ecosystem: Ecosystem,
    /// As the file writes it; `System::key` says which names are one.
    pub name: Box<str>,
    /// As the file writes it; empty where it does not pin one. With the epoch, where there is one.
    pub version: Box<str>,
    /// What it was built from, whose name and version advisories of a distribution speak of.
    pub source: Option<Box<Source>>,
    pub arch: Option<Box<str>>,
    /// As the file writes them: SPDX expressions, or names.
    pub licenses: Vec<Box<str>>,
    /// Where the file says it, in bytes; empty at 0 where that cannot be told.
    pub range: Range<usize>,
    pub relation: Relation,
    /// Whether only development asks for it.
    pub is_dev: bool,
    /// The components of the same inventory that it needs, by index.
    pub needs: Vec<u32>,
    /// What it was downloaded from, where that is no registry; without credentials.
    pub origin: Option<Box<str>>,
    /// The file that it is installed by (`…/METADATA`, a jar), where an inventory spans several.
    pub path: Option<Arc<str>>,
}

/// The source package of a binary package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub name: Box<str>,
    pub version: Box<str>,
}

/// Whether a manifest asks for a component itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Relation {
    /// The project that the manifest is of.
    Root,
    /// Another project of the same workspace.
    Workspace,
    Direct,
    /// Something that is asked for asks for it.
    Indirect,
    #[default]
    Unknown,
}

impl Component {
    /// A component of which no more is known.
    pub fn new(ecosystem: impl Into<Ecosystem>, name: &str, version: &str) -> Component {
        Component {
            ecosystem: ecosystem.into(),
            name: name.into(),
            version: version.into(),
            source: None,
            arch: None,
            licenses: Vec::new(),
            range: 0..0,
            relation: Relation::default(),
            is_dev: false,
            needs: Vec::new(),
            origin: None,
            path: None,
        }
    }

    /// What two components are the same by.
    pub fn key(&self) -> (&Ecosystem, String, &str) {
        (&self.ecosystem, self.ecosystem.system.key(&self.name), &self.version)
    }
}

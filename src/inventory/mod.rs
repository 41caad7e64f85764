//! What is installed or locked: the packages of lock files, manifests, SBOMs, installed
//! environments and images.
//!
//! A kind of file is a [`Reader`]; [`READERS`] is the table of all. A reader sees the bytes of one
//! file, asks for the files beside it where they say more (`Pipfile` beside `Pipfile.lock`, the
//! parents of a `pom.xml`), and never fails as a whole: what it cannot make out is a [`Fault`] with
//! its line, and what stands around it is read.

mod component;
mod ecosystem;

pub use component::{Component, Relation, Source};
pub use ecosystem::{Ecosystem, NoEcosystem, System};

use std::borrow::Cow;

/// A kind of file that packages are read from.
pub struct Reader {
    /// As Trivy calls the kind (`pipenv`, `npm`), so that its reports can say it.
    pub name: &'static str,
    /// Whether packages are what a file has installed, not what it asks for.
    pub is_installed: bool,
    /// Whether the file at a path, `/`-separated, is of the kind.
    pub wants: fn(path: &str) -> bool,
    pub read: fn(&File, &dyn Around) -> Inventory,
}

/// A file to read packages from.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Relative to the repository or image root, `/`-separated.
    pub path: &'a str,
    pub bytes: &'a [u8],
}

impl<'a> File<'a> {
    /// The text, without a byte order mark; what is not UTF-8 is replaced.
    pub fn text(&self) -> Cow<'a, str> {
        let bytes = self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.bytes);
        String::from_utf8_lossy(bytes)
    }
}

/// The files beside one that is read.
pub trait Around: Sync {
    /// The bytes of the file at a path from the same root; none where there is none, or it is out
    /// of bounds.
    fn bytes(&self, path: &str) -> Option<Cow<'_, [u8]>>;
}

/// No other files.
impl Around for () {
    fn bytes(&self, _: &str) -> Option<Cow<'_, [u8]>> {
        None
    }
}

/// What a file says is installed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inventory {
    /// In the order of the file.
    pub components: Vec<Component>,
    pub faults: Vec<Fault>,
}

/// What could not be made out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: Option<u32>,
    /// What happened and, where there is one, the next step; holds no text that may be a secret.
    pub message: String,
    /// Whether a bound was hit, rather than a grammar broken.
    pub is_bound: bool,
}

impl Fault {
    /// Something that does not follow the grammar.
    pub fn new(line: Option<u32>, message: impl Into<String>) -> Fault {
        Fault { line, message: message.into(), is_bound: false }
    }
}

/// Every kind of file, in the order in which a path is asked about.
pub const READERS: &[Reader] = &[];

/// The kind of the file at a path; `installed` chooses between what a tree asks for and what a
/// system has.
pub fn reader(path: &str, installed: bool) -> Option<&'static Reader> {
    READERS.iter().find(|reader| reader.is_installed == installed && (reader.wants)(path))
}

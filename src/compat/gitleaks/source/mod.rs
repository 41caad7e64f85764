//! What is looked at: folders and files (`folder`), standard input, and git (`git`); each in pieces
//! (`pieces`), without what is no text (`kind`).

mod folder;
mod git;
mod inside;
mod kind;
mod pieces;

pub use folder::{Folder, scan as scan_folder, scan_stdin};
pub use git::{Commits, scan as scan_git};
pub use inside::Look;

use super::detect::{Detector, Fragment};
use super::finding::{Commit, Finding};
use std::sync::Arc;

/// What a scan came to.
#[derive(Debug, Default)]
pub struct Scanned {
    /// In the order of the files, and in each of the rules.
    pub findings: Vec<Finding>,
    /// How many bytes were looked at.
    pub bytes: u64,
    /// How many commits, where it was commits.
    pub commits: Option<usize>,
    /// Whether something kept it from its end.
    pub is_partial: bool,
}

/// Where a text is from, as reports name it.
#[derive(Debug, Clone, Default)]
struct Origin {
    file: Arc<str>,
    /// The link that led to the file; empty where none did.
    symlink: Arc<str>,
    commit: Option<Arc<Commit>>,
}

impl Origin {
    /// What is found in a piece of it that begins at a line.
    fn detect(&self, bytes: &[u8], start_line: i64, detector: &Detector) -> Vec<Finding> {
        let mut fragment = Fragment::new(bytes, self.file.clone(), start_line);
        fragment.symlink = self.symlink.clone();
        fragment.commit = self.commit.clone();
        detector.detect(&fragment)
    }
}

impl Scanned {
    fn join(mut self, other: Scanned) -> Scanned {
        self.findings.extend(other.findings);
        self.bytes += other.bytes;
        self.is_partial |= other.is_partial;
        self
    }
}

//! What is looked at: folders and files (`folder`), standard input, and git (`git`); each in pieces
//! (`pieces`), without what is no text (`kind`).

mod folder;
mod git;
mod inside;
mod kind;
mod pieces;

pub use folder::{Folder, cleaned, scan as scan_folder, scan_stdin};
pub use git::{Commits, scan as scan_git};

use super::finding::Finding;

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

impl Scanned {
    fn join(mut self, other: Scanned) -> Scanned {
        self.findings.extend(other.findings);
        self.bytes += other.bytes;
        self.is_partial |= other.is_partial;
        self
    }
}

//! Files that git tracks and an ignore file of git leaves out. A commit contains them, so they are
//! scanned: else who adds a line to `.gitignore` hides a file from the scan.

use super::ignore_files::InForce;
use super::{Target, relative};
use globset::GlobSet;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The tracked files below the named paths that no walk came by.
#[derive(Debug, Default)]
pub struct LeftOut {
    /// By an ignore file of git.
    pub targets: Vec<Target>,
    /// By Lockgate's own ignore files and `exclude`, relative to the root: these stay out.
    pub passed_over: Vec<Arc<str>>,
}

/// Looks for the tracked files below the named paths that are not among the walked ones.
pub fn left_out(
    root: &Path,
    paths: &[PathBuf],
    tracked: &[PathBuf],
    walked: &[Target],
    exclude: &GlobSet,
    in_force: &InForce,
) -> LeftOut {
    let known: HashSet<&Path> = walked.iter().map(|target| target.absolute.as_path()).collect();
    let mut left = LeftOut::default();
    for absolute in tracked.iter().map(|path| root.join(path)) {
        let wanted = !known.contains(absolute.as_path())
            && paths.iter().any(|path| absolute.starts_with(path))
            && absolute.is_file()
            // No link on the way: the root has none, and git tracks nothing behind one.
            && fs::canonicalize(&absolute).is_ok_and(|real| real == absolute);
        if !wanted {
            continue;
        }
        let path: Arc<str> = relative(root, &absolute).into();
        match exclude.is_match(&*path) || in_force.own_ignore(&absolute) {
            true => left.passed_over.push(path),
            false => left.targets.push(Target { path, absolute }),
        }
    }
    left
}

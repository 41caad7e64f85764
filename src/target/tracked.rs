//! Files that git tracks and an ignore file of git leaves out. A commit contains them, so they are
//! scanned: else who adds a line to `.gitignore` hides a file from the scan.

use super::{Target, relative};
use globset::GlobSet;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Lockgate's own ignore file, in any folder.
pub const IGNORE_FILE: &str = ".lockgateignore";

/// The tracked files below the named paths that are not among the walked ones. What Lockgate's own
/// ignore files and `exclude` leave out stays out.
pub fn left_out(
    root: &Path,
    paths: &[PathBuf],
    tracked: &[PathBuf],
    walked: &[Target],
    exclude: &GlobSet,
) -> Vec<Target> {
    let known: HashSet<&Path> = walked.iter().map(|target| target.absolute.as_path()).collect();
    let mut own = OwnIgnores { root, folders: HashMap::new() };
    let mut left = Vec::new();
    for absolute in tracked.iter().map(|path| root.join(path)) {
        let wanted = !known.contains(absolute.as_path())
            && paths.iter().any(|path| absolute.starts_with(path))
            && absolute.is_file()
            // No link on the way: the root has none, and git tracks nothing behind one.
            && fs::canonicalize(&absolute).is_ok_and(|real| real == absolute);
        if !wanted {
            continue;
        }
        let path = relative(root, &absolute);
        if !exclude.is_match(&path) && !own.ignore(&absolute) {
            left.push(Target { path: path.into(), absolute });
        }
    }
    left
}

/// The ignore files of Lockgate, each read once.
struct OwnIgnores<'a> {
    root: &'a Path,
    folders: HashMap<PathBuf, Gitignore>,
}

impl OwnIgnores<'_> {
    /// Whether the nearest ignore file that says something about the file says to ignore it.
    fn ignore(&mut self, file: &Path) -> bool {
        for folder in file.ancestors().skip(1).take_while(|folder| folder.starts_with(self.root)) {
            let rules = self.folders.entry(folder.to_owned()).or_insert_with(|| {
                let mut builder = GitignoreBuilder::new(folder);
                builder.add(folder.join(IGNORE_FILE));
                builder.build().unwrap_or_else(|_| Gitignore::empty())
            });
            match rules.matched_path_or_any_parents(file, false) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
        false
    }
}

//! What a file that the command line names is called in the repository.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// The paths of a file below a folder (absolute, links resolved): as it is written, and with the
/// links on its way followed. None where it lies elsewhere; it need not be there.
pub fn below(root: &Path, file: &Path) -> Vec<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    let written = without_dots(&here.join(file));
    let mut folders: Vec<&Path> = written.ancestors().collect();
    folders.reverse();
    // The first counts: a link to the root may lie in it.
    let is_root = |folder: &&&Path| fs::canonicalize(folder).is_ok_and(|real| real == root);
    let written = folders.iter().find(is_root).and_then(|root| written.strip_prefix(root).ok());
    let real = real(&here.join(file));
    let real = real.as_deref().and_then(|real| real.strip_prefix(root).ok());
    let mut paths: Vec<PathBuf> = written.into_iter().chain(real).map(Path::to_owned).collect();
    paths.dedup();
    paths
}

/// Where a file is, or would be.
fn real(file: &Path) -> Option<PathBuf> {
    let would_be = || Some(fs::canonicalize(file.parent()?).ok()?.join(file.file_name()?));
    fs::canonicalize(file).ok().or_else(would_be)
}

fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

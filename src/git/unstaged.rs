//! What is changed and not staged, and where a repository is from.

use super::{LARGEST_BLOB, Staged, added_lines};
use gix::index::entry::{Mode, Stage};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// The tracked files below a folder (absolute) with the lines that the index does not have.
///
/// # Errors
/// There is no repository, or its index cannot be read.
pub fn unstaged(folder: &Path) -> Result<Vec<Staged>, String> {
    let repository = gix::discover(folder).map_err(|error| error.to_string())?;
    let Some(root) = repository.workdir() else { return Ok(Vec::new()) };
    let index = repository.index_or_empty().map_err(|error| error.to_string())?;
    let mut changed = Vec::new();
    for entry in index.entries() {
        let is_regular = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE);
        let Ok(path) = gix::path::from_bstr(entry.path(&index)) else { continue };
        let file = root.join(&path);
        if !is_regular || entry.stage() != Stage::Unconflicted || !file.starts_with(folder) {
            continue;
        }
        let Ok(metadata) = fs::symlink_metadata(&file) else { continue };
        if !metadata.is_file() || metadata.len() > LARGEST_BLOB || is_same(entry, &metadata) {
            continue;
        }
        let Ok(new) = fs::read(&file) else { continue };
        let Ok(old) = repository.find_object(entry.id) else { continue };
        if old.data == new || is_binary(&old.data) || is_binary(&new) {
            continue;
        }
        let hunks = added_lines(&old.data, &new);
        let raw = entry.path(&index);
        let (path, raw_path) = (crate::target::shown(raw).into(), Arc::from(&**raw));
        let before = vec![Arc::new(old.detach().data)];
        let text = Arc::new(new);
        changed.push(Staged { path, raw_path, hunks, is_binary: false, text, before });
    }
    Ok(changed)
}

/// Whether a file has the time and size that the index has of it.
fn is_same(entry: &gix::index::Entry, metadata: &fs::Metadata) -> bool {
    use std::time::UNIX_EPOCH;
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    modified.is_some_and(|time| {
        u64::from(entry.stat.size) == metadata.len()
            && u64::from(entry.stat.mtime.secs) == time.as_secs()
            && entry.stat.mtime.nsecs == time.subsec_nanos()
            && entry.stat.mtime.nsecs != 0
    })
}

/// As git tells it: by a NUL near the beginning.
fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(8000)]).is_some()
}

/// The address of the remote that the branch follows, else of `origin`.
pub fn remote(folder: &Path) -> Option<String> {
    let repository = gix::discover(folder).ok()?;
    let config = repository.config_snapshot();
    let branch = repository.head_name().ok().flatten().map(|name| name.shorten().to_string());
    let follows = branch.and_then(|name| config.string(format!("branch.{name}.remote").as_str()));
    let name = follows.map_or("origin".to_owned(), |name| name.to_string());
    config.string(format!("remote.{name}.url").as_str()).map(|address| address.to_string())
}

//! Replaces a file as a whole, or not at all.

use crate::target;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process;
use thiserror::Error;

/// Why a file was not replaced.
#[derive(Debug, Error)]
pub enum ReplaceError {
    #[error("cannot be read: {0}")]
    Read(io::Error),
    #[error("has changed since it was scanned; run the command again")]
    Changed,
    #[error("is read-only; make it writable first")]
    ReadOnly,
    #[error("stands behind a link, which is not followed")]
    Link,
    #[error("has further hard links, which would keep the old text; change it by hand")]
    HardLinks,
    #[error("has a name that is not UTF-8; rename it first, or change it by hand")]
    Name,
    #[error("cannot be written: {0}")]
    Write(io::Error),
}

/// The bytes of a file below the root that may be replaced.
///
/// # Errors
/// It cannot be read, is read-only, has several names, or a link leads to it.
pub fn read(root: &Path, path: &str) -> Result<Vec<u8>, ReplaceError> {
    let metadata = match fs::symlink_metadata(root.join(path)) {
        // The path as it is shown is not that of the file.
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.contains("\\x") => {
            return Err(ReplaceError::Name);
        }
        metadata => metadata.map_err(ReplaceError::Read)?,
    };
    if !target::is_there(root, path) {
        return Err(ReplaceError::Link);
    }
    if metadata.permissions().readonly() {
        return Err(ReplaceError::ReadOnly);
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::nlink(&metadata) > 1 {
        return Err(ReplaceError::HardLinks);
    }
    let mut bytes = Vec::new();
    let file = target::open_regular(&root.join(path)).map_err(ReplaceError::Read)?;
    file.take(u64::from(u32::MAX)).read_to_end(&mut bytes).map_err(ReplaceError::Read)?;
    Ok(bytes)
}

/// Puts new bytes into the place of the old ones, by a draft beside the file that takes its name.
/// Mode and owner stay.
///
/// # Errors
/// The file holds something else than `old` by now, or may not be written.
pub fn replace(root: &Path, path: &str, old: &[u8], new: &[u8]) -> Result<(), ReplaceError> {
    let absolute = root.join(path);
    let metadata = fs::symlink_metadata(&absolute).map_err(ReplaceError::Read)?;
    let name = absolute.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let draft = absolute.with_file_name(format!(".{name}.lockgate-{}", process::id()));
    let written = write(&draft, new, &metadata).map_err(ReplaceError::Write).and_then(|()| {
        // As late as can be: an editor may be at work.
        match read(root, path)? == old {
            true => fs::rename(&draft, &absolute).map_err(ReplaceError::Write),
            false => Err(ReplaceError::Changed),
        }
    });
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}

fn write(draft: &PathBuf, bytes: &[u8], like: &Metadata) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(draft)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
            fchown(&file, Some(like.uid()), Some(like.gid()))?;
        }
    }
    file.set_permissions(like.permissions())?;
    file.write_all(bytes)?;
    file.sync_all()
}

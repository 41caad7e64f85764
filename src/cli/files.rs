//! Files that are named on the command line: read within bounds, with errors that name them.

use super::Error;
use crate::report::untrusted::visible;
use crate::target;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The largest `verdict.json` that is read, in bytes: that of about a million findings.
pub const VERDICT: u64 = 512 << 20;
/// The largest file of envelopes that is read, in bytes.
pub const ENVELOPES: u64 = 64 << 20;
/// The largest file of keys that is read, in bytes.
pub const KEYS: u64 = 64 << 10;

/// All that a file holds.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let failed =
        |error: io::Error| Error::Usage(format!("{}: cannot be read: {error}", path.display()));
    let file = target::open_regular(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        let why = format!("is over the limit of {} KiB", limit >> 10);
        return Err(Error::Usage(format!("{}: {why}", path.display())));
    }
    Ok(bytes)
}

/// All that a file of text holds.
pub fn read_text(path: &Path, limit: u64) -> Result<String, Error> {
    String::from_utf8(read(path, limit)?)
        .map_err(|_| Error::Usage(format!("{}: is no text", path.display())))
}

/// An error that has to do with a file.
pub fn concerns(path: &Path) -> impl Fn(&dyn std::fmt::Display) -> Error {
    move |why| Error::Usage(visible(&format!("{}: {why}", path.display())).into_owned())
}

/// The path from the root of the file system, without links in its folders, of a file that need
/// not be there.
pub fn absolute(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (fs::canonicalize(folder), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

/// Whether two paths lead to one file that is there.
pub fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let inode = |path| fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
        inode(one).is_some_and(|found| inode(other) == Some(found))
    }
    #[cfg(not(unix))]
    {
        let real = |path| fs::canonicalize(path).ok();
        real(one).is_some_and(|found| real(other) == Some(found))
    }
}

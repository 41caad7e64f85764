//! Opening files that anything may have been made of: a link, a pipe, a device.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

/// Opens a regular file, or one that a link leads to: neither a pipe is waited for, nor a device
/// touched.
///
/// # Errors
/// There is none, or it is something else.
pub fn open_regular(path: &Path) -> io::Result<File> {
    only_file(&fs::metadata(path)?)?;
    checked(path, 0)
}

/// Opens what was taken for a regular file: no link, should it have become one since.
pub(super) fn open_itself(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    let flags = libc::O_NOFOLLOW;
    #[cfg(not(unix))]
    let flags = 0;
    checked(path, flags)
}

fn checked(path: &Path, flags: i32) -> io::Result<File> {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        flags | libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    #[cfg(not(unix))]
    let _ = flags;
    let file = options.read(true).open(path)?;
    only_file(&file.metadata()?)?;
    Ok(file)
}

fn only_file(metadata: &Metadata) -> io::Result<()> {
    match metadata.is_file() {
        true => Ok(()),
        false => Err(io::Error::other("it is no regular file")),
    }
}

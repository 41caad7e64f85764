//! The files of a folder, as Python's `os.walk` finds them: hidden ones too, links to files, and
//! none behind a link to a folder.

use crate::target;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Calls `found` with each file below the folder, by the path that the folder was given by.
/// What cannot be read is passed over, and so is a folder that is none.
pub fn files(folder: &Path, found: &mut dyn FnMut(PathBuf)) {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = folder.join(entry.file_name());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_symlink() && path.is_dir() => {}
                _ => found(path),
            }
        }
    }
}

/// Reads a file to its end; one that a walk came by must be a regular one, so that no pipe is
/// waited for.
///
/// # Errors
/// It cannot be read, or is over the limit, in bytes.
pub fn read(path: &Path, walked: bool, most: u64) -> io::Result<Vec<u8>> {
    let file = if walked { target::open_regular(path)? } else { File::open(path)? };
    let mut raw = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut raw)?;
    match raw.len() as u64 > most {
        true => Err(io::Error::from(io::ErrorKind::FileTooLarge)),
        false => Ok(raw),
    }
}

/// Reads a text file, in UTF-8.
///
/// # Errors
/// It cannot be read, is over the limit, or no UTF-8.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    String::from_utf8(read(path, false, most)?)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

//! A backup: one SQLite file that holds everything as it was at one moment, whoever writes
//! meanwhile.

use super::super::Location;
use super::super::sql::Value;
use super::{MaintainError, Opened, Progress, copy};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Writes a backup of a store into a file that is not there yet. The file is there whole or not
/// at all, and only its owner can read it.
///
/// # Errors
/// There is nothing to back up, the file is there already, or it cannot be written.
pub fn backup(from: &Location, file: &Path, progress: &dyn Progress) -> Result<(), MaintainError> {
    if file.exists() {
        return Err(MaintainError::Exists { at: file.to_owned() });
    }
    let part = beside(file);
    let unwritable = |source| MaintainError::Unwritable { at: file.to_owned(), source };
    // What an interrupted backup left behind.
    remove(&part).map_err(unwritable)?;
    let written = write(from, &part, progress).and_then(|()| keep(&part, file).map_err(unwritable));
    if written.is_err() {
        let _ = remove(&part);
    }
    written
}

fn write(from: &Location, part: &Path, progress: &dyn Progress) -> Result<(), MaintainError> {
    let Location::File(_) = from else {
        return copy(from, &Location::File(part.to_owned()), progress).map(|_| ());
    };
    let mut from = Opened::existing(from)?;
    let unwritable = |source| MaintainError::Unwritable { at: part.to_owned(), source };
    create(part).map_err(unwritable)?;
    let Some(name) = part.to_str() else {
        return Err(unwritable(io::Error::other("its name is not UTF-8")));
    };
    from.sql.run("VACUUM INTO $1", &[Value::Text(name)])?;
    Ok(())
}

/// Gives the finished file its name.
fn keep(part: &Path, file: &Path) -> io::Result<()> {
    fs::File::open(part)?.sync_all()?;
    // A link, unlike a new name, never takes the place of a file that came meanwhile.
    fs::hard_link(part, file).or_else(|_| fs::rename(part, file))?;
    remove(part)
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".lockgate-part");
    name.into()
}

fn remove(part: &Path) -> io::Result<()> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut name = part.as_os_str().to_owned();
        name.push(ending);
        match fs::remove_file(PathBuf::from(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// An empty file, which SQLite takes as a place to write to, and which others cannot read.
fn create(part: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(part).map(|_| ())
}

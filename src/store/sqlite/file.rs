//! The file before SQLite sees it. Whether a file is ours is read from its first bytes, because
//! opening a foreign database may already change it.

use super::super::StoreError;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// "LkGt", in the header of every database of ours.
pub(super) const APPLICATION_ID: i32 = 0x4C6B_4774;

/// How every SQLite file begins.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// What the folder `.lockgate` keeps out of commits: all but the waivers.
const GITIGNORE: &str = "# Written by Lockgate. Only the waivers belong in the repository.
*
!waivers.toml
";

/// Makes the folder for Lockgate's own files and tells git to ignore all but the waivers. What is
/// there already is left as it is.
///
/// # Errors
/// The folder or the file in it cannot be written.
pub fn prepare_folder(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    match OpenOptions::new().write(true).create_new(true).open(dir.join(".gitignore")) {
        Ok(mut file) => file.write_all(GITIGNORE.as_bytes()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes sure that there is a file that SQLite may open: ours, or an empty one.
pub(super) fn prepare(path: &Path) -> Result<(), StoreError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(foreign(path, "it is a folder")),
        Ok(metadata) if !metadata.is_file() => Err(foreign(path, "it is no regular file")),
        Ok(_) => inspect(path),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            create(path).map_err(|error| unwritable(path, &error))
        }
        Err(error) => Err(unwritable(path, &error)),
    }
}

/// Makes an empty file that only its owner can read: findings tell where a project is weak.
fn create(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn inspect(path: &Path) -> Result<(), StoreError> {
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(100).read_to_end(&mut head))
        .map_err(|error| unwritable(path, &error))?;
    if head.is_empty() {
        return Ok(());
    }
    let Ok(head) = <[u8; 100]>::try_from(head) else {
        return Err(foreign(path, "it is too short for a database"));
    };
    if !head.starts_with(MAGIC) {
        return Err(foreign(path, "it is no SQLite file"));
    }
    let header = Header::new(&head);
    let log = beside(path, "-wal");
    let logged = fs::metadata(log).is_ok_and(|metadata| metadata.len() > 0);
    // Asked last: another process may have been bringing its log into the file until now.
    let length = fs::metadata(path).map_err(|error| unwritable(path, &error))?.len();
    if header.application_id != APPLICATION_ID {
        let blank = header.application_id == 0 && length <= header.page_size && !logged;
        return if blank {
            Ok(())
        } else {
            Err(foreign(path, "it belongs to another application"))
        };
    }
    if !logged && length < header.length {
        let why = "it was cut short".to_owned();
        return Err(StoreError::Corrupt { path: path.to_owned(), why });
    }
    Ok(())
}

/// What the first bytes of a SQLite file say.
struct Header {
    page_size: u64,
    /// What the file's length ought to be; 0 where the header does not know.
    length: u64,
    application_id: i32,
}

impl Header {
    fn new(head: &[u8; 100]) -> Header {
        let word =
            |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let page_size = match u16::from_be_bytes([head[16], head[17]]) {
            1 => 65_536,
            size => u64::from(size),
        };
        let pages = if word(24) == word(92) { u64::from(word(28)) } else { 0 };
        Header {
            page_size,
            length: pages * page_size,
            application_id: i32::from_be_bytes([head[68], head[69], head[70], head[71]]),
        }
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn foreign(path: &Path, why: &str) -> StoreError {
    StoreError::Foreign { path: path.to_owned(), why: why.to_owned() }
}

fn unwritable(path: &Path, error: &io::Error) -> StoreError {
    match error.kind() {
        ErrorKind::StorageFull => StoreError::Full { path: path.to_owned() },
        _ => StoreError::ReadOnly { path: path.to_owned(), why: error.to_string() },
    }
}

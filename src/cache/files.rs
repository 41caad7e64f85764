//! What every file held when it was last read, so that one that looks the same is not read again.
//!
//! As in git's index, a file whose times are not older than the scan that read it is not trusted:
//! it may have changed once more within the same tick of the clock.

use super::pack;
use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// The name of the file in the cache's folder.
const NAME: &str = "files";
/// It begins with the hash of this, so that another build's is not read: it may tell text from
/// binary otherwise.
const FORMAT: &[u8] = concat!("lockgate files 1 ", env!("LOCKGATE_SOURCE_HASH")).as_bytes();
const HASH: usize = 32;
/// The coarsest tick of file systems in use, in nanoseconds: two seconds, on FAT.
const TICK: i64 = 2_000_000_000;
/// Files that the last scan did not come by are forgotten when there are more than this.
const MOST: usize = 1 << 20;

/// What the operating system says of a file without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// In bytes.
    pub size: u64,
    /// When the content changed: nanoseconds since 1970.
    mtime: i64,
    /// When anything changed: nanoseconds since 1970. Cannot be set back.
    ctime: i64,
    inode: u64,
}

impl Stat {
    /// Looks at a file; links are followed. None when there is no regular file.
    pub fn of(path: &Path) -> Option<Stat> {
        fs::metadata(path).ok().filter(Metadata::is_file).map(|metadata| Stat::from(&metadata))
    }

    #[cfg(unix)]
    fn from(metadata: &Metadata) -> Stat {
        use std::os::unix::fs::MetadataExt;
        let time =
            |seconds: i64, nanos: i64| seconds.saturating_mul(1_000_000_000).saturating_add(nanos);
        Stat {
            size: metadata.size(),
            mtime: time(metadata.mtime(), metadata.mtime_nsec()),
            ctime: time(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }

    #[cfg(not(unix))]
    fn from(metadata: &Metadata) -> Stat {
        let time = |time: io::Result<SystemTime>| time.map_or(i64::MAX, nanos);
        Stat {
            size: metadata.len(),
            mtime: time(metadata.modified()),
            ctime: time(metadata.created()),
            inode: 0,
        }
    }
}

fn nanos(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Nothing that any engine reads.
    Binary,
    /// Text with this hash.
    Text(blake3::Hash),
    /// Others inside it; the hash is that of the whole.
    Inside(blake3::Hash),
}

/// What the last scans knew.
#[derive(Debug, Default)]
pub(super) struct Files(HashMap<Arc<str>, (Stat, Content)>);

impl Files {
    /// Reads what is there; says what is wrong with it.
    pub(super) fn load(dir: &Path) -> Result<Files, String> {
        let path = dir.join(NAME);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Files::default()),
            Err(error) => return Err(format!("{}: cannot be read: {error}", path.display())),
        };
        let Some(rest) = bytes.strip_prefix(blake3::hash(FORMAT).as_bytes()) else {
            return Ok(Files::default());
        };
        parse(rest).ok_or_else(|| {
            fs::remove_file(&path).ok();
            format!("{}: is damaged and was removed", path.display())
        })
    }

    pub(super) fn content(&self, path: &str, stat: &Stat) -> Option<Content> {
        self.0.get(path).filter(|(known, _)| known == stat).map(|(_, content)| *content)
    }

    /// Writes what is known with what was noted, unless nothing noted can be trusted. `begun` is
    /// when the first file may have been read.
    pub(super) fn save(
        &self,
        dir: &Path,
        noted: &[(Arc<str>, Stat, Content)],
        begun: SystemTime,
    ) -> io::Result<()> {
        if noted.is_empty() {
            return Ok(());
        }
        let (part, mut file) = pack::part(dir)?;
        // The file system may have a clock of its own, by which its files are dated.
        let ahead = nanos(file.metadata()?.modified()?).saturating_sub(nanos(SystemTime::now()));
        let begun = nanos(begun).saturating_add(ahead).saturating_sub(TICK);
        let trusted: HashMap<&str, (&Stat, &Content)> = noted
            .iter()
            .filter(|(_, stat, _)| stat.mtime < begun && stat.ctime < begun)
            .map(|(path, stat, content)| (&**path, (stat, content)))
            .collect();
        let written = if trusted.is_empty() {
            fs::remove_file(&part)
        } else {
            file.write_all(&self.bytes(&trusted)).and_then(|()| fs::rename(&part, dir.join(NAME)))
        };
        written.inspect_err(|_| {
            fs::remove_file(&part).ok();
        })
    }

    fn bytes(&self, trusted: &HashMap<&str, (&Stat, &Content)>) -> Vec<u8> {
        let mut bytes = blake3::hash(FORMAT).as_bytes().to_vec();
        let mut write = |path: &str, stat: &Stat, content: &Content| {
            bytes.extend_from_slice(&(path.len() as u32).to_le_bytes());
            bytes.extend_from_slice(path.as_bytes());
            bytes.extend_from_slice(&stat.size.to_le_bytes());
            bytes.extend_from_slice(&stat.mtime.to_le_bytes());
            bytes.extend_from_slice(&stat.ctime.to_le_bytes());
            bytes.extend_from_slice(&stat.inode.to_le_bytes());
            match content {
                Content::Binary => bytes.push(0),
                Content::Text(hash) => {
                    bytes.push(1);
                    bytes.extend_from_slice(hash.as_bytes());
                }
                Content::Inside(hash) => {
                    bytes.push(2);
                    bytes.extend_from_slice(hash.as_bytes());
                }
            }
        };
        trusted.iter().for_each(|(path, (stat, content))| write(path, stat, content));
        let kept = self.0.iter().filter(|(path, _)| !trusted.contains_key(&***path));
        kept.take(MOST.saturating_sub(trusted.len()))
            .for_each(|(path, (stat, content))| write(path, stat, content));
        let sum = blake3::hash(&bytes[HASH..]);
        bytes.extend_from_slice(sum.as_bytes());
        bytes
    }
}

/// The records, between the format and the checksum.
fn parse(bytes: &[u8]) -> Option<Files> {
    let (mut rest, sum) = bytes.split_at_checked(bytes.len().checked_sub(HASH)?)?;
    if blake3::hash(rest).as_bytes() != sum {
        return None;
    }
    let mut files = HashMap::with_capacity(rest.len() / 100);
    while !rest.is_empty() {
        let length = u32::from_le_bytes(array(&mut rest)?);
        let (path, after) = rest.split_at_checked(length as usize)?;
        rest = after;
        let path = std::str::from_utf8(path).ok()?;
        let stat = Stat {
            size: u64::from_le_bytes(array(&mut rest)?),
            mtime: i64::from_le_bytes(array(&mut rest)?),
            ctime: i64::from_le_bytes(array(&mut rest)?),
            inode: u64::from_le_bytes(array(&mut rest)?),
        };
        let content = match array(&mut rest)? {
            [0] => Content::Binary,
            [2] => Content::Inside(array::<HASH>(&mut rest)?.into()),
            _ => Content::Text(array::<HASH>(&mut rest)?.into()),
        };
        files.insert(path.into(), (stat, content));
    }
    Some(Files(files))
}

fn array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (array, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*array)
}

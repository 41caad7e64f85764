//! A pack: entries one after the other, then where each is, then a checksum of that.
//!
//! ```text
//! magic | entry … | record … (sorted by key) | number of records | blake3 of records and number
//! record: key (32) | offset (8) | length (4) | checksum of the entry (8)
//! ```
//!
//! A pack is written under a passing name and renamed when it is whole. It is named by the hash
//! of its records, so that equal packs are one file. Only the records are read when it is opened.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Error, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

const MAGIC: &[u8; 8] = b"LGPACK1\n";
const RECORD: usize = 32 + 8 + 4 + 8;
const FOOTER: usize = 8 + 32;
/// Part of the name: packs of another format are not taken for damaged.
const ENDING: &str = "1.pack";
/// What a pack that is being written ends in.
const PASSING: &str = "1.part";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// After so long the writer of a passing file is dead, and nobody uses a pack of another format.
const ABANDONED: Duration = DAY.saturating_mul(7);
/// So many bytes are written at a time.
const BUFFER: usize = 1 << 20;

/// The packs in a folder, in no order. Clears away what killed writers and other versions left.
pub(super) fn list(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut packs = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if name.ends_with(ENDING) {
            packs.push(path);
        } else if is_ours(name) && age(&path).is_some_and(|age| age > ABANDONED) {
            fs::remove_file(&path).ok();
        }
    }
    Ok(packs)
}

/// Whether any version of Lockgate has written it.
fn is_ours(name: &str) -> bool {
    name.ends_with(".part") || name.ends_with(".pack")
}

fn age(path: &Path) -> Option<Duration> {
    let written = fs::metadata(path).and_then(|metadata| metadata.modified()).ok()?;
    SystemTime::now().duration_since(written).ok()
}

/// The checksum of an entry.
pub(super) fn sum(seed: &[u8; 32], entry: &[u8]) -> u64 {
    let mut short = [0; 8];
    short.copy_from_slice(&blake3::keyed_hash(seed, entry).as_bytes()[..8]);
    u64::from_le_bytes(short)
}

/// Where an entry is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    offset: u64,
    length: u32,
    pub sum: u64,
}

impl Place {
    fn read(record: &[u8; RECORD]) -> Place {
        let (mut offset, mut length, mut sum) = ([0; 8], [0; 4], [0; 8]);
        offset.copy_from_slice(&record[32..40]);
        length.copy_from_slice(&record[40..44]);
        sum.copy_from_slice(&record[44..]);
        Place {
            offset: u64::from_le_bytes(offset),
            length: u32::from_le_bytes(length),
            sum: u64::from_le_bytes(sum),
        }
    }
}

/// A pack that is whole.
#[derive(Debug)]
pub(super) struct Pack {
    pub path: PathBuf,
    /// Its length in bytes.
    pub size: u64,
    /// When it was last used, to a day.
    pub modified: SystemTime,
    file: File,
    records: Vec<u8>,
    used: Vec<AtomicBool>,
}

impl Pack {
    /// Opens a pack. One that is not whole is `InvalidData`.
    pub(super) fn open(path: &Path) -> io::Result<Pack> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        let size = metadata.len();
        let records = read_records(&file, size)?;
        let count = records.len() / RECORD;
        let used = (0..count).map(|_| AtomicBool::new(false)).collect();
        let modified = metadata.modified()?;
        Ok(Pack { path: path.to_owned(), size, modified, file, records, used })
    }

    fn records(&self) -> &[[u8; RECORD]] {
        self.records.as_chunks().0
    }

    /// The entry of a key; none when it is not there or damaged.
    pub(super) fn get(&self, key: &blake3::Hash, seed: &[u8; 32]) -> Option<Vec<u8>> {
        let records = self.records();
        let at = records.binary_search_by(|record| record[..32].cmp(key.as_bytes())).ok()?;
        let place = Place::read(&records[at]);
        let entry = self.entry(place).ok().filter(|entry| sum(seed, entry) == place.sum)?;
        self.used[at].store(true, Ordering::Relaxed);
        Some(entry)
    }

    /// The bytes of an entry.
    pub(super) fn entry(&self, place: Place) -> io::Result<Vec<u8>> {
        if place.offset.saturating_add(u64::from(place.length)) > self.size {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut entry = vec![0; place.length as usize];
        read_at(&self.file, &mut entry, place.offset)?;
        Ok(entry)
    }

    /// Every key, where its entry is, and whether it was asked for since the pack was opened.
    pub(super) fn all(&self) -> impl Iterator<Item = (blake3::Hash, Place, bool)> {
        self.records().iter().zip(&self.used).map(|(record, used)| {
            let mut key = [0; 32];
            key.copy_from_slice(&record[..32]);
            (key.into(), Place::read(record), used.load(Ordering::Relaxed))
        })
    }

    /// Says in the file's time that it was used, once a day.
    pub(super) fn mark_used(&self) {
        let stale = self.modified.elapsed().is_ok_and(|age| age > DAY);
        if stale && self.used.iter().any(|used| used.load(Ordering::Relaxed)) {
            // Where that is not allowed, the pack only goes earlier than it need.
            self.file.set_modified(SystemTime::now()).ok();
        }
    }
}

fn read_records(file: &File, size: u64) -> io::Result<Vec<u8>> {
    let damaged = || Error::from(ErrorKind::InvalidData);
    let least = (MAGIC.len() + FOOTER) as u64;
    let mut magic = [0; MAGIC.len()];
    let mut footer = [0; FOOTER];
    if size < least {
        return Err(damaged());
    }
    read_at(file, &mut magic, 0)?;
    read_at(file, &mut footer, size - FOOTER as u64)?;
    let mut count = [0; 8];
    count.copy_from_slice(&footer[..8]);
    let length = u64::from_le_bytes(count).checked_mul(RECORD as u64).ok_or_else(damaged)?;
    if magic != *MAGIC || length > size - least {
        return Err(damaged());
    }
    let mut records = vec![0; usize::try_from(length).map_err(|_| damaged())?];
    read_at(file, &mut records, size - FOOTER as u64 - length)?;
    if checksum(&records, &footer[..8]).as_bytes()[..] != footer[8..] {
        return Err(damaged());
    }
    Ok(records)
}

fn checksum(records: &[u8], count: &[u8]) -> blake3::Hash {
    blake3::Hasher::new().update(records).update(count).finalize()
}

#[cfg(unix)]
fn read_at(file: &File, into: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, offset)
}

#[cfg(windows)]
fn read_at(file: &File, mut into: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !into.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, into, offset)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => {
                into = &mut into[read..];
                offset += read as u64;
            }
        }
    }
    Ok(())
}

/// A pack in the making. The file comes with the first megabyte, so that a scan which finds
/// nothing new writes nothing.
#[derive(Debug)]
pub(super) struct Writer {
    dir: PathBuf,
    part: Option<(PathBuf, File)>,
    /// What is not in the file yet.
    buffer: Vec<u8>,
    /// How much is in the file.
    written: u64,
    places: HashMap<[u8; 32], Place>,
    /// The first thing that went wrong; nothing is kept from then on.
    failure: Option<Error>,
}

impl Writer {
    pub(super) fn new(dir: &Path) -> Writer {
        Writer {
            dir: dir.to_owned(),
            part: None,
            buffer: MAGIC.to_vec(),
            written: 0,
            places: HashMap::new(),
            failure: None,
        }
    }

    /// Adds an entry, unless its key is there already.
    pub(super) fn put(&mut self, key: &blake3::Hash, entry: &[u8], sum: u64) {
        let Ok(length) = u32::try_from(entry.len()) else { return };
        if self.failure.is_some() || self.places.contains_key(key.as_bytes()) {
            return;
        }
        let offset = self.written + self.buffer.len() as u64;
        self.places.insert(*key.as_bytes(), Place { offset, length, sum });
        self.buffer.extend_from_slice(entry);
        if self.buffer.len() >= BUFFER
            && let Err(error) = self.write_out()
        {
            self.failure = Some(error);
            self.places.clear();
        }
    }

    /// An entry that was put since the last `finish`.
    pub(super) fn get(&self, key: &blake3::Hash, seed: &[u8; 32]) -> Option<Vec<u8>> {
        let place = self.places.get(key.as_bytes())?;
        let length = place.length as usize;
        let entry = match place.offset.checked_sub(self.written) {
            Some(start) => self.buffer.get(start as usize..)?.get(..length)?.to_vec(),
            None => {
                let mut entry = vec![0; length];
                read_at(&self.part.as_ref()?.1, &mut entry, place.offset).ok()?;
                entry
            }
        };
        (sum(seed, &entry) == place.sum).then_some(entry)
    }

    /// Makes a pack of what was put, if there was anything, and says where it is.
    pub(super) fn finish(&mut self) -> io::Result<Option<PathBuf>> {
        let mut done = std::mem::replace(self, Writer::new(&self.dir));
        match done.failure.take() {
            Some(error) => Err(error),
            None if done.places.is_empty() => Ok(None),
            None => done.seal().map(Some),
        }
    }

    fn seal(mut self) -> io::Result<PathBuf> {
        let mut keys: Vec<_> = self.places.iter().collect();
        keys.sort_unstable_by_key(|(key, _)| **key);
        let mut records = Vec::with_capacity(keys.len() * RECORD);
        for (key, place) in keys {
            records.extend_from_slice(key);
            records.extend_from_slice(&place.offset.to_le_bytes());
            records.extend_from_slice(&place.length.to_le_bytes());
            records.extend_from_slice(&place.sum.to_le_bytes());
        }
        let count = (self.places.len() as u64).to_le_bytes();
        let checksum = checksum(&records, &count);
        self.buffer.extend_from_slice(&records);
        self.buffer.extend_from_slice(&count);
        self.buffer.extend_from_slice(checksum.as_bytes());
        self.write_out()?;
        let pack = self.dir.join(format!("{}.{ENDING}", &checksum.to_hex()[..32]));
        if let Some((part, _)) = &self.part {
            fs::rename(part, &pack)?;
        }
        self.part = None;
        Ok(pack)
    }

    fn write_out(&mut self) -> io::Result<()> {
        if self.part.is_none() {
            self.part = Some(part(&self.dir)?);
        }
        if let Some((_, file)) = &mut self.part {
            file.write_all(&self.buffer)?;
        }
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Some((path, _)) = &self.part {
            fs::remove_file(path).ok();
        }
    }
}

/// A file of a name that no other writer has.
pub(super) fn part(dir: &Path) -> io::Result<(PathBuf, File)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = dir.join(format!("{}-{number}.{PASSING}", std::process::id()));
        match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
            opened => return opened.map(|file| (path, file)),
        }
    }
}

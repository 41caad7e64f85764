//! The content cache: what was found in a file, by the hash of all that decides it.
//!
//! Two questions are answered. *What does this file hold?* without reading it, when size, times
//! and inode are as they were (`files`). *What was found in such content?* from packs: files that
//! are written once, renamed into place and never changed, so that any number of scans may run
//! at once and one that is killed leaves nothing half done (`pack`).
//!
//! A cache is never the last word: what is damaged or gone is a miss, and the file is scanned.

mod codec;
mod files;
mod pack;
mod tidy;

pub use files::{Content, Stat};

use crate::finding::{Finding, Notification};
use crate::rule::Catalogue;
use crate::target::Sketch;
use files::Files;
use pack::{Pack, Writer};
use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use thiserror::Error;

/// What was found in one file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry {
    /// The engines that looked at it.
    pub engines: Vec<Cow<'static, str>>,
    pub findings: Vec<Finding>,
    /// What the file looks like, where it has findings.
    pub sketch: Option<Sketch>,
    pub notifications: Vec<Notification>,
}

/// Why a cache is not to be had. Never fatal: a scan without it is only slower.
#[derive(Debug, Error)]
#[error("{path}: the cache cannot be used: {source}; scan with --no-cache or remove the folder")]
pub struct CacheError {
    path: PathBuf,
    source: io::Error,
}

/// The cache of one repository. Made for many threads at once.
#[derive(Debug)]
pub struct Cache {
    dir: PathBuf,
    /// What the checksums begin with: entries of another catalogue read as damaged.
    seed: [u8; 32],
    opened: SystemTime,
    packs: Vec<Pack>,
    files: Files,
    /// Files that are not as they were.
    noted: Mutex<Vec<(Arc<str>, Stat, Content)>>,
    writer: Mutex<Writer>,
    /// The most that the packs may take, in bytes.
    limit: u64,
    notes: Vec<String>,
}

/// What the packs may take together before those that were not used for longest go.
const LIMIT: u64 = 512 << 20;

impl Cache {
    /// Opens the cache in a folder, which is made where it is missing. What is damaged in it is
    /// removed, and `notes` says so.
    ///
    /// # Errors
    /// The folder cannot be made or listed.
    pub fn open(dir: &Path) -> Result<Cache, CacheError> {
        let failed = |source| CacheError { path: dir.to_owned(), source };
        fs::create_dir_all(dir).map_err(failed)?;
        let mut notes = Vec::new();
        let mut packs = Vec::new();
        for path in pack::list(dir).map_err(failed)? {
            match Pack::open(&path) {
                Ok(pack) => packs.push(pack),
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    notes.push(format!("{}: is damaged and was removed", path.display()));
                    fs::remove_file(&path).ok();
                }
                // Another scan has just tidied it away.
                Err(_) => {}
            }
        }
        let files = Files::load(dir).unwrap_or_else(|why| {
            notes.push(why);
            Files::default()
        });
        Ok(Cache {
            dir: dir.to_owned(),
            seed: *Catalogue::get().hash().as_bytes(),
            opened: SystemTime::now(),
            packs,
            files,
            noted: Mutex::default(),
            writer: Mutex::new(Writer::new(dir)),
            limit: LIMIT,
            notes,
        })
    }

    /// What was wrong with the cache when it was opened, for people.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What a file holds, if it looks as it did when it was last read.
    pub fn content(&self, path: &str, stat: &Stat) -> Option<Content> {
        self.files.content(path, stat)
    }

    /// Notes what a file holds. `stat` was taken before it was read.
    pub fn note(&self, path: &Arc<str>, stat: Stat, content: Content) {
        lock(&self.noted).push((path.clone(), stat, content));
    }

    /// What was found when the key was last seen. The key covers the catalogue, the engines and
    /// their settings, the path and the content.
    pub fn get(&self, key: &blake3::Hash, path: &Arc<str>) -> Option<Entry> {
        let stored = self
            .packs
            .iter()
            .find_map(|pack| pack.get(key, &self.seed))
            .or_else(|| lock(&self.writer).get(key, &self.seed))?;
        codec::decode(&stored, path)
    }

    /// Keeps what was found.
    pub fn put(&self, key: &blake3::Hash, path: &str, entry: &Entry) {
        let bytes = codec::encode(entry, path);
        let sum = pack::sum(&self.seed, &bytes);
        lock(&self.writer).put(key, &bytes, sum);
    }

    /// Writes what was put and noted, and makes room. Without it nothing is kept.
    ///
    /// # Errors
    /// The folder cannot be written. What was there before is still there.
    pub fn flush(&self) -> Result<(), CacheError> {
        let failed = |source| CacheError { path: self.dir.clone(), source };
        let written = lock(&self.writer).finish().map_err(failed)?;
        self.files.save(&self.dir, &lock(&self.noted), self.opened).map_err(failed)?;
        if written.is_some() {
            tidy::tidy(&self.dir, &self.packs, self.limit).map_err(failed)?;
        }
        self.packs.iter().for_each(Pack::mark_used);
        Ok(())
    }
}

/// A panic in another thread leaves nothing half done here: the data is good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;

//! Reading git's objects on many threads: a handle with caches of its own for each.

use crate::finding::{Notification, Trouble};
use gix::odb::pack::cache::lru::MemoryCappedHashmap;
use gix::{ObjectId, Repository, ThreadSafeRepository};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Files of more bytes than this are not looked at in history and index, which is notified: 32 MiB.
pub const LARGEST_BLOB: u64 = 32 << 20;
/// What all threads together keep of decoded bases of deltas, in bytes.
const BASES: usize = 64 << 20;
/// The same of whole trees.
const TREES: usize = 16 << 20;
/// So much of what cannot be read is told one by one.
const TOLD: usize = 1000;
/// What to do about it.
const REMEDY: &str =
    "`git fsck` says what is missing, and a partial clone needs `git fetch --refetch --no-filter`";
/// Git looks so far into a file for the NUL byte that no text has.
const LOOKED_AT: usize = 8000;

/// A thread's way to git's objects.
pub struct Objects {
    trees: Repository,
    blobs: Repository,
    /// The blobs that were read last. The old state of a file is the new state of the change
    /// before.
    recent: [Option<(ObjectId, Arc<Vec<u8>>)>; 2],
}

/// What an object is, where it can be read.
#[derive(Debug, Clone)]
pub enum Blob {
    Text(Arc<Vec<u8>>),
    Binary(Arc<Vec<u8>>),
    /// Larger than `LARGEST_BLOB`, or not to be had; the troubles have been told.
    Unread,
}

impl Objects {
    /// One of so many handles to a repository.
    pub fn new(repository: &ThreadSafeRepository, among: usize) -> Objects {
        let (bases, kept) = (BASES / among.max(1), TREES / among.max(1));
        let mut trees = repository.to_thread_local();
        trees.object_cache_size(kept.max(1 << 20));
        let mut blobs = repository.to_thread_local();
        let bases = bases.max(4 << 20);
        blobs.object_cache_size(0);
        blobs.objects.set_pack_cache(move || Box::new(MemoryCappedHashmap::new(bases)));
        let trees_bases = (bases / 4).max(1 << 20);
        trees.objects.set_pack_cache(move || Box::new(MemoryCappedHashmap::new(trees_bases)));
        Objects { trees, blobs, recent: [None, None] }
    }

    /// Commits and trees.
    pub fn trees(&self) -> &Repository {
        &self.trees
    }

    /// What a file held; `path` is what the troubles say of it.
    pub fn blob(&mut self, id: ObjectId, path: &[u8], troubles: &Troubles) -> Blob {
        let known = self.recent.iter().flatten().find(|(known, _)| *known == id);
        let bytes = match known {
            Some((_, bytes)) => bytes.clone(),
            None => match self.read(id) {
                Ok(bytes) => {
                    let bytes = Arc::new(bytes);
                    self.recent.swap(0, 1);
                    self.recent[0] = Some((id, bytes.clone()));
                    bytes
                }
                Err((trouble, why)) => {
                    troubles.tell(id, path, trouble, why);
                    return Blob::Unread;
                }
            },
        };
        match is_binary(&bytes) {
            true => Blob::Binary(bytes),
            false => Blob::Text(bytes),
        }
    }

    fn read(&self, id: ObjectId) -> Result<Vec<u8>, (Trouble, String)> {
        let broken = |error: String| {
            let why = format!("object {id} cannot be read from git: {error}; {REMEDY}");
            (Trouble::Unreadable, why)
        };
        let header = self.blobs.find_header(id).map_err(|error| broken(error.to_string()))?;
        if header.size() > LARGEST_BLOB {
            let (is, limit) = (header.size() >> 20, LARGEST_BLOB >> 20);
            let why = format!(
                "object {id} has {is} MiB and is passed over: files of more than {limit} MiB are not looked at in history and index"
            );
            return Err((Trouble::OverLimit, why));
        }
        let object = self.blobs.find_object(id).map_err(|error| broken(error.to_string()))?;
        Ok(object.detach().data)
    }
}

/// Whether git takes it for binary.
fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(LOOKED_AT)]).is_some()
}

/// What could not be read, once for each object. A partial clone may lack millions.
#[derive(Default)]
pub struct Troubles(Mutex<Told>);

#[derive(Default)]
struct Told {
    first: BTreeMap<ObjectId, Notification>,
    /// Whether there are more, and what the worst of them is.
    more: Option<Trouble>,
}

impl Troubles {
    /// Keeps one.
    pub fn tell(&self, id: ObjectId, path: &[u8], trouble: Trouble, why: String) {
        let path = crate::target::shown(path).into();
        let notification = Notification { path, engine: None, trouble, message: why.into() };
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.first.entry(id).or_insert(notification);
        if told.first.len() > TOLD
            && let Some((_, last)) = told.first.pop_last()
        {
            let worst = told.more.filter(|more| *more == Trouble::Unreadable);
            told.more = worst.or(Some(last.trouble));
        }
    }

    /// All of them, or as many as are told one by one and that there are more.
    pub fn into_notifications(self) -> Vec<Notification> {
        let Told { first, more } = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let more = more.map(|trouble| {
            let message =
                format!("more objects than are told here cannot be read from git; {REMEDY}").into();
            Notification { path: "".into(), engine: None, trouble, message }
        });
        first.into_values().chain(more).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_much_cannot_be_read_as_much_is_told() {
        let troubles = Troubles::default();
        for number in 0..TOLD + 10 {
            let mut bytes = [0; 20];
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            let first = if number == TOLD { Trouble::Unreadable } else { Trouble::OverLimit };
            troubles.tell(ObjectId::from(bytes), b"a", first, String::new());
        }
        let told = troubles.into_notifications();
        assert_eq!(told.len(), TOLD + 1);
        assert_eq!(told[TOLD].trouble, Trouble::Unreadable);
    }
}

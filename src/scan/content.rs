//! One file: the cache is asked before it is read and again before it is scanned.

use super::look::scan_file;
use super::{Looked, Request, inside};
use crate::cache::{Cache, Content, Entry, Stat};
use crate::finding::{Notification, Trouble};
use crate::rule::Catalogue;
use crate::target::{self, Inside, Reading, SourceFile, Target};
use std::sync::Arc;

/// What, beside a file's path and content, decides what is found in it.
pub struct RunKey([u8; 32]);

impl RunKey {
    pub fn new(request: &Request) -> RunKey {
        let mut hasher = blake3::Hasher::new();
        hasher.update(env!("LOCKGATE_SOURCE_HASH").as_bytes());
        hasher.update(Catalogue::get().hash().as_bytes());
        for engine in &request.engines {
            hasher.update(engine.name().as_bytes()).update(b"\0");
        }
        let settings = request.targets;
        let switches = [request.line_hashes, settings.notebooks, settings.markdown];
        hasher.update(&switches.map(u8::from));
        // What of an archive is looked at; see `target::Inside`.
        hasher.update(&settings.max_file_mib.to_le_bytes());
        hasher.update(&settings.archive_depth.to_le_bytes());
        RunKey(*hasher.finalize().as_bytes())
    }

    fn of(&self, path: &str, content: &blake3::Hash) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(content.as_bytes()).update(path.as_bytes());
        hasher.finalize()
    }
}

/// The hash of what a file holds. Text that is in doubt is not equal text that is not, and the
/// first line that makes a script Python may stand behind a byte order mark, which does not.
pub fn content_hash(file: &SourceFile) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let doubt = file.doubt().unwrap_or_default();
    hasher.update(&[file.kind as u8]).update(doubt.as_bytes()).update(b"\0").update(file.bytes());
    hasher.finalize()
}

/// What a file holds, and what is found in it.
pub fn scan_target(target: &Target, request: &Request, key: &RunKey) -> (Looked, Entry) {
    match request.cache {
        Some(cache) => scan_through(cache, target, request, key),
        None => match target::read(target, request.targets) {
            Reading::Source(file) => {
                (Looked::Source(content_hash(&file)), scan_source(file, request, key))
            }
            Reading::Inside(inside) => open(inside, request, key),
            Reading::Binary => (Looked::Binary, Entry::default()),
            Reading::Trouble(trouble, why) => {
                (Looked::Unread, Entry::trouble(&target.path, trouble, why))
            }
        },
    }
}

/// Asks the cache before the file is read, and again before it is scanned.
fn scan_through(
    cache: &Cache,
    target: &Target,
    request: &Request,
    key: &RunKey,
) -> (Looked, Entry) {
    // A limit may have been lowered since.
    let in_limit = |stat: &Stat, content: &Content| match content {
        Content::Inside(_) if !inside::is_wanted(request) => false,
        Content::Inside(_) => stat.size <= request.targets.archive_limit(),
        Content::Text(_) | Content::Binary => stat.size <= request.targets.limit(),
    };
    let stat = Stat::of(&target.absolute);
    let known = stat.and_then(|stat| {
        cache.content(&target.path, &stat).filter(|content| in_limit(&stat, content))
    });
    match known {
        Some(Content::Binary) => return (Looked::Binary, Entry::default()),
        Some(Content::Text(content) | Content::Inside(content)) => {
            if let Some(entry) = cache.get(&key.of(&target.path, &content), &target.path) {
                return (Looked::Source(content), entry);
            }
        }
        None => {}
    }
    let note = |content| {
        if let Some(stat) = stat {
            cache.note(&target.path, stat, content);
        }
    };
    match target::read(target, request.targets) {
        Reading::Source(file) => {
            let content = content_hash(&file);
            note(Content::Text(content));
            (Looked::Source(content), scan_content(cache, &content, file, request, key))
        }
        Reading::Inside(inside) => {
            let (looked, entry) = open(inside, request, key);
            if let (Looked::Source(content), true) = (looked, inside::is_wanted(request)) {
                note(Content::Inside(content));
            }
            (looked, entry)
        }
        Reading::Binary => {
            note(Content::Binary);
            (Looked::Binary, Entry::default())
        }
        Reading::Trouble(trouble, why) => {
            (Looked::Unread, Entry::trouble(&target.path, trouble, why))
        }
    }
}

/// What is found in a file that has been read.
pub fn scan_source(file: SourceFile, request: &Request, key: &RunKey) -> Entry {
    match request.cache {
        Some(cache) => scan_content(cache, &content_hash(&file), file, request, key),
        None => scan_file(file, request.targets, &request.engines, request.line_hashes),
    }
}

/// What a file that holds others comes to: they are looked at where somebody would.
pub fn open(mut inside: Inside, request: &Request, key: &RunKey) -> (Looked, Entry) {
    if !inside::is_wanted(request) {
        return match inside.closed() {
            Reading::Source(file) => {
                (Looked::Source(content_hash(&file)), scan_source(file, request, key))
            }
            _ => (Looked::Binary, Entry::default()),
        };
    }
    let path = inside.path.clone();
    let content = match inside.hash() {
        Ok(content) => content,
        Err(error) => {
            let why = format!("cannot be read: {error}");
            return (Looked::Unread, Entry::trouble(&path, Trouble::Unreadable, why));
        }
    };
    let look = || inside::scan(inside, request);
    let entry = match request.cache {
        Some(cache) => scan_once(cache, &key.of(&path, &content), &path, look),
        None => look(),
    };
    (Looked::Source(content), entry)
}

/// Asks the cache by what was read, and tells it what is found.
fn scan_content(
    cache: &Cache,
    content: &blake3::Hash,
    file: SourceFile,
    request: &Request,
    key: &RunKey,
) -> Entry {
    let path = file.path.clone();
    scan_once(cache, &key.of(&path, content), &path, || {
        scan_file(file, request.targets, &request.engines, request.line_hashes)
    })
}

fn scan_once(
    cache: &Cache,
    key: &blake3::Hash,
    path: &Arc<str>,
    look: impl FnOnce() -> Entry,
) -> Entry {
    cache.get(key, path).unwrap_or_else(|| {
        let entry = look();
        if entry.notifications.iter().all(|said| said.trouble != Trouble::Crashed) {
            cache.put(key, path, &entry);
        }
        entry
    })
}

impl Entry {
    fn trouble(path: &Arc<str>, trouble: Trouble, why: String) -> Entry {
        let notification =
            Notification { path: path.clone(), engine: None, trouble, message: why.into() };
        Entry { notifications: vec![notification], ..Entry::default() }
    }
}

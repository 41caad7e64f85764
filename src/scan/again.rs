//! Texts that findings are in, read once more: from the disk, or out of the archives and documents
//! there.

use crate::target::{self, Inside, Reading, Settings, SourceFile, Target};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

/// Reads texts again.
pub struct Again<'a> {
    root: &'a Path,
    settings: &'a Settings,
    /// What may be asked for inside archives.
    wanted: HashSet<Arc<str>>,
    /// The archives that were opened, each once, and what is wanted of what they hold.
    opened: RefCell<HashMap<String, HashMap<Arc<str>, SourceFile>>>,
}

impl<'a> Again<'a> {
    /// For texts below the root with these paths.
    pub fn new(
        root: &'a Path,
        settings: &'a Settings,
        paths: impl Iterator<Item = Arc<str>>,
    ) -> Again<'a> {
        let wanted = paths.filter(|path| path.contains('!')).collect();
        Again { root, settings, wanted, opened: RefCell::default() }
    }

    /// The text with the path; none where there is none any more.
    pub fn read(&self, path: &Arc<str>) -> Option<SourceFile> {
        if let Reading::Source(file) = self.read_file(path) {
            return Some(file);
        }
        let mut hosts = path.match_indices('!').map(|(at, _)| &path[..at]);
        hosts.find_map(|host| self.take(host, path))
    }

    fn read_file(&self, path: &str) -> Reading {
        let target = Target { path: path.into(), absolute: self.root.join(path) };
        target::read(&target, self.settings)
    }

    /// Takes a text out of an archive.
    fn take(&self, host: &str, path: &Arc<str>) -> Option<SourceFile> {
        let mut opened = self.opened.borrow_mut();
        let texts = opened.entry(host.to_owned()).or_insert_with(|| match self.read_file(host) {
            Reading::Inside(inside) => self.texts(host, &inside),
            _ => HashMap::new(),
        });
        texts.remove(path)
    }

    /// What is wanted of an archive, as much as a file may hold: of two with one name the first.
    fn texts(&self, host: &str, inside: &Inside) -> HashMap<Arc<str>, SourceFile> {
        let (mut texts, mut left) = (HashMap::new(), self.settings.limit());
        inside.texts(self.settings, &mut |entry| {
            let path: Arc<str> = format!("{host}!{}", entry.path).into();
            if self.wanted.contains(&path)
                && let Some(rest) = left.checked_sub(entry.bytes.len() as u64)
            {
                left = rest;
                let file = || SourceFile::new(path.clone(), entry.bytes);
                texts.entry(path.clone()).or_insert_with(file);
            }
        });
        texts
    }
}

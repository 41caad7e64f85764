//! Ignore files: `.lockgateignore`, which is Lockgate's own, and those of git, in any folder. The
//! nearest one that says something about a file counts, and Lockgate's own before git's.

use super::{NO_LINK, open, relative};
use crate::finding::{Notification, Trouble};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

/// Its name.
pub const IGNORE_FILE: &str = ".lockgateignore";
/// The name of git's.
const OF_GIT: &str = ".gitignore";
/// Ignore files of more bytes than this leave nothing out, which is said.
pub const IGNORE_LIMIT: u64 = 1 << 20;

/// Ignore files that stand in for those on the disk, such as those of a commit.
#[derive(Debug, Default)]
pub struct IgnoreFiles {
    folders: HashMap<PathBuf, Gitignore>,
}

impl IgnoreFiles {
    /// From their paths relative to the root and what they hold. A line that is no pattern is
    /// passed over, as in those on the disk.
    pub fn new<'a>(root: &Path, files: impl Iterator<Item = (&'a str, &'a [u8])>) -> IgnoreFiles {
        let rules = |(path, text): (&str, &[u8])| {
            let folder = root.join(path).parent().unwrap_or(root).to_owned();
            let rules = parse(&folder, text);
            (folder, rules)
        };
        IgnoreFiles { folders: files.map(rules).collect() }
    }
}

/// The ignore files that hold in a run, each read once: Lockgate's own, given or on the disk, and
/// those of git.
pub(super) struct InForce {
    root: PathBuf,
    given: Option<Arc<IgnoreFiles>>,
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    folders: HashMap<PathBuf, Arc<Folder>>,
    /// What is to be said of the files that were passed over.
    notifications: Vec<Notification>,
}

/// What holds for the entries of a folder. A folder without rules of its own is its parent.
#[derive(Default)]
struct Folder {
    own: Option<Gitignore>,
    git: Option<Gitignore>,
    parent: Option<Arc<Folder>>,
}

impl InForce {
    pub(super) fn new(root: &Path, given: Option<&Arc<IgnoreFiles>>) -> InForce {
        InForce { root: root.to_owned(), given: given.cloned(), known: RwLock::default() }
    }

    /// Whether they say to ignore an entry (absolute) of a folder that is walked.
    pub(super) fn ignores(&self, path: &Path, is_folder: bool) -> bool {
        let Some(folder) = path.parent().filter(|folder| folder.starts_with(&self.root)) else {
            return false;
        };
        let folder = self.folder(folder);
        let matched = |rules: &Gitignore| rules.matched(path, is_folder).map(|_| ());
        let own = decided(folder.chain().filter_map(|folder| folder.own.as_ref().map(matched)));
        let git = || decided(folder.chain().filter_map(|folder| folder.git.as_ref().map(matched)));
        own.or_else(git).unwrap_or_default()
    }

    /// Whether Lockgate's own say to ignore a file (absolute) or a folder that it is in.
    pub(super) fn own_ignore(&self, file: &Path) -> bool {
        let Some(folder) = file.parent().filter(|folder| folder.starts_with(&self.root)) else {
            return false;
        };
        let matched =
            |rules: &Gitignore| rules.matched_path_or_any_parents(file, false).map(|_| ());
        let folder = self.folder(folder);
        decided(folder.chain().filter_map(|folder| folder.own.as_ref().map(matched)))
            .unwrap_or_default()
    }

    /// The ignore files that were passed over, and why.
    pub(super) fn notifications(&self) -> Vec<Notification> {
        std::mem::take(&mut self.write().notifications)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What holds in a folder at or below the root.
    fn folder(&self, path: &Path) -> Arc<Folder> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = known.folders.get(path) {
            return folder.clone();
        }
        drop(known);
        let above = path.parent().filter(|_| path != self.root);
        let parent = above.map(|above| self.folder(above)).unwrap_or_default();
        let mut notes = Vec::new();
        let own = match &self.given {
            Some(given) => given.folders.get(path).cloned(),
            None => self.read(path, IGNORE_FILE, &mut notes),
        };
        let folder = match (own, self.read(path, OF_GIT, &mut notes)) {
            (None, None) => parent,
            (own, git) => Arc::new(Folder { own, git, parent: Some(parent) }),
        };
        let mut known = self.write();
        // Where another thread was faster it has said the same.
        if known.folders.insert(path.to_owned(), folder.clone()).is_none() {
            known.notifications.extend(notes);
        }
        folder
    }

    /// What an ignore file on the disk says, if anything.
    fn read(&self, folder: &Path, name: &str, notes: &mut Vec<Notification>) -> Option<Gitignore> {
        let path = folder.join(name);
        let (trouble, why) = match read(&path) {
            Ok(text) => return text.map(|text| parse(folder, &text)),
            Err(failed) => failed,
        };
        notes.push(Notification {
            path: relative(&self.root, &path).into(),
            engine: None,
            trouble,
            message: format!("{why}, so it leaves nothing out").into(),
        });
        None
    }
}

impl Folder {
    /// The folder and those that it is in.
    fn chain(&self) -> impl Iterator<Item = &Folder> {
        std::iter::successors(Some(self), |folder| folder.parent.as_deref())
    }
}

/// What an ignore file holds, or none where there is none. As git does, a link is not followed: it
/// could lead anywhere.
fn read(path: &Path) -> Result<Option<Vec<u8>>, (Trouble, String)> {
    let unreadable = |error: io::Error| (Trouble::Unreadable, format!("cannot be read: {error}"));
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
        Ok(metadata) if metadata.is_dir() => return Ok(None),
        Ok(metadata) if metadata.is_symlink() => {
            let why = "is a link, which git does not follow either";
            return Err((Trouble::LinkNotFollowed, why.to_owned()));
        }
        Ok(_) => {}
    }
    let mut text = Vec::new();
    let file = open(path, NO_LINK).map_err(unreadable)?;
    file.take(IGNORE_LIMIT + 1).read_to_end(&mut text).map_err(unreadable)?;
    match text.len() as u64 > IGNORE_LIMIT {
        true => {
            Err((Trouble::OverLimit, format!("is over the limit of {} MiB", IGNORE_LIMIT >> 20)))
        }
        false => Ok(Some(text)),
    }
}

fn parse(folder: &Path, text: &[u8]) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    for line in String::from_utf8_lossy(text).trim_start_matches('\u{feff}').lines() {
        builder.add_line(None, line).ok();
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Whether the first of the matches that says something says to ignore.
fn decided(mut matches: impl Iterator<Item = Match<()>>) -> Option<bool> {
    matches.find(|matched| !matched.is_none()).map(|matched| matched.is_ignore())
}

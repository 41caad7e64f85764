//! What a commit holds, read from git's objects: a working tree is not needed, nor trusted.

use super::Git;
use crate::target::shown;
use gix::ObjectId;
use gix::objs::tree::EntryMode;
use std::sync::Arc;
use thiserror::Error;

/// The files of a commit.
#[derive(Clone)]
pub struct Tree {
    git: Git,
    /// The name of the commit, for people.
    name: String,
    commit: ObjectId,
    id: ObjectId,
}

/// A regular file of a commit: no link, no submodule.
#[derive(Debug, Clone)]
pub struct Blob {
    /// Relative to the root, `/`-separated, as `target::relative` has it.
    pub path: Arc<str>,
    pub(super) id: ObjectId,
}

/// What was read of a file.
#[derive(Debug)]
pub struct Content {
    pub bytes: Vec<u8>,
    /// Whether it is larger than allowed; then `bytes` is empty.
    pub over: bool,
}

/// Why a commit's files cannot be read.
#[derive(Debug, Error)]
pub enum TreeError {
    #[error(
        "{place} cannot be read from git's objects: {why}; `git fsck` says what is missing, and a partial clone needs `git fetch --refetch --no-filter`"
    )]
    Object { place: String, why: String },
    #[error("{place} is larger than {mib} MiB, which nothing of its kind needs; cut it down there")]
    Large { place: String, mib: u64 },
    #[error(
        "{place} {why}, so nothing is known of what it should hold; make it a regular file there, or say whose settings hold with --policy-from"
    )]
    Link { place: String, why: &'static str },
}

/// So many links are followed on the way to a file.
const LINKS: usize = 32;
/// The longest path that a link is read for, in bytes.
const LONGEST: u64 = 4096;

impl Tree {
    pub(super) fn new(git: Git, name: String, commit: ObjectId, id: ObjectId) -> Tree {
        Tree { git, name, commit, id }
    }

    /// The name of the commit: `origin/main`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The commit, in hexadecimal.
    pub fn commit(&self) -> String {
        self.commit.to_string()
    }

    /// Every regular file.
    ///
    /// # Errors
    /// A folder is not among the objects.
    pub fn files(&self) -> Result<Vec<Blob>, TreeError> {
        Ok(self.files_and_links()?.0)
    }

    /// Every regular file, and every link; what a link holds is where it leads.
    ///
    /// # Errors
    /// A folder is not among the objects.
    pub fn files_and_links(&self) -> Result<(Vec<Blob>, Vec<Blob>), TreeError> {
        let failed = |why: String| TreeError::Object { place: self.name.clone(), why };
        let tree = self.git.0.find_tree(self.id).map_err(|e| failed(e.to_string()))?;
        let entries = tree.traverse().breadthfirst.files().map_err(|e| failed(e.to_string()))?;
        let (mut files, mut links) = (Vec::new(), Vec::new());
        for entry in entries {
            let list = match entry.mode {
                mode if mode.is_link() => &mut links,
                mode if mode.is_blob() || mode.is_executable() => &mut files,
                _ => continue,
            };
            list.push(Blob { path: shown(&entry.filepath).into(), id: entry.oid });
        }
        Ok((files, links))
    }

    /// Whether there is a folder at a path.
    ///
    /// # Errors
    /// As `read`.
    pub fn has_folder(&self, path: &str) -> Result<bool, TreeError> {
        let failed = |why: String| self.failed(path, why);
        let tree = self.git.0.find_tree(self.id).map_err(|e| failed(e.to_string()))?;
        let entry = tree.lookup_entry_by_path(path).map_err(|e| failed(e.to_string()))?;
        Ok(entry.is_some_and(|entry| entry.mode().is_tree()))
    }

    /// The file at a path, or none where there is nothing. Links are followed as far as the commit
    /// has what they lead to.
    ///
    /// # Errors
    /// It is larger than `limit` bytes, or not among the objects; it is no file, or lies behind
    /// a link that leads out of the commit, or in a submodule.
    pub fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, TreeError> {
        let Some(id) = self.locate(path)? else { return Ok(None) };
        let content = self.read_blob(&Blob { path: path.into(), id }, limit)?;
        match content.over {
            true => Err(TreeError::Large { place: self.place(path), mib: limit >> 20 }),
            false => Ok(Some(content.bytes)),
        }
    }

    /// The object of the file at a path.
    fn locate(&self, path: &str) -> Result<Option<ObjectId>, TreeError> {
        let wrong = |why| Err(TreeError::Link { place: self.place(path), why });
        let mut left: Vec<Vec<u8>> = parts(path.as_bytes());
        let mut folders = vec![self.id];
        let mut links = 0;
        while let Some(part) = left.pop() {
            match &part[..] {
                b"." => continue,
                b".." if folders.len() == 1 => return wrong("leads out of the repository"),
                b".." => {
                    folders.pop();
                    continue;
                }
                _ => {}
            }
            let Some((mode, id)) = self.entry(path, &folders, &part)? else {
                return if links == 0 { Ok(None) } else { wrong("is behind a link to nothing") };
            };
            if mode.is_tree() {
                folders.push(id);
            } else if mode.is_commit() {
                return wrong("lies in a submodule");
            } else if mode.is_link() {
                links += 1;
                let blob = Blob { path: path.into(), id };
                let target = self.read_blob(&blob, LONGEST)?;
                if links > LINKS || target.over {
                    return wrong("is behind links that come to no end");
                }
                if target.bytes.starts_with(b"/") {
                    return wrong("is behind a link that leads out of the repository");
                }
                left.extend(parts(&target.bytes));
            } else if left.is_empty() {
                return Ok(Some(id));
            } else {
                return if links == 0 { Ok(None) } else { wrong("is behind a link to nothing") };
            }
        }
        wrong("is a folder")
    }

    /// What the innermost folder has by a name.
    fn entry(
        &self,
        path: &str,
        folders: &[ObjectId],
        name: &[u8],
    ) -> Result<Option<(EntryMode, ObjectId)>, TreeError> {
        let folder = folders.last().copied().unwrap_or(self.id);
        let failed = |why: String| self.failed(path, why);
        let tree = self.git.0.find_tree(folder).map_err(|error| failed(error.to_string()))?;
        for entry in tree.iter() {
            let entry = entry.map_err(|error| failed(error.to_string()))?;
            if entry.filename() == name {
                return Ok(Some((entry.mode(), entry.object_id())));
            }
        }
        Ok(None)
    }

    /// What a file holds, unless that is more than `limit` bytes.
    ///
    /// # Errors
    /// It is not among the objects.
    pub fn read_blob(&self, blob: &Blob, limit: u64) -> Result<Content, TreeError> {
        let git = &self.git.0;
        let failed = |why: String| self.failed(&blob.path, why);
        let size = git.find_header(blob.id).map_err(|e| failed(e.to_string()))?.size();
        if size > limit {
            return Ok(Content { bytes: Vec::new(), over: true });
        }
        let object = git.find_object(blob.id).map_err(|e| failed(e.to_string()))?;
        Ok(Content { bytes: object.detach().data, over: false })
    }

    fn failed(&self, path: &str, why: String) -> TreeError {
        TreeError::Object { place: self.place(path), why }
    }

    fn place(&self, path: &str) -> String {
        format!("{}:{path}", self.name)
    }
}

/// The parts of a path, the last first.
fn parts(path: &[u8]) -> Vec<Vec<u8>> {
    let parts = path.split(|byte| *byte == b'/').filter(|part| !part.is_empty());
    parts.rev().map(<[u8]>::to_vec).collect()
}

//! What a commit holds, read from git's objects: a working tree is not needed, nor trusted.

use super::Git;
use crate::target::shown;
use gix::ObjectId;
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
    id: ObjectId,
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
#[error(
    "{place} cannot be read from git's objects: {why}; `git fsck` says what is missing, and a partial clone needs `git fetch --refetch --no-filter`"
)]
pub struct TreeError {
    place: String,
    why: String,
}

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
        let failed = |why: String| TreeError { place: self.name.clone(), why };
        let tree = self.git.0.find_tree(self.id).map_err(|e| failed(e.to_string()))?;
        let entries = tree.traverse().breadthfirst.files().map_err(|e| failed(e.to_string()))?;
        let file = |mode: gix::objs::tree::EntryMode| mode.is_blob() || mode.is_executable();
        let files = entries.into_iter().filter(|entry| file(entry.mode));
        Ok(files.map(|entry| Blob { path: shown(&entry.filepath).into(), id: entry.oid }).collect())
    }

    /// The file at a path, or none where there is no regular file.
    ///
    /// # Errors
    /// It is larger than `limit` bytes, or not among the objects.
    pub fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, TreeError> {
        let failed = |why: String| self.failed(path, why);
        let tree = self.git.0.find_tree(self.id).map_err(|e| failed(e.to_string()))?;
        let entry = tree.lookup_entry_by_path(path).map_err(|e| failed(e.to_string()))?;
        let file = entry.filter(|entry| entry.mode().is_blob() || entry.mode().is_executable());
        let Some(entry) = file else { return Ok(None) };
        let content = self.read_blob(&Blob { path: path.into(), id: entry.object_id() }, limit)?;
        match content.over {
            true => Err(failed(format!("is larger than {limit} bytes"))),
            false => Ok(Some(content.bytes)),
        }
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
        TreeError { place: format!("{}:{path}", self.name), why }
    }
}

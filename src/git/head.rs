//! The repository that a path is in, and the commit that is checked out there, or why none can be
//! told.

use crate::clock;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Lower-case hexadecimal.
    pub id: String,
    /// Author time in seconds since 1970, UTC; the committer's, else that of the scan, where the
    /// commit does not say it so that it can be read.
    pub authored: i64,
}

/// Why no commit can be told where there is a `.git`.
#[derive(Debug, Error)]
pub enum HeadError {
    #[error("{git}: cannot be read as a git repository: {why}", git = git.display())]
    Repository { git: PathBuf, why: String },
    #[error("{git}: HEAD leads to no commit: {why}", git = git.display())]
    Broken { git: PathBuf, why: String },
    #[error("{git}: there is no commit yet", git = git.display())]
    Unborn { git: PathBuf },
}

/// The repository's root, and whether it is one of git: whatever is named `.git` says so, and
/// outside of all such a folder that is laid out as a bare repository.
pub(super) fn root_of(path: &Path) -> (PathBuf, bool) {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let parent_with = |name: &str| {
        let has = |parent: &&Path| parent.join(name).symlink_metadata().is_ok();
        folder.ancestors().find(has).map(Path::to_owned)
    };
    match parent_with(".git") {
        Some(root) => (root, true),
        None if is_bare(folder) => (folder.to_owned(), true),
        None => (parent_with("lockgate.toml").unwrap_or_else(|| folder.to_owned()), false),
    }
}

fn is_bare(folder: &Path) -> bool {
    folder.join("HEAD").is_file() && folder.join("objects").is_dir() && folder.join("refs").is_dir()
}

/// The repository at a folder as its commits are: whoever replaced an object replaced it for
/// themselves.
///
/// # Errors
/// What git has there cannot be read.
pub(super) fn open_at(root: &Path) -> Result<gix::Repository, gix::Error> {
    let options = gix::open::Options::default().config_overrides(["core.useReplaceRefs=false"]);
    gix::open_opts(root, options)
}

/// HEAD of the repository at or above a path (absolute, links resolved); none outside git.
///
/// # Errors
/// There is a `.git`, and from it no commit can be told: whoever asks for one must not take that
/// for a folder outside git.
pub fn head(path: &Path) -> Result<Option<Commit>, HeadError> {
    let (root, true) = root_of(path) else { return Ok(None) };
    let git = if root.join(".git").exists() { root.join(".git") } else { root.clone() };
    match open_at(&root) {
        Ok(repository) => of(&repository).map(Some),
        Err(error) => Err(HeadError::Repository { git, why: error.to_string() }),
    }
}

/// HEAD of a repository. Who wrote the commit, and when, has no say in which one it is.
pub(super) fn of(repository: &gix::Repository) -> Result<Commit, HeadError> {
    let git = || repository.git_dir().to_owned();
    let broken = |why: String| HeadError::Broken { git: git(), why };
    let head = repository.head().map_err(|error| broken(error.to_string()))?;
    if head.is_unborn() {
        return Err(HeadError::Unborn { git: git() });
    }
    let commit = repository.head_commit().map_err(|error| broken(error.to_string()))?;
    let author = commit.author().ok().and_then(|author| author.time().ok());
    let committer = || commit.committer().ok().and_then(|committer| committer.time().ok());
    let authored = author.or_else(committer).map(|time| time.seconds);
    Ok(Commit {
        id: commit.id.to_string(),
        authored: authored.unwrap_or_else(|| clock::now().as_second()),
    })
}

//! Where settings are read from: the working tree, or a commit that whoever proposes a change
//! has no hand in.

mod folder;

pub use folder::Files;

use super::{
    Blob, Event, Git, IndexError, Repository, RevisionError, Tree, TreeError, below, open,
};
use crate::target::{self, IGNORE_FILE, IgnoreFiles, open_regular};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// The source of `lockgate.toml`, of the waivers and of the ignore files.
#[derive(Clone)]
pub struct Source {
    root: PathBuf,
    commit: Option<Commit>,
}

#[derive(Clone)]
struct Commit {
    git: Git,
    tree: Tree,
    /// Every `.lockgateignore` of the commit: path and content.
    ignore_files: Vec<(Box<str>, Vec<u8>)>,
    /// Those that are links, or larger than one that is read.
    passed_over: Vec<Box<str>>,
}

/// Settings of more bytes than this are refused.
const LIMIT: u64 = 16 << 20;
/// The same for a baseline that git has.
const NAMED_LIMIT: u64 = 1 << 30;
/// What stands for the working tree where a commit may be named.
const WORKTREE: &str = ".";

/// Why settings cannot be read.
#[derive(Debug, Error)]
pub enum SourceError {
    #[error(transparent)]
    Revision(#[from] RevisionError),
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error("{path}: cannot be read: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "{path}: has come with this pull request, and {name} does not have it; merge it there first, or trust this branch with --policy-from ."
    )]
    NotThere { path: String, name: String },
    #[error(
        "{folder}: has become a submodule with this pull request, and was a folder of {name} before; run in the repository that it lies in, such as `lockgate scan {folder}`"
    )]
    Submodule { folder: String, name: String },
    #[error(
        "{root}: is no git repository, so settings cannot be read from {wanted}; trust those that lie here with --policy-from ."
    )]
    NoGit { root: PathBuf, wanted: String },
}

impl Source {
    /// What lies at the root.
    pub fn worktree(root: &Path) -> Source {
        Source { root: root.to_owned(), commit: None }
    }

    /// What `named` says (a revision, or `.` for the working tree); else, in a pull request, the
    /// tip of its target branch; else the working tree.
    ///
    /// # Errors
    /// The revision is not there, or its files cannot be read.
    pub fn choose(
        repository: &Repository,
        git: Option<&Git>,
        event: &Event,
        named: Option<&str>,
    ) -> Result<Source, SourceError> {
        if named == Some(WORKTREE) || (named.is_none() && !event.is_pull_request()) {
            return Ok(Source::worktree(&repository.root));
        }
        let Some(git) = git else {
            return Err(SourceError::NoGit {
                root: repository.root.clone(),
                wanted: named.unwrap_or("the target branch of this pull request").to_owned(),
            });
        };
        let revision = match named {
            Some(name) => git.resolve(name)?,
            None => git.target(event.target.as_deref(), repository.default_branch.as_deref())?,
        };
        let tree = git.tree(&revision)?;
        if named.is_none() {
            refuse_new_submodule(&repository.root, event)?;
        }
        let (files, links) = tree.files_and_links()?;
        let ours = |blob: &Blob| is_ignore_file(&blob.path);
        let links = links.into_iter().filter(ours);
        let mut passed_over: Vec<Box<str>> = links.map(|link| Box::from(&*link.path)).collect();
        let mut ignore_files = Vec::new();
        for blob in files.into_iter().filter(ours) {
            let content = tree.read_blob(&blob, target::IGNORE_LIMIT)?;
            match content.over {
                true => passed_over.push(Box::from(&*blob.path)),
                false => ignore_files.push((Box::from(&*blob.path), content.bytes)),
            }
        }
        let commit = Commit { git: git.clone(), tree, ignore_files, passed_over };
        Ok(Source { root: repository.root.clone(), commit: Some(commit) })
    }

    /// The commit's name (`origin/main`); none for the working tree.
    pub fn name(&self) -> Option<&str> {
        self.commit.as_ref().map(|commit| commit.tree.name())
    }

    /// The commit, in hexadecimal; none for the working tree.
    pub fn commit(&self) -> Option<String> {
        self.commit.as_ref().map(|commit| commit.tree.commit())
    }

    /// How messages name a file of it: `origin/main:lockgate.toml`.
    pub fn place(&self, path: &str) -> PathBuf {
        match self.name() {
            Some(name) => format!("{name}:{path}").into(),
            None => self.root.join(path),
        }
    }

    /// The file at a path relative to the root, or none where there is none.
    ///
    /// # Errors
    /// It cannot be read, or holds more than 16 MiB.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        match &self.commit {
            Some(commit) => Ok(commit.tree.read(path, LIMIT)?),
            None => {
                let path = self.root.join(path);
                match open_regular(&path) {
                    Ok(opened) => read_bounded(&path, opened).map(Some),
                    Err(_) if path.symlink_metadata().is_err_and(|error| is_absent(&error)) => {
                        Ok(None)
                    }
                    Err(source) => Err(SourceError::Read { path, source }),
                }
            }
        }
    }

    /// A file that the command line names, and how messages name it. One that git knows is taken
    /// from the commit, so that a pull request cannot change it.
    ///
    /// # Errors
    /// It is not there or cannot be opened; or the branch has it and the commit has not.
    pub fn open_named(&self, file: &Path) -> Result<(PathBuf, Box<dyn Read>), SourceError> {
        if let Some(commit) = &self.commit {
            // As it is called, and as what it leads to is called: a link may have come with the
            // pull request, and so may what is behind one.
            for below in below(&self.root, file) {
                let path = target::relative(Path::new(""), &below);
                if let Some(bytes) = commit.tree.read(&path, NAMED_LIMIT)? {
                    return Ok((self.place(&path), Box::new(io::Cursor::new(bytes))));
                }
                if commit.git.tracks(std::slice::from_ref(&below))?.is_some() {
                    return Err(SourceError::NotThere {
                        path,
                        name: commit.tree.name().to_owned(),
                    });
                }
            }
        }
        match File::open(file) {
            Ok(opened) => Ok((file.to_owned(), Box::new(opened))),
            Err(source) => Err(SourceError::Read { path: file.to_owned(), source }),
        }
    }

    /// The settings in a file that the command line names; as `open_named`.
    ///
    /// # Errors
    /// Likewise, and where it cannot be read or holds more than 16 MiB.
    pub fn read_named(&self, file: &Path) -> Result<(PathBuf, Vec<u8>), SourceError> {
        let (path, opened) = self.open_named(file)?;
        let bytes = read_bounded(&path, opened)?;
        Ok((path, bytes))
    }

    /// The ignore files of the commit; none where those on the disk hold.
    pub fn ignore_files(&self) -> Option<Arc<IgnoreFiles>> {
        let commit = self.commit.as_ref()?;
        let files = commit.ignore_files.iter().map(|(path, text)| (&**path, &text[..]));
        Some(Arc::new(IgnoreFiles::new(&self.root, files)))
    }

    /// Which of these files, and of the ignore files, are others in the working tree than in the
    /// commit that is in force.
    ///
    /// # Errors
    /// The commit's cannot be read.
    pub fn differing(&self, settings: &[&str]) -> Result<Vec<String>, SourceError> {
        let Some(commit) = &self.commit else { return Ok(Vec::new()) };
        let mut differing = BTreeSet::new();
        let here = |path: &str| regular(&self.root, path);
        for path in settings {
            if !same(commit.tree.read(path, LIMIT)?, here(path)) {
                differing.insert((*path).to_owned());
            }
        }
        let mut in_force: BTreeSet<&str> = BTreeSet::new();
        for (path, text) in &commit.ignore_files {
            in_force.insert(path);
            if !same(Some(text.clone()), here(path)) {
                differing.insert(path.to_string());
            }
        }
        let tracked = commit.git.tracked()?;
        let tracked = tracked.iter().map(|path| path.to_string_lossy());
        in_force.extend(commit.passed_over.iter().map(|path| &**path));
        let added = tracked.filter(|path| is_ignore_file(path) && !in_force.contains(&**path));
        differing.extend(added.map(|path| path.into_owned()));
        Ok(differing.into_iter().collect())
    }

    /// The ignore files of the commit that are not in force: links, which git does not follow
    /// either, and those over the limit.
    pub fn passed_over(&self) -> impl Iterator<Item = PathBuf> {
        let paths = self.commit.iter().flat_map(|commit| &commit.passed_over);
        paths.map(|path| self.place(path))
    }
}

/// A folder that a pull request makes a submodule of would bring its own settings, and its own
/// target branch.
fn refuse_new_submodule(root: &Path, event: &Event) -> Result<(), SourceError> {
    let Some((around, Some(git))) = root.parent().map(open) else { return Ok(()) };
    let Ok(below) = root.strip_prefix(&around.root) else { return Ok(()) };
    if git.tracks(&[below.to_owned()])?.is_none() {
        return Ok(());
    }
    let target = git.target(event.target.as_deref(), around.default_branch.as_deref())?;
    let folder = target::relative(&around.root, root);
    match git.tree(&target)?.has_folder(&folder)? {
        true => Err(SourceError::Submodule { folder, name: target.name }),
        false => Ok(()),
    }
}

fn is_ignore_file(path: &str) -> bool {
    path.rsplit('/').next() == Some(IGNORE_FILE)
}

/// What a file below the root holds that a pull request may have made anything of: neither a link
/// out of the root is followed, nor a pipe waited for, nor a device read to its end.
fn regular(root: &Path, path: &str) -> Option<Vec<u8>> {
    let real = fs::canonicalize(root.join(path)).ok().filter(|real| real.starts_with(root))?;
    read_bounded(&real, open_regular(&real).ok()?).ok()
}

/// Whether two contents are one but for the line ends, which git may change at a checkout.
fn same(one: Option<Vec<u8>>, other: Option<Vec<u8>>) -> bool {
    let unix =
        |bytes: Vec<u8>| -> Vec<u8> { bytes.into_iter().filter(|byte| *byte != b'\r').collect() };
    one.map(unix) == other.map(unix)
}

/// Whether there is no such file: not even a folder that it could be in.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn read_bounded(path: &Path, opened: impl Read) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    let read = opened.take(LIMIT + 1).read_to_end(&mut bytes);
    match read.map(|_| bytes.len() as u64 > LIMIT) {
        Ok(false) => return Ok(bytes),
        Ok(true) => Err(io::Error::other(format!("it is larger than {} MiB", LIMIT >> 20))),
        Err(error) => Err(error),
    }
    .map_err(|source| SourceError::Read { path: path.to_owned(), source })
}

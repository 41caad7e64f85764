//! Folders of settings, such as users' own rules: from the working tree, or from the commit.

use super::{LIMIT, Source, SourceError, below, is_absent, read_bounded};
use crate::target::{self, open_regular};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Files of more folders within one another than this are not looked for.
const DEPTH: usize = 16;
/// A folder of settings has no more files than this.
const FILES: usize = 10_000;

/// Files of a folder by the names that messages have for them, and what they hold.
pub type Files = Vec<(String, Vec<u8>)>;

impl Source {
    /// The files of a folder at a path relative to the root whose path below it is wanted, in the
    /// order of their paths; none where there is no such folder. Folders that are links are passed
    /// over, and so is what begins with a dot.
    ///
    /// # Errors
    /// One of them cannot be read or leads out of the repository, or there are more than 10,000.
    pub fn folder(
        &self,
        path: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Option<Files>, SourceError> {
        let Some(commit) = &self.commit else {
            return on_disk(&self.root.join(path), &[&self.root], &wanted);
        };
        let path = path.trim_matches('/');
        let (mut files, links) = commit.tree.files_and_links()?;
        files.extend(links);
        let within = |file: &str| match path {
            "" | "." => Some(file.to_owned()),
            _ => file.strip_prefix(path)?.strip_prefix('/').map(str::to_owned),
        };
        let hidden = |file: &str| file.split('/').any(|part| part.starts_with('.'));
        let below = files.into_iter().filter_map(|file| {
            within(&file.path).filter(|below| !hidden(below)).map(|below| (file.path, below))
        });
        let below: Vec<_> = below.collect();
        if below.is_empty() {
            return Ok(None);
        }
        let mut paths: Vec<_> = below.into_iter().filter(|(_, below)| wanted(below)).collect();
        paths.sort();
        let mut read = Files::new();
        for (path, _) in paths {
            let shown = self.place(&path).to_string_lossy().into_owned();
            read.extend(commit.tree.read(&path, LIMIT)?.map(|bytes| (shown, bytes)));
        }
        Ok(Some(read))
    }

    /// Whether what is wanted of a folder of the commit in force is other in the working tree.
    ///
    /// # Errors
    /// As `folder`.
    pub fn folder_differs(
        &self,
        path: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<bool, SourceError> {
        if self.commit.is_none() {
            return Ok(false);
        }
        let contents = |files: Option<Files>| -> Vec<Option<Vec<u8>>> {
            files.into_iter().flatten().map(|(_, bytes)| Some(bytes)).collect()
        };
        let in_force = contents(self.folder(path, &wanted)?);
        // What of a proposal cannot be read is another than what is in force.
        let here =
            contents(on_disk(&self.root.join(path), &[&self.root], &wanted).unwrap_or_default());
        let differ = |(one, other): (&Option<Vec<u8>>, &Option<Vec<u8>>)| {
            !super::same(one.clone(), other.clone())
        };
        Ok(in_force.len() != here.len() || in_force.iter().zip(&here).any(differ))
    }

    /// The same of a folder that the command line names. One that git knows is taken from the
    /// commit, so that a pull request cannot change it.
    ///
    /// # Errors
    /// Likewise; or the branch has it and the commit has not.
    pub fn folder_named(
        &self,
        folder: &Path,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Option<Files>, SourceError> {
        if let Some(commit) = &self.commit {
            for below in below(&self.root, folder) {
                let path = target::relative(Path::new(""), &below);
                if let Some(files) = self.folder(&path, &wanted)? {
                    return Ok(Some(files));
                }
                if commit.git.tracked_below(&path, &[])?.is_some() {
                    let name = commit.tree.name().to_owned();
                    return Err(SourceError::NotThere { path, name });
                }
            }
        }
        // Where it lies is the choice of whoever names it; what is in it may not lead on from there.
        let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        on_disk(folder, &[&self.root, &real], &wanted)
    }
}

/// The files of a folder, which all must lie below one of the `roots`.
fn on_disk(
    folder: &Path,
    roots: &[&Path],
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Option<Files>, SourceError> {
    let mut paths = Vec::new();
    match list(folder, DEPTH, &mut paths) {
        Ok(()) => {}
        Err(source) if is_absent(&source) => return Ok(None),
        Err(source) => return Err(SourceError::Read { path: folder.to_owned(), source }),
    }
    paths.sort();
    let mut files = Files::new();
    for path in paths {
        if wanted(&target::relative(folder, &path)) {
            let failed = |source| SourceError::Read { path: path.clone(), source };
            let real = fs::canonicalize(&path).map_err(failed)?;
            if !roots.iter().any(|root| real.starts_with(root)) {
                return Err(failed(io::Error::other("is a link that leads out of the repository")));
            }
            let bytes = read_bounded(&path, open_regular(&real).map_err(failed)?)?;
            files.push((path.to_string_lossy().into_owned(), bytes));
        }
    }
    Ok(Some(files))
}

fn list(folder: &Path, depth: usize, into: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true if depth > 0 => list(&entry.path(), depth - 1, into)?,
            true => {}
            false => into.push(entry.path()),
        }
        if into.len() > FILES {
            return Err(io::Error::other(format!("it holds more than {FILES} files")));
        }
    }
    Ok(())
}

//! The files of the modules that are called, by path or as `terraform init` downloaded them, and are
//! not at hand yet.

use rayon::prelude::*;
use regex::bytes::Regex;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, DirEntry, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

/// More bytes of one file are not read; the evaluation says so of what it is given.
const MOST: u64 = 128 << 20;
/// How many folders are looked at.
const FOLDERS: usize = 100_000;
/// Where `terraform init` says what it downloaded.
const MANIFEST: &str = ".terraform/modules/modules.json";

/// Calls of modules by their path, in either syntax. What only looks like one is a folder too many.
static CALL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#""?source"?\s*[=:]\s*"(\.{1,2}(?:/[^"$%]*)?)""#).ok());

/// What the roots and the modules that they call are made of. Paths are absolute, without `.` and
/// `..`.
#[derive(Debug, Default)]
pub struct Calls {
    /// The folders that were looked at.
    pub folders: BTreeSet<PathBuf>,
    /// The files that were read.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    /// Folders of modules that were downloaded, and what the calls say as their source.
    pub downloaded: BTreeMap<PathBuf, String>,
}

/// Follows the calls of root modules, as far as a folder goes. What is in the folders of `known` is
/// at hand and not read again.
pub fn follow(roots: &[PathBuf], known: &HashMap<PathBuf, Vec<&[u8]>>, limit: &Path) -> Calls {
    let mut calls = Calls::default();
    for root in roots {
        calls.manifest(root, limit);
    }
    let inside = limit.canonicalize().ok();
    let mut open: Vec<PathBuf> = roots.to_vec();
    open.extend(calls.downloaded.keys().cloned());
    // What was called last is looked at together: to read a file is mostly to wait for it.
    while !open.is_empty() {
        let folders = &mut calls.folders;
        let is_new = |it: &PathBuf| folders.len() < FOLDERS && folders.insert(it.clone());
        let wave: Vec<PathBuf> = open.drain(..).filter(is_new).collect();
        let files: Vec<Vec<(PathBuf, Vec<u8>)>> = wave
            .par_iter()
            .map(|folder| match (known.get(folder), &inside) {
                (None, Some(inside)) => files(folder, inside),
                _ => Vec::new(),
            })
            .collect();
        for (folder, files) in wave.iter().zip(files) {
            let at_hand = known.get(folder).into_iter().flatten().copied();
            for text in at_hand.chain(files.iter().map(|(_, bytes)| &**bytes)) {
                called(folder, text, limit, &mut open);
            }
            calls.files.extend(files);
        }
    }
    calls
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Manifest {
    modules: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    source: String,
    dir: String,
}

impl Calls {
    fn manifest(&mut self, root: &Path, limit: &Path) {
        let path = root.join(MANIFEST);
        let Ok(bytes) = read(&path) else { return };
        let Ok(manifest) = serde_json::from_slice::<Manifest>(&bytes) else { return };
        for entry in manifest.modules {
            let folder = normal(&root.join(&entry.dir));
            let source =
                entry.source.strip_prefix("registry.terraform.io/").unwrap_or(&entry.source);
            if !source.is_empty() && !source.starts_with('.') && folder.starts_with(limit) {
                self.downloaded.insert(folder, source.to_owned());
            }
        }
        self.files.insert(path, bytes);
    }
}

/// Reads the files of a folder. What a link leads out of the limit to is not read.
fn files(folder: &Path, limit: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let is_inside = |path: &Path| path.canonicalize().is_ok_and(|it| it.starts_with(limit));
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let is_here = is_inside(folder);
    let file = |entry: DirEntry| {
        let path = entry.path();
        if !is_configuration(&path) {
            return None;
        }
        let kind = entry.file_type().ok()?;
        let bytes = match kind.is_symlink() {
            true => is_inside(&path).then(|| read(&path).ok())??,
            false => (is_here && kind.is_file()).then(|| read_at_most(&path).ok())??,
        };
        Some((path, bytes))
    };
    entries.filter_map(|entry| file(entry.ok()?)).collect()
}

/// Adds the folders that a text of a folder calls.
fn called(folder: &Path, text: &[u8], limit: &Path, open: &mut Vec<PathBuf>) {
    let Some(call) = &*CALL else { return };
    open.extend(call.captures_iter(text).filter_map(|found| {
        let source = std::str::from_utf8(found.get(1)?.as_bytes()).ok()?;
        let called = normal(&folder.join(source));
        called.starts_with(limit).then_some(called)
    }));
}

fn is_configuration(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let endings = [".tf", ".tf.json", ".tofu", ".tofu.json"];
    endings.iter().any(|ending| name.ends_with(ending))
}

/// Reads a regular file.
///
/// # Errors
/// It is none, it is too large, or the system does not let it be read.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    // To open a pipe would be to wait for whoever writes to it.
    match fs::metadata(path)?.is_file() {
        true => read_at_most(path),
        false => Err(io::Error::other("it is no file")),
    }
}

fn read_at_most(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > MOST {
        return Err(io::Error::other("it is too large"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    file.take(MOST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A path without `.` and `..`, whatever links are on it.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

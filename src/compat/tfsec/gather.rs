//! The files that tfsec looks at: those of the root modules, and of the modules that these call.
//!
//! The roots are the folders with Terraform files that are nearest to the one that is scanned. A
//! call may lead out of it, as far as the repository goes.

use crate::compat::go::reason;
use crate::engine::terraform::Source;
use crate::engine::terraform::calls::{self, read};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};

/// How deep root modules are looked for, and how many folders are read.
const DEPTH: usize = 64;
const FOLDERS: usize = 100_000;

/// What is scanned.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The folder that all of it is in; the paths of the sources begin there.
    pub base: PathBuf,
    pub sources: Vec<Source>,
    /// The root modules, relative to the base, sorted.
    pub roots: Vec<String>,
    /// The files of variables that are named, among the sources.
    pub variables: Vec<String>,
    /// Folders of modules that were downloaded, and what the calls say as their source.
    pub downloaded: BTreeMap<String, String>,
}

/// Gathers what is below a folder.
///
/// # Errors
/// A file of variables that is named cannot be read.
pub fn gather(folder: &Path, all: bool, variables: &[String]) -> Result<Gathered, String> {
    let roots = roots(folder, all);
    let calls = calls::follow(&roots, &HashMap::new(), &limit(folder));
    let base = calls.folders.iter().fold(folder.to_owned(), |base, it| common(&base, it));
    let relative = |path: &Path| relative(path, &base);
    // tfsec knows nothing of OpenTofu.
    let is_terraform = |path: &Path| !path.to_string_lossy().contains(".tofu");
    let sources = calls.files.into_iter().filter(|(path, _)| is_terraform(path));
    let mut gathered = Gathered {
        sources: sources.map(|(path, bytes)| source(relative(&path), bytes)).collect(),
        roots: roots.iter().map(|root| relative(root)).collect(),
        variables: Vec::new(),
        downloaded: calls.downloaded.into_iter().map(|(it, from)| (relative(&it), from)).collect(),
        base: base.clone(),
    };
    gathered.roots.sort();
    for (number, named) in variables.iter().enumerate() {
        let bytes = read(Path::new(named))
            .map_err(|error| format!("failed to load tfvars from {named}: {}", reason(&error)))?;
        let name = Path::new(named)
            .file_name()
            .map_or_else(String::new, |it| it.to_string_lossy().into_owned());
        // It may lie anywhere; that no folder of a module has such a name keeps it apart.
        let path = format!(".terraform/lockgate-{number}/{name}");
        gathered.sources.push(source(path.clone(), bytes));
        gathered.variables.push(path);
    }
    Ok(gathered)
}

fn source(path: String, bytes: Vec<u8>) -> Source {
    Source { path: path.into(), bytes: bytes.into() }
}

/// The folders with Terraform files that are nearest to a folder; with `all`, every one.
fn roots(folder: &Path, all: bool) -> Vec<PathBuf> {
    let mut roots = Vec::new();
    let mut level = vec![folder.to_owned()];
    let mut left = FOLDERS;
    for _ in 0..DEPTH {
        let mut below = Vec::new();
        for folder in std::mem::take(&mut level) {
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
            entries.sort_by_key(DirEntry::file_name);
            let names = entries.iter().map(|it| it.file_name().to_string_lossy().into_owned());
            let is_root =
                names.into_iter().any(|it| it.ends_with(".tf") || it.ends_with(".tf.json"));
            if is_root {
                roots.push(folder);
            }
            if all || !is_root {
                let inner = entries.iter().filter(|it| is_folder(it)).take(left);
                below.extend(inner.map(|it| it.path()));
            }
        }
        left = left.saturating_sub(below.len());
        if below.is_empty() || (!all && !roots.is_empty()) {
            break;
        }
        level = below;
    }
    roots
}

/// Whether it is a folder, or leads to one.
fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_ok_and(|it| it.is_dir() || it.is_symlink() && entry.path().is_dir())
}

/// How far up calls may lead: the repository, or else the working folder, if the folder is in it.
fn limit(folder: &Path) -> PathBuf {
    let repository = folder.ancestors().find(|it| it.join(".git").exists());
    let working = std::env::current_dir().ok().filter(|it| folder.starts_with(it));
    repository.map(Path::to_owned).or(working).unwrap_or_else(|| folder.to_owned())
}

fn common(a: &Path, b: &Path) -> PathBuf {
    a.components().zip(b.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
}

/// A path as seen from a folder, `/`-separated.
pub fn relative(path: &Path, from: &Path) -> String {
    let shared = common(path, from).components().count();
    let up = from.components().skip(shared).map(|_| "..".to_owned());
    let down = path.components().skip(shared);
    let down = down.map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

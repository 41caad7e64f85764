//! The files of a tree, in parallel, ignore files honoured.

use super::Settings;
use super::ignore_files::{IgnoreFiles, InForce};
use super::tracked::left_out;
use crate::finding::{Notification, Trouble};
use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use thiserror::Error;

/// A file to scan.
#[derive(Debug, Clone)]
pub struct Target {
    pub absolute: PathBuf,
    /// Relative to the repository root, `/`-separated.
    pub path: Arc<str>,
}

/// What a walk came to.
#[derive(Debug, Default)]
pub struct Walked {
    /// Sorted by path.
    pub targets: Vec<Target>,
    /// The files that git tracks and the settings leave out; outside git, all that `exclude`
    /// does. Relative to the root, sorted.
    pub passed_over: Vec<Arc<str>>,
    pub notifications: Vec<Notification>,
}

/// Why a walk cannot begin.
#[derive(Debug, Error)]
pub enum WalkError {
    #[error("{0}: no such file or folder")]
    NotFound(PathBuf),
    #[error("{0}: is neither a file nor a folder, so there is nothing to scan")]
    Special(PathBuf),
    #[error("{path} is not in the repository {root}; scan it on its own")]
    Outside { path: PathBuf, root: PathBuf },
    #[error("`exclude` under [scan]: {0}")]
    Exclude(#[from] globset::Error),
}

/// Folders that hold history or Lockgate's own files, never source.
const SKIPPED: &[&str] = &[".git", ".hg", ".svn", ".bzr", "CVS", ".lockgate"];

/// Walks the paths (absolute, links resolved), all below `root`. `tracked` are the files that git
/// tracks, relative to the root: they are targets whatever git's ignore files say. `given` stands
/// in for Lockgate's own ignore files on the disk.
pub fn walk(
    root: &Path,
    paths: &[PathBuf],
    settings: &Settings,
    tracked: &[PathBuf],
    given: Option<&Arc<IgnoreFiles>>,
) -> Result<Walked, WalkError> {
    for path in paths {
        if !path.exists() {
            return Err(WalkError::NotFound(path.clone()));
        }
        if !path.is_file() && !path.is_dir() {
            return Err(WalkError::Special(path.clone()));
        }
        if !path.starts_with(root) {
            return Err(WalkError::Outside { path: path.clone(), root: root.to_owned() });
        }
    }
    let named: Vec<String> = paths.iter().map(|path| relative(root, path)).collect();
    let exclude = globs(&settings.exclude, &named)?;
    let Some((first, rest)) = paths.split_first() else { return Ok(Walked::default()) };
    let mut builder = WalkBuilder::new(first);
    for path in rest {
        builder.add(path);
    }
    builder
        .hidden(false)
        .require_git(false)
        // Above the root is another project, or a home folder with an ignore file of its own.
        .parents(paths.iter().all(|path| path != root))
        .git_global(false)
        // It would read them whatever they are; `in_force` reads them within bounds.
        .ignore(false)
        .git_ignore(false);
    let in_force = Arc::new(InForce::new(root, given));
    let asked = in_force.clone();
    builder.filter_entry(move |entry| {
        let skipped = || SKIPPED.iter().any(|skipped| entry.file_name() == *skipped);
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        entry.depth() == 0 || !(skipped() || asked.ignores(entry.path(), is_folder))
    });
    let walked = Mutex::new(Walked::default());
    builder.build_parallel().run(|| {
        let mut own = OneThreads { walked: Walked::default(), all: &walked };
        let exclude = &exclude;
        Box::new(move |entry| {
            visit(entry, root, exclude, &mut own.walked);
            WalkState::Continue
        })
    });
    let mut walked = walked.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let left_out = left_out(root, paths, tracked, &walked.targets, &exclude, &in_force);
    walked.targets.extend(left_out.targets);
    if !tracked.is_empty() {
        walked.passed_over = left_out.passed_over;
    }
    walked.targets.sort_by(|a, b| (&a.path, &a.absolute).cmp(&(&b.path, &b.absolute)));
    walked.targets.dedup_by(|a, b| a.absolute == b.absolute);
    walked.passed_over.sort();
    walked.notifications.extend(in_force.notifications());
    walked.notifications.sort_by(|a, b| a.path.cmp(&b.path));
    // A link of that name may also lead out of the tree.
    walked.notifications.dedup_by(|a, b| (&a.path, a.trouble) == (&b.path, b.trouble));
    Ok(walked)
}

/// What one thread came by; joins the others' when the thread is done.
struct OneThreads<'a> {
    walked: Walked,
    all: &'a Mutex<Walked>,
}

impl Drop for OneThreads<'_> {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        all.targets.append(&mut self.walked.targets);
        all.passed_over.append(&mut self.walked.passed_over);
        all.notifications.append(&mut self.walked.notifications);
    }
}

/// The patterns, without those that would leave out what was named: who names it wants it.
fn globs(patterns: &[String], named: &[String]) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = Glob::new(pattern)?;
        let matcher = glob.compile_matcher();
        let hits = |path: &String| {
            !path.is_empty() && (matcher.is_match(path) || matcher.is_match(format!("{path}/_")))
        };
        if !named.iter().any(hits) {
            set.add(glob);
        }
    }
    set.build()
}

/// What settings leave out, asked path by path: for files that no walk comes by.
pub struct Scope<'a> {
    root: &'a Path,
    exclude: GlobSet,
    in_force: InForce,
}

impl<'a> Scope<'a> {
    /// # Errors
    /// A pattern of `exclude` is none.
    pub fn new(
        root: &'a Path,
        settings: &Settings,
        given: Option<&Arc<IgnoreFiles>>,
    ) -> Result<Scope<'a>, WalkError> {
        let exclude = globs(&settings.exclude, &[])?;
        Ok(Scope { root, exclude, in_force: InForce::new(root, given) })
    }

    /// Whether a file at the path, relative to the root, would be scanned.
    pub fn holds(&self, path: &str) -> bool {
        !path.split('/').any(|part| SKIPPED.contains(&part))
            && !self.exclude.is_match(path)
            && !self.in_force.own_ignore(&self.root.join(path))
    }

    /// Whether something inside an archive is left out, which its archive is not: by a pattern for
    /// its whole path, or for what the path would be if the archive were a folder.
    pub fn leaves_out_inside(&self, path: &str) -> bool {
        let Some((archive, _)) = path.split_once('!') else { return false };
        let as_folder = path.replace('!', "/");
        let excluded = |path: &str| self.exclude.is_match(path);
        let ignored = |path: &str| self.in_force.own_ignore(&self.root.join(path));
        (excluded(path) || excluded(&as_folder)) && !excluded(archive)
            || ignored(&as_folder) && !ignored(archive)
    }
}

fn visit(
    entry: Result<DirEntry, ignore::Error>,
    root: &Path,
    exclude: &GlobSet,
    walked: &mut Walked,
) {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => return walked.notifications.push(unreadable(&error, root)),
    };
    let Some(kind) = entry.file_type() else { return };
    let relative = relative(root, entry.path());
    if exclude.is_match(&relative) {
        if !kind.is_dir() {
            walked.passed_over.push(relative.into());
        }
        return;
    }
    if kind.is_symlink() && leads_out(entry.path(), root) {
        walked.notifications.push(Notification {
            path: relative.into(),
            engine: None,
            trouble: Trouble::LinkNotFollowed,
            message: "is a link that leads out of the tree or nowhere; it was not followed".into(),
        });
    } else if kind.is_file() {
        walked.targets.push(Target { path: relative.into(), absolute: entry.into_path() });
    }
}

fn leads_out(link: &Path, root: &Path) -> bool {
    fs::canonicalize(link).map_or(true, |target| !target.starts_with(root))
}

/// The path below the root, `/`-separated, as `shown` writes it.
pub fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let shown = shown(below.as_os_str().as_encoded_bytes());
    match std::path::MAIN_SEPARATOR {
        '/' => shown,
        separator => shown.replace(separator, "/"),
    }
}

/// A path as text; bytes that are no UTF-8 become `\xFF`, so that two files never have one path.
pub fn shown(path: &[u8]) -> String {
    let mut shown = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        shown.push_str(chunk.valid());
        for byte in chunk.invalid() {
            shown += &format!("\\x{byte:02X}");
        }
    }
    shown
}

fn unreadable(error: &ignore::Error, root: &Path) -> Notification {
    let path = path_of(error).map_or_else(String::new, |path| relative(root, path));
    Notification {
        path: path.into(),
        engine: None,
        trouble: Trouble::Unreadable,
        message: format!("cannot be read: {}", reason(error)).into(),
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

fn reason(error: &ignore::Error) -> String {
    match error.io_error() {
        Some(io) => io.to_string(),
        None => error.to_string(),
    }
}

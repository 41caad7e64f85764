//! One scan: walk, read each file once, ask the cache, hand the file to every engine that wants
//! it, and put what they saw into one `EngineRun` an engine.

mod again;
mod content;
mod gather;
mod inside;
mod look;
mod whole;

pub use again::Again;
pub use content::content_hash;
pub use gather::Scanned;
pub use inside::scan as scan_inside;
pub use look::scan_file;

use crate::cache::{Cache, Entry};
use crate::engine::Engine;
use crate::git::{Blob, Tree, TreeError};
use crate::target::{self, IgnoreFiles, Reading, Target, WalkError};
use content::{RunKey, open, scan_source, scan_target};
use gather::gather;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// The deepest syntax tree that is walked needs this much; only what is touched costs memory.
pub const STACK: usize = 64 << 20;
/// How many bytes of a commit's files are in memory at a time, beside the last file's.
const BATCH: usize = 64 << 20;

/// What is scanned and how.
pub struct Request<'a> {
    /// The repository root; absolute, links resolved.
    pub root: &'a Path,
    /// Folders and files below it; absolute, links resolved.
    pub paths: &'a [PathBuf],
    pub targets: &'a target::Settings,
    /// Stand in for the `.lockgateignore` files on the disk.
    pub ignore_files: Option<Arc<IgnoreFiles>>,
    /// What git tracks, relative to the root.
    pub tracked: &'a [PathBuf],
    /// Files that the run is about to write, absolute: not scanned, unless git tracks them.
    pub written: &'a [PathBuf],
    /// The engines that are on.
    pub engines: Vec<&'static dyn Engine>,
    pub cache: Option<&'a Cache>,
    /// Whether a writer will ask for GitHub's line hashes.
    pub line_hashes: bool,
}

/// What a scan tells while it runs.
pub trait Progress: Sync {
    /// The walk is over; so many files are to be scanned.
    fn begin(&self, files: u64);
    /// One more file is done.
    fn advance(&self);
}

/// Why a scan cannot be done.
#[derive(Debug, Error)]
pub enum ScanError {
    #[error(transparent)]
    Walk(#[from] WalkError),
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error("cannot start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Threads for looking at files, one a core.
///
/// # Errors
/// The system has no more threads.
pub fn pool() -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new().stack_size(STACK).build()
}

/// Scans. Findings carry their fingerprints; those of different engines are not merged yet.
pub fn scan(request: &Request, progress: &dyn Progress) -> Result<Scanned, ScanError> {
    let Request { root, paths, targets, tracked, .. } = *request;
    let mut walked = target::walk(root, paths, targets, tracked, request.ignore_files.as_ref())?;
    walked.targets.retain(|target| !is_written(target, request));
    progress.begin(walked.targets.len() as u64);
    let pool = pool()?;
    let key = RunKey::new(request);
    let looked: Vec<(Looked, Entry)> = pool.install(|| {
        walked
            .targets
            .par_iter()
            .map(|target| {
                let looked = scan_target(target, request, &key);
                progress.advance();
                looked
            })
            .collect()
    });
    let (looked, mut entries): (Vec<_>, Vec<_>) = looked.into_iter().unzip();
    let left_out = inside::leave_out(&mut entries, request)?;
    entries.extend(pool.install(|| whole::scan(request, &walked.targets)));
    let paths = walked.targets.into_iter().map(|target| target.path);
    let inputs = paths.zip(looked).map(|(path, looked)| Input { path, looked }).collect();
    let mut scanned = gather(request, inputs, entries, walked.notifications);
    scanned.runs.iter_mut().for_each(|run| run.coverage.except.extend(left_out.iter().cloned()));
    Ok(Scanned { passed_over: walked.passed_over, ..scanned })
}

/// Whether what the file holds will be gone after the run, here and in every commit.
fn is_written(target: &Target, request: &Request) -> bool {
    let is_target = |path: &PathBuf| request.root.join(path) == target.absolute;
    request.written.contains(&target.absolute) && !request.tracked.iter().any(is_target)
}

/// A file that was walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Relative to the repository root.
    pub path: Arc<str>,
    pub looked: Looked,
}

/// Whether engines looked at what the path stands for, in a file of the inputs, sorted by path, or
/// in an archive among them; or whether there is neither any more.
pub fn has_looked(inputs: &[Input], root: &Path, path: &str) -> bool {
    let input = |path: &str| inputs.binary_search_by(|input| (*input.path).cmp(path)).ok();
    let mut known = target::hosts(path).filter_map(input).peekable();
    match known.peek() {
        Some(_) => known.any(|at| matches!(inputs[at].looked, Looked::Source(_))),
        None => !target::hosts(path).any(|path| target::is_there(root, path)),
    }
}

/// What a file had to say when it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// Text, or bytes that do not decode, with the hash of all that an engine sees of them; a file
    /// that was looked into, with the hash of what it holds.
    Source(blake3::Hash),
    /// Binary: no engine looks at it.
    Binary,
    /// It could not be read, or is over the limit, which a notification says.
    Unread,
}

/// What today's rules find in files of a commit, by path; an engine that looks at all of its files
/// at once has entries of its own. Files that the settings leave out for their size are passed over.
///
/// # Errors
/// A file is not among git's objects.
pub fn scan_tree(
    request: &Request,
    tree: &Tree,
    files: &[Blob],
) -> Result<Vec<(Arc<str>, Entry)>, ScanError> {
    let pool = pool()?;
    let key = RunKey::new(request);
    let mut entries = Vec::with_capacity(files.len());
    let mut left = files.iter().peekable();
    // Git's objects are read by one thread, so many bytes at a time.
    while left.peek().is_some() {
        let (mut batch, mut size) = (Vec::new(), 0);
        while let Some(blob) = left.next_if(|_| size < BATCH) {
            let content = tree.read_blob(blob, request.targets.limit())?;
            size += content.bytes.len();
            batch.push((&blob.path, content));
        }
        let scanned = pool.install(|| {
            batch
                .into_par_iter()
                .map(|(path, content)| {
                    let reading =
                        target::classify(path, content.bytes, content.over, request.targets);
                    let entry = match reading {
                        Reading::Source(file) => scan_source(file, request, &key),
                        Reading::Inside(inside) => open(inside, request, &key).1,
                        Reading::Binary | Reading::Trouble(..) => Entry::default(),
                    };
                    (path.clone(), entry)
                })
                .collect::<Vec<_>>()
        });
        entries.extend(scanned);
    }
    for engine in request.engines.iter().filter_map(|engine| engine.of_tree()) {
        let mut sources = Vec::new();
        for blob in files.iter().filter(|blob| engine.wants_path(&blob.path)) {
            let content = tree.read_blob(blob, request.targets.limit())?;
            let reading =
                target::classify(&blob.path, content.bytes, content.over, request.targets);
            if let Reading::Source(file) = reading {
                sources.push(file);
            }
        }
        let found = pool.install(|| whole::scan_files(engine, request, &sources));
        entries.extend(sources.iter().map(|file| file.path.clone()).zip(found));
    }
    Ok(entries)
}

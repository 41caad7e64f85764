//! One scan: walk, read each file once, ask the cache, hand the file to every engine that wants
//! it, and put what they saw into one `EngineRun` an engine.

mod inside;

use crate::cache::{Cache, Content, Entry, Stat};
use crate::engine::embedded::{Embeds, embeds, is_left_out};
use crate::engine::{Engine, Seen, frame, masked, secrets};
use crate::finding::{Coverage, EngineRun, Notification, Outcome, Trouble};
use crate::git::{Blob, Tree, TreeError};
use crate::identity;
use crate::rule::Catalogue;
use crate::target::{self, IgnoreFiles, Inside, Reading, Sketch, SourceFile, Target, WalkError};
use rayon::prelude::*;
use std::collections::HashMap;
use std::panic::{self, AssertUnwindSafe};
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

/// What today's rules find in files of a commit. Those that the settings leave out for their size
/// are passed over.
///
/// # Errors
/// A file is not among git's objects.
pub fn scan_tree(request: &Request, tree: &Tree, files: &[Blob]) -> Result<Vec<Entry>, ScanError> {
    let pool = pool()?;
    let key = RunKey::new(request);
    let mut entries = Vec::with_capacity(files.len());
    let mut files = files.iter().peekable();
    // Git's objects are read by one thread, so many bytes at a time.
    while files.peek().is_some() {
        let (mut batch, mut size) = (Vec::new(), 0);
        while let Some(blob) = files.next_if(|_| size < BATCH) {
            let content = tree.read_blob(blob, request.targets.limit())?;
            size += content.bytes.len();
            batch.push((&blob.path, content));
        }
        let scanned = pool.install(|| {
            batch
                .into_par_iter()
                .map(|(path, content)| {
                    match target::classify(path, content.bytes, content.over, request.targets) {
                        Reading::Source(file) => scan_source(file, request, &key),
                        Reading::Inside(inside) => open(inside, request, &key).1,
                        Reading::Binary | Reading::Trouble(..) => Entry::default(),
                    }
                })
                .collect::<Vec<Entry>>()
        });
        entries.extend(scanned);
    }
    Ok(entries)
}

/// What, beside a file's path and content, decides what is found in it.
struct RunKey([u8; 32]);

impl RunKey {
    fn new(request: &Request) -> RunKey {
        let mut hasher = blake3::Hasher::new();
        hasher.update(env!("LOCKGATE_SOURCE_HASH").as_bytes());
        hasher.update(Catalogue::get().hash().as_bytes());
        for engine in &request.engines {
            hasher.update(engine.name().as_bytes()).update(b"\0");
        }
        let settings = request.targets;
        let switches = [request.line_hashes, settings.notebooks, settings.markdown];
        hasher.update(&switches.map(u8::from));
        // What of an archive is looked at; see `target::Inside`.
        hasher.update(&settings.max_file_mib.to_le_bytes());
        hasher.update(&settings.archive_depth.to_le_bytes());
        RunKey(*hasher.finalize().as_bytes())
    }

    fn of(&self, path: &str, content: &blake3::Hash) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(content.as_bytes()).update(path.as_bytes());
        hasher.finalize()
    }
}

/// The hash of what a file holds. Text that is in doubt is not equal text that is not, and the
/// first line that makes a script Python may stand behind a byte order mark, which does not.
pub fn content_hash(file: &SourceFile) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let doubt = file.doubt().unwrap_or_default();
    hasher.update(&[file.kind as u8]).update(doubt.as_bytes()).update(b"\0").update(file.bytes());
    hasher.finalize()
}

/// What a file holds, and what is found in it.
fn scan_target(target: &Target, request: &Request, key: &RunKey) -> (Looked, Entry) {
    match request.cache {
        Some(cache) => scan_through(cache, target, request, key),
        None => match target::read(target, request.targets) {
            Reading::Source(file) => {
                (Looked::Source(content_hash(&file)), scan_source(file, request, key))
            }
            Reading::Inside(inside) => open(inside, request, key),
            Reading::Binary => (Looked::Binary, Entry::default()),
            Reading::Trouble(trouble, why) => {
                (Looked::Unread, Entry::trouble(&target.path, trouble, why))
            }
        },
    }
}

/// Asks the cache before the file is read, and again before it is scanned.
fn scan_through(
    cache: &Cache,
    target: &Target,
    request: &Request,
    key: &RunKey,
) -> (Looked, Entry) {
    // A limit may have been lowered since.
    let in_limit = |stat: &Stat, content: &Content| match content {
        Content::Inside(_) if !inside::is_wanted(request) => false,
        Content::Inside(_) => stat.size <= request.targets.archive_limit(),
        Content::Text(_) | Content::Binary => stat.size <= request.targets.limit(),
    };
    let stat = Stat::of(&target.absolute);
    let known = stat.and_then(|stat| {
        cache.content(&target.path, &stat).filter(|content| in_limit(&stat, content))
    });
    match known {
        Some(Content::Binary) => return (Looked::Binary, Entry::default()),
        Some(Content::Text(content) | Content::Inside(content)) => {
            if let Some(entry) = cache.get(&key.of(&target.path, &content), &target.path) {
                return (Looked::Source(content), entry);
            }
        }
        None => {}
    }
    let note = |content| {
        if let Some(stat) = stat {
            cache.note(&target.path, stat, content);
        }
    };
    match target::read(target, request.targets) {
        Reading::Source(file) => {
            let content = content_hash(&file);
            note(Content::Text(content));
            (Looked::Source(content), scan_content(cache, &content, file, request, key))
        }
        Reading::Inside(inside) => {
            let (looked, entry) = open(inside, request, key);
            if let (Looked::Source(content), true) = (looked, inside::is_wanted(request)) {
                note(Content::Inside(content));
            }
            (looked, entry)
        }
        Reading::Binary => {
            note(Content::Binary);
            (Looked::Binary, Entry::default())
        }
        Reading::Trouble(trouble, why) => {
            (Looked::Unread, Entry::trouble(&target.path, trouble, why))
        }
    }
}

/// What is found in a file that has been read.
fn scan_source(file: SourceFile, request: &Request, key: &RunKey) -> Entry {
    match request.cache {
        Some(cache) => scan_content(cache, &content_hash(&file), file, request, key),
        None => scan_file(file, request.targets, &request.engines, request.line_hashes),
    }
}

/// What a file that holds others comes to: they are looked at where somebody would.
fn open(mut inside: Inside, request: &Request, key: &RunKey) -> (Looked, Entry) {
    if !inside::is_wanted(request) {
        return match inside.closed() {
            Reading::Source(file) => {
                (Looked::Source(content_hash(&file)), scan_source(file, request, key))
            }
            _ => (Looked::Binary, Entry::default()),
        };
    }
    let path = inside.path.clone();
    let content = match inside.hash() {
        Ok(content) => content,
        Err(error) => {
            let why = format!("cannot be read: {error}");
            return (Looked::Unread, Entry::trouble(&path, Trouble::Unreadable, why));
        }
    };
    let look = || inside::scan(inside, request);
    let entry = match request.cache {
        Some(cache) => scan_once(cache, &key.of(&path, &content), &path, look),
        None => look(),
    };
    (Looked::Source(content), entry)
}

/// Asks the cache by what was read, and tells it what is found.
fn scan_content(
    cache: &Cache,
    content: &blake3::Hash,
    file: SourceFile,
    request: &Request,
    key: &RunKey,
) -> Entry {
    let path = file.path.clone();
    scan_once(cache, &key.of(&path, content), &path, || {
        scan_file(file, request.targets, &request.engines, request.line_hashes)
    })
}

fn scan_once(
    cache: &Cache,
    key: &blake3::Hash,
    path: &Arc<str>,
    look: impl FnOnce() -> Entry,
) -> Entry {
    cache.get(key, path).unwrap_or_else(|| {
        let entry = look();
        if entry.notifications.iter().all(|said| said.trouble != Trouble::Crashed) {
            cache.put(key, path, &entry);
        }
        entry
    })
}

/// Everything that the engines find in one file and in the sources that it holds.
pub fn scan_file(
    file: SourceFile,
    settings: &target::Settings,
    engines: &[&'static dyn Engine],
    line_hashes: bool,
) -> Entry {
    let mut entry = Entry::default();
    let Embeds { sources, notifications } =
        guarded("python", &file.path, || embeds(&file, settings))
            .unwrap_or_else(|crashed| Embeds { notifications: vec![crashed], ..Embeds::default() });
    let wanted = |of: &Notification| engines.iter().any(|e| of.engine.as_deref() == Some(e.name()));
    entry.notifications.extend(notifications.into_iter().filter(wanted));
    let mut seen = look(&file, engines, &mut entry);
    let mut inner = Vec::with_capacity(sources.len());
    for embedded in sources {
        let said = entry.notifications.len();
        let seen = look(&embedded.source, engines, &mut entry);
        if embedded.is_fragment {
            let new = entry.notifications.split_off(said).into_iter();
            entry.notifications.extend(new.filter(|said| said.trouble != Trouble::Unparsed));
        }
        inner.push((embedded, seen));
    }
    for notification in &mut entry.notifications {
        notification.message = masked(&notification.message).into();
    }
    let masks_secrets = engines.iter().any(|engine| engine.name() == secrets::Secrets.name());
    let mut all_seen = inner.iter().flat_map(|(_, seen)| seen).chain(&seen);
    if !masks_secrets && all_seen.any(|saw| !saw.hits.is_empty()) {
        let masks = |file| Seen { masks: secrets::masks(file), ..Seen::default() };
        inner.iter_mut().for_each(|(embedded, seen)| seen.push(masks(&embedded.source)));
        seen.push(masks(&file));
    }
    (entry.findings, entry.sketch) = frame(&file, seen, inner, line_hashes);
    identity::assign(&mut entry.findings);
    entry
}

/// What the engines that have a use for a text see in it. What they have to say beside that goes to
/// the entry.
fn look(file: &SourceFile, engines: &[&'static dyn Engine], entry: &mut Entry) -> Vec<Seen> {
    let mut seen = Vec::new();
    for engine in engines.iter().filter(|engine| engine.wants(file)) {
        let crashed = |notification| Seen { notifications: vec![notification], ..Seen::default() };
        let mut saw =
            guarded(engine.name(), &file.path, || engine.scan(file)).unwrap_or_else(crashed);
        if entry.engines.iter().all(|name| name != engine.name()) {
            entry.engines.push(engine.name().into());
        }
        entry.notifications.append(&mut saw.notifications);
        seen.push(saw);
    }
    seen
}

/// A defect of an engine costs one file of one engine, and is said.
fn guarded<T>(engine: &str, path: &Arc<str>, look: impl FnOnce() -> T) -> Result<T, Notification> {
    panic::catch_unwind(AssertUnwindSafe(look)).map_err(|_| Notification {
        path: path.clone(),
        engine: Some(engine.into()),
        trouble: Trouble::Crashed,
        message: format!("the {engine} engine failed on it; please report this").into(),
    })
}

impl Entry {
    fn trouble(path: &Arc<str>, trouble: Trouble, why: String) -> Entry {
        let notification =
            Notification { path: path.clone(), engine: None, trouble, message: why.into() };
        Entry { notifications: vec![notification], ..Entry::default() }
    }
}

/// Sorts what was found by the engine that found it.
fn gather(
    request: &Request,
    inputs: Vec<Input>,
    entries: Vec<Entry>,
    walk: Vec<Notification>,
) -> Scanned {
    let roots: Vec<String> =
        request.paths.iter().map(|path| target::relative(request.root, path)).collect();
    let of_binary = |input: &&Input| input.looked == Looked::Binary;
    let binary: Vec<Arc<str>> =
        inputs.iter().filter(of_binary).map(|input| input.path.clone()).collect();
    let left_out = |input: &&Input| is_left_out(&input.path, request.targets);
    let left_out: Vec<Arc<str>> =
        inputs.iter().filter(left_out).map(|input| input.path.clone()).collect();
    let mut scanned = Scanned {
        runs: Vec::new(),
        notifications: Vec::new(),
        sketches: HashMap::new(),
        files: inputs.len() as u64,
        binary: binary.len() as u64,
        inputs,
        passed_over: Vec::new(),
    };
    scanned.runs = request
        .engines
        .iter()
        .map(|engine| EngineRun {
            engine: engine.name().into(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            outcome: Outcome::Complete,
            coverage: Coverage {
                roots: roots.clone(),
                binary: binary.clone(),
                left_out: match engine.name() == secrets::Secrets.name() {
                    true => Vec::new(), // it looks at every text as a whole
                    false => left_out.clone(),
                },
                ..Coverage::default()
            },
            findings: Vec::new(),
            notifications: Vec::new(),
        })
        .collect();
    walk.into_iter().for_each(|notification| scanned.notify(notification, &roots));
    // Growing step by step, a hundred thousand findings would be moved many times. Whoever puts
    // those of all engines together adds them to the first.
    let all = entries.iter().map(|entry| entry.findings.len()).sum();
    if let Some(first) = scanned.runs.first_mut() {
        first.findings.reserve_exact(all);
    }
    for entry in entries {
        for run in &mut scanned.runs {
            run.coverage.files += u64::from(entry.engines.contains(&run.engine));
        }
        if let (Some(sketch), Some(finding)) = (entry.sketch, entry.findings.first()) {
            scanned.sketches.insert(finding.location.path.clone(), sketch);
        }
        for finding in entry.findings {
            if let Some(run) = scanned.runs.iter_mut().find(|run| run.engine == finding.engine) {
                run.findings.push(finding);
            }
        }
        let notifications = entry.notifications.into_iter();
        notifications.for_each(|notification| scanned.notify(notification, &roots));
    }
    scanned
}

/// What a scan came to.
pub struct Scanned {
    /// One an engine, in the order of `ENGINES`.
    pub runs: Vec<EngineRun>,
    /// What concerns every engine.
    pub notifications: Vec<Notification>,
    /// What the files with findings look like, by path.
    pub sketches: HashMap<Arc<str>, Sketch>,
    /// How many files were walked.
    pub files: u64,
    /// How many of them are binary, which no engine looks at.
    pub binary: u64,
    /// The files that were walked and what they held, sorted by path.
    pub inputs: Vec<Input>,
    /// The files that the settings left out; see `target::Walked`.
    pub passed_over: Vec<Arc<str>>,
}

impl Scanned {
    /// Keeps the notification with the engine that it concerns, and its path out of the coverage.
    /// What was named for the scan must have been read.
    fn notify(&mut self, notification: Notification, named: &[String]) {
        let unread = notification.engine.is_none()
            && matches!(notification.trouble, Trouble::Unreadable | Trouble::OverLimit)
            && named.iter().any(|name| **name == *notification.path);
        let concerns = |run: &&mut EngineRun| {
            notification.engine.as_deref().is_none_or(|name| name == run.engine)
        };
        for run in self.runs.iter_mut().filter(concerns) {
            // Behind a link that leads out there is nothing of the repository.
            if notification.trouble != Trouble::LinkNotFollowed {
                run.coverage.except.push(notification.path.to_string());
            }
            if notification.trouble == Trouble::Crashed {
                run.outcome = Outcome::Incomplete(format!("failed on {}", notification.path));
            } else if unread {
                let why = format!("{} {}", notification.path, notification.message);
                run.outcome = Outcome::Incomplete(why);
            }
        }
        match self.runs.iter_mut().find(|run| notification.engine.as_deref() == Some(&*run.engine))
        {
            Some(run) => run.notifications.push(notification),
            None => self.notifications.push(notification),
        }
    }
}

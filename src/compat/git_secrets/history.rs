//! `--scan-history`: the commits whose changes touch a line that matches, and of each every line of
//! every file that does. A blob is looked at once, a folder gone through once, however many commits
//! have it.

use super::ere::Pattern;
use super::pathspec::Pathspec;
use super::report;
use super::say::{complain, masked};
use super::text::{self, Binary};
use super::tracked::{self, Area, Wanted};
use super::{FATAL, NO_REPOSITORY, Session, patterns};
use crate::git::{Change, Handle, ObjectId, Reader, Span, Step, changed_lines};
use gix::bstr::{BStr, BString};
use rayon::prelude::*;
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

/// Folders may lie so deep in one another.
const DEEPEST: usize = 256;

/// Looks through all commits. Returns the code to end with.
pub fn scan(session: &Session) -> u8 {
    match try_scan(session) {
        Ok(code) => code,
        Err(why) => {
            complain(why.as_bytes());
            FATAL
        }
    }
}

fn try_scan(session: &Session) -> Result<u8, String> {
    let Some(pattern) = tracked::pattern(session)? else { return Ok(0) };
    let git = session.git.as_ref().ok_or(NO_REPOSITORY)?;
    let fatal = |error: &dyn std::fmt::Display| format!("fatal: {error}");
    let (steps, mut troubles) = git.steps(&Span::All).map_err(|error| fatal(&error))?;
    let reader = git.reader();
    let look = Look { pattern: &pattern, reader: &reader, matching: Mutex::default() };
    let touched = look.touched(&steps);
    let here = git.here().unwrap_or_default();
    // git greps the working tree where it is given no commit.
    if touched.is_empty() {
        return Ok(report::conclude(
            session,
            tracked::grep(session, Area::Tracked, Wanted::Given(&[])),
        ));
    }
    let allowed = patterns::allowed(session);
    let pathspec = Pathspec::new(here, &[]).map_err(|_| "fatal: no such folder".to_owned())?;
    let mut trees = Trees {
        look: &look,
        handle: reader.handle(1),
        blobs: HashMap::new(),
        folders: HashMap::new(),
    };
    let (mut has_any, mut is_found) = (false, false);
    for step in &touched {
        for file in trees.folder(step.tree, &mut Vec::new(), 0).iter() {
            if !pathspec.holds(BStr::new(&file.path)) {
                continue;
            }
            has_any = true;
            let Ok(allowed) = &allowed else { continue };
            let place =
                [step.id.to_string().as_bytes(), b":", &pathspec.shown(BStr::new(&file.path))]
                    .concat();
            is_found |= file.lines.say(&place, allowed.as_ref());
        }
    }
    if let (true, Err(error)) = (has_any, &allowed) {
        complain(format!("grep: {error}").as_bytes());
    }
    drop(trees);
    drop(look);
    troubles.extend(reader.into_notifications());
    for trouble in troubles {
        complain(format!("error: {}: {}", trouble.path, trouble.message).as_bytes());
    }
    Ok(report::end(is_found))
}

/// What is known of blobs.
struct Look<'a> {
    pattern: &'a Pattern,
    reader: &'a Reader,
    /// Blobs whose lines match somewhere, and a hash of those lines; 0 where none does.
    matching: Mutex<HashMap<ObjectId, u64>>,
}

impl Look<'_> {
    /// The commits whose difference has a line that matches, in word or not, as `git log -G` has
    /// them.
    fn touched<'s>(&self, steps: &'s [Step]) -> Vec<&'s Step> {
        let threads = rayon::current_num_threads();
        let is_touched = |handle: &mut Handle<'_>, step: &'s Step| {
            let changes = handle.changes(step);
            self.touches(handle, changes).then_some(step)
        };
        steps
            .par_iter()
            .with_min_len(32)
            .map_init(|| self.reader.handle(threads), is_touched)
            .flatten_iter()
            .collect()
    }

    fn touches(&self, handle: &mut Handle<'_>, changes: Vec<Change>) -> bool {
        let mut ends = |change: &Change| {
            [change.old, change.new]
                .map(|id| id.map_or(0, |id| self.hash(handle, id, &change.path)))
        };
        let hashes: Vec<[u64; 2]> = changes.iter().map(&mut ends).collect();
        if hashes.iter().all(|both| *both == [0, 0]) {
            return false;
        }
        let has = |of: fn(&Change) -> bool| changes.iter().any(of);
        let may_move = has(|it| it.old.is_none()) && has(|it| it.new.is_none());
        let changes = if may_move { handle.follow(changes) } else { changes };
        changes.iter().any(|change| {
            let [old, new] = [change.old, change.new]
                .map(|id| id.map_or(0, |id| self.hash(handle, id, &change.path)));
            old != new || (old != 0 && self.moves(handle, change))
        })
    }

    /// Whether a change that leaves the matching lines what they are puts one elsewhere.
    fn moves(&self, handle: &mut Handle<'_>, change: &Change) -> bool {
        let mut text = |id: Option<ObjectId>| handle.text(id?, &change.path);
        let (Some(old), Some(new)) = (text(change.old), text(change.new)) else { return false };
        changed_lines(&old, &new)
            .iter()
            .any(|line| self.pattern.is_in(line.strip_suffix(b"\n").unwrap_or(line)))
    }

    fn hash(&self, handle: &mut Handle<'_>, id: ObjectId, path: &[u8]) -> u64 {
        let lock = || self.matching.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hash) = lock().get(&id) {
            return *hash;
        }
        let text = handle.text(id, path).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        let lines =
            self.pattern.lines_anywhere(&text).inspect(|line| line.hash(&mut hasher)).count();
        let hash = if lines == 0 { 0 } else { hasher.finish() | 1 };
        lock().insert(id, hash);
        hash
    }
}

/// The lines of a blob: number, text, and the text as it is shown.
struct Lines(Vec<(usize, Vec<u8>, Vec<u8>)>);

impl Lines {
    /// Says those that are not allowed. Returns whether there are any.
    fn say(&self, place: &[u8], allowed: Option<&Pattern>) -> bool {
        let mut is_said = false;
        for (number, text, shown) in &self.0 {
            let lead = [place, format!(":{number}:").as_bytes()].concat();
            if allowed.is_none_or(|allowed| !allowed.is_in(&[&lead[..], text].concat())) {
                complain(&[&lead[..], shown].concat());
                is_said = true;
            }
        }
        is_said
    }
}

/// A file with lines, by its path from the folder that it was asked for.
#[derive(Clone)]
struct File {
    path: BString,
    lines: Arc<Lines>,
}

/// Blobs that were looked at and folders that were gone through.
struct Trees<'a> {
    look: &'a Look<'a>,
    handle: Handle<'a>,
    blobs: HashMap<ObjectId, Option<Arc<Lines>>>,
    folders: HashMap<ObjectId, Arc<Vec<File>>>,
}

impl Trees<'_> {
    /// The files below a folder that have lines.
    fn folder(&mut self, id: ObjectId, path: &mut Vec<u8>, depth: usize) -> Arc<Vec<File>> {
        if let Some(known) = self.folders.get(&id) {
            return known.clone();
        }
        let mut files = Vec::new();
        if depth < DEEPEST {
            for item in self.handle.folder(id, path) {
                let length = path.len();
                path.extend_from_slice(&item.name);
                if item.is_folder {
                    path.push(b'/');
                    for file in self.folder(item.id, path, depth + 1).iter() {
                        let path = [&item.name[..], b"/", &file.path[..]].concat().into();
                        files.push(File { path, lines: file.lines.clone() });
                    }
                } else if let Some(lines) = self.lines(item.id, path) {
                    files.push(File { path: item.name, lines });
                }
                path.truncate(length);
            }
        }
        let files = Arc::new(files);
        self.folders.insert(id, files.clone());
        files
    }

    /// The lines of a blob that have the pattern as a whole word.
    fn lines(&mut self, id: ObjectId, path: &[u8]) -> Option<Arc<Lines>> {
        if self.look.hash(&mut self.handle, id, path) == 0 {
            return None;
        }
        if let Some(known) = self.blobs.get(&id) {
            return known.clone();
        }
        let text = self.handle.text(id, path)?;
        let pattern = self.look.pattern;
        let found = text::of_bytes(&text, pattern, Binary::Git).lines.into_iter();
        let lines = found.map(|line| {
            let shown = masked(&line.text, report::hidden(&line.text, pattern));
            (line.number, line.text, shown)
        });
        let lines = Lines(lines.collect());
        let lines = (!lines.0.is_empty()).then(|| Arc::new(lines));
        self.blobs.insert(id, lines.clone());
        lines
    }
}

//! How well identities hold: replays the last commits of a repository's history, follows every
//! finding from commit to commit as a scan does, and compares with git's own line diff.
//!
//! `cargo bench --bench replay -- REPOSITORY [--last 200] [--verbose]`

#![allow(clippy::print_stdout, reason = "a program of its own")]

mod git;
mod truth;

use git::{Failure, Git};
use lockgate::cache::Entry;
use lockgate::engine::{ENGINES, Hit};
use lockgate::finding::Finding;
use lockgate::identity::{self, Trace, Trail};
use lockgate::scan::scan_file;
use lockgate::target::{Settings, Sketch, SourceFile};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use truth::{Count, Step};

/// Larger blobs are data, and cost more than they tell.
const MAX_BYTES: usize = 4 << 20;

/// A file with findings.
#[derive(Clone)]
pub struct Scanned {
    pub findings: Vec<Finding>,
    /// Of each finding, the range of bytes that it is about: the whole call or statement.
    pub flagged: Vec<Range<usize>>,
    /// The first and the last line of it.
    pub lines: Vec<(u32, u32)>,
    pub sketch: Option<Sketch>,
    pub source: Arc<str>,
}

/// The files with findings of one commit, by path.
pub type Tree = HashMap<String, Scanned>;

struct Arguments {
    repository: PathBuf,
    last: usize,
    verbose: bool,
}

fn main() -> Result<(), Failure> {
    let arguments = arguments()?;
    let mut git = Git::open(&arguments.repository)?;
    let commits = git.commits(arguments.last)?;
    let (mut tree, mut count) = (Tree::new(), Count::default());
    let mut paths: HashSet<String> = HashSet::new();
    for (at, commit) in commits.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| commits[at].as_str());
        let mut next = tree.clone();
        let mut blobs = Vec::new();
        for change in git.changes(before, commit)? {
            if let Some(old) = change.old {
                next.remove(&old);
                paths.remove(&old);
            }
            if let Some((path, blob)) = change.new {
                blobs.push((path.clone(), git.blob(&blob)?));
                paths.insert(path);
            }
        }
        let scanned: Vec<(String, Scanned)> = blobs.into_par_iter().filter_map(scan).collect();
        next.extend(scanned);
        if let Some(before) = before {
            follow(&tree, &mut next, &paths);
            let diffs = git.diffs(before, commit)?;
            Step { old: &tree, new: &next, diffs: &diffs }.count(&mut count, commit);
        }
        tree = next;
    }
    let findings = tree.values().map(|file| file.findings.len()).sum();
    count.print(commits.len().saturating_sub(1), findings, arguments.verbose);
    Ok(())
}

fn arguments() -> Result<Arguments, Failure> {
    let mut parsed = Arguments { repository: ".".into(), last: 200, verbose: false };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--last" => parsed.last = given.next().ok_or("--last takes a number")?.parse()?,
            "--verbose" => parsed.verbose = true,
            // What cargo itself adds.
            "--bench" => {}
            other if other.starts_with('-') => return Err(format!("no option {other}").into()),
            path => parsed.repository = path.into(),
        }
    }
    Ok(parsed)
}

/// What is found in a file; none where nothing is.
fn scan((path, blob): (String, Vec<u8>)) -> Option<(String, Scanned)> {
    if blob.len() > MAX_BYTES || blob[..blob.len().min(8 << 10)].contains(&0) {
        return None;
    }
    let file = SourceFile::new(path.as_str().into(), blob);
    let source = file.text().into();
    let flagged = flagged(&file);
    let line = |range: &Range<usize>| {
        (file.lines().line(range.start), file.lines().line(range.end.max(range.start + 1) - 1))
    };
    let lines = flagged.iter().map(line).collect();
    let Entry { findings, sketch, .. } = scan_file(file, &Settings::default(), ENGINES, false);
    let scanned = Scanned { findings, flagged, lines, sketch, source };
    (!scanned.findings.is_empty()).then_some((path, scanned))
}

/// What the findings of a file are about, in the order of the findings.
fn flagged(file: &SourceFile) -> Vec<Range<usize>> {
    let engines = ENGINES.iter().filter(|engine| engine.wants(file));
    let mut hits: Vec<Hit> = engines.flat_map(|engine| engine.scan(file).hits).collect();
    hits.sort_by_key(|hit| (hit.range.start, hit.range.end, hit.rule.id));
    hits.into_iter().map(|hit| hit.matched).collect()
}

/// What a scan of `new` does when the last one was of `old`.
fn follow(old: &Tree, new: &mut Tree, paths: &HashSet<String>) {
    let fingerprints = |tree: &Tree| -> HashSet<_> {
        tree.values().flat_map(|file| file.findings.iter().map(|f| f.fingerprint)).collect()
    };
    let (before, now) = (fingerprints(old), fingerprints(new));
    let sketches = |tree: &Tree| -> HashMap<Arc<str>, Sketch> {
        let sketch =
            |(path, file): (&String, &Scanned)| Some((path.as_str().into(), file.sketch.clone()?));
        tree.iter().filter_map(sketch).collect()
    };
    let found = old.values().flat_map(|file| &file.findings);
    let traces = found.filter(|f| !now.contains(&f.fingerprint)).map(Trace::from).collect();
    let gone = Trail { traces, sketches: sketches(old) };
    let sketches = sketches(new);
    for file in new.values_mut() {
        // What it was called before the last commit, that commit's scan has kept.
        file.findings.iter_mut().for_each(|finding| finding.also.clear());
    }
    let mut come: Vec<&mut Finding> = new
        .values_mut()
        .flat_map(|file| &mut file.findings)
        .filter(|finding| !before.contains(&finding.fingerprint))
        .collect();
    identity::follow(&gone, &mut come, &sketches, &|path| paths.contains(path));
}

//! What a run is compared with: which of the possible bases it is, and the one that is a commit.
//!
//! The files of a commit are scanned with today's rules, so that a rule that is new today makes
//! no old finding new. Only those files are looked at that could make a difference: the ones in
//! which the working tree has findings, and, where such a file was not there then, the ones that
//! are gone since, from which it may have been renamed.

use crate::clock;
use crate::engine::masked;
use crate::finding::{Finding, Fingerprint};
use crate::git::{Blob, Event, Git, MergeBase, Repository, RevisionError, TreeError};
use crate::identity::{self, Trace, Trail};
use crate::policy::{self, Base};
use crate::scan::{self, ScanError};
use crate::store::{Standing, Store, StoreError};
use crate::target::{self, Scope, Sketch, WalkError};
use crate::waiver;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;

/// What a run is compared with, before anything of it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<'a> {
    /// The merge base of a revision and HEAD.
    Revision(&'a str),
    /// A report that was taken earlier.
    File(&'a Path),
    /// The merge base of a pull request's target branch, where its name is known, and HEAD.
    Target(Option<&'a str>),
    /// What the store remembers.
    Store,
}

/// Why a commit cannot be compared with.
#[derive(Debug, Error)]
pub enum BaseError {
    #[error(transparent)]
    Revision(#[from] RevisionError),
    #[error("--base {0}: this is no git repository; compare with a report by --baseline")]
    NoGit(String),
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Scope(#[from] WalkError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The order in which the possible bases count.
pub fn choose<'a>(
    revision: Option<&'a str>,
    baseline: Option<&'a Path>,
    event: &'a Event,
) -> Choice<'a> {
    match (revision, baseline) {
        (Some(name), _) => Choice::Revision(name),
        (None, Some(file)) => Choice::File(file),
        (None, None) if event.is_pull_request() => Choice::Target(event.target.as_deref()),
        (None, None) => Choice::Store,
    }
}

/// The commit to compare with, where the choice is one.
///
/// # Errors
/// The clone does not have it.
pub fn commit(
    choice: Choice,
    git: Option<&Git>,
    repository: &Repository,
) -> Result<Option<MergeBase>, BaseError> {
    let revision = match (choice, git) {
        (Choice::Revision(name), Some(git)) => git.resolve(name)?,
        (Choice::Revision(name), None) => return Err(BaseError::NoGit(name.to_owned())),
        (Choice::Target(branch), Some(git)) => {
            git.target(branch, repository.default_branch.as_deref())?
        }
        _ => return Ok(None),
    };
    git.map(|git| git.merge_base(&revision)).transpose().map_err(BaseError::from)
}

/// What the commit has of the findings, and what went since: `findings` are those of the working
/// tree, scanned by the same request, before any but a comment waived them. A finding that a
/// comment waived then is none of the base's: without its comment it is new.
///
/// # Errors
/// The commit's files cannot be read.
pub fn of_commit(
    git: &Git,
    commit: &MergeBase,
    findings: &[Finding],
    request: &scan::Request,
) -> Result<(Base, Trail), BaseError> {
    let mut base = Base { name: masked(&commit.name), ..Base::default() };
    let mut trail = Trail::default();
    if findings.is_empty() {
        return Ok((base, trail));
    }
    let paths: HashSet<&str> = findings.iter().map(|finding| &*finding.location.path).collect();
    let tree = git.tree_at(commit)?;
    let files = to_scan(tree.files()?, &paths, request)?;
    let now: HashSet<Fingerprint> = findings.iter().map(|finding| finding.fingerprint).collect();
    let today = policy::day(clock::now().as_second());
    for (path, mut entry) in scan::scan_tree(request, &tree, &files)? {
        // What a comment of long ago waived there has been open there since.
        waiver::expire(&mut entry.findings, today);
        if let Some(sketch) = entry.sketch {
            trail.sketches.insert(path, sketch);
        }
        for finding in &entry.findings {
            if finding.waiver.is_some() {
                base.commented.insert(finding.fingerprint);
                continue;
            }
            base.fingerprints.insert(finding.fingerprint);
            if !now.contains(&finding.fingerprint) {
                trail.traces.push(Trace::from(finding));
            }
        }
    }
    Ok((base, trail))
}

/// Of the commit's files those at the paths and, where it lacks one of them, those that are gone
/// from the working tree and would be scanned if they were not.
fn to_scan(
    files: Vec<Blob>,
    paths: &HashSet<&str>,
    request: &scan::Request,
) -> Result<Vec<Blob>, WalkError> {
    // What is inside an archive is in the file of the archive.
    let hosts: HashSet<&str> = paths.iter().flat_map(|path| target::hosts(path)).collect();
    let (mut here, others): (Vec<Blob>, Vec<Blob>) =
        files.into_iter().partition(|file| hosts.contains(&*file.path));
    // What an engine says of one of its files is decided by all of them.
    let wanted = |path: &str| {
        let mut engines = request.engines.iter().filter_map(|engine| engine.of_tree());
        engines.any(|engine| engine.wants_path(path))
    };
    let others = match paths.iter().any(|path| wanted(path)) {
        true => {
            let (whole, others) = others.into_iter().partition(|file: &Blob| wanted(&file.path));
            here.extend::<Vec<Blob>>(whole);
            others
        }
        false => others,
    };
    let known: HashSet<&str> = here.iter().map(|file| &*file.path).collect();
    if paths.iter().any(|path| target::hosts(path).all(|host| !known.contains(host))) {
        let scope = Scope::new(request.root, request.targets, request.ignore_files.as_ref())?;
        let gone = |file: &Blob| request.root.join(&*file.path).symlink_metadata().is_err();
        here.extend(others.into_iter().filter(|file| gone(file) && scope.holds(&file.path)));
    }
    Ok(here)
}

/// What a run is compared with.
pub enum Comparison {
    Commit(MergeBase),
    Known(Base),
    /// What the store has as a base, if there is one.
    Store,
}

/// What was found in the working tree, before any but a comment waived it.
pub struct Tree<'a> {
    pub repository: &'a Repository,
    /// None outside git.
    pub git: Option<&'a Git>,
    pub sightings: Vec<Finding>,
    /// What the files with sightings look like.
    pub sketches: HashMap<Arc<str>, Sketch>,
}

impl Tree<'_> {
    /// The base. The sightings learn where each was before, there and in the store: a lasting
    /// identity is wanted whatever decides what is new. `request` is what scanned the tree.
    pub fn compare(
        &mut self,
        with: Comparison,
        store: &mut Option<&mut dyn Store>,
        request: &scan::Request,
    ) -> Result<Option<Base>, BaseError> {
        let base = match (with, self.git, store.as_deref_mut()) {
            (Comparison::Commit(commit), Some(git), _) => {
                let (base, gone) = of_commit(git, &commit, &self.sightings, request)?;
                self.follow(&gone, |finding| base.has(finding));
                Some(base)
            }
            (Comparison::Known(base), ..) => Some(base),
            (Comparison::Store, _, Some(store)) => {
                let base = store.base(self.repository)?;
                let is_old = |base: &Base| self.sightings.iter().all(|finding| base.has(finding));
                if base.as_ref().is_some_and(is_old) {
                    // Nothing came, so nothing is to be followed.
                    return Ok(base);
                }
                base
            }
            _ => None,
        };
        if let Some(store) = store.as_deref_mut() {
            let seen = self.sightings.iter().flat_map(Finding::fingerprints).collect();
            let Standing { known, gone } = store.standing(self.repository, &seen)?;
            self.follow(&gone, |finding| finding.fingerprints().any(|f| known.contains(&f)));
        }
        Ok(base)
    }

    /// Says of what goes by any of the names that it goes by the others too.
    pub fn remember(&mut self, names: &[Vec<Fingerprint>]) {
        let mut all: HashMap<Fingerprint, Vec<&Fingerprint>> = HashMap::new();
        for names in names.iter().filter(|names| names.len() > 1) {
            names.iter().for_each(|name| all.entry(*name).or_default().extend(names));
        }
        for finding in &mut self.sightings {
            let others: Vec<&Fingerprint> = finding
                .fingerprints()
                .filter_map(|name| all.get(&name))
                .flatten()
                .copied()
                .collect();
            for name in others {
                if finding.fingerprints().all(|other| other != *name) {
                    finding.also.push(*name);
                }
            }
        }
    }

    /// Says of what came where it was before, as far as that leaves no choice. What is known did
    /// not come.
    fn follow(&mut self, gone: &Trail, is_known: impl Fn(&Finding) -> bool) {
        let came = |finding: &&mut Finding| !is_known(finding);
        let mut come: Vec<&mut Finding> = self.sightings.iter_mut().filter(came).collect();
        let root = &self.repository.root;
        let exists =
            |path: &str| target::hosts(path).any(|path| root.join(path).symlink_metadata().is_ok());
        identity::follow(gone, &mut come, &self.sketches, &exists);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::EventKind;

    #[test]
    fn the_command_line_counts_before_the_pull_request_and_that_before_the_store() {
        let of =
            |kind, target: &str| Event { kind, target: Some(target.to_owned()), ..Event::LOCAL };
        let pull_request = of(EventKind::PullRequest, "main");
        let unnamed = Event { kind: EventKind::PullRequest, ..Event::LOCAL };
        let push = Event { kind: EventKind::Push, ..Event::LOCAL };
        let file = Some(Path::new("old.json"));
        for (revision, baseline, event, choice) in [
            (Some("v1"), file, &pull_request, Choice::Revision("v1")),
            (None, file, &pull_request, Choice::File(Path::new("old.json"))),
            (None, None, &pull_request, Choice::Target(Some("main"))),
            (None, None, &unnamed, Choice::Target(None)),
            (Some("v1"), None, &push, Choice::Revision("v1")),
            (None, file, &push, Choice::File(Path::new("old.json"))),
            (None, None, &push, Choice::Store),
        ] {
            assert_eq!(choose(revision, baseline, event), choice);
        }
    }
}

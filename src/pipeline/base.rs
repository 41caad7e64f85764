//! What a run is compared with: which of the possible bases it is, and the one that is a commit.
//!
//! The files of a commit are scanned with today's rules, so that a rule that is new today makes
//! no old finding new. Only those files are looked at that could make a difference: the ones in
//! which the working tree has findings, and, where such a file was not there then, the ones that
//! are gone since, from which it may have been renamed.

use crate::engine::masked;
use crate::finding::{Finding, Fingerprint, Waiver, WaiverSource};
use crate::git::{Blob, Event, Git, MergeBase, Repository, RevisionError, TreeError};
use crate::identity::{self, Trace, Trail};
use crate::policy::Base;
use crate::scan::{self, ScanError};
use crate::target::{Scope, Sketch, WalkError};
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
/// tree, scanned by the same request. A finding that a comment waived then is none of the base's:
/// without its comment it is new.
///
/// # Errors
/// The commit's files cannot be read.
pub fn of_commit(
    git: &Git,
    commit: &MergeBase,
    findings: &[&mut Finding],
    request: &scan::Request,
) -> Result<(Base, Trail), BaseError> {
    let by_comment = |waiver: &Waiver| waiver.source == WaiverSource::Comment;
    let open: Vec<&&mut Finding> =
        findings.iter().filter(|f| f.waiver.as_deref().is_none_or(by_comment)).collect();
    let mut base = Base { name: masked(&commit.name), ..Base::default() };
    let mut trail = Trail::default();
    if open.is_empty() {
        return Ok((base, trail));
    }
    let paths: HashSet<&str> = open.iter().map(|finding| &*finding.location.path).collect();
    let tree = git.tree_at(commit)?;
    let files = to_scan(tree.files()?, &paths, request)?;
    let now: HashSet<Fingerprint> = findings.iter().map(|finding| finding.fingerprint).collect();
    for (file, entry) in files.iter().zip(scan::scan_tree(request, &tree, &files)?) {
        if let Some(sketch) = entry.sketch {
            trail.sketches.insert(file.path.clone(), sketch);
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
    let (mut here, others): (Vec<Blob>, Vec<Blob>) =
        files.into_iter().partition(|file| paths.contains(&*file.path));
    if here.len() < paths.len() {
        let mut scope = Scope::new(request.root, request.targets, request.ignore_files.as_deref())?;
        let gone = |file: &Blob| request.root.join(&*file.path).symlink_metadata().is_err();
        here.extend(others.into_iter().filter(|file| gone(file) && scope.holds(&file.path)));
    }
    Ok(here)
}

/// Says of what came where it was before, as far as that leaves no choice. `findings` and
/// `sketches` are those of the working tree.
pub fn follow(
    base: &Base,
    gone: &Trail,
    findings: &mut [&mut Finding],
    sketches: &HashMap<Arc<str>, Sketch>,
    root: &Path,
) {
    let mut come: Vec<&mut Finding> = findings
        .iter_mut()
        .map(|finding| &mut **finding)
        .filter(|finding| !base.has(finding))
        .collect();
    let exists = |path: &str| root.join(path).symlink_metadata().is_ok();
    identity::follow(gone, &mut come, sketches, &exists);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::EventKind;

    #[test]
    fn the_command_line_counts_before_the_pull_request_and_that_before_the_store() {
        let of = |kind, target: &str| Event { kind, target: Some(target.to_owned()) };
        let pull_request = of(EventKind::PullRequest, "main");
        let unnamed = Event { kind: EventKind::PullRequest, target: None };
        let push = Event { kind: EventKind::Push, target: None };
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

//! What stored findings are compared with: in a pull request the commit that it has grown from, as
//! in a scan, and elsewhere what the store has as a base.

use super::{Recall, RecallError};
use crate::finding::Finding;
use crate::git::Repository;
use crate::pipeline::base::{self as commits, BaseError, Choice};
use crate::pipeline::engines;
use crate::policy::Base;
use crate::rule;
use crate::scan;

/// The base of what the store has open.
pub(super) fn base(recall: &mut Recall, findings: &[Finding]) -> Result<Option<Base>, RecallError> {
    match of_pull_request(recall, findings)? {
        Some(base) => Ok(Some(base)),
        None => Ok(recall.store.base(recall.repository)?),
    }
}

/// The base of a pull request; none elsewhere.
pub(super) fn of_pull_request(
    recall: &mut Recall,
    findings: &[Finding],
) -> Result<Option<Base>, RecallError> {
    let choice = commits::choose(None, None, recall.event);
    let (Choice::Target(_), Some(git)) = (choice, recall.git) else { return Ok(None) };
    let Some(commit) = commits::commit(choice, recall.git, recall.repository)? else {
        return Ok(None);
    };
    let sightings: Vec<Finding> = findings.iter().flat_map(Finding::sightings).cloned().collect();
    let tracked = git.tracked()?;
    let request = scan::Request {
        root: &recall.repository.root,
        paths: std::slice::from_ref(&recall.repository.root),
        targets: &recall.config.scan,
        ignore_files: recall.ignore_files.clone(),
        written: &[],
        tracked: &tracked,
        engines: engines(recall.config),
        cache: None,
        line_hashes: false,
    };
    let (mut base, _) = commits::of_commit(git, &commit, &sightings, &request)?;
    add_imported(recall, &sightings, &mut base)?;
    Ok(Some(base))
}

/// What other tools saw cannot be asked of a commit: it is known where the last scan of the target
/// that passed has it.
fn add_imported(
    recall: &mut Recall,
    sightings: &[Finding],
    base: &mut Base,
) -> Result<(), BaseError> {
    let imported = |sighting: &&Finding| rule::own(&sighting.engine, &sighting.rule).is_none();
    let mut imported = sightings.iter().filter(imported).peekable();
    if imported.peek().is_none() {
        return Ok(());
    }
    let target = recall.event.gate_branch(recall.repository).map(str::to_owned);
    let on_target = Repository { branch: target, ..recall.repository.clone() };
    if let Some(known) = recall.store.base(&on_target)? {
        let known = imported.filter(|sighting| known.has(sighting));
        base.fingerprints.extend(known.flat_map(Finding::fingerprints));
    }
    Ok(())
}

//! Judging again: the tree as it is, by the policy, at the time and with the knowledge that a
//! verdict records.

use super::bridge::{self, Facts};
use super::document::{Document, Judged, Waived};
use crate::engine::{ENGINES, Engine};
use crate::finding::{Finding, Fingerprint, WaiverSource};
use crate::git::Repository;
use crate::identity;
use crate::scan::{self, Progress, ScanError};
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use thiserror::Error;

/// Why a verdict cannot be judged again.
#[derive(Debug, Error)]
pub enum ReplayError {
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error("the verdict is of {path:?}, which is not below {root}", root = root.display())]
    Path { path: String, root: PathBuf },
}

/// Scans what the verdict was passed on, and judges it as it was judged. What a scan cannot see
/// (what was new, when it was first seen, what was waived elsewhere than in the source) is taken
/// from the record, by fingerprint.
pub fn again(
    recorded: &Document,
    repository: &Repository,
    progress: &dyn Progress,
) -> Result<Document, ReplayError> {
    let paths = paths(&recorded.inputs.paths, &repository.root)?;
    let mut scanned = scan::scan(
        &scan::Request {
            root: &repository.root,
            paths: &paths,
            targets: &recorded.inputs.scan,
            engines: engines(recorded),
            cache: None,
            line_hashes: false,
        },
        progress,
    )?;
    let mut findings = identity::unite(&mut scanned.runs);
    let facts = recall(recorded, &mut findings);
    let verdict = bridge::judge(
        &findings,
        &facts,
        &scanned.runs,
        &scanned.notifications,
        recorded.base.as_deref(),
        recorded.policy.policy(),
    );
    Ok(Document::of(Judged {
        repository,
        time: recorded.judged,
        paths: recorded.inputs.paths.clone(),
        scan: &recorded.inputs.scan,
        files: &scanned.inputs,
        configuration: recorded.inputs.configuration.clone(),
        waivers: recorded.inputs.waivers.clone(),
        advisories: recorded.inputs.advisories,
        runs: &scanned.runs,
        findings: &findings,
        facts: &facts,
        verdict: &verdict,
    }))
}

/// The recorded paths, in this tree: a record may name any path, but none elsewhere is looked at.
fn paths(recorded: &[String], root: &Path) -> Result<Vec<PathBuf>, ReplayError> {
    let resolve = |path: &String| {
        let below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        let resolved = root.join(path).canonicalize().ok().filter(|p| below && p.starts_with(root));
        resolved.ok_or_else(|| ReplayError::Path { path: path.clone(), root: root.to_owned() })
    };
    recorded.iter().map(resolve).collect()
}

/// Those of the recorded engines that are Lockgate's own.
fn engines(recorded: &Document) -> Vec<&'static dyn Engine> {
    let ran = |engine: &&&'static dyn Engine| {
        recorded.engines.iter().any(|run| run.name == engine.name())
    };
    ENGINES.iter().filter(ran).copied().collect()
}

/// Gives the findings back what the record knows of them.
fn recall(recorded: &Document, findings: &mut [Finding]) -> Vec<Facts> {
    let known: HashMap<Fingerprint, _> =
        recorded.decisions.iter().map(|decided| (decided.fingerprint, decided)).collect();
    let recall = |finding: &mut Finding| {
        let Some(decided) = known.get(&finding.fingerprint) else {
            return Facts { new: true, first_seen: None };
        };
        let elsewhere = |waived: &&Waived| waived.source != WaiverSource::Comment;
        if let Some(waived) = decided.waiver.as_ref().filter(elsewhere) {
            finding.waiver = Some(Box::new(waived.waiver()));
        }
        Facts { new: decided.new, first_seen: decided.first_seen.map(|at| at.as_second()) }
    };
    findings.iter_mut().map(recall).collect()
}

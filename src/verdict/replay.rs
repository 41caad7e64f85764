//! Judging again: the tree as it is, by the policy, at the time and with the knowledge that a
//! verdict records.

use super::decided::{Decided, Id, Waived};
use super::document::{Document, Judged};
use super::inputs::{Inputs, Settings, digest_of};
use crate::engine::{ENGINES, Engine};
use crate::finding::{Finding, Fingerprint, WaiverSource};
use crate::git::{self, Git, Repository, Source, SourceError};
use crate::identity;
use crate::policy::{self, Circumstances, Facts, day};
use crate::scan::{self, Progress, ScanError, Scanned};
use crate::waiver;
use jiff::civil::Date;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use thiserror::Error;

/// Why a verdict cannot be judged again.
#[derive(Debug, Error)]
pub enum ReplayError {
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error("the settings of the verdict: {0}")]
    Settings(#[from] SourceError),
    #[error("the verdict is of {path:?}, which is not below {root}", root = root.display())]
    Path { path: String, root: PathBuf },
}

/// Scans what the verdict was passed on, and judges it as it was judged. What a scan cannot see
/// (what was new, when it was first seen, by what else it went, what was waived elsewhere than in
/// the source) is taken from the record, by fingerprint.
///
/// # Errors
/// The paths or settings of the verdict are not there, or nothing can be scanned.
pub fn again(
    recorded: &Document,
    repository: &Repository,
    git: Option<&Git>,
    progress: &dyn Progress,
) -> Result<Document, ReplayError> {
    let paths = paths(&recorded.inputs.paths, &repository.root)?;
    let source = source(recorded, repository, git)?;
    let tracked = git.map(Git::tracked).unwrap_or_default();
    let request = scan::Request {
        root: &repository.root,
        paths: &paths,
        targets: &recorded.inputs.scan,
        ignore_files: source.ignore_files(),
        tracked: &tracked,
        engines: engines(recorded),
        cache: None,
        line_hashes: false,
    };
    let Scanned { mut runs, notifications, inputs, .. } = scan::scan(&request, progress)?;
    let mut sightings: Vec<Finding> =
        runs.iter_mut().flat_map(|run| std::mem::take(&mut run.findings)).collect();
    let now = recorded.judged.as_second();
    recall(recorded, &mut sightings, day(now));
    let findings = identity::unite(sightings, &recorded.inputs.merge);
    let facts = facts(recorded, &findings);
    let circumstances = Circumstances {
        runs: &runs,
        notifications: &notifications,
        now,
        advisories: recorded.inputs.advisories.map(|date| date.as_second()),
    };
    let policy = recorded.policy.resolved.clone();
    let verdict = policy::judge(&findings, &facts, &circumstances, recorded.base.clone(), policy);
    Ok(Document::of(Judged {
        repository,
        time: recorded.judged,
        event: recorded.event,
        inputs: Inputs {
            files: inputs.len() as u64,
            digest: digest_of(&inputs),
            settings: Settings::of(&source)?,
            ..recorded.inputs.clone()
        },
        runs: &runs,
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

/// Where the settings were read from.
fn source(
    recorded: &Document,
    repository: &Repository,
    git: Option<&Git>,
) -> Result<Source, SourceError> {
    match recorded.inputs.settings.commit.as_deref() {
        None => Ok(Source::worktree(&repository.root)),
        Some(commit) => {
            let event = git::Event { kind: recorded.event, target: None };
            Source::choose(repository, git, &event, Some(commit))
        }
    }
}

/// Those of the recorded engines that are Lockgate's own.
fn engines(recorded: &Document) -> Vec<&'static dyn Engine> {
    let ran = |engine: &&&'static dyn Engine| {
        recorded.engines.iter().any(|run| run.name == engine.name())
    };
    ENGINES.iter().filter(ran).copied().collect()
}

/// Gives each sighting back the fingerprints that the record has of it and, where it held on that
/// day, the waiver.
fn recall(recorded: &Document, sightings: &mut [Finding], today: Date) {
    waiver::expire(sightings, today);
    let mut known: HashMap<(Fingerprint, &str), (&[Id], Option<&Waived>)> = HashMap::new();
    for decided in &recorded.decisions {
        let Decided { fingerprint, engine, also, waiver, .. } = decided;
        known.insert((fingerprint.0, engine), (also, waiver.as_ref()));
        for witness in &decided.witnesses {
            let key = (witness.fingerprint.0, &*witness.engine);
            known.insert(key, (&witness.also, witness.waiver.as_ref()));
        }
    }
    for sighting in sightings {
        let Some((also, waived)) = known.get(&(sighting.fingerprint, &*sighting.engine)) else {
            continue;
        };
        sighting.also = also.iter().map(|id| id.0).collect();
        let holds = |waived: &&&Waived| {
            waived.source != WaiverSource::Comment
                && waived.until.is_none_or(|until| today <= until)
        };
        if let Some(waived) = waived.as_ref().filter(holds) {
            sighting.waiver.get_or_insert_with(|| Box::new(waived.waiver()));
        }
    }
}

/// What the record knows of the findings.
fn facts(recorded: &Document, findings: &[Finding]) -> Vec<Facts> {
    let known: HashMap<Fingerprint, &Decided> =
        recorded.decisions.iter().map(|decided| (decided.fingerprint.0, decided)).collect();
    let facts = |finding: &Finding| match known.get(&finding.fingerprint) {
        Some(Decided { new, first_seen, .. }) => {
            Facts { new: *new, first_seen: first_seen.map(|at| at.as_second()) }
        }
        None => Facts::UNKNOWN,
    };
    findings.iter().map(facts).collect()
}

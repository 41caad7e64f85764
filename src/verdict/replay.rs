//! Judging again: the tree as it is, by the policy, at the time and with the knowledge that a
//! verdict records.

use super::decided::{Decided, Id, Waived, Witness};
use super::document::{Document, Judged};
use super::inputs::{Inputs, Settings, digest_of, without_secrets};
use crate::engine::Engine;
use crate::finding::{Finding, Fingerprint, Live, WaiverSource};
use crate::git::{Git, IndexError, Repository, Source, SourceError};
use crate::identity::MergeSettings;
use crate::policy::{self, Circumstances, Facts, day};
use crate::scan::{self, Progress, ScanError, Scanned};
use crate::target;
use crate::waiver::{Decisions, Waivers};
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use thiserror::Error;

/// Why a verdict cannot be judged again.
#[derive(Debug, Error)]
pub enum ReplayError {
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Settings(#[from] SourceError),
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error("the verdict is of {path:?}, which is not below {root}", root = root.display())]
    Path { path: String, root: PathBuf },
}

/// What is there to judge again.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    pub repository: &'a Repository,
    /// Where the record itself lies: absolute, the links of its folder resolved.
    pub record: &'a Path,
    /// None outside git.
    pub git: Option<&'a Git>,
    /// Where the record says that the settings came from.
    pub source: &'a Source,
    /// Those of the source.
    pub waivers: &'a Waivers,
    pub configuration: Configuration<'a>,
}

/// What the configuration here says of a scan; where the record says something else, its inputs
/// were others.
#[derive(Clone, Copy)]
pub struct Configuration<'a> {
    pub targets: &'a target::Settings,
    pub merge: &'a MergeSettings,
    /// The engines that are on.
    pub engines: &'a [&'static dyn Engine],
    /// The hash of all that it says, in hexadecimal.
    pub hash: &'a str,
}

/// Scans what the verdict was passed on as the configuration here says, and judges it as it was
/// judged. What the tree cannot tell (what was new, when it was first seen, by what else it went,
/// what the triage and a provider said) is taken from the record, by fingerprint.
///
/// # Errors
/// The paths of the verdict are not there, or nothing can be scanned.
pub fn again(
    recorded: &Document,
    here: &Here,
    progress: &dyn Progress,
) -> Result<Document, ReplayError> {
    let Here { repository, record, git, source, waivers, configuration } = *here;
    let paths = paths(&recorded.inputs.paths, &repository.root)?;
    let tracked = git.map(Git::tracked_deeply).transpose()?.unwrap_or_default();
    let written = recorded.inputs.written.iter().map(|path| repository.root.join(path));
    let written: Vec<PathBuf> = written.chain([record.to_owned()]).collect();
    let request = scan::Request {
        root: &repository.root,
        paths: &paths,
        targets: configuration.targets,
        ignore_files: source.ignore_files(),
        tracked: &tracked,
        written: &written,
        engines: configuration.engines.to_vec(),
        cache: None,
        line_hashes: false,
    };
    let Scanned { mut runs, notifications, inputs, passed_over, .. } =
        scan::scan(&request, progress)?;
    let mut sightings: Vec<Finding> =
        runs.iter_mut().flat_map(|run| std::mem::take(&mut run.findings)).collect();
    let now = recorded.judged.as_second();
    recall(recorded, &mut sightings);
    let decisions = Decisions { waivers, triaged: &[], today: day(now) };
    let (findings, _) = decisions.unite(sightings, configuration.merge);
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
            scan: without_secrets(configuration.targets),
            passed_over,
            merge: configuration.merge.clone(),
            settings: Settings::of(source, configuration.hash.to_owned())?,
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

/// What the record knows of a sighting that the tree does not tell.
struct Known<'a> {
    also: &'a [Id],
    waiver: Option<&'a Waived>,
    live: Option<Live>,
}

/// Gives each sighting back the fingerprints that the record has of it, what the triage said, and
/// what its provider said.
fn recall(recorded: &Document, sightings: &mut [Finding]) {
    let mut all: HashMap<(Fingerprint, &str), Known> = HashMap::new();
    for decided in &recorded.decisions {
        let Decided { fingerprint, engine, also, waiver, live, .. } = decided;
        all.insert((fingerprint.0, engine), Known { also, waiver: waiver.as_ref(), live: *live });
        for witness in &decided.witnesses {
            let Witness { fingerprint, engine, also, waiver, live, .. } = witness;
            all.insert(
                (fingerprint.0, engine),
                Known { also, waiver: waiver.as_ref(), live: *live },
            );
        }
    }
    for sighting in sightings {
        let known = all.get(&(sighting.fingerprint, &*sighting.engine));
        let Some(Known { also, waiver, live }) = known else { continue };
        sighting.also = also.iter().map(|id| id.0).collect();
        if let Some(waived) = waiver.filter(|waived| waived.source == WaiverSource::Triage) {
            sighting.waiver.get_or_insert_with(|| Box::new(waived.waiver()));
        }
        if let Some(live) = *live {
            sighting.answer(live);
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

//! The way of a finding, end to end: scan, unite, compare, judge, record, report.

pub mod added;
pub mod base;
pub mod baseline;

use crate::cache::Cache;
use crate::clock;
use crate::config::{Config, Mode};
use crate::engine::secrets::Secrets;
use crate::engine::{ENGINES, Engine, masked};
use crate::finding::Finding;
use crate::git::{Git, IndexError, Repository};
use crate::live;
use crate::policy::{self, Circumstances, Event, Facts, Policy};
use crate::report::{Report, Reported};
use crate::rule::Catalogue;
use crate::scan::{self, Progress, ScanError, Scanned};
use crate::store::{History, Lifecycle, Scan, Store, StoreError};
use crate::target::IgnoreFiles;
use crate::verdict::{self, Document, Inputs, Judged};
use crate::waiver::{Decisions, Note, Waivers};
use added::{AddedError, Subject};
use base::{BaseError, Comparison, Tree};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use thiserror::Error;

/// One run.
pub struct Request<'a> {
    pub repository: Repository,
    /// None outside git.
    pub git: Option<&'a Git>,
    /// Folders and files below the repository's root; absolute, links resolved.
    pub paths: Vec<PathBuf>,
    /// What is looked at; of `paths` only where it is the working tree.
    pub subject: Subject,
    pub config: &'a Config,
    pub policy: Policy,
    /// What made it run.
    pub event: Event,
    /// Whether the providers of credentials are asked whether they work.
    pub verify: bool,
    /// Stand in for the `.lockgateignore` files on the disk.
    pub ignore_files: Option<Arc<IgnoreFiles>>,
    pub waivers: &'a Waivers,
    pub base: Comparison,
    pub store: Option<&'a mut dyn Store>,
    pub cache: Option<&'a Cache>,
    /// The files that the report goes into; absolute, the links of their folders resolved.
    pub written: Vec<PathBuf>,
    /// Whether a format asked for shows GitHub's line hashes.
    pub line_hashes: bool,
    /// Where the settings came from, where a format asked for is the verdict as an artefact.
    pub document: Option<verdict::Settings>,
}

/// Why a run came to no report.
#[derive(Debug, Error)]
pub enum RunError {
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Added(#[from] AddedError),
    #[error(transparent)]
    Base(#[from] BaseError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a run came to.
pub struct Done {
    pub report: Report,
    /// Why the store does not have it. It is reported all the same.
    pub unrecorded: Option<StoreError>,
    /// The entries of the waivers' file that are stale. Which are for nothing is told only of
    /// what the engines looked at.
    pub stale: Vec<Note>,
}

/// Runs.
pub fn run(mut request: Request, progress: &dyn Progress) -> Result<Done, RunError> {
    let (started, stopwatch) = (clock::now(), Instant::now());
    let repository = without_secrets(request.repository);
    let walked = request.git.filter(|_| matches!(request.subject, Subject::Tree));
    let tracked = walked.map(Git::tracked_deeply).transpose()?.unwrap_or_default();
    let scan_request = scan::Request {
        root: &repository.root,
        paths: &request.paths,
        targets: &request.config.scan,
        ignore_files: request.ignore_files,
        written: &request.written,
        tracked: &tracked,
        engines: engines(request.config),
        cache: request.cache,
        line_hashes: request.line_hashes,
    };
    let scanned = match added::scan(&request.subject, request.git, &scan_request, progress)? {
        Some(added) => added,
        None => scan::scan(&scan_request, progress)?,
    };
    let Scanned { mut runs, notifications, sketches, files, binary, inputs, passed_over } = scanned;
    let of_runs = runs.iter_mut().map(|run| std::mem::take(&mut run.findings));
    let sightings = of_runs.reduce(|mut all, mut more| {
        all.append(&mut more);
        all
    });
    let sightings = sightings.unwrap_or_default();
    let mut tree = Tree { repository: &repository, git: request.git, sightings, sketches };
    let base = tree.compare(request.base, &mut request.store, &scan_request)?;
    if let (Some(store), false) = (&mut request.store, request.waivers.is_empty()) {
        tree.remember(&store.names(&repository.name, &request.waivers.fingerprints())?);
    }
    let Tree { mut sightings, sketches, .. } = tree;
    if request.verify
        && let Some(run) = runs.iter_mut().find(|run| run.engine == Secrets.name())
    {
        let paths = sightings.iter().map(|finding| finding.location.path.clone());
        let again = scan::Again::new(&repository.root, &request.config.scan, paths);
        let read = |finding: &Finding| again.read(&finding.location.path);
        run.notifications.extend(live::check(&mut sightings, &read));
    }
    let circumstances = Circumstances {
        runs: &runs,
        notifications: &notifications,
        now: started.as_second(),
        advisories: None,
    };
    let (mut first_seen, mut triaged) = (HashMap::new(), Vec::new());
    if let Some(store) = &mut request.store {
        triaged = store.triaged(&repository.name)?;
        if request.policy.asks_age() {
            first_seen = store.first_seen(&repository)?;
        }
    }
    let today = circumstances.today();
    let decisions = Decisions { waivers: request.waivers, triaged: &triaged, today };
    let (findings, mut stale) = decisions.unite(sightings, &request.config.merge);
    request.waivers.leave_untold(&mut stale, &runs);
    let facts = Facts::of(&findings, base.as_ref(), &first_seen);
    let base = base.map(|base| base.name);
    let verdict = policy::judge(&findings, &facts, &circumstances, base, request.policy);
    let document = request.document.map(|settings| {
        let merge = request.config.merge.clone();
        Document::of(Judged {
            repository: &repository,
            time: started,
            event: request.event,
            inputs: Inputs::of(
                &scan_request,
                &inputs,
                passed_over,
                merge,
                settings,
                circumstances.advisories,
            ),
            runs: &runs,
            findings: &findings,
            facts: &facts,
            verdict: &verdict,
        })
    });
    let root = &repository.root;
    let looked_at = |path: &str| scan::has_looked(&inputs, root, path);
    let recorded = request.store.map(|store| {
        store.record(&Scan {
            repository: &repository,
            time: started.as_second(),
            runs: &runs,
            rules: Catalogue::get().hash().to_hex().to_string(),
            decision: verdict.recorded(),
            policy: verdict.policy.hash(),
            base: verdict.base.clone(),
            event: request.event.to_string(),
            findings: &findings,
            sketches: &sketches,
            looked_at: &looked_at,
        })
    });
    let (history, unrecorded) = match recorded.transpose() {
        Ok(history) => (history, None),
        Err(error) => (None, Some(error)),
    };
    let mut report = Report {
        repository,
        started,
        seconds: 0.0,
        files,
        binary,
        runs,
        notifications,
        findings: Vec::new(),
        fixed: Vec::new(),
        verdict,
        document,
    };
    fill(&mut report, findings, &facts, history, request.config);
    report.seconds = stopwatch.elapsed().as_secs_f64();
    Ok(Done { report, unrecorded, stale })
}

/// The names of a repository go into the store and every report, and may quote a credential.
pub fn without_secrets(repository: Repository) -> Repository {
    let clean = |name: String| masked(&name);
    Repository {
        name: clean(repository.name),
        branch: repository.branch.map(clean),
        default_branch: repository.default_branch.map(clean),
        ..repository
    }
}

/// The engines that the configuration leaves on, and that have rules.
pub fn engines(config: &Config) -> Vec<&'static dyn Engine> {
    let on = |engine: &&&'static dyn Engine| {
        config.engines.get(engine.name()) != Some(&Mode::Off)
            && Catalogue::get().of_engine(engine.name()).next().is_some()
    };
    ENGINES.iter().filter(on).copied().collect()
}

/// What became of a finding since the base. What the base has is not new, though the branch may
/// never have been scanned.
fn since(facts: Facts, seen: Option<Lifecycle>) -> Option<Lifecycle> {
    match seen {
        None | Some(Lifecycle::New) if facts.new => Some(Lifecycle::New),
        None | Some(Lifecycle::New) => Some(Lifecycle::Existing),
        seen => seen,
    }
}

/// Puts the findings that are to be reported, with what became of each, into the report.
fn fill(
    report: &mut Report,
    findings: Vec<Finding>,
    facts: &[Facts],
    history: Option<History>,
    config: &Config,
) {
    let compared = report.verdict.base.is_some();
    let (lifecycles, fixed) = history.map_or_else(Default::default, |h| (h.lifecycles, h.fixed));
    let settings = &config.report;
    let reported = |finding: &Finding| {
        settings.min_severity.is_none_or(|least| finding.severity >= least)
            && settings.min_confidence.is_none_or(|least| finding.confidence >= least)
    };
    let verdict = &mut report.verdict;
    let mut places = vec![None; findings.len()];
    for entry in &verdict.blocking {
        places[entry.finding] = Some(Some(entry.rule.clone()));
    }
    for entry in verdict.warnings.iter().chain(&verdict.would_block) {
        places[entry.finding] = Some(None);
    }
    let mut moved = Vec::with_capacity(findings.len());
    report.findings.reserve_exact(findings.len());
    for (index, (finding, place)) in findings.into_iter().zip(places).enumerate() {
        moved.push(report.findings.len());
        if place.is_some() || reported(&finding) {
            let seen = lifecycles.get(index).copied();
            let lifecycle = if compared { since(facts[index], seen) } else { seen };
            report.findings.push(Reported { finding, lifecycle, blocked_by: place.flatten() });
        }
    }
    verdict.move_to(&moved);
    report.fixed = fixed;
}

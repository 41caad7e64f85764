//! The way of a finding, end to end: scan, unite, compare, judge, record, report.

use crate::cache::Cache;
use crate::config::{Config, Mode};
use crate::engine::{ENGINES, Engine, masked};
use crate::finding::Finding;
use crate::git::Repository;
use crate::identity;
use crate::policy::{self, Policy};
use crate::report::{Report, Reported};
use crate::rule::Catalogue;
use crate::scan::{self, Progress, ScanError, Scanned};
use crate::store::{History, Scan, Store, StoreError};
use jiff::Timestamp;
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;
use thiserror::Error;

/// One run.
pub struct Request<'a> {
    pub repository: Repository,
    /// Folders and files below the repository's root; absolute, links resolved.
    pub paths: Vec<PathBuf>,
    pub config: &'a Config,
    pub policy: Policy,
    pub store: Option<&'a mut dyn Store>,
    pub cache: Option<&'a Cache>,
    /// Whether a format asked for shows GitHub's line hashes.
    pub line_hashes: bool,
}

/// Why a run came to no report.
#[derive(Debug, Error)]
pub enum RunError {
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Runs. A result that cannot be recorded is reported all the same: the second value says why
/// the store does not have it.
pub fn run(
    mut request: Request,
    progress: &dyn Progress,
) -> Result<(Report, Option<StoreError>), RunError> {
    let (started, clock) = (Timestamp::now(), Instant::now());
    let repository = without_secrets(request.repository);
    let base = match &mut request.store {
        Some(store) => store.base(&repository)?,
        None => None,
    };
    let scanned = scan::scan(
        &scan::Request {
            root: &repository.root,
            paths: &request.paths,
            targets: &request.config.scan,
            engines: engines(request.config),
            cache: request.cache,
            line_hashes: request.line_hashes,
        },
        progress,
    )?;
    let Scanned { mut runs, notifications, files, binary } = scanned;
    let findings = identity::unite(&mut runs);
    let verdict = policy::judge(&findings, &runs, &notifications, base.as_ref(), request.policy);
    let recorded = request.store.map(|store| {
        store.record(&Scan {
            repository: &repository,
            time: started.as_second(),
            runs: &runs,
            rules: Catalogue::get().hash().to_hex().to_string(),
            decision: verdict.outcome,
            policy: blake3::hash(verdict.policy.rule().as_bytes()).to_hex().to_string(),
            base: verdict.base.clone(),
            event: String::new(),
            findings: &findings,
            sketches: &HashMap::new(),
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
    };
    fill(&mut report, findings, history, request.config);
    report.seconds = clock.elapsed().as_secs_f64();
    Ok((report, unrecorded))
}

/// The names of a repository go into the store and every report, and may quote a credential.
fn without_secrets(repository: Repository) -> Repository {
    let clean = |name: String| masked(&name);
    Repository {
        name: clean(repository.name),
        branch: repository.branch.map(clean),
        default_branch: repository.default_branch.map(clean),
        ..repository
    }
}

/// The engines that the configuration leaves on.
fn engines(config: &Config) -> Vec<&'static dyn Engine> {
    let on = |engine: &&&'static dyn Engine| config.engines.get(engine.name()) != Some(&Mode::Off);
    ENGINES.iter().filter(on).copied().collect()
}

/// Puts the findings that are to be reported, with what became of each, into the report.
fn fill(report: &mut Report, findings: Vec<Finding>, history: Option<History>, config: &Config) {
    let (lifecycles, fixed) = history.map_or_else(Default::default, |h| (h.lifecycles, h.fixed));
    let settings = &config.report;
    let reported = |finding: &Finding| {
        settings.min_severity.is_none_or(|least| finding.severity >= least)
            && settings.min_confidence.is_none_or(|least| finding.confidence >= least)
    };
    let mut blocking = std::mem::take(&mut report.verdict.blocking).into_iter().peekable();
    for (index, finding) in findings.into_iter().enumerate() {
        let block = blocking.next_if(|blocking| blocking.finding == index);
        if block.is_none() && !reported(&finding) {
            continue;
        }
        let blocked_by = block.map(|mut block| {
            block.finding = report.findings.len();
            report.verdict.blocking.push(block.clone());
            block.rule
        });
        report.findings.push(Reported {
            finding,
            lifecycle: lifecycles.get(index).copied(),
            blocked_by,
        });
    }
    report.fixed = fixed;
}

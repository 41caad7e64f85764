//! What is found in files that each stand alone: Dockerfiles, manifests.

use super::about::{About, FILES, Kind};
use super::config::{Failure, Found, Request};
use super::log::Log;
use super::tree::Tree;
use crate::compat::defsec::{Line, Lines, code};
use crate::engine::{ENGINES, Engine, Exam, frame, masked, masked_lines, secrets};
use crate::finding::{Finding, Trouble};
use crate::report::untrusted::visible;
use crate::rule::Catalogue;
use crate::target::{self, Reading, SourceFile, Target};
use rayon::prelude::*;
use std::collections::HashSet;
use std::sync::Arc;

/// Endings of the names of files that may hold configuration; a Dockerfile is known by its name.
const ENDINGS: [&str; 4] = ["yaml", "yml", "json", "template"];
/// Rules of Docker about an instruction that is not there: Trivy says no line then.
const MISSING: [&str; 2] = ["DS-0002", "DS-0026"];

/// Looks at the files of a tree.
pub fn scan(tree: &Tree, request: &Request, log: Log) -> Vec<Found> {
    let wanted = FILES.iter().filter(|kind| request.wants(kind));
    let engines: Vec<(&Kind, &dyn Engine)> = wanted
        .filter_map(|kind| {
            let engine = ENGINES.iter().find(|engine| engine.name() == kind.engine)?;
            Some((*kind, *engine))
        })
        .collect();
    if engines.is_empty() {
        return Vec::new();
    }
    let looked = tree.paths.par_iter().filter(|path| may_hold(path)).map(|path| {
        let Some(file) = read(tree, path, log) else { return Vec::new() };
        let wanting = engines.iter().filter(|(_, engine)| engine.wants(&file));
        wanting.filter_map(|(kind, engine)| look(kind, *engine, &file, request, log)).collect()
    });
    looked.collect::<Vec<Vec<Found>>>().into_iter().flatten().collect()
}

fn may_hold(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    name.contains("dockerfile")
        || name.contains("containerfile")
        || name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

fn read(tree: &Tree, path: &str, log: Log) -> Option<SourceFile> {
    let target = Target { path: path.into(), absolute: tree.folder.join(path) };
    let settings = target::Settings { archives: false, ..target::Settings::default() };
    match target::read(&target, &settings) {
        Reading::Source(file) => Some(file),
        Reading::Trouble(_, why) => {
            log.error(&format!("[misconfig] {path} {why}"));
            None
        }
        Reading::Inside(_) | Reading::Binary => None,
    }
}

/// What an engine sees in a file; none where it could not make it out.
fn look(
    kind: &'static Kind,
    engine: &'static dyn Engine,
    file: &SourceFile,
    request: &Request,
    log: Log,
) -> Option<Found> {
    let Exam { mut seen, looked } = engine.exam(file, "trivy");
    for notification in &seen.notifications {
        log.error(&format!("[misconfig] {}: {}", file.path, masked(&notification.message)));
    }
    let is_unparsed = |it: &Trouble| *it == Trouble::Unparsed;
    let is_nothing = looked.as_ref().is_some_and(Vec::is_empty)
        || seen.notifications.iter().any(|it| is_unparsed(&it.trouble));
    if seen.hits.is_empty() && is_nothing {
        return None;
    }
    if !seen.hits.is_empty() {
        seen.masks.extend(secrets::masks(file));
    }
    let (findings, _) = frame(file, vec![seen], Vec::new(), false);
    let lines: Vec<String> = match findings.is_empty() {
        true => Vec::new(),
        false => masked_lines(file, &[engine])
            .iter()
            .map(|line| visible(line.trim_end_matches(['\r', '\n'])).into_owned())
            .collect(),
    };
    let failed: HashSet<&str> = findings.iter().map(|finding| &*finding.rule).collect();
    let rules = Catalogue::get().of_engine(kind.engine);
    let mut found = Found::new(file.path.to_string(), kind);
    for rule in rules {
        let Some(about) = About::of(rule, kind).filter(|about| request.runs(about)) else {
            continue;
        };
        let about = Arc::new(about);
        if !failed.contains(rule.id) {
            if looked.as_ref().is_none_or(|looked| looked.iter().any(|it| it.id == rule.id)) {
                found.passes.push((rule, about));
            }
            continue;
        }
        let own = findings.iter().filter(|it| it.rule == rule.id && !request.accepts_comment(it));
        let fail = |finding: &Finding| {
            let (at, code) = place(finding, &lines);
            let (about, message) = (about.clone(), finding.message.to_string());
            let (resource, occurrences) = (String::new(), Vec::new());
            Failure { rule, about, message, resource, at, code, occurrences }
        };
        found.failures.extend(own.map(fail));
    }
    Some(found)
}

/// The lines of a finding, and those that are shown.
fn place(finding: &Finding, lines: &[String]) -> (Option<(u32, u32)>, Vec<Line>) {
    let span = finding.location.span;
    let line = lines.get(span.start_line as usize - 1).map_or("", |line| line.trim_start());
    let is_missing = MISSING.contains(&&*finding.rule)
        && line.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("from"));
    if is_missing {
        return (None, Vec::new());
    }
    let at = Lines { file: 0, start: span.start_line, end: span.end_line };
    (Some((at.start, at.end)), code(lines, &at, &at))
}

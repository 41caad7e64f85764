//! What is found in files that each stand alone: Dockerfiles, templates of CloudFormation.

use super::Stopped;
use super::about::{About, FILES, Kind};
use super::config::{Failure, Found, Request};
use super::log::Log;
use super::tree::Tree;
use crate::compat::defsec::{Line, Lines, code};
use crate::compat::go::reason;
use crate::engine::cloudformation::parameters::Parameters;
use crate::engine::{
    ENGINES, Engine, Exam, Seen, cloudformation, frame, masked, masked_lines, secrets,
};
use crate::finding::{Anchor, Finding, Trouble};
use crate::report::untrusted::visible;
use crate::rule::{Catalogue, Rule};
use crate::target::{self, Reading, SourceFile, Target};
use rayon::prelude::*;
use std::collections::HashSet;
use std::fs;
use std::sync::Arc;

/// Endings of the names of files that may hold configuration; a Dockerfile is known by its name.
const ENDINGS: [&str; 4] = ["yaml", "yml", "json", "template"];
/// Rules of Docker about an instruction that is not there: Trivy says no line then.
const MISSING: [&str; 2] = ["DS-0002", "DS-0026"];
/// Rules of Kubernetes of which Trivy never says a line.
const NOWHERE: [&str; 3] = ["KSV-0108", "KSV-0109", "KSV-01010"];

/// The most bytes of a file of parameters.
const MOST: u64 = 4 << 20;

/// Looks at the files of a tree.
///
/// # Errors
/// A file of parameters that is named cannot be read.
pub fn scan(tree: &Tree, request: &Request, log: Log) -> Result<Vec<Found>, Stopped> {
    let parameters = parameters(&request.options.parameters)?;
    let wanted = FILES.iter().filter(|kind| request.wants(kind));
    let looks: Vec<Look> = wanted.filter_map(|kind| Look::new(kind, request)).collect();
    if looks.is_empty() {
        return Ok(Vec::new());
    }
    let is_said = |look: &&Look, path: &str| request.patterns.say(look.kind, path);
    let may_be = |path: &&String| may_hold(path) || looks.iter().any(|look| is_said(&look, path));
    let looked = tree.paths.par_iter().filter(may_be).map(|path| {
        let Some(file) = read(tree, path, log) else { return Vec::new() };
        let wanting = looks.iter().filter(|look| look.engine.wants(&file) || is_said(look, path));
        wanting.filter_map(|look| look.at(&file, &parameters, request, log)).collect()
    });
    Ok(looked.collect::<Vec<Vec<Found>>>().into_iter().flatten().collect())
}

/// What files give to the parameters of templates.
fn parameters(files: &[String]) -> Result<Parameters, Stopped> {
    let mut parameters = Parameters::default();
    for file in files {
        let unread =
            |why: String| Stopped(format!("run error: the file of parameters {file}: {why}"));
        let size = fs::metadata(file).map_err(|error| unread(reason(&error)))?.len();
        if size > MOST {
            return Err(unread(format!("it is larger than {} MiB", MOST >> 20)));
        }
        let text = fs::read_to_string(file).map_err(|error| unread(reason(&error)))?;
        parameters.add(file, &text).map_err(|error| unread(error.to_string()))?;
    }
    Ok(parameters)
}

fn may_hold(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    name.contains("dockerfile")
        || name.contains("containerfile")
        || name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// A file of the tree as text; none where that cannot be read, which is said, or is no text.
pub fn read(tree: &Tree, path: &str, log: Log) -> Option<SourceFile> {
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

/// An engine, and what its rules are called.
pub struct Look {
    pub kind: &'static Kind,
    pub engine: &'static dyn Engine,
    pub rules: Vec<(&'static Rule, Arc<About>)>,
}

impl Look {
    /// None where there is no such engine.
    pub fn new(kind: &'static Kind, request: &Request) -> Option<Look> {
        let engine = ENGINES.iter().find(|engine| engine.name() == kind.engine)?;
        let about = |rule| {
            let about = About::of(rule, kind).filter(|about| request.runs(about))?;
            Some((rule, Arc::new(about)))
        };
        let rules = Catalogue::get().of_engine(kind.engine).filter_map(about).collect();
        Some(Look { kind, engine: *engine, rules })
    }

    /// What the engine sees in a file; none where it could not make it out, or it holds nothing.
    fn at(
        &self,
        file: &SourceFile,
        parameters: &Parameters,
        request: &Request,
        log: Log,
    ) -> Option<Found> {
        let Exam { seen, looked } = match self.kind.engine {
            cloudformation::NAME => cloudformation::exam(file, "trivy", parameters),
            _ => self.engine.exam(file, "trivy"),
        };
        for notification in &seen.notifications {
            log.error(&format!("[misconfig] {}: {}", file.path, masked(&notification.message)));
        }
        let is_nothing = looked.as_ref().is_some_and(Vec::is_empty)
            || seen.notifications.iter().any(|it| it.trouble == Trouble::Unparsed);
        if seen.hits.is_empty() && is_nothing {
            return None;
        }
        let has_looked = |rule: &Rule| {
            looked.as_ref().is_none_or(|looked| looked.iter().any(|it| it.id == rule.id))
        };
        let failed: HashSet<&str> = seen.hits.iter().map(|hit| hit.rule.id).collect();
        let mut found = Found::new(file.path.to_string(), self.kind);
        let passes = self.rules.iter().filter(|(rule, _)| !failed.contains(rule.id));
        found.passes.extend(passes.filter(|(rule, _)| has_looked(rule)).cloned());
        found.failures = self.failures(file, seen, |finding| request.accepts_comment(finding));
        Some(found)
    }

    /// What fails of what was seen in a file, but for what is accepted.
    pub fn failures(
        &self,
        file: &SourceFile,
        mut seen: Seen,
        is_accepted: impl Fn(&Finding) -> bool,
    ) -> Vec<Failure> {
        if seen.hits.is_empty() {
            return Vec::new();
        }
        seen.masks.extend(secrets::masks(file));
        let (findings, _) = frame(file, vec![seen], Vec::new(), false);
        let lines = self.lines(file);
        let mut known = HashSet::new();
        let mut failures = Vec::new();
        for (rule, about) in &self.rules {
            let own = findings.iter().filter(|it| it.rule == rule.id && !is_accepted(it));
            // Several things in a block may be at fault of which the rule says the whole.
            let new = own.filter(|it| known.insert((rule.id, &it.message, it.location.span)));
            failures.extend(new.map(|it| failure(rule, about, it, &lines)));
        }
        failures
    }

    /// The lines of a file, without their ends; secrets are masked, and hidden characters show.
    fn lines(&self, file: &SourceFile) -> Vec<String> {
        let lines = masked_lines(file, &[self.engine]);
        lines.iter().map(|line| visible(line.trim_end_matches(['\r', '\n'])).into_owned()).collect()
    }
}

fn failure(rule: &'static Rule, about: &Arc<About>, it: &Finding, lines: &[String]) -> Failure {
    let (at, code) = place(it, lines);
    Failure {
        rule,
        about: about.clone(),
        message: it.message.to_string(),
        resource: match (&it.anchor, &*it.engine) {
            // The path of its template stands before the name of a resource.
            (Anchor::Resource { address, .. }, cloudformation::NAME) => {
                address.rsplit_once(':').map_or(&**address, |(_, name)| name).to_owned()
            }
            _ => String::new(),
        },
        at,
        code,
        occurrences: Vec::new(),
    }
}

/// The lines of a finding, and those that are shown.
fn place(finding: &Finding, lines: &[String]) -> (Option<(u32, u32)>, Vec<Line>) {
    let span = finding.location.span;
    let line = lines.get(span.start_line as usize - 1).map_or("", |line| line.trim_start());
    let is_missing = MISSING.contains(&&*finding.rule)
        && line.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("from"));
    if is_missing || NOWHERE.contains(&&*finding.rule) {
        return (None, Vec::new());
    }
    let at = Lines { file: 0, start: span.start_line, end: span.end_line };
    (Some((at.start, at.end)), code(lines, &at, &at))
}

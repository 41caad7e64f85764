//! What is found in Terraform: every root module is evaluated, and Trivy's rules asked of it.

use super::Stopped;
use super::about::{About, Kind, PLAN, TERRAFORM};
use super::asked::{Services, UNLISTED, asks_root};
use super::config::{Failure, Found, Request};
use super::log::Log;
use super::report::{Occurrence, Range};
use super::tree::Tree;
use crate::compat::defsec::{Lines, calls, code, local};
use crate::compat::go::reason;
use crate::engine::masked_lines;
use crate::engine::terraform::around::{Around, Is, Surroundings};
use crate::engine::terraform::check::{Checks, Outcome, TERRAFORM as TERRAFORM_RULES};
use crate::engine::terraform::ignore::{Ignores, TOOLS};
use crate::engine::terraform::{
    Block, Disk, Instance, Kind as Trouble, Place, Project, Settings, Source, evaluate,
    is_configuration, message,
};
use crate::report::untrusted::visible;
use crate::rule::{Catalogue, Rule};
use crate::target::{LineIndex, SourceFile};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

/// More bytes of one file are not read.
const MOST: u64 = 128 << 20;
/// The workspace that a scan is for.
const WORKSPACE: &str = "default";

/// Looks at the files of a tree.
///
/// # Errors
/// A file of variables that is named cannot be read.
pub fn scan(tree: &Tree, request: &Request, log: Log) -> Result<Vec<Found>, Stopped> {
    let is_wanted = |path: &&String| is_configuration(path) && is_chosen(path, request);
    let mut sources: Vec<Source> = Vec::new();
    for path in tree.paths.iter().filter(is_wanted) {
        match read(&tree.folder.join(path)) {
            Ok(bytes) => sources.push(Source { path: path.as_str().into(), bytes: bytes.into() }),
            Err(why) => log.error(&format!("[terraform parser] {path}: {why}")),
        }
    }
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let mut tfvars = Vec::new();
    for (number, named) in request.options.tfvars.iter().enumerate() {
        let bytes = read(Path::new(named)).map_err(|why| {
            Stopped(format!("run error: the file of variables {named} cannot be read: {why}"))
        })?;
        let name = named.rsplit('/').next().unwrap_or(named);
        // It may lie anywhere; that no folder of a module has such a name keeps it apart.
        let path: Arc<str> = format!(".terraform/lockgate-{number}/{name}").into();
        sources.push(Source { path: path.clone(), bytes: bytes.into() });
        tfvars.push(path);
    }
    let settings = Settings {
        tfvars,
        environment: std::env::vars().filter(|(name, _)| name.starts_with("TF_VAR_")).collect(),
        downloaded_modules: !request.options.exclude_downloaded,
        ..Settings::default()
    };
    let project = evaluate(&sources, &Disk::new(&tree.folder), &settings);
    let mut roots: Vec<&str> =
        project.modules.iter().filter(|it| it.call.is_none()).map(|it| &*it.folder).collect();
    roots.dedup();
    for root in roots {
        log.info(&format!("[terraform scanner] Scanning root module file_path={:?}", folder(root)));
    }
    for trouble in &project.troubles {
        let line = trouble.line.map_or(String::new(), |line| format!(":{line}"));
        let said = format!("[terraform parser] {}{line}: {}", trouble.file, trouble.message);
        match trouble.kind {
            Trouble::Syntax | Trouble::Limit => log.error(&said),
            _ => log.warn(&said),
        }
    }
    Ok(Scan::new(&project, request).found())
}

/// Whether the scanner for such a file is on: plans have one of their own.
fn is_chosen(path: &str, request: &Request) -> bool {
    match is_plan(path) {
        true => request.options.scanners.contains(&"terraformplan-json"),
        false => request.wants(TERRAFORM),
    }
}

fn is_plan(path: &str) -> bool {
    let is_other = [".tf.json", ".tofu.json", ".tfvars.json", "/modules.json"];
    path.ends_with(".json") && !is_other.iter().any(|ending| path.ends_with(ending))
}

fn kind(path: &str) -> &'static Kind {
    if is_plan(path) { PLAN } else { TERRAFORM }
}

/// Reads a regular file.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let metadata = fs::metadata(path).map_err(|error| reason(&error))?;
    if !metadata.is_file() || metadata.len() > MOST {
        return Err(format!("it is no file, or larger than {} MiB", MOST >> 20));
    }
    fs::read(path).map_err(|error| reason(&error))
}

/// What the folder of a root is called.
fn folder(root: &str) -> &str {
    if root.is_empty() { "." } else { root }
}

/// A project while it is asked.
struct Scan<'a> {
    project: &'a Project,
    request: &'a Request<'a>,
    surroundings: Surroundings<'a>,
    ignores: Ignores,
    lines: Vec<LineIndex>,
    /// The lines of files that are shown, their secrets masked.
    shown: HashMap<u32, Rc<[String]>>,
}

impl<'a> Scan<'a> {
    fn new(project: &'a Project, request: &'a Request<'a>) -> Scan<'a> {
        let ignores = Ignores::of(&project.files, &TOOLS);
        let lines = project.files.iter().map(|file| LineIndex::new(&file.bytes)).collect();
        let surroundings = Surroundings::new(project);
        Scan { project, request, surroundings, ignores, lines, shown: HashMap::new() }
    }

    /// What fails by file, and what passes by root.
    fn found(mut self) -> Vec<Found> {
        let project = self.project;
        let outcomes = Checks::of(&TERRAFORM_RULES, "trivy").run(project);
        let mut known: HashMap<&str, Option<Arc<About>>> = HashMap::new();
        let mut by_target: BTreeMap<String, Found> = BTreeMap::new();
        let mut failed: HashSet<(&str, &str)> = HashSet::new();
        let mut seen = HashSet::new();
        for outcome in outcomes.iter().filter(|outcome| outcome.failed) {
            let about = known.entry(outcome.rule.id).or_insert_with(|| {
                let about = About::of(outcome.rule, TERRAFORM)?;
                self.request.runs(&about).then(|| Arc::new(about))
            });
            let Some(about) = about.clone() else { continue };
            let root = self.root(project.instances[outcome.instance as usize].module);
            failed.insert((root, outcome.rule.id));
            let path = &*project.files[outcome.place.file as usize].path;
            let target = by_target
                .entry(path.to_owned())
                .or_insert_with(|| Found::new(path.to_owned(), kind(path)));
            if let Some(failure) = self.failure(outcome, about) {
                let key = (outcome.rule.id, outcome.place.clone(), failure.resource.clone());
                if seen.insert(key) {
                    target.failures.push(failure);
                }
            }
        }
        self.add_passes(&failed, &mut by_target);
        by_target.into_values().collect()
    }

    /// Adds what each root is asked and nothing fails.
    fn add_passes(&self, failed: &HashSet<(&str, &str)>, by_target: &mut BTreeMap<String, Found>) {
        let about = |rule: &'static Rule| {
            let about = About::of(rule, TERRAFORM).filter(|about| self.request.runs(about))?;
            Some((rule, Arc::new(about)))
        };
        let rules: Vec<(&'static Rule, Arc<About>)> =
            Catalogue::get().of_engine(TERRAFORM.engine).filter_map(about).collect();
        let services = Services::new(rules.iter().map(|(rule, about)| (*rule, &**about)));
        let mut instances: BTreeMap<&str, Vec<&Instance>> = BTreeMap::new();
        for module in self.project.modules.iter().filter(|module| module.call.is_none()) {
            instances.entry(&module.folder).or_default();
        }
        for instance in &self.project.instances {
            instances.entry(self.root(instance.module)).or_default().push(instance);
        }
        for (root, instances) in instances {
            let services = services.of(instances.into_iter());
            let target = by_target
                .entry(folder(root).to_owned())
                .or_insert_with(|| Found::new(folder(root).to_owned(), TERRAFORM));
            let passes = rules.iter().filter(|(rule, about)| {
                asks_root(about, &services) && !failed.contains(&(root, rule.id))
            });
            target.passes.extend(passes.cloned());
            target.unlisted = UNLISTED.to_vec();
        }
    }

    /// What fails; nothing where a comment accepts it.
    fn failure(&mut self, outcome: &Outcome, about: Arc<About>) -> Option<Failure> {
        let place = &outcome.place;
        let steps = self.surroundings.of(outcome.instance, place);
        let line = |file: u32, at: usize| self.lines.get(file as usize).map_or(1, |it| it.line(at));
        let today = self.request.today;
        let is_accepted = self.ignores.over(&steps, &line).any(|ignore| {
            ignore.until.is_none_or(|until| today < until)
                && ignore.workspace.as_deref().is_none_or(|name| name == WORKSPACE)
                && Catalogue::get().means(&ignore.rule, outcome.rule.id)
        });
        if is_accepted {
            return None;
        }
        let within = steps.iter().take_while(|step| step.place.file == place.file).last();
        let within = self.range(within.map_or(place, |step| step.place));
        let at = self.range(place);
        let instance = &self.project.instances[outcome.instance as usize];
        let module = &self.project.modules[instance.module as usize].address;
        let own = local(&instance.address, module);
        let occurrences = self.occurrences(&steps, own, &calls(module).collect::<Vec<_>>());
        Some(Failure {
            rule: outcome.rule,
            about,
            message: message(self.project, outcome),
            resource: calls(module).next().unwrap_or(own).to_owned(),
            at: Some((at.start, at.end)),
            code: code(&self.shown(place.file), &at, &within),
            occurrences,
        })
    }

    /// The blocks around the place, from the inside out, then the calls that lead to it.
    fn occurrences(&self, steps: &[Around], own: &str, calls: &[&str]) -> Vec<Occurrence> {
        let whole = steps.iter().find_map(|step| match step.is {
            Is::Whole(block) => Some(block),
            _ => None,
        });
        let mut calls = calls.iter().rev();
        let name = |step: &Around| match step.is {
            Is::Part => {
                whole.and_then(|whole| inner(whole, step.place)).map(|it| it.kind.to_string())
            }
            Is::Whole(_) => Some(own.to_owned()),
            Is::Call => calls.next().map(|&call| call.to_owned()),
        };
        let named = steps.iter().skip(1).zip(steps.iter().skip(1).map(name).collect::<Vec<_>>());
        named
            .filter_map(|(step, resource)| {
                let range = self.range(step.place);
                Some(Occurrence {
                    resource: visible(&resource?).into_owned(),
                    filename: visible(&self.project.files[range.file as usize].path).into_owned(),
                    location: Range { start_line: range.start, end_line: range.end },
                })
            })
            .collect()
    }

    fn range(&self, place: &Place) -> Lines {
        let line = |at| self.lines.get(place.file as usize).map_or(1, |lines| lines.line(at));
        let last = place.range.end.saturating_sub(1).max(place.range.start);
        Lines { file: place.file, start: line(place.range.start), end: line(last) }
    }

    /// The lines of a file, without their ends; secrets are masked, and hidden characters show.
    fn shown(&mut self, file: u32) -> Rc<[String]> {
        let source = &self.project.files[file as usize];
        let lines = self.shown.entry(file).or_insert_with(|| {
            let source = SourceFile::new(source.path.clone(), source.bytes.to_vec());
            let harmless = |line: &String| {
                let line = line.trim_end_matches(['\r', '\n']);
                line.split('\t').map(visible).collect::<Vec<_>>().join("\t")
            };
            masked_lines(&source, &[]).iter().map(harmless).collect()
        });
        lines.clone()
    }

    /// The folder of the root that a module is called from.
    fn root(&self, module: u32) -> &'a str {
        let mut at = &self.project.modules[module as usize];
        while let Some((caller, _)) = &at.call {
            at = &self.project.modules[*caller as usize];
        }
        &at.folder
    }
}

/// The block at exactly that place.
fn inner<'b>(block: &'b Block, place: &Place) -> Option<&'b Block> {
    block.blocks.iter().find_map(|it| match it.place == *place {
        true => Some(it),
        false => inner(it, place),
    })
}

//! One run: from the command line to the reports and the code to end with.

use super::about::About;
use super::case::{Case, Maker, Seen, Status};
use super::config::Config;
use super::custom::{self, Check, Judge};
use super::filter::Filter;
use super::gather::{self, Gathered};
use super::options::Options;
use super::report::{self, Format, Report, statistics};
use super::severity::Level;
use super::{Stopped, input, say};
use crate::compat::go::reason;
use crate::engine::masked;
use crate::engine::terraform::calls;
use crate::engine::terraform::check::{Checks, Outcome, TERRAFORM};
use crate::engine::terraform::ignore::{Ignores, TOOLS};
use crate::engine::terraform::{Disk, Kind, Project, Settings, Source, evaluate, on_its_threads};
use crate::report::untrusted::visible;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs};

/// What was looked at, and how long it took.
#[derive(Debug, Default)]
pub struct Metrics {
    pub reading: Duration,
    pub evaluation: Duration,
    pub checks: Duration,
    pub modules: usize,
    pub blocks: usize,
    pub files: usize,
}

/// Runs a scan. Returns the code to end with.
pub fn run(options: &Options) -> Result<u8, Stopped> {
    // One set of threads for all of it takes less memory than one for each step.
    on_its_threads(|| scan(options))
}

fn scan(options: &Options) -> Result<u8, Stopped> {
    let folder = folder(options.folder.as_deref())?;
    if options.tfvars_file.is_empty() && has_variables(&folder) {
        tell("WARNING: there is a tfvars file, which is used only with --tfvars-file");
    }
    let log = |text: &str| {
        if options.verbose {
            tell(text);
        }
    };
    refuse(options)?;
    let config = Config::load(&options.config_file, &folder, log)?;
    let filter = Filter::new(options, &config, &folder)?;
    let own = match &*options.custom_check_dir {
        "" => folder.join(".tfsec"),
        named => PathBuf::from(named),
    };
    let checks = custom::load(&own).map_err(|why| {
        let own = own.display();
        Stopped::misused(&format!("failed to load custom checks from {own}: {why}"))
    })?;
    let mut scan = Scan::new(options, &folder)?;
    log(&format!("{} files, {} modules", scan.metrics.files, scan.metrics.modules));
    scan.troubles(options, log)?;
    if options.print_input {
        return say(&format!("\n{}\n\n", input::input(&scan.project)));
    }
    let start = Instant::now();
    let passes_show = options.include_passed || options.include_ignored;
    let cases = scan.cases(&filter, &checks, passes_show);
    scan.metrics.checks = start.elapsed();
    let code = finish(options, &scan, &cases);
    // The process ends: to take all of it apart would only cost time.
    std::mem::forget((scan, cases));
    code
}

/// What would need the network, or an engine that is not here.
fn refuse(options: &Options) -> Result<(), Stopped> {
    let refused = [
        (&options.config_file_url, "nothing is downloaded: give the file with --config-file"),
        (
            &options.custom_check_url,
            "nothing is downloaded: give the folder with --custom-check-dir",
        ),
        (&options.rego_policy_dir, "Rego is not run here"),
    ];
    match refused.iter().find(|(given, _)| !given.is_empty()) {
        Some((given, why)) => Err(Stopped::misused(&format!("{given}: {why}"))),
        None => Ok(()),
    }
}

/// Says something on standard error; with that closed there is nobody left to tell.
fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{}", visible(text));
}

/// The folder that is scanned.
pub fn folder(given: Option<&str>) -> Result<PathBuf, Stopped> {
    let working = env::current_dir().map_err(|error| {
        Stopped(format!("could not determine current directory: {}", reason(&error)))
    })?;
    let folder = calls::normal(&given.map_or(working.clone(), |given| working.join(given)));
    let metadata = fs::metadata(&folder).map_err(|error| {
        let (path, why) = (folder.display(), reason(&error));
        Stopped(format!("failed to access provided path: stat {path}: {why}"))
    })?;
    match metadata.is_dir() {
        true => Ok(folder),
        false => Err(Stopped("provided path is not a dir".to_owned())),
    }
}

fn has_variables(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries
            .filter_map(Result::ok)
            .any(|it| it.path().extension().is_some_and(|it| it == "tfvars"))
    })
}

/// A case among the others.
struct Placed<'s> {
    /// The folder of the root module.
    root: &'s str,
    /// Path and lines; empty for what no report shows.
    place: String,
    case: Case,
}

impl Placed<'_> {
    /// By root, then by rule, from the last place to the first.
    fn order(&self) -> (&str, &str, Reverse<&str>) {
        (self.root, &self.case.about.long, Reverse(&self.place))
    }
}

/// What was evaluated.
struct Scan {
    folder: PathBuf,
    gathered: Gathered,
    project: Project,
    metrics: Metrics,
}

impl Scan {
    fn new(options: &Options, folder: &Path) -> Result<Scan, Stopped> {
        let start = Instant::now();
        let gathered = gather::gather(folder, options.all_dirs, &options.tfvars_file)
            .map_err(|why| Stopped(format!("scan failed: {why}")))?;
        let reading = start.elapsed();
        let start = Instant::now();
        let tree = Disk::new(&gathered.base);
        let settings = Settings {
            tfvars: gathered.variables.iter().map(|path| path.as_str().into()).collect(),
            workspace: options.workspace.clone(),
            environment: env::vars().filter(|(name, _)| name.starts_with("TF_VAR_")).collect(),
            automatic_tfvars: false,
            unknown_each: false,
            given_roots: gathered.roots.iter().map(|path| path.as_str().into()).collect(),
            ..Settings::default()
        };
        let project = match gathered.roots.is_empty() {
            true => evaluate(&[], &tree, &settings),
            false => evaluate(&gathered.sources, &tree, &settings),
        };
        let metrics = Metrics {
            reading,
            evaluation: start.elapsed(),
            checks: Duration::ZERO,
            modules: project.modules.len(),
            blocks: project.instances.len(),
            files: gathered.sources.len(),
        };
        Ok(Scan { folder: folder.to_owned(), gathered, project, metrics })
    }

    /// A file that cannot be parsed ends the run, as with tfsec, unless that is not wanted.
    fn troubles(&self, options: &Options, log: impl Fn(&str)) -> Result<(), Stopped> {
        for trouble in &self.project.troubles {
            let path = self.gathered.base.join(&*trouble.file);
            let path = path.to_string_lossy().trim_start_matches('/').to_owned();
            let line = trouble.line.map_or(String::new(), |line| format!(":{line}"));
            let said = format!("{path}{line}: {}", trouble.message);
            match trouble.kind {
                Kind::Syntax if !options.ignore_hcl_errors => {
                    return Err(Stopped(format!("scan failed: {said}")));
                }
                // What was left out must not pass for looked at.
                Kind::Limit => tell(&said),
                _ => log(&said),
            }
        }
        Ok(())
    }

    /// What all rules say, in the order of the roots, the rules and the places.
    fn cases(&self, filter: &Filter, checks: &[Check], passes_show: bool) -> Vec<Case> {
        let project = &self.project;
        let outcomes = Checks::of(&TERRAFORM, "tfsec").run(project);
        let maker = Maker::new(project);
        let ignores = Ignores::of(&project.files, &TOOLS);
        let numbers = 0..u32::try_from(project.files.len()).unwrap_or(u32::MAX);
        let paths: Vec<(String, bool)> = numbers
            .map(|file| {
                let path = self.absolute(file);
                (path.trim_start_matches('/').to_owned(), self.source_of(file).is_some())
            })
            .collect();
        let make = |seen: Seen, failed: bool, said: Option<String>| {
            let (about, instance) = (seen.about, seen.instance);
            if !filter.runs(about) {
                return None;
            }
            let is_shown = failed || passes_show;
            let (mut case, steps) = maker.case(&seen, failed, is_shown);
            case.description = said.unwrap_or(case.description);
            case.level = filter.level(about);
            let line = |file, at| maker.line(file, at);
            let (path, is_downloaded) = &paths[case.at.file as usize];
            if ignores.over(&steps, &line).any(|ignore| filter.heeds(ignore, about))
                || filter.drops(&case, path, *is_downloaded)
            {
                case.status = Status::Ignored;
            }
            let root = self.root(project.instances[instance as usize].module);
            let place = is_shown.then(|| format!("{path}:{}", case.at.shown()));
            Some(Placed { root, place: place.unwrap_or_default(), case })
        };
        let mut known: HashMap<&str, Arc<About>> = HashMap::new();
        for Outcome { rule, .. } in &outcomes {
            known.entry(rule.id).or_insert_with(|| Arc::new(About::of(rule)));
        }
        let of_rule = |outcome: &Outcome| {
            let Outcome { rule, instance, place, attribute, failed, .. } = outcome;
            make(
                Seen { about: &known[rule.id], instance: *instance, place, attribute },
                *failed,
                None,
            )
        };
        let mut cases: Vec<Placed> = outcomes.par_iter().filter_map(of_rule).collect();
        let judge = Judge::new(project);
        for check in checks {
            let about = Arc::new(About::of_check(check));
            for (index, instance) in (0..).zip(&project.instances) {
                if custom::applies(check, &instance.block) {
                    let failed = !judge.passes(check, instance);
                    let place = &instance.block.place;
                    let seen = Seen { about: &about, instance: index, place, attribute: "" };
                    let said = failed.then(|| {
                        format!("{} fails a check. {}", instance.address, check.error_message)
                    });
                    cases.extend(make(seen, failed, said.map(|said| masked(said.trim_end()))));
                }
            }
        }
        let (mut shown, counted): (Vec<_>, Vec<_>) =
            cases.into_iter().partition(|it| !it.place.is_empty());
        shown.sort_by(|a, b| a.order().cmp(&b.order()));
        shown.into_iter().chain(counted).map(|it| it.case).collect()
    }

    /// The folder of the root that a module is called from.
    fn root(&self, module: u32) -> &str {
        let mut at = &self.project.modules[module as usize];
        while let Some((caller, _)) = &at.call {
            at = &self.project.modules[*caller as usize];
        }
        &at.folder
    }

    /// What the call says as the source of the module that a file is in, where it was downloaded.
    fn source_of(&self, file: u32) -> Option<&str> {
        let mut path = &*self.project.files[file as usize].path;
        while let Some((folder, _)) = path.rsplit_once('/') {
            if let Some(source) = self.gathered.downloaded.get(folder) {
                return Some(source);
            }
            path = folder;
        }
        None
    }

    /// The absolute path of a file; below the source of its module, where it was downloaded.
    fn absolute(&self, file: u32) -> String {
        let path = self.gathered.base.join(&*self.project.files[file as usize].path);
        let path = path.to_string_lossy();
        match self.source_of(file) {
            Some(source) => format!("{}{path}", source.replace("//", "/")),
            None => path.into_owned(),
        }
    }

    fn files(&self) -> Vec<report::File<'_>> {
        let file = |(number, source): (u32, &'_ Source)| {
            let path = self.gathered.base.join(&*source.path);
            let absolute = self.absolute(number);
            let relative = match self.source_of(number) {
                Some(_) => absolute.clone(),
                None => gather::relative(&path, &self.folder),
            };
            report::File { bytes: &self.project.files[number as usize].bytes, relative, absolute }
        };
        (0..).zip(&self.project.files).map(file).collect()
    }
}

/// Writes the reports, and says what to end with.
fn finish(options: &Options, scan: &Scan, cases: &[Case]) -> Result<u8, Stopped> {
    let unwritten = |why: &str| Stopped(format!("failed to write output: {why}"));
    if options.statistics {
        let mut err = io::stderr().lock();
        return match statistics::write(cases, &options.formats, &mut err) {
            Ok(false) => Err(Stopped(statistics::FORMATS.to_owned())),
            _ => Ok(0),
        };
    }
    let files = scan.files();
    let report = Report {
        options,
        cases,
        metrics: &scan.metrics,
        files: &files,
        shown: report::Shown::default(),
    };
    let names: Vec<&str> = options.formats.split(',').collect();
    if names.len() > 1 && options.out.is_empty() {
        return Err(unwritten(
            "you must specify a base output filename with --out if you want to use multiple formats",
        ));
    }
    let mut written = Vec::new();
    for name in &names {
        let format = Format::named(name)
            .ok_or_else(|| unwritten(&format!("invalid format specified: '{name}'")))?;
        let ending = if names.len() > 1 { Format::ending(name) } else { String::new() };
        let path = format!("{}{ending}", options.out);
        write(&report, format, &path, !options.out.is_empty()).map_err(|why| unwritten(&why))?;
        written.push(path);
    }
    if !options.out.is_empty() {
        tell(&format!("{} file(s) written: {}", written.len(), written.join(", ")));
    }
    Ok(if options.soft_fail { 0 } else { code(cases) })
}

/// To a file or to standard output, and what is for a terminal to both.
fn write(report: &Report, format: Format, path: &str, to_file: bool) -> Result<(), String> {
    if to_file {
        let failed = |error: io::Error| format!("open {path}: {}", reason(&error));
        let mut file = BufWriter::new(File::create(path).map_err(failed)?);
        report.write(format, &mut file).and_then(|()| file.flush()).map_err(failed)?;
    }
    if !to_file || format == Format::Lovely {
        let mut out = BufWriter::new(io::stdout().lock());
        match report.write(format, &mut out).and_then(|()| out.flush()) {
            // The reader has gone, as readers do.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(reason(&error)),
            _ => {}
        }
    }
    Ok(())
}

/// 0 where nothing failed, 2 where all that failed is of low severity, else 1.
fn code(cases: &[Case]) -> u8 {
    let failed: BTreeSet<Option<Level>> =
        cases.iter().filter(|case| case.status == Status::Failed).map(|case| case.level).collect();
    match failed.iter().collect::<Vec<_>>()[..] {
        [] => 0,
        [Some(Level::Low)] => 2,
        _ => 1,
    }
}

//! `config`: one run, from the command line to the report and the code to end with.

use super::about::{About, Kind};
use super::ignore::Accepted;
use super::log::Log;
use super::options::Options;
use super::patterns::Patterns;
use super::report::{self, Cause, Code, Misconfiguration, Outcome, Report, Summary};
use super::tree::Tree;
use super::{Stopped, charts, file, manifests, terraform};
use crate::compat::defsec::Line;
use crate::compat::go::reason;
use crate::finding::Finding;
use crate::report::untrusted::visible;
use crate::rule::Rule;
use crate::scan::pool;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;

/// What stands for the message of what passed.
const PASSED: &str = "Nothing is wrong here";

/// What is asked of the engines.
pub struct Request<'a> {
    pub options: &'a Options,
    pub patterns: Patterns,
    pub today: Date,
}

impl Request<'_> {
    /// Whether a kind of file is looked at.
    pub fn wants(&self, kind: &Kind) -> bool {
        self.options.scanners.contains(&kind.name)
    }

    /// Whether a rule is run.
    pub fn runs(&self, about: &About) -> bool {
        self.options.include_deprecated || !about.is_deprecated
    }

    /// Whether a comment of Trivy, or one of the tools that it took over, leaves a finding out.
    pub fn accepts_comment(&self, finding: &Finding) -> bool {
        finding.waiver.as_ref().is_some_and(|waiver| {
            let is_own =
                ["trivy:", "tfsec:", "cfsec:"].iter().any(|it| waiver.reason.starts_with(it));
            is_own && waiver.until.is_none_or(|until| self.today < until)
        })
    }
}

/// What is found in one place: a file, or a folder for what passed in all of it.
pub struct Found {
    pub target: String,
    pub kind: &'static Kind,
    pub failures: Vec<Failure>,
    /// Once for each thing that was asked.
    pub passes: Vec<(&'static Rule, Arc<About>)>,
    /// The severities of what passes and has no rule here.
    pub unlisted: Vec<&'static str>,
}

impl Found {
    pub fn new(target: String, kind: &'static Kind) -> Found {
        Found { target, kind, failures: Vec::new(), passes: Vec::new(), unlisted: Vec::new() }
    }
}

/// What fails.
pub struct Failure {
    pub rule: &'static Rule,
    pub about: Arc<About>,
    pub message: String,
    /// The address of a resource; empty where there are none.
    pub resource: String,
    /// First and last line; none where it is about what is not there.
    pub at: Option<(u32, u32)>,
    pub code: Vec<Line>,
    pub occurrences: Vec<report::Occurrence>,
}

/// Runs a scan. Returns the code to end with.
pub fn run(options: &Options) -> Result<u8, Stopped> {
    let target = match &*options.targets {
        [one] => one,
        targets => {
            let count = targets.len();
            return Err(Stopped(format!(
                "accepts 1 arg(s), received {count}: name a folder or a file, `trivy config .`"
            )));
        }
    };
    let log = Log::new(options.quiet);
    let started = Timestamp::now();
    let format = report::Format::of(options)?;
    let today = started.to_zoned(TimeZone::UTC).date();
    let accepted = Accepted::read(options.ignorefiles.as_deref(), today, log)?;
    let patterns = Patterns::new(&options.file_patterns)?;
    let tree = Tree::new(target, options)?;
    log.info("[misconfig] Misconfiguration scanning is enabled");
    for flag in &options.unheeded {
        log.warn(&format!("--{flag} has no effect here"));
    }
    let request = Request { options, patterns, today };
    let pool = pool().map_err(|error| Stopped(format!("run error: {error}")))?;
    let mut found = pool.install(|| {
        let mut found = terraform::scan(&tree, &request, log)?;
        found.extend(file::scan(&tree, &request, log)?);
        found.extend(manifests::scan(&tree, &request, log));
        found.extend(charts::scan(&tree, &request, log));
        Ok::<_, Stopped>(found)
    })?;
    found.sort_by(|a, b| (&a.target, a.kind.name).cmp(&(&b.target, b.kind.name)));
    log.info(&format!("Detected config files num={}", found.len()));
    let results = found.iter().map(|found| outcome(found, options, &accepted)).collect();
    let report = Report::new(target, started, results);
    let folder = tree.folder.to_string_lossy().into_owned();
    let context = report::Context { options, folder: &folder, started };
    write(&report, &format, &context)?;
    Ok(if report.has_failures() { options.exit_code } else { 0 })
}

fn write(
    report: &Report,
    format: &report::Format,
    context: &report::Context,
) -> Result<(), Stopped> {
    let unwritten = |why: String| Stopped(format!("run error: report error: {why}"));
    let output = &context.options.output;
    if output.is_empty() {
        let mut out = BufWriter::new(io::stdout().lock());
        return match report.write(format, context, &mut out).and_then(|()| out.flush()) {
            // The reader has gone, as readers do.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done.map_err(|error| unwritten(error.to_string())),
        };
    }
    let refused = |error| unwritten(format!("failed to create {output}: {}", reason(&error)));
    let mut out = BufWriter::new(File::create(output).map_err(refused)?);
    let done = report.write(format, context, &mut out).and_then(|()| out.flush());
    done.map_err(|error| unwritten(error.to_string()))
}

/// A place as reports have it: what is of a severity that counts, and is not accepted.
fn outcome(found: &Found, options: &Options, accepted: &Accepted) -> Outcome {
    let counts = |about: &About| options.severities.contains(&about.severity);
    let is_accepted = |rule: &Rule| accepted.has(rule, &found.target);
    let failures: Vec<&Failure> =
        found.failures.iter().filter(|it| counts(&it.about) && !is_accepted(it.rule)).collect();
    let passes: Vec<_> = found.passes.iter().filter(|(_, about)| counts(about)).collect();
    let unlisted = found.unlisted.iter().filter(|severity| options.severities.contains(severity));
    let successes = passes.len() + unlisted.count();
    let summary = Summary { successes, failures: failures.len() };
    let mut shown: Vec<Misconfiguration> =
        failures.iter().map(|failure| failed(failure, found.kind)).collect();
    if options.include_passed {
        shown.extend(passes.iter().map(|(rule, about)| said(rule, about, found.kind)));
    }
    let place = |it: &Misconfiguration| {
        (it.cause.resource.clone(), it.cause.start_line, it.cause.end_line, it.message.clone())
    };
    shown.sort_by_cached_key(|it| (it.status, it.id.clone(), place(it)));
    Outcome {
        target: visible(&found.target).into_owned(),
        class: "config",
        kind: found.kind.name,
        summary: Some(summary).filter(|it| it.successes + it.failures > 0),
        misconfigurations: shown,
    }
}

fn failed(failure: &Failure, kind: &Kind) -> Misconfiguration {
    let (start_line, end_line) = failure.at.unwrap_or((0, 0));
    Misconfiguration {
        message: visible(&failure.message).into_owned(),
        status: "FAIL",
        cause: Cause {
            resource: visible(&failure.resource).into_owned(),
            start_line,
            end_line,
            code: Some(Code::of(&failure.code)).filter(|code| !code.lines.is_empty()),
            occurrences: failure.occurrences.clone(),
            ..cause(&failure.about)
        },
        ..said(failure.rule, &failure.about, kind)
    }
}

/// What is said of a rule that passed; of one that failed in part.
fn said(rule: &Rule, about: &About, kind: &Kind) -> Misconfiguration {
    let references = rule.references.iter().map(|it| (*it).to_owned());
    Misconfiguration {
        kind: kind.check,
        id: about.id.clone(),
        title: one_line(rule.title),
        description: one_line(rule.summary),
        message: PASSED.to_owned(),
        namespace: about.namespace.clone(),
        query: format!("data.{}.deny", about.namespace),
        resolution: one_line(rule.fix),
        severity: about.severity,
        url: about.url.clone(),
        references: references.chain([about.url.clone()]).collect(),
        status: "PASS",
        cause: cause(about),
    }
}

fn cause(about: &About) -> Cause {
    Cause { provider: about.provider.clone(), service: about.service.clone(), ..Cause::default() }
}

/// A text without its line ends and the marks of Markdown around code.
fn one_line(text: &str) -> String {
    text.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

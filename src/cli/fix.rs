//! `lockgate fix`.

use super::{Error, Outcome, db, memory, note, print, scan, trust};
use crate::engine::{is_fixable, masked_lines};
use crate::finding::Finding;
use crate::fix::{self, Choice, Left, Mended, Plan, Wanted};
use crate::git::{Git, Repository};
use crate::pipeline;
use crate::report::summary::plural;
use crate::report::untrusted::visible;
use crate::rule::Catalogue;
use crate::scan::{Progress, Request};
use crate::store::Location;
use crate::target::SourceFile;
use crate::waiver::{Decisions, Triaged};
use clap::builder::BoolishValueParser;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// What to mend: folders and files of one repository
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Mend the findings of this rule alone, by a suggestion too; repeatable. Without it, every
    /// finding whose fix is safe
    #[arg(long, value_name = "ID", env = "LOCKGATE_RULE", hide_env = true, value_delimiter = ',')]
    rule: Vec<String>,
    /// Print what would be changed, as a patch, and write nothing
    #[arg(long, env = "LOCKGATE_DIFF", hide_env = true, value_parser = BoolishValueParser::new())]
    diff: bool,
    /// The store with the decisions of the triage, instead of .lockgate/findings.db
    #[arg(long, value_name = "FILE|URL", env = "LOCKGATE_DB", hide_env = true)]
    db: Option<PathBuf>,
    #[command(flatten)]
    settings: memory::SettingsArgs,
}

const AFTER_HELP: &str = "\
A fix is safe where harmless input is treated as before. The others are suggestions: they switch
something on or off, or only say that all is well, and are made for the rules that --rule names.
`lockgate rules explain ID` says what a rule's fix does. Every option can come from the
environment: LOCKGATE_ and its name, such as LOCKGATE_DIFF.

  lockgate fix --diff                 see what is safe to change
  lockgate fix --rule B506 src        load YAML safely below src
  lockgate fix --rule B324 --diff     see which digests would be called no matter of security

Ends with 0, whether there was something to mend or not, and with 2 where that cannot be told.";

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let paths = scan::resolve(&args.paths)?;
    let (repository, git) = scan::around(&paths);
    let git = git.as_ref();
    let (source, config, _) = args.settings.config(&repository, git)?;
    let choice = choice(&args.rule)?;
    let tracked = git.map(Git::tracked_deeply).transpose().map_err(Error::usage)?;
    let request = Request {
        root: &repository.root,
        paths: &paths,
        targets: &config.scan,
        ignore_files: source.ignore_files(),
        tracked: &tracked.unwrap_or_default(),
        written: &[],
        engines: pipeline::engines(&config),
        cache: None,
        line_hashes: false,
    };
    let mut scanned = crate::scan::scan(&request, &Quiet).map_err(Error::usage)?;
    let sightings = scanned.runs.iter_mut().flat_map(|run| std::mem::take(&mut run.findings));
    let decisions = Decisions {
        waivers: &trust::read_waivers(&source)?,
        triaged: &triaged(args.db.as_deref(), &repository, git)?,
        today: memory::today(),
    };
    let (findings, _) = decisions.unite(sightings.collect(), &config.merge);
    refuse_unknown(&choice, &findings)?;
    let plan = Plan::new(&findings, &scanned.inputs, &choice);
    let mut work = Work { request: &request, diff: args.diff, made: 0, files: 0, stuck: 0 };
    for wanted in &plan.files {
        work.file(wanted)?;
    }
    work.sum_up(&plan.left)?;
    Ok(Outcome::Passed)
}

/// Nobody waits for long.
struct Quiet;

impl Progress for Quiet {
    fn begin(&self, _files: u64) {}
    fn advance(&self) {}
}

/// The rules of these ids, aliases or names. One that is not of the catalogue may be the user's.
fn choice(names: &[String]) -> Result<Choice, Error> {
    let catalogue = Catalogue::get();
    let id = |name: &String| {
        let by_name = || catalogue.rules().iter().find(|rule| rule.name == *name);
        let Some(rule) = catalogue.find(name).or_else(by_name) else { return Ok(name.clone()) };
        if is_fixable(rule) {
            return Ok(rule.id.to_owned());
        }
        let why = format!("{}: only people can mend what it finds", rule.id);
        let next = "`lockgate rules explain ID` says where there is a fix";
        Err(Error::Usage(format!("{why}; {next}")))
    };
    match names {
        [] => Ok(Choice::Safe),
        names => names.iter().map(id).collect::<Result<_, _>>().map(Choice::Rules),
    }
}

/// A rule that is not of the catalogue has to have found something to be one.
fn refuse_unknown(choice: &Choice, findings: &[Finding]) -> Result<(), Error> {
    let Choice::Rules(ids) = choice else { return Ok(()) };
    let catalogue = Catalogue::get();
    let is_known = |id: &&String| {
        let found = || findings.iter().flat_map(Finding::sightings).any(|f| f.rule == **id);
        catalogue.find(id).is_some() || found()
    };
    let Some(unknown) = ids.iter().find(|id| !is_known(id)) else { return Ok(()) };
    let near = catalogue.nearest(unknown).map(|near| format!("; did you mean {near}?"));
    let hint = near.unwrap_or_else(|| "; see `lockgate rules list`".into());
    Err(Error::Usage(format!("no rule {unknown:?}{hint}")))
}

/// What the triage says, in the store that is named or there.
fn triaged(
    named: Option<&Path>,
    repository: &Repository,
    git: Option<&Git>,
) -> Result<Vec<Triaged>, Error> {
    let at = db::location(named, &repository.root)?;
    if named.is_none() && matches!(&at, Location::File(file) if !file.exists()) {
        return Ok(Vec::new());
    }
    trust::refuse_foreign_memory(repository, git)?;
    trust::refuse_foreign_store(&at, repository, git)?;
    let mut store = memory::open(&at)?;
    let name = pipeline::without_secrets(repository.clone()).name;
    store.triaged(&name).map_err(Error::usage)
}

/// What is being done.
struct Work<'a> {
    request: &'a Request<'a>,
    diff: bool,
    made: usize,
    files: usize,
    /// Findings whose changes touch others, round after round.
    stuck: usize,
}

impl Work<'_> {
    fn file(&mut self, wanted: &Wanted) -> Result<(), Error> {
        let refused = |why: &dyn std::fmt::Display| note(&format!("{}: {why}", wanted.path));
        let root = self.request.root;
        let old = match fix::read(root, &wanted.path) {
            Ok(old) => old,
            Err(error) => return refused(&error),
        };
        let mended = match fix::mend(wanted, &old, &self.request.engines) {
            Ok(mended) => mended,
            Err(why) => return refused(&why),
        };
        self.stuck += mended.left;
        if mended.made.is_empty() {
            return Ok(());
        }
        if self.diff {
            print(self.patch(wanted, &old, &mended).as_bytes())?;
        } else {
            if let Err(error) = fix::replace(root, &wanted.path, &old, &mended.bytes) {
                return refused(&error);
            }
            for made in &mended.made {
                let line = format!("{}:{}: {}: {}", wanted.path, made.line, made.rule, made.what);
                print(format!("{}\n", visible(&line)).as_bytes())?;
            }
        }
        self.made += mended.made.len();
        self.files += 1;
        Ok(())
    }

    /// The diff of a file, without its secrets; on a terminal nothing of it acts on that.
    fn patch(&self, wanted: &Wanted, old: &[u8], mended: &Mended) -> String {
        let [old, new] = [old, &mended.bytes].map(|bytes| {
            let file = SourceFile::new(wanted.path.clone(), bytes.to_vec());
            let mut shown = masked_lines(&file, &self.request.engines);
            if let (true, Some(first)) = (bytes.starts_with(fix::MARK), shown.first_mut()) {
                first.insert(0, '\u{feff}');
            }
            (file, shown)
        });
        let texts = [fix::lines(old.0.text()), fix::lines(new.0.text())];
        let [before, after] = [&old.1, &new.1].map(|lines| match io::stdout().is_terminal() {
            true => lines.iter().map(|line| harmless(line)).collect(),
            false => lines.clone(),
        });
        fix::unified(&wanted.path, [&texts[0], &texts[1]], [&before, &after])
    }

    fn sum_up(&self, left: &Left) -> Result<(), Error> {
        let (count, files) = (plural(self.made, "finding"), plural(self.files, "file"));
        note(&match (self.made, self.diff) {
            (0, _) => "there is nothing to mend".to_owned(),
            (_, true) => format!("would mend {count} in {files}"),
            (_, false) => format!("mended {count} in {files}"),
        })?;
        let named = |rules: &BTreeMap<String, usize>| {
            let rules = rules.iter().map(|(rule, count)| format!("{count} of {rule}"));
            rules.collect::<Vec<_>>().join(", ")
        };
        if let Some((rule, _)) = left.suggested.first_key_value() {
            let list = named(&left.suggested);
            let look = format!("look at them with `lockgate fix --rule {rule} --diff`");
            note(&format!("left: {list}, whose fixes are suggestions; {look}"))?;
        }
        if !left.unsure.is_empty() {
            let list = named(&left.unsure);
            note(&format!("left: {list}, for which no change is right for sure"))?;
        }
        if !left.embedded.is_empty() {
            let list = named(&left.embedded);
            note(&format!("left: {list} in notebooks and Markdown, which only people can mend"))?;
        }
        if left.waived > 0 {
            note(&format!("left: {}, which somebody has waived", plural(left.waived, "finding")))?;
        }
        if self.stuck > 0 {
            let count = plural(self.stuck, "finding");
            note(&format!("left: {count}, whose changes touch others; run the command again"))?;
        }
        Ok(())
    }
}

/// A line for a terminal: tabs and its end stay.
fn harmless(line: &str) -> String {
    let text = line.trim_end_matches(['\n', '\r']);
    let cells: Vec<String> = text.split('\t').map(|cell| visible(cell).into_owned()).collect();
    cells.join("\t") + &line[text.len()..]
}

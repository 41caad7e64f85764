//! `lockgate waivers convert`.

use super::{At, Owned, Place, note, print, take_findings, today};
use crate::cli::triage::within_a_year;
use crate::cli::{Error, Outcome};
use crate::target::{self, Reading, SourceFile, Target};
use crate::waiver::Waivers;
use crate::waiver::convert::{self, Format, MOST_BYTES, Request, Tree};
use clap::ValueEnum;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "What was said by line numbers is looked for in the tree as it is now. Notes, \
                        on standard error, say what could not be taken over."
)]
pub struct Args {
    #[command(flatten)]
    at: At,
    /// .trivyignore, .trivyignore.yaml, .gitleaksignore, .bandit, .safety-policy.yml, .snyk,
    /// .gitallowed, or a baseline of gitleaks or Bandit in JSON
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the files are, where name and content do not tell
    #[arg(long, value_name = "FORMAT", env = "LOCKGATE_FROM", hide_env = true)]
    from: Option<Format>,
    #[command(flatten)]
    owned: Owned,
    /// Append to the waivers instead of printing
    #[arg(long, env = "LOCKGATE_WRITE", hide_env = true,
          value_parser = clap::builder::BoolishValueParser::new())]
    write: bool,
}

pub fn run(args: Args) -> Result<Outcome, Error> {
    let until = within_a_year(args.owned.until, today())?;
    if args.owned.owner.trim().is_empty() {
        return Err(Error::Usage("--owner is empty: say who answers for the waivers".into()));
    }
    let place = Place::new(&args.at)?;
    let mut files = Vec::new();
    for path in &args.files {
        let text = read(path)?;
        let format = match args.from {
            Some(format) => format,
            None => Format::of(path, &text).ok_or_else(|| unknown(path))?,
        };
        files.push((path, format, text));
    }
    let findings = take_findings(&mut place.scan()?);
    let root = place.repository.root.to_string_lossy();
    let lines = Lines { place: &place, files: RefCell::default() };
    let line = |path: &str, number: u32| lines.line(path, number);
    let tree = Tree { findings: &findings, line: &line, root: &root };
    let mut entries = Vec::new();
    for (path, format, text) in &files {
        let shown = shown(path, &place.repository.root);
        let request = Request {
            file: &shown,
            text,
            format: *format,
            owner: &args.owned.owner,
            today: today(),
            until,
        };
        let converted = convert::convert(&request, &tree).map_err(Error::usage)?;
        converted.notes.iter().try_for_each(|text| note(text))?;
        entries.extend(converted.entries);
    }
    if args.write {
        // What is there already was taken over before, and may have been changed since.
        let waivers = Waivers::load(&place.file).map_err(Error::usage)?;
        let known: HashSet<String> = waivers.entries().map(|(_, entry)| entry.scope()).collect();
        entries.retain(|entry| !known.contains(&entry.scope()));
        place.append(&entries)?;
        note(&format!("{}: {} waivers added", place.shown(), entries.len()))?;
    } else {
        let text: Vec<String> = entries.iter().map(|entry| entry.to_toml()).collect();
        print(text.join("\n").as_bytes())?;
    }
    Ok(Outcome::Passed)
}

/// The file's name as it may stand in the repository: below its root, or nothing but the name.
fn shown(path: &Path, root: &Path) -> String {
    let absolute = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = absolute.strip_prefix(root).ok().or_else(|| absolute.file_name().map(Path::new));
    name.unwrap_or(path).to_string_lossy().replace('\\', "/")
}

fn unknown(path: &Path) -> Error {
    let known = Format::value_variants().iter().filter_map(|format| format.to_possible_value());
    let names: Vec<String> = known.map(|value| value.get_name().to_owned()).collect();
    let (path, names) = (path.display(), names.join(", "));
    Error::Usage(format!("{path}: cannot tell what it is; say it with --from: {names}"))
}

fn read(path: &Path) -> Result<String, Error> {
    let shown = path.display();
    let mut text = String::new();
    let read = File::open(path).and_then(|file| {
        // One byte more shows that it is over the limit.
        file.take(MOST_BYTES + 1).read_to_string(&mut text)
    });
    match read {
        Ok(_) if text.len() as u64 > MOST_BYTES => {
            Err(Error::Usage(format!("{shown}: is over the limit of {} MiB", MOST_BYTES >> 20)))
        }
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(Error::Usage(format!("{shown}: is not in UTF-8")))
        }
        Err(error) => Err(Error::Usage(format!("{shown}: cannot be read: {error}"))),
    }
}

/// Lines of the tree's files, each file read once.
struct Lines<'a> {
    place: &'a Place,
    files: RefCell<HashMap<String, Option<SourceFile>>>,
}

impl Lines<'_> {
    fn line(&self, path: &str, number: u32) -> Option<String> {
        let mut files = self.files.borrow_mut();
        let file = files.entry(path.to_owned()).or_insert_with(|| {
            let absolute = self.place.repository.root.join(path);
            let target = Target { path: path.into(), absolute };
            match target::read(&target, &self.place.config.scan) {
                Reading::Source(file) => Some(file),
                _ => None,
            }
        });
        let file = file.as_ref()?;
        let range = file.lines().range(number, file.bytes());
        Some(String::from_utf8_lossy(&file.bytes()[range]).into_owned())
    }
}

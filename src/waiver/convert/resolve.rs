//! From wishes to entries: days are bounded, and places become fingerprints.

use super::{Converted, Request, Tree, What, Wish, Wishes};
use crate::engine::masked;
use crate::finding::{Anchor, Finding, Fingerprint};
use crate::rule::Catalogue;
use crate::waiver::entry::days_after;
use crate::waiver::{DEFAULT_DAYS, Entry, MOST_DAYS};
use jiff::civil::Date;
use regex::Regex;
use std::collections::{HashMap, HashSet};

/// Makes entries of what a file asks for.
pub(super) fn resolve(request: &Request, tree: &Tree, wishes: Wishes) -> Converted {
    let mut converted = Converted::default();
    let at = |note: String| masked(&format!("{}:{note}", request.file));
    converted.notes.extend(wishes.notes.into_iter().map(at));
    if !wishes.exclude.is_empty() {
        let globs: Vec<String> = wishes.exclude.iter().map(|glob| format!("{glob:?}")).collect();
        let list = globs.join(", ");
        converted.notes.push(format!(
            "{}: paths are excluded in lockgate.toml, for every engine: [scan] exclude = [{list}]",
            request.file
        ));
    }
    let places = Places::new(tree);
    let mut seen = HashSet::new();
    for wish in wishes.wishes {
        let note = |text: String| masked(&format!("{}:{}: {text}", request.file, wish.place));
        let until = match last_day(request, &wish) {
            Ok((until, clamped)) => {
                converted.notes.extend(clamped.map(note));
                until
            }
            Err(over) => {
                converted.notes.push(note(over));
                continue;
            }
        };
        match entry(request, &places, &wish, until) {
            Ok((entry, said)) => {
                converted.notes.extend(said.map(note));
                if seen.insert(entry.scope()) {
                    converted.entries.push(entry);
                }
            }
            Err(why) => converted.notes.push(note(why)),
        }
    }
    converted
}

/// The last day, with what is to be said where it is another than the file's; why there is no use
/// in an entry where that day is over.
fn last_day(request: &Request, wish: &Wish) -> Result<(Date, Option<String>), String> {
    let most = days_after(request.today, MOST_DAYS);
    match wish.until {
        Some(day) if day < request.today => Err(format!("had expired on {day}; left out")),
        Some(day) if day > most => {
            Ok((most, Some(format!("until {day} is too long; until {most} here"))))
        }
        Some(day) => Ok((day, None)),
        None => {
            let day = request.until.unwrap_or_else(|| days_after(request.today, DEFAULT_DAYS));
            Ok((day, None))
        }
    }
}

/// The entry, with what is to be said of it; or why there is none.
fn entry(
    request: &Request,
    places: &Places,
    wish: &Wish,
    until: Date,
) -> Result<(Entry, Option<String>), String> {
    let said = wish.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let reason = said.map_or_else(|| format!("taken over from {}", request.file), str::to_owned);
    let mut entry = Entry {
        reason,
        owner: request.owner.to_owned(),
        created: request.today,
        until: Some(until),
        tool: Some(request.format.tool().to_owned()),
        source: Some(format!("{}:{}", request.file, wish.place)),
        ..Entry::default()
    };
    let mut note = None;
    match &wish.what {
        What::Rule { rule, path, engine } => {
            if !Catalogue::get().knows(rule) {
                note = Some(format!("{rule} is no rule here; it is met by imported reports only"));
            }
            entry.rule = Some(rule.clone());
            entry.path = path.clone();
            entry.engine = engine.map(str::to_owned);
        }
        What::Advisory { advisory, package, path } => {
            entry.advisory = Some(advisory.clone());
            entry.package = package.clone();
            entry.path = path.clone();
        }
        What::Place { rule, path, line } => entry.fingerprint = places.at(rule, path, *line)?,
        What::Lines(pattern) => {
            entry.fingerprint = places.allowed(pattern);
            match entry.fingerprint.len() {
                0 => return Err("allows nothing that is found now; left out".into()),
                count => note = Some(format!("allows {count} that are found now, not later ones")),
            }
        }
    }
    if let Some(why) = entry.fault() {
        return Err(format!("cannot be a waiver: {why}"));
    }
    let scope = entry.scope();
    let entry = entry.without_secrets();
    match entry.scope() == scope {
        true => Ok((entry, note)),
        false => Err("names no rule and no path, but what looks like a secret; left out".into()),
    }
}

/// What is found where.
struct Places<'a> {
    by_path: HashMap<&'a str, Vec<&'a Finding>>,
    /// `path:number:text` of each secret, with its fingerprint.
    secrets: Vec<(String, Fingerprint)>,
    root: &'a str,
}

impl<'a> Places<'a> {
    fn new(tree: &Tree<'a>) -> Places<'a> {
        let mut by_path: HashMap<&str, Vec<&Finding>> = HashMap::new();
        let mut secrets = Vec::new();
        for finding in tree.findings {
            let (path, line) = (&*finding.location.path, finding.location.span.start_line);
            by_path.entry(path).or_default().push(finding);
            if matches!(finding.anchor, Anchor::Secret(_)) {
                let text = (tree.line)(path, line).unwrap_or_default();
                secrets.push((format!("{path}:{line}:{text}"), finding.fingerprint));
            }
        }
        Places { by_path, secrets, root: tree.root }
    }

    /// What the rule holds against the line; else what is there instead.
    fn at(&self, rule: &str, path: &str, line: u32) -> Result<Vec<Fingerprint>, String> {
        let path = path.replace('\\', "/");
        let below = path.strip_prefix(self.root).filter(|rest| rest.starts_with('/'));
        let path = below.map_or(path.trim_start_matches("./"), |rest| &rest[1..]);
        let in_file = self.by_path.get(path).into_iter().flatten();
        let on_line = in_file.filter(|finding| {
            let span = finding.location.span;
            (span.start_line..=span.end_line).contains(&line)
        });
        let on_line: Vec<_> = on_line.collect();
        let of_rule = |f: &&&&Finding| Catalogue::get().means(rule, &f.rule);
        let found: Vec<_> = on_line.iter().filter(of_rule).collect();
        // What begins there is meant, not what it is a part of.
        let begins = |f: &&&&&Finding| f.location.span.start_line == line;
        let exact: Vec<_> = found.iter().filter(begins).collect();
        let prints: Vec<Fingerprint> = match exact.is_empty() {
            true => found.iter().map(|f| f.fingerprint).collect(),
            false => exact.iter().map(|f| f.fingerprint).collect(),
        };
        if !prints.is_empty() {
            return Ok(prints);
        }
        // Another rule of the same engine is likelier to mean the same.
        let known = Catalogue::get().find(rule);
        let akin = on_line.iter().find(|f| known.is_some_and(|rule| rule.is_of(&f.engine)));
        Err(match akin.or(on_line.first()) {
            None => format!("nothing is found at {path}:{line} now; left out"),
            Some(other) => format!(
                "{} is found at {path}:{line}, not {rule}; left out. If that is what was meant: \
                 lockgate waivers add {}",
                other.rule, other.fingerprint
            ),
        })
    }

    fn allowed(&self, pattern: &Regex) -> Vec<Fingerprint> {
        let matched = self.secrets.iter().filter(|(line, _)| pattern.is_match(line));
        matched.map(|(_, fingerprint)| *fingerprint).collect()
    }
}

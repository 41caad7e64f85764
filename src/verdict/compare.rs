//! Two verdicts side by side: whether the same inputs gave the same answer.

use super::decided::{Decided, Id};
use super::document::{Document, Engine, InForce};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// More characters of a value are not shown.
const LONGEST: usize = 300;

/// In what a verdict differs from the one recorded, each in a sentence.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// What went in. Where there is one, a different answer says nothing against the record.
    pub inputs: Vec<String>,
    /// What came out.
    pub results: Vec<String>,
}

/// Compares what was judged again with the record that it was judged by.
pub fn compare(recorded: &Document, now: &Document) -> Differences {
    let mut differences = Differences::default();
    inputs(recorded, now, &mut differences.inputs);
    engines(recorded, now, &mut differences);
    results(recorded, now, &mut differences.results);
    differences
}

fn inputs(recorded: &Document, now: &Document, differences: &mut Vec<String>) {
    differences.extend(fields("lockgate.", &recorded.lockgate, &now.lockgate));
    let policy = InForce::of(&recorded.policy.resolved);
    differences.extend(fields("policy.", &recorded.policy, &policy));
    if recorded.inputs.digest != now.inputs.digest {
        differences.extend(fields("repository.", &Commit::of(recorded), &Commit::of(now)));
    }
    differences.extend(fields("inputs.", &recorded.inputs, &now.inputs));
}

/// Of the repository only the commit has to be the same: a clone has another name.
#[derive(Serialize)]
struct Commit<'a> {
    commit: Option<&'a str>,
}

impl Commit<'_> {
    fn of(document: &Document) -> Commit<'_> {
        Commit { commit: document.repository.commit.as_deref() }
    }
}

/// Engines that are not there, or are of another version, are other inputs.
fn engines(recorded: &Document, now: &Document, differences: &mut Differences) {
    for engine in &recorded.engines {
        let Engine { name, version, .. } = engine;
        match now.engines.iter().find(|found| found.name == *name) {
            None => differences
                .inputs
                .push(format!("engines.{name}: off here, or not one of Lockgate's own")),
            Some(found) => {
                let differing = fields(&format!("engines.{name}."), engine, found);
                match found.version == *version {
                    true => differences.results.extend(differing),
                    false => differences.inputs.extend(differing),
                }
            }
        }
    }
    let recorded =
        |found: &&Engine| recorded.engines.iter().any(|engine| engine.name == found.name);
    for Engine { name, .. } in now.engines.iter().filter(|found| !recorded(found)) {
        differences.inputs.push(format!("engines.{name}: on here, not run in the verdict"));
    }
}

fn results(recorded: &Document, now: &Document, differences: &mut Vec<String>) {
    let (before, after) = (recorded.summary(), now.summary());
    if before != after {
        differences.push(differs("outcome", &after, &before));
    }
    for reason in now.incomplete.iter().filter(|reason| !recorded.incomplete.contains(reason)) {
        differences.push(format!("incomplete here only: {reason}"));
    }
    for reason in recorded.incomplete.iter().filter(|reason| !now.incomplete.contains(reason)) {
        differences.push(format!("incomplete in the verdict only: {reason}"));
    }
    let (before, after) = (by_fingerprint(recorded), by_fingerprint(now));
    for (key, decided) in &before {
        match after.get(key) {
            Some(now) if now == decided => {}
            Some(now) => differences.extend(fields(&format!("{}: ", place(now)), decided, now)),
            None => differences.push(format!("{}: not here, {}", place(decided), done(decided))),
        }
    }
    for (_, decided) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        differences.push(format!("{}: not in the verdict, {}", place(decided), done(decided)));
    }
}

/// Decisions by what they are about: findings of one fingerprint stay apart by their order.
fn by_fingerprint(document: &Document) -> BTreeMap<(Id, usize), &Decided> {
    let mut counts: HashMap<Id, usize> = HashMap::new();
    let numbered = document.decisions.iter().map(|decided| {
        let count = counts.entry(decided.fingerprint).or_default();
        *count += 1;
        ((decided.fingerprint, *count), decided)
    });
    numbered.collect()
}

/// What a decision is about.
fn place(decided: &Decided) -> String {
    let Decided { fingerprint, rule, path, line, .. } = decided;
    format!("{fingerprint} {rule} at {path}:{line}")
}

/// What was decided.
fn done(decided: &Decided) -> String {
    let by = decided.by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
    format!("{}{by}", text(&serde_json::json!(decided.action)))
}

/// Every field in which two values of a type differ, behind a prefix.
fn fields<T: Serialize>(prefix: &str, recorded: &T, now: &T) -> Vec<String> {
    let object = |value: &T| match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let (recorded, now) = (object(recorded), object(now));
    let added = now.keys().filter(|name| !recorded.contains_key(*name));
    let names = recorded.keys().chain(added);
    let of =
        |fields: &Map<String, Value>, name: &str| text(fields.get(name).unwrap_or(&Value::Null));
    names
        .filter(|name| recorded.get(*name) != now.get(*name))
        .map(|name| differs(&format!("{prefix}{name}"), &of(&now, name), &of(&recorded, name)))
        .collect()
}

fn differs(what: &str, now: &str, recorded: &str) -> String {
    format!("{what}: {now} here, {recorded} in the verdict")
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        other => shortened(other.to_string()),
    }
}

/// Lists can be as long as the repository.
fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

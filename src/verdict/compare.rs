//! Two verdicts side by side: whether the same inputs gave the same answer.

use super::digest;
use super::document::{Decided, Document, Engine};
use std::collections::BTreeMap;

/// In what a verdict differs from the one recorded, each in a sentence.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// What went in. Where there is one, a different answer says nothing against the record.
    pub inputs: Vec<String>,
    /// What came out.
    pub decisions: Vec<String>,
}

/// Compares.
pub fn compare(recorded: &Document, now: &Document) -> Differences {
    Differences { inputs: inputs(recorded, now), decisions: decisions(recorded, now) }
}

fn inputs(recorded: &Document, now: &Document) -> Vec<String> {
    let mut differences = Vec::new();
    let mut differ = |what: &str, recorded: &str, now: &str| {
        if recorded != now {
            differences.push(format!("{what}: {now} here, {recorded} in the verdict"));
        }
    };
    differ("Lockgate", &recorded.lockgate.version, &now.lockgate.version);
    differ("Lockgate's build", &recorded.lockgate.build, &now.lockgate.build);
    differ("rules", &recorded.lockgate.rules, &now.lockgate.rules);
    differ("hash of the policy", &recorded.policy.hash, &digest(&recorded.policy.rules));
    if recorded.inputs.digest != now.inputs.digest {
        let commit = |of: &Document| of.repository.commit.clone().unwrap_or_else(|| "none".into());
        differ("commit", &commit(recorded), &commit(now));
        differ(
            "number of files",
            &recorded.inputs.files.to_string(),
            &now.inputs.files.to_string(),
        );
        differ("files", &recorded.inputs.digest, &now.inputs.digest);
    }
    let version = |engines: &[Engine], name: &str| {
        let found = engines.iter().find(|engine| engine.name == name);
        found.map_or_else(|| "none".to_owned(), |engine| engine.version.clone())
    };
    for Engine { name, .. } in &recorded.engines {
        let what = format!("engine {name}");
        differ(&what, &version(&recorded.engines, name), &version(&now.engines, name));
    }
    differences
}

fn decisions(recorded: &Document, now: &Document) -> Vec<String> {
    let mut differences = Vec::new();
    if recorded.outcome != now.outcome {
        let (now, recorded) = (now.summary(), recorded.summary());
        differences.push(format!("outcome: {now} here, {recorded} in the verdict"));
    }
    for reason in now.incomplete.iter().filter(|reason| !recorded.incomplete.contains(reason)) {
        differences.push(format!("incomplete here only: {reason}"));
    }
    for reason in recorded.incomplete.iter().filter(|reason| !now.incomplete.contains(reason)) {
        differences.push(format!("incomplete in the verdict only: {reason}"));
    }
    let (before, after) = (by_fingerprint(recorded), by_fingerprint(now));
    for (fingerprint, decided) in &before {
        match after.get(fingerprint) {
            Some(now) if now == decided => {}
            Some(now) => differences.push(format!(
                "{fingerprint}: {} here, {} in the verdict",
                shown(now),
                shown(decided)
            )),
            None => differences.push(format!("{fingerprint}: not here, {}", shown(decided))),
        }
    }
    for (fingerprint, decided) in &after {
        if !before.contains_key(fingerprint) {
            differences.push(format!("{fingerprint}: not in the verdict, {}", shown(decided)));
        }
    }
    differences
}

/// Decisions by what they are about: findings of one fingerprint stay apart by their order.
fn by_fingerprint(document: &Document) -> BTreeMap<String, &Decided> {
    let mut decisions = BTreeMap::new();
    for decided in &document.decisions {
        let mut key = decided.fingerprint.to_string();
        while decisions.contains_key(&key) {
            key.push('+');
        }
        decisions.insert(key, decided);
    }
    decisions
}

/// A decision in one line, with all of it that can differ.
fn shown(decided: &Decided) -> String {
    let Decided { rule, path, line, action, by, .. } = decided;
    let action = format!("{action:?}").to_lowercase();
    let by = by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
    let waiver = decided.waiver.as_ref().map_or("", |_| ", waived");
    let new = if decided.new { "new" } else { "known" };
    format!("{rule} at {path}:{line} ({new}{waiver}): {action}{by}")
}

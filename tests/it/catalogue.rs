//! Walks the whole catalogue: every rule is complete and does what its examples say.

use crate::templates;
use lockgate::engine::terraform::{self, check::Checks};
use lockgate::engine::{ENGINES, compose, docker, gitlab, javascript, python, secrets, workflows};
use lockgate::rule::{Catalogue, Matcher, Rule};
use lockgate::target::{Kind, SourceFile};
use std::collections::{BTreeMap, BTreeSet};

fn rules() -> &'static [Rule] {
    Catalogue::get().rules()
}

#[test]
fn ids_and_aliases_are_unique() {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for rule in rules() {
        for id in std::iter::once(&rule.id).chain(&rule.aliases) {
            let other = owners.insert(id.to_lowercase(), rule.id);
            assert_eq!(other, None, "{id} is claimed twice");
        }
    }
}

#[test]
fn every_rule_has_its_prose() {
    for rule in rules() {
        assert!(
            rule.title.len() >= 8 && !rule.title.ends_with('.'),
            "{}: title {:?}",
            rule.id,
            rule.title
        );
        assert!(rule.summary.len() >= 40, "{}: the summary says too little", rule.id);
        assert!(rule.fix.len() >= 20, "{}: the fix says too little", rule.id);
        assert!(!rule.references.is_empty(), "{}: no reference", rule.id);
        assert!(
            rule.references.iter().all(|link| link.starts_with("https://")),
            "{}: a reference is no link",
            rule.id
        );
        assert!(!rule.help.contains("finding:"), "{}: a marker is left in the help", rule.id);
        assert!(!rule.cwe.is_empty(), "{}: no CWE", rule.id);
    }
}

#[test]
fn titles_are_unique_within_an_engine() {
    let mut titles = BTreeSet::new();
    for rule in rules() {
        assert!(
            titles.insert((rule.engine, rule.title)),
            "{}: {:?} is another rule's title too",
            rule.id,
            rule.title
        );
    }
}

#[test]
fn every_rule_belongs_to_an_engine() {
    let engines: Vec<&str> = ENGINES.iter().map(|engine| engine.name()).collect();
    for rule in rules() {
        assert!(engines.contains(&rule.engine), "{}: no engine {}", rule.id, rule.engine);
    }
}

#[test]
fn every_example_behaves() {
    let mut wrong = Vec::new();
    for rule in rules() {
        let (firing, quiet): (Vec<_>, Vec<_>) =
            rule.examples.iter().partition(|e| !e.findings.is_empty());
        assert!(!firing.is_empty(), "{}: no example fires", rule.id);
        assert!(!quiet.is_empty(), "{}: no example is quiet", rule.id);
        for (engine, _) in &rule.elsewhere {
            let of_engine =
                || rule.examples.iter().filter(|e| engine_of(rule, e.file, e.code) == *engine);
            assert!(
                of_engine().any(|e| !e.findings.is_empty()),
                "{}: none fires in {engine}",
                rule.id
            );
            assert!(
                of_engine().any(|e| e.findings.is_empty()),
                "{}: none is quiet in {engine}",
                rule.id
            );
        }
        for (number, example) in rule.examples.iter().enumerate() {
            let found = lines_found(rule, example.file, &templates::expand(example.code));
            let expected: BTreeSet<u32> = example.findings.iter().copied().collect();
            if found != expected {
                wrong.push(format!(
                    "{} example {}: found {found:?}, not {expected:?}",
                    rule.id,
                    number + 1
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The engine that an example is for: the first of the rule's that wants its file, else its own.
fn engine_of(rule: &Rule, file: &str, code: &str) -> &'static str {
    let file = SourceFile::new(file.into(), code.as_bytes().to_vec());
    let mut engines = ENGINES.iter().filter(|engine| rule.is_of(engine.name()));
    engines.find(|engine| engine.wants(&file)).map_or(rule.engine, |engine| engine.name())
}

fn lines_found(rule: &Rule, path: &str, code: &str) -> BTreeSet<u32> {
    let file = SourceFile::new(path.into(), code.as_bytes().to_vec());
    let name = engine_of(rule, path, code);
    let engine = ENGINES.iter().find(|engine| engine.name() == name).unwrap();
    let seen = engine.scan(&file);
    assert!(seen.notifications.is_empty(), "{}: {:?}", rule.id, seen.notifications);
    let hits = seen.hits.iter().filter(|hit| hit.rule.id == rule.id);
    hits.map(|hit| file.lines().line(hit.range.start)).collect()
}

/// A rule that does not compile would only be quiet. JSX is no TypeScript without it.
#[test]
fn every_pattern_compiles_for_every_grammar_that_has_its_syntax() {
    for kind in [Kind::JavaScript, Kind::TypeScript, Kind::Tsx] {
        let rules = javascript::of_kind(kind).unwrap();
        for pattern in rules.patterns() {
            let asks_jsx = pattern.document().to_string().contains("jsx_");
            let compiles = pattern.try_compile();
            match asks_jsx && kind == Kind::TypeScript {
                true => assert!(compiles.is_err(), "{}", pattern.rule.id),
                false => assert!(compiles.is_ok(), "{}: {:?}", pattern.rule.id, compiles.err()),
            }
        }
    }
}

#[test]
fn native_names_and_functions_match_both_ways() {
    let matchers = rules().iter().flat_map(|rule| {
        let others = rule.dialects.iter().filter_map(|dialect| dialect.matcher.as_ref());
        others.chain([&rule.matcher]).chain(rule.elsewhere.iter().map(|(_, matcher)| matcher))
    });
    let named: BTreeSet<&str> = matchers
        .filter_map(|matcher| match matcher {
            Matcher::Native(name) => Some(*name),
            Matcher::Secret(secret) => secret.validate,
            _ => None,
        })
        .collect();
    let functions = python::natives().chain(secrets::natives()).chain(docker::natives());
    let functions = functions.chain(workflows::natives()).chain(gitlab::natives());
    let functions: BTreeSet<&str> = functions.chain(terraform::check::natives()).collect();
    assert_eq!(named, functions);
}

#[test]
fn every_condition_is_an_expression() {
    assert_eq!(Checks::of(&compose::COMPOSE, "scan").broken(), Vec::<String>::new());
    for tool in ["scan", "tfsec", "trivy"] {
        assert_eq!(
            Checks::of(&terraform::check::TERRAFORM, tool).broken(),
            Vec::<String>::new(),
            "as {tool} has them"
        );
    }
}

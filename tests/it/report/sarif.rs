//! SARIF, against the official schema and what GitHub asks for beyond it.

use super::{parsed, sample, valid};
use lockgate::report::Format;
use serde_json::Value;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The schema that the crate of the SARIF types comes with, wherever cargo keeps it.
fn official_schema() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs the tests, so it can be run");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let package = metadata["packages"]
        .as_array()
        .and_then(|packages| packages.iter().find(|package| package["name"] == "serde-sarif"))
        .expect("serde-sarif is a dependency");
    let manifest = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
    let schema = manifest.parent().unwrap_or(Path::new("")).join("src/schema.json");
    let text = std::fs::read_to_string(schema).expect("serde-sarif comes with the schema");
    let mut schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    // A misprint in the standard: the pattern has a bracket too many and is no regular expression.
    for definition in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][definition]["properties"]["language"];
        assert_eq!(language["pattern"], "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$");
        language["pattern"] = "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    }
    schema
}

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().expect("an array")
}

#[test]
fn sarif() {
    insta::assert_json_snapshot!(parsed(&sample::nasty(), Format::SarifFull));
}

#[test]
fn sarif_follows_the_official_schema() {
    let schema = official_schema();
    for report in [sample::nasty(), sample::clean(), sample::many(50)] {
        valid(&schema, &parsed(&report, Format::Sarif));
        valid(&schema, &parsed(&report, Format::SarifFull));
    }
}

#[test]
fn sarif_holds_what_github_asks_for() {
    for format in [Format::Sarif, Format::SarifFull] {
        let log = parsed(&sample::nasty(), format);
        let mut categories = HashSet::new();
        for run in array(&log["runs"]) {
            assert!(
                categories.insert(run["automationDetails"]["id"].clone()),
                "one run a category"
            );
            let rules = array(&run["tool"]["driver"]["rules"]);
            let ids: HashSet<&str> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
            assert_eq!(ids.len(), rules.len(), "rules are unique");
            for rule in rules {
                for text in ["shortDescription", "fullDescription", "help"] {
                    let text = rule[text]["text"].as_str().expect("a text");
                    assert!(!text.is_empty());
                }
                assert!(rule["properties"]["security-severity"].is_string() || rule["id"] == "X-1");
            }
            for result in array(&run["results"]) {
                let index = result["ruleIndex"].as_u64().expect("an index") as usize;
                assert_eq!(rules[index]["id"], result["ruleId"]);
                let place = &result["locations"][0]["physicalLocation"];
                let uri = place["artifactLocation"]["uri"].as_str().expect("a place");
                assert!(
                    uri.bytes().all(|b| b.is_ascii_graphic()) && !uri.starts_with('/'),
                    "{uri}"
                );
                assert!(place["region"]["startLine"].as_u64().is_some_and(|line| line > 0));
            }
        }
    }
}

#[test]
fn only_the_full_form_holds_what_is_not_open() {
    let count = |format, field: &str, value: Option<&str>| {
        let log = parsed(&sample::nasty(), format);
        let results = array(&log["runs"]).iter().flat_map(|run| array(&run["results"]));
        let with = |result: &&Value| match value {
            Some(value) => result[field] == value,
            None => !result[field].is_null(),
        };
        results.filter(with).count()
    };
    assert_eq!(count(Format::Sarif, "message", None), 6);
    assert_eq!(count(Format::Sarif, "suppressions", None), 0);
    assert_eq!(count(Format::Sarif, "baselineState", Some("absent")), 0);
    assert_eq!(count(Format::SarifFull, "message", None), 9);
    assert_eq!(count(Format::SarifFull, "suppressions", None), 1);
    assert_eq!(count(Format::SarifFull, "baselineState", Some("absent")), 2);
}

#[test]
fn an_engine_that_stopped_early_was_not_successful() {
    let log = parsed(&sample::nasty(), Format::Sarif);
    let successful: Vec<&Value> = array(&log["runs"])
        .iter()
        .map(|run| &run["invocations"][0]["executionSuccessful"])
        .collect();
    assert_eq!(successful, [true, false, true]);
}

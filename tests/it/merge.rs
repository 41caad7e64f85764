//! One finding from many rules and tools.

use crate::imported::{finding, fingerprint, import};
use crate::sandbox::{SHELL, Sandbox};
use crate::templates::expand;
use lockgate::finding::Outcome;
use serde_json::Value;

/// A file in which two engines see one token.
fn token() -> Sandbox {
    let line = expand("password = \"ghp_{{alnum 36}}\"\n");
    Sandbox::repository(&[("app.py", &line)])
}

/// `RULE+RULE` of every finding of a report.
fn witnesses(report: &Value) -> Vec<String> {
    let word = |finding: &Value| {
        let others = finding["witnesses"].as_array().unwrap().iter();
        let rules = others.map(|witness| witness["rule"].as_str().unwrap().to_owned());
        rules.collect::<Vec<_>>().join("+")
    };
    report["findings"].as_array().unwrap().iter().map(word).collect()
}

#[test]
fn what_two_engines_see_is_one_finding_until_it_is_taken_apart() {
    let sandbox = token();
    let scan = || sandbox.scan(&["--format", "json", "-q"]).exits(1).json();
    let together = scan();
    assert_eq!(together["counts"]["open"], 1, "{together}");
    assert_eq!(witnesses(&together).len(), 1);
    for apart in ["B105", "python:B105", together["findings"][0]["fingerprint"].as_str().unwrap()] {
        sandbox.write("lockgate.toml", format!("[merge]\napart = [\"{apart}\"]\n"));
        assert_eq!(scan()["counts"]["open"], 2, "{apart}");
    }
    sandbox.write("lockgate.toml", "[merge]\napart = [\"secrets:B105\"]\n");
    assert_eq!(scan()["counts"]["open"], 1);
}

#[test]
fn what_is_no_setting_of_merging_is_an_error() {
    let sandbox = token();
    sandbox.write("lockgate.toml", "[merge]\nappart = []\n");
    sandbox.scan(&[]).exits(2).complains("unknown key `appart`; did you mean `apart`?");
    sandbox.write("lockgate.toml", "[merge]\napart = [\"\"]\n");
    sandbox.scan(&[]).exits(2).complains("names neither a fingerprint nor a rule");
}

#[test]
fn another_tool_that_says_the_same_is_a_witness() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    import(
        &sandbox,
        "ruff",
        Outcome::Complete,
        vec![finding("ruff", "S602", "run.py", 2), finding("ruff", "S607", "run.py", 2)],
    );
    let story = sandbox.run(&["explain", &fingerprint(&sandbox, "B602"), "--format", "json"]);
    let story = story.exits(0).json();
    let seen: Vec<&str> = story["witnesses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w["rule"].as_str().unwrap())
        .collect();
    assert_eq!(seen, ["B602", "S602"]);
    assert!(story["merged"].as_str().unwrap().contains("their rules mean the same"));

    let before = sandbox.run(&["gate", "--format", "json", "-q"]).exits(1).json()["counts"].clone();
    sandbox.write("lockgate.toml", "[merge]\napart = [\"ruff:S602\"]\n");
    let after = sandbox.run(&["gate", "--format", "json", "-q"]).exits(1).json()["counts"].clone();
    assert_eq!(after["open"].as_u64(), before["open"].as_u64().map(|open| open + 1));
}

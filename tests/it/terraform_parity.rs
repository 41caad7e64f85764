//! What tfsec says of `fixtures/terraform`, recorded by `benches/parity --record`, and what Lockgate
//! says of the same configurations.

use crate::sandbox::{Run, Sandbox};
use insta::assert_snapshot;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/terraform");
const RECORDED: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/terraform/tfsec.tsv"));

/// Rule, file, first and last line.
type Places = BTreeSet<String>;

/// What tfsec said of a folder with a file of variables, `-` for none.
fn recorded(folder: &str, variables: &str) -> Places {
    let rows = RECORDED.lines().filter_map(|line| line.split_once('\t'));
    let rows = rows.filter(|(of, _)| *of == folder).filter_map(|(_, rest)| rest.split_once('\t'));
    let places = rows.filter(|(with, _)| *with == variables).map(|(_, place)| place);
    places.map(|place| place.replace('\t', " ")).collect()
}

fn tfsec(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(&[&["tfsec", "-f", "json"], arguments].concat())
}

/// What a run of the drop-in says.
fn said(sandbox: &Sandbox, run: &Run) -> Places {
    let root = fs::canonicalize(sandbox.path()).unwrap();
    let place = |result: &Value| {
        let at = &result["location"];
        let file = Path::new(at["filename"].as_str().unwrap()).strip_prefix(&root).unwrap();
        let rule = result["long_id"].as_str().unwrap();
        format!("{rule} {} {} {}", file.display(), at["start_line"], at["end_line"])
    };
    run.json()["results"].as_array().unwrap().iter().map(place).collect()
}

#[test]
fn the_drop_in_says_exactly_what_tfsec_says() {
    for (folder, variables) in [("shop", "live.tfvars"), ("platform", "production.tfvars")] {
        let sandbox = Sandbox::copy_of(&Path::new(FOLDER).join(folder));
        for (with, arguments) in [("-", &[][..]), (variables, &["--tfvars-file", variables])] {
            let run = tfsec(&sandbox, arguments).exits(1);
            let (ours, theirs) = (said(&sandbox, &run), recorded(folder, with));
            assert!(theirs.len() > 40, "{folder} shows much");
            let alone = |one: &Places, other: &Places| -> Vec<String> {
                one.difference(other).cloned().collect()
            };
            assert_eq!(alone(&theirs, &ours), [""; 0], "by tfsec alone: {folder}, {with}");
            assert_eq!(alone(&ours, &theirs), [""; 0], "by Lockgate alone: {folder}, {with}");
        }
    }
}

#[test]
fn a_scan_has_the_rules_as_trivy_has_them() {
    let sandbox = Sandbox::copy_of(Path::new(FOLDER));
    let run = sandbox.scan(&["--no-store", "--format", "json", "--fail-on", "none"]);
    let report = run.exits(0).json();
    assert_eq!(report["notifications"], serde_json::json!([]), "all of it is understood");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let shown = |it: &Value| {
        let (rule, span) = (text(&it["rule"]["id"]), &it["span"]);
        let lines = format!("{}-{}", span["start_line"], span["end_line"]);
        format!("{}:{lines} {rule} {}", text(&it["path"]), text(&it["severity"]))
    };
    let findings = report["findings"].as_array().unwrap().iter();
    let findings: BTreeSet<String> =
        findings.filter(|it| it.get("waiver").is_none()).map(shown).collect();
    let findings: Vec<String> = findings.into_iter().collect();
    assert_snapshot!("terraform-trees", findings.join("\n"));
}

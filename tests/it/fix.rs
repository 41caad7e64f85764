//! `lockgate fix`: what is mechanical to mend is mended, and nothing else of a file changes.

use crate::sandbox::{Run, Sandbox};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

const YAML: &str = "import yaml\nyaml.load(text)\n";
const SAFE: &str = "import yaml\nyaml.safe_load(text)\n";
const HASH: &str = "import hashlib\nhashlib.md5(text)\n";

fn fix(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(&[&["fix"], arguments].concat())
}

fn holds(sandbox: &Sandbox, path: &str, content: impl AsRef<[u8]>) {
    let found = fs::read(sandbox.join(path)).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&found),
        String::from_utf8_lossy(content.as_ref()),
        "{path}"
    );
}

#[test]
fn what_is_safe_is_mended_and_then_gone() {
    let sandbox = Sandbox::repository(&[("app/run.py", YAML), ("hash.py", HASH), ("ok.py", SAFE)]);
    let run = fix(&sandbox, &[]).exits(0).says("app/run.py:2: B506: call `yaml.safe_load`");
    run.complains("mended 1 finding in 1 file").complains("left: 1 of B324");
    holds(&sandbox, "app/run.py", SAFE);
    holds(&sandbox, "hash.py", HASH);
    let left = sandbox.scan(&["--no-store", "--format", "json"]).json();
    let rules: Vec<&str> = left["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|f| f["rule"]["id"].as_str())
        .collect();
    assert_eq!(rules, ["B324"]);
    fix(&sandbox, &[]).exits(0).complains("there is nothing to mend");
    assert!(!sandbox.join(".lockgate").exists(), "nothing is left behind");
}

#[test]
fn a_suggestion_is_made_for_the_rule_that_is_named() {
    let sandbox = Sandbox::with(&[("run.py", YAML), ("hash.py", HASH)]);
    for name in ["B324", "b324", "hashlib_insecure_functions"] {
        sandbox.write("hash.py", HASH);
        fix(&sandbox, &["--rule", name]).exits(0).says("hash.py:2");
        holds(&sandbox, "hash.py", "import hashlib\nhashlib.md5(text, usedforsecurity=False)\n");
    }
    holds(&sandbox, "run.py", YAML);
    fix(&sandbox, &["--rule", "B324", "--rule", "B506"]).exits(0);
    holds(&sandbox, "run.py", SAFE);
}

#[test]
fn a_rule_that_is_not_there_or_has_no_fix_is_a_usage_error() {
    let sandbox = Sandbox::with(&[("run.py", YAML)]);
    fix(&sandbox, &["--rule", "B5066"]).exits(2).complains("did you mean B506?");
    fix(&sandbox, &["--rule", "B101"]).exits(2).complains("only people");
    fix(&sandbox, &["nowhere"]).exits(2).complains("nowhere");
    holds(&sandbox, "run.py", YAML);
}

#[test]
fn a_diff_writes_nothing_and_is_one_that_git_applies() {
    let long: String = (0..30).map(|n| format!("x{n} = {n}\n")).collect();
    let source = format!("import requests, yaml\n{long}yaml.load(x)\n{long}requests.get(u)");
    let sandbox =
        Sandbox::repository(&[("a.py", &source), ("b.py", "import yaml\r\nyaml.load(x)\r\n")]);
    sandbox.write("c.py", "\u{feff}import yaml\nyaml.load(x)\n");
    sandbox.commit();
    let run = fix(&sandbox, &["--diff"]).exits(0).says("@@ -29,7 +29,7 @@");
    let run =
        run.says("\\ No newline at end of file").complains("would mend 4 findings in 3 files");
    holds(&sandbox, "a.py", &source);
    sandbox.write("change.patch", &run.stdout);
    sandbox.git(&["apply", "change.patch"]);
    holds(
        &sandbox,
        "a.py",
        source.replace("yaml.load", "yaml.safe_load").replace("get(u)", "get(u, timeout=30)"),
    );
    holds(&sandbox, "b.py", "import yaml\r\nyaml.safe_load(x)\r\n");
    holds(&sandbox, "c.py", "\u{feff}import yaml\nyaml.safe_load(x)\n");
    fix(&sandbox, &["--diff"]).exits(0).complains("nothing to mend");
}

#[test]
fn a_diff_tells_no_secret() {
    let key = crate::templates::expand("ghp_{{alnum 36}}");
    let sandbox = Sandbox::with(&[("run.py", &format!("key = '{key}'\n{YAML}"))]);
    let run = fix(&sandbox, &["--diff"]).exits(0).says("********").says("+yaml.safe_load(text)");
    assert!(!run.stdout.contains(&key));
}

#[test]
fn line_ends_marks_and_modes_stay() {
    let sandbox = Sandbox::empty();
    sandbox.write("crlf.py", "import requests\r\nrequests.get(\r\n    u,\r\n)\r\n");
    sandbox.write("mark.py", format!("\u{feff}{YAML}"));
    sandbox.write("run.sh.py", YAML);
    let mode = fs::Permissions::from_mode(0o751);
    fs::set_permissions(sandbox.join("run.sh.py"), mode).unwrap();
    fix(&sandbox, &[]).exits(0);
    holds(
        &sandbox,
        "crlf.py",
        "import requests\r\nrequests.get(\r\n    u,\r\n    timeout=30,\r\n)\r\n",
    );
    holds(&sandbox, "mark.py", format!("\u{feff}{SAFE}"));
    assert_eq!(fs::metadata(sandbox.join("run.sh.py")).unwrap().mode() & 0o777, 0o751);
    assert_eq!(fs::read_dir(sandbox.path()).unwrap().count(), 3, "no draft is left");
}

#[test]
fn what_cannot_be_written_as_it_was_is_left_and_said() {
    let sandbox = Sandbox::empty();
    let latin = b"# coding: latin-1\nimport yaml\nyaml.load('\xE9')\n";
    sandbox.write("latin.py", latin);
    sandbox.write("closed.py", YAML);
    sandbox.write("run.py", YAML);
    fs::set_permissions(sandbox.join("closed.py"), fs::Permissions::from_mode(0o444)).unwrap();
    sandbox.write("twin.py", YAML);
    fs::hard_link(sandbox.join("twin.py"), sandbox.join("twin.txt")).unwrap();
    fs::write(sandbox.path().join(OsStr::from_bytes(b"caf\xE9.py")), YAML).unwrap();
    let run = fix(&sandbox, &["--diff"]).exits(0).complains("would mend 1 finding in 1 file");
    run.complains("closed.py: is read-only").complains("twin.py: has further hard links");
    let run = fix(&sandbox, &[]).exits(0).complains("latin.py: is not UTF-8");
    let run = run.complains("has a name that is not UTF-8");
    run.complains("closed.py: is read-only").complains("mended 1 finding in 1 file");
    assert_eq!(fs::read(sandbox.join("latin.py")).unwrap(), latin);
    holds(&sandbox, "closed.py", YAML);
    holds(&sandbox, "twin.txt", YAML);
    holds(&sandbox, "run.py", SAFE);
}

#[test]
fn what_stands_in_a_notebook_is_said_to_be_left() {
    let notebook = r#"{"cells": [{"cell_type": "code", "execution_count": 1, "metadata": {},
        "outputs": [], "source": ["import yaml\n", "yaml.load(text)\n", "assert text"]}],
        "metadata": {"kernelspec": {"language": "python", "name": "python3"}},
        "nbformat": 4, "nbformat_minor": 5}"#;
    let sandbox = Sandbox::with(&[("shop.ipynb", notebook), ("run.py", YAML)]);
    for arguments in [&["--diff"][..], &["--rule", "B506"], &[]] {
        fix(&sandbox, arguments).exits(0).complains("left: 1 of B506 in notebooks and Markdown");
    }
    holds(&sandbox, "shop.ipynb", notebook);
}

#[test]
fn links_do_not_lead_out() {
    let outside = Sandbox::with(&[("run.py", YAML)]);
    let sandbox = Sandbox::repository(&[("in/run.py", YAML)]);
    symlink(outside.join("run.py"), sandbox.join("out.py")).unwrap();
    symlink(outside.path(), sandbox.join("out")).unwrap();
    fix(&sandbox, &[]).exits(0).complains("mended 1 finding in 1 file");
    holds(&outside, "run.py", YAML);
    assert!(fs::symlink_metadata(sandbox.join("out.py")).unwrap().is_symlink());
}

#[test]
fn what_is_waived_or_left_out_stays() {
    let sandbox = Sandbox::repository(&[
        ("comment.py", "import yaml\nyaml.load(text)  # nosec B506\n"),
        ("lockgate.toml", "[scan]\nexclude = [\"out/**\"]\n"),
        (".lockgateignore", "own.py\n"),
        ("out/run.py", YAML),
        ("own.py", YAML),
        ("file.py", YAML),
        ("twice.py", "import yaml\nyaml.load(text)\nyaml.load(text)\n"),
    ]);
    let report = sandbox.scan(&["--format", "json"]).json();
    let prints = |path: &str| -> Vec<String> {
        let findings = report["findings"].as_array().unwrap().iter().filter(|f| f["path"] == path);
        findings.map(|f| f["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let twice = prints("twice.py");
    for print in [&prints("file.py")[0], &twice[1]] {
        let why = ["--reason", "read once", "--owner", "me"];
        sandbox.run(&[&["waivers", "add", print], &why[..]].concat()).exits(0);
    }
    let run = fix(&sandbox, &[]).exits(0).complains("left: 3 findings, which somebody has waived");
    run.complains("mended 1 finding in 1 file");
    holds(&sandbox, "twice.py", "import yaml\nyaml.safe_load(text)\nyaml.load(text)\n");
    for path in ["out/run.py", "own.py", "file.py"] {
        holds(&sandbox, path, YAML);
    }
    sandbox.write("twice.py", "import yaml\nyaml.load(text)\n");
    let reason = ["--state", "accepted", "--reason", "ours"];
    sandbox.run(&[&["triage", &twice[0]], &reason[..]].concat()).exits(0);
    fix(&sandbox, &["twice.py"]).exits(0).complains("nothing to mend");
}

#[test]
fn changes_that_touch_are_made_one_after_the_other() {
    let sandbox = Sandbox::with(&[(
        "run.py",
        "import tempfile, yaml\nfrom yaml import load\n\
         load(load(load(text)))\nopen(tempfile.mktemp(tempfile.mktemp()))\n",
    )]);
    fix(&sandbox, &["--rule", "B506", "--rule", "B306"]).exits(0).complains("mended 5 findings");
    let made = "tempfile.NamedTemporaryFile";
    holds(
        &sandbox,
        "run.py",
        format!(
            "import tempfile, yaml\nfrom yaml import load, safe_load\n\
             safe_load(safe_load(safe_load(text)))\n\
             open({made}(suffix={made}(delete=False).name, delete=False).name)\n"
        ),
    );
}

#[test]
fn a_fix_is_in_every_report() {
    let sandbox =
        Sandbox::with(&[("run.py", "import yaml\nyaml.load(text, Loader=yaml.Loader)\n")]);
    let json = sandbox.scan(&["--format", "json"]).json();
    let fix = &json["findings"][0]["fix"];
    assert_eq!(fix["safe"], true);
    assert_eq!(fix["edits"][0]["text"], "safe_load");
    assert_eq!(fix["edits"][1]["span"]["start_column"], 15);
    let again = sandbox.scan(&["--format", "json"]).json();
    assert_eq!(&again["findings"][0]["fix"], fix, "the cache has it");
    let sarif = sandbox.scan(&["--format", "sarif"]).json();
    let runs = sarif["runs"].as_array().unwrap();
    let results: Vec<&serde_json::Value> =
        runs.iter().flat_map(|run| run["results"].as_array().unwrap()).collect();
    let change = &results[0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "run.py");
    let region = &change["replacements"][0]["deletedRegion"];
    assert_eq!((&region["startLine"], &region["startColumn"]), (&2.into(), &6.into()));
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "safe_load");
    sandbox.scan(&[]).says("lockgate fix --rule B506");
    sandbox.run(&["rules", "explain", "B506"]).exits(0).says("lockgate fix --rule B506");
}

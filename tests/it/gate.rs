//! The verdict, the exit codes, and the memory behind "new".

use crate::sandbox::{SHELL, Sandbox};

const ASSERT: &str = "assert ready\n";

fn lifecycles(sandbox: &Sandbox, code: i32) -> Vec<String> {
    let report = sandbox.scan(&["--format", "json"]).exits(code).json();
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|f| {
            format!("{} {}", f["rule"]["id"].as_str().unwrap(), f["lifecycle"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn a_severe_finding_blocks_and_the_verdict_names_rule_and_policy() {
    let sandbox = Sandbox::with(&[("run.py", SHELL)]);
    sandbox
        .scan(&[])
        .exits(1)
        .says("B602")
        .says("run.py:2")
        .says("BLOCKED")
        .says("[gate] fail_on = \"high\"");
}

#[test]
fn what_is_reported_and_what_blocks_are_two_settings() {
    let sandbox = Sandbox::with(&[("check.py", ASSERT)]);
    sandbox.scan(&[]).exits(0).says("B101").says("PASSED");
    sandbox
        .write("lockgate.toml", "[report]\nmin_severity = \"medium\"\n[gate]\nfail_on = \"low\"\n");
    sandbox.scan(&["--new-only=false"]).exits(1).says("B101");
    sandbox.write("lockgate.toml", "[report]\nmin_severity = \"medium\"\n");
    let report = sandbox.scan(&["--format", "json"]).exits(0).json();
    assert_eq!(report["findings"].as_array().unwrap().len(), 0);
}

#[test]
fn the_flag_wins_over_the_file_and_the_longest_branch_glob_over_the_gate() {
    let sandbox = Sandbox::repository(&[("check.py", ASSERT)]);
    sandbox.write(
        "lockgate.toml",
        "[gate]\nfail_on = \"low\"\nnew_only = false\n[gate.branches.\"feature/**\"]\nfail_on = \"none\"\n",
    );
    sandbox.scan(&[]).exits(1);
    sandbox.git(&["checkout", "-q", "-b", "feature/login"]);
    sandbox.scan(&[]).exits(0);
    sandbox.scan(&["--fail-on", "info"]).exits(1);
    sandbox.write(
        "lockgate.toml",
        "[gate]\nfail_on = \"low\"\nnew_only = false\n[gate.branches.\"*\"]\nfail_on = \"none\"\n",
    );
    sandbox.scan(&[]).exits(1);
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.scan(&[]).exits(0);
}

#[test]
fn confidence_can_be_asked_for() {
    let sandbox = Sandbox::with(&[("net.py", "import requests\nrequests.get(url)\n")]);
    sandbox.scan(&["--fail-on", "medium"]).exits(0).says("B113");
    sandbox.write("lockgate.toml", "[gate]\nfail_on = \"medium\"\nmin_confidence = \"low\"\n");
    sandbox.scan(&["--new-only=false"]).exits(1).says("B113");
}

#[test]
fn new_then_existing_then_fixed_then_reopened() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL), ("check.py", ASSERT)]);
    assert_eq!(lifecycles(&sandbox, 1), ["B101 new", "B404 new", "B602 new"]);
    assert_eq!(lifecycles(&sandbox, 1), ["B101 existing", "B404 existing", "B602 existing"]);
    sandbox.write("run.py", "import subprocess\nsubprocess.call([command])\n");
    let report = sandbox.scan(&["--format", "json"]).exits(0).json();
    assert_eq!(report["fixed"].as_array().unwrap().len(), 1);
    assert_eq!(report["fixed"][0]["rule"], "B602");
    sandbox.write("run.py", SHELL);
    assert!(lifecycles(&sandbox, 1).contains(&"B602 reopened".to_owned()));
}

#[test]
fn lines_added_above_and_another_indentation_are_no_change() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    let moved = "# a\n# b\nimport subprocess\nsubprocess.call(\n    command,\n    shell = True)\n";
    sandbox.write("run.py", moved);
    assert_eq!(lifecycles(&sandbox, 1), ["B404 existing", "B602 existing"]);
}

#[test]
fn only_what_a_scan_covered_becomes_fixed() {
    let sandbox = Sandbox::repository(&[("a/run.py", SHELL), ("b/run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    sandbox.remove("b/run.py");
    let part = sandbox.scan(&["a", "--format", "json"]).exits(1).json();
    assert_eq!(part["fixed"].as_array().unwrap().len(), 0);
    let whole = sandbox.scan(&["--format", "json"]).exits(1).json();
    assert_eq!(whole["fixed"].as_array().unwrap().len(), 2);
}

#[test]
fn a_file_that_stops_parsing_fixes_nothing() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    sandbox.write("run.py", "import subprocess\nsubprocess.call(command, shell=True\n");
    let report = sandbox.scan(&["--format", "json"]).exits(0).json();
    assert_eq!(report["fixed"].as_array().unwrap().len(), 0);
    assert_eq!(report["notifications"][0]["trouble"], "unparsed");
}

#[test]
fn a_blocked_scan_is_no_base_for_new_only() {
    let sandbox = Sandbox::repository(&[("run.py", "x = 1\n")]);
    sandbox.scan(&["--new-only"]).exits(0);
    sandbox.write("run.py", SHELL);
    sandbox.scan(&["--new-only"]).exits(1);
    sandbox.scan(&["--new-only"]).exits(1);
    sandbox.scan(&["--fail-on", "none"]).exits(0);
    sandbox.scan(&["--new-only"]).exits(0);
}

#[test]
fn a_scan_that_passed_makes_nothing_known_that_it_did_not_look_at() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL), ("sub/clean.py", "print()\n")]);
    let blocked = || sandbox.scan(&[]).exits(1).says("run.py:2:");
    blocked();
    sandbox.scan(&["sub"]).exits(0);
    blocked();
    sandbox.scan(&["--engine", "python=off"]).exits(0);
    blocked();
    sandbox.write("run.py", "def broken(:\n");
    sandbox.scan(&[]).exits(0);
    sandbox.write("run.py", SHELL);
    blocked();
    sandbox.scan(&["--fail-on", "none"]).exits(0);
    sandbox.scan(&["sub"]).exits(0);
    sandbox.scan(&[]).exits(0);
}

#[test]
fn another_branch_compares_with_the_default_branch() {
    let sandbox = Sandbox::repository(&[("old.py", SHELL)]);
    sandbox.scan(&["--fail-on", "none"]).exits(0);
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    sandbox.write("fresh.py", SHELL);
    let run = sandbox.scan(&["--new-only"]).exits(1).says("fresh.py:2").says("the scan of main");
    assert!(run.says("BLOCKED: 1 finding").stdout.contains("old.py"));
    sandbox.remove("fresh.py");
    sandbox.scan(&["--new-only"]).exits(0);
    sandbox.scan(&["--new-only"]).exits(0).says("the scan of topic");
}

#[test]
fn what_does_not_parse_is_incomplete_only_where_the_policy_says_so() {
    let sandbox = Sandbox::with(&[("broken.py", "def (:\n")]);
    sandbox.scan(&[]).exits(0).says("broken.py");
    sandbox.write("lockgate.toml", "[gate]\nunparsed = \"incomplete\"\n");
    sandbox.scan(&[]).exits(3).says("INCOMPLETE").says("broken.py");
    sandbox.write("run.py", SHELL);
    sandbox.scan(&[]).exits(1).says("BLOCKED").says("broken.py");
}

#[test]
fn a_waived_finding_does_not_block_and_is_counted() {
    let sandbox = Sandbox::with(&[(
        "run.py",
        "import subprocess  # nosec\nsubprocess.call(command, shell=True)  # nosec B602\n",
    )]);
    sandbox.scan(&[]).exits(0).says("2 waived");
    let sarif = sandbox.scan(&["--format", "sarif"]).exits(0).json();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 0);
    let full = sandbox.scan(&["--format", "sarif-full"]).exits(0).json();
    assert_eq!(full["runs"][0]["results"][0]["suppressions"][0]["kind"], "inSource");
}

#[test]
fn an_engine_that_is_off_finds_nothing_and_fixes_nothing() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    let report = sandbox.scan(&["--engine", "python=off", "--format", "json"]).exits(0).json();
    assert_eq!(report["findings"].as_array().unwrap().len(), 0);
    assert_eq!(report["fixed"].as_array().unwrap().len(), 0);
    sandbox.scan(&["--engine", "pyton=off"]).exits(2).complains("did you mean `python`?");
}

//! `lockgate gate`: one verdict on all that is stored for a commit.

use crate::imported::{finding, fingerprint, import, judged};
use crate::sandbox::{SHELL, Sandbox};
use lockgate::finding::{Outcome, Severity};
use lockgate::policy::Decision;

/// What another tool finds, bad enough to block.
fn severe() -> Vec<lockgate::finding::Finding> {
    let mut severe = finding("semgrep", "own-rule", "clean.py", 1);
    severe.severity = Severity::Critical;
    vec![severe]
}

#[test]
fn every_report_of_the_commit_counts() {
    let sandbox = Sandbox::repository(&[("clean.py", "print()\n")]);
    sandbox.run(&["gate"]).exits(2).complains("there is no store yet; run `lockgate scan`");
    sandbox.scan(&[]).exits(0);
    sandbox.run(&["gate"]).exits(0).says("PASSED");
    import(&sandbox, "semgrep", Outcome::Complete, severe());
    sandbox
        .run(&["gate"])
        .exits(1)
        .says("BLOCKED")
        .says("own-rule")
        .complains("judging what is stored");
    let report = sandbox.run(&["gate", "--format", "json", "-q"]).exits(1).json();
    assert_eq!(report["verdict"]["outcome"], "blocked");
    let engines: Vec<&str> =
        report["engines"].as_array().unwrap().iter().map(|e| e["name"].as_str().unwrap()).collect();
    let native = ["cloudformation", "compose", "docker", "gitlab", "javascript", "kubernetes"];
    let more = ["python", "secrets", "semgrep", "terraform", "workflows"];
    assert_eq!(engines, [&native[..], &more].concat());
    sandbox.run(&["gate", "--format", "sarif=out.sarif"]).exits(1);
    assert!(sandbox.join("out.sarif").exists());
    import(&sandbox, "semgrep", Outcome::Complete, Vec::new());
    sandbox.run(&["gate"]).exits(0);
}

#[test]
fn a_tool_that_did_not_finish_leaves_the_verdict_incomplete_until_it_does() {
    let sandbox = Sandbox::repository(&[("clean.py", "print()\n")]);
    sandbox.scan(&[]).exits(0);
    import(&sandbox, "semgrep", Outcome::Incomplete("ran out of time".into()), Vec::new());
    sandbox.run(&["gate"]).exits(3).says("ran out of time");
    import(&sandbox, "semgrep", Outcome::Complete, Vec::new());
    sandbox.run(&["gate"]).exits(0);
}

#[test]
fn the_policy_and_the_waivers_are_those_of_today() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let fingerprint = fingerprint(&sandbox, "B602");
    sandbox.run(&["gate"]).exits(1);
    sandbox.write("lockgate.toml", "[gate]\nfail_on = \"critical\"\n");
    sandbox.run(&["gate"]).exits(0);
    sandbox.remove("lockgate.toml");
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let waiver = format!(
        "[[waiver]]\nfingerprint = \"{fingerprint}\"\nreason = \"x\"\nowner = \"me\"\ncreated = {today}\n"
    );
    sandbox.write(".lockgate/waivers.toml", waiver);
    sandbox.run(&["gate"]).exits(0).says("1 waived");
    sandbox.remove(".lockgate/waivers.toml");
    sandbox.run(&["gate"]).exits(1);
    sandbox.write("lockgate.toml", "[gate]\nfail_onn = \"critical\"\n");
    sandbox.run(&["gate"]).exits(2).complains("did you mean `fail_on`?");
}

#[test]
fn another_branch_or_commit_can_be_judged() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    let scans = sandbox.run(&["history", "--format", "json"]).json();
    let first = scans["scans"][0]["commit"].as_str().unwrap().to_owned();
    sandbox.write("run.py", "print()\n");
    sandbox.commit();
    sandbox.run(&["gate"]).exits(2).complains("or name the last one with --commit");
    sandbox.scan(&[]).exits(0);
    sandbox.run(&["gate"]).exits(0);
    sandbox.run(&["gate", "--commit", &first[..10]]).exits(1).says("B602");
    sandbox.run(&["gate", "--commit", "0000000"]).exits(2).complains("no scan of commit 0000000");
    sandbox.git(&["checkout", "-q", "-b", "feature"]);
    sandbox.run(&["gate"]).exits(2).complains("on the branch feature is stored");
    sandbox.run(&["gate", "--branch", "main"]).exits(0);
}

#[test]
fn a_pull_request_cannot_loosen_the_gate() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.git(&["checkout", "-q", "-b", "feature"]);
    sandbox.scan(&["-q"]).exits(1);
    sandbox.write("lockgate.toml", "[gate]\nfail_on = \"none\"\n");
    sandbox.run(&["gate"]).exits(0);
    sandbox.run(&["gate", "--policy-from", "main"]).exits(1);
}

#[test]
fn in_a_pull_request_the_gate_compares_with_what_a_scan_compares_with() {
    let sandbox = Sandbox::repository(&[("old.py", SHELL)]);
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    sandbox.write("run.py", SHELL);
    sandbox.write("lockgate.toml", "[gate]\nfail_on = \"none\"\n");
    sandbox.commit();
    let pull_request = |arguments: &[&str]| {
        let mut command = std::process::Command::new("env");
        command.args(["GITHUB_EVENT_NAME=pull_request", "GITHUB_BASE_REF=main"]);
        command.args(["GITHUB_HEAD_REF=topic", env!("CARGO_BIN_EXE_lockgate")]);
        sandbox.run_by(command, arguments)
    };
    sandbox.scan(&[]).exits(0);
    let scan = pull_request(&["scan", "--format", "json", "-q"]).exits(1).json();
    let gate = pull_request(&["gate", "--format", "json", "-q"]).exits(1).json();
    assert_eq!(gate["verdict"]["base"], scan["verdict"]["base"]);
    let blocking = scan["verdict"]["blocking"].as_array().unwrap();
    assert_eq!(blocking.len(), 1, "what main has is known");
    let fingerprint = blocking[0]["fingerprint"].as_str().unwrap();
    assert_eq!(gate["verdict"]["blocking"][0]["fingerprint"], fingerprint);
    pull_request(&["explain", fingerprint]).exits(0).says("blocks: it is not in main at ");
}

#[test]
fn what_another_tool_saw_on_the_target_is_known_in_a_pull_request() {
    let sandbox = Sandbox::repository(&[("clean.py", "print()\n")]);
    sandbox.scan(&[]).exits(0);
    judged(&sandbox, "semgrep", Outcome::Complete, Decision::Passed, severe());
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    sandbox.commit();
    let pull_request = |arguments: &[&str]| {
        let mut command = std::process::Command::new("env");
        command.args(["GITHUB_EVENT_NAME=pull_request", "GITHUB_BASE_REF=main"]);
        command.arg(env!("CARGO_BIN_EXE_lockgate"));
        sandbox.run_by(command, arguments)
    };
    import(&sandbox, "semgrep", Outcome::Complete, severe());
    pull_request(&["gate", "--branch", "topic"]).exits(0).says("PASSED");
    let mut other = severe();
    other[0].fingerprint.0[0] ^= 1;
    import(&sandbox, "semgrep", Outcome::Complete, other);
    pull_request(&["gate", "--branch", "topic"]).exits(1).says("own-rule");
}

//! Profiles, rules and stages of the gate, driven through the binary.

use crate::sandbox::{SHELL, Sandbox};
use crate::templates;

/// Python with a severe finding that a comment waives.
const COMMENTED: &str =
    "import subprocess  # nosec\nsubprocess.call(command, shell=True)  # nosec B602\n";
/// Python with a finding of medium severity.
const MEDIUM: &str = "import yaml\nyaml.load(text)\n";

fn configured(configuration: &str) -> Sandbox {
    Sandbox::repository(&[("run.py", SHELL), ("lockgate.toml", configuration)])
}

#[test]
fn profiles_are_listed_and_printed_as_files_that_work() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let list = sandbox.run(&["policy", "list"]).exits(0);
    for name in ["new-code", "strict", "legacy-onboarding", "secrets-only", "kev-epss"] {
        assert!(list.stdout.contains(name), "{name}");
        let file = sandbox.run(&["policy", "show", name]).exits(0).says("[gate]").stdout;
        assert!(file.starts_with(&format!("# {name}")), "{file}");
        let file = file.replace("observe = true", "observe = true\nstarts = 2099-01-01");
        sandbox.write("profile.toml", file);
        sandbox.run(&["policy", "check", "profile.toml"]).exits(0).says("is valid");
    }
    sandbox.run(&["policy", "show", "strict"]).exits(0).says("max_advisory_age_days = 3");
    sandbox.run(&["policy", "show", "stric"]).exits(2).complains("did you mean `strict`?");
}

#[test]
fn the_policy_of_a_stage_is_shown_and_can_be_pasted() {
    let sandbox = configured(
        "[gate.branches.\"release/**\"]\nprofile = \"strict\"\n\
         [gate.events.pull-request]\nfail_on = \"low\"\n",
    );
    let show = |arguments: &[&str]| {
        sandbox.run(&[&["policy", "show"], arguments].concat()).exits(0).stdout
    };
    assert!(show(&[]).contains("fail_on = \"high\"\n"));
    assert!(show(&["--event", "pull-request"]).contains("fail_on = \"low\"\n"));
    let strict = show(&["--branch", "release/1.0"]);
    assert!(strict.contains("built on the profile strict"), "{strict}");
    assert!(strict.contains("sla_days"), "{strict}");
    sandbox.write("pasted.toml", strict);
    sandbox.run(&["policy", "check", "pasted.toml"]).exits(0);
    sandbox
        .run(&["policy", "check"])
        .exits(0)
        .says("pull-request       [gate.events.pull-request] fail_on = \"low\"")
        .says("branch release/**  [gate] fail_on = \"high\" (strict), or by 3 rules")
        .says("requires python, secrets");
}

#[test]
fn a_configuration_that_means_nothing_is_refused_with_its_place() {
    let sandbox = Sandbox::empty();
    let says = |configuration: &str, error: &str| {
        sandbox.write("lockgate.toml", configuration);
        for command in [&["scan"][..], &["policy", "check"]] {
            sandbox.run(command).exits(2).complains(error);
        }
    };
    says("[gate]\nprofile = \"strikt\"\n", "lockgate.toml:2: unknown variant `strikt`");
    says("[gate]\nprofile = \"strikt\"\n", "did you mean `strict`?");
    says("[gate.events.pull_request]\n", "did you mean `pull-request`?");
    says("[gate.comments]\nforbidden = []\n", "did you mean `forbid`?");
    says("[gate.branches.\"x\"]\nfail_onn = \"low\"\n", "did you mean `fail_on`?");
    says(
        "[[gate.rules]]\nname = \"it\"\naction = \"block\"\nservity = \"low\"\n",
        "did you mean `severity`?",
    );
    says(
        "[[gate.rules]]\nname = \"it\"\naction = \"block\"\nexpr = \"finding.pth == ''\"\n",
        "[[gate.rules]] \"it\": `expr`: column 8: no field `finding.pth`; did you mean `path`?",
    );
    says("[gate]\nprofile = \"legacy-onboarding\"\n", "say `starts = YYYY-MM-DD`");
    says("[gate]\nstarts = 2026-13-01\n", "lockgate.toml:2: ");
}

#[test]
fn what_is_known_does_not_block_and_what_a_change_adds_does() {
    let sandbox = Sandbox::repository(&[("old.py", SHELL)]);
    sandbox.scan(&[]).exits(1).says("every finding counts as new");
    sandbox.scan(&["--fail-on", "none"]).exits(0);
    sandbox.scan(&[]).exits(0).says("PASSED").says("(new-code)");
    sandbox.write("fresh.py", SHELL);
    sandbox.scan(&[]).exits(1).says("BLOCKED: 1 finding").says("fresh.py:2");
    sandbox.scan(&["--new-only=false"]).exits(1).says("BLOCKED: 2 findings");
}

#[test]
fn a_certain_secret_blocks_whatever_its_severity() {
    let sandbox = Sandbox::with(&[("config.txt", &templates::expand("token = {{github ghp}}\n"))]);
    let report =
        sandbox.scan(&["--no-store", "--fail-on", "critical", "--format", "json"]).exits(1).json();
    let rule = report["verdict"]["blocking"][0]["policy"].as_str().unwrap();
    assert_eq!(rule, "[[gate.rules]] \"certain-secret\" (new-code)");
    sandbox.write("lockgate.toml", "[gate]\nprofile = \"secrets-only\"\n");
    sandbox.scan(&["--no-store"]).exits(1).says("\"secret\" (secrets-only)");
    sandbox.write("config.txt", SHELL);
    sandbox.write("run.py", SHELL);
    sandbox.scan(&["--no-store"]).exits(0).says("B602");
}

#[test]
fn medium_findings_are_warned_about() {
    let sandbox = Sandbox::with(&[("load.py", MEDIUM)]);
    sandbox
        .scan(&["--no-store", "--fail-on", "critical"])
        .exits(0)
        .says("PASSED")
        .says("WARNED: 1 finding, by [gate] warn_on = \"medium\" (new-code)");
    let report =
        sandbox.scan(&["--no-store", "--fail-on", "critical", "--format", "json"]).exits(0).json();
    assert_eq!(report["verdict"]["warnings"].as_array().unwrap().len(), 1);
    assert_eq!(report["verdict"]["policy_hash"].as_str().unwrap().len(), 64);
}

#[test]
fn a_warned_finding_is_named_where_it_is_not_reported() {
    let configuration = "[report]\nmin_severity = \"critical\"\n[gate]\nfail_on = \"critical\"\n";
    let sandbox = Sandbox::with(&[("a.py", "assert x\n"), ("load.py", MEDIUM)]);
    sandbox.write("lockgate.toml", configuration);
    let report = sandbox.scan(&["--no-store", "--format", "json"]).exits(0).json();
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!(report["verdict"]["warnings"][0]["finding"], 0);
}

#[test]
fn own_rules_come_before_those_of_the_profile() {
    let sandbox = configured(
        "[[gate.rules]]\nname = \"scripts\"\naction = \"ignore\"\npath = [\"*.py\"]\n\
         expr = 'finding.rule.startsWith(\"B6\") && 78 in finding.cwe'\n\
         [[gate.rules]]\nname = \"imports\"\naction = \"warn\"\nrule = [\"B40*\"]\n",
    );
    sandbox.scan(&["--no-store"]).exits(0).says("WARNED: 1 finding, by [[gate.rules]] \"imports\"");
}

#[test]
fn an_expression_that_cannot_be_asked_never_lets_pass() {
    let rule = |action: &str| {
        format!(
            "[[gate.rules]]\nname = \"it\"\naction = \"{action}\"\nexpr = 'finding.cwe[9] == 1'\n"
        )
    };
    let sandbox = configured(&rule("block"));
    sandbox.scan(&["--no-store"]).exits(1).says("BLOCKED: 2 findings").says("INCOMPLETE");
    sandbox.write("run.py", "assert ready\n");
    sandbox.write("lockgate.toml", rule("ignore"));
    sandbox.scan(&["--no-store"]).exits(3).says("could not be asked of 1 of the findings");
}

#[test]
fn an_engine_that_is_required_must_run() {
    let sandbox = Sandbox::with(&[("a.txt", "text\n")]);
    sandbox.write("lockgate.toml", "[gate]\nrequire = [\"python\"]\n");
    sandbox.scan(&[]).exits(0);
    let off = ["--engine", "python=off"];
    sandbox.scan(&off).exits(3).says("python: is required ([gate] require) and did not run");
}

#[test]
fn comments_can_be_forbidden_capped_and_uncounted_while_new() {
    let sandbox = Sandbox::repository(&[("run.py", COMMENTED)]);
    sandbox.scan(&["--no-store"]).exits(0).says("2 waived");
    sandbox.write("lockgate.toml", "[gate.comments]\nforbid = [\"python\"]\n");
    sandbox
        .scan(&["--no-store"])
        .exits(1)
        .says("although waived: the comment `# nosec B602` does not count: [gate.comments] forbid")
        .says("high[B602]");
    let sarif = sandbox.scan(&["--no-store", "--format", "sarif"]).exits(1).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1, "the one that does not block stays waived");
    assert!(results[0].get("suppressions").is_none());
    sandbox.write("lockgate.toml", "[gate.comments]\nmax = 1\n");
    sandbox.scan(&["--no-store"]).exits(1).says("[gate.comments] max = 1");
    sandbox
        .write("lockgate.toml", "[gate]\nnew_only = false\n[gate.comments]\ncount_new = false\n");
    sandbox.scan(&[]).exits(1).says("[gate.comments] count_new = false");
    sandbox.scan(&["--fail-on", "none"]).exits(0);
    sandbox.scan(&[]).exits(0).says("2 waived");
}

#[test]
fn a_comment_that_the_target_branch_has_counts_and_one_of_the_pull_request_does_not() {
    let configuration = "[gate]\nnew_only = false\n[gate.comments]\ncount_new = false\n";
    let sandbox = Sandbox::repository(&[("run.py", COMMENTED), ("lockgate.toml", configuration)]);
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    let against_main = ["--no-store", "--base", "main"];
    sandbox.scan(&against_main).exits(0).says("2 waived");
    sandbox.write("fresh.py", COMMENTED);
    sandbox.commit();
    sandbox.scan(&against_main).exits(1).says("BLOCKED: 1 finding").says("fresh.py:2");
}

#[test]
fn a_dry_run_says_what_would_block_and_leaves_no_base() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&["--dry-run"]).exits(0).says("WOULD BLOCK: 1 finding").says("--dry-run");
    sandbox.scan(&[]).exits(1);
    let report = sandbox.scan(&["--dry-run", "--format", "json"]).exits(0).json();
    assert_eq!(report["verdict"]["observed"], true);
    assert_eq!(report["verdict"]["would_block"].as_array().unwrap().len(), 1);
    sandbox.scan_with(("LOCKGATE_DRY_RUN", "1"), &[]).exits(0);
    sandbox.scan_with(("LOCKGATE_DRY_RUN", ""), &[]).exits(1);
}

#[test]
fn onboarding_observes_and_then_blocks_what_came_since() {
    let with = |day: &str| format!("[gate]\nprofile = \"legacy-onboarding\"\nstarts = {day}\n");
    let sandbox = Sandbox::repository(&[("old.py", SHELL), ("lockgate.toml", &with("2099-01-01"))]);
    sandbox
        .scan(&[])
        .exits(0)
        .says("WOULD BLOCK: 1 finding, by [gate] fail_on = \"high\"")
        .says("starts on 2099-01-01");
    sandbox.write("lockgate.toml", with("2020-01-01"));
    sandbox.scan(&[]).exits(0);
    sandbox.write("fresh.py", SHELL);
    sandbox.scan(&[]).exits(1).says("BLOCKED: 1 finding").says("fresh.py:2");
}

#[test]
fn the_event_chooses_the_gate() {
    let sandbox = configured(
        "[gate]\nfail_on = \"none\"\n[gate.events.tag]\nfail_on = \"high\"\n\
         [gate.branches.\"**\"]\nfail_on = \"critical\"\n",
    );
    sandbox.scan(&["--no-store"]).exits(0);
    let tag = [("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF_TYPE", "tag")];
    sandbox.scan_in(&tag, &["--no-store"]).exits(1).says("[gate.events.tag] fail_on = \"high\"");
}

#[test]
fn a_proposed_policy_is_tried_on_the_stored_scans() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&["--fail-on", "none"]).exits(0);
    sandbox.write("load.py", MEDIUM);
    sandbox.commit();
    sandbox.scan(&[]).exits(0);
    sandbox.write("proposed.toml", "[gate]\nfail_on = \"medium\"\n");
    sandbox
        .run(&["policy", "test", "proposed.toml"])
        .exits(0)
        .says("proposed.toml would have blocked 2 of 2 scans.")
        .says("(it was passed then)")
        .says("1 finding, by [gate] fail_on = \"medium\"");
    sandbox.run(&["policy", "test", "proposed.toml", "--last", "1"]).exits(0).says("1 of 1 scan");
    sandbox.write("proposed.toml", "[gate]\nprofile = \"kev-epss\"\n");
    sandbox.run(&["policy", "test", "proposed.toml"]).exits(0).says("blocked 0 of 2 scans");
    sandbox.write("proposed.toml", "[gate]\nnew_only = false\n");
    sandbox.run(&["policy", "test", "proposed.toml"]).exits(0).says("blocked 2 of 2 scans");
    let elsewhere = ["policy", "test", "proposed.toml", "--branch", "other"];
    sandbox.run(&elsewhere).exits(2).complains("no scan of the branch other is stored");
}

#[test]
fn what_does_not_block_is_explained_rule_by_rule() {
    let sandbox = Sandbox::repository(&[("load.py", MEDIUM), ("a.py", "assert ready\n")]);
    let report = sandbox.scan(&["--fail-on", "none", "--format", "json"]).exits(0).json();
    sandbox.write("lockgate.toml", "[gate]\nnew_only = false\n");
    let explain = |rule: &str| {
        let findings = report["findings"].as_array().unwrap();
        let finding = findings.iter().find(|finding| finding["rule"]["id"] == rule).unwrap();
        sandbox.run(&["explain", finding["fingerprint"].as_str().unwrap()]).exits(0).stdout
    };
    let warned = explain("B506").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(warned.contains("[gate] warn_on = \"medium\" (new-code): takes it: warn"), "{warned}");
    let left = explain("B101").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(left.contains("(new-code): leaves it, for it wants kev = \"overdue\""), "{left}");
    assert!(left.contains("for it wants severity = \"high\""), "{left}");
}

#[test]
fn what_is_printed_has_the_hash_that_is_printed() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let shown = |sandbox: &Sandbox| sandbox.run(&["policy", "show"]).exits(0).stdout;
    let hash =
        |text: &str| text.lines().find(|line| line.starts_with("# Hash: ")).unwrap().to_owned();
    for profile in ["new-code", "strict", "legacy-onboarding", "secrets-only", "kev-epss", "none"] {
        let starts = if profile == "legacy-onboarding" { "starts = 2026-12-01\n" } else { "" };
        sandbox.write("lockgate.toml", format!("[gate]\nprofile = \"{profile}\"\n{starts}"));
        let named = shown(&sandbox);
        sandbox.write("lockgate.toml", &named);
        assert_eq!(hash(&shown(&sandbox)), hash(&named), "{profile}");
        let file = sandbox.run(&["policy", "show", profile]).exits(0).stdout;
        sandbox
            .write("lockgate.toml", file.replace("# starts = 2026-12-01", "starts = 2026-12-01"));
        assert_eq!(hash(&shown(&sandbox)), hash(&named), "{profile} as it is printed");
    }
    sandbox.run(&["policy", "list"]).exits(0).says("none ");
    sandbox.run(&["policy", "show", "nine"]).exits(2).complains("did you mean `none`?");
    sandbox.run(&["policy", "test", "--last", "0", "lockgate.toml"]).exits(2).complains("--last");
}

#[test]
fn where_no_engine_looks_nothing_passes() {
    let code = ["python", "javascript", "terraform", "docker", "kubernetes", "secrets"];
    let engines = code.into_iter().chain(["cloudformation", "compose", "workflows", "gitlab"]);
    let off: String = engines.map(|engine| format!("{engine} = \"off\"\n")).collect();
    let sandbox = configured(&format!("[engines]\n{off}"));
    sandbox.scan(&[]).exits(3).says("every engine is off");
    sandbox.run(&["gate"]).exits(3);
    let sandbox = configured("[scan]\nmax_file_mib = 0\n");
    sandbox.scan(&[]).exits(2).complains("lockgate.toml:2: `max_file_mib` is 0; say 1 to 4096");
    let sandbox = configured("[gate]\nstarts = 2026-12-01T00:00:00\n");
    sandbox.scan(&[]).exits(2).complains("lockgate.toml:2: a day is written as 2027-02-20");
}

#[test]
fn a_rule_that_nothing_here_goes_by_is_noted() {
    let rule = |what: &str| {
        configured(&format!(
            "[[gate.rules]]\nname = \"it\"\naction = \"block\"\nrule = [\"{what}\"]\n"
        ))
    };
    rule("B6O2")
        .run(&["policy", "check"])
        .exits(0)
        .says("no rule here goes by `B6O2`")
        .says("`B602`");
    let named = rule("subprocess_popen_with_shell_equals_true");
    let check = named.run(&["policy", "check"]).exits(0);
    assert!(!check.stdout.contains("Note:"), "{}", check.stdout);
    named.scan(&["--fail-on", "critical"]).exits(1).says("[[gate.rules]] \"it\"");
}

#[test]
fn no_secret_is_quoted_from_the_command_line() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    let secret = templates::expand("{{github ghp}}");
    for command in [
        &["policy", "show", "--branch"][..],
        &["policy", "show"],
        &["gate", "--as-of"],
        &["gate", "--branch"],
        &["history", "--branch"],
        &["scan", "--base"],
        &["scan", "--policy-from"],
        &["scan", "--fail-on"],
    ] {
        let run = sandbox.run(&[command, &[&secret]].concat());
        let text = format!("{}{}", run.stdout, run.stderr);
        assert!(!text.contains(&secret) && text.contains("********"), "{command:?}\n{text}");
    }
}

//! What a pull request is compared with, and whose settings judge it. No test here has a store:
//! in CI nothing depends on one.

use crate::sandbox::{Run, SHELL, Sandbox};

const GITHUB: &[(&str, &str)] = &[
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_EVENT_NAME", "pull_request"),
    ("GITHUB_BASE_REF", "main"),
    ("GITHUB_HEAD_REF", "topic"),
];
const GITLAB: &[(&str, &str)] = &[
    ("GITLAB_CI", "true"),
    ("CI_MERGE_REQUEST_IID", "7"),
    ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
];

/// Python with another severe finding.
const EVAL: &str = "import yaml\nyaml.load(text)\nimport os\nos.system(command + text)\n";

fn pull_request(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.scan_in(GITHUB, &[&["--no-store", "--new-only"], arguments].concat())
}

fn blocking(run: &Run) -> Vec<String> {
    let report = run.json();
    let blocking = report["verdict"]["blocking"].as_array().unwrap().iter();
    let mut paths: Vec<String> = blocking
        .map(|b| &report["findings"][b["finding"].as_u64().unwrap() as usize])
        .map(|f| format!("{} {}", f["path"].as_str().unwrap(), f["rule"]["id"].as_str().unwrap()))
        .collect();
    paths.sort();
    paths
}

#[test]
fn a_pull_request_is_blocked_by_what_it_adds_and_by_nothing_else() {
    for system in [GITHUB, GITLAB] {
        let sandbox = Sandbox::topic(&[("old.py", SHELL)], &[("fresh.py", SHELL)]);
        let arguments = ["--no-store", "--new-only", "--format", "json"];
        let run = sandbox.scan_in(system, &arguments).exits(1);
        assert_eq!(blocking(&run), ["fresh.py B602"]);
        let base = run.json()["verdict"]["base"].as_str().unwrap().to_owned();
        assert!(base.starts_with("main at ") && base.ends_with(" (merge base)"), "{base}");
        assert!(!sandbox.join(".lockgate").exists());
        sandbox.git(&["rm", "-q", "fresh.py"]);
        sandbox.scan_in(system, &arguments).exits(0);
    }
}

#[test]
fn running_a_blocked_pull_request_again_does_not_turn_it_green() {
    let sandbox = Sandbox::topic(&[("old.py", SHELL)], &[("fresh.py", SHELL)]);
    for _ in 0..3 {
        sandbox.scan_in(GITHUB, &["--new-only"]).exits(1);
    }
}

#[test]
fn what_was_added_to_an_old_file_is_new_and_what_moved_in_it_is_not() {
    let more = format!("# a line\n\n{SHELL}import os\nos.system(command + text)\n");
    let sandbox = Sandbox::topic(&[("run.py", SHELL)], &[("run.py", &more)]);
    let run = pull_request(&sandbox, &["--fail-on", "low", "--format", "json"]).exits(1);
    assert!(blocking(&run).contains(&"run.py B605".to_owned()), "{:?}", blocking(&run));
    assert!(!blocking(&run).contains(&"run.py B602".to_owned()), "{:?}", blocking(&run));
}

#[test]
fn a_pull_request_is_not_blocked_by_what_main_has_got_or_lost_since() {
    let sandbox = Sandbox::topic(&[("old.py", SHELL)], &[("notes.txt", "x")]);
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.git(&["rm", "-q", "old.py"]);
    sandbox.write("fresh.py", SHELL);
    sandbox.commit();
    sandbox.git(&["checkout", "-q", "topic"]);
    pull_request(&sandbox, &[]).exits(0).says("main at");
    // As it is checked out by GitHub: merged, without a branch.
    sandbox.git(&["checkout", "-q", "--detach"]);
    sandbox.git(&["merge", "-q", "--no-edit", "main"]);
    pull_request(&sandbox, &[]).exits(0);
    sandbox.write("more.py", SHELL);
    sandbox.commit();
    assert_eq!(blocking(&pull_request(&sandbox, &["--format", "json"]).exits(1)), ["more.py B602"]);
}

#[test]
fn what_a_comment_waived_in_the_base_is_new_without_it() {
    let waived = SHELL.replace("True)", "True)  # nosec");
    let sandbox = Sandbox::topic(&[("run.py", &waived)], &[("run.py", SHELL)]);
    pull_request(&sandbox, &[]).exits(1);
}

#[test]
fn what_a_comment_of_long_ago_waived_in_the_base_is_known() {
    let waived = |day: &str| SHELL.replace(")\n", &format!(")  # trivy:ignore:B602:exp:{day}\n"));
    let old = waived("2020-01-31");
    let sandbox = Sandbox::topic(&[("old.py", &old)], &[("clean.py", "print()\n")]);
    pull_request(&sandbox, &[]).exits(0).says("high[B602]");
    let future = waived("2999-01-31");
    let sandbox = Sandbox::topic(&[("old.py", &future)], &[("old.py", SHELL)]);
    pull_request(&sandbox, &[]).exits(1);
}

#[test]
fn an_old_finding_in_a_renamed_file_is_not_new() {
    let long = format!("{SHELL}def one():\n    return 1\n\ndef two():\n    return 2\n");
    let sandbox = Sandbox::topic(&[("old.py", &long)], &[]);
    sandbox.git(&["mv", "old.py", "moved.py"]);
    sandbox.commit();
    pull_request(&sandbox, &[]).exits(0);
    sandbox.write("copy.py", &long);
    assert_eq!(blocking(&pull_request(&sandbox, &["--format", "json"]).exits(1)).len(), 2);
    sandbox.remove("moved.py");
    pull_request(&sandbox, &[]).exits(0);
}

#[test]
fn a_file_that_was_never_looked_at_is_no_origin_of_a_rename() {
    let long = format!("{SHELL}def one():\n    return 1\n\ndef two():\n    return 2\n");
    let settings = "[scan]\nexclude = [\"vendor/**\"]\n";
    let sandbox = Sandbox::topic(&[("vendor/old.py", &long), ("lockgate.toml", settings)], &[]);
    sandbox.git(&["mv", "vendor/old.py", "moved.py"]);
    sandbox.commit();
    pull_request(&sandbox, &[]).exits(1);
}

#[test]
fn a_pull_request_cannot_loosen_the_settings_that_judge_it() {
    let strict = "[gate]\nfail_on = \"high\"\nnew_only = true\n";
    let loose = "[gate]\nfail_on = \"none\"\n";
    for (path, content) in [
        ("lockgate.toml", loose),
        ("lockgate.toml", "[scan]\nexclude = [\"*.py\"]\n"),
        ("lockgate.toml", "[engines]\npython = \"off\"\n"),
        (".lockgateignore", "*.py\n"),
        ("src/.lockgateignore", "*\n"),
    ] {
        let old = [("lockgate.toml", strict), ("src/old.py", SHELL)];
        let sandbox = Sandbox::topic(&old, &[("src/fresh.py", SHELL), (path, content)]);
        let differs = format!("{path} of this branch differs from main's, which is in force");
        for system in [GITHUB, GITLAB] {
            let run = sandbox.scan_in(system, &["--no-store", "--format", "json"]).exits(1);
            assert_eq!(blocking(&run.complains(&differs)), ["src/fresh.py B602"], "{path}");
        }
        let trusting = ["--no-store", "--policy-from", "."];
        let run = sandbox.scan_in(GITHUB, &trusting).exits(0);
        assert!(!run.stderr.contains("differs"), "{}", run.stderr);
        // No pull request: what lies there holds.
        sandbox.scan(&["--no-store"]).exits(0);
        sandbox.scan(&["--no-store", "--policy-from", "main"]).exits(1).complains(&differs);
        let variable = ("LOCKGATE_POLICY_FROM", ".");
        sandbox.scan_in(&[GITHUB, &[variable]].concat(), &["--no-store"]).exits(0);
    }
}

#[test]
fn waivers_of_a_pull_request_are_not_in_force_and_line_ends_are_no_difference() {
    let old = [("lockgate.toml", "[gate]\nnew_only = true\n"), (".lockgate/.gitignore", "")];
    let new = [("lockgate.toml", "[gate]\r\nnew_only = true\r\n"), (".lockgate/waivers.toml", "")];
    let run = pull_request(&Sandbox::topic(&old, &new), &[]).exits(0);
    assert_eq!(run.stderr.matches("differs").count(), 1, "{}", run.stderr);
    run.complains(".lockgate/waivers.toml of this branch differs from main's, which is in force");
}

#[test]
fn a_pull_request_that_removes_an_ignore_file_or_the_settings_is_judged_by_them() {
    let old = [("lockgate.toml", "[gate]\nfail_on = \"low\"\n"), (".lockgateignore", "vendor/\n")];
    let sandbox =
        Sandbox::topic(&old, &[("vendor/fresh.py", SHELL), ("check.py", "assert ready\n")]);
    sandbox.git(&["rm", "-q", "lockgate.toml", ".lockgateignore"]);
    sandbox.commit();
    let run = pull_request(&sandbox, &["--format", "json"]).exits(1);
    assert_eq!(blocking(&run), ["check.py B101"]);
    run.complains("lockgate.toml of this branch differs").complains(".lockgateignore of this");
}

#[test]
fn the_ignore_files_of_the_base_hold_as_those_on_the_disk_do() {
    let files = [
        (".lockgateignore", "vendor/\n*_gen.py\n!keep_gen.py\n/only_here.py\n"),
        ("app/.lockgateignore", "!own_gen.py\nlocal.py\n"),
        ("vendor/a.py", SHELL),
        ("x_gen.py", SHELL),
        ("keep_gen.py", SHELL),
        ("only_here.py", SHELL),
        ("app/only_here.py", SHELL),
        ("app/own_gen.py", SHELL),
        ("app/y_gen.py", SHELL),
        ("app/local.py", SHELL),
    ];
    let sandbox = Sandbox::repository(&files);
    for arguments in [&["."][..], &["app"], &["vendor"], &["app", "x_gen.py"]] {
        let json = [arguments, &["--no-store", "--format", "json"]].concat();
        let here = blocking(&sandbox.scan(&json).exits(1));
        let there = [&json[..], &["--policy-from", "main"]].concat();
        assert_eq!(blocking(&sandbox.scan(&there).exits(1)), here, "{arguments:?}");
    }
}

#[test]
fn a_named_configuration_is_the_targets_too_where_git_has_it() {
    let old = [("ci/gate.toml", "[gate]\nfail_on = \"high\"\n"), ("a.txt", "")];
    let loose = "[gate]\nfail_on = \"none\"\n";
    let sandbox =
        Sandbox::topic(&old, &[("ci/gate.toml", loose), ("ci/other.toml", loose), ("b.py", SHELL)]);
    for name in ["ci/gate.toml", "./ci/../ci/gate.toml"] {
        pull_request(&sandbox, &["--config", name]).exits(1);
    }
    let absolute = sandbox.join("ci/gate.toml");
    pull_request(&sandbox, &["--config", absolute.to_str().unwrap()]).exits(1);
    pull_request(&sandbox, &["--config", "ci/other.toml"])
        .exits(2)
        .complains("ci/other.toml: has come with this pull request, and main does not have it");
    // Made by the CI job itself: as good as its command line.
    sandbox.write("made.toml", loose);
    pull_request(&sandbox, &["--config", "made.toml"]).exits(0);
    #[cfg(unix)]
    {
        sandbox.remove("ci/gate.toml");
        std::os::unix::fs::symlink(sandbox.join("made.toml"), sandbox.join("ci/gate.toml"))
            .unwrap();
        pull_request(&sandbox, &["--config", "ci/gate.toml"]).exits(1);
    }
}

#[test]
fn a_typo_in_the_targets_settings_names_them() {
    let sandbox =
        Sandbox::topic(&[("lockgate.toml", "[gate]\nfail_onn = 1\n")], &[("lockgate.toml", "")]);
    pull_request(&sandbox, &[]).exits(2).complains("main:lockgate.toml:2: unknown key");
}

#[test]
fn a_target_that_the_clone_lacks_is_said_with_the_next_step() {
    let origin = Sandbox::topic(&[("old.py", SHELL)], &[("fresh.py", SHELL)]);
    origin.commit();
    let clone = origin.clone(&["--depth", "1", "--branch", "topic"]);
    pull_request(&clone, &[])
        .exits(2)
        .complains("git fetch origin main:refs/remotes/origin/main")
        .complains("fetch-depth: 0");
    // Its tip is enough for settings and for a comparison, which is said.
    clone.git(&["fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main"]);
    let run = pull_request(&clone, &["--format", "json"]).exits(1);
    assert_eq!(blocking(&run), ["fresh.py B602"]);
    run.complains("the merge base of origin/main and HEAD is not in this clone");
    clone.git(&["fetch", "-q", "--unshallow"]);
    let run = pull_request(&clone, &["--format", "json"]).exits(1);
    assert_eq!(blocking(&run), ["fresh.py B602"]);
    assert!(!run.stderr.contains("merge base"), "{}", run.stderr);
}

#[test]
fn the_shallow_checkout_of_a_merge_knows_its_merge_base() {
    let origin = Sandbox::topic(&[("old.py", SHELL)], &[("fresh.py", SHELL)]);
    origin.git(&["checkout", "-q", "-b", "merged", "main"]);
    origin.git(&["merge", "-q", "--no-ff", "--no-edit", "topic"]);
    let clone = origin.clone(&["--depth", "1", "--branch", "merged"]);
    clone.git(&["fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main"]);
    clone.git(&["checkout", "-q", "--detach"]);
    let run = pull_request(&clone, &["--format", "json"]).exits(1);
    assert_eq!(blocking(&run), ["fresh.py B602"]);
    assert!(!run.stderr.contains("merge base"), "{}", run.stderr);
}

#[test]
fn the_origins_branch_counts_before_an_old_local_one() {
    let origin = Sandbox::repository(&[("a.txt", "")]);
    let clone = origin.clone(&[]);
    origin.write("old.py", SHELL);
    origin.commit();
    clone.git(&["fetch", "-q"]);
    clone.git(&["checkout", "-q", "-b", "topic", "origin/main"]);
    pull_request(&clone, &[]).exits(0).says("origin/main at");
}

#[test]
fn the_branch_that_is_checked_out_is_no_target_whatever_its_name() {
    let sandbox = Sandbox::repository(&[("lockgate.toml", "[gate]\nfail_on = \"none\"\n")]);
    sandbox.write("run.py", SHELL);
    sandbox.commit();
    pull_request(&sandbox, &[]).exits(2).complains("git fetch origin main");
}

#[cfg(unix)]
#[test]
fn settings_that_a_pull_request_makes_a_device_of_are_not_read() {
    let sandbox = Sandbox::topic(&[("lockgate.toml", ""), ("run.py", SHELL)], &[]);
    sandbox.remove("lockgate.toml");
    std::os::unix::fs::symlink("/dev/zero", sandbox.join("lockgate.toml")).unwrap();
    sandbox.commit();
    pull_request(&sandbox, &[]).exits(0).complains("lockgate.toml of this branch differs");
}

#[cfg(unix)]
#[test]
fn a_note_shows_what_would_act_on_the_terminal() {
    let sandbox = Sandbox::topic(&[("run.py", SHELL)], &[("a\u{1b}[2J/.lockgateignore", "*\n")]);
    pull_request(&sandbox, &[]).exits(0).complains("a\\u{1b}[2J/.lockgateignore of this branch");
}

#[test]
fn a_pull_request_outside_git_has_no_settings_to_trust() {
    let sandbox = Sandbox::with(&[("run.py", SHELL)]);
    pull_request(&sandbox, &[]).exits(2).complains("--policy-from .");
    pull_request(&sandbox, &["--policy-from", "."]).exits(1);
    sandbox.scan(&["--base", "main"]).exits(2).complains("--baseline");
}

#[test]
fn a_base_may_be_a_branch_a_tag_or_a_commit() {
    let sandbox = Sandbox::topic(&[("old.py", SHELL)], &[("fresh.py", SHELL)]);
    sandbox.git(&["tag", "-a", "-m", "first", "v1", "main"]);
    sandbox.git(&["tag", "light", "topic"]);
    for (base, expected) in [
        ("main", &["fresh.py B602"][..]),
        ("v1", &["fresh.py B602"]),
        ("HEAD~1", &["fresh.py B602"]),
        ("light", &[]),
        ("HEAD", &[]),
    ] {
        let arguments = ["--no-store", "--new-only", "--format", "json", "--base", base];
        let run = sandbox.scan(&arguments);
        assert_eq!(blocking(&run), expected, "{base}");
        let name = run.json()["verdict"]["base"].as_str().unwrap().to_owned();
        assert!(name.starts_with(&format!("{base} at ")), "{name}");
    }
    sandbox
        .scan(&["--no-store", "--base", "v2"])
        .exits(2)
        .complains("\"v2\" is no branch, tag or commit of this repository")
        .complains("git fetch origin v2");
    let run = sandbox.scan_in(&[("LOCKGATE_BASE", "v1")], &["--no-store", "--new-only"]);
    run.exits(1).says("v1 at");
}

#[test]
fn a_base_without_a_common_ancestor_is_compared_with_as_it_is() {
    let sandbox = Sandbox::repository(&[("old.py", SHELL)]);
    sandbox.git(&["checkout", "-q", "--orphan", "other"]);
    sandbox.write("fresh.py", SHELL);
    sandbox.commit();
    let arguments = ["--no-store", "--new-only", "--base", "main", "--format", "json"];
    let run = sandbox.scan(&arguments).exits(1);
    assert_eq!(blocking(&run), ["fresh.py B602"]);
    run.complains("the merge base of main and HEAD is not in this clone");
}

#[test]
fn links_and_binary_files_of_a_base_are_passed_over() {
    let sandbox = Sandbox::repository(&[("old.py", SHELL), ("blob.bin", "a\0b")]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("old.py", sandbox.join("fresh.py")).unwrap();
    sandbox.write("huge.txt", "x".repeat(3 << 20));
    sandbox.write("lockgate.toml", "[scan]\nmax_file_mib = 1\n");
    sandbox.commit();
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    sandbox.git(&["rm", "-q", "blob.bin", "huge.txt"]);
    if cfg!(unix) {
        sandbox.remove("fresh.py");
    }
    sandbox.write("fresh.py", SHELL);
    sandbox.commit();
    assert_eq!(
        blocking(&pull_request(&sandbox, &["--format", "json"]).exits(1)),
        ["fresh.py B602"]
    );
}

#[test]
fn an_earlier_report_is_a_baseline() {
    let sandbox = Sandbox::repository(&[("old.py", SHELL)]);
    let folder = Sandbox::empty();
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (json, sarif) = (file("old.json"), file("old.sarif"));
    let formats = [format!("json={json}"), format!("sarif={sarif}")];
    sandbox.scan(&["--no-store", "--format", &formats[0], "--format", &formats[1]]).exits(1);
    sandbox.write("fresh.py", EVAL);
    for baseline in [&json, &sarif] {
        let arguments = ["--no-store", "--new-only", "--baseline", baseline, "--fail-on", "low"];
        let run = sandbox.scan(&[&arguments[..], &["--format", "json"]].concat()).exits(1);
        assert!(blocking(&run).iter().all(|blocking| blocking.starts_with("fresh.py")), "{run:?}");
        run.says("\"base\":\"the baseline old.");
    }
    sandbox.remove("fresh.py");
    sandbox.scan(&["--no-store", "--new-only", "--baseline", &json, "--fail-on", "low"]).exits(0);
    let whole = std::fs::read_to_string(&json).unwrap();
    folder.write("cut.json", &whole[..whole.len() / 2]);
    sandbox
        .scan(&["--no-store", "--baseline", &file("cut.json")])
        .exits(2)
        .complains("cut.json:")
        .complains("EOF while parsing");
    folder.write("other.json", "{\"results\": []}");
    sandbox
        .scan(&["--no-store", "--baseline", &file("other.json")])
        .exits(2)
        .complains("is neither a report of Lockgate");
    sandbox.scan(&["--baseline", &file("none.json")]).exits(2).complains("cannot be read");
    sandbox.scan(&["--baseline", &json, "--base", "main"]).exits(2);
}

#[test]
fn a_baseline_in_the_repository_is_the_targets() {
    let sandbox = Sandbox::repository(&[("old.py", SHELL)]);
    sandbox.scan(&["--no-store", "--format", "json=baseline.json"]).exits(1);
    sandbox.commit();
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    sandbox.write("fresh.py", SHELL);
    sandbox.scan(&["--no-store", "--format", "json=baseline.json"]).exits(1);
    sandbox.commit();
    let arguments = ["--baseline", "baseline.json", "--format", "json"];
    assert_eq!(blocking(&pull_request(&sandbox, &arguments).exits(1)), ["fresh.py B602"]);
    sandbox.scan(&["--no-store", "--new-only", "--baseline", "baseline.json"]).exits(0);
}

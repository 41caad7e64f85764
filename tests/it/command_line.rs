//! Help, rules, completions, formats and where they go.

use crate::sandbox::{SHELL, Sandbox};
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

#[test]
fn help_fits_a_screen() {
    let run = Sandbox::empty().run(&["-h"]).exits(0);
    assert!(run.stdout.lines().count() <= 35, "{}", run.stdout);
}

#[test]
fn rules_are_listed_and_explained() {
    let sandbox = Sandbox::empty();
    sandbox.run(&["rules", "list"]).exits(0).says("B602").says("github-pat");
    sandbox.run(&["rules", "list", "--engine", "python"]).exits(0).says("B602");
    sandbox.run(&["rules", "list", "--engine", "none"]).exits(2).complains("python");
    sandbox.run(&["rules", "explain", "b602"]).exits(0).says("## Fix").says("CWE-78");
    sandbox.run(&["rules", "explain", "B6022"]).exits(2).complains("did you mean B602?");
}

#[test]
fn completions_for_a_shell() {
    Sandbox::empty().run(&["completions", "bash"]).exits(0).says("_lockgate");
}

#[test]
fn several_formats_in_one_run() {
    let sandbox = Sandbox::with(&[("run.py", SHELL)]);
    sandbox.scan(&["--format", "sarif=out.sarif", "--format", "table"]).exits(1).says("BLOCKED");
    let sarif: serde_json::Value =
        serde_json::from_slice(&fs::read(sandbox.join("out.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    sandbox.scan(&["--format", "json", "--output", "out.json"]).exits(1);
    assert!(sandbox.join("out.json").exists());
    sandbox.scan(&["--format", "json", "--format", "table"]).exits(2).complains("standard output");
    sandbox.scan(&["--format", "jsno"]).exits(2).complains("did you mean `json`?");
}

#[test]
fn the_environment_says_what_the_options_say() {
    let sandbox = Sandbox::with(&[("run.py", SHELL)]);
    sandbox.scan_with(("LOCKGATE_FAIL_ON", "none"), &[]).exits(0);
    let all = "--new-only=false";
    sandbox.scan_with(("LOCKGATE_FAIL_ON", "none"), &["--fail-on", "high", all]).exits(1);
    sandbox.scan_with(("LOCKGATE_FAIL_ON", ""), &[]).exits(0);
    sandbox.scan_with(("LOCKGATE_NEW_ONLY", "false"), &[]).exits(1);
    sandbox.remove(".lockgate/findings.db");
    sandbox.scan_with(("LOCKGATE_NO_STORE", "true"), &[]).exits(1);
    assert!(!sandbox.join(".lockgate/findings.db").exists());
    sandbox.scan_with(("NO_COLOR", "1"), &["--color", "always"]).exits(1).says("\u{1b}[");
}

#[test]
fn colour_only_where_it_is_wanted() {
    let sandbox = Sandbox::with(&[("run.py", SHELL)]);
    let plain = sandbox.scan(&[]).exits(1);
    assert!(!plain.stdout.contains('\u{1b}'));
    sandbox.scan(&["--color", "always"]).exits(1).says("\u{1b}[");
}

#[test]
fn the_store_ignores_itself_in_git() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    assert!(sandbox.join(".lockgate/findings.db").exists());
    sandbox.git(&["diff", "--quiet"]);
    let ignore = fs::read_to_string(sandbox.join(".lockgate/.gitignore")).unwrap();
    assert!(ignore.contains('*') && ignore.contains("!waivers.toml"));
}

#[test]
fn a_memory_that_came_with_a_commit_is_refused() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    sandbox.git(&["add", "-f", ".lockgate/.gitignore"]);
    sandbox.scan(&[]).exits(1);
    sandbox.git(&["add", "-f", ".lockgate/findings.db"]);
    sandbox.scan(&[]).exits(2).complains(".lockgate/findings.db").complains("git rm");
}

#[test]
fn a_memory_that_is_linked_in_by_a_commit_is_refused() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL), ("memory/fine.txt", "")]);
    symlink("memory", sandbox.join(".lockgate")).unwrap();
    sandbox.git(&["add", "-f", ".lockgate"]);
    sandbox.scan(&[]).exits(2).complains(".lockgate").complains("git rm");
    sandbox.scan(&["--no-store", "--no-cache"]).exits(1);
}

#[test]
fn an_index_that_cannot_be_read_tells_nothing_about_the_memory() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    sandbox.write(".git/index", "no index");
    sandbox.scan(&[]).exits(2).complains("index").complains("--no-store");
}

#[test]
fn the_ignore_files_of_other_tools_hide_nothing() {
    let sandbox = Sandbox::with(&[("run.py", SHELL), (".ignore", "run.py\n")]);
    sandbox.scan(&[]).exits(1);
}

#[test]
fn a_store_in_a_place_that_cannot_be_written_names_it() {
    let sandbox = Sandbox::with(&[("run.py", SHELL), (".lockgate", "a file")]);
    sandbox.scan(&[]).exits(2).complains(".lockgate").complains("--no-store");
}

#[test]
fn files_are_written_before_standard_output_and_each_by_one_format() {
    let sandbox = Sandbox::with(&[("run.py", SHELL)]);
    let mut shell = Command::new("sh");
    let line = "exec \"$0\" scan --format table --format json=out.json >/dev/full";
    shell.args(["-c", line, env!("CARGO_BIN_EXE_lockgate")]);
    sandbox.run_by(shell, &[]).exits(2).complains("standard output");
    assert!(fs::metadata(sandbox.join("out.json")).unwrap().len() > 0);
    sandbox.scan(&["--format", "json=a", "--format", "sarif=a"]).exits(2).complains("a: only one");
}

#[test]
fn no_store_leaves_nothing_behind() {
    let sandbox = Sandbox::with(&[("run.py", SHELL)]);
    sandbox.scan(&["--no-store"]).exits(1);
    assert!(!sandbox.join(".lockgate").exists());
}

#[test]
fn ignore_files_and_excludes_are_honoured_but_not_for_what_is_named() {
    let sandbox = Sandbox::with(&[
        ("a/run.py", SHELL),
        ("b/run.py", SHELL),
        ("c/run.py", SHELL),
        (".gitignore", "a/\n"),
        (".lockgateignore", "b/\n"),
        ("lockgate.toml", "[scan]\nexclude = [\"c/**\"]\n"),
    ]);
    sandbox.scan(&["--no-store"]).exits(0);
    sandbox.scan(&["--no-store", "c"]).exits(1).says("c/run.py");
}

#[test]
fn an_ignore_file_above_the_root_says_nothing() {
    let home = Sandbox::with(&[(".gitignore", "*\n"), ("project/run.py", SHELL)]);
    home.run(&["scan", "--no-store", "project"]).exits(1).says("run.py");
}

#[test]
fn a_warm_scan_says_what_the_cold_one_said() {
    let sandbox = Sandbox::with(&[("run.py", SHELL), ("check.py", "assert ready\n")]);
    let findings = |arguments: &[&str]| sandbox.scan(arguments).exits(1).json()["findings"].clone();
    sandbox.scan(&["--format", "json"]).exits(1);
    let warm = findings(&["--format", "json"]);
    assert_eq!(warm, findings(&["--format", "json", "--no-cache"]));
    sandbox.write("check.py", "assert steady\n");
    assert_eq!(findings(&["--format", "json"])[0]["snippet"]["text"], "assert steady");
}

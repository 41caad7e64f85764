//! Hooks of git that look for secrets.

use crate::sandbox::Sandbox;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Made up, of the form of GitHub's.
const TOKEN: &str = concat!("ghp_", "Zx8Qm2Lr9TbVn4Kc7WyHd3Jf6Ps1Gu0X5aEo");

fn secret() -> String {
    format!("token = \"{TOKEN}\"\n")
}

/// Runs git with its hooks, as somebody types it.
fn git(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=tester", "-c", "user.email=tester@example.com"]);
    command.args(arguments).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.env("GIT_CONFIG_SYSTEM", "/dev/null").output().unwrap()
}

fn refused(output: &Output, why: &str) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains(why), "{said}");
    assert!(!said.contains(TOKEN), "{said}");
}

fn done(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_commit_with_a_secret_is_refused_until_it_is_allowed() {
    let sandbox = Sandbox::repository(&[("a.py", "x = 1\n")]);
    sandbox.run(&["hook", "install", "pre-commit", "commit-msg"]).exits(0);
    sandbox.write("a.py", format!("x = 1\n{}", secret()));
    let commit = |message: &str| git(sandbox.path(), &["commit", "-qam", message]);
    refused(&commit("change"), "remove it:");
    assert_eq!(sandbox.output(&["rev-list", "--count", "HEAD"]), "1");
    assert!(!sandbox.join(".lockgate").exists(), "nothing is remembered");
    // Of one file, while the index has more.
    refused(&git(sandbox.path(), &["commit", "-qm", "change", "a.py"]), "a.py:2:");
    let allowed = format!("x = 1\ntoken = \"{TOKEN}\"  # lockgate:ignore github-pat made up\n");
    sandbox.write("a.py", allowed);
    refused(&commit(&format!("uses {TOKEN}")), "message of this commit");
    done(&commit("change"));
    sandbox.write("b.py", "y = 2\n");
    sandbox.git(&["add", "-A"]);
    done(&git(sandbox.path(), &["commit", "-qm", "more"]));
}

#[test]
fn a_push_is_judged_by_the_commits_that_it_publishes() {
    let sandbox = Sandbox::repository(&[("a.py", &secret())]);
    let origin = Sandbox::empty();
    origin.git(&["init", "-q", "--bare", "-b", "main"]);
    let push = |what: &str| git(sandbox.path(), &["push", "-q", "origin", what]);
    sandbox.git(&["remote", "add", "origin", origin.path().to_str().unwrap()]);
    done(&push("main"));
    sandbox.run(&["hook", "install", "pre-push"]).exits(0);
    // What the other side has is not published anew, under whatever name.
    sandbox.write("b.py", "y = 2\n");
    sandbox.commit();
    done(&push("main"));
    done(&push("main:other"));
    sandbox.write("c.py", secret());
    sandbox.commit();
    sandbox.remove("c.py");
    sandbox.commit();
    refused(&push("main"), "would publish a secret");
    refused(&push("main:new"), "c.py:1:");
    done(&push(":other"));
}

#[test]
fn lines_that_look_like_comments_are_part_of_a_message() {
    let sandbox = Sandbox::repository(&[("a.py", "x = 1\n")]);
    sandbox.run(&["hook", "install", "commit-msg"]).exits(0);
    let commit =
        |message: &str| git(sandbox.path(), &["commit", "-q", "--allow-empty", "-m", message]);
    refused(&commit(&format!("Title\n\n# uses {TOKEN}")), "message of this commit");
    done(&commit("Title\n\n# uses a token"));
}

#[test]
fn what_git_does_not_say_of_a_push_is_refused() {
    let sandbox = Sandbox::repository(&[("a.py", &secret())]);
    let id = sandbox.output(&["rev-parse", "HEAD"]);
    let push = |text: &str| {
        let mut shell = Command::new("sh");
        let lockgate = env!("CARGO_BIN_EXE_lockgate");
        shell.args([
            "-c",
            &format!("printf '{text}' | '{lockgate}' hook run pre-push \"$@\""),
            "sh",
        ]);
        sandbox.run_by(shell, &["origin", "https://example.com/a.git"])
    };
    push("garbage\\n").exits(2).complains("NAME COMMIT NAME COMMIT");
    push("\\n").exits(0);
    let zeros = "0".repeat(40);
    push(&format!("refs/heads/main {id} refs/heads/main {zeros}\\n")).exits(1);
}

#[test]
fn the_policy_of_the_repository_counts() {
    let sandbox = Sandbox::repository(&[("lockgate.toml", "[gate]\nfail_on = \"none\"\n")]);
    sandbox.run(&["hook", "install", "pre-commit"]).exits(0);
    sandbox.write("a.py", secret());
    sandbox.git(&["add", "-A"]);
    done(&git(sandbox.path(), &["commit", "-qm", "change"]));
}

#[test]
fn a_hook_that_is_there_is_kept_and_called_and_comes_back() {
    let sandbox = Sandbox::repository(&[]);
    let hook = ".git/hooks/pre-commit";
    let own = "#!/bin/sh\necho called >> calls\nexit 0\n";
    sandbox.write(hook, own);
    make_executable(&sandbox.join(hook));
    sandbox.run(&["hook", "install"]).exits(2).complains("--force");
    assert_eq!(fs::read_to_string(sandbox.join(hook)).unwrap(), own);
    assert!(!sandbox.join(".git/hooks/pre-push").exists(), "all or nothing");
    sandbox.run(&["hook", "install", "--force"]).exits(0);
    sandbox.run(&["hook", "install", "--force"]).exits(0);
    sandbox.write("a.py", "x = 1\n");
    sandbox.git(&["add", "a.py"]);
    done(&git(sandbox.path(), &["commit", "-qm", "change"]));
    assert_eq!(fs::read_to_string(sandbox.join("calls")).unwrap(), "called\n");
    sandbox.run(&["hook", "uninstall"]).exits(0);
    assert_eq!(fs::read_to_string(sandbox.join(hook)).unwrap(), own);
    assert!(!sandbox.join(".git/hooks/pre-push").exists());
}

#[test]
fn hooks_go_where_git_looks_for_them() {
    let sandbox = Sandbox::repository(&[]);
    sandbox.git(&["config", "core.hooksPath", "tools/hooks"]);
    sandbox.run(&["hook", "install", "pre-commit"]).exits(0);
    assert!(sandbox.join("tools/hooks/pre-commit").exists());
    let sandbox = Sandbox::repository(&[("a.py", "x = 1\n")]);
    let elsewhere = tempfile::tempdir().unwrap();
    let linked = elsewhere.path().join("linked");
    sandbox.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "-b", "side"]);
    sandbox.run(&["hook", "install", "pre-commit"]).exits(0);
    fs::write(linked.join("b.py"), secret()).unwrap();
    done(&git(&linked, &["add", "b.py"]));
    refused(&git(&linked, &["commit", "-qm", "change"]), "b.py:1:");
    Sandbox::empty().run(&["hook", "install"]).exits(2).complains("no git repository");
}

#[test]
fn the_framework_gets_an_entry() {
    let own = "repos:\n  - repo: https://example.com/a\n    rev: v1\n    hooks:\n      - id: a\n";
    let sandbox = Sandbox::repository(&[(".pre-commit-config.yaml", own)]);
    let text = || fs::read_to_string(sandbox.join(".pre-commit-config.yaml")).unwrap();
    for _ in 0..2 {
        sandbox.run(&["hook", "install", "--framework", "pre-commit"]).exits(0);
        assert_eq!(text().matches("entry: lockgate hook run pre-commit").count(), 1);
        assert!(text().contains("rev: v1"));
    }
    sandbox.run(&["hook", "uninstall", "--framework"]).exits(0);
    assert_eq!(text(), own);
    sandbox.write(".pre-commit-config.yaml", "repos: []\n");
    sandbox.run(&["hook", "install", "--framework"]).exits(2).complains("by hand");
}

fn make_executable(hook: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(hook, fs::Permissions::from_mode(0o755)).unwrap();
}

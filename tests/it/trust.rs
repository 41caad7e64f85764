//! Whoever may push, or proposes a change, has no hand in what judges it: names of branches and
//! tags, links, submodules, pipes and databases that come with a commit.

use crate::sandbox::{Run, SHELL, Sandbox};
use std::process::Command;

const PULL_REQUEST: &[(&str, &str)] = &[
    ("GITHUB_EVENT_NAME", "pull_request"),
    ("GITHUB_BASE_REF", "main"),
    ("GITHUB_HEAD_REF", "main"),
    ("GITHUB_REF", "refs/pull/7/merge"),
];
const STRICT: &str = "[gate]\nfail_on = \"low\"\nnew_only = false\n";
const LOOSE: &str = "[gate]\nfail_on = \"none\"\n";
const ASSERT: &str = "assert ready\n";

/// Runs the binary with variables of a CI system.
fn run_in(sandbox: &Sandbox, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = Command::new("env");
    command.args(variables.iter().map(|(name, value)| format!("{name}={value}")));
    command.arg(env!("CARGO_BIN_EXE_lockgate"));
    sandbox.run_by(command, arguments)
}

fn pull_request(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.scan_in(PULL_REQUEST, &[&["--no-store"], arguments].concat())
}

/// The branches that the store has scans of.
fn branches(sandbox: &Sandbox) -> Vec<String> {
    let past = sandbox.run(&["history", "--all", "--format", "json"]).exits(0).json();
    let scans = past["scans"].as_array().unwrap().iter();
    let mut branches: Vec<String> =
        scans.map(|scan| scan["branch"].as_str().unwrap_or_default().to_owned()).collect();
    branches.dedup();
    branches
}

#[test]
fn a_pull_request_is_no_part_of_the_history_of_a_branch_that_is_called_as_its_own() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    sandbox.git(&["checkout", "-q", "--detach"]);
    for _ in 0..2 {
        sandbox.scan_in(PULL_REQUEST, &["--policy-from", ".", "--new-only"]).exits(0);
    }
    // A fork's branch, checked out under its name.
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.scan_in(PULL_REQUEST, &["--no-cache", "--new-only"]).exits(0);
    assert_eq!(branches(&sandbox), ["pull-request:7"]);
    // Nothing is known to a push to main.
    sandbox.scan(&["--new-only"]).exits(1).says("B602");
    run_in(&sandbox, PULL_REQUEST, &["gate"]).exits(0).says("B602");
    run_in(&sandbox, PULL_REQUEST, &["history"]).exits(0).says("pull-request:7");
    sandbox.run(&["gate", "--branch", "pull-request:7"]).exits(0);
}

#[test]
fn neither_a_tag_nor_the_end_of_a_branchs_name_is_a_branch() {
    let azure = [("TF_BUILD", "True"), ("BUILD_SOURCEBRANCHNAME", "main")];
    for (variables, branch) in [
        (&[azure[0], azure[1], ("BUILD_SOURCEBRANCH", "refs/heads/x/main")][..], "x/main"),
        (&[azure[0], azure[1], ("BUILD_SOURCEBRANCH", "refs/tags/main")], ""),
        (&[("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "origin/main")], "origin/main"),
        (&[("JENKINS_URL", "u"), ("GIT_BRANCH", "origin/main")], "main"),
        (&[("TRAVIS", "true"), ("TRAVIS_TAG", "main"), ("TRAVIS_BRANCH", "main")], ""),
    ] {
        let sandbox = Sandbox::repository(&[("run.py", "")]);
        sandbox.git(&["checkout", "-q", "--detach"]);
        sandbox.scan_in(variables, &[]).exits(0);
        assert_eq!(branches(&sandbox), [branch], "{variables:?}");
    }
}

#[test]
fn a_proposal_that_a_job_of_main_checks_out_is_no_part_of_main() {
    let sandbox = Sandbox::topic(&[("run.py", "")], &[("notes.txt", "")]);
    let tip = sandbox.output(&["rev-parse", "main"]);
    let job = [
        ("GITHUB_EVENT_NAME", "issue_comment"),
        ("GITHUB_REF", "refs/heads/main"),
        ("GITHUB_SHA", &tip),
    ];
    sandbox.git(&["checkout", "-q", "--detach", "topic"]);
    sandbox.scan_in(&job, &[]).exits(0);
    assert_eq!(branches(&sandbox), [""]);
    sandbox.git(&["checkout", "-q", "--detach", "main"]);
    sandbox.scan_in(&job, &[]).exits(0);
    assert_eq!(branches(&sandbox), ["main", ""]);
}

#[test]
fn a_name_that_leads_to_two_commits_is_refused_with_both() {
    let origin = Sandbox::topic(
        &[("lockgate.toml", STRICT), ("check.py", ASSERT)],
        &[("lockgate.toml", LOOSE)],
    );
    for (kind, whole) in [("branch", "refs/heads/origin/main"), ("tag", "refs/tags/origin/main")] {
        let clone = origin.clone(&["--branch", "topic"]);
        clone.git(&[kind, "origin/main", "HEAD"]);
        for option in ["--policy-from", "--base"] {
            clone
                .scan(&["--no-store", option, "origin/main"])
                .exits(2)
                .complains(whole)
                .complains("refs/remotes/origin/main")
                .complains("the whole name");
        }
        let real = "refs/remotes/origin/main";
        clone.scan(&["--no-store", "--policy-from", real]).exits(1);
        clone.scan(&["--no-store", "--policy-from", "origin/main~0"]).exits(2);
        // Two names of one commit are no two meanings.
        clone.git(&[kind, "-f", "origin/main", real]);
        clone.scan(&["--no-store", "--policy-from", "origin/main"]).exits(1);
    }
    // A tag is not taken for the branch of the origin, nor for one that is not there.
    let clone = origin.clone(&["--branch", "topic"]);
    clone.git(&["tag", "main", "HEAD"]);
    clone.scan(&["--no-store", "--policy-from", "main"]).exits(2).complains("refs/tags/main");
    clone.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    clone.git(&["update-ref", "refs/tags/refs/remotes/origin/main", "HEAD"]);
    clone.scan(&["--no-store", "--policy-from", "refs/remotes/origin/main"]).exits(2);
    pull_request(&clone, &[]).exits(2).complains("git fetch origin main");
}

#[test]
fn a_branch_that_is_called_as_a_commit_is_not_taken_for_it() {
    let sandbox = Sandbox::topic(
        &[("lockgate.toml", STRICT), ("check.py", ASSERT)],
        &[("lockgate.toml", LOOSE)],
    );
    let id = sandbox.output(&["rev-parse", "main"]);
    sandbox.git(&["update-ref", &format!("refs/heads/{id}"), "topic"]);
    sandbox.git(&["update-ref", &format!("refs/heads/{}", &id[..9]), "topic"]);
    sandbox.scan(&["--no-store", "--policy-from", &id]).exits(1);
    sandbox.scan(&["--no-store", "--policy-from", &format!("{id}~0")]).exits(1);
    sandbox.scan(&["--no-store", "--policy-from", &id[..9]]).exits(2).complains("more than one");
    sandbox.scan(&["--no-store", "--policy-from", &id[..12]]).exits(1);
}

#[test]
fn only_a_dot_is_the_working_tree_and_nothing_is_no_name() {
    let sandbox = Sandbox::topic(&[("lockgate.toml", STRICT)], &[("lockgate.toml", LOOSE)]);
    pull_request(&sandbox, &["--policy-from", "worktree"])
        .exits(2)
        .complains("\"worktree\" is no branch, tag or commit");
    for option in ["--base", "--policy-from"] {
        sandbox.scan(&["--no-store", option, ""]).exits(2).complains("an empty name is no branch");
    }
}

#[cfg(unix)]
mod links {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn settings_behind_links_of_the_base_are_those_of_the_base() {
        let files = [("ci/strict.toml", STRICT), ("check.py", ASSERT), ("ci/x", "")];
        for (link, target) in [
            ("lockgate.toml", "ci/strict.toml"),
            ("lockgate.toml", "./ci/../ci/again"),
            ("lockgate.toml", "folder/strict.toml"),
        ] {
            let sandbox = Sandbox::repository(&files);
            symlink("strict.toml", sandbox.join("ci/again")).unwrap();
            symlink("ci", sandbox.join("folder")).unwrap();
            symlink(target, sandbox.join(link)).unwrap();
            sandbox.commit();
            sandbox.git(&["checkout", "-q", "-b", "topic"]);
            let run = pull_request(&sandbox, &[]).exits(1);
            assert!(!run.stderr.contains("differs"), "{}", run.stderr);
            sandbox.write("ci/strict.toml", LOOSE);
            sandbox.commit();
            pull_request(&sandbox, &[]).exits(1).complains("lockgate.toml of this branch differs");
        }
    }

    #[test]
    fn settings_that_lead_out_of_the_base_are_refused() {
        for (target, why) in [
            ("../lockgate.toml", "leads out of the repository"),
            ("/etc/lockgate.toml", "leads out of the repository"),
            ("gone.toml", "a link to nothing"),
            ("lockgate.toml", "come to no end"),
            ("ci", "is a folder"),
        ] {
            let sandbox = Sandbox::repository(&[("check.py", ASSERT), ("ci/x", "")]);
            symlink(target, sandbox.join("lockgate.toml")).unwrap();
            sandbox.commit();
            sandbox.git(&["checkout", "-q", "-b", "topic"]);
            sandbox.remove("lockgate.toml");
            sandbox.write("lockgate.toml", LOOSE);
            sandbox.commit();
            pull_request(&sandbox, &[]).exits(2).complains("main:lockgate.toml").complains(why);
        }
        let sandbox = Sandbox::repository(&[("check.py", ASSERT)]);
        symlink("gone", sandbox.join(".lockgate")).unwrap();
        sandbox.commit();
        sandbox.git(&["checkout", "-q", "-b", "topic"]);
        pull_request(&sandbox, &["--no-cache"])
            .exits(2)
            .complains("main:.lockgate/waivers.toml is behind a link to nothing");
        sandbox.scan(&["--no-store", "--no-cache", "--policy-from", "."]).exits(0);
    }

    #[test]
    fn a_named_file_is_the_bases_however_it_is_reached() {
        let old = [("ci/gate.toml", STRICT), ("check.py", ASSERT)];
        let sandbox = Sandbox::topic(&old, &[("ci/gate.toml", LOOSE), ("ci/other.toml", LOOSE)]);
        sandbox.write("made/gate.toml", LOOSE);
        symlink("ci", sandbox.join("door")).unwrap();
        symlink("made", sandbox.join("way")).unwrap();
        symlink("ci/gate.toml", sandbox.join("link.toml")).unwrap();
        sandbox.git(&["add", "door", "way", "link.toml"]);
        sandbox.git(&["commit", "-q", "-m", "links"]);
        let elsewhere = Sandbox::empty();
        symlink(sandbox.path(), elsewhere.join("alias")).unwrap();
        symlink(sandbox.join("ci/gate.toml"), elsewhere.join("gate.toml")).unwrap();
        symlink(sandbox.join("ci/other.toml"), elsewhere.join("other.toml")).unwrap();
        let outside = |name: &str| elsewhere.join(name).to_str().unwrap().to_owned();
        for name in [outside("gate.toml"), outside("alias/ci/gate.toml"), "ci/gate.toml".into()] {
            pull_request(&sandbox, &["--config", &name]).exits(1);
        }
        for name in [outside("other.toml"), outside("alias/way/gate.toml")]
            .iter()
            .map(String::as_str)
            .chain(["door/gate.toml", "door/other.toml", "way/gate.toml", "link.toml"])
        {
            pull_request(&sandbox, &["--config", name])
                .exits(2)
                .complains("has come with this pull request");
        }
        pull_request(&sandbox, &["--config", "made/gate.toml"]).exits(0);
    }

    #[test]
    fn what_is_no_regular_file_is_no_setting_and_is_never_waited_for() {
        for path in ["lockgate.toml", ".lockgate/waivers.toml"] {
            let sandbox =
                Sandbox::repository(&[("check.py", ASSERT), (".lockgate/.gitignore", "")]);
            let made = Command::new("mkfifo").arg(sandbox.join(path)).status().unwrap();
            assert!(made.success());
            for commands in [&["scan", "--no-store"][..], &["waivers", "check"]] {
                let run = sandbox.run(commands);
                if path == "lockgate.toml" || commands[0] == "scan" {
                    run.exits(2).complains(path).complains("no regular file");
                } else {
                    assert_ne!(run.code, 0);
                }
            }
            sandbox.remove(path);
            symlink("/dev/zero", sandbox.join(path)).unwrap();
            sandbox.scan(&["--no-store"]).exits(2).complains("no regular file");
            sandbox.remove(path);
            symlink("gone", sandbox.join(path)).unwrap();
            sandbox.scan(&["--no-store"]).exits(2).complains(path);
        }
    }

    #[test]
    fn an_ignore_file_that_is_a_link_or_a_pipe_leaves_nothing_out_and_is_said() {
        for name in [".gitignore", ".lockgateignore"] {
            let sandbox = Sandbox::repository(&[("rules", "*.py\n")]);
            sandbox.write("src/run.py", SHELL);
            for target in ["rules", "/dev/zero", "/dev/stdin", "gone"] {
                symlink(target, sandbox.join(name)).unwrap();
                let run = sandbox.scan(&["--no-store", "--format", "json"]).exits(1);
                let notes = run.json()["notifications"].to_string();
                assert!(notes.contains(name) && notes.contains("is a link"), "{notes}");
                assert_eq!(run.json()["notifications"].as_array().unwrap().len(), 1, "{notes}");
                sandbox.remove(name);
            }
            let pipe = sandbox.join(&format!("src/{name}"));
            assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            let run = sandbox.scan(&["--no-store", "--format", "json"]).exits(1);
            let notes = run.json()["notifications"].to_string();
            assert!(notes.contains("no regular file"), "{notes}");
            sandbox.remove(&format!("src/{name}"));
            sandbox.write(name, format!("*.py\n{}", "# filler\n".repeat(200_000)));
            let run = sandbox.scan(&["--no-store", "--format", "json"]).exits(1);
            assert!(run.json()["notifications"].to_string().contains("over the limit"));
            sandbox.write(name, "*.py\n");
            sandbox.scan(&["--no-store"]).exits(0);
        }
    }

    #[test]
    fn a_linked_ignore_file_of_the_base_is_passed_over_and_said() {
        let sandbox = Sandbox::repository(&[("rules", "*.py\n")]);
        symlink("rules", sandbox.join(".lockgateignore")).unwrap();
        sandbox.commit();
        sandbox.git(&["checkout", "-q", "-b", "topic"]);
        sandbox.write("run.py", SHELL);
        sandbox.commit();
        let run = pull_request(&sandbox, &[]).exits(1);
        run.complains("main:.lockgateignore is a link or too large");
    }
}

/// A repository with another as its submodule `svc`, at a commit that holds these files.
fn with_submodule(files: &[(&str, &str)], inner: &[(&str, &str)]) -> Sandbox {
    let (sandbox, module) = (Sandbox::repository(files), Sandbox::repository(inner));
    let from = format!("file://{}", module.path().display());
    sandbox.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", &from, "svc"]);
    sandbox.commit();
    sandbox
}

#[test]
fn a_submodule_is_judged_by_the_repository_that_it_lies_in() {
    let inner = [("lockgate.toml", LOOSE), ("check.py", ASSERT)];
    let sandbox = with_submodule(&[("lockgate.toml", STRICT)], &inner);
    let run = sandbox.scan(&["svc", "--no-store", "--format", "json"]).exits(1);
    assert_eq!(run.json()["findings"][0]["path"], "svc/check.py");
    // From another folder it is a repository of its own.
    let elsewhere = Sandbox::empty();
    let svc = sandbox.join("svc");
    elsewhere.scan(&[svc.to_str().unwrap(), "--no-store"]).exits(0);
}

#[test]
fn a_folder_that_becomes_a_submodule_is_not_judged_by_itself() {
    let inner = [("lockgate.toml", LOOSE), ("check.py", ASSERT)];
    for (before, code) in [("svc/check.py", 2), ("check.py", 0)] {
        let module = Sandbox::repository(&inner);
        let from = format!("file://{}", module.path().display());
        let sandbox = Sandbox::repository(&[("lockgate.toml", STRICT), (before, ASSERT)]);
        sandbox.git(&["checkout", "-q", "-b", "topic"]);
        sandbox.git(&["rm", "-q", before]);
        let allowed = ["-c", "protocol.file.allow=always", "submodule", "add", "-q"];
        sandbox.git(&[&allowed[..], &[&from, "svc"]].concat());
        sandbox.commit();
        let mut command = Command::new("env");
        command.arg("-C").arg("svc");
        command.args(PULL_REQUEST.iter().map(|(name, value)| format!("{name}={value}")));
        command.arg(env!("CARGO_BIN_EXE_lockgate"));
        sandbox.output(&["-C", "svc", "checkout", "-q", "--detach"]);
        let run = sandbox.run_by(command, &["scan", "--no-store", "--no-cache"]).exits(code);
        if code == 2 {
            run.complains("svc: has become a submodule with this pull request");
        }
        pull_request(&sandbox, &["svc", "--no-cache"]).exits(1);
    }
}

#[test]
fn a_submodule_is_scanned_whatever_an_ignore_file_of_git_says() {
    let inner = [("run.py", SHELL), ("hidden/run.py", SHELL), (".gitignore", "hidden/\n")];
    let module = [&inner[..2], &[(".gitignore", "")]].concat();
    let sandbox = with_submodule(&[("notes.txt", "")], &module);
    sandbox.write(".gitignore", "svc/\n");
    sandbox.write("svc/.gitignore", "hidden/\n");
    sandbox.write("svc/made.py", SHELL);
    sandbox.commit();
    let paths = |run: Run| {
        let findings = run.exits(1).json()["findings"].as_array().unwrap().clone();
        let mut paths: Vec<String> =
            findings.iter().map(|f| f["path"].as_str().unwrap().to_owned()).collect();
        paths.dedup();
        paths
    };
    let scan = || sandbox.scan(&["--no-store", "--format", "json"]);
    assert_eq!(paths(scan()), ["svc/hidden/run.py", "svc/run.py"]);
    sandbox.write(".lockgateignore", "svc/hidden/\n");
    assert_eq!(paths(scan()), ["svc/run.py"]);
}

#[test]
fn a_store_that_comes_with_a_commit_is_refused_by_whatever_name() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&["--db", "ci.db"]).exits(1);
    sandbox.scan(&["--db", "ci.db"]).exits(1);
    sandbox.git(&["add", "-f", "ci.db"]);
    let absolute = sandbox.join("ci.db");
    for name in ["ci.db", "./ci.db", absolute.to_str().unwrap()] {
        sandbox.scan(&["--db", name]).exits(2).complains("ci.db: is tracked by git");
        sandbox.run(&["gate", "--db", name]).exits(2).complains("is tracked by git");
    }
    sandbox.scan(&["--db", "ci.db", "--no-store"]).exits(1);
    sandbox.git(&["rm", "-q", "--cached", "ci.db"]);
    sandbox.scan(&["--db", "ci.db"]).exits(1);
    sandbox.write("ci.db-journal", "");
    sandbox.git(&["add", "-f", "ci.db-journal"]);
    sandbox.scan(&["--db", "ci.db"]).exits(2).complains("ci.db-journal: is tracked by git");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/tmp", sandbox.join("door")).unwrap();
        sandbox.git(&["add", "door"]);
        sandbox.scan(&["--db", "door/none.db"]).exits(2).complains("is tracked by git");
    }
}

#[test]
fn an_index_that_cannot_be_read_is_an_error_and_one_that_is_gone_is_heads() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL), (".gitignore", "")]);
    sandbox.write(".gitignore", "*.py\n");
    let arguments = ["--no-store", "--no-cache"];
    sandbox.scan(&arguments).exits(1);
    sandbox.remove(".git/index");
    sandbox.scan(&arguments).exits(1);
    sandbox.write(".git/index", "no index");
    sandbox.scan(&arguments).exits(2).complains(".git/index").complains("git reset");
}

#[test]
fn a_replaced_object_is_the_one_that_was_committed() {
    let sandbox = Sandbox::topic(
        &[("lockgate.toml", STRICT), ("check.py", ASSERT)],
        &[("lockgate.toml", LOOSE)],
    );
    sandbox.git(&["replace", "main", "topic"]);
    sandbox.git(&["replace", "main:lockgate.toml", "topic:lockgate.toml"]);
    pull_request(&sandbox, &[]).exits(1).complains("differs");
}

#[test]
fn settings_that_are_too_large_are_called_so() {
    let sandbox = Sandbox::repository(&[("check.py", ASSERT)]);
    sandbox.write("lockgate.toml", "# filler\n".repeat(2 << 20));
    sandbox.commit();
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    let run = pull_request(&sandbox, &[]).exits(2);
    assert!(!run.stderr.contains("fsck"), "{}", run.stderr);
    run.complains("main:lockgate.toml is larger than 16 MiB");
}

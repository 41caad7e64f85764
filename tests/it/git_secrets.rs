//! `lockgate git-secrets`: what is found and said, which code it ends with, what it does to the
//! settings of git and to hooks, and that no secret is printed.

use crate::sandbox::{Run, Sandbox};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// No key of anybody: made up for these tests.
const KEY: &str = concat!("AKIA", "Q4TZ7LM2XWPDK6BV");
const SECRET: &str = "w9Xk2Lr/7QdVb3+TnZc6YhMfEaJs8GuPoRi4KxWt"; // lockgate:ignore of nobody

/// A repository, and a folder in which the binary is called `git-secrets`.
struct Scratch {
    sandbox: Sandbox,
    named: tempfile::TempDir,
}

impl Scratch {
    fn plain() -> Scratch {
        let named = tempfile::tempdir().unwrap();
        let link = named.path().join("git-secrets");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lockgate"), link).unwrap();
        fs::create_dir(named.path().join("home")).unwrap();
        Scratch { sandbox: Sandbox::empty(), named }
    }

    fn new() -> Scratch {
        let scratch = Scratch::plain();
        scratch.sh("git init -q -b main .").exits(0);
        scratch
    }

    /// With the patterns for AWS, and a file that holds a key.
    fn with_key() -> Scratch {
        let scratch = Scratch::new();
        scratch.sh("git secrets --register-aws").exits(0).says("OK");
        scratch.sandbox.write("keys.py", format!("a = 1\nid = '{KEY}'\n"));
        scratch.sh("git add keys.py").exits(0);
        scratch
    }

    fn home(&self) -> PathBuf {
        self.named.path().join("home")
    }

    /// Runs a line of a shell; nothing that it prints holds a secret.
    fn sh(&self, line: &str) -> Run {
        let mut shell = Command::new("env");
        let path = std::env::var("PATH").unwrap();
        shell.arg(format!("PATH={}:{path}", self.named.path().display()));
        shell.arg(format!("HOME={}", self.home().display()));
        shell.args(["GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C"]);
        for role in ["AUTHOR", "COMMITTER"] {
            shell.arg(format!("GIT_{role}_NAME=tester"));
            shell.arg(format!("GIT_{role}_EMAIL=tester@example.com"));
        }
        let run = self.sandbox.run_by(shell, &["sh", "-c", line]);
        for secret in [KEY, SECRET] {
            assert!(!run.stdout.contains(secret), "{}", run.stdout);
            assert!(!run.stderr.contains(secret), "{}", run.stderr);
        }
        run
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.sandbox.join(path)).unwrap()
    }
}

/// The places that were found: all before the second colon.
fn places(run: &Run) -> Vec<&str> {
    let lines = run.stderr.lines().take_while(|line| !line.is_empty());
    lines.filter_map(|line| Some(&line[..line.match_indices(':').nth(1)?.0])).collect()
}

#[test]
fn a_commit_with_a_key_is_refused() {
    let scratch = Scratch::with_key();
    let installed = scratch.sh("git secrets --install").exits(0);
    assert_eq!(
        installed.stdout,
        "Installed commit-msg hook to .git/hooks/commit-msg\n\
         Installed pre-commit hook to .git/hooks/pre-commit\n\
         Installed prepare-commit-msg hook to .git/hooks/prepare-commit-msg\n"
    );
    let refused = scratch.sh("git commit -q -m add").exits(1);
    assert_eq!(places(&refused), ["keys.py:2"]);
    assert!(refused.stderr.starts_with("keys.py:2:id = 'REDACTED'\n\n[ERROR] "));
    scratch.sh("git rev-parse -q --verify HEAD").exits(1);
    scratch.sh("echo clean > keys.py && git commit -q -a -m clean").exits(0);
    scratch.sh(&format!("git commit -q --allow-empty -m 'key {KEY}'")).exits(1);
    scratch.sh("git secrets --install").exits(1).complains("already exists");
    scratch.sh("git secrets --install -f").exits(0);
}

#[test]
fn a_partial_commit_is_judged_by_what_it_takes() {
    let scratch = Scratch::with_key();
    scratch.sh("git secrets --install && echo ok > ok && git add ok && git commit -qnm a").exits(0);
    scratch.sandbox.write("ok", format!("{KEY}\n"));
    scratch.sh("echo clean > clean && git add clean && git commit -qm b clean").exits(0);
    assert_eq!(places(&scratch.sh("git commit -qm c ok").exits(1)), ["ok:1"]);
}

#[test]
fn a_merge_that_brings_a_key_is_stopped() {
    let scratch = Scratch::with_key();
    scratch.sh("git rm -q --cached keys.py && git commit -q --allow-empty -m base").exits(0);
    scratch.sh("git checkout -qb topic && git add keys.py && git commit -qm key").exits(0);
    scratch.sh("git checkout -q main && git commit -q --allow-empty -m on").exits(0);
    scratch
        .sh("git secrets --install && git merge -q topic -m merged")
        .exits(1)
        .complains("(standard input):14:");
}

#[test]
fn hooks_call_what_was_installed() {
    let scratch = Scratch::new();
    let binary = env!("CARGO_BIN_EXE_lockgate");
    scratch.sh(&format!("{binary} git-secrets --install hooks/../template")).exits(0);
    let hook = scratch.read("template/hooks/pre-commit");
    assert_eq!(hook, "#!/usr/bin/env bash\nlockgate git-secrets --pre_commit_hook -- \"$@\"\n");
    scratch.sh("mkdir -p .git/hooks/pre-commit.d && git secrets --install").exits(0);
    let hook = scratch.read(".git/hooks/pre-commit.d/git-secrets");
    assert_eq!(hook, "#!/usr/bin/env bash\ngit secrets --pre_commit_hook -- \"$@\"\n");
    scratch.sh("test -x .git/hooks/commit-msg").exits(0);
}

#[test]
fn hooks_go_where_git_looks_for_them() {
    let scratch = Scratch::new();
    scratch.sh("git config core.hooksPath tools/hooks && git secrets --install").exits(0);
    scratch.sh("test -x tools/hooks/pre-commit").exits(0);
    let scratch = Scratch::new();
    scratch.sh("git commit -q --allow-empty -m a && git worktree add -q linked").exits(0);
    scratch.sh("cd linked && git secrets --install").exits(0);
    scratch.sh("test -x .git/hooks/pre-commit").exits(0);
    Scratch::plain().sh("git secrets --install").exits(1).complains("not a git repository");
}

#[test]
fn settings_are_added_once_and_all_else_in_the_file_stays() {
    let scratch = Scratch::new();
    let before = "# ours\n[secrets]\n  patterns = old ; note\n[user]\n\tname = ann\n";
    scratch.sandbox.write(".git/config", before);
    scratch.sh("git secrets --add 'a;b\\s\"'").exits(0);
    let after = scratch.read(".git/config");
    assert_eq!(after, before.replace("note\n", "note\n\tpatterns = \"a;b\\\\s\\\"\"\n"));
    assert_eq!(scratch.sh("git config --get-all secrets.patterns").stdout, "old\na;b\\s\"\n");
    scratch.sh("git secrets --add 'a;b'").exits(1);
    scratch.sh("git secrets --add -a -l 'x.y+(z)'").exits(0);
    scratch.sh("git secrets --add --global own").exits(0);
    scratch.sh("git secrets --add-provider -- cat list").exits(0);
    assert_eq!(
        scratch.sh("git -c secrets.patterns=given secrets --list").exits(0).stdout,
        "secrets.patterns own\nsecrets.patterns old\nsecrets.patterns a;b\\s\"\n\
         secrets.allowed x\\.y\\+\\(z\\)\nsecrets.providers cat list\nsecrets.patterns given\n"
    );
    assert_eq!(scratch.sh("git secrets --list --global").exits(0).stdout, "secrets.patterns own\n");
    Scratch::plain().sh("git secrets --add x").exits(128);
    Scratch::plain().sh("git secrets --list").exits(1);
}

#[test]
fn keys_of_aws_are_found_in_their_forms() {
    let scratch = Scratch::with_key();
    let lasting = format!("ABSK{}", "Qm9y".repeat(28));
    let secret = format!("aws_secret_access_key = \"{SECRET}\"");
    for (line, is_found) in [
        (&*format!("x {KEY} y"), true),
        (&*format!("x_{KEY}"), false),
        ("AKIAIOSFODNN7EXAMPLE", false),
        (&*secret, true),
        (&*secret.to_uppercase().replace("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"), true),
        (&*format!("\"AwsKey\" => '{SECRET}'"), true),
        (&*format!("aws_secret = \"{SECRET}\""), false),
        ("AWS_ACCOUNT_ID=1234-5678-9012", true),
        ("account: 123456789012", true),
        ("account_id = 12345678901", false),
        (&*lasting, true),
        ("bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb24", true),
        ("bedrock-api-key-none", false),
    ] {
        scratch.sandbox.write("line", format!("{line}\n"));
        let run = scratch.sh("git secrets --scan line");
        assert_eq!(run.code, i32::from(is_found), "{line}\n{}", run.stderr);
        let shown = run.stderr.lines().next().unwrap_or_default();
        assert!(!is_found || shown.contains("REDACTED"), "{shown}");
    }
    scratch.sh("git secrets --scan -r .git").exits(0);
}

#[test]
fn each_kind_of_scan_looks_at_its_files() {
    let scratch = Scratch::with_key();
    let key = format!("{KEY}\n");
    scratch.sandbox.write("sub/a b:c", &key);
    scratch.sandbox.write("sub/caf\u{e9}", &key);
    scratch.sandbox.write("binary", format!("\0{key}"));
    scratch.sh("git add -A").exits(0);
    scratch.sandbox.write("new", &key);
    scratch.sandbox.write("ignored", &key);
    scratch.sandbox.write(".gitignore", "ignored\n");
    let found = |line: &str, wanted: &[&str]| {
        let run = scratch.sh(line).exits(i32::from(!wanted.is_empty()));
        let places: Vec<&str> =
            run.stderr.lines().filter_map(|line| line.strip_suffix("REDACTED")).collect();
        assert_eq!(places, wanted, "{line}");
    };
    let cafe = r#""sub/caf\303\251":1:"#;
    let key = "id = 'REDACTED'";
    assert!(
        scratch.sh("git secrets --scan").exits(1).stderr.starts_with(&format!("keys.py:2:{key}\n"))
    );
    scratch.sh("git rm -q --cached keys.py").exits(0);
    found("git secrets --scan", &["sub/a b:c:1:", cafe]);
    found("git secrets --scan --cached", &["sub/a b:c:1:", cafe]);
    found("git secrets --scan --cached 'sub/a*'", &["sub/a b:c:1:"]);
    scratch.sandbox.remove("keys.py");
    found("git secrets --scan --untracked", &["new:1:", "sub/a b:c:1:", cafe]);
    found("git secrets --scan --no-index", &["ignored:1:", "new:1:", "sub/a b:c:1:", cafe]);
    found("cd sub && git secrets --scan", &["a b:c:1:", r#""caf\303\251":1:"#]);
    found("git secrets --scan sub new binary", &["new:1:"]);
    found("git secrets --scan - < new", &["(standard input):1:"]);
    found("git secrets --scan sub", &[]);
    let run = scratch.sh("git secrets --scan -r sub").exits(1);
    assert_eq!(run.stderr.matches("REDACTED").count(), 2);
    scratch
        .sh("git secrets --scan new nowhere")
        .exits(2)
        .complains("grep: nowhere: No such file or directory");
    scratch.sh("git secrets --scan -r --cached").exits(1);
}

#[test]
fn what_is_allowed_is_judged_by_the_whole_line() {
    let scratch = Scratch::with_key();
    for (allowed, code) in [("^keys.py:2:", 0), ("id = 'AKIA", 0), ("keys.py:1", 1), ("zzz", 1)] {
        scratch.sh(&format!("git secrets --add -a \"{allowed}\"")).exits(0);
        scratch.sh("git secrets --scan").exits(code);
        scratch.sh("git config --unset-all secrets.allowed").exits(0);
    }
    scratch.sandbox.write(".gitallowed", "# keys\n\n  # more\nkeys\\.py:2\n");
    scratch.sh("git secrets --scan").exits(0);
    // One that means nothing lets all pass, as it did.
    scratch.sandbox.write(".gitallowed", "(open\n");
    scratch.sh("git secrets --scan").exits(0).complains("grep: Unmatched ( or \\(");
}

#[test]
fn expressions_mean_what_they_mean_to_grep() {
    let scratch = Scratch::new();
    scratch.sandbox.write("t", "foo bar\nfoobar\nxfoo foo\nfoo-bar\n(a\n");
    scratch.sh("git add t").exits(0);
    // The expression, the lines that grep finds and those of git, or the codes where they refuse.
    type Lines = Result<&'static [usize], i32>;
    let table: &[(&str, Lines, Lines)] = &[
        ("foo", Ok(&[1, 3, 4]), Ok(&[1, 3, 4])),
        ("foo|foobar", Ok(&[1, 2, 3, 4]), Ok(&[1, 2, 3, 4])),
        ("fo+.b", Ok(&[]), Ok(&[])),
        // The longest match ends inside a word; grep then takes a shorter one, git does not.
        ("foo(.b)?", Ok(&[1, 3, 4]), Ok(&[3])),
        ("^foo", Ok(&[1, 4]), Ok(&[1, 4])),
        ("\\<foo\\b", Ok(&[1, 3, 4]), Ok(&[1, 3, 4])),
        ("[[:alpha:]]+\\s\\w+", Ok(&[1, 3]), Ok(&[1, 3])),
        ("[]b]ar", Ok(&[1, 4]), Ok(&[1, 4])),
        ("*foo", Ok(&[1, 3, 4]), Err(128)),
        ("foo{x", Ok(&[]), Err(128)),
        ("fo{2}", Ok(&[1, 3, 4]), Ok(&[1, 3, 4])),
        ("(foo", Err(2), Err(128)),
        ("[foo", Err(2), Err(128)),
        ("[z-a]", Err(2), Err(128)),
        ("fo{2,1}", Err(2), Err(128)),
        ("foo\\", Err(2), Err(128)),
        ("(o)\\1", Err(2), Err(128)),
        ("a)", Ok(&[]), Ok(&[])),
        ("\\(a", Ok(&[5]), Ok(&[5])),
    ];
    for (expression, grep, git) in table {
        scratch.sandbox.write(".git/more", "");
        scratch.sandbox.write(".git/config", "[core]\n\trepositoryformatversion = 0\n");
        scratch.sh(&format!("git config secrets.patterns '{expression}'")).exits(0);
        for (line, wanted) in [("git secrets --scan t", grep), ("git secrets --scan", git)] {
            let run = scratch.sh(line);
            let found: Vec<String> = places(&run).into_iter().map(str::to_owned).collect();
            match wanted {
                Err(code) => assert_eq!(run.code, *code, "{expression} {line} {}", run.stderr),
                Ok(lines) => {
                    let lines: Vec<String> = lines.iter().map(|line| format!("t:{line}")).collect();
                    assert_eq!(found, lines, "{expression} {line}");
                    assert_eq!(run.code, i32::from(!lines.is_empty()), "{expression} {line}");
                }
            }
        }
    }
}

#[test]
fn providers_say_what_is_prohibited() {
    let scratch = Scratch::new();
    scratch.sandbox.write("list", "zebra[0-9]+\r\n\nemu\n");
    scratch.sandbox.write("t", "zebra42\nan emu\nok\n");
    scratch.sh("git secrets --add-provider -- cat list").exits(0);
    assert_eq!(places(&scratch.sh("git secrets --scan t").exits(1))[0], "t:1");
    scratch.sh("git secrets --add-provider -- no-such-program").exits(0);
    scratch.sh("git secrets --scan t").exits(1).complains("no-such-program cannot be run");
    let scratch = Scratch::new();
    fs::create_dir(scratch.home().join(".aws")).unwrap();
    let credentials =
        format!("[default]\naws_access_key_id = {KEY}\naws_secret_access_key={SECRET}\n");
    fs::write(scratch.home().join(".aws/credentials"), credentials).unwrap();
    scratch.sandbox.write("t", format!("{KEY}\nkey {SECRET}!\n"));
    scratch.sh("git secrets --add-provider -- git secrets --aws-provider").exits(0);
    let run = scratch.sh("git secrets --scan t").exits(1);
    assert_eq!(
        run.stderr.lines().take(2).collect::<Vec<_>>(),
        ["t:1:REDACTED", "t:2:key REDACTED!"]
    );
    // Whoever reads it is a program.
    scratch.sh("test $(git secrets --aws-provider | wc -l) = 2").exits(0);
    scratch.sh("git secrets --aws-provider nowhere").exits(0);
}

#[test]
fn a_provider_is_given_the_files_that_its_patterns_match() {
    let scratch = Scratch::new();
    for (name, text) in [
        ("lists/one.txt", "zebra\n"),
        ("lists/two.txt", "emu\n"),
        ("lists/.no.txt", "heron\n"),
        ("lists/b.md", "heron\n"),
    ] {
        scratch.sandbox.write(name, text);
    }
    scratch.sandbox.write("t", "a zebra\nan emu\na heron\n");
    scratch.sh("git config secrets.providers 'cat l*ts/[!b]?e.txt  lists/t*.txt'").exits(0);
    assert_eq!(places(&scratch.sh("git secrets --scan t").exits(1)), ["t:1", "t:2"]);
    scratch.sh("git config secrets.providers 'echo no*file ~'").exits(0);
    scratch.sandbox.write("u", "noofile ~\nnofile /root\n");
    assert_eq!(places(&scratch.sh("git secrets --scan u").exits(1)), ["u:1"]);
}

#[test]
fn a_working_tree_may_be_named_from_outside() {
    let scratch = Scratch::new();
    scratch.sandbox.write("sub/t", "an emu\n");
    scratch.sandbox.write("ignored", "an emu\n");
    scratch.sh("git add sub && git secrets --add emu").exits(0);
    let outside = |command: &str| {
        let folders = "GIT_DIR=$PWD/.git GIT_WORK_TREE=$PWD; export GIT_DIR GIT_WORK_TREE";
        scratch.sh(&format!("{folders}; cd $HOME && echo 'my emu' > o && {command}"))
    };
    assert_eq!(places(&outside("git secrets --scan").exits(1)), ["sub/t:1"]);
    assert_eq!(places(&outside("git secrets --scan --cached").exits(1)), ["sub/t:1"]);
    assert_eq!(places(&outside("git secrets --scan --untracked").exits(1)), ["o:1"]);
}

#[test]
fn history_tells_the_commits_that_touch_a_key() {
    let scratch = Scratch::with_key();
    let mut day = 0;
    let mut commit = |message: &str| {
        day += 1;
        let date = format!("GIT_COMMITTER_DATE=2024-01-{day:02}T00:00:00Z");
        scratch
            .sh(&format!("git add -A && {date} git commit -q --allow-empty -m {message}"))
            .exits(0);
        scratch.sh("git rev-parse HEAD").stdout.trim().to_owned()
    };
    let added = commit("added");
    scratch.sandbox.write("other", "other\n");
    commit("elsewhere");
    scratch.sandbox.write("keys.py", format!("a = 1\nid = '{KEY}'\nb = 2\nc = 3\n"));
    commit("near");
    scratch.sh("mkdir sub && git mv keys.py sub/moved.py").exits(0);
    commit("moved");
    scratch.sandbox.write("again", format!("{KEY}\n"));
    let again = commit("again");
    scratch.sh("git rm -q again sub/moved.py").exits(0);
    commit("removed");
    let run = scratch.sh("git secrets --scan-history").exits(1);
    let lines: Vec<&str> = run.stderr.lines().take_while(|line| !line.is_empty()).collect();
    let wanted = [
        format!("{again}:again:1:REDACTED"),
        format!("{again}:sub/moved.py:2:id = 'REDACTED'"),
        format!("{added}:keys.py:2:id = 'REDACTED'"),
    ];
    assert_eq!(lines, wanted);
    scratch.sh("git secrets --add -a 'again:1|moved|:keys.py:'").exits(0);
    scratch.sh("git secrets --scan-history").exits(0);
    Scratch::new().sh("git secrets --scan-history").exits(0);
}

#[test]
fn a_command_line_that_means_nothing_is_refused() {
    let scratch = Scratch::new();
    let usage = scratch
        .sh("git secrets")
        .exits(0)
        .says("usage: git secrets --scan [-r|--recursive]")
        .stdout;
    assert_eq!(scratch.sh("git secrets --scan -h").exits(129).stdout, usage);
    scratch
        .sh("git secrets --bogus")
        .exits(129)
        .complains("error: unknown option `bogus'\nusage: ");
    scratch.sh("git secrets -r").exits(129).says("Unknown option: -r\n");
    scratch.sh("git secrets --list -f").exits(1);
    scratch.sh("git secrets --scan").exits(0);
    Scratch::plain().sh("git secrets --scan").exits(0);
    let global = Scratch::plain();
    global
        .sh("git secrets --add --global x && git secrets --scan")
        .exits(128)
        .complains("fatal: not a git repository");
}

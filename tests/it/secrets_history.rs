//! Secrets in what was added: histories, ranges, the index, standard input.

use crate::archives::{gzipped, zipped};
use crate::sandbox::{Run, Sandbox};
use lockgate::git::{self, Log, Span};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// Made up, of the form of GitHub's.
const TOKEN: &str = concat!("ghp_", "Zx8Qm2Lr9TbVn4Kc7WyHd3Jf6Ps1Gu0X5aEo");
const OTHER: &str = concat!("glpat-", "Xq7Rt2Lm9ZbVn4Kc7WyH");

fn line(token: &str) -> String {
    format!("token = \"{token}\"\n")
}

fn findings(run: &Run) -> Vec<Value> {
    assert!(!run.stdout.contains(TOKEN) && !run.stdout.contains(OTHER), "no value is shown");
    run.json()["findings"].as_array().unwrap().clone()
}

fn history(sandbox: &Sandbox, arguments: &[&str]) -> Vec<Value> {
    let run = sandbox.run(&[&["secrets", "--format", "json"], arguments].concat());
    findings(&run)
}

#[test]
fn a_secret_that_is_gone_is_told_with_the_commit_that_brought_it() {
    let sandbox = Sandbox::repository(&[("a.py", "x = 1\n")]);
    sandbox.write("a.py", format!("x = 1\n{}", line(TOKEN)));
    sandbox.commit();
    let commit = sandbox.output(&["rev-parse", "HEAD"]);
    sandbox.write("a.py", "x = 1\n");
    sandbox.commit();
    sandbox.run(&["secrets"]).exits(0);
    let short = &commit[..7];
    let run = sandbox.run(&["secrets", "--history"]).exits(1);
    let run = run.says("a.py:2:").says(&format!("introduced in {short} on 20"));
    run.says("gone from HEAD");
    let found = history(&sandbox, &["--history"]);
    assert_eq!(found.len(), 1);
    let introduced = &found[0]["introduced"];
    assert_eq!((&introduced["commit"], &introduced["in_head"]), (&commit.into(), &false.into()));
    assert_eq!(introduced["path"], "a.py");
    let sarif = sandbox.run(&["secrets", "--history", "--format", "sarif"]).json();
    let properties = &sarif["runs"][0]["results"][0]["properties"];
    assert_eq!(properties["introduced"]["inHead"], false);
}

#[test]
fn a_secret_is_told_once_and_a_moved_one_still_stands() {
    let sandbox = Sandbox::repository(&[("a.py", &line(TOKEN))]);
    let first = sandbox.output(&["rev-parse", "HEAD"]);
    for n in 0..3 {
        sandbox.write("a.py", format!("# {n}\n{}# {n}\n{}", line(TOKEN), line(TOKEN)));
        sandbox.commit();
    }
    let found = history(&sandbox, &["--history"]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["introduced"]["commit"], Value::from(first));
    assert_eq!(found[0]["introduced"]["in_head"], true);
    sandbox.remove("a.py");
    sandbox.write("deep/b.txt", format!("other text\n{}", line(TOKEN)));
    sandbox.commit();
    let found = history(&sandbox, &["--history"]);
    let at = |path: &str| found.iter().find(|finding| finding["path"] == path).unwrap();
    assert_eq!(at("a.py")["introduced"]["in_head"], true);
    assert_eq!(at("deep/b.txt")["introduced"]["in_head"], true);
}

#[test]
fn the_identity_is_that_of_the_working_tree() {
    let sandbox = Sandbox::repository(&[("a.py", "x = 1\n")]);
    sandbox.write("a.py", format!("x = 1\n{}", line(TOKEN)));
    sandbox.commit();
    let of = |arguments: &[&str]| history(&sandbox, arguments)[0]["fingerprint"].clone();
    let tree = of(&[]);
    assert_eq!(of(&["--history"]), tree);
    let known = sandbox.join("known.json");
    let known = known.to_str().unwrap();
    sandbox.run(&["secrets", "--history", "--format", "json", "-o", known]).exits(1);
    sandbox.run(&["secrets", "--history", "--baseline", known]).exits(0);
}

#[test]
fn ranges_branches_and_what_is_no_range() {
    let sandbox = Sandbox::topic(&[("a.py", &line(TOKEN))], &[("b.py", &line(OTHER))]);
    assert_eq!(history(&sandbox, &["--commit-range", "main..topic"]).len(), 1);
    assert_eq!(history(&sandbox, &["--history", "main..topic"])[0]["path"], "b.py");
    assert_eq!(history(&sandbox, &["--history", "main"])[0]["path"], "a.py");
    assert_eq!(history(&sandbox, &["--history", "topic ^main"])[0]["path"], "b.py");
    assert_eq!(history(&sandbox, &["--history", "main...topic"])[0]["path"], "b.py");
    assert_eq!(history(&sandbox, &["--history=-1"]).len(), 1);
    assert_eq!(history(&sandbox, &["a.py", "--history"]).len(), 1, "of one file");
    sandbox.git(&["checkout", "-q", "main"]);
    assert_eq!(history(&sandbox, &["--history"]).len(), 2, "of all branches");
    sandbox
        .run(&["secrets", "--commit-range", "nowhere..main"])
        .exits(2)
        .complains("\"nowhere\" is no branch, tag or commit");
    sandbox.run(&["secrets", "--history", "a:b"]).exits(2).complains("say A..B");
    sandbox.run(&["secrets", "--history", "--format", "verdict"]).exits(2);
    Sandbox::empty().run(&["secrets", "--history"]).exits(2).complains("no git repository");
}

#[test]
fn what_is_waived_or_left_out_does_not_block() {
    let waived = format!("token = \"{TOKEN}\"  # lockgate:ignore github-pat made up\n");
    let sandbox = Sandbox::repository(&[("a.py", &line(TOKEN)), ("out/b.py", &line(OTHER))]);
    sandbox.write("lockgate.toml", "[scan]\nexclude = [\"out/**\"]\n");
    sandbox.run(&["secrets", "--history"]).exits(1);
    // What stands waived in HEAD is waived.
    sandbox.write("a.py", waived);
    sandbox.commit();
    let run = sandbox.run(&["secrets", "--history", "--format", "json"]).exits(0);
    let found = findings(&run);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["waiver"]["source"], "comment");
}

#[test]
fn what_is_staged_is_what_is_looked_at() {
    let sandbox = Sandbox::repository(&[("a.py", &line(TOKEN)), ("d/b.py", "x = 1\n")]);
    sandbox.run(&["secrets", "--staged"]).exits(0);
    sandbox.write("d/b.py", format!("x = 1\n{}", line(OTHER)));
    sandbox.run(&["secrets", "--staged"]).exits(0);
    sandbox.git(&["add", "d/b.py"]);
    sandbox.write("d/b.py", "x = 1\n");
    let found = history(&sandbox, &["--staged"]);
    assert_eq!((found.len(), &found[0]["path"]), (1, &"d/b.py".into()));
    assert_eq!(found[0]["span"]["start_line"], 2);
    // A file that moves adds nothing.
    sandbox.git(&["reset", "-q", "--hard"]);
    sandbox.git(&["mv", "a.py", "c.py"]);
    sandbox.run(&["secrets", "--staged"]).exits(0);
    // Before the first commit all is new.
    let fresh = Sandbox::with(&[("a.py", &line(TOKEN))]);
    fresh.git(&["init", "-q"]);
    fresh.git(&["add", "-A"]);
    fresh.run(&["secrets", "--staged"]).exits(1).says("New is what is not in HEAD");
}

/// Two branches that change one line, merged by hand into what is said.
fn merged(resolved: &[(&str, &str)]) -> Sandbox {
    let many: String = (0..40).map(|n| format!("line {n}\n")).collect();
    let sandbox = Sandbox::topic(
        &[("a.py", "x = 1\n"), ("many.txt", &many), ("d/e/f.py", "f = 1\n")],
        &[("a.py", "x = 2\n"), ("topic.py", "t = 1\n")],
    );
    sandbox.git(&["checkout", "-q", "main"]);
    // What one side adds to a file that the other moves is new in the branch, not in the merge.
    sandbox.git(&["mv", "many.txt", "moved.txt"]);
    sandbox.write("a.py", "x = 3\n");
    sandbox.commit();
    sandbox.git(&["checkout", "-q", "topic"]);
    sandbox.write("many.txt", many + &line(OTHER));
    sandbox.commit();
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.git(&["merge", "-q", "-s", "ours", "--no-commit", "topic"]);
    sandbox.git(&["checkout", "-q", "topic", "--", "topic.py"]);
    let many = sandbox.output(&["show", "topic:many.txt"]);
    sandbox.write("moved.txt", many + "\n");
    resolved.iter().for_each(|(path, text)| sandbox.write(path, text));
    sandbox.commit();
    sandbox
}

#[test]
fn what_a_merge_alone_brings_is_found() {
    let sandbox = merged(&[("a.py", &format!("x = 4\n{}", line(TOKEN)))]);
    let merge = sandbox.output(&["rev-parse", "HEAD"]);
    let found = history(&sandbox, &["--history"]);
    let paths: Vec<&str> = found.iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["a.py", "many.txt"], "{found:#?}");
    assert_eq!(found[0]["introduced"]["commit"], Value::from(merge));
    assert_eq!(history(&sandbox, &["--commit-range", "HEAD^..HEAD"]).len(), 2);
    assert_eq!(history(&sandbox, &["--commit-range", "HEAD^..HEAD^2"]).len(), 1);
    // One that nothing was slipped into, and a new file deep in a folder.
    assert_eq!(history(&merged(&[]), &["--history"]).len(), 1);
    let sandbox = merged(&[("d/e/new.py", &line(TOKEN))]);
    assert_eq!(history(&sandbox, &["d", "--history"])[0]["path"], "d/e/new.py");
}

#[test]
fn what_is_stashed_is_found() {
    let sandbox = Sandbox::repository(&[("a.py", "x = 1\n")]);
    sandbox.write("a.py", format!("x = 1\n{}", line(TOKEN)));
    sandbox.write("untracked.py", line(OTHER));
    sandbox.git(&["stash", "-q", "-u"]);
    sandbox.run(&["secrets", "--no-store", "--quiet"]).exits(0);
    assert_eq!(history(&sandbox, &["--history"]).len(), 2);
    // An older one as well, to which no reference leads.
    sandbox.write("a.py", "x = 2\n");
    sandbox.git(&["stash", "-q"]);
    assert_eq!(history(&sandbox, &["--history"]).len(), 2);
    sandbox.git(&["stash", "drop", "-q", "stash@{1}"]);
    assert_eq!(history(&sandbox, &["--history"]).len(), 0);
}

fn paths(found: &[Value]) -> Vec<&str> {
    found.iter().map(|finding| finding["path"].as_str().unwrap()).collect()
}

#[test]
fn archives_and_what_git_takes_for_binary_are_looked_into() {
    let sandbox = Sandbox::repository(&[("a.py", "x = 1\n")]);
    let secret = line(TOKEN);
    let wide: Vec<u8> = line(OTHER).encode_utf16().flat_map(u16::to_le_bytes).collect();
    sandbox.write("app.zip", zipped(&[("conf/prod.env", secret.as_bytes())]));
    sandbox.write("log.gz", gzipped(secret.as_bytes()));
    sandbox.write("wide.txt", [&b"\xFF\xFE"[..], &wide].concat());
    sandbox.write("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\x01\x02\x03");
    let torn = zipped(&[("conf/prod.env", b"nothing = 1\n")]);
    sandbox.write("torn.zip", &torn[..torn.len() / 2]);
    sandbox.git(&["add", "-A"]);
    let run = sandbox.run(&["secrets", "--staged", "--format", "json"]).exits(1);
    let all = ["app.zip!conf/prod.env", "log.gz!log", "wide.txt"];
    assert_eq!(paths(&findings(&run)), all);
    let told = run.json()["notifications"].to_string();
    assert!(told.contains("torn.zip") && !told.contains("picture.png"), "{told}");
    sandbox.commit();
    // What the archive held is not new, and what is beside it is.
    let more = [("conf/prod.env", secret.as_bytes()), ("new.env", line(OTHER).as_bytes())]
        .map(|(name, text)| (name, text.to_vec()));
    let more: Vec<(&str, &[u8])> = more.iter().map(|(name, text)| (*name, &text[..])).collect();
    sandbox.write("app.zip", zipped(&more));
    sandbox.git(&["add", "-A"]);
    assert_eq!(paths(&history(&sandbox, &["--staged"])), ["app.zip!new.env"]);
    sandbox.git(&["reset", "-q", "--hard"]);
    let found = history(&sandbox, &["--history"]);
    assert_eq!(paths(&found), all);
    assert!(found.iter().all(|finding| finding["introduced"]["in_head"] == true));
    sandbox.remove("app.zip");
    sandbox.remove("log.gz");
    sandbox.commit();
    let found = history(&sandbox, &["--history"]);
    assert_eq!(paths(&found), all);
    assert_eq!(found[0]["introduced"]["in_head"], false);
    assert_eq!(found[2]["introduced"]["in_head"], true);
    sandbox.write("lockgate.toml", "[scan]\narchives = false\n");
    assert_eq!(paths(&history(&sandbox, &["--history"])), ["wide.txt"]);
}

#[test]
fn what_only_moved_inside_its_file_is_not_new() {
    let sandbox = Sandbox::repository(&[("a.py", &format!("{}x = 1\ny = 2\n", line(TOKEN)))]);
    sandbox.write("a.py", format!("x = 1\ny = 2\n{}", line(TOKEN)));
    sandbox.git(&["add", "-A"]);
    sandbox.run(&["secrets", "--staged"]).exits(0).says("No findings").says("1 file scanned");
    sandbox.commit();
    sandbox.run(&["secrets", "--commit-range", "HEAD~1.."]).exits(0);
    // One that no comment waives any more is.
    let waived = format!("token = \"{TOKEN}\"  # lockgate:ignore github-pat made up\n");
    let sandbox = Sandbox::repository(&[("a.py", &waived)]);
    sandbox.write("a.py", line(TOKEN));
    sandbox.git(&["add", "-A"]);
    sandbox.run(&["secrets", "--staged"]).exits(1);
}

/// What a text on standard input comes to.
fn piped(text: &[u8], arguments: &[&str]) -> Run {
    let sandbox = Sandbox::empty();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
    command.arg("secrets").args(arguments).current_dir(sandbox.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Whoever refuses the arguments reads nothing.
    let _ = child.stdin.take().unwrap().write_all(text);
    let output = child.wait_with_output().unwrap();
    assert!(!sandbox.join(".lockgate").exists(), "nothing is remembered");
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn standard_input_is_a_text_or_an_archive() {
    piped(b"nothing\n", &["-"]).exits(0).says("1 file scanned");
    piped(format!("\n{}", line(TOKEN)).as_bytes(), &["-"]).exits(1).says("stdin:2:10");
    let archive = zipped(&[("prod.env", line(TOKEN).as_bytes())]);
    piped(&archive, &["-"]).exits(1).says("stdin!prod.env:1:10");
    piped(b"", &["--staged", "-"]).exits(2).complains("standard input is not staged");
    piped(b"", &["--history=HEAD", "-"]).exits(2).complains("standard input has no history");
    piped(b"", &["a.py", "-"]).exits(2).complains("and alone");
}

#[test]
fn ranges_as_ci_systems_say_them_and_names_that_lead_nowhere() {
    let sandbox = Sandbox::repository(&[("a.py", &line(TOKEN))]);
    let zeros = "0".repeat(40);
    let range = |range: &str| sandbox.run(&["secrets", "--commit-range", range]);
    range(&format!("{zeros}..HEAD")).exits(1);
    range(&format!("{zeros}...")).exits(1);
    range(&format!("HEAD..{zeros}")).exits(2).complains("the branch was deleted");
    range("@{u}..").exits(2).complains("--set-upstream-to");
    range("HEAD~1000..").exits(2).complains("the history of HEAD does not go back so far");
    range("HEAD..HEAD").exits(0).says("0 files scanned");
    let bare = sandbox.clone(&["--bare"]);
    bare.run(&["secrets"]).exits(2).complains("lockgate secrets --history");
    bare.run(&["secrets", "--staged"]).exits(2).complains("lockgate secrets --history");
    bare.run(&["secrets", "--history"]).exits(1);
}

#[test]
fn git_data_that_cannot_be_read_is_incomplete() {
    let sandbox = Sandbox::repository(&[("a.py", "x = 1\n"), ("b.py", "y = 1\n")]);
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    sandbox.write("a.py", "x = 2\n");
    sandbox.commit();
    let partial = sandbox.clone(&["--filter=blob:none"]);
    let run = partial.run(&["secrets", "--history"]).exits(3);
    run.says("INCOMPLETE").says("a.py").says("git fetch --refetch --no-filter");
    // What is left out of the scan need not be there.
    partial.run(&["secrets", "b.py", "--history"]).exits(0);
    partial.write("lockgate.toml", "[scan]\nexclude = [\"a.py\"]\n");
    partial.run(&["secrets", "--history"]).exits(0);
    // Of the index.
    sandbox.write("c.py", "z = 1\n");
    sandbox.git(&["add", "-A"]);
    let blob = sandbox.output(&["rev-parse", ":c.py"]);
    let object = |id: &str| sandbox.join(&format!(".git/objects/{}/{}", &id[..2], &id[2..]));
    fs::remove_file(object(&blob)).unwrap();
    sandbox.run(&["secrets", "--staged"]).exits(3).says("c.py");
    sandbox.run(&["hook", "run", "pre-commit"]).exits(3).complains("--no-verify");
    // Everything.
    let head = sandbox.output(&["rev-parse", "HEAD"]);
    fs::remove_file(object(&head)).unwrap();
    sandbox.run(&["secrets", "--history"]).exits(3).says(".git: ");
}

#[test]
fn bad_objects_cost_only_themselves() {
    let sandbox = Sandbox::repository(&[("a.py", &line(TOKEN)), ("b.py", &line(OTHER))]);
    let blob = sandbox.output(&["rev-parse", "HEAD:b.py"]);
    let object = sandbox.join(&format!(".git/objects/{}/{}", &blob[..2], &blob[2..]));
    fs::remove_file(&object).unwrap();
    let run = sandbox.run(&["secrets", "--history", "--format", "json"]).exits(1);
    assert_eq!(findings(&run).len(), 1);
    let told = &run.json()["notifications"];
    assert!(told.to_string().contains(&blob), "{told}");
    // A commit that is gone hides what lies behind it, and that is said.
    let sandbox = Sandbox::repository(&[("a.py", &line(TOKEN))]);
    let gone = sandbox.output(&["rev-parse", "HEAD"]);
    sandbox.write("b.py", line(OTHER));
    sandbox.commit();
    fs::remove_file(sandbox.join(&format!(".git/objects/{}/{}", &gone[..2], &gone[2..]))).unwrap();
    let run = sandbox.run(&["secrets", "--history", "--format", "json"]).exits(1);
    assert!(run.json()["notifications"].to_string().contains(&gone));
    assert!(!findings(&run).is_empty());
}

#[test]
fn shallow_and_bare_clones_working_trees_and_odd_names() {
    let sandbox = Sandbox::repository(&[("a.py", &line(TOKEN))]);
    sandbox.write("b.py", line(OTHER));
    sandbox.commit();
    let shallow = sandbox.clone(&["--depth", "1"]);
    assert_eq!(history(&shallow, &["--history"]).len(), 2, "the first that is there adds all");
    shallow.run(&["secrets", "--history"]).exits(1).says("the clone is shallow");
    let bare = sandbox.clone(&["--bare"]);
    assert_eq!(history(&bare, &["--history"]).len(), 2);
    let tree = tempfile::tempdir().unwrap();
    let linked = tree.path().join("linked");
    sandbox.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "-b", "side"]);
    let run = sandbox.run(&["secrets", "--history", "--format", "json"]);
    assert_eq!(findings(&run).len(), 2);
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let odd = sandbox.path().join(std::ffi::OsStr::from_bytes(b"odd\xff.py"));
        fs::write(odd, line(TOKEN)).unwrap();
        sandbox.commit();
        let found = history(&sandbox, &["--history", "HEAD~1..HEAD"]);
        assert_eq!(found[0]["path"], "odd\\xFF.py");
    }
}

/// What a commit of a made-up history does to its files: the number of a file, its lines.
type Edits = Vec<(u8, Vec<u8>)>;

/// A history as `git fast-import` reads it, and how many lines each commit adds to each file.
fn made_up(commits: &[(bool, Edits)]) -> (String, BTreeMap<(String, String), usize>) {
    let (mut stream, mut expected) = (String::new(), BTreeMap::new());
    let mut files: BTreeMap<u8, String> = BTreeMap::new();
    for (number, (is_merge, edits)) in commits.iter().enumerate() {
        let message = format!("c{number}");
        stream += &format!("commit refs/heads/main\nmark :{}\n", number + 1);
        let time = 1_700_000_000 + number * 60;
        stream += &format!("committer t <t@example.com> {time} +0000\ndata {}\n", message.len());
        stream += &message;
        stream += "\n";
        let is_merge = *is_merge && number > 2;
        if is_merge {
            stream += &format!("merge :{}\n", number - 1);
        }
        let before = files.clone();
        for (file, lines) in edits {
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            stream += &format!("M 100644 inline f{file}\ndata {}\n{text}\n", text.len());
            files.insert(*file, text);
        }
        for (file, text) in files.iter().filter(|_| !is_merge) {
            let old = before.get(file).map_or("", |old| old);
            let added = text.lines().count() - common(old, text);
            if added > 0 {
                expected.insert((message.clone(), format!("f{file}")), added);
            }
        }
    }
    (stream, expected)
}

/// How many lines two texts have in common, in order.
fn common(old: &str, new: &str) -> usize {
    let new: Vec<&str> = new.lines().collect();
    let mut row = vec![0; new.len() + 1];
    for one in old.lines() {
        let mut above = 0;
        for (at, other) in new.iter().enumerate() {
            let here = row[at + 1];
            row[at + 1] = if one == *other { above + 1 } else { here.max(row[at]) };
            above = here;
        }
    }
    row[new.len()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn additions_are_those_of_a_naive_comparison(
        commits in prop::collection::vec(
            (
                prop::bool::weighted(0.2),
                prop::collection::vec((0..4u8, prop::collection::vec(0..6u8, 0..8)), 0..3),
            ),
            1..12,
        )
    ) {
        let sandbox = Sandbox::empty();
        sandbox.git(&["init", "-q", "-b", "main"]);
        let (stream, expected) = made_up(&commits);
        let mut command = Command::new("git");
        command.args(["fast-import", "--quiet"]).current_dir(sandbox.path()).stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
        prop_assert!(child.wait().unwrap().success());
        let root = fs::canonicalize(sandbox.path()).unwrap();
        let told = Mutex::new(BTreeMap::new());
        let git = git::open(&root).1.unwrap();
        let walked = git.additions(&Span::All, &|added| {
            let lines: usize =
                added.hunks.iter().map(|hunk| String::from_utf8_lossy(&hunk.text).lines().count()).sum();
            let message = added.commit.message.trim().to_owned();
            told.lock().unwrap().insert((message, added.path.to_string()), lines);
        }).unwrap();
        prop_assert_eq!(walked.commits, commits.len() as u64);
        prop_assert_eq!(walked.notifications, vec![]);
        prop_assert_eq!(told.into_inner().unwrap(), expected);
        let some = Log::parse(["-2"]).unwrap();
        let walked = git.additions(&Span::Log(some), &|_| {}).unwrap();
        prop_assert_eq!(walked.commits, commits.len().min(2) as u64);
    }
}

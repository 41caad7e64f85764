//! `lockgate gitleaks`: what gitleaks says of the same files, and how it is told.

use crate::sandbox::{Run, Sandbox};
use crate::templates;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/gitleaks");
const RECORDED: &str = "expected.tsv";
/// A line with a secret.
pub const LINE: &str = "token = \"{{github ghp}}\"\n";
const JSON: &[&str] = &["-f", "json", "-r", "-", "--no-banner", "--no-color"];

fn fixture() -> Sandbox {
    let sandbox = Sandbox::empty();
    for entry in fs::read_dir(FOLDER).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name != RECORDED {
            sandbox.write(name, templates::expand(&fs::read_to_string(&path).unwrap()));
        }
    }
    sandbox
}

pub fn gitleaks(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(&[&["gitleaks"], arguments, JSON].concat())
}

/// Rule and place of each finding.
pub fn places(run: &Run) -> Vec<String> {
    let place = |finding: &Value| finding["Fingerprint"].as_str().unwrap().to_owned();
    run.json().as_array().unwrap().iter().map(place).collect()
}

#[test]
fn it_finds_what_gitleaks_finds() {
    let run = gitleaks(&fixture(), &["dir", "."]).exits(1);
    let mut found: Vec<String> = run
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let text = |key: &str| it[key].as_str().unwrap().to_owned();
            let number = |key: &str| it[key].as_i64().unwrap().to_string();
            let tags = it["Tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap());
            [
                text("RuleID"),
                text("File"),
                number("StartLine"),
                number("EndLine"),
                number("StartColumn"),
                number("EndColumn"),
                format!("{:.5}", it["Entropy"].as_f64().unwrap()),
                tags.collect::<Vec<_>>().join(" "),
            ]
            .join("\t")
        })
        .collect();
    found.sort();
    let recorded = fs::read_to_string(Path::new(FOLDER).join(RECORDED)).unwrap();
    let mut recorded: Vec<&str> = recorded.lines().filter(|line| !line.starts_with('#')).collect();
    recorded.sort_unstable();
    assert_eq!(found, recorded);
}

#[test]
fn no_secret_is_written_in_any_format() {
    let sandbox = fixture();
    let secrets: Vec<String> = ["settings.py", "deploy.sh", "infra.tf"]
        .iter()
        .flat_map(|file| {
            let text = fs::read_to_string(sandbox.join(file)).unwrap();
            let quoted: Vec<String> =
                text.split('"').skip(1).step_by(2).map(str::to_owned).collect();
            quoted
        })
        .filter(|text| text.len() >= 20 && !text.contains(' ') && !text.contains('-'))
        .collect();
    assert!(secrets.len() > 5);
    sandbox.write("all.tmpl", "{{range .}}{{toJson .}}{{.Line}}{{.Match}}{{.Secret}}{{end}}");
    for format in ["json", "csv", "junit", "sarif", "template"] {
        let mut arguments = vec!["gitleaks", "dir", ".", "-v", "-f", format, "-r", "-"];
        if format == "template" {
            arguments.extend(["--report-template", "all.tmpl"]);
        }
        let run = sandbox.run(&arguments).exits(1).says("REDACTED");
        for finding in run.stdout.lines() {
            let leaked = secrets.iter().find(|secret| finding.contains(*secret));
            // Values that no rule takes for a secret may stand in a line beside one.
            assert_eq!(leaked, None, "{format}: {finding}");
        }
        assert!(!run.stdout.contains("414b4941"), "what is encoded is as good");
    }
}

#[test]
fn the_code_to_end_with_is_that_of_gitleaks() {
    let sandbox = Sandbox::with(&[("a.txt", &templates::expand(LINE)), ("clean/b.txt", "x\n")]);
    gitleaks(&sandbox, &["dir", "."]).exits(1);
    gitleaks(&sandbox, &["dir", ".", "--exit-code", "7"]).exits(7);
    assert_eq!(gitleaks(&sandbox, &["dir", "clean"]).exits(0).stdout, "[]\n");
    gitleaks(&sandbox, &["dir", "."]).complains("WRN leaks found: 1");
    gitleaks(&sandbox, &["dir", "nowhere"]).exits(1).complains("stat nowhere: no such file");
    gitleaks(&sandbox, &["dir", ".", "--nope"]).exits(126).complains("unknown flag: --nope");
    gitleaks(&sandbox, &["dir", ".", "--exit-code=x"]).exits(1).complains("invalid argument");
    sandbox.run(&["gitleaks", "nothing"]).exits(1).complains("unknown command \"nothing\"");
    sandbox.run(&["gitleaks"]).exits(0).says("Available Commands:");
    sandbox.run(&["gitleaks", "dir", "--help"]).exits(0).says("--follow-symlinks");
    sandbox.run(&["gitleaks", "version"]).exits(0).says("8.30");
    sandbox.run(&["gitleaks", "completion", "bash"]).exits(0).says("--max-decode-depth");
    let unknown = sandbox.run(&["gitleaks", "dir", ".", "-r", "-", "-f", "xml"]);
    unknown.exits(1).complains("unknown report format xml");
}

#[test]
fn the_binary_by_its_name_is_gitleaks() {
    let sandbox = Sandbox::with(&[("a.txt", &templates::expand(LINE))]);
    symlink(env!("CARGO_BIN_EXE_lockgate"), sandbox.join("gitleaks")).unwrap();
    let mut command = Command::new(sandbox.join("gitleaks"));
    command.args(["dir", "a.txt", "--no-banner", "-v"]).current_dir(sandbox.path());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("RuleID:      github-pat"));
}

#[test]
fn standard_input_and_links_are_read() {
    let sandbox = Sandbox::with(&[("sub/a.txt", &templates::expand(LINE))]);
    symlink("sub/a.txt", sandbox.join("link.txt")).unwrap();
    assert_eq!(places(&gitleaks(&sandbox, &["dir", "."])), ["sub/a.txt:github-pat:1"]);
    let run = gitleaks(&sandbox, &["dir", ".", "--follow-symlinks"]);
    assert_eq!(places(&run).len(), 2);
    assert_eq!(run.json()[0]["SymlinkFile"], "link.txt");
    gitleaks(&sandbox, &["stdin"]).exits(0);
}

#[test]
fn what_is_known_is_left_out() {
    let sandbox = Sandbox::with(&[("a.txt", &templates::expand(&LINE.repeat(3)))]);
    let first = gitleaks(&sandbox, &["dir", "."]).exits(1);
    assert_eq!(places(&first).len(), 3);
    sandbox.write("old.json", &first.stdout);
    assert_eq!(places(&gitleaks(&sandbox, &["dir", ".", "-b", "old.json"]).exits(0)).len(), 0);
    sandbox.write(".gitleaksignore", "# known\na.txt:github-pat:2\n");
    let left = gitleaks(&sandbox, &["dir", "."]).exits(1);
    assert_eq!(places(&left), ["a.txt:github-pat:1", "a.txt:github-pat:3"]);
    sandbox.write("b.txt", templates::expand(&LINE.replace('\n', " # gitleaks:allow\n")));
    assert_eq!(places(&gitleaks(&sandbox, &["dir", "b.txt"])).len(), 0);
    let all = gitleaks(&sandbox, &["dir", "b.txt", "--ignore-gitleaks-allow"]);
    assert_eq!(places(&all).len(), 1);
    gitleaks(&sandbox, &["dir", ".", "-b", "none.json"]).exits(1).complains("could not open");
}

#[test]
fn a_configuration_says_what_is_looked_for() {
    let sandbox = Sandbox::with(&[
        ("a.txt", "acme-12345678\nnext line\nother-99\nACME-00000000\n"),
        ("skip/a.txt", "acme-12345678\n"),
    ]);
    sandbox.write(
        ".gitleaks.toml",
        r#"
[[rules]]
ID = "acme"
Description = "A key of Acme"
Regex = '''\bacme-(?P<key>\d{8})\z|(?i)\Qacme-\E(\d{8})\b'''
KEYWORDS = ["Acme"]
tags = "one,two"
[[rules.allowlists]]
regexes = ["^0+$"]
[[rules.required]]
id = "other"
withinLines = 2
[[rules]]
id = "other"
regex = 'other-\d+'
skipReport = true
[allowlist]
paths = ["^skip/"]
"#,
    );
    let run = gitleaks(&sandbox, &["dir", "."]).exits(1);
    assert_eq!(places(&run), ["a.txt:acme:1"]);
    assert_eq!(run.json()[0]["Tags"], serde_json::json!(["one", "two"]));
    assert_eq!(run.json()[0]["Description"], "A key of Acme");
    sandbox.write("more.toml", "[extend]\nuseDefault = true\ndisabledRules = [\"github-pat\"]\n");
    sandbox.write("b.txt", templates::expand(LINE));
    let run = gitleaks(&sandbox, &["dir", "b.txt", "-c", "more.toml"]);
    assert_eq!(places(&run), ["b.txt:generic-api-key:1"]);
    let only = gitleaks(&sandbox, &["dir", "b.txt", "--enable-rule", "github-pat"]);
    assert_eq!(places(&only), ["b.txt:github-pat:1"]);
    gitleaks(&sandbox, &["dir", "b.txt", "--enable-rule", "no"]).exits(1).complains("not found");
}

#[test]
fn a_configuration_that_cannot_be_is_refused_with_its_reason() {
    let sandbox = Sandbox::with(&[("a.txt", "x\n")]);
    for (text, why) in [
        ("[[rules]\n", "While parsing config: toml"),
        ("[[rules]]\nid = \"a\"\nregex = '(?=b)'\n", "invalid or unsupported Perl syntax"),
        ("[[rules]]\nid = \"a\"\nregex = '\\pL{1000}\\pL{1000}'\n", "too large"),
        ("[[rules]]\nid = \"a\"\n", "this rule will have no effect"),
        ("[[rules]]\nregex = 'a'\n", "rule |id| is missing"),
        ("[[rules]]\nid = \"a\"\nregex = 'a'\nsecretGroup = 2\n", "invalid regex secret group 2"),
        ("[[allowlists]]\ndescription = \"none\"\n", "must contain at least one check"),
        ("[extend]\nuseDefault = true\npath = \"x\"\n", "extend.path and extend.useDefault"),
        ("[extend]\npath = \"gone.toml\"\n", "failed to load extended config"),
    ] {
        sandbox.write("c.toml", text);
        gitleaks(&sandbox, &["dir", ".", "-c", "c.toml"]).exits(1).complains(why);
    }
}

#[test]
fn commits_and_what_is_staged_are_scanned() {
    let sandbox = Sandbox::repository(&[("a.txt", &templates::expand(LINE))]);
    sandbox.git(&["remote", "add", "origin", "git@github.com:o/r.git"]);
    sandbox.write("a.txt", "gone\n");
    sandbox.commit();
    let run = gitleaks(&sandbox, &["git", "."]).exits(1).complains("2 commits scanned.");
    let finding = &run.json()[0];
    let commit = sandbox.output(&["rev-parse", "HEAD~1"]);
    assert_eq!(finding["Fingerprint"], format!("{commit}:a.txt:github-pat:1"));
    assert_eq!(finding["Message"], "change");
    assert_eq!(finding["Author"], "tester");
    assert_eq!(finding["Link"], format!("https://github.com/o/r/blob/{commit}/a.txt#L1"));
    assert_eq!(places(&gitleaks(&sandbox, &["detect", "-s", "."])).len(), 1);
    assert_eq!(places(&gitleaks(&sandbox, &["git", ".", "--log-opts=HEAD~1..HEAD"])).len(), 0);
    sandbox.write("a.txt", format!("gone\n{}", templates::expand(LINE)));
    assert_eq!(places(&gitleaks(&sandbox, &["git", "--staged", "."]).exits(0)).len(), 0);
    let changed = gitleaks(&sandbox, &["git", "--pre-commit", "."]).exits(1);
    assert_eq!(places(&changed), ["a.txt:github-pat:2"]);
    sandbox.git(&["add", "a.txt"]);
    let staged = gitleaks(&sandbox, &["protect", "--staged"]).exits(1);
    assert_eq!(places(&staged), ["a.txt:github-pat:2"]);
}

#[test]
fn outside_a_repository_it_says_so_and_ends_as_gitleaks_does() {
    let sandbox = Sandbox::with(&[("a.txt", &templates::expand(LINE))]);
    gitleaks(&sandbox, &["git", "."]).exits(0).complains("not a git repository");
}

#[test]
fn the_reports_have_gitleaks_shape() {
    let sandbox = Sandbox::with(&[("a.txt", &templates::expand(LINE))]);
    sandbox.write("t.tmpl", "{{range .}}{{.RuleID}} {{.File}}:{{.StartLine}}\n{{end}}");
    let report = |format: &str| {
        let arguments = ["gitleaks", "dir", ".", "-f", format, "-r", "-", "--no-banner"].to_vec();
        let more: &[&str] =
            if format == "template" { &["--report-template", "t.tmpl"] } else { &[] };
        sandbox.run(&[&arguments, more].concat()).exits(1).stdout
    };
    insta::assert_snapshot!("gitleaks_json", report("json"));
    insta::assert_snapshot!("gitleaks_csv", report("csv"));
    insta::assert_snapshot!("gitleaks_junit", report("junit"));
    insta::assert_snapshot!("gitleaks_template", report("template"));
    let mut sarif: Value = serde_json::from_str(&report("sarif")).unwrap();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].take();
    assert!(rules.as_array().unwrap().len() > 200);
    insta::assert_json_snapshot!("gitleaks_sarif", sarif);
    sandbox.run(&["gitleaks", "dir", ".", "-r", "out.sarif"]).exits(1);
    assert!(fs::read_to_string(sandbox.join("out.sarif")).unwrap().contains("semanticVersion"));
}

#[test]
fn archives_are_opened_where_that_is_asked_for() {
    let sandbox = Sandbox::with(&[("in/a.txt", &templates::expand(LINE))]);
    sandbox.git(&["init", "-q"]);
    sandbox.commit();
    sandbox.git(&["archive", "--format=zip", "-o", "x.zip", "HEAD"]);
    sandbox.remove("in/a.txt");
    assert_eq!(places(&gitleaks(&sandbox, &["dir", "x.zip"]).exits(0)).len(), 0);
    let inside = gitleaks(&sandbox, &["dir", "x.zip", "--max-archive-depth", "1"]).exits(1);
    assert_eq!(places(&inside), ["x.zip!in/a.txt:github-pat:1"]);
}

//! `lockgate bandit` stands where `bandit` stood: what Bandit 1.9.4 said of `fixtures/bandit` was
//! recorded once, all but its wording, and is said again.

use super::sandbox::{Run, SHELL, Sandbox};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

mod baselines;
mod formats;
mod hostile;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/bandit");

/// A folder that holds the recorded inputs.
fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    copy(Path::new(FIXTURES), sandbox.path());
    sandbox
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

impl Sandbox {
    fn bandit(&self, arguments: &[&str]) -> Run {
        self.run(&[&["bandit"], arguments].concat())
    }
}

/// The report, without what is worded and when it was made.
fn structure(run: &Run) -> Value {
    let mut report = run.json();
    report.as_object_mut().unwrap().remove("generated_at");
    for result in report["results"].as_array_mut().unwrap() {
        result.as_object_mut().unwrap().remove("issue_text");
    }
    report
}

/// Each issue in a line, and the rest of what was recorded of most runs.
fn summary(report: &Value) -> Value {
    let found = report["results"].as_array().unwrap().iter().map(|result| {
        let text = |key: &str| result[key].as_str().unwrap().to_owned();
        let (line, column) = (&result["line_number"], &result["col_offset"]);
        let ranks = format!("{} {}", text("issue_severity"), text("issue_confidence"));
        format!("{}:{line}:{column} {} {ranks}", text("filename"), text("test_id"))
    });
    json!({
        "found": found.collect::<Vec<_>>(),
        "errors": report["errors"],
        "totals": report["metrics"]["_totals"],
    })
}

#[test]
fn every_recorded_run_is_the_same_here() {
    let recorded = fs::read_to_string(format!("{FIXTURES}/recorded.json")).unwrap();
    let recorded: Vec<Value> = serde_json::from_str(&recorded).unwrap();
    let shop = shop();
    for case in recorded {
        let strings = |key: &str| -> Vec<String> {
            let list = case[key].as_array().unwrap();
            list.iter().map(|text| text.as_str().unwrap().to_owned()).collect()
        };
        let arguments = strings("arguments");
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = shop.bandit(&[&["-f", "json"], &arguments[..]].concat());
        assert_eq!(json!(run.code), case["code"], "{arguments:?}\n{}", run.stderr);
        assert_eq!(run.stderr.lines().collect::<Vec<_>>(), strings("log"), "{arguments:?}");
        match &case["report"] {
            Value::Null => assert_eq!(run.stdout, "", "{arguments:?}"),
            report if report["results"].is_array() => {
                assert_eq!(structure(&run), *report, "{arguments:?}");
            }
            report => assert_eq!(summary(&run.json()), *report, "{arguments:?}"),
        }
    }
}

#[test]
fn the_binary_under_the_name_of_bandit_is_bandit() {
    let sandbox = Sandbox::with(&[("a.py", SHELL)]);
    for name in ["bandit", "bandit.exe"] {
        let path = sandbox.join(name);
        fs::hard_link(env!("CARGO_BIN_EXE_lockgate"), &path)
            .or_else(|_| fs::copy(env!("CARGO_BIN_EXE_lockgate"), &path).map(drop))
            .unwrap();
        let run = sandbox.run_by(Command::new(&path), &["-q", "-f", "json", "a.py"]).exits(1);
        assert_eq!(run.json()["results"][1]["test_id"], "B602");
        sandbox.run_by(Command::new(&path), &["--version"]).exits(0).says("bandit 1.9.4\n");
    }
    sandbox.run(&["--help"]).exits(0).says("bandit ");
}

#[test]
fn nothing_of_lockgates_own_is_read_or_written() {
    let broken = "this is no configuration";
    let sandbox = Sandbox::repository(&[("a.py", SHELL), ("lockgate.toml", broken)]);
    sandbox.bandit(&["-r", "."]).exits(1).says("[B602:");
    assert!(!sandbox.join(".lockgate").exists());
}

#[test]
fn the_command_line_complains_as_argparse_does() {
    let sandbox = Sandbox::with(&[("a.py", "a = 1\n")]);
    for (arguments, why) in [
        (
            &["-f", "pdf", "a.py"][..],
            "argument -f/--format: invalid choice: 'pdf' (choose from 'csv', ",
        ),
        (
            &["-l", "--severity-level", "low"],
            "argument --severity-level: not allowed with argument -l/--level",
        ),
        (
            &["--msg-template", "{line}", "a.py"],
            "--msg-template can only be used with --format=custom",
        ),
        (&["a.py", "-q", "b.py"], "unrecognized arguments: b.py"),
        (
            &["-o", "none/such", "a.py"],
            "argument -o/--output: can't open 'none/such': [Errno 2] No such file or directory: 'none/such'",
        ),
    ] {
        let run = sandbox
            .bandit(arguments)
            .exits(2)
            .complains("usage: bandit [-h] [-r] [-a {file,vuln}]");
        run.complains(&format!("bandit: error: {why}"));
    }
    let run = sandbox.bandit(&[]).exits(2).says("[targets ...]\n");
    assert_eq!(run.stderr, "");
    let help = sandbox.bandit(&["-h"]).exits(0).says("\tB101\tassert_used\n");
    help.says("\tB704\tmarkupsafe_markup_xss\n");
}

#[test]
fn configurations_that_mean_nothing_are_refused() {
    let sandbox = Sandbox::with(&[
        ("a.py", "a = 1\n"),
        ("bad.yaml", "tests: [B602\n"),
        ("bad.toml", "tests = [\n"),
        ("list.yaml", "- B101\n"),
        ("old.yaml", "profiles:\n  mine:\n    include: [assert_used]\n"),
        (
            "own.yaml",
            "profiles:\n  mine:\n    include: [blacklist_calls]\n\
             blacklist_calls:\n  bad_name_sets:\n  - mine: {qualnames: [a.b], message: no}\n",
        ),
        ("log.yaml", "log_format: '%(levelname)s|%(module)-9s|%(message)s'\n"),
        ("loop.yaml", "a: &a [1, 1]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c, *c]\n"),
    ]);
    for (file, why) in [
        ("none.yaml", "[main]\tERROR\tnone.yaml : Could not read config file.\n"),
        ("bad.yaml", "[main]\tERROR\tbad.yaml : Error parsing file.\n"),
        ("bad.toml", "[main]\tERROR\tbad.toml : Error parsing file.\n"),
        ("list.yaml", "[main]\tERROR\tlist.yaml : Error parsing file.\n"),
    ] {
        sandbox.bandit(&["-c", file, "a.py"]).exits(2).complains(why);
    }
    sandbox.bandit(&["-c", "loop.yaml", "a.py"]).exits(0);
    sandbox
        .bandit(&["-c", "old.yaml", "-p", "mine", "a.py"])
        .exits(0)
        .complains("include tests: B101\n");
    let run = sandbox.bandit(&["-c", "own.yaml", "-p", "mine", "a.py"]).exits(2);
    run.complains("blacklists of one's own (blacklist_calls) are not supported");
    let run = sandbox.bandit(&["-c", "log.yaml", "a.py"]).exits(0);
    run.complains("INFO|main|cli include tests: None\n");
    let run = sandbox.bandit(&["-c", "old.yaml", "-p", "other", "a.py"]).exits(2);
    run.complains("Unable to find profile (other) in config file: old.yaml\n");
}

#[test]
fn what_an_ini_file_says_holds_unless_the_command_line_says_it() {
    let sandbox = Sandbox::with(&[
        ("src/a.py", SHELL),
        ("src/.bandit", "[bandit]\ntests = B404\nformat = json\n"),
        ("other/.bandit", "[bandit]\nskips = B404\n"),
    ]);
    let run = sandbox.bandit(&["-r", "src"]).exits(1);
    assert_eq!(run.json()["results"].as_array().unwrap().len(), 1);
    let run = run.complains("[main]\tINFO\tFound project level .bandit file: src/.bandit\n");
    run.complains("[main]\tINFO\tUsing ini file for selected tests\n");
    let run = sandbox.bandit(&["-r", "-t", "B602", "-f", "custom", "src"]).exits(1).says(" B602[");
    run.complains("[main]\tINFO\tUsing command line arg for selected tests\n");
    sandbox.bandit(&["-r", "."]).exits(2).complains("Multiple .bandit files found");
    sandbox.bandit(&["-r", "--ini", "other/.bandit", "."]).exits(1).says("[B602:");
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let sandbox = Sandbox::with(&[("a.py", SHELL)]);
    let mut shell = Command::new("sh");
    let line = format!("{} bandit -f json - < a.py", env!("CARGO_BIN_EXE_lockgate"));
    shell.args(["-c", &line]);
    let run = sandbox.run_by(shell, &[]).exits(1);
    let report = run.json();
    assert_eq!(report["results"][1]["filename"], "<stdin>");
    assert_eq!(
        report["results"][1]["code"],
        "1 import subprocess\n2 subprocess.call(command, shell=True)\n"
    );
    run.complains("[node_visitor]\tWARNING\tUnable to find qualified name for module: <stdin>\n");
}

#[test]
fn verbose_lists_what_is_looked_at_and_what_is_not() {
    let sandbox = Sandbox::with(&[
        ("a.py", SHELL),
        ("b.pyw", "b = 1\n"),
        ("notes.txt", ""),
        ("sub/tests/d.py", SHELL),
        ("bad.py", "def (:\n"),
    ]);
    let run = sandbox.bandit(&["-r", "-v", "-x", "tests", "."]).exits(1);
    let run = run.says("Files in scope (2):\n\t./a.py (score: {SEVERITY: 13, CONFIDENCE: 20})\n\t./b.pyw (score: {SEVERITY: 0, CONFIDENCE: 0})\n");
    let run = run.says("Files excluded (2):\n\t./notes.txt\n\t./sub/tests/d.py\n");
    run.says("Files skipped (1):\n\t./bad.py (syntax error while parsing AST from file)\n");
}

#[test]
fn a_quiet_run_reports_only_what_it_finds() {
    let sandbox = Sandbox::with(&[("a.py", SHELL), ("b.py", "b = 1\n")]);
    let run = sandbox.bandit(&["-q", "b.py"]).exits(0);
    assert_eq!((&*run.stdout, &*run.stderr), ("", ""));
    sandbox.bandit(&["-q", "a.py"]).exits(1).says("Test results:");
}

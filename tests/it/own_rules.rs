//! Users' own rules: from folders of YAML to findings in every report, their tests, and who has a
//! hand in them.

use crate::sandbox::{Run, Sandbox};
use crate::templates::expand;
use std::fs;
use std::path::Path;
use std::process::Command;

const RULE: &str = "\
id: no-raw-query
language: JavaScript
severity: error
message: Query put together from $TEXT
note: |
  Put a question mark where the value goes.

  The driver quotes it there.
url: https://example.com/no-raw-query
metadata:
  cwe: [89]
  confidence: high
rule:
  pattern: store.rawQuery($TEXT)
";
const CODE: &str = "function find(store, text) {\n  return store.rawQuery(text);\n}\n";
const CONFIG: &str = "[rules]\ndirs = [\"security/rules\"]\n";
const PULL_REQUEST: &[(&str, &str)] =
    &[("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_BASE_REF", "main")];

/// A repository whose configuration names a folder with the rule.
fn configured() -> Sandbox {
    Sandbox::repository(&[
        ("lockgate.toml", CONFIG),
        ("security/rules/query.yml", RULE),
        ("app.js", CODE),
    ])
}

/// Only users' rules, without leaving anything behind.
const ALONE: &[&str] = &[
    "--no-store",
    "--no-cache",
    "--engine",
    "python=off,javascript=off,terraform=off,docker=off,kubernetes=off,secrets=off",
    "--engine",
    "cloudformation=off,compose=off,workflows=off,gitlab=off",
];

fn alone(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.scan(&[ALONE, arguments].concat())
}

/// The ids of the findings of a report in JSON, with their lines.
fn found(run: Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|f| {
            format!(
                "{} {}:{}",
                f["rule"]["id"].as_str().unwrap(),
                f["path"].as_str().unwrap(),
                f["span"]["start_line"]
            )
        })
        .collect()
}

/// What a rule file that cannot be used makes the scan say.
fn complaint(rule: &str) -> String {
    let sandbox = Sandbox::with(&[("rules/a.yml", rule), ("app.js", CODE)]);
    let run = alone(&sandbox, &["--rules", "rules"]).exits(2);
    assert!(run.stderr.contains("rules/a.yml"), "{}", run.stderr);
    run.stderr
}

#[test]
fn a_rule_of_the_configuration_is_in_every_report() {
    let sandbox = configured();
    let table = sandbox.scan(&["--fail-on", "high"]).exits(1).says("high[no-raw-query]");
    table
        .says("Query put together from text")
        .says("app.js:2:10")
        .says("Put a question mark where");
    let json = sandbox.scan(&["--format", "json", "--fail-on", "none"]).exits(0).json();
    let finding = &json["findings"][0];
    assert_eq!(finding["engine"], "rules");
    assert_eq!(finding["severity"], "high");
    assert_eq!(finding["confidence"], "high");
    assert_eq!(finding["cwe"][0], 89);
    assert_eq!(finding["references"][0], "https://example.com/no-raw-query");
    let sarif = sandbox.scan(&["--format", "sarif", "--fail-on", "none"]).exits(0).json();
    let mut runs = sarif["runs"].as_array().unwrap().iter();
    let run = runs.find(|run| run["automationDetails"]["id"] == "lockgate/rules/").unwrap();
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], "no-raw-query");
    assert_eq!(rule["helpUri"], "https://example.com/no-raw-query");
    assert!(rule["help"]["markdown"].as_str().unwrap().contains("The driver quotes it there."));
    assert_eq!(run["results"][0]["ruleId"], "no-raw-query");
    assert_eq!(run["results"][0]["ruleIndex"], 0);
    let fingerprint = finding["fingerprint"].as_str().unwrap();
    sandbox
        .run(&["explain", fingerprint])
        .exits(0)
        .says("no-raw-query")
        .says("Put a question mark");
    sandbox.run(&["gate"]).exits(0).says("no-raw-query");
    sandbox.run(&["rules", "list"]).exits(0).says("no-raw-query").says("B602");
    sandbox.run(&["rules", "list", "--engine", "rules"]).exits(0).says("no-raw-query");
    sandbox.run(&["rules", "explain", "no-raw-query"]).exits(0).says("CWE-89").says("The driver");
    let github = sandbox.scan(&["--format", "github", "--fail-on", "none"]).exits(0);
    github.says("no-raw-query");
}

#[test]
fn folders_come_from_the_command_line_and_the_environment() {
    let sandbox = Sandbox::with(&[("mine/query.yml", RULE), ("app.js", CODE)]);
    let other = RULE.replace("no-raw-query", "other").replace("rawQuery", "find");
    sandbox.write("yours/deep/er/other.yaml", other);
    let json = &["--format", "json", "--fail-on", "none"];
    assert!(found(alone(&sandbox, json).exits(3)).is_empty());
    let with = [json, &["--rules", "mine", "--rules", "yours"][..]].concat();
    assert_eq!(found(alone(&sandbox, &with).exits(0)), ["no-raw-query app.js:2"]);
    let run = sandbox.scan_with(("LOCKGATE_RULES", "mine,yours"), &[ALONE, json].concat());
    assert_eq!(found(run.exits(0)), ["no-raw-query app.js:2"]);
    sandbox
        .run(&["rules", "explain", "other", "--rules", "yours"])
        .exits(0)
        .says("engine      rules");
    sandbox.run(&["rules", "explain", "other"]).exits(2);
    let off = [&with[..], &["--engine", "rules=off"]].concat();
    assert!(found(alone(&sandbox, &off).exits(3)).is_empty());
}

#[test]
fn a_rule_that_cannot_be_used_is_named_with_what_is_wrong() {
    let with = |from: &str, to: &str| complaint(&RULE.replace(from, to));
    let said = complaint("machine: [\n  hunter2: {");
    assert!(said.contains("is no YAML: it cannot be read at line ") && !said.contains("hunter2"));
    assert!(complaint("on: push\n").contains("it has no key `rule`"));
    assert!(with("message:", "mesage:").contains("unknown field `mesage`"));
    assert!(
        with("language: JavaScript", "language: Javascrip").contains("did you mean `JavaScript`")
    );
    assert!(with("language: JavaScript", "language: Fortran").contains("known here: Bash, C, Go"));
    assert!(with("id: no-raw-query", "id: b602").contains("Lockgate's own"));
    assert!(with("id: no-raw-query", "id: a,b").contains("the id `a,b`"));
    assert!(with("id: no-raw-query", "id: ''").contains("must have a letter"));
    assert!(with("severity: error", "severity: fatal").contains("unknown variant `fatal`"));
    assert!(with("cwe: [89]", "cwe: [injection]").contains("`metadata.cwe` says `injection`"));
    assert!(with("pattern: store.rawQuery($TEXT)", "kind: no_such").contains("no_such"));
    let twice = format!("{RULE}---\n{RULE}");
    let said = complaint(&twice);
    assert!(said.contains("document 2 (`no-raw-query`)") && said.contains("document 1"), "{said}");
    let sandbox = Sandbox::with(&[("app.js", CODE), ("empty/notes.txt", "")]);
    alone(&sandbox, &["--rules", "none"]).exits(2).complains("none: there is no such folder");
    alone(&sandbox, &["--rules", "empty"]).exits(2).complains("holds no .yml or .yaml file");
    sandbox.write("lockgate.toml", "[rules]\ndirs = [\"../elsewhere\"]\n");
    alone(&sandbox, &[]).exits(2).complains("must be below the repository's root");
}

#[cfg(unix)]
#[test]
fn rules_are_not_read_from_outside_of_the_repository() {
    let elsewhere = Sandbox::with(&[("query.yml", RULE)]);
    let outside = elsewhere.path().join("query.yml");
    let sandbox = configured();
    let link = sandbox.path().join("security/rules/more.yml");
    std::os::unix::fs::symlink(&outside, &link).unwrap();
    alone(&sandbox, &[]).exits(2).complains("more.yml: cannot be read: is a link that leads out");
    let rules = ["--rules", "security/rules"];
    sandbox.write("lockgate.toml", "");
    alone(&sandbox, &rules).exits(2).complains("is a link that leads out");
    fs::remove_file(&link).unwrap();
    sandbox.write("kept/query.yml", RULE.replace("no-raw-query", "kept"));
    std::os::unix::fs::symlink("../../kept/query.yml", &link).unwrap();
    alone(&sandbox, &[&rules[..], &["--fail-on", "none"]].concat()).exits(0).says("kept");
}

#[test]
fn severities_are_those_of_ast_grep_unless_the_metadata_says_more() {
    let rule = |id: &str, severity: &str, metadata: &str| {
        format!(
            "id: {id}\nlanguage: js\n{severity}\nmessage: found\n{metadata}\nrule: {{pattern: {id}()}}\n---\n"
        )
    };
    let rules = [
        rule("ruleE", "severity: error", ""),
        rule("ruleW", "severity: warning", ""),
        rule("ruleI", "severity: info", ""),
        rule("ruleH", "", ""),
        rule(
            "ruleC",
            "severity: hint",
            "metadata: {severity: critical, confidence: low, owner: shop}",
        ),
        rule("ruleO", "severity: off", ""),
    ];
    let sandbox = Sandbox::with(&[("rules/all.yml", &rules.concat())]);
    sandbox.write("a.js", "ruleE(); ruleW(); ruleI(); ruleH(); ruleC(); ruleO();");
    let report = alone(&sandbox, &["--rules", "rules", "--format", "json", "--fail-on", "none"]);
    let report = report.exits(0).json();
    let severities: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            (
                f["rule"]["id"].as_str().unwrap(),
                f["severity"].as_str().unwrap(),
                f["confidence"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        severities,
        [
            ("ruleE", "high", "medium"),
            ("ruleW", "medium", "medium"),
            ("ruleI", "low", "medium"),
            ("ruleH", "info", "medium"),
            ("ruleC", "critical", "low"),
        ]
    );
}

#[test]
fn a_rule_knows_its_files() {
    let rule = format!("{RULE}files: [\"src/**\"]\nignores: [\"**/*.test.js\"]\n");
    let sandbox = Sandbox::with(&[("rules/a.yml", &rule)]);
    for path in ["src/a.js", "src/a.test.js", "lib/a.js"] {
        sandbox.write(path, CODE);
    }
    let run = alone(&sandbox, &["--rules", "rules", "--format", "json", "--fail-on", "none"]);
    assert_eq!(found(run.exits(0)), ["no-raw-query src/a.js:2"]);
}

#[test]
fn what_a_message_quotes_is_no_secret() {
    let token = expand("ghp_{{alnum 36}}");
    let sandbox = Sandbox::with(&[("rules/a.yml", RULE)]);
    sandbox.write("app.js", format!("store.rawQuery(\"{token}\");\n"));
    let arguments = ["--rules", "rules", "--no-store", "--no-cache", "--format", "json"];
    for engines in ["secrets=builtin", "secrets=off"] {
        let run = sandbox.scan(&[&arguments[..], &["--engine", engines]].concat());
        assert!(!run.stdout.contains(&token), "{}", run.stdout);
        assert!(run.stdout.contains("no-raw-query"));
    }
}

#[test]
fn a_rule_that_changes_is_run_anew() {
    let sandbox = configured();
    sandbox.scan(&["--fail-on", "none"]).exits(0).says("no-raw-query");
    sandbox.scan(&["--fail-on", "none"]).exits(0).says("no-raw-query");
    sandbox.write("security/rules/query.yml", RULE.replace("severity: error", "severity: info"));
    sandbox.scan(&["--fail-on", "none"]).exits(0).says("low[no-raw-query]");
    sandbox.write("security/rules/query.yml", RULE.replace("rawQuery", "query"));
    let run = sandbox.scan(&["--fail-on", "none", "--format", "json"]).exits(0);
    assert_eq!(run.json()["fixed"].as_array().unwrap().len(), 1);
}

#[test]
fn waivers_and_policies_know_users_rules() {
    let sandbox = configured();
    sandbox.write(
        "app.js",
        CODE.replace(";\n}", "; // lockgate:ignore no-raw-query a trusted text\n}"),
    );
    sandbox.scan(&["--fail-on", "low"]).exits(0).says("1 waived");
    // Where the rule is not known, its waiver is one for nothing else.
    let other = Sandbox::with(&[("a.js", "eval(x); // lockgate:ignore no-raw-query reviewed\n")]);
    other.scan(&["--no-store", "--fail-on", "low"]).exits(1).says("LG-JS-001");
    sandbox.write("app.js", CODE);
    sandbox.write(
        "lockgate.toml",
        format!(
            "{CONFIG}[[gate.rules]]\nname = \"ours\"\naction = \"ignore\"\nrule = [\"no-raw-*\"]\n"
        ),
    );
    sandbox.scan(&["--fail-on", "low"]).exits(0).says("no-raw-query");
    let check = sandbox.run(&["policy", "check"]).exits(0);
    assert!(!check.stdout.contains("no rule here goes by"), "{}", check.stdout);
}

#[test]
fn a_pull_request_does_not_choose_its_rules() {
    let sandbox = configured();
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    sandbox.write("security/rules/query.yml", RULE.replace("rawQuery", "nothing"));
    sandbox.write("new.js", CODE);
    sandbox.commit();
    let scan = |more: &[&str]| {
        sandbox.scan_in(PULL_REQUEST, &[&["--no-store", "--fail-on", "low"], more].concat())
    };
    let run = scan(&[]).exits(1).says("new.js:2:10");
    run.complains("security/rules").complains("differ");
    scan(&["--policy-from", "."]).exits(0);
    // The folder is the caller's choice; what is in it is not the proposal's.
    sandbox.write("lockgate.toml", "");
    sandbox.commit();
    scan(&["--rules", "security/rules"]).exits(1).says("new.js:2:10");
    sandbox.write("added/query.yml", RULE.replace("no-raw-query", "added"));
    sandbox.commit();
    scan(&["--rules", "added"]).exits(2).complains("has come with this pull request");
    // One that lies elsewhere is nobody's proposal.
    let elsewhere = Sandbox::with(&[("query.yml", &RULE.replace("no-raw-query", "elsewhere"))]);
    scan(&["--rules", elsewhere.path().to_str().unwrap()]).exits(1).says("elsewhere");
}

#[test]
fn a_verdict_rests_on_the_rules() {
    let outer = Sandbox::with(&[("repository/app.js", CODE), ("rules/query.yml", RULE)]);
    outer.git(&["init", "-q", "-b", "main", "repository"]);
    outer.git(&["-C", "repository", "add", "-A"]);
    outer.git(&["-C", "repository", "commit", "-q", "-m", "change"]);
    let rules = ["--rules", "rules"];
    let scan = ["repository", "--format", "verdict=verdict.json", "--no-store", "--fail-on", "low"];
    outer.scan(&[&scan[..], &rules].concat()).exits(1);
    let replay = ["replay", "verdict.json", "repository"];
    outer.run(&[&replay[..], &rules].concat()).exits(1).says("same answer");
    outer.run(&replay).exits(2).says("inputs.settings: ");
    outer.write("rules/query.yml", RULE.replace("severity: error", "severity: hint"));
    outer.run(&[&replay[..], &rules].concat()).exits(2).says("inputs.settings: ");
}

#[test]
fn rules_of_every_language_match_and_pass_their_tests() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/own-rules");
    let sandbox = Sandbox::empty();
    copy(&fixture, sandbox.path());
    let tested = sandbox.run(&["rules", "test", "rules"]).exits(0);
    tested.says("ok        no-raw-markup").says("9 rules: 9 ok, 0 failed\n");
    let arguments = ["--rules", "rules", ".", "--format", "json", "--fail-on", "none"];
    assert_eq!(
        found(alone(&sandbox, &arguments).exits(0)),
        [
            "no-stack-trace app/Job.java:6",
            "no-unbounded-copy app/copy.c:3",
            "no-default-client app/fetch.go:4",
            "no-unchecked-cast app/handler.ts:2",
            "no-constantize app/kinds.rb:3",
            "no-old-client app/orders.js:2",
            "no-raw-query app/orders.js:3",
            "no-raw-query app/orders.js:6",
            "no-raw-markup app/page.py:2",
            "no-piped-installer app/setup:2",
        ]
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

#[test]
fn tests_of_rules_say_which_case_failed() {
    let sandbox = Sandbox::with(&[("rules/query.yml", RULE)]);
    let test = |sandbox: &Sandbox| sandbox.run(&["rules", "test", "rules"]);
    test(&sandbox).exits(0).says("untested  no-raw-query").says("1 without code that");
    sandbox.write(
        "rules/query-test.yml",
        "id: no-raw-query\nvalid: [\"store.query(a)\"]\ninvalid: [\"store.rawQuery(a)\"]\n",
    );
    test(&sandbox).exits(0).says("ok        no-raw-query  1 valid, 1 invalid");
    sandbox.write(
        "rule-tests/more-test.yml",
        "id: no-raw-query\nvalid: [\"\\nstore.rawQuery(b)\"]\ninvalid: [\"store.query(c)\"]\n",
    );
    let run = test(&sandbox).exits(1).says("failed    no-raw-query  2 valid, 2 invalid");
    let run = run.says("valid case 2: must find nothing, and does on line 2:");
    run.says("invalid case 2: must find something:\n      | store.query(c)");
    sandbox.write("rule-tests/more-test.yml", "id: no-raw-qery\nvalid: [a]\n");
    test(&sandbox)
        .exits(2)
        .complains("tests the rule `no-raw-qery`, which is not there; did you mean");
    sandbox.write("rule-tests/more-test.yml", "id: no-raw-query\ninvalids: [a]\n");
    test(&sandbox).exits(2).complains("is no test of a rule: unknown field `invalids`");
    sandbox.run(&["rules", "test", "nowhere"]).exits(2).complains("there is no such folder");
}

#[test]
fn what_a_rule_says_to_write_is_a_fix() {
    let fix = "fix: store.query($TEXT)\n";
    let sandbox =
        Sandbox::repository(&[("rules/query.yml", &format!("{RULE}{fix}")), ("app.js", CODE)]);
    let rules = ["--rules", "rules"];
    let sarif = alone(&sandbox, &["--rules", "rules", "--format", "sarif", "--fail-on", "none"]);
    assert!(sarif.exits(0).stdout.contains("store.query(text)"));
    // Nobody has said that it is safe.
    sandbox.run(&[&["fix"], &rules[..]].concat()).exits(0).complains("fixes are suggestions");
    let named = [&["fix", "--rule", "no-raw-query"], &rules[..]].concat();
    sandbox.run(&[&named[..], &["--diff"]].concat()).exits(0).says("+  return store.query(text);");
    sandbox.write(
        "rules/query.yml",
        format!("{}{fix}", RULE.replace("cwe:", "safe_fix: true\n  cwe:")),
    );
    sandbox.run(&[&["fix"], &rules[..]].concat()).exits(0).says("app.js:2: no-raw-query");
    assert_eq!(
        fs::read_to_string(sandbox.join("app.js")).unwrap(),
        CODE.replace("rawQuery", "query")
    );
}

#[test]
fn without_rules_of_their_own_nobody_sees_the_engine() {
    let sandbox = Sandbox::with(&[("a.py", ""), ("b.js", "")]);
    let report = sandbox.scan(&["--no-store", "--format", "json"]).exits(0).json();
    let engines = report["engines"].as_array().unwrap().iter();
    let names: Vec<&str> = engines.map(|engine| engine["name"].as_str().unwrap()).collect();
    let code = ["python", "javascript", "terraform", "cloudformation", "docker", "kubernetes"];
    assert_eq!(names, [&code[..], &["compose", "workflows", "gitlab", "secrets"]].concat());
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
    command.args(["rules", "list", "--engine", "rules"]);
    sandbox.run_by(command, &[]).exits(2).complains("no engine of that name");
}

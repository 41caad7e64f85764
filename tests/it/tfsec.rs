//! `lockgate tfsec`: what tfsec takes, and how it tells what is found.

use crate::sandbox::{Run, Sandbox};
use insta::assert_snapshot;
use serde_json::Value;
use std::fs;
use std::path::Path;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/tfsec");
/// A resource that two checks of the fixture fail, one of them of low severity.
const QUEUE: &str = "resource \"example_queue\" \"q\" {\n  name = \"q\"\n}\n";
/// A check that every `example_queue` fails.
const CHECK: &str = r#"{"checks": [{
    "code": "Q1", "description": "Queues are encrypted", "severity": "SEVERITY",
    "requiredTypes": ["resource"], "requiredLabels": ["example_queue"],
    "matchSpec": {"name": "key", "action": "isPresent"}
}]}"#;

fn fixture() -> Sandbox {
    Sandbox::copy_of(Path::new(FOLDER))
}

/// A folder with a queue, and a check of this severity that it fails.
fn queue(severity: &str) -> Sandbox {
    Sandbox::with(&[
        ("main.tf", QUEUE),
        (".tfsec/own_tfchecks.json", &CHECK.replace("SEVERITY", severity)),
    ])
}

fn tfsec(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(&[&["tfsec"], arguments].concat())
}

/// Rule, resource and lines of each result.
fn results(run: &Run) -> Vec<String> {
    let shown = |it: &Value| {
        let text = |key: &str| it[key].as_str().unwrap().to_owned();
        let (start, end) = (&it["location"]["start_line"], &it["location"]["end_line"]);
        format!("{} {} {start}-{end} {}", text("long_id"), text("resource"), it["status"])
    };
    run.json()["results"].as_array().unwrap().iter().map(shown).collect()
}

/// The rules that were reported.
fn rules(run: &Run) -> Vec<String> {
    let mut rules: Vec<String> =
        results(run).iter().map(|it| it.split(' ').next().unwrap().to_owned()).collect();
    rules.dedup();
    rules
}

#[test]
fn it_reports_what_tfsec_reports() {
    // As tfsec 1.28.14 does for these files, but for the order among equals.
    let run = tfsec(&fixture(), &["-f", "json"]).exits(1);
    assert_eq!(
        results(&run),
        [
            "custom-custom-own001 example_store.staged 44-48 0",
            "custom-custom-own001 example_store.old 37-41 0",
            "custom-custom-own001 example_store.orders 10-21 0",
            "custom-custom-own002 example_store.many[0] 58-63 0",
            "custom-custom-own002 example_store.many[1] 58-63 0",
            "custom-custom-own002 example_store.kept 52-56 0",
            "custom-custom-own002 example_store.orders 10-21 0",
            "custom-custom-own003 example_store.old 37-41 0",
            "custom-custom-own004 example_store.staged 44-48 0",
            "custom-custom-own004 example_store.old 37-41 0",
            "custom-shop-own005 module.fast[\"shop\"] 3-13 0",
        ]
    );
}

#[test]
fn reports_have_the_shape_of_tfsec() {
    let sandbox = fixture();
    for format in ["json", "csv", "checkstyle", "junit", "sarif", "markdown", "html", "text"] {
        let all = ["-f", format, "--include-ignored", "--include-passed", "--no-colour"];
        let run = tfsec(&sandbox, &all).exits(1);
        let root = fs::canonicalize(sandbox.path()).unwrap();
        let text = run.stdout.replace(root.to_str().unwrap(), "/tree");
        let text = text.replace(sandbox.path().to_str().unwrap(), "/tree");
        // Times are those of this run.
        let timed = |line: &&str| {
            ["disk i/o", "parsing", "checks  ", "total  "]
                .iter()
                .any(|it| line.trim().starts_with(it))
        };
        let text: Vec<&str> = text.lines().filter(|line| !timed(line)).collect();
        assert_snapshot!(format!("tfsec-{format}"), text.join("\n"));
    }
}

#[test]
fn nothing_found_has_its_own_words() {
    let sandbox = Sandbox::with(&[("main.tf", "locals {}\n")]);
    let said = |format: &str| tfsec(&sandbox, &["-f", format]).exits(0).stdout;
    assert_eq!(said("json"), "{\n\t\"results\": []\n}\n");
    assert!(
        said("junit")
            .ends_with("<testsuite name=\"tfsec\" failures=\"0\" tests=\"0\"></testsuite>")
    );
    assert!(said("checkstyle").ends_with("<checkstyle version=\"5.0\"></checkstyle>"));
    assert_eq!(said("markdown"), "_No problems detected!_");
    assert!(
        said("csv")
            .starts_with("file,start_line,end_line,rule_id,severity,description,link,passed\n")
    );
    assert!(said("lovely").contains("No problems detected!"));
    assert_eq!(tfsec(&Sandbox::empty(), &["-f", "json"]).exits(0).stdout, said("json"));
}

#[test]
fn exit_codes_are_those_of_tfsec() {
    let of = |severity: &str, arguments: &[&str]| tfsec(&queue(severity), arguments).code;
    assert_eq!(of("LOW", &[]), 2);
    for severity in ["MEDIUM", "HIGH", "CRITICAL"] {
        assert_eq!(of(severity, &[]), 1);
        assert_eq!(of(severity, &["--soft-fail"]), 0);
        assert_eq!(of(severity, &["-s", "-f", "json"]), 0);
    }
    for (arguments, code) in [
        (&["-m", "HIGH"][..], 0),
        (&["-m", "medium"], 1),
        (&["-m", "NOPE"], 1),
        (&["-e", "custom-custom-q1"], 0),
        (&["-e", "other,custom-custom-q1"], 0),
        (&["-e", "other"], 1),
        (&["--filter-results", "other"], 0),
        (&["--filter-results", "other,custom-custom-q1"], 1),
        (&["--run-statistics"], 0),
        (&["--run-statistics", "-f", "csv"], 1),
        (&["--version"], 0),
        (&["--help"], 0),
        (&["--update"], 1),
        (&["--nope"], 1),
        (&["-f", "nope"], 1),
        (&["-f", "json,csv"], 1),
        (&["--rego-policy-dir", "x"], 1),
        (&["--custom-check-url", "https://example.com/x.json"], 1),
        (&["--config-file-url", "https://example.com/x.json"], 1),
        (&["--tfvars-file", "missing.tfvars"], 1),
        (&["main.tf"], 1),
        (&["missing"], 1),
        (&["a", "b"], 1),
        (&["--print-rego-input"], 0),
    ] {
        assert_eq!(of("MEDIUM", arguments), code, "{arguments:?}");
    }
}

#[test]
fn what_it_refuses_it_says_on_standard_output() {
    let sandbox = queue("LOW");
    let says = |arguments: &[&str], text: &str| {
        let run = tfsec(&sandbox, arguments).exits(1);
        assert!(run.stdout.starts_with("Error: ") && run.stdout.contains(text), "{}", run.stdout);
        run
    };
    says(&["--nope"], "unknown flag: --nope").complains("Usage:\n  tfsec [directory] [flags]");
    says(&["-z"], "unknown shorthand flag: 'z' in -z");
    says(&["-m"], "flag needs an argument: 'm' in -m");
    says(&["-m", "NOPE"], "invalid option: 'NOPE' is not a valid severity");
    says(&["missing"], "failed to access provided path: stat ");
    says(&["main.tf"], "provided path is not a dir");
    says(&["-f", "nope"], "invalid format specified: 'nope'");
    says(&["--soft-fail=maybe"], "parsing \"maybe\": invalid syntax");
}

#[test]
fn a_broken_file_ends_it_unless_that_is_not_wanted() {
    let sandbox = queue("LOW");
    sandbox.write("broken.tf", "resource \"x\" \"y\" {\n  a = @\n}\n");
    let run = tfsec(&sandbox, &["-f", "json"]).exits(1);
    assert!(run.stdout.starts_with("Error: scan failed: "), "{}", run.stdout);
    assert!(run.stdout.contains("broken.tf:2"), "{}", run.stdout);
    tfsec(&sandbox, &["-f", "json", "--ignore-hcl-errors"]).exits(2);
}

#[test]
fn several_formats_go_to_files() {
    let sandbox = queue("LOW");
    let out = sandbox.path().join("out");
    let out = out.to_str().unwrap();
    let run = tfsec(&sandbox, &["-f", "json,sarif,checkstyle", "-O", out]).exits(2);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("3 file(s) written: "), "{}", run.stderr);
    for ending in [".json", ".sarif.json", ".checkstyle.xml"] {
        assert!(!fs::read(format!("{out}{ending}")).unwrap().is_empty());
    }
    let run = tfsec(&sandbox, &["--no-colour", "--out", out]).exits(2);
    assert_eq!(run.stdout, fs::read_to_string(out).unwrap(), "what is for a terminal is shown too");
    tfsec(&sandbox, &["-f", "json", "-O", "no/such/folder"])
        .exits(1)
        .says("failed to write output: ");
}

#[test]
fn a_configuration_is_read_where_tfsec_reads_it() {
    let of = |config: (&str, &str), arguments: &[&str]| {
        let sandbox = queue("MEDIUM");
        sandbox.write(config.0, config.1);
        tfsec(&sandbox, arguments).code
    };
    let yaml = ".tfsec/config.yml";
    assert_eq!(of((yaml, "minimum_severity: HIGH\n"), &[]), 0);
    assert_eq!(of((".tfsec/config.json", "{\"minimum_severity\": \"HIGH\"}"), &[]), 0);
    assert_eq!(of((yaml, "severity_overrides:\n  custom-custom-q1: LOW\n"), &[]), 2);
    assert_eq!(of((yaml, "severity_overrides:\n  custom-custom-q1: INFO\n"), &[]), 2);
    assert_eq!(of((yaml, "exclude: [custom-custom-q1]\n"), &[]), 0);
    assert_eq!(of((yaml, "exclude: ['custom-custom-q1:2020-01-01']\n"), &[]), 1);
    assert_eq!(of((yaml, "exclude: ['custom-custom-q1:2999-01-01']\n"), &[]), 0);
    assert_eq!(of((yaml, "include: [other]\n"), &[]), 0);
    assert_eq!(of((yaml, "min_required_version: v1.0.0\n"), &[]), 1);
    assert_eq!(of((yaml, "min_required_version: v9.0.0\n"), &["-s"]), 1, "too old is an error");
    assert_eq!(of((yaml, "{ not yaml"), &[]), 1, "one that cannot be read does not count");
    assert_eq!(
        of(("conf.yaml", "exclude: [custom-custom-q1]\n"), &["--config-file", "conf.yaml"]),
        0
    );
}

#[test]
fn comments_ignore() {
    let of = |text: &str, arguments: &[&str]| {
        let sandbox = queue("MEDIUM");
        sandbox.write("main.tf", text);
        tfsec(&sandbox, arguments).code
    };
    let above = |comment: &str| format!("{comment}\n{QUEUE}");
    let id = "custom-custom-q1";
    for (comment, code) in [
        (format!("#tfsec:ignore:{id}"), 0),
        (format!("// trivy:ignore:{id}"), 0),
        (format!("/* tfsec:ignore:{id} */"), 0),
        ("# tfsec:ignore:*".to_owned(), 0),
        ("# tfsec:ignore:Q1".to_owned(), 0),
        ("# tfsec:ignore:other".to_owned(), 1),
        (format!("# tfsec:ignore:other tfsec:ignore:{id}"), 0),
        (format!("# tfsec:ignore:{id}\n# tfsec:ignore:other"), 0),
        (format!("# tfsec:ignore:{id}\n"), 1),
        (format!("# tfsec:ignore:{id}:exp:2999-01-01"), 0),
        (format!("# tfsec:ignore:{id}:exp:2020-01-01"), 1),
        (format!("# tfsec:ignore:{id}:exp:soon"), 1),
        (format!("# tfsec:ignore:{id}:ws:default"), 0),
        (format!("# tfsec:ignore:{id}:ws:test"), 1),
        (format!("# tfsec:ignore:{id}[name=q]"), 0),
        (format!("# tfsec:ignore:{id}[name=p]"), 1),
    ] {
        assert_eq!(of(&above(&comment), &[]), code, "{comment}");
    }
    let comment = above(&format!("# tfsec:ignore:{id}:ws:test"));
    assert_eq!(of(&comment, &["-w", "test"]), 0);
    let comment = above(&format!("# tfsec:ignore:{id}"));
    assert_eq!(of(&comment, &["--no-ignores"]), 1);
    assert_eq!(of(&comment, &["-E", id]), 1);
    assert_eq!(of(&comment, &["--exclude-ignores", "other"]), 0);
    let same_line = QUEUE.replacen("{\n", "{ # tfsec:ignore:*\n", 1);
    assert_eq!(of(&same_line, &[]), 0);
    let inside = QUEUE.replacen("\"q\"\n", "\"q\" # tfsec:ignore:*\n", 1);
    assert_eq!(of(&inside, &[]), 1, "a comment in a block holds for what is there");
}

#[test]
fn a_comment_on_a_call_holds_for_the_module() {
    let sandbox = Sandbox::with(&[
        (".tfsec/own_tfchecks.json", &CHECK.replace("SEVERITY", "HIGH")),
        ("inner/main.tf", QUEUE),
        ("outer/main.tf", "module \"deep\" {\n  source = \"../inner\"\n}\n"),
        ("main.tf", "module \"m\" {\n  source = \"./outer\"\n}\n"),
    ]);
    let run = tfsec(&sandbox, &["-f", "json"]).exits(1);
    assert_eq!(results(&run), ["custom-custom-q1 module.m 1-3 0"]);
    let run = tfsec(&sandbox, &["--no-colour"]).exits(1);
    let via = "   via outer/main.tf:1-3 (module.deep)\n    via main.tf:1-3 (module.m)\n";
    assert!(run.stdout.contains(via), "{}", run.stdout);
    for (file, source) in [("main.tf", "./outer"), ("outer/main.tf", "../inner")] {
        let name = if file == "main.tf" { "m" } else { "deep" };
        let call = format!("module \"{name}\" {{\n  source = \"{source}\"\n}}\n");
        sandbox.write(file, format!("#tfsec:ignore:custom-custom-q1\n{call}"));
        tfsec(&sandbox, &[]).exits(0);
        sandbox.write(file, call);
    }
}

#[test]
fn roots_are_the_folders_nearest_to_the_top() {
    let check = CHECK.replace("SEVERITY", "HIGH");
    let sandbox = Sandbox::with(&[
        ("check/own_tfchecks.json", &*check),
        ("live/a/main.tf", QUEUE),
        ("live/b/main.tf", "module \"m\" {\n  source = \"../../shared/queue\"\n}\n"),
        ("live/b/deeper/main.tf", QUEUE),
        ("shared/queue/inner/main.tf", QUEUE),
        ("shared/queue/main.tf", QUEUE),
    ]);
    let of = |arguments: &[&str]| {
        let own = ["-f", "csv", "--custom-check-dir", "check"];
        let run = tfsec(&sandbox, &[&own, arguments].concat());
        let lines = run.stdout.lines().skip(1);
        let mut files: Vec<String> =
            lines.map(|line| line.split(',').next().unwrap().to_owned()).collect();
        files.sort();
        files
    };
    assert_eq!(of(&["."]), ["live/a/main.tf", "shared/queue/main.tf", "shared/queue/main.tf"]);
    assert_eq!(of(&["live/b"]), ["../../shared/queue/main.tf"]);
    assert_eq!(of(&["--force-all-dirs", "live"]).len(), 3);
    assert_eq!(of(&["--exclude-path", "shared", "."]), ["live/a/main.tf"]);
    assert_eq!(of(&["--exclude-path", "live/*", "."]).len(), 2);
}

#[test]
fn variables_and_the_workspace_are_known() {
    let sandbox = Sandbox::with(&[
        (
            ".tfsec/own_tfchecks.json",
            &CHECK.replace("SEVERITY", "HIGH").replace(
                "\"name\": \"key\", \"action\": \"isPresent\"",
                "\"name\": \"name\", \"action\": \"equals\", \"value\": \"wanted\"",
            ),
        ),
        (
            "main.tf",
            "variable \"name\" {\n  default = \"default\"\n}\nresource \"example_queue\" \"q\" {\n  name = var.name\n}\n",
        ),
        ("set.tfvars", "name = \"wanted\"\n"),
    ]);
    let run = tfsec(&sandbox, &[]).exits(1);
    assert!(run.stderr.contains("WARNING"), "a file of variables is not used by itself");
    tfsec(&sandbox, &["--tfvars-file", "set.tfvars"]).exits(0);
    tfsec(&sandbox, &["--var-file=set.tfvars"]).exits(0);
    sandbox
        .write("main.tf", "resource \"example_queue\" \"q\" {\n  name = terraform.workspace\n}\n");
    tfsec(&sandbox, &["-w", "wanted"]).exits(0);
}

#[test]
fn downloaded_modules_can_be_left_out() {
    let sandbox = Sandbox::with(&[
        (".tfsec/own_tfchecks.json", &CHECK.replace("SEVERITY", "HIGH")),
        ("main.tf", "module \"m\" {\n  source = \"example/queue/aws\"\n}\n"),
        (".terraform/modules/m/main.tf", QUEUE),
        (
            ".terraform/modules/modules.json",
            r#"{"Modules": [{"Key": "m", "Source": "registry.terraform.io/example/queue/aws", "Dir": ".terraform/modules/m"}]}"#,
        ),
    ]);
    let run = tfsec(&sandbox, &["-f", "csv"]).exits(1);
    assert!(run.stdout.contains("\nexample/queue/aws/"), "{}", run.stdout);
    tfsec(&sandbox, &["--exclude-downloaded-modules"]).exits(0);
}

#[test]
fn ignore_comments_get_the_long_ids() {
    let sandbox = Sandbox::with(&[
        ("a.tf", "#tfsec:ignore:AWS017 tfsec:ignore:XYZ999\nlocals {}\n"),
        ("b.txt", "#tfsec:ignore:AWS017\n"),
    ]);
    let run = tfsec(&sandbox, &["--migrate-ignores"]).exits(0);
    assert!(run.stdout.contains("a.tf migrated from AWS017 => aws-s3-enable-bucket-encryption"));
    let text = fs::read_to_string(sandbox.path().join("a.tf")).unwrap();
    assert!(text.contains(":aws-s3-enable-bucket-encryption tfsec:ignore:XYZ999"), "{text}");
    assert!(fs::read_to_string(sandbox.path().join("b.txt")).unwrap().contains("AWS017"));
}

#[test]
fn a_check_that_means_nothing_is_refused() {
    for broken in ["[", "{\"checks\": [{}]}", &CHECK.replace("isPresent", "isLovely")] {
        let sandbox = Sandbox::with(&[
            ("main.tf", QUEUE),
            (".tfsec/own_tfchecks.json", &broken.replace("SEVERITY", "LOW")),
        ]);
        tfsec(&sandbox, &[]).exits(1).says("failed to load custom checks from ");
    }
}

#[test]
fn what_is_hostile_shows() {
    let sandbox = queue("LOW");
    let name = "a\u{1b}[2J<b>`|.tf";
    sandbox.write(name, QUEUE);
    for format in ["lovely", "csv", "json", "checkstyle", "junit", "sarif", "markdown", "html"] {
        let run = tfsec(&sandbox, &["-f", format, "--no-colour"]).exits(2);
        assert!(!run.stdout.contains('\u{1b}'), "{format}");
        assert!(!(format == "html" && run.stdout.contains("<b>")), "{}", run.stdout);
    }
}

#[test]
fn rules_run_as_tfsec_has_them() {
    let sandbox =
        Sandbox::with(&[("main.tf", "resource \"aws_sqs_queue\" \"q\" {\n  name = \"q\"\n}\n")]);
    let run = tfsec(&sandbox, &["-f", "json"]).exits(1);
    assert_eq!(rules(&run), ["aws-sqs-enable-queue-encryption"]);
    let result = &run.json()["results"][0];
    assert_eq!(result["rule_id"], "AVD-AWS-0096");
    assert_eq!(result["rule_provider"], "aws");
    assert_eq!(result["rule_service"], "sqs");
    assert_eq!(result["severity"], "HIGH");
    let docs =
        "https://aquasecurity.github.io/tfsec/latest/checks/aws/sqs/enable-queue-encryption/";
    assert_eq!(result["links"][0], docs);
    for id in
        ["AVD-AWS-0096", "AWS015", "enable-queue-encryption", "aws-sqs-enable-queue-encryption"]
    {
        sandbox.write(
            "main.tf",
            format!("#tfsec:ignore:{id}\nresource \"aws_sqs_queue\" \"q\" {{}}\n"),
        );
        tfsec(&sandbox, &[]).exits(0);
    }
}

#[test]
fn what_tfsec_does_not_know_is_not_found_in_its_place() {
    let found = |text: &str| {
        let sandbox = Sandbox::with(&[("main.tf", text)]);
        results(&tfsec(&sandbox, &["-f", "json"]))
    };
    let policy = "aws-iam-no-policy-wildcards data.aws_iam_policy_document.read";
    // Of the tables it has the ARN of the last alone.
    let tables = r#"
resource "aws_dynamodb_table" "carts" {}
resource "aws_dynamodb_table" "orders" {}
resource "aws_iam_policy" "read" {
  policy = data.aws_iam_policy_document.read.json
}
data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["dynamodb:GetItem"]
    resources = ["${aws_dynamodb_table.TABLE.arn}/*"]
  }
}
"#;
    let of = |table: &str| found(&tables.replace("TABLE", table)).join("\n").contains(policy);
    assert!(of("orders") && !of("carts"));
    // A role's policy is for a role that it finds.
    let role = r#"
resource "aws_iam_role" "worker" {
  name = "worker"
}
resource "aws_iam_role_policy" "all" {
  role   = ROLE
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
"#;
    for (name, count) in [("\"worker\"", 2), ("aws_iam_role.worker.id", 2), ("\"another\"", 0)] {
        let found = found(&role.replace("ROLE", name)).join("\n");
        assert_eq!(found.matches("no-policy-wildcards").count(), count, "{name}: {found}");
    }
    // Of an unknown for_each there is nothing.
    assert_eq!(
        found(
            "variable \"names\" {}\nresource \"aws_sqs_queue\" \"q\" {\n  for_each = var.names\n}\n"
        ),
        [""; 0]
    );
}

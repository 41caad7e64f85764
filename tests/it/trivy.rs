//! `lockgate trivy config`: what Trivy takes, and how it tells what is found.

use crate::sandbox::{Run, Sandbox};
use insta::assert_snapshot;
use regex::Regex;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/trivy");
/// A volume that two rules find, one of high severity in line 3 and one of low severity.
const VOLUME: &str = "resource \"aws_ebs_volume\" \"v\" {\n  size = 8\n  encrypted = false\n}\n";

fn fixture() -> Sandbox {
    let sandbox = Sandbox::empty();
    copy(Path::new(FOLDER), "", &sandbox);
    sandbox
}

fn copy(folder: &Path, prefix: &str, to: &Sandbox) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        match path.is_dir() {
            true => copy(&path, &format!("{name}/"), to),
            false => to.write(&name, fs::read_to_string(&path).unwrap()),
        }
    }
}

fn volume() -> Sandbox {
    Sandbox::with(&[("main.tf", VOLUME)])
}

fn trivy(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(&[&["trivy", "config", "-q"], arguments].concat())
}

fn json(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    trivy(sandbox, &[&["-f", "json", "."], arguments].concat())
}

/// Target, rule and lines of all that fails.
fn found(run: &Run) -> Vec<String> {
    let report = run.json();
    let none = Vec::new();
    let list = |it: &Value, key: &str| it[key].as_array().unwrap_or(&none).clone();
    let mut found = Vec::new();
    for result in list(&report, "Results") {
        for it in list(&result, "Misconfigurations").iter().filter(|it| it["Status"] == "FAIL") {
            let cause = &it["CauseMetadata"];
            let lines = format!("{}-{}", cause["StartLine"], cause["EndLine"]);
            let text = |it: &Value| it.as_str().unwrap().to_owned();
            found.push(format!("{} {} {lines}", text(&result["Target"]), text(&it["ID"])));
        }
    }
    found
}

/// Only the ids.
fn ids(run: &Run) -> Vec<String> {
    found(run).iter().map(|it| it.split(' ').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn it_finds_what_trivy_finds_where_trivy_finds_it() {
    let run = json(&fixture(), &[]).exits(0);
    assert_eq!(
        found(&run),
        [
            "Dockerfile DS-0001 1-1",
            "Dockerfile DS-0002 null-null",
            "Dockerfile DS-0004 3-3",
            "Dockerfile DS-0025 2-2",
            "Dockerfile DS-0026 null-null",
            "main.tf AWS-0026 14-14",
            "main.tf AWS-0026 21-21",
            "main.tf AWS-0027 11-15",
            "modules/store/main.tf AWS-0096 5-8",
            "modules/store/main.tf AWS-0104 18-18",
            "web.yaml KSV-0017 22-32",
            "web.yaml KSV-0125 22-32",
        ]
    );
    let results = run.json()["Results"].clone();
    let summaries: Vec<String> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let summary = &it["MisconfSummary"];
            format!("{} {} {}", it["Target"], it["Type"], summary["Failures"])
        })
        .collect();
    assert_eq!(
        summaries,
        [
            "\".\" \"terraform\" 0",
            "\"Dockerfile\" \"dockerfile\" 5",
            "\"main.tf\" \"terraform\" 3",
            "\"modules/store/main.tf\" \"terraform\" 2",
            "\"web.yaml\" \"kubernetes\" 2",
        ]
    );
}

#[test]
fn reports_have_the_shape_of_trivy() {
    let sandbox = fixture();
    let unlike = [
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "TIME"),
    ];
    for format in ["table", "json", "sarif", "cyclonedx", "spdx", "spdx-json", "github"] {
        let run = trivy(&sandbox, &["-f", format, "."]).exits(0);
        assert_eq!(run.stderr, "", "{format}");
        let root = fs::canonicalize(sandbox.path()).unwrap();
        let mut text = run.stdout.replace(root.to_str().unwrap(), "/tree").replace('\r', "");
        for (pattern, name) in unlike {
            text = Regex::new(pattern).unwrap().replace_all(&text, name).into_owned();
        }
        assert_snapshot!(format!("trivy-{format}"), text);
    }
    let predicate = trivy(&sandbox, &["-f", "cosign-vuln", "."]).exits(0).json();
    assert_eq!(predicate["scanner"]["result"]["Results"][1]["Target"], "Dockerfile");
}

#[test]
fn the_code_to_end_with_is_the_one_that_is_asked_for() {
    let sandbox = volume();
    for (arguments, code) in [
        (&[][..], 0),
        (&["--exit-code", "3"], 3),
        (&["--exit-code", "3", "--severity", "HIGH,CRITICAL"], 3),
        (&["--exit-code", "3", "--severity", "CRITICAL"], 0),
        (&["--exit-code", "3", "--misconfig-scanners", "dockerfile"], 0),
        (&["--exit-code", "3", "--skip-files", "*.tf"], 0),
        (&["--exit-code", "x"], 1),
        (&["--severity", "NOPE"], 1),
        (&["-f", "nope"], 1),
        (&["--nope"], 1),
        (&["second"], 1),
        (&["--ignorefile", "missing"], 1),
        (&["--config", "missing.yaml"], 1),
        (&["-f", "template"], 1),
        (&["-f", "template", "--template", "{{"], 1),
        (&["--tf-vars", "missing"], 1),
        (&["--output", "missing/x"], 1),
    ] {
        let run = trivy(&sandbox, &[&["."], arguments].concat());
        assert_eq!(run.code, code, "{arguments:?}: {}", run.stderr);
        assert_eq!(run.code == 1, run.stderr.contains("\tFATAL\tFatal error\t"), "{arguments:?}");
    }
    let missing = sandbox.run(&["trivy", "config", "nowhere"]).exits(1);
    missing.complains("stat nowhere: no such file or directory");
    sandbox.run(&["trivy", "config"]).exits(1).complains("accepts 1 arg(s), received 0");
}

#[test]
fn what_is_not_here_is_said() {
    let sandbox = volume();
    for (arguments, said) in [
        (&["fs", "."][..], "`trivy fs` is not part of Lockgate yet"),
        (&["--cache-dir", "x", "image", "y"], "`trivy image` is not part of Lockgate yet"),
        (&["nope"], "unknown command \"nope\" for \"trivy\""),
        (&["config", "--ignore-policy", "x.rego", "."], "--ignore-policy: Rego is not run here"),
        (&["config", "--config-check", "x", "."], "--config-check: Rego is not run here"),
        (&["config", "--compliance", "x", "."], "there are no compliance reports here"),
    ] {
        sandbox.run(&[&["trivy"], arguments].concat()).exits(1).complains(said);
    }
    sandbox.run(&["trivy", "--help"]).exits(0).says("--include-non-failures");
    sandbox.run(&["trivy", "--version"]).exits(0).says("Version: ");
    let run = sandbox.run(&["trivy", "conf", "--raw-config-scanners", "x", "."]).exits(0);
    run.complains("--raw-config-scanners has no effect here");
}

#[test]
fn severities_decide_what_is_counted() {
    let sandbox = volume();
    assert_eq!(ids(&json(&sandbox, &[])), ["AWS-0026", "AWS-0027"]);
    let low = json(&sandbox, &["-s", "LOW"]);
    assert_eq!(ids(&low), ["AWS-0027"]);
    assert_eq!(low.json()["Results"][1]["MisconfSummary"]["Failures"], 1);
    let table = trivy(&sandbox, &["-s", "LOW,MEDIUM", "."]).exits(0);
    table.says("Failures: 1 (LOW: 1, MEDIUM: 0)");
    let none = json(&sandbox, &["-s", "CRITICAL"]).json();
    assert_eq!(none["Results"][1]["Target"], "main.tf");
    assert_eq!(none["Results"][1]["MisconfSummary"], Value::Null);
}

#[test]
fn what_is_accepted_is_left_out() {
    for (name, text, expected) in [
        (".trivyignore", "# why\nAVD-AWS-0026 # because\n", &["AWS-0027"][..]),
        (".trivyignore", "aws-0026 exp:2020-01-31\nAWS-0027 exp:2999-01-31\n", &["AWS-0026"]),
        ("x.yaml", "misconfigurations:\n  - id: AWS-0026\n    paths: ['*.tf']\n", &["AWS-0027"]),
        (
            "x.yaml",
            "misconfigurations:\n  - id: AWS-0026\n    paths: [x/*]\n",
            &["AWS-0026", "AWS-0027"],
        ),
        (
            "x.yaml",
            "misconfigurations:\n  - id: AWS-0026\n    expired_at: 2020-01-31\n",
            &["AWS-0026", "AWS-0027"],
        ),
    ] {
        let sandbox = volume();
        sandbox.write(name, text);
        let run = json(&sandbox, &["--ignorefile", name]).exits(0);
        assert_eq!(ids(&run), expected, "{text}");
    }
    let sandbox = volume();
    sandbox.write(".trivyignore", "AWS-0026");
    assert_eq!(ids(&json(&sandbox, &[])), ["AWS-0027"], "without being named");
    sandbox.write("x.yaml", "misconfigurations: [");
    json(&sandbox, &["--ignorefile", "x.yaml"]).exits(1).complains("ignore file x.yaml");
}

#[test]
fn comments_leave_out_what_they_name() {
    let dockerfile = "FROM alpine:3.21\nUSER app\nHEALTHCHECK CMD true\n";
    for (comment, expected) in [
        ("# trivy:ignore:DS-0004", &[][..]),
        ("# trivy:ignore:DS004:exp:2999-01-31", &[]),
        ("# trivy:ignore:DS-0004:exp:2020-01-31", &["DS-0004"]),
        ("# trivy:ignore:DS-0001", &["DS-0004"]),
        ("# lockgate:ignore DS-0004", &["DS-0004"]),
    ] {
        let text = format!("{dockerfile}{comment}\nEXPOSE 22\n");
        let run = json(&Sandbox::with(&[("Dockerfile", &text)]), &[]).exits(0);
        assert_eq!(ids(&run), expected, "{comment}");
    }
    let ignored = format!("# trivy:ignore:*\n{VOLUME}");
    assert_eq!(ids(&json(&Sandbox::with(&[("main.tf", &ignored)]), &[])), [""; 0]);
}

#[test]
fn settings_come_from_the_command_line_then_the_environment_then_the_file() {
    let sandbox = volume();
    sandbox.write(
        "trivy.yaml",
        "severity:\n  - LOW\nformat: json\nquiet: true\nscan:\n  skip-dirs: [skipped]\n",
    );
    sandbox.write("skipped/main.tf", VOLUME);
    let run = |variables: &[&str], arguments: &[&str]| {
        let mut command = Command::new("env");
        command.args(variables).arg(env!("CARGO_BIN_EXE_lockgate"));
        sandbox.run_by(command, &[&["trivy", "config", "."], arguments].concat()).exits(0)
    };
    assert_eq!(found(&run(&[], &[])), ["main.tf AWS-0027 1-4"]);
    let variables = ["TRIVY_SEVERITY=HIGH", "TRIVY_VERSION=0.50.1"];
    assert_eq!(found(&run(&variables, &[])), ["main.tf AWS-0026 3-3"]);
    assert_eq!(found(&run(&variables, &["-s", "LOW"])), ["main.tf AWS-0027 1-4"]);
    sandbox.write("other.yaml", "format: json\nmisconfiguration:\n  scanners: [dockerfile]\n");
    assert_eq!(found(&run(&[], &["--config", "other.yaml"])), [""; 0]);
    sandbox.write("broken.yaml", "severity: [");
    trivy(&sandbox, &["-c", "broken.yaml", "."]).exits(1).complains("broken.yaml");
}

#[test]
fn folders_and_files_are_skipped_by_their_globs() {
    let sandbox = Sandbox::with(&[
        ("a/main.tf", VOLUME),
        ("b/deep/main.tf", VOLUME),
        ("c/other.tf", VOLUME),
        (".git/main.tf", VOLUME),
    ]);
    let targets = |arguments: &[&str]| {
        let run = json(&sandbox, &[&["-s", "LOW"], arguments].concat());
        let found = found(&run);
        found.iter().map(|it| it.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(targets(&[]), ["a/main.tf", "b/deep/main.tf", "c/other.tf"]);
    assert_eq!(targets(&["--skip-dirs", "a,./c/"]), ["b/deep/main.tf"]);
    assert_eq!(targets(&["--skip-dirs", "**/deep"]), ["a/main.tf", "c/other.tf"]);
    assert_eq!(targets(&["--skip-dirs", "*/deep", "--skip-dirs", "a"]), ["c/other.tf"]);
    assert_eq!(targets(&["--skip-files", "**/main.tf"]), ["c/other.tf"]);
    let one = trivy(&sandbox, &["-f", "json", "-s", "LOW", "a/main.tf"]).exits(0);
    assert_eq!(found(&one), ["main.tf AWS-0027 1-4"]);
}

#[test]
fn variables_come_from_named_files() {
    let sandbox = Sandbox::with(&[(
        "main.tf",
        "variable \"on\" {}\nresource \"aws_ebs_volume\" \"v\" {\n  encrypted = var.on\n}\n",
    )]);
    sandbox.write("open.vars", "on = false\n");
    sandbox.write("shut.vars", "on = true\n");
    let high = |arguments: &[&str]| ids(&json(&sandbox, &[&["-s", "HIGH"], arguments].concat()));
    assert_eq!(high(&[]), [""; 0]);
    assert_eq!(high(&["--tf-vars", "open.vars"]), ["AWS-0026"]);
    assert_eq!(high(&["--tf-vars", "shut.vars"]), [""; 0]);
}

#[test]
fn downloaded_modules_may_be_left_out() {
    let sandbox = Sandbox::with(&[
        ("main.tf", "module \"m\" {\n  source = \"example/m/aws\"\n}\n"),
        (
            ".terraform/modules/modules.json",
            "{\"Modules\": [{\"Key\": \"m\", \"Source\": \"registry.terraform.io/example/m/aws\", \"Dir\": \".terraform/modules/m\"}]}",
        ),
        (".terraform/modules/m/main.tf", VOLUME),
    ]);
    let high = |arguments: &[&str]| found(&json(&sandbox, &[&["-s", "HIGH"], arguments].concat()));
    assert_eq!(high(&[]), [".terraform/modules/m/main.tf AWS-0026 3-3"]);
    assert_eq!(high(&["--tf-exclude-downloaded-modules"]), [""; 0]);
}

#[test]
fn conditions_that_only_trivy_has_hold_for_its_command_alone() {
    let tagged = "resource \"google_compute_firewall\" \"admin\" {\n  target_tags   = [\"admin\"]\n  source_ranges = [\"0.0.0.0/0\"]\n  allow {\n    protocol = \"tcp\"\n    ports    = [\"3389\"]\n  }\n}\n";
    let vault = "resource \"azurerm_key_vault\" \"shop\" {\n  purge_protection_enabled = true\n}\n";
    let sandbox = Sandbox::with(&[("main.tf", &format!("{tagged}{vault}"))]);
    let of_trivy = found(&json(&sandbox, &[]));
    let ids: Vec<&str> = of_trivy.iter().filter_map(|it| it.split(' ').nth(1)).collect();
    assert!(!ids.contains(&"GCP-0070"), "machines with a tag are left out: {ids:?}");
    assert!(ids.contains(&"AZU-0016"), "days that are not given count as none: {ids:?}");

    let scan = sandbox.scan(&["--no-store", "--format", "json", "--fail-on", "none"]);
    let report = scan.exits(0).json();
    let rules = report["findings"].as_array().unwrap().iter();
    let rules: Vec<&str> = rules.filter_map(|it| it["rule"]["id"].as_str()).collect();
    assert!(rules.contains(&"google-compute-no-open-rdp-access"), "{rules:?}");
    assert!(!rules.contains(&"azure-keyvault-no-purge"), "90 days are the default: {rules:?}");
}

#[test]
fn what_passed_is_listed_where_that_is_asked_for() {
    let run = json(&fixture(), &["--include-non-failures"]).exits(0).json();
    let results = run["Results"].as_array().unwrap();
    for result in results {
        let all = result["Misconfigurations"].as_array().unwrap();
        let count = |status: &str| all.iter().filter(|it| it["Status"] == status).count();
        // What AWS-0140 is about is in no file, so it passes and has no rule.
        let unlisted = usize::from(result["Target"] == ".");
        let passed = count("PASS") + unlisted;
        assert_eq!(result["MisconfSummary"]["Successes"], passed, "{}", result["Target"]);
        assert_eq!(result["MisconfSummary"]["Failures"], count("FAIL"), "{}", result["Target"]);
    }
    let of_root = results[0]["Misconfigurations"].as_array().unwrap();
    assert!(of_root.iter().any(|it| it["ID"] == "AWS-0065"), "keys are rotated");
}

#[test]
fn what_passes_is_counted_also_where_nothing_is_there_that_it_is_about() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n";
    let count = |files: &[(&str, &str)]| {
        let report = json(&Sandbox::with(files), &["--severity", "CRITICAL"]).json();
        let results = report["Results"].as_array().unwrap().clone();
        let of = |it: &Value| it["MisconfSummary"]["Successes"].as_u64().unwrap();
        results.iter().map(of).collect::<Vec<_>>()
    };
    let (alone, twice) = (count(&[("map.yaml", map)]), format!("{map}---\n{map}"));
    assert_eq!(count(&[("map.yaml", &twice)]), [2 * alone[0]], "each manifest is asked");
    let both = count(&[("map.yaml", map), ("pod.yaml", pod)]);
    assert_eq!(both, [alone[0]; 2], "no critical rule is for pods alone");
    let low = json(&Sandbox::with(&[("map.yaml", map), ("pod.yaml", pod)]), &["-s", "LOW"]).json();
    let alone = json(&Sandbox::with(&[("map.yaml", map)]), &["-s", "LOW"]).json();
    let of = |it: &Value| it["Results"][0]["MisconfSummary"]["Successes"].as_u64().unwrap();
    assert!(of(&low) > of(&alone), "what is asked of a pod is asked of all");
}

#[test]
fn more_files_are_of_a_kind_by_their_paths() {
    let sandbox = Sandbox::with(&[
        ("build/api.image", "FROM alpine:latest\n"),
        ("pods.txt", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true}\n"),
    ]);
    assert_eq!(ids(&json(&sandbox, &[])), [""; 0]);
    let run = json(&sandbox, &["--file-patterns", "dockerfile:[.]image$", "-s", "MEDIUM"]);
    assert_eq!(found(&run), ["build/api.image DS-0001 1-1"]);
    let run = json(&sandbox, &["--file-patterns", "kubernetes:^pods[.]txt$"]);
    assert!(ids(&run).contains(&"KSV-0010".to_owned()));
    for wrong in ["x", "dockerfile:["] {
        json(&sandbox, &["--file-patterns", wrong]).exits(1).complains("invalid file pattern");
    }
}

#[test]
fn comments_in_manifests_are_none_of_trivys() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n# trivy:ignore:KSV-0010\nspec: {hostPID: true}\n";
    let sandbox = Sandbox::with(&[("pod.yaml", pod)]);
    assert!(ids(&json(&sandbox, &[])).contains(&"KSV-0010".to_owned()));
    let scan = sandbox.run(&["scan", "--format", "json", "."]).json();
    let findings = scan["findings"].as_array().unwrap().iter();
    let waived: Vec<bool> = findings
        .filter(|it| it["rule"]["id"] == "KSV-0010")
        .map(|it| it["waiver"].is_object())
        .collect();
    assert_eq!(waived, [true]);
}

#[test]
fn templates_are_given_or_named() {
    let sandbox = volume();
    let template = "{{ range . }}{{ .Target }}:{{ range .Misconfigurations }} {{ .ID }}={{ .Severity | lower }}@{{ .CauseMetadata.StartLine }}{{ end }}{{ range .Vulnerabilities }}none{{ end }};{{ end }}";
    sandbox.write("x.tpl", template);
    for given in [template, "@x.tpl"] {
        let run = trivy(&sandbox, &["-f", "template", "-t", given, "."]).exits(0);
        assert_eq!(run.stdout, ".:;main.tf: AWS-0026=high@3 AWS-0027=low@1;");
    }
    let escaped = "{{ escapeXML \"<a>\" }} {{ \"x\" | endWithPeriod }} {{ escapeString \"&\" }}";
    let run = trivy(&sandbox, &["-f", "template", "-t", escaped, "."]).exits(0);
    assert_eq!(run.stdout, "&lt;a&gt; x. &amp;");
    let sent = "{{ env \"AWS_REGION\" }}/{{ env \"AWS_ACCOUNT_ID\" }}";
    let mut command = Command::new("env");
    command.args(["AWS_REGION=eu-north-1", env!("CARGO_BIN_EXE_lockgate")]);
    let arguments = ["trivy", "config", "-q", "-f", "template", "-t", sent, "."];
    assert_eq!(sandbox.run_by(command, &arguments).exits(0).stdout, "eu-north-1/");
    let secret = trivy(&sandbox, &["-f", "template", "-t", "{{ env \"HOME\" }}", "."]);
    secret.exits(1).complains("templates see only AWS_ACCOUNT_ID");
    let missing = "{{ range . }}{{ range .Misconfigurations }}{{ .ID }}:{{ .CauseMetadata.Resource }}:{{ .CauseMetadata.StartLine }}{{ range .CauseMetadata.Code.Lines }}!{{ end }}{{ range .CauseMetadata.Occurrences }}!{{ end }} {{ end }}{{ end }}{{ appVersion }}";
    let dockerfile = Sandbox::with(&[("Dockerfile", "FROM alpine:3.21\n")]);
    let run = trivy(&dockerfile, &["-f", "template", "-t", missing, "."]).exits(0);
    assert_eq!(run.stdout, "DS-0002::0 DS-0026::0 dev");
}

#[test]
fn reports_go_where_they_are_wanted() {
    let sandbox = volume();
    let run = trivy(&sandbox, &["-f", "json", "-o", "out.json", "."]).exits(0);
    assert_eq!(run.stdout, "");
    let written = fs::read_to_string(sandbox.join("out.json")).unwrap();
    let report: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(report["ArtifactName"], ".");
}

#[test]
fn nothing_found_has_a_shape_too() {
    let sandbox = Sandbox::with(&[("notes.txt", "no configuration")]);
    assert_eq!(json(&sandbox, &["--exit-code", "1"]).exits(0).json()["Results"], Value::Null);
    trivy(&sandbox, &["."]).exits(0).says("│   -    │  -   │         -         │");
    let sarif = trivy(&sandbox, &["-f", "sarif", "."]).exits(0).json();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 0);
}

#[test]
fn secrets_are_masked_in_every_format() {
    let secret = ["wJalrXUtnFEMI", "K7MDENG", "bPxRfiCYzzzzzzzz"].join("/");
    let database = format!(
        "resource \"aws_db_instance\" \"d\" {{\n  password = \"{secret}\"\n  storage_encrypted = false\n}}\n"
    );
    let dockerfile = format!("FROM alpine\nENV AWS_SECRET_ACCESS_KEY={secret}\n");
    let sandbox = Sandbox::with(&[("main.tf", &database), ("Dockerfile", &dockerfile)]);
    for format in ["table", "json", "sarif", "cosign-vuln"] {
        let run = trivy(&sandbox, &["-f", format, "."]).exits(0);
        assert!(!run.stdout.contains("K7MDENG"), "{format}: {}", run.stdout);
        assert!(run.stdout.contains("DS-0031"), "{format}");
    }
}

#[test]
fn what_cannot_be_parsed_is_said_and_the_rest_is_scanned() {
    let sandbox = Sandbox::with(&[("a/main.tf", "resource \"x\" {"), ("b/main.tf", VOLUME)]);
    let run = sandbox.run(&["trivy", "config", "-f", "json", "."]).exits(0);
    assert_eq!(ids(&run), ["AWS-0026", "AWS-0027"]);
    run.complains("\tERROR\t[terraform parser] a/main.tf");
}

#[cfg(unix)]
#[test]
fn the_binary_under_the_name_of_trivy_is_trivy() {
    let sandbox = volume();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lockgate"), sandbox.join("trivy")).unwrap();
    let run =
        sandbox.run_by(Command::new(sandbox.join("trivy")), &["conf", "-q", "-f", "json", "."]);
    assert_eq!(ids(&run.exits(0)), ["AWS-0026", "AWS-0027"]);
}

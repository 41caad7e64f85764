//! Templates of CloudFormation and AWS SAM: functions, parameters, comments and bad files.

use crate::sandbox::{Run, Sandbox};
use serde_json::Value;
use std::fs;
use std::path::Path;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/cloudformation");

/// The templates of the fixture.
fn fixture() -> Sandbox {
    let sandbox = Sandbox::empty();
    for name in ["network.json", "refunds.template", "shop.yaml"] {
        sandbox.write(name, fs::read_to_string(Path::new(FOLDER).join(name)).unwrap());
    }
    sandbox
}

fn scan(files: &[(&str, &str)]) -> Value {
    Sandbox::with(files).run(&["scan", "--format", "json", "."]).json()
}

fn trivy(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(&[&["trivy", "config", "-q", "-f", "json", "."], arguments].concat())
}

fn list<'v>(of: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    of[key].as_array().into_iter().flatten()
}

fn text<'v>(of: &'v Value, key: &str) -> &'v str {
    of[key].as_str().unwrap_or_default()
}

/// `file rule first-last`, of all findings of the engine; those that are waived behind a `~`.
fn found(report: &Value) -> Vec<String> {
    let of_engine = |it: &&Value| it["engine"] == "cloudformation";
    let shown = |it: &Value| {
        let (span, rule) = (&it["span"], text(&it["rule"], "id"));
        let waived = if it["waiver"].is_object() { "~" } else { "" };
        let lines = format!("{}-{}", span["start_line"], span["end_line"]);
        format!("{waived}{} {rule} {lines}", text(it, "path"))
    };
    let mut found: Vec<String> = list(report, "findings").filter(of_engine).map(shown).collect();
    found.sort();
    found
}

/// `target rule resource first-last`, of all that fails.
fn failures(run: &Run) -> Vec<String> {
    let report = run.json();
    let mut found = Vec::new();
    for result in list(&report, "Results") {
        for it in list(result, "Misconfigurations").filter(|it| it["Status"] == "FAIL") {
            let cause = &it["CauseMetadata"];
            let (target, id, resource) =
                (text(result, "Target"), text(it, "ID"), text(cause, "Resource"));
            let lines = format!("{}-{}", cause["StartLine"], cause["EndLine"]);
            found.push(format!("{target} {id} {resource} {lines}"));
        }
    }
    found
}

/// A line of `expected-….txt` for each.
fn assert_expected(name: &str, found: &[String]) {
    let expected = fs::read_to_string(Path::new(FOLDER).join(name)).unwrap();
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(found, expected, "\n{}", found.join("\n"));
}

#[test]
fn templates_of_every_form_are_found_out() {
    let run = fixture().run(&["scan", "--format", "json", "."]);
    assert_expected("expected-scan.txt", &found(&run.json()));
    assert!(list(&run.json(), "notifications").next().is_none(), "{}", run.stdout);
}

#[test]
fn trivy_config_finds_them_too() {
    let run = trivy(&fixture(), &["--include-deprecated-checks"]).exits(0);
    assert_expected("expected-trivy.txt", &failures(&run));
    let report = run.json();
    let result = list(&report, "Results").next().unwrap();
    assert_eq!((text(result, "Type"), text(result, "Class")), ("cloudformation", "config"));
    let first = list(result, "Misconfigurations").next().unwrap();
    assert_eq!(first["Type"], "CloudFormation Security Check");
    trivy(&fixture(), &["--misconfig-scanners", "terraform,dockerfile", "--exit-code", "1"])
        .exits(0);
}

#[test]
fn a_finding_says_what_was_seen_and_which_parameter_gave_it() {
    let report = fixture().run(&["scan", "--format", "json", "."]).json();
    let message = |rule: &str, line: u64| {
        let is_it = |it: &&Value| it["rule"]["id"] == rule && it["span"]["start_line"] == line;
        list(&report, "findings").find(is_it).map(|it| text(it, "message").to_owned()).unwrap()
    };
    let open = message("aws-ec2-no-public-ingress-sgr", 41);
    assert!(
        open.ends_with("; CidrIp is \"0.0.0.0/0\", from Admins (default at shop.yaml:10)"),
        "{open}"
    );
    let volume = message("aws-ec2-enable-volume-encryption", 55);
    assert!(
        volume.ends_with("; Encrypted is false, from Stage (default at shop.yaml:7)"),
        "{volume}"
    );
    let bucket = message("aws-s3-specify-public-access-block", 61);
    assert!(bucket.ends_with("; PublicAccessBlockConfiguration is not set"), "{bucket}");
}

#[test]
fn files_of_parameters_count() {
    let sandbox = fixture();
    let opened = |run: &Run| {
        let is_open = |it: &&String| it.contains(" AWS-0107 ") || it.contains(" AWS-0026 ");
        failures(run).iter().filter(is_open).cloned().collect::<Vec<String>>()
    };
    let before = ["shop.yaml AWS-0026 Uploads 55-55", "shop.yaml AWS-0107 Admin 41-41"];
    assert_eq!(opened(&trivy(&sandbox, &[])), before);
    sandbox.write(
        "live.json",
        r#"[{"ParameterKey": "Stage", "ParameterValue": "live"},
            {"ParameterKey": "Admins", "ParameterValue": "10.8.0.0/16"}]"#,
    );
    assert_eq!(opened(&trivy(&sandbox, &["--cf-params", "live.json"])), [""; 0]);
    sandbox.write("pipeline.json", r#"{"Parameters": {"Admins": "198.51.100.0/24"}}"#);
    let run = trivy(&sandbox, &["--cf-params", "live.json,pipeline.json"]);
    assert_eq!(opened(&run), [""; 0], "for Trivy only everybody is too many");
    sandbox.write("trivy.yaml", "misconfiguration:\n  cloudformation:\n    params: [live.json]\n");
    assert_eq!(opened(&trivy(&sandbox, &[])), [""; 0]);
    sandbox.write("bad.json", "{\"Stage\": \"live\"}");
    trivy(&sandbox, &["--cf-params", "bad.json"]).exits(1);
    trivy(&sandbox, &["--cf-params", "none.json"]).exits(1);
}

#[test]
fn comments_accept_what_is_below_them() {
    let bucket = |above: &str, beside: &str| {
        format!(
            "Resources:\n{above}  Logs:\n    Type: AWS::S3::Bucket\n    Properties:\n      \
             VersioningConfiguration:\n        Status: Suspended{beside}\n"
        )
    };
    let count = |above: &str, beside: &str| {
        let sandbox = Sandbox::with(&[("t.yaml", &bucket(above, beside))]);
        let report = sandbox.run(&["scan", "--format", "json", "."]).json();
        let is_open = |it: &&String| it.starts_with("t.yaml") && it.contains("versioning");
        let open = found(&report).iter().filter(is_open).count();
        let run = trivy(&sandbox, &[]);
        let failing = failures(&run).iter().filter(|it| it.contains("AWS-0090")).count();
        (open, failing)
    };
    assert_eq!(count("", ""), (1, 1));
    for rule in ["AWS-0090", "AVD-AWS-0090", "aws-s3-enable-versioning", "*"] {
        assert_eq!(count(&format!("  #trivy:ignore:{rule}\n"), ""), (0, 0), "{rule}");
        assert_eq!(count("", &format!(" # cfsec:ignore:{rule}")), (0, 0), "{rule}");
    }
    assert_eq!(count("  # trivy:ignore:AWS-0091\n", ""), (1, 1));
    assert_eq!(count("  # trivy:ignore:AWS-0090:exp:2020-01-01\n", ""), (1, 1));
    assert_eq!(count("  # trivy:ignore:AWS-0090:exp:2099-01-01\n", ""), (0, 0));
}

#[test]
fn what_nobody_is_to_see_is_not_shown() {
    let run = fixture().run(&["scan", "--format", "json", "."]);
    assert!(!run.stdout.contains("tulips"), "{}", run.stdout);
    let text = "Parameters:\n  Door:\n    Type: String\n    NoEcho: true\n    Default: 0.0.0.0/0\n\
                Resources:\n  Open:\n    Type: AWS::EC2::SecurityGroupIngress\n    Properties:\n      \
                CidrIp: !Ref Door\n";
    let sandbox = Sandbox::with(&[("t.yaml", text)]);
    let run = sandbox.run(&["scan", "--format", "json", "."]);
    assert!(run.stdout.contains("from Door (default at t.yaml:5)"), "{}", run.stdout);
    assert!(!run.stdout.contains("0.0.0.0/0"), "{}", run.stdout);
    let run = trivy(&sandbox, &[]);
    assert!(!run.stdout.contains("0.0.0.0/0"), "{}", run.stdout);
}

#[test]
fn the_secret_of_a_container_is_not_shown() {
    let text = "Resources:\n  Web:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      \
                ContainerDefinitions:\n        - Name: web\n          Environment:\n            \
                - Name: DB_PASSWORD\n              Value: correct-horse\n";
    let sandbox = Sandbox::with(&[("t.yaml", text)]);
    let run = sandbox.run(&["scan", "--format", "json", "."]);
    assert_eq!(found(&run.json()), ["t.yaml aws-ecs-no-plaintext-secrets 8-9"]);
    assert!(!run.stdout.contains("correct-horse"), "{}", run.stdout);
    let run = trivy(&sandbox, &[]);
    assert!(!run.stdout.contains("correct-horse"), "{}", run.stdout);
}

#[test]
fn what_is_not_known_is_not_found() {
    let text = "Parameters:\n  Any: {Type: String}\nConditions:\n  Is: !Equals [!Ref Any, x]\n\
                Resources:\n  A:\n    Type: AWS::EC2::Volume\n    Properties: {Encrypted: !Ref Any, \
                KmsKeyId: !If [Is, a, !Ref AWS::NoValue]}\n  B:\n    Type: AWS::EC2::SecurityGroup\n    \
                Properties: {GroupDescription: !ImportValue a, SecurityGroupIngress: [{CidrIp: !Ref Any, \
                Description: b}], SecurityGroupEgress: !ImportValue b}\n  C:\n    Type: AWS::S3::Bucket\n    \
                Properties: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: a}}}\n  D:\n    \
                Type: AWS::ElasticLoadBalancingV2::LoadBalancer\n    Properties: {Scheme: internal, \
                LoadBalancerAttributes: [!If [Is, {Key: a, Value: b}, {Key: c, Value: d}]]}\n";
    assert_eq!(found(&scan(&[("t.yaml", text)])), [""; 0]);
}

#[test]
fn only_templates_are_looked_at() {
    let other = "Resources:\n  - name: AWS::S3::Bucket\n";
    let words = "kind: ConfigMap\napiVersion: v1\ndata:\n  t: |\n    Resources: AWS::S3::Bucket\n";
    let broken = "note: Resources of AWS::S3::Bucket [\n  - }\n";
    let report = scan(&[("a.yaml", other), ("b.yaml", words), ("c.yml", broken)]);
    assert_eq!(found(&report), [""; 0]);
    let said = list(&report, "notifications").filter(|it| it["engine"] == "cloudformation");
    assert_eq!(said.count(), 0, "{report}");
}

const BUCKET: &str = "Resources:\n  Logs:\n    Type: AWS::S3::Bucket\n";

#[test]
fn the_same_name_in_another_template_is_another_resource() {
    let report = scan(&[("a.yaml", BUCKET), ("b/a.yaml", BUCKET)]);
    let mut prints: Vec<&str> =
        list(&report, "findings").map(|it| text(it, "fingerprint")).collect();
    let all = prints.len();
    prints.sort_unstable();
    prints.dedup();
    assert!(all > 2);
    assert_eq!(prints.len(), all);
}

#[test]
fn a_bad_template_is_said_with_its_line_and_the_rest_is_scanned() {
    let head = "AWSTemplateFormatVersion: '2010-09-09'\n";
    let laughs: String = (1..40)
        .map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{}, ", n - 1).repeat(9)))
        .collect();
    let bomb = format!("{head}Resources: &a0 {{}}\n{laughs}");
    let broken = format!("{head}{BUCKET}    Properties: [\n");
    let json = "{\n\"AWSTemplateFormatVersion\": \"2010-09-09\",\n\"Resources\": {,\n";
    let twice = format!("{head}{BUCKET}    Type: AWS::S3::Bucket\n");
    let circle = format!(
        "{head}Conditions:\n  A: !Not [!Condition A]\n{BUCKET}    Properties: {{BucketName: !If [A, a, b]}}\n"
    );
    let odd = format!(
        "{head}Parameters: 3\nMappings: [x]\nConditions: a\nResources:\n  A: 3\n  B: {{Type: [AWS::S3::Bucket]}}\n  C: {{Type: AWS::S3::Bucket, Properties: [a]}}\n"
    );
    let loops = format!(
        "{head}Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::A:\n    - A\n    - [{list}]\n    - Fn::ForEach::B: [B, [{list}], {{'${{A}}${{B}}': {{Type: AWS::S3::Bucket}}}}]\n",
        list = vec!["a"; 5_000].join(", ")
    );
    let report = scan(&[
        ("bomb.yaml", &bomb),
        ("broken.yaml", &broken),
        ("broken.json", json),
        ("circle.yaml", &circle),
        ("good.yaml", BUCKET),
        ("loops.yaml", &loops),
        ("odd.yaml", &odd),
        ("twice.yaml", &twice),
    ]);
    let said: Vec<&str> = list(&report, "notifications").map(|it| text(it, "path")).collect();
    let expected =
        ["bomb.yaml", "broken.json", "broken.yaml", "circle.yaml", "loops.yaml", "twice.yaml"];
    assert_eq!(said, expected, "{report}");
    let has_line = |it: &Value| text(it, "message").starts_with("line ");
    assert!(list(&report, "notifications").all(has_line), "{report}");
    let places = found(&report);
    for name in ["circle.yaml", "good.yaml", "twice.yaml"] {
        assert!(places.iter().any(|it| it.starts_with(name)), "{name}: {places:?}");
    }
}

#[test]
fn the_engine_has_the_rules_of_terraform_and_its_own() {
    let sandbox = Sandbox::with(&[("t.yaml", BUCKET)]);
    sandbox
        .run(&["rules", "list", "--engine", "cloudformation"])
        .exits(0)
        .says("aws-sam-enable-api-tracing")
        .says("aws-s3-block-public-acls");
    sandbox.run(&["rules", "explain", "AWS-0086"]).exits(0).says("terraform, cloudformation");
    let report = sandbox.run(&["scan", "--format", "sarif", "."]).json();
    let run = list(&report, "runs").find(|run| run["results"][0]["ruleId"].is_string()).unwrap();
    let rules: Vec<&str> =
        list(&run["tool"]["driver"], "rules").map(|rule| text(rule, "id")).collect();
    assert!(rules.contains(&"aws-s3-block-public-acls"), "{run}");
}

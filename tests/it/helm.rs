//! Charts of Helm: rendered by the program of that name where it is on the path. The one here is a
//! few lines of shell that print what was rendered before.
#![cfg(unix)]

use crate::sandbox::{Run, Sandbox};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 1.0.0\n";
const TEMPLATE: &str = "{{- if .Values.on }}
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
spec:
  containers:
    - name: web
      image: {{ .Values.image }}
      securityContext:
        privileged: {{ .Values.all }}
{{- end }}
";
const RENDERED: &str = "---
# Source: shop/templates/pod.yaml
apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: web
      image: web:1.0
      securityContext:
        privileged: true
";

/// A folder with a chart, and a program named helm beside it that does as the script says.
struct Place {
    tree: Sandbox,
    tools: tempfile::TempDir,
}

impl Place {
    fn new(script: &str) -> Place {
        let tree =
            Sandbox::with(&[("chart/Chart.yaml", CHART), ("chart/templates/pod.yaml", TEMPLATE)]);
        let tools = tempfile::tempdir().unwrap();
        let program = tools.path().join("helm");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Place { tree, tools }
    }

    /// One that prints the manifest, and what it was called with to a file beside it.
    fn printing() -> Place {
        let place = Place::new("");
        let log = place.tools.path().join("called");
        let text = place.tools.path().join("rendered");
        fs::write(&text, RENDERED).unwrap();
        let script = format!(
            "#!/bin/sh\n{{ echo \"$@\"; env; ls \"$3\"; }} > '{}'\ncat '{}'\n",
            log.display(),
            text.display()
        );
        fs::write(place.tools.path().join("helm"), script).unwrap();
        place
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new("env");
        command.arg(format!("PATH={}:/usr/bin:/bin", self.tools.path().display()));
        command.arg("SECRET_OF_USER=x");
        command.arg(env!("CARGO_BIN_EXE_lockgate"));
        self.tree.run_by(command, arguments)
    }

    fn scan(&self) -> Value {
        self.run(&["scan", "--format", "json", "."]).json()
    }

    fn trivy(&self, arguments: &[&str]) -> Run {
        self.run(&[&["trivy", "config", "-q", "-f", "json"], arguments].concat()).exits(0)
    }

    fn called(&self) -> String {
        fs::read_to_string(self.tools.path().join("called")).unwrap()
    }
}

fn notifications(report: &Value) -> Vec<&str> {
    let all = report["notifications"].as_array().unwrap().iter();
    all.map(|it| it["message"].as_str().unwrap()).collect()
}

#[test]
fn what_is_wrong_with_a_manifest_is_said_of_its_template() {
    let place = Place::printing();
    let report = place.scan();
    assert_eq!(notifications(&report), [""; 0]);
    let findings = report["findings"].as_array().unwrap();
    let privileged = findings.iter().find(|it| it["rule"]["id"] == "KSV-0017").unwrap();
    assert_eq!(privileged["path"], "chart/templates/pod.yaml");
    assert_eq!(privileged["span"]["start_line"], 11, "{privileged}");
    assert_eq!(privileged["engine"], "kubernetes");
    let message = privileged["message"].as_str().unwrap();
    assert!(message.ends_with("(line 11 of the manifest that Helm renders)"), "{message}");
    let namespace = |it: &&Value| it["rule"]["id"] == "KSV-0110";
    assert_eq!(findings.iter().find(namespace), None, "it is chosen at installation");
}

#[test]
fn helm_sees_a_copy_of_the_chart_and_nothing_of_the_user() {
    let place = Place::printing();
    std::os::unix::fs::symlink("/etc/hostname", place.tree.join("chart/leak")).unwrap();
    place.scan();
    let called = place.called();
    assert!(called.starts_with("template shop /"), "{called}");
    assert!(!called.contains(place.tree.path().to_str().unwrap()), "{called}");
    assert!(!called.contains("SECRET_OF_USER"), "{called}");
    assert!(called.contains("Chart.yaml") && !called.contains("leak"), "{called}");
}

#[test]
fn a_helm_that_fails_is_said_and_the_rest_is_scanned() {
    let place = Place::new("echo 'Error: values do not meet the schema' >&2; exit 1");
    place.tree.write("Dockerfile", "FROM alpine:latest\n");
    let report = place.scan();
    let said = notifications(&report);
    assert_eq!(said.len(), 1, "{report}");
    assert!(said[0].contains("(values do not meet the schema)"), "{}", said[0]);
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().any(|it| it["rule"]["id"] == "DS-0001"));
}

#[test]
fn parts_and_libraries_are_no_charts_of_their_own() {
    let place = Place::printing();
    place.tree.write("chart/charts/db/Chart.yaml", CHART);
    place.tree.write("library/Chart.yaml", format!("{CHART}type: library\n"));
    fs::write(
        place.tools.path().join("helm"),
        format!("#!/bin/sh\necho called >> '{}'\n", place.tools.path().join("called").display()),
    )
    .unwrap();
    assert_eq!(notifications(&place.scan()), [""; 0]);
    assert_eq!(place.called(), "called\n");
}

#[test]
fn trivy_config_says_the_lines_of_the_manifest() {
    let place = Place::printing();
    let report = place.trivy(&["--include-non-failures", "."]).json();
    let results = report["Results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["Target"], "chart/templates/pod.yaml");
    assert_eq!(results[0]["Type"], "helm");
    let all = results[0]["Misconfigurations"].as_array().unwrap();
    let of = |id: &str| all.iter().find(|it| it["ID"] == id).unwrap();
    let privileged = of("KSV-0017");
    assert_eq!(privileged["Type"], "Helm Security Check");
    assert_eq!(privileged["Namespace"], "builtin.kubernetes.KSV017");
    let cause = &privileged["CauseMetadata"];
    assert_eq!((&cause["StartLine"], &cause["EndLine"]), (&8.into(), &11.into()));
    assert_eq!(cause["Code"]["Lines"][3]["Content"], "        privileged: true");
    assert_eq!(of("KSV-0009")["Status"], "PASS");
    assert!(place.called().contains("--no-hooks"));
}

#[test]
fn values_and_versions_reach_helm() {
    let place = Place::printing();
    place.trivy(&[
        "--helm-values",
        "a.yaml,b.yaml",
        "--helm-set",
        "x=1",
        "--helm-set-string",
        "y=2",
        "--helm-set-file",
        "z=c",
        "--helm-api-versions",
        "policy/v1/PodDisruptionBudget",
        "--helm-kube-version",
        "1.29.0",
        "chart",
    ]);
    let called = place.called();
    for expected in [
        "--values=a.yaml --values=b.yaml --set=x=1 --set-string=y=2 --set-file=z=c",
        "--api-versions=policy/v1/PodDisruptionBudget --kube-version=1.29.0",
    ] {
        assert!(called.contains(expected), "{called}");
    }
    let none = place.trivy(&["--misconfig-scanners", "kubernetes", "."]).json();
    assert_eq!(none["Results"], Value::Null);
}

#[test]
fn packaged_charts_are_rendered_for_trivy_config() {
    let place = Place::printing();
    let mut archive = tar::Builder::new(Vec::new());
    for (path, text) in [("shop/Chart.yaml", CHART), ("shop/templates/pod.yaml", TEMPLATE)] {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_cksum();
        archive.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    place.tree.write("packaged/shop-1.0.0.tar", archive.into_inner().unwrap());
    let report = place.trivy(&["packaged"]).json();
    assert_eq!(report["Results"][0]["Target"], "shop-1.0.0.tar:templates/pod.yaml");
    assert!(place.called().contains("Chart.yaml"), "{}", place.called());
}

#[test]
fn comments_in_a_manifest_count_for_trivy_config() {
    let place = Place::printing();
    let accepted =
        RENDERED.replace("    - name: web", "    # trivy:ignore:KSV-0017\n    - name: web");
    fs::write(place.tools.path().join("rendered"), accepted).unwrap();
    let run = place.trivy(&["."]);
    assert!(!run.stdout.contains("\"ID\": \"KSV-0017\""), "{}", run.stdout);
    assert!(run.stdout.contains("\"ID\": \"KSV-0014\""));
}

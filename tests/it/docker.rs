//! Dockerfiles through the real binary: places, waivers, fixes, identities, and what is no
//! Dockerfile after all.

use crate::sandbox::Sandbox;
use serde_json::Value;

const APP: &str = "\
ARG PYTHON=latest

FROM python:${PYTHON} AS build
WORKDIR /src
RUN apt-get update \\
    # for the native modules
    && apt-get install -y gcc
COPY requirements.txt setup.py /src

FROM python:3.13-slim
ENV API_TOKEN=tulip-harbour-94
ADD settings.ini /etc/shop/
EXPOSE 22
CMD python /app/app.py
";

fn findings(sandbox: &Sandbox) -> Vec<Value> {
    let report = sandbox.scan(&["--format", "json", "."]).json();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.filter(|finding| finding["engine"] == "docker").cloned().collect()
}

/// `DS-0001 3-3` for each finding that nobody has waived, sorted.
fn places(sandbox: &Sandbox) -> Vec<String> {
    let open = findings(sandbox).into_iter().filter(|finding| finding["waiver"].is_null());
    let mut places: Vec<String> = open
        .map(|finding| {
            let (rule, span) = (finding["rule"]["id"].as_str().unwrap(), &finding["span"]);
            format!("{rule} {}-{}", span["start_line"], span["end_line"])
        })
        .collect();
    places.sort();
    places
}

#[test]
fn each_finding_is_about_all_lines_of_its_instruction() {
    let sandbox = Sandbox::with(&[("shop.Dockerfile", APP)]);
    let expected = [
        "DS-0001 3-3",
        "DS-0002 10-10",
        "DS-0004 13-13",
        "DS-0005 12-12",
        "DS-0011 8-8",
        "DS-0026 10-10",
        "DS-0029 5-7",
        "DS-0031 11-11",
    ];
    assert_eq!(places(&sandbox), expected);
}

#[test]
fn the_value_of_a_credential_is_shown_nowhere() {
    let sandbox = Sandbox::with(&[("Dockerfile", APP)]);
    for format in ["json", "sarif", "table"] {
        let run = sandbox.scan(&["--format", format, "."]);
        assert!(!run.stdout.contains("tulip-harbour"), "{format}");
    }
}

#[test]
fn comments_above_an_instruction_waive_by_every_name_of_a_rule() {
    let file = "\
# trivy:ignore:AVD-DS-0001 trivy:ignore:DS026
# lockgate:ignore docker-least-privilege-user the base image sets one
FROM registry.example/base
# trivy:ignore:DS-0029:exp:2020-01-01
RUN apt-get install -y git
# lockgate:ignore DS-0013
RUN make \\
  && cd /tmp
";
    let sandbox = Sandbox::with(&[("Dockerfile", file)]);
    assert_eq!(places(&sandbox), ["DS-0029 5-5"]);
}

#[test]
fn a_finding_stays_itself_when_its_lines_move() {
    let prints = |file: &str| {
        let sandbox = Sandbox::with(&[("Dockerfile", file)]);
        let all = findings(&sandbox).into_iter();
        let of = |it: Value| (it["rule"]["id"].to_string(), it["fingerprint"].to_string());
        let mut prints: Vec<_> = all.map(of).collect();
        prints.sort();
        prints
    };
    let moved = APP
        .replace("ARG PYTHON", "# syntax=docker/dockerfile:1\nARG PYTHON")
        .replace("&& apt-get install", "&& true \\\n    && apt-get   install")
        .replace("3.13-slim\n", "3.13-slim\n\nLABEL a=b\n")
        .replace("tulip-harbour-94", "tulip-harbour-95");
    assert_eq!(prints(APP), prints(&moved));
}

#[test]
fn safe_fixes_are_made_and_others_on_demand() {
    let sandbox = Sandbox::repository(&[("Dockerfile", APP)]);
    sandbox.run(&["fix", "."]);
    let fixed = std::fs::read_to_string(sandbox.join("Dockerfile")).unwrap();
    let safe = APP
        .replace("setup.py /src", "setup.py /src/")
        .replace("ADD settings.ini", "COPY settings.ini");
    assert_eq!(fixed, safe);
    sandbox.run(&["fix", "--rule", "DS-0029", "."]);
    let fixed = std::fs::read_to_string(sandbox.join("Dockerfile")).unwrap();
    let wanted = safe.replace("install -y gcc", "install --no-install-recommends -y gcc");
    assert_eq!(fixed, wanted);
}

#[test]
fn what_is_no_instruction_is_told_and_the_rest_is_scanned() {
    let sandbox = Sandbox::with(&[("Dockerfile", "FROM a:1\n{% if x %}\nEXPOSE 22\nUSER 1\n")]);
    let run = sandbox.scan(&["--format", "json", "."]);
    assert!(run.stdout.contains("line 2: no instruction of a Dockerfile"), "{}", run.stdout);
    assert_eq!(places(&sandbox), ["DS-0004 3-3", "DS-0026 1-1"]);
}

#[test]
fn files_of_other_names_are_left_alone() {
    let other = "# only what the image needs\n*.log\n";
    let files = [
        ("Dockerfile.dockerignore", other),
        ("docs/Dockerfile.md", "# How\n"),
        ("empty/Dockerfile", ""),
    ];
    let sandbox = Sandbox::with(&files);
    let report = sandbox.scan(&["--format", "json", "."]).exits(0).json();
    assert_eq!(report["findings"].as_array().unwrap().len(), 0);
}

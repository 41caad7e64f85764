//! Compose files through the real binary: long and short forms, what is shared, and bad files.

use crate::sandbox::{Sandbox, places};

#[test]
fn files_go_by_their_name() {
    let text = "services:\n  a:\n    image: a:1\n    privileged: true\n";
    let report = Sandbox::report_of(&[
        ("compose.yaml", text),
        ("compose.prod.yml", text),
        ("docker-compose.yml", text),
        ("deploy/docker-compose-dev.yaml", text),
        ("composer.yml", text),
        ("my-compose.yml", text),
    ]);
    let expected = [
        "LG-DC-001 compose.prod.yml:4",
        "LG-DC-001 compose.yaml:4",
        "LG-DC-001 deploy/docker-compose-dev.yaml:4",
        "LG-DC-001 docker-compose.yml:4",
    ];
    assert_eq!(places(&report, "compose"), expected);
}

#[test]
fn what_services_share_is_at_fault_once_and_counts_for_each() {
    let text = "\
x-base: &base
  privileged: true
services:
  one:
    <<: *base
    image: one:1
  two:
    <<: *base
    image: two:1
  db:
    image: postgres:17
    expose: [\"5432\"]
  replica:
    extends: {service: db}
    ports: [\"5432:5432\"]
  loop:
    extends: loop
    image: loop:1
";
    let expected = ["LG-DC-001 compose.yaml:2", "LG-DC-008 compose.yaml:15"];
    assert_eq!(places(&Sandbox::report_of(&[("compose.yaml", text)]), "compose"), expected);
}

#[test]
fn ports_are_read_in_all_their_forms() {
    let text =
        |port: &str| format!("services:\n  db:\n    image: redis:8\n    ports:\n      - {port}\n");
    let count =
        |port: &str| places(&Sandbox::report_of(&[("compose.yaml", &text(port))]), "compose").len();
    let open = [
        "6379:6379",
        "\"0.0.0.0:6379:6379\"",
        "\"[::]:6379:6379/tcp\"",
        "\"${PORT:-6379}:6379\"",
        "{target: 6379, published: 6379}",
    ];
    for port in open {
        assert_eq!(count(port), 1, "{port}");
    }
    let closed = [
        "\"6379\"",
        "\"127.0.0.1:6379:6379\"",
        "\"[::1]:6379:6379\"",
        "\"${ADDRESS:-127.0.0.1}:6379:6379\"",
        "{target: 6379, published: 6379, host_ip: 127.0.0.1}",
    ];
    for port in closed {
        assert_eq!(count(port), 0, "{port}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_said_with_its_line() {
    let report = Sandbox::report_of(&[
        ("compose.yml", "services:\n  a: [\n"),
        (
            "docker-compose.yml",
            "services: {a: 1, b: [], c: {image: [], ports: 1, volumes: {a: b}, cap_add: x}}\n",
        ),
    ]);
    let notifications = report["notifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 1, "{notifications:?}");
    assert_eq!(notifications[0]["path"], "compose.yml");
    assert!(notifications[0]["message"].as_str().unwrap().starts_with("line "));
    assert!(places(&report, "compose").is_empty());
}

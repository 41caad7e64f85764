//! Pipelines of GitLab through the real binary: where jobs and scripts may be, and bad files.

use crate::sandbox::{Sandbox, places};

#[test]
fn files_go_by_their_name() {
    let text = "image: python\n";
    let report = Sandbox::report_of(&[
        (".gitlab-ci.yml", text),
        ("ci/build.gitlab-ci.yml", text),
        ("ci/build.yml", text),
        ("gitlab-ci.yml", text),
    ]);
    assert_eq!(
        places(&report, "gitlab"),
        ["LG-GL-001 .gitlab-ci.yml:1", "LG-GL-001 ci/build.gitlab-ci.yml:1"]
    );
}

#[test]
fn scripts_are_looked_at_where_they_are_written_and_once() {
    let text = "\
.install: &install
  - curl https://tools.example.org/a.sh | sh
.base:
  image: ruby
  before_script:
    - *install
    - [echo a, [\"wget -qO- https://tools.example.org/b.sh | sh\"]]
default:
  after_script:
    - echo $CI_JOB_TOKEN
test:
  extends: .base
  before_script: *install
  script:
    - !reference [.base, before_script]
    - |
      set -e
      eval $CI_COMMIT_TITLE
";
    let expected = [
        "LG-GL-001 .gitlab-ci.yml:4",
        "LG-GL-020 .gitlab-ci.yml:18",
        "LG-GL-030 .gitlab-ci.yml:10",
        "LG-GL-050 .gitlab-ci.yml:2",
        "LG-GL-050 .gitlab-ci.yml:7",
    ];
    assert_eq!(places(&Sandbox::report_of(&[(".gitlab-ci.yml", text)]), "gitlab"), expected);
}

#[test]
fn what_waives_elsewhere_waives_here() {
    let text = "\
image: python # lockgate:ignore LG-GL-001
services:
  # lockgate:ignore image-without-version made for the tests
  - redis
";
    assert!(places(&Sandbox::report_of(&[(".gitlab-ci.yml", text)]), "gitlab").is_empty());
}

#[test]
fn a_file_that_cannot_be_read_is_said_with_its_line() {
    let report = Sandbox::report_of(&[
        (".gitlab-ci.yml", "image: python\ntest: [\n"),
        ("b.gitlab-ci.yml", "- image: 1\n"),
        ("c.gitlab-ci.yml", "image: [1]\ninclude: 7\nservices: {a: b}\ntest: {script: {a: 1}}\n"),
    ]);
    let notifications = report["notifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 1, "{notifications:?}");
    assert!(notifications[0]["message"].as_str().unwrap().starts_with("line "));
    assert!(places(&report, "gitlab").is_empty());
}

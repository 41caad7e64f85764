//! Workflows and actions through the real binary: places, waivers, fixes, bad files.

use crate::sandbox::Sandbox;
use serde_json::Value;
use std::fs;

const FILE: &str = ".github/workflows/ci.yml";
const PINNED: &str = "3d3c42e5aac5ba805825da76410c181273ba90b1";

fn scan(files: &[(&str, &str)]) -> Value {
    Sandbox::with(files).run(&["scan", "--format", "json", "."]).json()
}

/// `RULE file:line`, of what nobody has waived.
fn places(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let open = findings.filter(|it| it["waiver"].is_null() && it["engine"] == "workflows");
    let mut places: Vec<String> = open
        .map(|it| {
            let (rule, path) = (it["rule"]["id"].as_str().unwrap(), it["path"].as_str().unwrap());
            format!("{rule} {path}:{}", it["span"]["start_line"])
        })
        .collect();
    places.sort();
    places
}

/// The findings of one workflow, each as `RULE line`.
fn found(text: &str) -> Vec<String> {
    let places = places(&scan(&[(FILE, text)]));
    places.into_iter().map(|it| it.replace(&format!("{FILE}:"), "")).collect()
}

/// A workflow of one job.
fn job(on: &str, body: &str) -> String {
    let body: String = body.lines().map(|line| format!("    {line}\n")).collect();
    format!("on: {on}\npermissions: {{}}\njobs:\n  one:\n    runs-on: ubuntu-latest\n{body}")
}

#[test]
fn files_go_by_their_place_and_name() {
    let unsafe_step = job("push", "steps:\n  - uses: a/b@main");
    let action = "runs:\n  using: composite\n  steps:\n    - uses: a/b@main\n";
    let report = scan(&[
        (".github/workflows/a.yaml", &unsafe_step),
        (".gitea/workflows/a.yml", &unsafe_step),
        (".forgejo/workflows/a.yml", &unsafe_step),
        ("shop/.github/workflows/a.yml", &unsafe_step),
        ("tools/action.yml", action),
        (".github/workflows/deeper/a.yml", &unsafe_step),
        ("workflows/a.yml", &unsafe_step),
        ("my-action.yml", action),
    ]);
    let expected = [
        "LG-GHA-003 .forgejo/workflows/a.yml:7",
        "LG-GHA-003 .gitea/workflows/a.yml:7",
        "LG-GHA-003 .github/workflows/a.yaml:7",
        "LG-GHA-003 shop/.github/workflows/a.yml:7",
        "LG-GHA-003 tools/action.yml:4",
    ];
    assert_eq!(places(&report), expected);
}

#[test]
fn texts_of_others_are_followed_through_variables_outputs_and_matrices() {
    let text = "\
on: issues
permissions: {}
env:
  TITLE: ${{ github.event.issue.title }}
jobs:
  first:
    runs-on: ubuntu-latest
    outputs:
      title: ${{ env.TITLE }}
    steps:
      - run: |
          echo one
            echo ${{ env.TITLE }}
      - run: \"echo \\u0041 ${{ github.event.issue.body }}\"
  second:
    needs: first
    runs-on: ubuntu-latest
    strategy:
      matrix:
        title: [\"${{ needs.first.outputs.title }}\", plain]
    steps:
      - run: echo ${{ matrix.title }}
      - run: >-
          echo ${{ needs.first.outputs['title'] }}
          ${{ toJSON(github.event) }}
      - run: echo ${{ github.event.issue.number }} ${{ env.OTHER }}
      - run: echo ${{ env.LOOP }}
        env:
          LOOP: ${{ env.LOOP }}
";
    let expected = ["13", "14", "22", "24", "25"].map(|line| format!("LG-GHA-010 {line}"));
    assert_eq!(found(text), expected);
}

#[test]
fn how_bad_it_is_depends_on_who_can_start_it() {
    let severity = |on: &str, more: &str| {
        let step = format!("{more}steps:\n  - run: echo ${{{{ github.head_ref }}}}");
        let report = scan(&[(FILE, &job(on, &step))]);
        report["findings"][0]["severity"].as_str().unwrap().to_owned()
    };
    assert_eq!(severity("pull_request_target", ""), "high");
    assert_eq!(severity("pull_request", ""), "medium");
    let only = "if: github.event_name == 'pull_request'\n";
    assert_eq!(severity("[pull_request, pull_request_target]", only), "medium");
}

#[test]
fn an_expression_is_read_as_the_runner_reads_it() {
    let step = |expression: &str| {
        let body = format!("steps:\n  - run: echo ${{{{ {expression} }}}}");
        found(&job("issues", &body)).iter().filter(|it| it.starts_with("LG-GHA-010")).count()
    };
    for hostile in [
        "github.event.issue.title",
        "GitHub.Event.Issue.Title",
        "github['event']['issue']['title']",
        "github.event.issue['title']",
        "format('{0}', github.event.issue.title)",
        "github.event.issue.title || 'it''s }} nothing'",
        "true && github.event.issue.body",
        "(github.event.comment.body)",
        "github.event.commits[0].message",
        "github.event.commits.*.message",
        "join(github.event.commits.*.author.email, ', ')",
        "toJSON(github.event.issue)",
        "fromJSON(toJSON(github)).event",
        "github.event.pages[0].page_name",
    ] {
        assert_eq!(step(hostile), 1, "{hostile}");
    }
    for harmless in [
        "github.event.issue.number",
        "github.event.issue",
        "contains(github.event.issue.title, 'x')",
        "github.event.issue.title == 'x'",
        "!github.event.issue.title",
        "github.event.issue.title && 'a'",
        "hashFiles(github.event.issue.title)",
        "'github.event.issue.title'",
        "github.event.issue.title.more",
        "secrets.title",
        "((((((",
    ] {
        assert_eq!(step(harmless), 0, "{harmless}");
    }
}

#[test]
fn comments_of_lockgate_and_zizmor_waive() {
    let text = job(
        "pull_request_target",
        "\
steps:
  - uses: a/b@v1 # zizmor: ignore[unpinned-uses]
  - uses: a/b@v2 # zizmor: ignore[artipacked, unpinned-uses] known here
  - uses: a/b@v3 # lockgate:ignore LG-GHA-001
  # lockgate:ignore third-party-action-not-pinned ours
  - uses: a/b@v4
  - uses: a/b@v5 # zizmor: ignore[artipacked]
  - uses: a/b@v6 # zizmor: ignore[no-such-name]
  - run: echo ${{ github.head_ref }} # zizmor: ignore[template-injection]",
    );
    assert_eq!(found(&text), ["LG-GHA-001 12", "LG-GHA-001 13"]);
}

#[test]
fn known_versions_are_pinned_and_others_left() {
    let text = "\
on: push
permissions: {}
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - uses: \"actions/checkout@v7.0.1\" # the newest
      - {uses: actions/checkout@v7}
      - uses: actions/checkout@v4
      - uses: actions/cache/restore@v5.0
        with: {path: a, key: b}
      - uses: a/b@v7
";
    let sandbox = Sandbox::repository(&[(FILE, text)]);
    sandbox.run(&["fix", "."]);
    let expected = text
        .replace(
            "- uses: actions/checkout@v7\n",
            &format!("- uses: actions/checkout@{PINNED} # v7.0.1\n"),
        )
        .replace("checkout@v7.0.1", &format!("checkout@{PINNED}"))
        .replace("{uses: actions/checkout@v7}", &format!("{{uses: actions/checkout@{PINNED}}}"))
        .replace("restore@v5.0\n", "restore@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5\n");
    assert_eq!(fs::read_to_string(sandbox.join(FILE)).unwrap(), expected);
}

#[test]
fn the_token_of_a_checkout_is_taken_away() {
    let upload = "  - uses: actions/upload-artifact@v3\n    with: {path: .}";
    let text = |with: &str, more: &str| {
        let checkout =
            format!("steps:\n  - name: get\n    uses: actions/checkout@v4 # four\n{with}");
        job("push", &format!("{checkout}{more}{upload}"))
    };
    let fixed = |text: &str, arguments: &[&str]| {
        let sandbox = Sandbox::repository(&[(FILE, text)]);
        sandbox.run(&[&["fix"], arguments, &["."]].concat());
        fs::read_to_string(sandbox.join(FILE)).unwrap()
    };
    let wanted = text("    with:\n      persist-credentials: false\n", "");
    assert_eq!(fixed(&text("", ""), &[]), wanted);
    let two = "    with:\n      persist-credentials: false\n      fetch-depth: 0\n";
    assert_eq!(fixed(&text("    with:\n      fetch-depth: 0\n", ""), &[]), text(two, ""));
    let on = "    with:\n      persist-credentials: true\n";
    assert_eq!(fixed(&text(on, ""), &[]), wanted);
    // What pushes needs the token.
    let pushes = text("", "  - run: git push\n");
    assert_eq!(fixed(&pushes, &[]), pushes);
    assert_ne!(fixed(&pushes, &["--rule", "LG-GHA-053"]), pushes);
}

#[test]
fn a_condition_that_is_always_true_is_written_without_braces() {
    let text = job(
        "push",
        "steps:\n  - if: ${{ github.ref_type == 'tag' }} && ${{ !cancelled() }}\n    run: make",
    );
    let sandbox = Sandbox::repository(&[(FILE, &text)]);
    sandbox.run(&["fix", "--rule", "LG-GHA-060", "."]);
    let fixed = fs::read_to_string(sandbox.join(FILE)).unwrap();
    assert!(fixed.contains("if: github.ref_type == 'tag' && !cancelled()\n"), "{fixed}");
}

#[test]
fn the_password_of_a_registry_is_shown_nowhere() {
    let body = "container:\n  image: a/b:1\n  credentials: {username: me, password: walnut-lantern}\nsteps: []";
    for format in ["json", "sarif", "table", "markdown"] {
        let sandbox = Sandbox::with(&[(FILE, &job("push", body))]);
        let run = sandbox.scan(&["--format", format, "."]);
        assert!(run.stdout.contains("LG-GHA-043"), "{format}");
        assert!(!run.stdout.contains("walnut-lantern"), "{format}");
    }
}

#[test]
fn a_finding_stays_itself_when_lines_move() {
    let prints = |text: &str| {
        let report = scan(&[(FILE, text)]);
        let findings = report["findings"].as_array().unwrap().clone();
        let mut prints: Vec<String> =
            findings.iter().map(|it| it["fingerprint"].to_string()).collect();
        prints.sort();
        prints
    };
    let text =
        job("issues", "steps:\n  - uses: a/b@v1\n  - run: echo ${{ github.event.issue.title }}");
    let moved = text.replace("permissions", "# more\n\npermissions");
    let moved = moved.replace("    - run:", "    - run: make\n      - run:");
    assert_eq!(prints(&text).len(), 2);
    assert_eq!(prints(&text), prints(&moved));
}

#[test]
fn a_file_that_cannot_be_read_is_said_with_its_line_and_the_rest_is_scanned() {
    let laughs: String = (1..40)
        .map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{}, ", n - 1).repeat(9)))
        .collect();
    let good = job("push", "steps:\n  - uses: a/b@v1");
    let report = scan(&[
        (".github/workflows/bomb.yml", &format!("a0: &a0 [x]\n{laughs}")),
        (".github/workflows/broken.yml", "on: push\njobs: [\n"),
        (".github/workflows/good.yml", &good),
        (".github/workflows/twice.yml", &format!("{good}on: pull_request\n")),
        (
            ".github/workflows/types.yml",
            "on: 7\njobs: {a: [], b: {steps: {c: 1}}, c: {steps: [1, [], {run: [], uses: {}}]}}\n",
        ),
        (".github/workflows/empty.yml", ""),
        (".github/workflows/list.yml", "- 1\n"),
    ]);
    let notifications = report["notifications"].as_array().unwrap();
    let said: Vec<(&str, &str)> = notifications
        .iter()
        .map(|it| (it["path"].as_str().unwrap(), it["message"].as_str().unwrap()))
        .collect();
    let files: Vec<&str> = said.iter().map(|it| it.0.rsplit('/').next().unwrap()).collect();
    assert_eq!(files, ["bomb.yml", "broken.yml", "twice.yml"], "{said:?}");
    assert!(said.iter().all(|(_, message)| message.starts_with("line ")), "{said:?}");
    let places = places(&report);
    assert!(places.contains(&"LG-GHA-001 .github/workflows/good.yml:7".to_owned()), "{places:?}");
}

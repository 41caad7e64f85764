//! What is decided about findings holds when a scan is judged, wherever it was decided.

use crate::imported::fingerprint;
use crate::sandbox::{SHELL, Sandbox};
use crate::templates;
use jiff::ToSpan;
use jiff::civil::Date;

fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn entry(what: &str, created: Date, more: &str) -> String {
    format!(
        "[[waiver]]\n{what}\nreason = \"known\"\nowner = \"kim\"\ncreated = {created}\n{more}\n"
    )
}

const PULL_REQUEST: &[(&str, &str)] = &[
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_EVENT_NAME", "pull_request"),
    ("GITHUB_BASE_REF", "main"),
];

#[test]
fn an_entry_of_the_file_holds_until_its_last_day() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let what = "rule = \"B602\"\npath = \"run.py\"";
    let file = |created, more: &str| {
        sandbox.write(".lockgate/waivers.toml", entry(what, created, more));
    };
    file(today(), "");
    sandbox.scan(&[]).exits(0).says("1 waived");
    sandbox.scan(&["--no-store", "--no-cache"]).exits(0).says("1 waived");
    file(today() - 10.days(), &format!("until = {}", today()));
    sandbox.scan(&[]).exits(0).complains("waivers.toml:1: B602 in run.py (kim) expires on");
    file(today() - 10.days(), &format!("until = {}", today() - 1.day()));
    sandbox.scan(&[]).exits(1).says("high[B602]").complains("what it was for counts again");
    assert_eq!(sandbox.scan(&["-q"]).exits(1).stderr, "");
    file(today(), "untill = 3");
    sandbox.scan(&[]).exits(2).complains("did you mean `until`?");
}

#[test]
fn what_is_for_nothing_is_said_where_everything_was_looked_at() {
    let sandbox = Sandbox::repository(&[("sub/clean.py", "print()\n")]);
    let unused = |run: crate::sandbox::Run| run.exits(0).stderr.contains("is for nothing");
    sandbox.write(".lockgate/waivers.toml", entry("rule = \"B602\"", today(), ""));
    assert!(unused(sandbox.scan(&[])));
    assert!(!unused(sandbox.scan(&["sub"])));
    assert!(!unused(sandbox.scan(&["--engine", "python=off"])));
    let many: String = (0..9).map(|_| entry("rule = \"B602\"", today(), "")).collect();
    sandbox.write(".lockgate/waivers.toml", many);
    let few = sandbox.scan(&[]).exits(0).complains("4 more; see `lockgate waivers check`");
    assert_eq!(few.stderr.matches("is for nothing").count(), 5);
    let all = sandbox.scan(&["-v"]).exits(0);
    assert_eq!(all.stderr.matches("is for nothing").count(), 9);
}

#[test]
fn a_finding_in_a_renamed_file_keeps_its_history_its_waiver_and_its_triage() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let fingerprint = fingerprint(&sandbox, "B602");
    let rename = |from: &str, to: &str| {
        std::fs::create_dir_all(sandbox.join(to).parent().unwrap()).unwrap();
        sandbox.git(&["mv", from, to]);
        sandbox.commit();
    };
    rename("run.py", "tools/start.py");
    let report = sandbox.scan(&["--format", "json"]).exits(1).json();
    let counts = &report["counts"];
    assert_eq!((&counts["new"], &counts["fixed"]), (&0.into(), &0.into()), "{report}");
    sandbox.run(&["explain", &fingerprint[..12]]).exits(0).says("tools/start.py:2:");

    let waiver = entry(&format!("fingerprint = \"{fingerprint}\""), today(), "");
    sandbox.write(".lockgate/waivers.toml", waiver);
    rename("tools/start.py", "tools/launch.py");
    sandbox.scan(&[]).exits(0).says("1 waived");
    sandbox.scan(&["--no-cache"]).exits(0).says("1 waived");
    sandbox.remove(".lockgate/waivers.toml");
    sandbox.scan(&[]).exits(1).says("blocks");

    let decide = ["--state", "false-positive", "--reason", "a test", "--owner", "kim"];
    sandbox.run(&[&["triage", &fingerprint], &decide[..]].concat()).exits(0);
    rename("tools/launch.py", "launch.py");
    sandbox.scan(&[]).exits(0).says("1 waived");
}

#[test]
fn a_decision_in_the_store_holds_in_the_scans_of_every_branch() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let fingerprint = fingerprint(&sandbox, "B602");
    let decide = ["--state", "accepted", "--reason", "later", "--owner", "kim"];
    sandbox.run(&[&["triage", &fingerprint], &decide[..]].concat()).exits(0);
    sandbox.scan(&[]).exits(0).says("1 waived");
    sandbox.git(&["checkout", "-q", "-b", "feature"]);
    sandbox.scan(&[]).exits(0).says("1 waived");
    sandbox.scan(&["--no-store"]).exits(1);
    sandbox.run(&["triage", "clear", &fingerprint]).exits(0);
    sandbox.scan(&[]).exits(1);
    let confirm = ["--state", "confirmed", "--owner", "kim"];
    sandbox.run(&[&["triage", &fingerprint], &confirm[..]].concat()).exits(0);
    sandbox.scan(&[]).exits(1);
}

#[test]
fn another_secret_beside_what_is_waived_still_blocks() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let waiver = entry("path = \"run.py\"\nrule = \"B602\"", today(), "");
    sandbox.write(".lockgate/waivers.toml", waiver);
    sandbox.scan(&[]).exits(0);
    let token = templates::expand("{{github ghp}}");
    sandbox.write("run.py", format!("{SHELL}key = \"{token}\"\n"));
    let run = sandbox.scan(&[]).exits(1).says("github-pat");
    assert!(!run.stdout.contains(&token));
}

#[test]
fn a_reason_quotes_no_secret_in_any_format_and_acts_on_no_terminal() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let token = templates::expand("{{github ghp}}");
    let waiver = entry("rule = \"B602\"", today(), "")
        .replace("known", &format!("see {token} \\u001b[2J \\u202e"));
    sandbox.write(".lockgate/waivers.toml", waiver);
    for format in ["table", "json", "sarif", "sarif-full", "markdown", "github"] {
        let run = sandbox.scan(&["-v", "--format", format]).exits(0);
        let said = run.stdout + &run.stderr;
        assert!(!said.contains(&token[8..]), "{format}: {said}");
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{format}: {said}");
    }
    let store = std::fs::read(sandbox.join(".lockgate/findings.db")).unwrap();
    assert!(!store.windows(16).any(|window| window == &token.as_bytes()[8..24]));
}

#[test]
fn a_pull_request_is_judged_with_the_waivers_of_its_target() {
    let sandbox = Sandbox::repository(&[("a.py", "print()\n")]);
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    sandbox.write("run.py", SHELL);
    sandbox.write(".lockgate/waivers.toml", entry("rule = \"B602\"", today(), ""));
    sandbox.commit();
    let pull_request = || sandbox.scan_in(PULL_REQUEST, &["--no-store"]);
    pull_request().exits(1).complains("waivers.toml of this branch differs from main's");
    sandbox.scan(&["--no-store"]).exits(0);
    sandbox.scan(&["--no-store", "--policy-from", "main"]).exits(1);
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.git(&["checkout", "-q", "topic", "--", ".lockgate/waivers.toml"]);
    sandbox.commit();
    sandbox.git(&["checkout", "-q", "topic"]);
    pull_request().exits(0).says("1 waived");
}

#[test]
fn a_pull_request_is_judged_by_the_gate_of_its_target_whatever_its_own_name() {
    let settings = "[gate.branches.\"loose/**\"]\nfail_on = \"none\"\n\
                    [gate.branches.main]\nfail_on = \"high\"\n";
    let sandbox = Sandbox::repository(&[("lockgate.toml", settings)]);
    sandbox.git(&["checkout", "-q", "-b", "loose/topic"]);
    sandbox.write("run.py", SHELL);
    sandbox.commit();
    sandbox.scan(&["--no-store"]).exits(0);
    sandbox.scan_in(PULL_REQUEST, &["--no-store"]).exits(1).says("[gate.branches.\"main\"]");
}

#[test]
fn what_the_base_has_is_not_called_new() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&["--fail-on", "none"]).exits(0).says("2 new");
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    sandbox.write("more.py", SHELL);
    sandbox.commit();
    sandbox.scan(&[]).exits(1).says("2 new, 2 existing");
    sandbox.scan_in(PULL_REQUEST, &["--no-store"]).exits(1).says("2 new, 2 existing");
}

#[test]
fn the_gate_tells_what_a_day_to_come_will_bring() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let waiver = entry("rule = \"B602\"", today(), "");
    sandbox.write(".lockgate/waivers.toml", waiver);
    sandbox.scan(&[]).exits(0);
    let gate = |days: i32| {
        let day = (today() + days.days()).to_string();
        sandbox.run(&["gate", "--as-of", &day])
    };
    gate(90).exits(0).complains("judging as on");
    gate(91).exits(1).says("B602");
    sandbox.run(&["gate", "--as-of", "soon"]).exits(2);
}

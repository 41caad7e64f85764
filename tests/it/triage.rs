//! `lockgate triage`: decisions about findings, on all branches.

use crate::imported::{finding, fingerprint, import};
use crate::sandbox::{Run, SHELL, Sandbox};
use lockgate::finding::Outcome;

fn scanned() -> (Sandbox, String) {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let fingerprint = fingerprint(&sandbox, "B602");
    (sandbox, fingerprint)
}

fn triage(sandbox: &Sandbox, fingerprint: &str, more: &[&str]) -> Run {
    sandbox.run(&[&["triage", fingerprint], more].concat())
}

const FALSE: &[&str] = &["--state", "false-positive", "--reason", "a test", "--owner", "me"];

fn day(days: i32) -> String {
    use jiff::ToSpan;
    (jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date() + days.days()).to_string()
}

#[test]
fn a_decision_holds_on_every_branch_until_it_is_taken_back() {
    let (sandbox, fingerprint) = scanned();
    sandbox.run(&["gate", "-q"]).exits(1);
    triage(&sandbox, &fingerprint[..10], FALSE)
        .exits(0)
        .says("is false-positive by me: from the next scan")
        .says("lockgate triage clear");
    sandbox.run(&["gate", "-q"]).exits(0);
    sandbox
        .run(&["triage", "list"])
        .exits(0)
        .says("false-positive without end by me: B602 at run.py:2");
    sandbox
        .run(&["explain", &fingerprint])
        .exits(0)
        .says("does not block: the triage waives it: false-positive: a test");

    sandbox.git(&["checkout", "-q", "-b", "feature"]);
    sandbox.scan(&["-q"]);
    sandbox.run(&["gate", "-q"]).exits(0);
    sandbox.run(&["triage", "clear", &fingerprint]).exits(0).says("no longer false-positive");
    sandbox.run(&["gate", "-q"]).exits(1);
    sandbox.run(&["triage", "list"]).exits(0).says("No decisions");
    sandbox.run(&["triage", "clear", &fingerprint]).exits(2).complains("nobody has decided about");
    sandbox.run(&["explain", &fingerprint]).exits(0).says("nobody has decided about it");
    triage(&sandbox, &fingerprint, FALSE).exits(0);
    sandbox.run(&["gate", "-q"]).exits(0);
}

#[test]
fn a_decision_about_one_witness_is_about_all_of_them() {
    let (sandbox, own) = scanned();
    let other = finding("ruff", "S602", "run.py", 2);
    let others = other.fingerprint.to_string();
    import(&sandbox, "ruff", Outcome::Complete, vec![other]);
    triage(&sandbox, &others, FALSE).exits(0);
    sandbox.run(&["gate", "-q"]).exits(0);
    let story = sandbox.run(&["explain", &own]).exits(0);
    story.says("high[B602]").says(&format!("lockgate triage clear {}", &others[..12]));
    sandbox.run(&["triage", "clear", &others]).exits(0);
    sandbox.run(&["gate", "-q"]).exits(1);
}

#[test]
fn what_is_accepted_is_so_for_ninety_days_and_for_a_year_at_most() {
    let (sandbox, fingerprint) = scanned();
    let accepted = ["--state", "accepted", "--reason", "later", "--owner", "me"];
    triage(&sandbox, &fingerprint, &accepted).exits(0).says(&format!("until {}", day(90)));
    let until =
        |day: String| triage(&sandbox, &fingerprint, &[&accepted[..], &["--until", &day]].concat());
    until(day(365)).exits(0).says(&format!("until {}", day(365)));
    until(day(366)).exits(2).complains("more than 365 days from now; the latest is");
    until(day(-1)).exits(2).complains("has gone by; the earliest is");
    until("soon".into()).exits(2).complains("a day is written as");
}

#[test]
fn a_decision_needs_a_reason_and_an_owner() {
    let (sandbox, fingerprint) = scanned();
    let bare = ["--state", "false-positive"];
    triage(&sandbox, &fingerprint, &bare).exits(2).complains("say why with --reason");
    sandbox.git(&["config", "user.name", ""]);
    let reason = [&bare[..], &["--reason", "x"]].concat();
    triage(&sandbox, &fingerprint, &reason)
        .exits(2)
        .complains("say who answers for it with --owner");
    sandbox.git(&["config", "user.name", "Some Body"]);
    triage(&sandbox, &fingerprint, &reason).exits(0).says("by Some Body");
    triage(&sandbox, &fingerprint, &["--state", "confirmed"]).exits(0).says("it counts, as before");
    sandbox.run(&["gate", "-q"]).exits(1);
    triage(&sandbox, &fingerprint, &["--state", "flase-positive"])
        .exits(2)
        .complains("false-positive");
    sandbox.run(&["triage"]).exits(2);
    triage(&sandbox, "0000000000", &reason).exits(2).complains("no finding of");
}

#[test]
fn a_reason_quotes_no_secret_and_acts_on_no_terminal() {
    let (sandbox, fingerprint) = scanned();
    let token = crate::templates::expand("ghp_{{alnum 36}}");
    let reason = format!("replaced {token}\u{1b}[2J");
    let decision = ["--state", "false-positive", "--reason", &reason, "--owner", "me"];
    triage(&sandbox, &fingerprint, &decision).exits(0);
    for format in ["table", "json"] {
        let list = sandbox.run(&["triage", "list", "--format", format]).exits(0).says("replaced ");
        assert!(
            !list.stdout.contains(&token) && !list.stdout.contains('\u{1b}'),
            "{}",
            list.stdout
        );
    }
}

#[test]
fn options_that_mean_nothing_say_so() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    let triage = |rest: &[&str]| {
        let common = ["triage", "0123", "--state", "accepted", "--reason", "r"];
        sandbox.run(&[&common[..], rest].concat()).exits(2)
    };
    triage(&["--owner", ""]).complains("--owner is empty");
    triage(&["--until", "2026-11-23T10:00"]).complains("a day is written as 2027-02-20");
    sandbox.run(&["gate", "--as-of", "9999-12-31"]).exits(2).complains("no such day comes");
}

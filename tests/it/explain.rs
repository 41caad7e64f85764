//! `lockgate explain`: all about one finding.

use crate::imported::{finding, fingerprint, import};
use crate::sandbox::{SHELL, Sandbox};
use lockgate::finding::{Outcome, Severity};

fn scanned() -> (Sandbox, String) {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    let fingerprint = fingerprint(&sandbox, "B602");
    (sandbox, fingerprint)
}

#[test]
fn a_finding_is_explained_by_a_few_digits() {
    let (sandbox, fingerprint) = scanned();
    sandbox
        .run(&["explain", &fingerprint[..6].to_uppercase()])
        .exits(0)
        .says("high[B602]: ")
        .says("run.py:2:")
        .says("python B602 (high, high confidence)")
        .says(&format!("  {fingerprint}  python B602: made of the flagged code"))
        .says("new on main, commit ")
        .says("nobody has decided about it")
        .says("Gate on main\n  blocks: there is no scan that passed to compare with")
        .says("[gate] fail_on = \"high\"")
        .says("lockgate rules explain B602")
        .says(&format!("lockgate triage {} --state false-positive", &fingerprint[..12]))
        .says(&format!("lockgate waivers add {} --reason", &fingerprint[..12]));
}

#[test]
fn the_base_and_the_history_are_told() {
    let sandbox = Sandbox::repository(&[
        ("run.py", SHELL),
        ("lockgate.toml", "[gate]\nfail_on = \"none\"\n"),
    ]);
    sandbox.scan(&[]).exits(0);
    sandbox.write("run.py", "print()\n");
    sandbox.commit();
    sandbox.scan(&[]).exits(0);
    let gone = |sandbox: &Sandbox, fingerprint: &str| {
        sandbox
            .run(&["explain", fingerprint])
            .exits(0)
            .says("fixed on main")
            .says("not open on any")
    };
    sandbox.write("run.py", SHELL);
    sandbox.commit();
    let fingerprint = fingerprint(&sandbox, "B602");
    sandbox.write("lockgate.toml", "[gate]\nnew_only = true\n");
    let story = sandbox.run(&["explain", &fingerprint, "--format", "json"]).exits(0).json();
    let events = story["history"].as_array().unwrap();
    let what: Vec<&str> = events.iter().map(|event| event["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["new", "fixed", "reopened"]);
    assert!(events.iter().all(|event| event["commit"].is_string() && event["branch"] == "main"));
    assert_eq!((&story["gate"]["blocks"], &story["gate"]["new"]), (&false.into(), &false.into()));
    sandbox.write("lockgate.toml", "[gate]\nfail_on = \"none\"\n");
    sandbox.write("run.py", "print()\n");
    sandbox.commit();
    sandbox.scan(&[]).exits(0);
    gone(&sandbox, &fingerprint);
}

#[test]
fn waivers_that_nearly_match_are_named() {
    let (sandbox, fingerprint) = scanned();
    let entry = |what: &str, days: &str| {
        format!("[[waiver]]\n{what}\nreason = \"known\"\nowner = \"team\"\n{days}\n\n")
    };
    let today = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date();
    let now = format!("created = {today}");
    let elsewhere = entry("rule = \"B602\"\npath = \"other/\"", &now);
    let over = entry("rule = \"B602\"", "created = 2024-01-01\nuntil = 2024-02-01");
    let unrelated = entry("rule = \"B101\"", &now);
    sandbox.write(".lockgate/waivers.toml", format!("{over}{elsewhere}{unrelated}"));
    let run = sandbox.run(&["explain", &fingerprint]).exits(0);
    let run = run
        .says("line 1: B602: does not hold: expired on 2024-02-01")
        .says("B602 in other/: does not hold: is for the rule, but in other/")
        .says("lockgate waivers check")
        .says("blocks: ");
    assert!(!run.stdout.contains("B101"), "{}", run.stdout);

    let holds = entry(&format!("fingerprint = \"{fingerprint}\""), &now);
    sandbox.write(".lockgate/waivers.toml", holds);
    sandbox
        .run(&["explain", &fingerprint])
        .exits(0)
        .says("does not block: the waiver file waives it: known")
        .says("holds until");
}

#[test]
fn digits_that_lead_nowhere_or_to_several_say_what_to_do() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox
        .run(&["explain", "abcd"])
        .exits(2)
        .complains("there is no store yet; run `lockgate scan`");
    sandbox.scan(&[]).exits(1);
    sandbox.run(&["explain", "xyzw"]).exits(2).complains("is no fingerprint");
    sandbox.run(&["explain", "abc"]).exits(2).complains("4 of 32 hexadecimal digits");
    let mut twins = vec![finding("ruff", "S602", "a.py", 1), finding("ruff", "S603", "b.py", 1)];
    for (twin, last) in twins.iter_mut().zip([1, 2]) {
        twin.fingerprint.0 = [0xAB; 16];
        twin.fingerprint.0[15] = last;
        twin.location.path = format!("turns\u{1b}[31m red {last}.py").into();
    }
    import(&sandbox, "ruff", Outcome::Complete, twins);
    let run = sandbox.run(&["explain", "abababab"]).exits(2);
    let run = run
        .complains("leads to more than one finding; give more digits of one: abab")
        .complains("ab01 (S602 at turns\\u{1b}[31m red 1.py:1), abab")
        .complains("ab02 (S603 at turns");
    assert!(!run.stderr.contains('\u{1b}'));
    sandbox.run(&["explain", "0123456789"]).exits(2).complains("no finding of");
}

#[test]
fn text_of_other_tools_acts_on_no_terminal() {
    let (sandbox, _) = scanned();
    let mut hostile = finding("ruff", "S\u{202e}1", "a\u{1b}]0;x\u{7}.py", 1);
    hostile.severity = Severity::High;
    hostile.message = "one\ntwo\u{1b}[2J".into();
    let fingerprint = hostile.fingerprint.to_string();
    import(&sandbox, "ruff", Outcome::Complete, vec![hostile]);
    for command in [
        &["explain", &fingerprint][..],
        &["explain", &fingerprint, "--format", "json"],
        &["history", &fingerprint],
        &["gate"],
    ] {
        let run = sandbox.run(command);
        assert!(
            !run.stdout.contains(['\u{1b}', '\u{7}', '\u{202e}']),
            "{command:?}\n{}",
            run.stdout
        );
    }
}

//! Verdicts as documents, and judging again what they were passed on.

use crate::sandbox::{Run, SHELL, Sandbox};
use crate::templates::expand;
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

const WAIVED: &str = "import subprocess\nsubprocess.call(c, shell=True)  # nosec B602\nassert c\n";

/// A repository in a folder of its own, beside which the verdict lies.
struct Place {
    outer: Sandbox,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Place {
        let outer = Sandbox::empty();
        for (path, content) in files {
            outer.write(&format!("repository/{path}"), content);
        }
        outer.git(&["init", "-q", "-b", "main", "repository"]);
        let place = Place { outer };
        place.commit();
        place
    }

    fn commit(&self) {
        self.outer.git(&["-C", "repository", "add", "-A"]);
        self.outer.git(&["-C", "repository", "commit", "-q", "--allow-empty", "-m", "change"]);
    }

    fn write(&self, path: &str, content: &str) {
        self.outer.write(&format!("repository/{path}"), content);
    }

    fn scan(&self, more: &[&str]) -> Run {
        self.outer.scan(&[&["repository", "--format", "verdict=verdict.json"], more].concat())
    }

    fn verdict(&self) -> Value {
        serde_json::from_slice(&fs::read(self.outer.join("verdict.json")).unwrap()).unwrap()
    }

    fn change(&self, change: impl Fn(&mut Value)) {
        let mut verdict = self.verdict();
        change(&mut verdict);
        self.outer.write("verdict.json", verdict.to_string());
    }

    /// Runs the binary inside the repository.
    fn run(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new("env");
        command.args(["-C", "repository", env!("CARGO_BIN_EXE_lockgate")]);
        self.outer.run_by(command, arguments)
    }

    fn replay(&self) -> Run {
        self.outer.run(&["replay", "verdict.json", "repository"])
    }
}

fn read(place: &Place, path: &str) -> Value {
    serde_json::from_slice(&fs::read(place.outer.join(path)).unwrap()).unwrap()
}

#[test]
fn a_verdict_says_what_was_decided_and_on_what_grounds() {
    let place = Place::new(&[("run.py", SHELL), ("waived.py", WAIVED), ("logo", "\0\0")]);
    place.write(
        "lockgate.toml",
        "[scan]\nexclude = [\"vendor/**\"]\n[report]\nmin_severity = \"high\"\n",
    );
    place.scan(&[]).exits(1);
    let verdict = place.verdict();
    assert_eq!(verdict["schema"], "lockgate/verdict/v1");
    assert_eq!(verdict["outcome"], "blocked");
    assert_eq!(verdict["repository"]["branch"], "main");
    assert_eq!(verdict["policy"]["hash"].as_str().unwrap().len(), 64);
    assert_eq!(verdict["inputs"]["scan"]["exclude"], json!(["vendor/**"]));
    assert_eq!(verdict["inputs"]["files"], 4);
    assert_eq!(verdict["engines"][0]["roots"], json!([""]));
    let decisions = verdict["decisions"].as_array().unwrap();
    let short = |d: &Value| format!("{} {} {}", d["rule"], d["path"], d["action"]).replace('"', "");
    assert_eq!(
        decisions.iter().map(short).collect::<Vec<_>>(),
        [
            "B404 run.py none",
            "B602 run.py block",
            "B404 waived.py none",
            "B602 waived.py none",
            "B101 waived.py none"
        ]
    );
    assert!(decisions[1]["by"].as_str().unwrap().contains("fail_on"));
    assert_eq!(decisions[1]["new"], true);
    assert_eq!(decisions[3]["waiver"]["source"], "comment");
    let schema = lockgate::verdict::schema();
    let validator = jsonschema::validator_for(schema.as_value()).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&verdict).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn the_same_inputs_give_the_same_bytes_but_for_the_time() {
    let place = Place::new(&[("run.py", SHELL), ("a/b.py", WAIVED), ("logo", "\0")]);
    place.scan(&["--no-store", "--no-cache"]).exits(1);
    let cold = place.verdict();
    let without_time = |mut verdict: Value| {
        verdict["judged"] = json!("");
        verdict.to_string()
    };
    place.scan(&[]).exits(1);
    place.scan(&["--no-store"]).exits(1);
    assert_eq!(without_time(place.verdict()), without_time(cold.clone()), "through the cache");
    place.write("logo", "\0\0");
    place.scan(&["--no-store"]).exits(1);
    assert_eq!(place.verdict()["inputs"], cold["inputs"], "no engine looks at a binary file");
    place.write("a/b.txt", "");
    place.scan(&["--no-store"]).exits(1);
    assert_ne!(place.verdict()["inputs"]["digest"], cold["inputs"]["digest"]);
}

#[test]
fn the_same_answer_from_the_same_inputs() {
    let place = Place::new(&[("run.py", SHELL), ("waived.py", WAIVED)]);
    place.scan(&[]).exits(1);
    place.replay().exits(1).says("same answer: blocked by 1 finding");
    // The policy is the recorded one, whatever the configuration says since.
    place.scan(&["--fail-on", "none"]).exits(0);
    place.replay().exits(0).says("same answer: passed");
    place.scan(&["--new-only"]).exits(0);
    assert_eq!(place.verdict()["decisions"][1]["new"], false);
    fs::remove_dir_all(place.outer.join("repository/.lockgate")).unwrap();
    place.replay().exits(0).says("same answer: passed");
}

#[test]
fn what_was_incomplete_is_incomplete_again() {
    let place = Place::new(&[("broken.py", "def (\n")]);
    place.write("lockgate.toml", "[gate]\nunparsed = \"incomplete\"\n");
    place.scan(&[]).exits(3);
    place.replay().exits(3).says("same answer: incomplete");
}

#[test]
fn part_of_a_repository_is_judged_again_in_that_part() {
    let place = Place::new(&[("run.py", SHELL), ("lib/fine.py", "print(1)\n")]);
    place
        .outer
        .scan(&["repository/lib", "--engine", "secrets=off", "--format", "verdict=verdict.json"])
        .exits(0);
    let again = ["replay", "verdict.json", "repository", "--engine", "secrets=off"];
    place.outer.run(&again).exits(0).says("same answer: passed");
}

#[test]
fn other_inputs_cannot_answer_the_question() {
    let place = Place::new(&[("run.py", SHELL)]);
    place.scan(&[]).exits(1);
    place.write("run.py", "import subprocess\n");
    place.commit();
    place
        .replay()
        .exits(2)
        .says("these inputs differ:")
        .says("repository.commit: ")
        .says("inputs.digest: ")
        .says("these results differ:")
        .says("outcome: passed here, blocked by 1 finding in the verdict")
        .says("B602 at run.py:2: not here, block by [gate] fail_on")
        .complains("cannot be judged again");
    place.write("run.py", SHELL);
    place.replay().exits(1).says("same answer").says("with the same files, at commit ");
    place.change(|verdict| verdict["lockgate"]["version"] = json!("0.0.1"));
    place.replay().exits(2).says("lockgate.version: ").says("0.0.1 in the verdict");
    place.scan(&[]).exits(1);
    place.change(|verdict| verdict["lockgate"]["rules"] = json!("00"));
    place.replay().exits(2).says("lockgate.rules: ").says(" here, 00 in the verdict");
    place.scan(&[]).exits(1);
    place.change(|verdict| verdict["policy"]["resolved"]["min_confidence"] = json!("high"));
    place.replay().exits(2).says("policy.hash: ");
}

#[test]
fn a_record_that_was_tampered_with_is_another_answer() {
    let place = Place::new(&[("run.py", SHELL)]);
    place.scan(&[]).exits(1);
    place.change(|verdict| {
        verdict["outcome"] = json!("passed");
        verdict["decisions"][1]["action"] = json!("none");
    });
    place
        .replay()
        .exits(2)
        .says("outcome: blocked by 1 finding here, passed in the verdict")
        .says("B602 at run.py:2: action: block here, none in the verdict")
        .complains("another answer from the same inputs");
    place.change(|verdict| verdict["inputs"]["paths"] = json!(["../.."]));
    place.replay().exits(2).complains("which is not below");
    place.outer.write("verdict.json", "{\"schema\":");
    place.replay().exits(2).complains("verdict.json: EOF");
}

/// Where the finding stands that `SHELL` is blocked by, and its fingerprint.
fn decided(place: &Place) -> (usize, String) {
    let verdict = place.verdict();
    let decisions = verdict["decisions"].as_array().unwrap();
    let at = decisions.iter().position(|decided| decided["rule"] == "B602").unwrap();
    (at, decisions[at]["fingerprint"].as_str().unwrap().to_owned())
}

#[test]
fn what_the_triage_said_is_taken_from_the_record_as_long_as_it_held() {
    let place = Place::new(&[("run.py", SHELL)]);
    place.scan(&[]).exits(1);
    let (at, fingerprint) = decided(&place);
    let day = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let triage = ["triage", &fingerprint, "--state", "accepted", "--reason", "by hand"];
    let owned = ["--owner", "ops", "--until", &day.to_string()];
    place.run(&[&triage[..], &owned].concat()).exits(0);
    place.scan(&[]).exits(0);
    assert_eq!(place.verdict()["decisions"][at]["waiver"]["source"], "triage");
    fs::remove_dir_all(place.outer.join("repository/.lockgate")).unwrap();
    place.replay().exits(0).says("same answer: passed");
    place.change(|verdict| verdict["decisions"][at]["waiver"]["until"] = json!("2020-01-31"));
    place
        .replay()
        .exits(2)
        .says("outcome: blocked by 1 finding here, passed in the verdict")
        .says("B602 at run.py:2: waiver: none here, ")
        .complains("another answer from the same inputs");
}

#[test]
fn what_two_engines_saw_and_what_was_moved_is_judged_as_it_was() {
    let line = expand("password = \"ghp_{{alnum 36}}\"\n");
    let place = Place::new(&[("token.py", &line)]);
    place.scan(&["--fail-on", "none"]).exits(0);
    let of_token = |place: &Place| place.verdict()["decisions"][0].clone();
    let witness = of_token(&place)["witnesses"][0]["fingerprint"].as_str().unwrap().to_owned();
    let triage = ["triage", &witness, "--state", "false-positive", "--reason", "a sample"];
    place.run(&[&triage[..], &["--owner", "ops"]].concat()).exits(0);
    place.outer.git(&["-C", "repository", "mv", "token.py", "moved.py"]);
    place.scan(&[]).exits(0);
    let decided = of_token(&place);
    assert_eq!(decided["path"], "moved.py");
    assert_eq!(decided["witnesses"][0]["also"], json!([witness]));
    assert_eq!(decided["waiver"]["source"], "triage");
    assert_eq!(decided["witnesses"][0]["waiver"]["source"], "triage");
    fs::remove_dir_all(place.outer.join("repository/.lockgate")).unwrap();
    place.replay().exits(0).says("same answer: passed");
}

#[test]
fn a_waiver_of_the_file_is_asked_for_again_on_the_day_of_the_verdict() {
    let place = Place::new(&[("run.py", SHELL)]);
    let day = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let waiver = format!(
        "[[waiver]]\nrule = \"B602\"\npath = \"run.py\"\nreason = \"only by hand\"\nowner = \"ops\"\ncreated = {day}\nuntil = {day}\n"
    );
    place.write(".lockgate/waivers.toml", &waiver);
    place.scan(&[]).exits(0);
    let (at, _) = decided(&place);
    let verdict = place.verdict();
    assert_eq!(verdict["decisions"][at]["waiver"]["source"], "file");
    assert_eq!(verdict["inputs"]["settings"]["waivers"].as_str().unwrap().len(), 64);
    place.replay().exits(0).says("same answer: passed");
    // Judged a day later, it is over.
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    place.change(|verdict| verdict["judged"] = json!(later.to_string()));
    place.replay().exits(2).says("outcome: blocked by 1 finding here, passed in the verdict");
    place.scan(&[]).exits(0);
    fs::remove_file(place.outer.join("repository/.lockgate/waivers.toml")).unwrap();
    place.replay().exits(2).says("inputs.settings: ").complains("the inputs are others");
}

#[test]
fn ages_are_those_of_the_day_of_the_verdict() {
    let place = Place::new(&[("run.py", SHELL)]);
    place.write(
        "lockgate.toml",
        "[gate]\nprofile = \"none\"\nsla_days = { high = 30 }\n[[gate.rules]]\nname = \"overdue\"\naction = \"block\"\noverdue = true\n",
    );
    place.scan(&[]).exits(0);
    let (at, _) = decided(&place);
    let judged: jiff::Timestamp = place.verdict()["judged"].as_str().unwrap().parse().unwrap();
    let ago = |days: i64| {
        jiff::Timestamp::from_second(judged.as_second() - days * 86_400).unwrap().to_string()
    };
    place.change(|verdict| verdict["decisions"][at]["first_seen"] = json!(ago(30)));
    place.replay().exits(0).says("same answer: passed");
    place.change(|verdict| verdict["decisions"][at]["first_seen"] = json!(ago(31)));
    place
        .replay()
        .exits(2)
        .says("outcome: blocked by 1 finding here, passed in the verdict")
        .says("B602 at run.py:2: action: block here, none in the verdict")
        .says("\"overdue\"");
}

#[test]
fn what_a_dry_run_would_have_blocked_and_what_is_warned_about_is_said_with_its_rule() {
    let place = Place::new(&[("run.py", SHELL), ("hash.py", "import hashlib\nhashlib.md5(b)\n")]);
    place.write("lockgate.toml", "[gate]\nwarn_on = \"low\"\n[[gate.rules]]\nname = \"hashes\"\naction = \"ignore\"\nrule = [\"B324\"]\n");
    place.scan(&["--dry-run", "--fail-on", "high"]).exits(0);
    let verdict = place.verdict();
    assert_eq!((&verdict["outcome"], &verdict["observed"]), (&json!("passed"), &json!(true)));
    assert_eq!(verdict["event"], "local");
    let of = |rule: &str| {
        let decisions = verdict["decisions"].as_array().unwrap();
        decisions.iter().find(|decided| decided["rule"] == rule).unwrap().clone()
    };
    assert_eq!(of("B602")["action"], "would-block");
    assert!(of("B602")["by"].as_str().unwrap().contains("fail_on = \"high\""));
    assert_eq!(of("B404")["action"], "warn");
    assert!(of("B404")["by"].as_str().unwrap().contains("warn_on"));
    assert_eq!(of("B324")["action"], "ignore");
    assert_eq!(of("B324")["by"], "[[gate.rules]] \"hashes\"");
    place.replay().exits(0).says("passed, only observed: would have been blocked by ");
    place.change(|verdict| verdict["observed"] = json!(false));
    place.replay().exits(2).says("outcome: passed, only observed");
}

#[test]
fn settings_of_the_base_branch_are_those_of_its_commit() {
    let place =
        Place::new(&[("run.py", SHELL), (".lockgateignore", "old/\n"), ("old/a.py", SHELL)]);
    place.outer.git(&["-C", "repository", "switch", "-q", "-c", "feature"]);
    place.write(".lockgateignore", "");
    place.commit();
    place.scan(&["--policy-from", "main"]).exits(1);
    let commit = place.verdict()["inputs"]["settings"]["commit"].as_str().unwrap().to_owned();
    assert_eq!(commit.len(), 40);
    place.replay().exits(1).says("same answer: blocked by 1 finding");
    place.outer.git(&["-C", "repository", "branch", "-q", "-f", "main", "feature"]);
    place.replay().exits(1).says("same answer");
    place.change(|verdict| verdict["inputs"]["settings"]["commit"] = json!("1".repeat(40)));
    place.replay().exits(2).complains("is no branch, tag or commit");
}

#[test]
fn what_the_scan_wrote_is_none_of_its_inputs() {
    let place = Place::new(&[("run.py", SHELL), ("kept.json", "{}\n")]);
    let formats = [
        "scan",
        "--format",
        "verdict=verdict.json",
        "--format",
        "json=out.json",
        "--format",
        "sarif=kept.json",
    ];
    place.run(&formats).exits(1);
    place.run(&["replay", "verdict.json"]).exits(2).says("inputs.digest");
    place.outer.git(&["-C", "repository", "checkout", "-q", "kept.json"]);
    place.run(&["replay", "verdict.json"]).exits(1).says("same answer");
    let first = read(&place, "repository/verdict.json");
    place.run(&formats).exits(1);
    let again = read(&place, "repository/verdict.json");
    assert_eq!(first["inputs"]["files"], again["inputs"]["files"]);
    assert_eq!(again["inputs"]["written"], json!(["verdict.json", "out.json", "kept.json"]));
    fs::rename(
        place.outer.join("repository/verdict.json"),
        place.outer.join("repository/other.json"),
    )
    .unwrap();
    place.outer.git(&["-C", "repository", "checkout", "-q", "kept.json"]);
    place.run(&["replay", "other.json"]).exits(1).says("same answer");
}

#[test]
fn a_file_that_git_tracks_is_scanned_though_a_report_goes_into_it() {
    let place = Place::new(&[("report.py", SHELL)]);
    place.run(&["scan", "--format", "json=report.py"]).exits(1);
    assert_eq!(read(&place, "repository/report.py")["findings"][1]["rule"]["id"], "B602");
}

#[test]
fn coverage_that_was_made_up_is_another_answer() {
    let place = Place::new(&[("run.py", "print(1)\n"), ("lib/fine.py", "print(1)\n")]);
    place.outer.scan(&["repository/lib", "--format", "verdict=verdict.json"]).exits(0);
    place.change(|verdict| verdict["engines"][0]["roots"] = json!([""]));
    place.replay().exits(2).says("engines.python.roots: [\"lib\"] here, [\"\"] in the verdict");
}

#[test]
fn other_settings_than_those_recorded_are_other_inputs() {
    let place = Place::new(&[("run.py", SHELL), ("old/a.py", SHELL), ("a.py", "print(1)\n")]);
    place.write("lockgate.toml", "[scan]\nexclude = [\"old/**\"]\n");
    place.commit();
    place.scan(&[]).exits(1);
    place.replay().exits(1).says("same answer");
    place.write(
        "lockgate.toml",
        "[scan]\nexclude = [\"old/**\"]\n[report]\nmin_severity = \"low\"\n",
    );
    place.replay().exits(2).says("inputs.settings: ").complains("the inputs are others");
    place.write("lockgate.toml", "[scan]\nexclude = [\"old/**\"]\n[engines]\nsecrets = \"off\"\n");
    place.replay().exits(2).says("engines.secrets: off here");
    place.outer.git(&["-C", "repository", "checkout", "-q", "lockgate.toml"]);
    place.replay().exits(1).says("same answer");
    type Change = fn(&mut Value);
    let changes: [(Change, &str); 5] = [
        (|v| v["inputs"]["scan"]["exclude"] = json!(["**"]), "inputs.scan: "),
        (|v| v["inputs"]["passed_over"] = json!([]), "inputs.passed_over: [\"old/a.py\"] here"),
        (|v| v["inputs"]["merge"]["apart"] = json!(["B602"]), "inputs.merge: "),
        (|v| v["inputs"]["settings"]["configuration"] = json!("00"), "inputs.settings: "),
        (|v| drop(v["engines"].as_array_mut().unwrap().pop()), "engines.secrets: on here"),
    ];
    for (change, says) in changes {
        place.scan(&[]).exits(1);
        place.change(change);
        place.replay().exits(2).says(says).complains("the inputs are others");
    }
}

#[test]
fn what_the_command_line_said_of_the_settings_is_said_again() {
    let place = Place::new(&[("run.py", SHELL), ("a.py", "print(1)\n")]);
    place.outer.write("central.toml", "[scan]\nexclude = [\"run.py\"]\n");
    let flags = ["--config", "central.toml", "--engine", "secrets=off"];
    place.scan(&flags).exits(0);
    place.replay().exits(2).says("inputs.scan: ").says("engines.secrets: on here");
    place
        .outer
        .run(&[&["replay", "verdict.json", "repository"], &flags[..]].concat())
        .exits(0)
        .says("same answer: passed");
}

#[test]
fn a_secret_in_a_glob_is_not_shown() {
    let token = expand("ghp_{{alnum 36}}");
    let place = Place::new(&[("a.py", "print(1)\n")]);
    place.write("lockgate.toml", &format!("[scan]\nexclude = [\"{token}/**\"]\n"));
    place.scan(&[]).exits(1);
    assert!(!place.verdict().to_string().contains(&token));
    place.replay().exits(1).says("same answer");
}

#[test]
fn only_a_scan_gives_a_verdict() {
    let place = Place::new(&[("run.py", "print(1)\n")]);
    place.scan(&[]).exits(0);
    let run = place.run(&["gate", "--format", "verdict=other.json"]);
    run.exits(2).complains("take it from `lockgate scan`");
    assert!(!place.outer.join("repository/other.json").exists());
}

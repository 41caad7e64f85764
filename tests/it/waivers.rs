//! `lockgate waivers`, and comments that waive.

use crate::sandbox::{SHELL, Sandbox};
use crate::templates;
use jiff::civil::date;
use lockgate::engine::ENGINES;
use lockgate::finding::Finding;
use lockgate::scan::scan_file;
use lockgate::target::{Settings, SourceFile};
use lockgate::waiver::convert::{Format, Request, Tree, convert};
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/waivers");
const HEAD: &str = "reason = \"r\"\nowner = \"kim\"\n";

fn settings() -> String {
    templates::expand("# settings\nTOKEN = '{{github ghp}}'\n")
}

/// The rules of the findings of a scan, each with whether it is waived.
fn waived(sandbox: &Sandbox) -> Vec<(String, bool)> {
    let report = sandbox.scan(&["--no-store", "--fail-on", "none", "--format", "json"]).json();
    let finding = |f: &Value| {
        (f["rule"]["id"].as_str().unwrap().to_owned(), f["waiver"]["source"] == "comment")
    };
    report["findings"].as_array().unwrap().iter().map(finding).collect()
}

fn fingerprint(sandbox: &Sandbox, rule: &str) -> String {
    let report = sandbox.scan(&["--no-store", "--fail-on", "none", "--format", "json"]).json();
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|f| f["rule"]["id"] == rule).unwrap();
    found["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn a_comment_waives_for_every_engine() {
    let secret = settings();
    let line = secret.lines().nth(1).unwrap();
    let of = |path: &str, text: &str| waived(&Sandbox::with(&[(path, text)]));
    let is = |rule: &str, waived| vec![(rule.to_owned(), waived)];
    assert_eq!(of("a.py", "assert a  # lockgate:ignore B101 ours\n"), is("B101", true));
    assert_eq!(of("a.py", "# lockgate:ignore[B101] ours\nassert a\n"), is("B101", true));
    assert_eq!(of("a.py", "assert a  # lockgate:ignore B102 ours\n"), is("B101", false));
    assert_eq!(of("a.py", "assert a  # gitleaks:allow\n"), is("B101", false));
    assert_eq!(of("a.txt", &format!("{line} // gitleaks:allow\n")), is("github-pat", true));
    assert_eq!(of("a.txt", &format!("<!-- lockgate:ignore -->\n{line}\n")), is("github-pat", true));
    assert_eq!(of("a.txt", &format!("{line} # lockgate:ignore jwt\n")), is("github-pat", false));
}

#[test]
fn a_secret_beside_a_comment_is_masked_in_it() {
    let secret = templates::expand("{{github ghp}}");
    let sandbox = Sandbox::with(&[("a.txt", &format!("x # lockgate:ignore {secret}\n"))]);
    let run = sandbox.scan(&["--no-store", "--format", "json"]).exits(0);
    assert!(!run.stdout.contains(&secret));
    assert_eq!(run.json()["findings"][0]["waiver"]["reason"], "lockgate:ignore ********");
}

#[test]
fn a_waiver_is_added_listed_and_checked() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL), ("check.py", "assert ready\n")]);
    let print = fingerprint(&sandbox, "B602");
    let why = ["--reason", "the \"command\" is ours\nalways", "--owner", "kim"];
    let add = |print: &str| sandbox.run(&[&["waivers", "add", print], &why[..]].concat());
    add(&print[..8]).exits(0).complains(&format!("{print} is waived until"));
    add(&print).exits(2).complains(".lockgate/waivers.toml:4: waives it already");
    add("0123456789").exits(2).complains("no finding has a fingerprint that begins with");
    add("xyz").exits(2);
    sandbox.run(&["waivers", "list"]).exits(0).says(&print).says("kim").says("\"command\" is ours");
    sandbox.run(&["waivers", "check", "--strict"]).exits(0).says("nothing is stale");
    let listed = sandbox.run(&["waivers", "list", "--format", "json"]).exits(0).json();
    assert_eq!(listed[0]["fingerprint"][0], *print);
    assert_eq!(listed[0]["line"], 4);

    sandbox.write("run.py", "import subprocess\n");
    sandbox.run(&["waivers", "check"]).exits(0).says("is for nothing that is found now; remove it");
    sandbox.run(&["waivers", "check", "--strict"]).exits(1);
    sandbox.run(&["waivers", "check", "--fail-on", "expired,soon"]).exits(0);
    sandbox.run(&["waivers", "check", "--fail-on", "expired,unused"]).exits(1);
    sandbox.run(&["waivers", "check", "--fail-on", "unsued"]).exits(2).complains("unused");
}

#[test]
fn what_was_written_by_hand_stays() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let own = format!("# Ours.\n[[waiver]]\nrule = \"B101\" # tests\n{HEAD}created = 2026-11-01");
    sandbox.write(".lockgate/waivers.toml", &own);
    let print = fingerprint(&sandbox, "B602");
    sandbox
        .run(&["waivers", "add", &print, "--reason", "r", "--owner", "o", "--until", "2000-01-01"])
        .exits(2)
        .complains("`until` is before `created`");
    assert_eq!(fs::read_to_string(sandbox.join(".lockgate/waivers.toml")).unwrap(), own);
    sandbox.run(&["waivers", "add", &print, "--reason", "r", "--owner", "o"]).exits(0);
    let text = fs::read_to_string(sandbox.join(".lockgate/waivers.toml")).unwrap();
    assert!(
        text.starts_with(&format!("{own}\n\n[[waiver]]\nfingerprint = \"{print}\"\n")),
        "{text}"
    );
}

#[test]
fn what_is_stale_is_said() {
    let sandbox = Sandbox::repository(&[
        ("a.py", "assert a\nassert b  # tfsec:ignore:B101:exp:2020-01-01\n"),
        ("b.py", "# lockgate:ignore B602 long gone\nprint()\n"),
        ("README.md", "Write `# lockgate:ignore` on the line.\n"),
    ]);
    let entry = format!("[[waiver]]\nrule = \"B101\"\n{HEAD}created = 2025-01-01\n");
    sandbox.write(".lockgate/waivers.toml", entry);
    let checked = sandbox.run(&["waivers", "check", "--format", "json"]).exits(0).json();
    assert_eq!(checked["notes"][0]["kind"], "expired");
    assert_eq!(checked["notes"][0]["findings"], 2);
    assert_eq!(checked["notes"][0]["until"], "2025-04-01");
    let comments: Vec<String> = checked["comments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| format!("{}:{} {}", c["path"], c["line"], c["kind"]))
        .collect();
    assert_eq!(comments, ["\"a.py\":2 \"expired\"", "\"b.py\":1 \"unused\""]);
    let text = sandbox.run(&["waivers", "check"]).exits(0);
    let text = text.says(".lockgate/waivers.toml:1: B101 (kim) expired on 2025-04-01: what it was");
    text.says("b.py:1: the comment `lockgate:ignore B602 long gone` waives nothing");
}

#[test]
fn a_file_that_means_nothing_is_an_error() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.write(".lockgate/waivers.toml", "[[waiver]]\nreasn = \"x\"\n");
    sandbox
        .run(&["waivers", "check"])
        .exits(2)
        .complains("waivers.toml:2: unknown key `reasn`; did you mean `reason`?");
    sandbox.write(".lockgate/waivers.toml", vec![b'\n'; (8 << 20) + 1]);
    sandbox.run(&["waivers", "list"]).exits(2).complains("is over the limit of 8 MiB");
    sandbox.write(".lockgate/waivers.toml", [0xff, 0xfe]);
    sandbox.run(&["waivers", "list"]).exits(2).complains("waivers.toml: cannot be read");
}

#[test]
fn a_baseline_becomes_waivers_that_hold() {
    let sandbox = Sandbox::repository(&[("app/run.py", SHELL), ("app/settings.py", &settings())]);
    for name in [".gitleaksignore", "bandit-baseline.json", ".gitallowed"] {
        fs::copy(Path::new(SAMPLES).join(name), sandbox.join(name)).unwrap();
    }
    let files = [".gitleaksignore", "bandit-baseline.json", ".gitallowed"];
    let run = sandbox.run(&[&["waivers", "convert", "--owner", "kim"], &files[..]].concat());
    run.exits(0)
        .says(&format!("fingerprint = \"{}\"", fingerprint(&sandbox, "B602")))
        .says(&format!("fingerprint = \"{}\"", fingerprint(&sandbox, "github-pat")))
        .says("reason = \"The sandbox's token, revoked\"")
        .complains("nothing is found at app/gone.py:9 now; left out")
        .complains("github-pat is found at app/settings.py:2, not jwt");
    assert!(!sandbox.join(".lockgate/waivers.toml").exists());
    sandbox
        .run(&[&["waivers", "convert", "--write", "--owner", "kim"], &files[..]].concat())
        .exits(0)
        .complains(".lockgate/waivers.toml: 3 waivers added");
    sandbox.run(&["waivers", "check", "--strict"]).exits(0);
    sandbox
        .run(&[&["waivers", "convert", "--write", "--owner", "kim"], &files[..]].concat())
        .exits(0)
        .complains(".lockgate/waivers.toml: 0 waivers added");
}

#[test]
fn a_secret_in_a_pattern_or_a_reason_goes_nowhere() {
    let secret = templates::expand("{{github ghp}}");
    let allowed = format!("# {secret}\n{secret}\n({secret}\n");
    let sandbox = Sandbox::repository(&[("a.txt", &secret), (".gitallowed", &allowed)]);
    let run = sandbox.run(&["waivers", "convert", "--owner", "kim", ".gitallowed"]).exits(0);
    let run =
        run.says("reason = \"********\"").complains(".gitallowed:3: is no regular expression");
    assert!(!run.stdout.contains(&secret) && !run.stderr.contains(&secret));
}

#[test]
fn what_cannot_be_converted_is_an_error_with_the_next_step() {
    let sandbox = Sandbox::repository(&[("notes", "hello\n"), ("base.json", "{\"results\": 7}")]);
    let convert = |file| sandbox.run(&["waivers", "convert", "--owner", "kim", file]);
    convert("notes").exits(2).complains("cannot tell what it is; say it with --from: trivyignore");
    convert("base.json").exits(2).complains("is no report of Bandit in JSON");
    convert("gone").exits(2).complains("gone: cannot be read");
    sandbox.run(&["waivers", "convert", "notes"]).exits(2).complains("--owner");
}

#[test]
fn the_samples_of_every_format() {
    let engines = ENGINES.to_vec();
    let sources = [("app/run.py", SHELL.to_owned()), ("app/settings.py", settings())];
    let scan = |(path, text): &(&str, String)| {
        let file = SourceFile::new((*path).into(), text.clone().into());
        scan_file(file, &Settings::default(), &engines, false).findings
    };
    let findings: Vec<Finding> = sources.iter().flat_map(scan).collect();
    let line = |path: &str, number: u32| {
        let (_, text) = sources.iter().find(|(known, _)| *known == path)?;
        text.lines().nth(number as usize - 1).map(str::to_owned)
    };
    let tree = Tree { findings: &findings, line: &line, root: "/build/shop" };
    let mut samples: Vec<PathBuf> =
        fs::read_dir(SAMPLES).unwrap().map(|entry| entry.unwrap().path()).collect();
    samples.sort();
    let mut shown = String::new();
    for path in samples {
        let text = fs::read_to_string(&path).unwrap();
        let format = Format::of(&path, &text).unwrap_or_else(|| panic!("{path:?}"));
        let file = path.file_name().unwrap().to_str().unwrap();
        let (owner, today) = ("kim", date(2026, 11, 23));
        let request = Request { file, text: &text, format, owner, today, until: None };
        let converted = convert(&request, &tree).unwrap();
        let _ = writeln!(shown, "######## {file}: {format:?}\n");
        converted.notes.iter().for_each(|note| writeln!(shown, "# {note}").unwrap());
        converted.entries.iter().for_each(|entry| write!(shown, "\n{}", entry.to_toml()).unwrap());
        shown.push('\n');
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn what_names_hardly_anything_waives_nothing() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL), ("settings.py", &settings())]);
    let head = format!("{HEAD}created = {}\n", jiff::Zoned::now().date());
    for scope in ["advisory = \"*\"", "advisory = \"B*\"", "rule = \"*-*\"", "rule = \"?*\""] {
        sandbox.write(".lockgate/waivers.toml", format!("[[waiver]]\n{scope}\n{head}"));
        sandbox.scan(&["--no-store"]).exits(2).complains("names hardly anything");
    }
    sandbox.write(".lockgate/waivers.toml", format!("[[waiver]]\nadvisory = \"B602\"\n{head}"));
    sandbox.scan(&["--no-store"]).exits(1).says("B602");
    sandbox.write(".trivyignore.yaml", "vulnerabilities:\n  # all\n  - id: '*'\n");
    sandbox.write(".snyk", "ignore:\n  CVE-2020-1:\n    - '*':\n  '*':\n    - '*':\n");
    sandbox.write(".trivyignore", "CVE-2020-2\n*\n");
    let run = sandbox
        .run(&["waivers", "convert", "--owner", "o", ".trivyignore.yaml", ".snyk", ".trivyignore"])
        .exits(0)
        .complains(".trivyignore.yaml:3:*: cannot be a waiver")
        .complains(".snyk:4:*: cannot be a waiver")
        .complains(".trivyignore:2: cannot be a waiver");
    assert!(!run.stdout.contains('*') && run.stdout.contains("CVE-2020-1"), "{}", run.stdout);
}

#[test]
fn no_field_of_a_waiver_shows_a_secret() {
    let secret = templates::expand("{{github ghp}}");
    let sandbox = Sandbox::repository(&[("run.py", SHELL), ("ignored", &secret)]);
    let print = fingerprint(&sandbox, "B602");
    // The name of the file is none of a waiver.
    let named = format!("{secret}.py");
    let hides = |arguments: &[&str]| {
        let run = sandbox.run(arguments);
        let text = format!("{}{}", run.stdout, run.stderr).replace(&named, "");
        assert!(!text.contains(&secret), "{text}");
        text
    };
    let convert = ["waivers", "convert", "--owner", "o", "--from", "trivyignore", "ignored"];
    assert!(hides(&convert).contains("ignored:1: names no rule and no path"));
    let why = format!("the token is {secret}");
    hides(&["waivers", "add", &print, "--reason", &why, "--owner", &secret]);
    let file = fs::read_to_string(sandbox.join(".lockgate/waivers.toml")).unwrap();
    assert!(file.contains("the token is ********") && !file.contains(&secret), "{file}");

    let today = jiff::Zoned::now().date();
    let entry = |scope: String| format!("[[waiver]]\n{scope}\n{HEAD}created = {today}\n");
    let scopes = [
        format!("rule = \"{secret}\"\nsource = \"{secret}\""),
        format!("rule = \"B602\"\npath = \"{named}\"\ntool = \"{secret}\""),
        format!("package = \"{secret}\"\nengine = \"{secret}\""),
        format!("advisory = \"{secret}\""),
    ];
    sandbox.write(".lockgate/waivers.toml", scopes.map(entry).concat());
    sandbox.write(&named, SHELL);
    sandbox.write("run.py", "print()\n");
    let report = sandbox.scan(&["--format", "json"]).json();
    let findings = report["findings"].as_array().unwrap();
    let waived = findings.iter().find(|f| f["waiver"]["source"] == "file");
    let print = waived.expect("what is written is matched")["fingerprint"].as_str().unwrap();
    for command in [
        &["explain", print][..],
        &["scan"],
        &["waivers", "list"],
        &["waivers", "list", "--format", "json"],
        &["waivers", "check"],
        &["waivers", "check", "--format", "json"],
    ] {
        hides(command);
    }
    sandbox.write(".lockgate/waivers.toml", entry(format!("rule = \"{secret}\"\npath = \"[\"")));
    assert!(hides(&["waivers", "check"]).contains("the waiver for ******** in ["));
}

#[test]
fn what_was_not_looked_at_is_not_called_unused() {
    let sandbox = Sandbox::repository(&[("app/run.py", SHELL), ("a.py", "print()\n")]);
    let today = jiff::Zoned::now().date();
    let entry = |scope: &str| format!("[[waiver]]\n{scope}\n{HEAD}created = {today}\n");
    let scopes = [
        "rule = \"B101\"\npath = \"app/**\"",
        "rule = \"B101\"\npath = \"lib\"",
        "rule = \"github-pat\"",
        "fingerprint = \"000102030405060708090a0b0c0d0e0f\"",
        "rule = \"theirs\"\nengine = \"semgrep\"",
    ];
    sandbox.write(".lockgate/waivers.toml", scopes.map(entry).concat());
    let unused = || {
        let checked = sandbox.run(&["waivers", "check", "--format", "json"]).exits(0).json();
        let notes = checked["notes"].as_array().unwrap();
        let lines: Vec<u64> = notes.iter().map(|note| note["line"].as_u64().unwrap()).collect();
        lines
    };
    assert_eq!(unused(), [1, 7, 13, 18], "nobody has run the other tool");
    sandbox.write("app/broken.py", "def (:\n");
    assert_eq!(unused(), [7, 13], "the file may hold what is waived");
    fs::remove_file(sandbox.join("app/broken.py")).unwrap();
    sandbox.write("lib/notes.txt", [0; 8]);
    assert_eq!(unused(), [1, 7, 13, 18], "a binary file that nobody names");
    let named = entry("rule = \"github-pat\"\npath = \"lib/notes.txt\"");
    let file = fs::read_to_string(sandbox.join(".lockgate/waivers.toml")).unwrap();
    sandbox.write(".lockgate/waivers.toml", format!("{file}{named}"));
    assert_eq!(unused(), [1, 7, 13, 18], "and one that an entry names");
    sandbox.write("lockgate.toml", "[engines]\nsecrets = \"off\"\n");
    assert_eq!(unused(), [1, 7], "secrets were not looked for");
    sandbox.scan(&[]).exits(1).complains("waivers.toml:7: ");
    sandbox.run(&["waivers", "check"]).exits(0).complains("cannot be told");
}

#[test]
fn options_that_mean_nothing_are_usage_errors() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL), (".trivyignore", "CVE-2020-1\n")]);
    for command in ["list", "check"] {
        sandbox
            .run(&["waivers", command, "--waivers", "nope.toml"])
            .exits(2)
            .complains("nope.toml: there is no such file");
        sandbox.run(&["waivers", command]).exits(0);
    }
    let convert = |rest: &[&str]| {
        sandbox.run(&[&["waivers", "convert", ".trivyignore", "--owner"], rest].concat()).exits(2)
    };
    convert(&[""]).complains("--owner is empty");
    convert(&["o", "--until", "2999-01-01"]).complains("more than 365 days from now");
    convert(&["o", "--until", "2000-01-01"]).complains("has gone by");
    convert(&["o", "--until", "2026-11-23T10:00"]).complains("a day is written as");
    let unknown = "000102030405060708090a0b0c0d0e0f";
    sandbox
        .run(&["waivers", "add", unknown, "--reason", "r", "--owner", "o"])
        .exits(0)
        .complains("no finding has this fingerprint now");
}

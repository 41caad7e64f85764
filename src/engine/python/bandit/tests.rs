//! What Bandit says of small sources, and that the engine's own findings are the same ones.

use super::{Demand, Examined, Failure, Options, Warning, examine};
use crate::engine::Engine;
use crate::engine::python::{Python, tests};
use crate::target::{Kind, SourceFile};
use proptest::prelude::*;
use serde_json::{Value, json};

fn file(raw: &[u8]) -> SourceFile {
    SourceFile::of_kind(Kind::Python, "./app/code.py".into(), raw.to_vec())
}

fn ask(raw: &[u8], options: &Options) -> Examined {
    examine(&file(raw), &Demand { options, runs: &|_| true, ignore_nosec: false, python: None })
}

fn of(source: &str) -> Examined {
    ask(source.as_bytes(), Options::DEFAULT)
}

/// `B602 3:4-9 1..3` for each finding: the line, the columns, the lines of the node.
fn found(source: &str) -> Vec<String> {
    shown(&of(source))
}

fn shown(examined: &Examined) -> Vec<String> {
    let show = |issue: &super::Issue| {
        let (id, line, column, end) = (issue.rule.id, issue.line, issue.column, issue.end_column);
        format!("{id} {line}:{column}-{end} {}..{}", issue.lines.start(), issue.lines.end())
    };
    examined.issues.iter().map(show).collect()
}

/// The ids of what is found with a section of the configuration.
fn with(section: &str, settings: Value, source: &str) -> Vec<String> {
    let mut options = Options::default();
    options.set(section, &settings).unwrap();
    ask(source.as_bytes(), &options).issues.iter().map(|issue| issue.rule.id.to_owned()).collect()
}

fn metrics(source: &str) -> (u64, u64, u64) {
    let metrics = of(source).metrics;
    (metrics.loc, metrics.nosec, metrics.skipped_tests)
}

#[test]
fn columns_are_those_of_the_node_and_the_line_is_that_of_the_argument() {
    assert_eq!(
        found("import subprocess\nx = 'é'; subprocess.run(\n    cmd,\n    shell=True)\n"),
        ["B404 1:0-17 1..1", "B602 4:10-15 2..4"]
    );
    assert_eq!(found("@a(\n  b)\ndef f(password='x'): return ;\n"), ["B107 3:0-29 3..3"]);
    assert_eq!(found("try: x\nexcept: pass ;\n"), ["B110 2:0-14 2..2"]);
}

#[test]
fn a_string_has_the_lines_of_the_node_around_it() {
    assert_eq!(found("x = [\n  '/tmp/a',\n  1]\n"), ["B108 2:2-10 1..3"]);
    assert_eq!(found("f(\n  '/tmp/a' for a in\n  b)\n"), ["B108 2:2-10 1..3"]);
    // A comprehension, parameters and the like have no lines but those that begin in them.
    assert_eq!(found("[a for a in\n '/tmp/a' if b(\n c)]\n"), ["B108 2:1-9 1..3"]);
    assert_eq!(found("with ('/tmp/a'\n  'b') as c: pass\n"), ["B108 1:6-5 1..2"]);
}

#[test]
fn parts_of_an_f_string_stand_where_it_stands_and_come_in_turn() {
    assert_eq!(
        found("x = f'/tmp/{eval(a)}/tmp{b:/tmp}'\n"),
        ["B108 1:4-33 1..1", "B307 1:12-19 1..1", "B108 1:4-33 1..1", "B108 1:4-33 1..1"]
    );
    assert_eq!(
        found("x = ('a' f'''{eval(a)}{b:/tmp/{c}}\n{d:/tmp}''')\n"),
        ["B307 1:14-21 1..1", "B108 1:5-11 1..2", "B108 1:9-11 1..2"]
    );
}

#[test]
fn the_checks_of_a_node_come_in_the_order_of_their_names_and_the_lists_last() {
    let source = "import hashlib, random\nrandom.choice(password='x', shell=y).run(\n\
                  'a', verify=hashlib.md5())\n";
    assert_eq!(
        found(source),
        ["B604 2:0-36 2..2", "B106 2:0-36 2..2", "B311 2:0-36 2..2", "B324 3:12-25 3..3"]
    );
}

#[test]
fn bidirectional_characters_are_counted_as_text() {
    let examined = of("x = 1\n# é\u{202E}\n");
    assert_eq!(shown(&examined), ["B613 2:4-0 2..2"]);
}

#[test]
fn comments_waive_on_the_lines_of_the_node_and_are_counted() {
    assert_eq!(metrics("eval(x)  # nosec\n# c\n\neval(\n  y)  # nosec: B307\n"), (3, 1, 1));
    assert_eq!(metrics("eval(x)  # nosec B101\n"), (1, 0, 0));
    // The first comment on the lines around a string is the one.
    assert_eq!(metrics("x = [  # nosec B101\n  '/tmp',  # nosec B108\n]\n"), (3, 0, 0));
    assert_eq!(metrics("x = '# nosec'; eval(x)\n"), (1, 0, 0));
    assert_eq!(metrics("\u{FEFF}# a mark makes code of a comment\n"), (1, 0, 0));
    let ignoring =
        Demand { options: Options::DEFAULT, runs: &|_| true, ignore_nosec: true, python: None };
    assert_eq!(examine(&file(b"eval(x)  # nosec"), &ignoring).issues.len(), 1);
}

#[test]
fn comments_for_nothing_are_remarked_upon() {
    let nothing = |test, line| Warning::NothingFailed { test, line };
    assert_eq!(
        of("x(\n  1)  # nosec B602, B000, eval\n'/tmp'  # nosec B108\n").warnings,
        [Warning::UnknownTest { word: "B000".into() }, nothing("B602", 1), nothing("B307", 1)][..2]
    );
    assert_eq!(of("import os  # nosec B001\n").warnings, [nothing("B001", 1)]);
    assert_eq!(of("x = 1  # nosec B613\n").warnings, [nothing("B613", 0)]);
    assert_eq!(of("f(x = = 1)  # nosec B999\n").warnings.len(), 1);
}

#[test]
fn what_bandit_fails_on_is_no_finding() {
    let source = "from django.db.models.expressions import RawSQL\nRawSQL()  # nosec B611\n";
    let warnings = of(source).warnings;
    assert_eq!(warnings, [Warning::TestFailed { test: "B611", line: 2, why: "'sql'".into() }]);
}

#[test]
fn only_what_runs_is_looked_for() {
    let runs = |id: &str| id != "B403" && id != "B404";
    let demand =
        Demand { options: Options::DEFAULT, runs: &runs, ignore_nosec: false, python: None };
    let examined = examine(&file(b"import pickle, telnetlib, subprocess\n"), &demand);
    assert_eq!(shown(&examined), ["B401 1:0-36 1..1"]);
}

#[test]
fn sources_that_python_does_not_read_are_skipped() {
    let outcome = |raw: &[u8]| ask(raw, Options::DEFAULT).outcome;
    let is_syntax = |raw: &[u8]| matches!(outcome(raw), Err(Failure::Syntax(_)));
    assert!(is_syntax(b"print 'x'\n"));
    assert!(is_syntax(b"x = '\0'\n"));
    assert!(is_syntax(b"# coding: klingon\n"));
    assert!(is_syntax(b"x = '\xFF'\n"));
    assert!(is_syntax(b"\xEF\xBB\xBF# coding: latin-1\n"));
    assert!(is_syntax(b"x\0=\x001\0\n\0"));
    assert!(is_syntax(format!("x = {}", "1".repeat(4_301)).as_bytes()));
    assert!(is_syntax(format!("{}x{}", "(".repeat(201), ")".repeat(201)).as_bytes()));
    assert_eq!(outcome(format!("{}x{}", "(".repeat(200), ")".repeat(200)).as_bytes()), Ok(()));
    assert_eq!(outcome(b"# coding: latin-1\nx = '\xFF'\n"), Ok(()));
    assert_eq!(outcome(b"\xEF\xBB\xBF# coding: UTF_8\n"), Ok(()));
    assert!(is_syntax(b"\xEF\xBB\xBF# coding: utf8\n"));
    assert!(matches!(outcome(b"# coding: hex\n"), Err(Failure::Crashed(_))));
    assert!(matches!(outcome(b"1\n2\nx = '\xFF'\n"), Err(Failure::Crashed(_))));
    assert!(ask(b"assert x\n1\nx = '\xFF'\n", Options::DEFAULT).issues.is_empty());
}

#[test]
fn what_is_too_deep_for_bandit_is_skipped() {
    let outcome = |source: String| of(&source).outcome;
    let is_crash = |source: String| matches!(outcome(source), Err(Failure::Crashed(_)));
    let clauses = |n| format!("if x: pass\n{}", "elif x: pass\n".repeat(n));
    assert_eq!(outcome(format!("x = {}x", "-".repeat(987))), Ok(()));
    assert!(is_crash(format!("x = {}x", "-".repeat(988))));
    assert_eq!(outcome(clauses(987)), Ok(()));
    assert!(is_crash(clauses(988)));
    assert_eq!(outcome(format!("x = {}'b'", "'a' + ".repeat(976))), Ok(()));
    assert!(is_crash(format!("x = {}'b'", "'a' + ".repeat(977))));
    let statement = |n| format!("x = 'select '{} + ' from '", " + 'a'".repeat(n));
    assert_eq!(of(&statement(491)).issues.len(), 1);
    assert_eq!(of(&statement(492)).issues.len(), 0);
    let blocks = |n: usize| -> String {
        let heads = (0..n).map(|level| format!("{}if x:\n", " ".repeat(level)));
        heads.chain([" ".repeat(n), "x\n".into()]).collect()
    };
    assert_eq!(outcome(blocks(99)), Ok(()));
    assert!(matches!(outcome(blocks(100)), Err(Failure::Syntax(_))));
    let endless = "(".repeat(60_000);
    assert!(matches!(outcome(endless), Err(Failure::Syntax(_))));
}

#[test]
fn options_are_those_of_bandit() {
    assert_eq!(with("assert_used", json!({"skips": ["*/app/*"]}), "assert x"), [""; 0]);
    assert_eq!(with("assert_used", json!({"skips": ["app/*"]}), "assert x"), ["B101"]);
    let directories = json!({"tmp_dirs": ["/scratch"]});
    assert_eq!(with("hardcoded_tmp_directory", directories, "x = '/tmp', '/scratch/a'"), ["B108"]);
    let source = "try: x\nexcept ValueError: pass\ntry: x\nexcept ValueError: continue\n";
    assert_eq!(with("try_except_pass", json!({"check_typed_exception": true}), source), ["B110"]);
    let shell = json!({"subprocess": ["my.run"], "shell": ["my.sh"], "no_shell": []});
    let source = "import my, os\nmy.run('/a', shell=True)\nmy.sh(x)\nos.system(x)\n";
    assert_eq!(with("shell_injection", shell, source), ["B602", "B605"]);
    assert_eq!(with("shell_injection", json!({}), "f(shell=True)"), [""; 0]);
    let versions = json!({"bad_protocol_versions": ["OLD"]});
    let source = "f(ssl_version=OLD)\ndef g(a=ssl.OLD): pass\nf(method=TLSv1_METHOD)";
    assert_eq!(with("ssl_with_bad_version", versions, source), ["B502", "B503"]);
    let markup = json!({"extend_markup_names": ["my.Safe"], "allowed_calls": ["my.clean"]});
    let source = "import my\nmy.Safe(x)\nmy.Safe(my.clean(x))\n";
    assert_eq!(with("markupsafe_xss", markup, source), ["B704"]);
    let keys = json!({
        "weak_key_size_dsa_high": 1, "weak_key_size_dsa_medium": 1, "weak_key_size_rsa_high": 1,
        "weak_key_size_rsa_medium": 4096, "weak_key_size_ec_high": 1, "weak_key_size_ec_medium": 1,
    });
    let source = "from Crypto.PublicKey import RSA\nRSA.generate(3072)\n";
    assert_eq!(with("weak_cryptographic_key", keys, source), ["B413", "B505"]);
}

#[test]
fn what_python_makes_of_odd_options_is_made_of_them() {
    // A text is a list of its characters, and holds its own parts.
    assert_eq!(with("hardcoded_tmp_directory", json!({"tmp_dirs": "ab"}), "x = 'bc'"), ["B108"]);
    let shell = json!({"subprocess": "a.b", "shell": [], "no_shell": []});
    assert_eq!(with("shell_injection", shell, "b(x)"), ["B603"]);
    // What a check needs and does not find ends that check, and no other.
    let shell = json!({"subprocess": []});
    let mut options = Options::default();
    options.set("shell_injection", &shell).unwrap();
    let examined = ask(b"f(1); assert x", &options);
    assert_eq!(shown(&examined), ["B101 1:6-14 1..1"]);
    let failed: Vec<&str> = examined
        .warnings
        .iter()
        .map(|warning| match warning {
            Warning::TestFailed { test, why, .. } if &**why == "'shell'" => *test,
            _ => "",
        })
        .collect();
    assert_eq!(failed, ["B605", "", "B607"]);
    assert!(options.set("shell_injection", &json!("x")).is_err());
    assert!(options.set("whatever", &json!("x")).is_ok());
}

/// Both ways of asking find the same.
fn agree(source: &str) -> Result<(), TestCaseError> {
    let file = file(source.as_bytes());
    let examined = of(source);
    let seen = Python.scan(&file);
    if examined.outcome.is_err() {
        return Ok(());
    }
    let lines = file.lines();
    let mut ours: Vec<(&str, u32)> = seen
        .hits
        .iter()
        .filter(|hit| hit.waiver.is_none() && hit.rule.id != "B613")
        .map(|hit| (hit.rule.id, lines.line(hit.range.start)))
        .collect();
    let issues = examined.issues.iter().filter(|issue| issue.rule.id != "B613");
    let mut theirs: Vec<(&str, u32)> = issues.map(|issue| (issue.rule.id, issue.line)).collect();
    ours.sort_unstable();
    theirs.sort_unstable();
    prop_assert_eq!(ours, theirs);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_examined(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        ask(&raw, Options::DEFAULT);
    }

    #[test]
    fn mixtures_are_the_same_both_ways(
        picks in prop::collection::vec(0..tests::PIECES.len(), 0..60),
    ) {
        agree(&picks.into_iter().map(|pick| tests::PIECES[pick]).collect::<String>())?;
    }

    #[test]
    fn cuts_are_the_same_both_ways(
        at in 0..tests::SAMPLE.len(),
        len in 0..80usize,
        piece in 0..tests::PIECES.len(),
    ) {
        let mut source = tests::SAMPLE.as_bytes().to_vec();
        let end = (at + len).min(source.len());
        source.splice(at..end, tests::PIECES[piece].bytes());
        agree(&String::from_utf8_lossy(&source))?;
    }
}

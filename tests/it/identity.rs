//! What keeps the identity of a finding and what changes it.

use lockgate::engine::ENGINES;
use lockgate::finding::{Anchor, Finding, Fingerprint, Package};
use lockgate::identity::{self, Trace, Trail};
use lockgate::scan::scan_file;
use lockgate::target::{Settings, Sketch, SourceFile};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write;
use std::sync::Arc;

/// A tree of files in memory: path and text.
type Files = Vec<(String, String)>;

/// What a scan finds in the files, and what those look like.
struct Seen {
    findings: Vec<Finding>,
    sketches: HashMap<Arc<str>, Sketch>,
    paths: HashSet<String>,
}

fn scan(files: &[(String, String)]) -> Seen {
    let mut seen = Seen { findings: Vec::new(), sketches: HashMap::new(), paths: HashSet::new() };
    for (path, text) in files {
        let file = SourceFile::new(path.as_str().into(), text.as_bytes().to_vec());
        let entry = scan_file(file, &Settings::default(), ENGINES, false);
        seen.sketches.extend(entry.sketch.map(|sketch| (path.as_str().into(), sketch)));
        seen.findings.extend(entry.findings);
        seen.paths.insert(path.clone());
    }
    seen
}

/// Each finding of `new` with the fingerprint of `old` that it is known by, if any; in an order
/// of the inputs that `order` decides.
fn followed(old: &Seen, new: &mut Seen, order: usize) -> Vec<(Fingerprint, Option<Fingerprint>)> {
    let before: HashSet<Fingerprint> = old.findings.iter().map(|f| f.fingerprint).collect();
    let now: HashSet<Fingerprint> = new.findings.iter().map(|f| f.fingerprint).collect();
    let went = old.findings.iter().filter(|f| !now.contains(&f.fingerprint));
    let mut trail =
        Trail { traces: went.map(Trace::from).collect(), sketches: old.sketches.clone() };
    let mut come: Vec<&mut Finding> =
        new.findings.iter_mut().filter(|f| !before.contains(&f.fingerprint)).collect();
    if !come.is_empty() {
        let at = order % come.len();
        come.rotate_left(at);
    }
    if !trail.traces.is_empty() {
        let at = order % trail.traces.len();
        trail.traces.rotate_left(at);
    }
    identity::follow(&trail, &mut come, &new.sketches, &|path| new.paths.contains(path));
    let known = |f: &Finding| f.fingerprints().find(|print| before.contains(print));
    new.findings.iter().map(|f| (f.fingerprint, known(f))).collect()
}

/// The statements that the generated functions are made of; `{}` is a word of its own.
const STATEMENTS: [&str; 6] = [
    "subprocess.call({}, shell=True)",
    "eval({})",
    "pickle.loads({})",
    "password = \"kV9-{}-x2QpW\"",
    "hashlib.md5({}.encode()).hexdigest()",
    "print({})",
];

/// A function: its name, and its statements with their words.
type Function = (String, Vec<(usize, u16)>);

fn functions() -> impl Strategy<Value = Vec<Function>> {
    let statements = vec((0..STATEMENTS.len(), 0..500u16), 1..6);
    vec(statements, 1..6).prop_map(|bodies| {
        let named = |(at, body)| (format!("function_{at}"), body);
        bodies.into_iter().enumerate().map(named).collect()
    })
}

fn statement((kind, word): (usize, u16)) -> String {
    STATEMENTS[kind].replace("{}", &format!("word{word}"))
}

fn module(functions: &[Function], indentation: &str) -> String {
    let mut text = "import hashlib, pickle, subprocess\n".to_owned();
    for (name, body) in functions {
        writeln!(text, "\n\ndef {name}(argument):").unwrap();
        for line in body {
            writeln!(text, "{indentation}{}", statement(*line)).unwrap();
        }
    }
    text
}

fn file(path: &str, text: String) -> Files {
    vec![(path.to_owned(), text)]
}

fn fingerprints(files: &[(String, String)]) -> BTreeSet<Fingerprint> {
    scan(files).findings.iter().map(|f| f.fingerprint).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn lines_above_indentation_order_and_formatting_change_nothing(
        functions in functions(),
        above in vec(select(vec!["# a remark", "", "import json", "LIMIT = 3"]), 0..8),
        indentation in select(vec!["  ", "\t", "        "]),
        turn in any::<Index>(),
    ) {
        let before = fingerprints(&file("app.py", module(&functions, "    ")));
        let mut turned = functions.clone();
        turned.rotate_left(turn.index(functions.len()));
        let text = format!("{}\n{}", above.join("\n"), module(&turned, indentation));
        prop_assert_eq!(&fingerprints(&file("app.py", text)), &before);
        let formatted = module(&functions, "    ").replace('(', "(\n        ").replace("=True", " = True");
        prop_assert_eq!(fingerprints(&file("app.py", formatted)), before);
    }

    #[test]
    fn a_renamed_file_keeps_every_finding(functions in functions(), order in any::<usize>()) {
        let old = scan(&file("app/run.py", module(&functions, "    ")));
        let text = format!("import json\n{}", module(&functions, "    "));
        let mut new = scan(&file("lib/start.py", text));
        for (at, (_, known)) in followed(&old, &mut new, order).iter().enumerate() {
            prop_assert_eq!(*known, Some(old.findings[at].fingerprint));
        }
    }

    #[test]
    fn other_text_is_new_and_all_else_stays(
        functions in functions(), which in any::<Index>(), order in any::<usize>(),
    ) {
        let old = scan(&file("app.py", module(&functions, "    ")));
        let mut changed = functions.clone();
        let body = &mut changed[which.index(functions.len())].1;
        let at = which.index(body.len());
        body[at].1 = 9_999;
        let mut new = scan(&file("app.py", module(&changed, "    ")));
        let known = followed(&old, &mut new, order);
        for (finding, (_, known)) in new.findings.iter().zip(known) {
            let line = new_line(&changed, finding.location.span.start_line);
            prop_assert_eq!(known.is_none(), line.contains("9999"), "{}", line);
        }
    }

    #[test]
    fn no_two_findings_are_followed_from_one_and_no_order_matters(
        before in vec(functions(), 1..4),
        after in vec(functions(), 0..3),
        moves in vec(any::<bool>(), 4),
        order in any::<usize>(),
    ) {
        let old: Files = before.iter().enumerate()
            .map(|(at, functions)| (format!("old/{at}.py"), module(functions, "    "))).collect();
        let mut files: Files = before.iter().chain(&after).enumerate()
            .map(|(at, functions)| {
                let folder = if moves[at % moves.len()] { "new" } else { "old" };
                (format!("{folder}/{at}.py"), module(functions, "  "))
            }).collect();
        let old = scan(&old);
        let first = followed(&old, &mut scan(&files), 0);
        let known: Vec<Fingerprint> = first.iter().filter_map(|(_, known)| *known).collect();
        let distinct: HashSet<Fingerprint> = known.iter().copied().collect();
        prop_assert_eq!(known.len(), distinct.len());
        files.reverse();
        let second: HashSet<_> = followed(&old, &mut scan(&files), order).into_iter().collect();
        prop_assert_eq!(first.into_iter().collect::<HashSet<_>>(), second);
    }
}

fn new_line(functions: &[Function], number: u32) -> String {
    module(functions, "    ").lines().nth(number as usize - 1).unwrap().to_owned()
}

/// The findings of the second text that are not known from the first, by their lines.
fn new_lines(old: (&str, &str), new: (&str, &str)) -> Vec<u32> {
    let old = scan(&file(old.0, old.1.to_owned()));
    let mut new = scan(&file(new.0, new.1.to_owned()));
    let known = followed(&old, &mut new, 0);
    let lines = new.findings.iter().map(|f| f.location.span.start_line);
    lines.zip(known).filter(|(_, (_, known))| known.is_none()).map(|(line, _)| line).collect()
}

const ONE: &str = "import subprocess\n\n\ndef run(line):\n    subprocess.call(line, shell=True)\n";

#[test]
fn another_name_around_the_same_text_is_followed() {
    let renamed = ONE.replace("run", "start");
    assert_eq!(new_lines(("app.py", ONE), ("app.py", &renamed)), [0; 0]);
    let method = "import subprocess\n\n\nclass Runner:\n    def run(self, line):\n        subprocess.call(line, shell=True)\n";
    assert_eq!(new_lines(("app.py", ONE), ("app.py", method)), [0; 0]);
    assert_eq!(new_lines(("app.py", ONE), ("bin/app.py", &renamed)), [0; 0]);
}

#[test]
fn what_could_be_either_of_two_is_new() {
    let two = format!("{}{}", ONE.replace("run", "first"), &ONE.replace("run", "second")[17..]);
    assert_eq!(new_lines(("app.py", ONE), ("app.py", &two)), [5, 10]);
}

#[test]
fn a_file_that_is_still_there_was_copied_and_not_renamed() {
    let old = scan(&file("app.py", ONE.to_owned()));
    let mut new = scan(&[("app.py".into(), "".into()), ("copy.py".into(), ONE.into())]);
    assert!(followed(&old, &mut new, 0).iter().all(|(_, known)| known.is_none()));
}

#[test]
fn of_two_files_that_are_alike_the_one_that_keeps_its_name_is_the_same() {
    let old = scan(&[("a/run.py".into(), ONE.into()), ("b/run.py".into(), ONE.into())]);
    let by_path = |seen: &Seen, at: usize| seen.findings[at].location.path.to_string();
    let moved = [("lib/a/run.py".into(), ONE.into()), ("lib/b/run.py".into(), ONE.into())];
    let mut new = scan(&moved);
    let known = followed(&old, &mut new, 0);
    for (at, (_, known)) in known.iter().enumerate() {
        let was = old.findings.iter().position(|f| Some(f.fingerprint) == *known).unwrap();
        assert_eq!(format!("lib/{}", by_path(&old, was)), by_path(&new, at));
    }
    let mut unclear = scan(&[("x.py".into(), ONE.into()), ("y.py".into(), ONE.into())]);
    assert!(followed(&old, &mut unclear, 0).iter().all(|(_, known)| known.is_none()));
}

#[test]
fn another_secret_in_the_same_place_is_new() {
    let line = |value: &str| format!("password = \"{value}\"\n");
    let (old, new) = (line("kV9-first-x2QpW"), line("kV9-other-x2QpW"));
    assert_eq!(new_lines(("app.py", &old), ("app.py", &new)), [1, 1]);
    let (old, new) =
        (format!("import os\nimport json\n{old}"), format!("import os\nimport json\n{new}"));
    assert_eq!(new_lines(("app.py", &old), ("settings.py", &new)), [3, 3]);
    assert_eq!(new_lines(("app.py", &old), ("settings.py", &old)), [0; 0]);
}

#[test]
fn no_secret_can_be_told_from_the_sketch_of_its_file() {
    let text = |value: &str| file("app.py", format!("import os\npassword = \"{value}\"\n"));
    let sketch = |value: &str| scan(&text(value)).sketches.remove("app.py").unwrap();
    assert_eq!(sketch("kV9-first-x2QpW"), sketch("aB7-another-Zz81"));
}

#[test]
fn a_finding_about_a_package_goes_by_every_id_of_its_advisory() {
    let by = |ids: &[&str]| {
        let mut finding =
            scan(&file("requirements.txt", "password = \"kV9-first-x2QpW\"\n".into()))
                .findings
                .remove(0);
        finding.anchor = Anchor::Package {
            ecosystem: "PyPI".into(),
            name: "django".into(),
            advisory: ids[0].into(),
        };
        finding.package = Some(Box::new(Package {
            ecosystem: "PyPI".into(),
            name: "django".into(),
            version: "3.2".into(),
            advisories: ids.iter().map(|id| (*id).into()).collect(),
            fixed_in: Vec::new(),
            direct: None,
            cvss: None,
            epss: None,
            exploited: None,
            ..Package::default()
        }));
        identity::assign(std::slice::from_mut(&mut finding));
        finding
    };
    let first = by(&["GHSA-2222-3333-4444"]);
    let later = by(&["CVE-2024-1", "GHSA-2222-3333-4444", "PYSEC-2024-9"]);
    assert_ne!(later.fingerprint, first.fingerprint);
    assert_eq!(later.also.len(), 2);
    assert!(later.also.contains(&first.fingerprint));
}

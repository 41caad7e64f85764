//! The engine on whole files: what it finds, what it hides, and that nothing brings it down.

use super::Python;
use crate::engine::{Engine, Hit, HitAnchor, Seen};
use crate::finding::Trouble;
use crate::target::SourceFile;
use proptest::prelude::*;

fn file(source: &str) -> SourceFile {
    SourceFile::new("app/code.py".into(), source.as_bytes().to_vec())
}

fn scan(source: &str) -> Seen {
    Python.scan(&file(source))
}

/// `B602@3` for each hit, waived ones with a `-`.
fn found(source: &str) -> Vec<String> {
    let file = file(source);
    let line = |hit: &Hit| file.lines().line(hit.range.start);
    let mark = |hit: &Hit| if hit.waiver.is_some() { "-" } else { "" };
    let hits = Python.scan(&file).hits;
    hits.iter().map(|hit| format!("{}@{}{}", hit.rule.id, line(hit), mark(hit))).collect()
}

fn trouble(source: &str) -> Vec<(Trouble, String)> {
    let notifications = scan(source).notifications.into_iter();
    notifications.map(|n| (n.trouble, n.message.into_string())).collect()
}

#[test]
fn names_are_resolved_through_imports_as_they_come() {
    assert_eq!(found("sp.run(x)\nimport subprocess as sp\nsp.run(x)"), ["B404@2", "B603@3"]);
    assert_eq!(found("from os import system as s\ns(x)"), ["B605@2"]);
    assert_eq!(
        found("from . import pickle\nfrom .pickle import loads\nloads(x)"),
        ["B403@1", "B403@2", "B301@3"]
    );
}

#[test]
fn a_decorator_sees_the_imports_of_the_body() {
    assert_eq!(found("@loads(x)\ndef f():\n    from pickle import loads"), ["B403@3", "B301@1"]);
}

#[test]
fn the_line_is_that_of_the_argument_at_fault() {
    let source = "import subprocess\nsubprocess.run(\n    cmd,\n    shell=True,\n)";
    assert_eq!(found(source), ["B404@1", "B602@4"]);
    let hit = &scan(source).hits[1];
    assert_eq!(&source[hit.range.clone()], "shell=True");
    assert!(source[hit.matched.clone()].starts_with("subprocess.run("));
    assert!(source[hit.matched.clone()].ends_with(')'));
}

#[test]
fn a_comment_waives_on_any_line_of_the_node() {
    assert_eq!(found("eval(\n    x,\n)  # nosec"), ["B307@1-"]);
    assert_eq!(found("eval(x)  # nosec B307"), ["B307@1-"]);
    assert_eq!(found("eval(x)  # nosec: B101, eval"), ["B307@1-"]);
    assert_eq!(found("eval(x)  # nosec B101"), ["B307@1"]);
    assert_eq!(found("eval('# nosec')"), ["B307@1"]);
    assert_eq!(found("eval(  # nosec B101\n    x)  # nosec B307"), ["B307@1"]);
    let hit = &scan("eval(x)  # nosec B307 ours").hits[0];
    assert_eq!(hit.waiver.as_ref().map(|it| &*it.text), Some("# nosec B307 ours"));
}

#[test]
fn a_secret_is_masked_and_known_by_its_digest() {
    let source = "class A:\n    password = 'hunter2'\n    other = b'x'";
    let seen = scan(source);
    let value = source.find("hunter2").map(|at| at..at + 7);
    assert_eq!(seen.masks, Vec::from_iter(value.clone()));
    assert_eq!(Some(seen.hits[0].range.clone()), value);
    assert!(matches!(seen.hits[0].anchor, HitAnchor::Secret(_)));
    assert!(!seen.hits[0].message.contains("hunter2"));
}

#[test]
fn both_parts_of_a_secret_are_masked_and_an_empty_one_is_none() {
    assert_eq!(scan("token = 'ab' 'cd'").masks, [9..11, 14..16]);
    let seen = scan("token = ''");
    assert!(seen.masks.is_empty() && matches!(seen.hits[0].anchor, HitAnchor::Code { .. }));
}

#[test]
fn the_scope_is_that_of_classes_and_functions() {
    let seen = scan("class A:\n    def f(self):\n        assert self");
    assert!(matches!(&seen.hits[0].anchor, HitAnchor::Code { scope } if &**scope == "A.f"));
}

#[test]
fn a_file_that_does_not_parse_is_said_to_be_so() {
    let seen = scan("assert x\nprint 'x'\n");
    assert!(seen.hits.is_empty());
    assert_eq!(
        trouble("x = 1\nx = = 2\n"),
        [(Trouble::Unparsed, "does not parse: Expected an expression at line 2, column 5".into())]
    );
    assert_eq!(trouble("x = '\0'")[0].0, Trouble::Unparsed);
    assert_eq!(trouble("return\nawait x\nyield\n"), []);
}

/// Sources that are nothing but depth, of `n` levels.
fn deep(n: usize) -> Vec<String> {
    let nested = |open: &str, middle: &str, close: &str| {
        format!("x = {}{middle}{}\n", open.repeat(n), close.repeat(n))
    };
    let indented = |n: usize| -> String {
        (0..n)
            .map(|level| format!("{}if x:\n", " ".repeat(level)))
            .chain([" ".repeat(n), "x\n".into()])
            .collect()
    };
    vec![
        "(".repeat(n),
        nested("(", "x", ")"),
        nested("[", "", "]"),
        nested("{", "", "}"),
        nested("f(", "x", ")"),
        nested("-", "x", ""),
        nested("not ", "x", ""),
        nested("lambda: ", "x", ""),
        nested("lambda x=", "x", ": x"),
        nested("x if x else ", "x", ""),
        nested("f\"{", "x", "}\""),
        nested("x", "", ".a"),
        nested("x", "", "[0]"),
        nested("x", "", "()"),
        nested("'a' + ", "'b'", ""),
        nested("", "'select '", " + ' from '"),
        nested("x ** ", "x", ""),
        nested("x == ", "x", ""),
        nested("x and (", "x", ")"),
        nested("[x for x in ", "x", "]"),
        format!("match x:\n case {}{}: pass\n", "[".repeat(n), "]".repeat(n)),
        format!("{}x = 1\n", "x = ".repeat(n)),
        format!("if x: pass\n{}", "elif x: pass\n".repeat(n)),
        indented(n.min(400)),
        format!("f({}x{}", "a=f(".repeat(n), ")".repeat(n + 1)),
        format!("jinja2.Environment({}{}", "f(".repeat(n), ")".repeat(n + 1)),
        format!("os.system({}'*'{})", "[".repeat(n), "]".repeat(n)),
    ]
}

fn with_stack(mib: usize, run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(mib << 20).spawn(run);
    assert!(thread.is_ok_and(|thread| thread.join().is_ok()));
}

#[test]
fn depth_ends_in_a_notification() {
    with_stack(64, || {
        for source in deep(60_000) {
            let seen = scan(&source);
            assert!(seen.notifications.len() <= 1, "{}", &source[..20]);
        }
    });
}

#[test]
fn depth_that_people_write_is_visited() {
    with_stack(64, || {
        for source in deep(90).into_iter().skip(1) {
            assert_eq!(trouble(&source), [], "{}", &source[..20]);
        }
    });
}

#[test]
fn what_is_too_deep_is_over_the_limit() {
    with_stack(64, || {
        let source = format!("assert x\ny = {}x", "-".repeat(10_000));
        assert_eq!(found(&source), ["B101@1"]);
        assert_eq!(trouble(&source)[0].0, Trouble::OverLimit);
    });
}

/// Pieces of source that make checks look closer.
pub const PIECES: &[&str] = &[
    "import ",
    "from ",
    "subprocess",
    " as ",
    "x",
    "\n",
    "    ",
    "def f(",
    "):",
    ":",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "password",
    " = ",
    "'secret'",
    "f'{x!r:>{y}} select {z=} from '",
    ", ",
    ".",
    "mark_safe(",
    "django.utils.safestring",
    "\"%s\" % ",
    "+",
    "'select * from '",
    "# nosec ",
    "B602,B101",
    "class A",
    "with ",
    "try:",
    "except:",
    "pass",
    "lambda ",
    "shell=True",
    "0o777",
    "os.chmod(",
    "jinja2.Environment(",
    "autoescape=",
    "match x:",
    "case ",
    "\u{202E}",
    "é",
    "\t",
    "\r",
    "\\",
    "\"\"\"",
    "async ",
    "await ",
    "*",
    "**",
    "@",
    "%",
    "==",
    "hashlib.new(",
    "yaml",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_text_brings_it_down(source in "\\PC{0,200}") {
        scan(&source);
    }

    #[test]
    fn no_mixture_brings_it_down(picks in prop::collection::vec(0..PIECES.len(), 0..60)) {
        scan(&picks.into_iter().map(|pick| PIECES[pick]).collect::<String>());
    }

    #[test]
    fn no_cut_brings_it_down(at in 0..SAMPLE.len(), len in 0..80usize, piece in 0..PIECES.len()) {
        let mut source = SAMPLE.as_bytes().to_vec();
        let end = (at + len).min(source.len());
        source.splice(at..end, PIECES[piece].bytes());
        let file = SourceFile::new("code.py".into(), source);
        for hit in Python.scan(&file).hits {
            prop_assert!(hit.range.end <= file.bytes().len() && hit.range.start <= hit.range.end);
        }
    }
}

pub const SAMPLE: &str = r#"
import subprocess as sp, hashlib, tarfile, yaml
from django.utils.safestring import mark_safe

class Store(Base, token="t"):
    password: str = "x"

    @app.route("/tmp")
    def run(self, cmd, *, secret="s", **rest) -> "0.0.0.0":
        try:
            sp.run(f"{cmd} --pass={self.password:>10}", shell=True)  # nosec B602, B607
        except Exception as error:
            pass
        query = "select * from " + self.table + " where id = %s" % cmd
        text = "a"
        if cmd == {"token": "v"}["token"]:
            text, other = "b", cmd
        return mark_safe("%s" % text), [hashlib.md5(x) for x in cmd if x == "/tmp/x"]

match value:
    case {"password": "p", **rest} | [1, *_] if rest:
        tarfile.open(value).extractall(members=(m for m in value))
"#;

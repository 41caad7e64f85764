//! Input that nobody writes: random, cut, deep, long. No rule may panic on it or take for ever.

use super::*;
use crate::engine::{Engine, javascript};
use crate::finding::Trouble;
use crate::target::SourceFile;
use proptest::prelude::*;
use std::thread;

const SAMPLE: &str = r#"
const { exec } = require("child_process");
class Shop extends Base {
  async find(req, res) {
    const name = req.query.name ?? `x${1 + 2}`;
    exec(`ls ${name}`); eval(name);
    this.token = Math.random().toString(36);
    box.innerHTML = "<b>" + req.body.text + "</b>";
    return <p dangerouslySetInnerHTML={{ __html: name }} />;
  }
}
app.use(cors({ origin: true, credentials: true }));
const password = "Tr0ub4dor&3x";
"#;

fn scan(path: &str, source: &str) -> crate::engine::Seen {
    let file = SourceFile::new(path.into(), source.as_bytes().to_vec());
    javascript::JavaScript.scan(&file)
}

/// As `scan`, on a stack as large as that of a scan.
fn scan_deep(source: String) -> crate::engine::Seen {
    let thread = thread::Builder::new().stack_size(64 << 20);
    thread.spawn(move || scan("deep.js", &source)).unwrap().join().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn random_text_is_no_panic(source in "(eval|password|req\\.query|[\\PC\\n`${}()<>\"'\\\\/]{0,8}){0,40}") {
        for path in ["a.js", "a.ts", "a.tsx"] {
            scan(path, &source);
        }
    }

    #[test]
    fn a_changed_file_is_no_panic(at in 0..SAMPLE.len(), cut in 0..200usize, with in "[\\PC\\n]{0,6}") {
        let mut source = SAMPLE.as_bytes().to_vec();
        let end = (at + cut).min(source.len());
        source.splice(at..end, with.into_bytes());
        let source = String::from_utf8_lossy(&source);
        for path in ["a.js", "a.ts", "a.tsx"] {
            let seen = scan(path, &source);
            let inside = |hit: &crate::engine::Hit| hit.range.end <= source.len();
            prop_assert!(seen.hits.iter().all(inside));
        }
    }
}

#[test]
fn deep_code_is_searched_or_said_not_to_be() {
    for (open, close) in [("f(", ")"), ("[", "]"), ("{a:", "}"), ("!", ""), ("(x)=>", "")] {
        let nested = |levels: usize| {
            format!("eval(text);\nx = {}1{};", open.repeat(levels), close.repeat(levels))
        };
        let seen = scan_deep(nested(5_000));
        assert_eq!(seen.hits.len(), 1, "{open}: {:?}", seen.notifications);
        let seen = scan_deep(nested(100_000));
        let limit = |seen: &crate::engine::Seen| seen.notifications[0].trouble;
        assert!(!seen.hits.is_empty() || limit(&seen) == Trouble::OverLimit, "{open}");
    }
}

#[test]
fn one_long_line_is_searched_to_its_end() {
    let source = "a+=b(c);".repeat(20_000) + "eval(text)";
    assert_eq!(scan("min.js", &source).hits.len(), 1);
    let source = format!("x = \"{}\"; eval(text)", "a".repeat(1 << 20));
    assert_eq!(scan("data.js", &source).hits.len(), 1);
}

/// What a rule matches in a file, on a stack as large as that of a scan.
fn matches(rule: &str, source: String) -> crate::engine::Seen {
    let rule = format!("id: tried\nlanguage: js\nmessage: found\nrule: {rule}\n");
    let document = read(&[("rule.yml".to_owned(), rule.into())]).unwrap().remove(0);
    let rules = Ruleset::new(SupportLang::JavaScript, [document.pattern]);
    let file = SourceFile::new("a.js".into(), source.into_bytes());
    let thread = thread::Builder::new().stack_size(64 << 20);
    thread.spawn(move || rules.scan(&file, "rules")).unwrap().join().unwrap()
}

/// Each of the calls is inside all of those before it.
#[test]
fn what_costs_the_square_of_the_file_ends() {
    let source = format!("{}1{}", "f(".repeat(9_900), ")".repeat(9_900));
    let seen = matches("{pattern: f($A), has: {kind: string, stopBy: end}}", source);
    assert!(seen.hits.is_empty());
    assert_eq!(seen.notifications[0].trouble, Trouble::OverLimit);
}

/// Each use asks for all names of the scope.
#[test]
fn many_names_of_a_request_are_looked_at_up_to_a_bound() {
    let lines = |line: fn(usize) -> String| (0..6_000).map(line).collect::<String>();
    let named = lines(|n| format!("const v{n}=req.query.a{n};\n"));
    let seen = scan("a.js", &format!("{named}{}", lines(|n| format!("res.redirect(v{n});\n"))));
    assert_eq!(seen.notifications[0].trouble, Trouble::OverLimit);
    assert!(!seen.hits.is_empty());
    let few: String =
        named.split_inclusive('\n').take(600).chain(["res.redirect(v9);\n"]).collect();
    let seen = scan("a.js", &few);
    assert!(seen.notifications.is_empty() && seen.hits.len() == 1);
}

#[test]
fn a_file_has_so_many_findings_and_no_more() {
    let seen = scan("a.js", &"eval(x);".repeat(10_001));
    assert_eq!((seen.hits.len(), seen.notifications.len()), (10_000, 1));
    assert!(seen.notifications[0].message.contains("over 10000 findings"));
    let seen = scan("a.js", &"eval(x);".repeat(10_000));
    assert_eq!((seen.hits.len(), seen.notifications.len()), (10_000, 0));
}

/// ast-grep goes down on the stack there.
#[test]
fn what_goes_down_the_tree_comes_back() {
    let nested = format!("{}1{}", "f(".repeat(9_900), ")".repeat(9_900));
    matches("{pattern: f($A), has: {kind: string, stopBy: {kind: number}}}", nested.clone());
    let seen = matches("{pattern: 'g($A, $A)'}", format!("g({nested}, {nested})"));
    assert_eq!(seen.hits.len(), 1);
}

#[test]
fn rules_of_every_form_match() {
    let source = "a(1);\nb(2, c(3));\nclass D { e() { return f; } }\n";
    for (rule, starts) in [
        ("{pattern: $F($A), inside: {kind: arguments, stopBy: end}}", &[11][..]),
        ("{kind: expression_statement, precedes: {kind: class_declaration, stopBy: end}}", &[0, 6]),
        ("{kind: class_declaration, follows: {kind: expression_statement}}", &[18]),
        ("{kind: expression_statement, nthChild: 2}", &[6]),
        ("{kind: number, nthChild: {position: 1, reverse: true}, regex: '3'}", &[13]),
        ("{kind: return_statement, not: {has: {kind: number}}}", &[34]),
        ("{kind: call_expression, has: {field: arguments, has: {kind: call_expression}}}", &[6]),
        ("{any: [{pattern: a($X)}, {all: [{kind: identifier}, {regex: '^f$'}]}]}", &[0, 41]),
    ] {
        let seen = matches(rule, source.to_owned());
        let found: Vec<usize> = seen.hits.iter().map(|hit| hit.range.start).collect();
        assert_eq!(found, starts, "{rule}");
    }
}

#[test]
fn what_parses_is_searched_around_what_does_not() {
    let seen = scan("a.js", "eval(one);\nclass { ((( \nfunction f() { eval(two); }\n");
    assert!(seen.hits.iter().any(|hit| hit.range.start == 0));
    assert!(seen.notifications.is_empty());
}

#[test]
fn the_function_and_the_class_around_are_part_of_the_identity() {
    let scopes = |path: &str, source: &str| -> Vec<String> {
        let anchors = scan(path, source).hits.into_iter().map(|hit| hit.anchor);
        let scope = |anchor| match anchor {
            crate::engine::HitAnchor::Code { scope } => String::from(scope),
            _ => unreachable!(),
        };
        anchors.map(scope).collect()
    };
    let source = "eval(a);\nclass A { b() { eval(a); } }\nconst c = () => eval(a);\n\
                  x.d = function () { eval(a); };\nfunction e() { return { f: () => eval(a) }; }\n";
    for path in ["a.js", "a.ts"] {
        assert_eq!(scopes(path, source), ["", "A.b", "c", "x.d", "e.f"], "{path}");
    }
}

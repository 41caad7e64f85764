//! `lockgate gitleaks`: a user's expressions, in the syntax that Go has and others have not.

use crate::gitleaks::gitleaks;
use crate::sandbox::Sandbox;

const TEXT: &str = "a.b( kK\u{212a} [b] {1} a&&b a-c \u{3b1} aaaa\nend\n";

/// A configuration with one rule.
fn rule(expression: &str) -> String {
    format!("[[rules]]\nid = \"r\"\ndescription = \"d\"\nregex = '''{expression}'''\n")
}

#[test]
fn they_match_where_they_match_in_go() {
    let sandbox = Sandbox::with(&[("t.txt", TEXT)]);
    // An expression, and the columns of its matches in the first line.
    let cases: &[(&str, &[(u64, u64)])] = &[
        (r"\Qa.b(\E", &[(1, 4)]),
        (r"[a[b]]", &[(13, 14)]),
        (r"[&&-]{2}", &[(21, 22)]),
        (r"[+--]c", &[(26, 27)]),
        (r"(?i)k{3}", &[(6, 10)]),
        (r"(?)a{4}", &[(32, 35)]),
        (r"(?ii-i)A|\{1}", &[(16, 18)]),
        (r"(?P<n>\[)(?P<n>b)", &[(12, 13)]),
        (r"\p{^Latin}{3}&", &[]),
        (r"\p{ greek}", &[(29, 30)]),
        (r"\p{Cs}", &[]),
        (r"(?U)a{2,}", &[(32, 33), (34, 35)]),
        (r"(a{10}){100}|x{,2}", &[]),
    ];
    for (expression, columns) in cases {
        sandbox.write("c.toml", rule(expression));
        let run = gitleaks(&sandbox, &["dir", "t.txt", "-c", "c.toml"]);
        let json = run.json();
        let number = |finding: &serde_json::Value, key: &str| finding[key].as_u64().unwrap();
        let found: Vec<(u64, u64)> = json
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (number(it, "StartColumn"), number(it, "EndColumn")))
            .collect();
        assert_eq!(found, *columns, "{expression}");
    }
}

#[test]
fn what_go_refuses_is_refused() {
    let sandbox = Sandbox::with(&[("t.txt", TEXT)]);
    for expression in [
        r"a**",
        r"a++",
        r"a{2}{3}",
        r"(a{100}){11}",
        r"a{1001}",
        r"(?=a)",
        r"(a)\1",
        r"\h",
        r"\R",
        r"\p{Alphabetic}",
        r"\p{IsGreek}",
        r"(?i-)a",
        r"[b-a]",
        r"[a--b]",
    ] {
        sandbox.write("c.toml", rule(expression));
        let run = gitleaks(&sandbox, &["dir", "t.txt", "-c", "c.toml"]).exits(1);
        assert_eq!(run.stdout, "", "{expression}");
        run.complains("error parsing regexp");
    }
}

#[test]
fn a_line_end_alone_is_placed_as_gitleaks_places_it() {
    let sandbox = Sandbox::with(&[("t.txt", "ab\ncd\n"), ("c.toml", &rule(r"b\n|\n"))]);
    let run = gitleaks(&sandbox, &["dir", "t.txt", "-c", "c.toml"]).exits(1);
    let json = run.json();
    let place = |at: usize, key: &str| json[at][key].as_i64().unwrap();
    let all =
        |at: usize| ["StartLine", "EndLine", "StartColumn", "EndColumn"].map(|key| place(at, key));
    assert_eq!((all(0), all(1)), ([1, 1, 2, 2], [3, 3, 1, 0]));
}

//! `lockgate gitleaks -f template`: the functions of Go and of sprig, with what gitleaks writes.

use crate::gitleaks::LINE;
use crate::sandbox::Sandbox;
use crate::templates;

/// A template, and what gitleaks makes of it for one finding.
const WRITTEN: &[(&str, &str)] = &[
    (r#"{{(fromJson "{\"a\":{\"b\":[1,null]}}").a.b}}"#, "[1 <nil>]"),
    (r#"{{fromJson "no"}}"#, "<no value>"),
    (r#"{{toDate "2006-01-02" "2024-03-04" | date "02 Jan 06, 3:04PM"}}"#, "04 Mar 24, 12:00AM"),
    (r#"{{toDate "2006-01-02T15:04:05Z07:00" "2024-03-04T05:06:07Z" | unixEpoch}}"#, "1709528767"),
    (
        r#"{{(toDate "2006" "2024" | dateModify "-1.5h").Format "2006-01-02 15:04"}}"#,
        "2023-12-31 22:30",
    ),
    (r#"{{dateInZone "_2 Jan 15:04 -0700" 86400 "America/New_York"}}"#, " 1 Jan 19:00 -0500"),
    (r#"{{duration "3605"}} {{durationRound "400h"}}"#, "1h0m5s 16d"),
    (r#"{{concat (list 1) (list "a" 2)}} {{chunk 2 (list 1 2 3)}}"#, "[1 a 2] [[1 2] [3]]"),
    (
        r#"{{merge (dict "a" 1 "m" (dict "x" 1)) (dict "a" 2 "m" (dict "x" 2 "y" 3))}}"#,
        "map[a:1 m:map[x:1 y:3]]",
    ),
    (r#"{{mergeOverwrite (dict "a" 5) (dict "a" "" "b" 1)}}"#, "map[a: b:1]"),
    (r#"{{$d := dict "a" 1}}{{$_ := set $d "b" 2}}{{$_ := unset $d "a"}}{{$d}}"#, "map[b:2]"),
    (r#"{{dig "a" "b" "no" (dict "a" (dict "b" 1))}} {{dig "x" "no" (dict)}}"#, "1 no"),
    (
        r#"{{pluck "a" (dict "a" 1) (dict "a" 3)}} {{omit (dict "a" 1 "b" 2) "a"}}"#,
        "[1 3] map[b:2]",
    ),
    (r#"{{regexFind "[a-c]+" "xxabc"}} {{regexFindAll "[0-9]" "a1b2c3" 2}}"#, "abc [1 2]"),
    (r#"{{regexSplit "z+" "pizzaza" 2}} {{regexSplit "" "abc" -1}}"#, "[pi aza] [a b c]"),
    (r#"{{regexReplaceAll "a(?P<q>x*)b" "-ab-axxb" "<${q}$1W$$>"}}"#, "-<$>-<xx$>"),
    (
        r#"{{regexReplaceAllLiteral "a" "banana" "$1"}} {{regexQuoteMeta "a.b-"}}"#,
        r"b$1n$1n$1 a\.b-",
    ),
    (
        r#"{{sha1sum "hello"}} {{adler32sum "hello"}}"#,
        "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d 103547413",
    ),
    (
        r#"{{untilStep 10 3 -3}} {{until -2}} {{seq 0 -2 -5}} {{seq 2}}"#,
        "[10 7 4] [0 -1] 0 -2 -4 1 2",
    ),
    (r#"{{b32enc "hello!"}} {{b32dec "NBSWY3DPEE======"}}"#, "NBSWY3DPEE====== hello!"),
    (
        r#"{{addf 0.1 0.2}} {{divf 1 3}} {{round -1.5 0}} {{float64 1234567}}"#,
        "0.3 0.3333333333333333 -2 1.234567e+06",
    ),
    (
        r#"{{snakecase "HTTPServer ID-x"}} {{camelcase "http_server"}} {{kebabcase "FirstName"}}"#,
        "http_server_id_x HttpServer first-name",
    ),
    (
        r#"{{abbrevboth 5 10 "1234 5678 9123"}} {{wrapWith 3 "-" "abcdefgh"}} {{initials "a b"}}"#,
        "...5678... abc-def-gh ab",
    ),
    (
        r#"{{has 1 (list "1" 2)}} {{uniq (list 1 "1" 1)}} {{typeOf (list)}}"#,
        "false [1 1] []interface {}",
    ),
    (r#"{{clean "/a/../b//c/."}} {{dir "a//b/../c"}} {{base "/"}}"#, "/b/c a /"),
    (
        r#"{{mustRegexMatch "^a" "ab"}} {{mustFirst (list 3)}} {{regexMatch "(" "x"}}"#,
        "true 3 false",
    ),
];

#[test]
fn functions_make_what_they_make_in_gitleaks() {
    let sandbox = Sandbox::with(&[("a.txt", &templates::expand(LINE))]);
    let all: Vec<&str> = WRITTEN.iter().map(|(template, _)| *template).collect();
    sandbox.write("t.tmpl", all.join("\n"));
    let run = sandbox.run(&[
        "gitleaks",
        "dir",
        "a.txt",
        "-f",
        "template",
        "--report-template",
        "t.tmpl",
        "-r",
        "-",
    ]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    let expected: Vec<&str> = WRITTEN.iter().map(|(_, expected)| *expected).collect();
    assert_eq!(lines, expected);
}

#[test]
fn what_a_function_refuses_ends_the_report() {
    let sandbox = Sandbox::with(&[("a.txt", &templates::expand(LINE))]);
    for template in [
        r#"{{regexFind "(" "x"}}"#,
        r#"{{mustFromJson "no"}}"#,
        r#"{{mustToDate "2006" "x"}}"#,
        r#"{{divf 1 0}}"#,
        "{{untilStep 0 900000000 1}}",
    ] {
        sandbox.write("t.tmpl", template);
        let run = sandbox.run(&[
            "gitleaks",
            "dir",
            "a.txt",
            "-f",
            "template",
            "--report-template",
            "t.tmpl",
            "-r",
            "-",
        ]);
        run.exits(1).complains("failed to write report");
    }
}

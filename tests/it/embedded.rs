//! Python inside other files: notebooks and code blocks of Markdown.

use crate::sandbox::{Run, SHELL, Sandbox};
use crate::templates;
use lockgate::engine::ENGINES;
use lockgate::finding::{Finding, Location};
use lockgate::scan::scan_file;
use lockgate::target::{LineIndex, Settings, SourceFile};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fmt::Write;

/// A notebook of code cells, as Jupyter writes it: a line of the file for each line of a cell.
fn notebook(cells: &[&str]) -> String {
    let cells: Vec<Value> = cells.iter().map(|text| code(text)).collect();
    pretty(&cells)
}

fn code(text: &str) -> Value {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    json!({"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": lines})
}

fn prose(text: &str) -> Value {
    json!({"cell_type": "markdown", "metadata": {}, "source": [text]})
}

fn pretty(cells: &[Value]) -> String {
    let metadata = json!({"kernelspec": {"language": "python", "name": "python3"}});
    let whole = json!({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5});
    serde_json::to_string_pretty(&whole).unwrap()
}

/// `B602 3:2:5 17:9`: rule, the place in the cell and the one in the file.
fn places(run: &Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let (cell, span) = (&finding["cell"], &finding["span"]);
            let rule = finding["rule"]["id"].as_str().unwrap();
            let file = format!("{}:{}", span["start_line"], span["start_column"]);
            match cell.is_null() {
                true => format!("{rule} {file}"),
                false => {
                    let [number, line, column] = ["number", "line", "column"].map(|of| &cell[of]);
                    format!("{rule} {number}:{line}:{column} {file}")
                }
            }
        })
        .collect()
}

fn scanned(path: &str, content: &str) -> Run {
    let sandbox = Sandbox::with(&[(path, content)]);
    sandbox.write("lockgate.toml", "[scan]\nmarkdown = true\n");
    sandbox.scan(&["--no-store", "--format", "json"])
}

const SHOP: &str = r##"{
 "cells": [
  {"cell_type": "markdown", "source": ["# eval(title)\n"]},
  {
   "cell_type": "code",
   "source": [
    "import subprocess as sp\n",
    "%matplotlib inline\n",
    "files = !ls"
   ]
  },
  {
   "cell_type": "code",
   "outputs": [{"text": ["eval(output)"]}],
   "source": [
    "name = \"é\"\n",
    "sp.call(\"\u00e9\" + name, shell=True)\n"
   ]
  },
  {"cell_type": "raw", "source": "eval(raw)"}
 ],
 "metadata": {"language_info": {"name": "python"}},
 "nbformat": 4, "nbformat_minor": 5
}
"##;

#[test]
fn a_finding_of_a_notebook_has_its_place_in_the_cell_and_in_the_file() {
    let run = scanned("shop.ipynb", SHOP);
    assert_eq!(places(&run), ["B404 2:1:1 7:6", "B602 3:2:21 17:33"]);
    let sandbox = Sandbox::with(&[("shop.ipynb", SHOP)]);
    let table = sandbox.scan(&["--no-store"]).exits(1);
    table.says("--> shop.ipynb:cell 3:2:21").says("\n 2 | sp.call(\"é\" + name, shell=True)\n");
    let sarif = sandbox.scan(&["--no-store", "--format", "sarif"]).json();
    let place = &sarif["runs"][0]["results"][1]["locations"][0];
    assert_eq!(place["logicalLocations"][0]["name"], "cell 3, line 2");
    assert_eq!(place["physicalLocation"]["region"]["startLine"], 17);
    assert_eq!(place["physicalLocation"]["region"]["snippet"]["text"], "shell=True");
    let github = sandbox.scan(&["--no-store", "--format", "github"]);
    github.says("::error file=shop.ipynb,line=17,endLine=17,col=33");
}

#[test]
fn a_scan_from_the_cache_says_the_same() {
    let sandbox = Sandbox::with(&[("shop.ipynb", SHOP)]);
    let scan = || places(&sandbox.scan(&["--format", "json"]).exits(1));
    assert_eq!(scan(), scan());
    sandbox.write("lockgate.toml", "[scan]\nnotebooks = false\n");
    assert_eq!(places(&sandbox.scan(&["--format", "json"]).exits(0)), [""; 0]);
    sandbox.remove("lockgate.toml");
    assert_eq!(scan(), ["B404 2:1:1 7:6", "B602 3:2:21 17:33"]);
}

#[test]
fn what_the_settings_leave_out_is_not_fixed() {
    let sandbox =
        Sandbox::repository(&[("shop.ipynb", SHOP), ("guide.md", "```py\neval(x)\n```\n")]);
    sandbox.write("lockgate.toml", "[scan]\nmarkdown = true\n[gate]\nfail_on = \"none\"\n");
    sandbox.scan(&[]).exits(0).says("3 findings");
    sandbox.write("lockgate.toml", "[scan]\nnotebooks = false\n[gate]\nfail_on = \"none\"\n");
    let report = sandbox.scan(&["--format", "json"]).exits(0).json();
    assert_eq!(report["fixed"], json!([]));
    sandbox.write("lockgate.toml", "[scan]\nmarkdown = true\n[gate]\nfail_on = \"none\"\n");
    sandbox.write("guide.md", "```py\nx\n```\n");
    let report = sandbox.scan(&["--format", "json"]).exits(0).json();
    assert_eq!(report["fixed"].as_array().unwrap().len(), 1);
}

#[test]
fn version_3_keeps_its_cells_in_worksheets() {
    let old = json!({"nbformat": 3, "metadata": {"name": "old"}, "worksheets": [{"cells": [
        {"cell_type": "heading", "source": "eval(x)"},
        {"cell_type": "code", "language": "python", "input": "a = 1\neval(a)"},
        {"cell_type": "code", "language": "julia", "input": "eval(a)"},
    ]}]});
    let run = scanned("old.ipynb", &old.to_string());
    assert!(places(&run)[0].starts_with("B307 2:2:1 1:"), "{:?}", places(&run));
    assert_eq!(places(&run).len(), 1);
}

#[test]
fn cells_of_another_language_are_not_looked_at() {
    let cells = ["%%bash\neval $x", "%%html\n<b>", "\n%%time\neval(a)", "?eval\neval?\neval(b)"];
    assert_eq!(
        places(&scanned("a.ipynb", &notebook(&cells))).iter().map(|p| &p[..8]).collect::<Vec<_>>(),
        ["B307 3:3", "B307 4:3"]
    );
    for name in ["R", "julia"] {
        let kernel = format!("{{\"language_info\": {{\"name\": \"{name}\"}}}}");
        let other = notebook(&["eval(a)"]).replace("\"metadata\": {\n", "\"ignored\": {\n");
        let other = other.replacen('{', &format!("{{\"metadata\": {kernel},"), 1);
        assert_eq!(places(&scanned("a.ipynb", &other)), [""; 0]);
    }
}

#[test]
fn one_broken_cell_does_not_hide_the_others() {
    let cells = ["eval(a)", "print 'x'", "x = (", "eval(b)"];
    let run = scanned("a.ipynb", &notebook(&cells));
    assert_eq!(places(&run).len(), 2);
    let report = run.json();
    let message = report["notifications"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("cell 2 does not parse: "), "{message}");
    assert!(message.ends_with("at line 1, and 1 more cells do not; the others are scanned"));
}

#[test]
fn comments_waive_in_a_cell_as_in_a_file() {
    let cells = [
        "eval(a)  # nosec\neval(b)\n# lockgate:ignore B307 ours\neval(c)\neval(d)  # lockgate:ignore",
        "eval(e)",
    ];
    let text = notebook(&cells);
    for text in [text.clone(), one_string_a_cell(&text)] {
        let report = scanned("a.ipynb", &text).json();
        let waived: Vec<bool> =
            report["findings"].as_array().unwrap().iter().map(|f| !f["waiver"].is_null()).collect();
        assert_eq!(waived, [true, false, true, true, false]);
        assert_eq!(report["findings"][2]["waiver"]["reason"], "lockgate:ignore B307 ours");
    }
}

/// The other way to write the source of a cell.
fn one_string_a_cell(notebook: &str) -> String {
    let mut whole: Value = serde_json::from_str(notebook).unwrap();
    for cell in whole["cells"].as_array_mut().unwrap() {
        let lines = cell["source"].as_array().unwrap().iter();
        cell["source"] = lines.map(|line| line.as_str().unwrap()).collect::<String>().into();
    }
    whole.to_string()
}

#[test]
fn another_cell_changes_no_identity() {
    let fingerprints = |cells: &[Value]| -> Vec<String> {
        let report = scanned("a.ipynb", &pretty(cells)).json();
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let [one, two] = ["def f(x):\n    return eval(x)\n", "exec(y)"].map(code);
    let before = fingerprints(&[one.clone(), two.clone()]);
    assert_eq!(before.len(), 2);
    let after = fingerprints(&[prose("# News"), one, code("import os"), two]);
    assert_eq!(before, after);
}

#[test]
fn a_secret_in_a_cell_is_one_finding_and_shown_nowhere() {
    let token = templates::expand("{{github ghp}}");
    let cells = [
        format!("key = \"{token}\"\n"),
        format!("connect(password=\"pre\\\"{token}\", shell=eval(x))\n"),
        format!("eval(\"\"\"\n{}\"\"\", 1)", templates::expand("{{pem RSA PRIVATE KEY}}")),
    ];
    let key = cells[2].lines().nth(2).unwrap().to_owned();
    let text = notebook(&cells.each_ref().map(String::as_str));
    for text in [text.clone(), one_string_a_cell(&text)] {
        let sandbox = Sandbox::with(&[("a.ipynb", &text)]);
        for format in ["table", "json", "sarif", "github", "markdown"] {
            let run = sandbox.scan(&["--no-store", "--verbose", "--format", format]).exits(1);
            assert!(!run.stdout.contains(&token) && !run.stdout.contains(&key), "{format}");
        }
        let all = places(&sandbox.scan(&["--no-store", "--format", "json"]));
        let of = |rule: &str| all.iter().filter(|place| place.starts_with(rule)).count();
        assert_eq!((of("github-pat"), of("private-key")), (2, 1), "{all:?}");
        assert!(all.iter().all(|place| place.split(' ').count() == 3), "{all:?}");
    }
}

#[test]
fn what_only_one_engine_sees_is_masked_for_the_other() {
    let cells = ["db_password = \"h0rse\\tbattery\"; eval(db_password)"];
    let sandbox = Sandbox::with(&[("a.ipynb", &notebook(&cells))]);
    let run = sandbox.scan(&["--no-store", "--engine", "secrets=off", "--format", "json"]);
    assert!(run.stdout.contains("B307") && !run.stdout.contains("battery"), "{}", run.stdout);
}

#[test]
fn bad_notebooks_are_said_to_be_so() {
    let half = SHOP.as_bytes()[..400].to_vec();
    let deep = format!("{{\"cells\": {}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    let nested =
        format!("{{\"cells\": [{{\"cell_type\": \"code\", \"source\": {}\"\"", "[".repeat(9_000));
    for text in [half, deep.into_bytes(), nested.into_bytes(), Vec::new(), b"[1]".to_vec()] {
        let sandbox = Sandbox::with(&[("run.py", SHELL)]);
        sandbox.write("bad.ipynb", text);
        let run = sandbox.scan(&["--no-store"]).exits(1).says("B602");
        run.says("could not be parsed").says("bad.ipynb (python)");
    }
}

#[test]
fn odd_cells_harm_no_others() {
    let odd = [
        json!(null),
        json!({"cell_type": "code"}),
        json!({"cell_type": "code", "source": 7}),
        json!({"cell_type": "code", "source": ["eval(a)\n", 7]}),
        json!({"cell_type": 3, "source": "eval(a)"}),
        json!({"source": "eval(a)"}),
        json!({"cell_type": "code", "source": []}),
        json!({"cell_type": "code", "source": "x = '\u{0}'"}),
        json!({"cell_type": "code", "source": "eval(a)\r\neval(b)\r\n"}),
    ];
    let run = scanned("a.ipynb", &pretty(&odd));
    assert_eq!(places(&run).len(), 2, "{:?}", places(&run));
    assert!(places(&run)[1].starts_with("B307 9:2:1 "));
    assert!(run.json()["notifications"][0]["message"].as_str().unwrap().starts_with("cell 1 "));
}

#[test]
fn half_a_character_and_windows_line_ends_keep_the_place() {
    let text = notebook(&["x = 'HALF'; eval(a)\n"]).replace("HALF", "\\ud83d\\uDE00\\ud800\\t");
    let run = scanned("a.ipynb", &text.replace('\n', "\r\n"));
    let line = text.lines().position(|line| line.contains("eval")).unwrap();
    let column = text.lines().nth(line).unwrap().find("eval").unwrap();
    // In the cell, where each of the escapes is one character, that is nearer to the beginning.
    let said = &places(&run)[0];
    assert_eq!(*said, format!("B307 1:1:12 {}:{}", line + 1, column + 1));
}

#[test]
fn a_large_notebook_is_read_to_its_end() {
    let image = "A".repeat(8 << 20);
    let mut cells = vec![json!({
        "cell_type": "code", "source": "1", "outputs": [{"data": {"image/png": image}}],
    })];
    cells.extend((0..2_000).map(|_| code("x = 1\n")));
    cells.push(code("eval(x)"));
    let sandbox = Sandbox::with(&[("a.ipynb", &pretty(&cells))]);
    let run = sandbox.scan(&["--no-store", "--format", "json"]);
    assert!(places(&run)[0].starts_with("B307 2002:1:1 "));
}

const GUIDE: &str = "# Guide\r
\r
~~~ {.python .numberLines}\r
eval(a)\r
~~~\r
- a list\r
  1. in a list\r
\r
     ```py title=\"run.py\"\r
     def f():\r
         eval(b)\r
     ```\r
> > ```python\r
> > eval(c)  # nosec\r
> > ```\r
````markdown\r
```python\r
eval(never)\r
```\r
````\r
```js\r
eval(never)\r
```\r
```python\r
eval(fragment) and so on\r
```\r
    >>> eval(never)\r
```pycon\r
>>> def g():\r
...     return eval(d)\r
...\r
>>> g()\r
eval(never)\r
```\r
```{python, echo=FALSE}\r
%pip install x\r
eval(e)\r
```\r
`eval(never)` and ``` python eval(never) ```\r
```python\r
eval(é,\r
  f)";

#[test]
fn code_blocks_of_markdown_are_sources_of_their_own() {
    let run = scanned("docs/guide.md", GUIDE);
    let expected = ["4:1", "11:10", "14:5", "30:16", "37:1", "41:1"].map(|p| format!("B307 {p}"));
    assert_eq!(places(&run), expected);
    let report = run.json();
    assert_eq!(report["notifications"], json!([]));
    assert!(!report["findings"][2]["waiver"].is_null());
    assert_eq!(report["findings"][1]["snippet"]["text"], "    eval(b)");
    assert_eq!(report["findings"][1]["snippet"]["first_line"], 11);
}

#[test]
fn markdown_is_looked_at_where_it_is_asked_for() {
    let sandbox = Sandbox::with(&[("guide.md", GUIDE)]);
    sandbox.scan(&["--no-store"]).exits(0).says("No findings");
}

/// The text that a place in a file holds.
fn at<'a>(text: &'a str, location: &Location) -> &'a str {
    let lines = LineIndex::new(text.as_bytes());
    let offset = |line, column: u32| {
        let start = lines.start(line, text.as_bytes());
        let rest = text[start..].char_indices().nth(column as usize - 1);
        rest.map_or(text.len(), |(at, _)| start + at)
    };
    let span = location.span;
    &text[offset(span.start_line, span.start_column)..offset(span.end_line, span.end_column)]
}

fn findings(path: &str, text: &str) -> Vec<Finding> {
    let settings = Settings { markdown: true, ..Settings::default() };
    scan_file(SourceFile::new(path.into(), text.into()), &settings, ENGINES, false).findings
}

/// A string of JSON, each character in one of the ways to write it.
fn written(text: &str, mut ways: impl Iterator<Item = u8>) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        let plain = c >= ' ' && c != '"' && c != '\\';
        match ways.next().unwrap_or_default() % 4 {
            0 => {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|u| write!(json, "\\u{u:04X}").unwrap())
            }
            _ if plain => json.push(c),
            _ => {
                let quoted = serde_json::to_string(&c).unwrap();
                json += &quoted[1..quoted.len() - 1];
            }
        }
    }
    json + "\""
}

/// Lines of which some are findings, and characters that JSON has to write otherwise.
const LINES: [&str; 10] = [
    "x = 1\n",
    "eval(x)\n",
    "y = '\\t🦀é'; eval('/\"' + y)\n",
    "\n",
    "# eval(é)\n",
    "if x:\n\teval('''\n🦀''')\n",
    "%time x\n",
    "eval('\\x41')\r\n",
    "import pickle\n",
    "broken (\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_place_in_a_notebook_holds_the_flagged_text(
        cells in prop::collection::vec(prop::collection::vec(0..LINES.len(), 0..6), 0..6),
        lists in any::<bool>(),
        ways in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let mut ways = ways.into_iter().cycle();
        let mut text = String::from("{\"cells\": [");
        let sources: Vec<String> =
            cells.iter().map(|lines| lines.iter().map(|line| LINES[*line]).collect()).collect();
        for (number, source) in sources.iter().enumerate() {
            let parts: Vec<&str> = match lists {
                true => source.split_inclusive('\n').collect(),
                false => vec![source],
            };
            let parts: Vec<String> = parts.iter().map(|part| written(part, &mut ways)).collect();
            let value = if lists { format!("[{}]", parts.join(",\n")) } else { parts.concat() };
            let comma = if number > 0 { "," } else { "" };
            writeln!(text, "{comma}{{\"source\": {value}, \"cell_type\": \"code\"}}").unwrap();
        }
        text += "]}";
        let whole: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(whole["cells"].as_array().unwrap().len(), sources.len());
        for finding in findings("a.ipynb", &text) {
            let cell = finding.location.cell.unwrap();
            let source = &sources[cell.number as usize - 1];
            let lines = LineIndex::new(source.as_bytes());
            let start = lines.start(cell.line, source.as_bytes());
            let rest: String = source[start..].chars().skip(cell.column as usize - 1).collect();
            let flagged = at(&text, &finding.location);
            // Between the strings of a list stands what is no part of either.
            let flagged: String = serde_json::from_str(&format!("\"{}\"", flagged.replace("\",\n\"", ""))).unwrap();
            prop_assert!(rest.starts_with(&flagged), "{flagged:?} is not at {rest:?}");
            prop_assert!(flagged.starts_with("eval(") || flagged.starts_with("import "));
            prop_assert!(flagged.ends_with(')') || flagged.ends_with("pickle"));
        }
        let whole = cells.iter().filter(|lines| !lines.contains(&9)).flatten();
        let expected = whole.filter(|line| [1, 2, 5, 7, 8].contains(line)).count();
        prop_assert_eq!(findings("a.ipynb", &text).len(), expected);
    }

    #[test]
    fn no_way_to_write_a_secret_shows_it(
        picks in prop::collection::vec(0..4usize, 1..5),
        lists in any::<bool>(),
        ways in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let token = templates::expand("{{github ghp}}");
        let lines = [
            format!("key = '{token}'; eval(key)\n"),
            format!("eval(\"{token}\", password=\"{token}\")\n"),
            "login(password='c0rrect\\thorse', extra=eval('x'))\n".to_owned(),
            format!("# {token}\neval('''\n{token}''')\n"),
        ];
        let source: String = picks.iter().map(|pick| lines[*pick].as_str()).collect();
        let mut ways = ways.into_iter().cycle();
        let parts: Vec<&str> =
            if lists { source.split_inclusive('\n').collect() } else { vec![&source] };
        let parts: Vec<String> = parts.iter().map(|part| written(part, &mut ways)).collect();
        let value = if lists { format!("[{}]", parts.join(",\n")) } else { parts.concat() };
        let text = format!(
            "{{\"cells\": [{{\"source\": {value},\n\"outputs\": \"{token}\", \"cell_type\": \"code\"}}]}}"
        );
        let tail = &token[token.len() - 8..];
        let escaped = written(tail, [0].into_iter().cycle());
        let found = findings("a.ipynb", &text);
        prop_assert!(found.len() > picks.len());
        for finding in found {
            let shown = format!("{} {}", finding.snippet.text, finding.message);
            let hidden = [tail, "horse", escaped.trim_matches('"')];
            prop_assert!(!hidden.iter().any(|secret| shown.contains(secret)), "{shown}");
        }
    }

    #[test]
    fn a_place_in_a_code_block_holds_the_flagged_text(
        blocks in prop::collection::vec((0..5usize, prop::collection::vec(0..9usize, 0..4)), 0..6),
    ) {
        let mut text = String::from("# Title\n");
        for (prefix, lines) in &blocks {
            let (first, next) = [("", ""), ("  ", "  "), ("- ", "  "), ("> ", "> "), ("10. ", "    ")][*prefix];
            let source: String = lines.iter().map(|line| LINES[*line]).collect();
            writeln!(text, "{first}```{{python}}").unwrap();
            source.split_inclusive('\n').for_each(|line| write!(text, "{next}{line}").unwrap());
            write!(text, "{next}```\n\n").unwrap();
        }
        let found = findings("a.md", &text);
        for finding in &found {
            let flagged = at(&text, &finding.location);
            prop_assert!(flagged.starts_with("eval(") || flagged.starts_with("import "), "{flagged}");
        }
        let lines = blocks.iter().flat_map(|(_, lines)| lines);
        prop_assert_eq!(found.len(), lines.filter(|line| [1, 2, 5, 7, 8].contains(line)).count());
    }

    #[test]
    fn nothing_brings_it_down(at in 0..SHOP.len(), length in 0..60usize, with in "\\PC{0,8}|[\\[{\"\\\\u]{0,9}") {
        let mut text = SHOP.as_bytes().to_vec();
        text.splice(at..(at + length).min(SHOP.len()), with.bytes());
        findings("a.ipynb", &String::from_utf8_lossy(&text));
        let mut text = GUIDE.as_bytes().to_vec();
        let at = at.min(GUIDE.len());
        text.splice(at..(at + length).min(GUIDE.len()), with.bytes());
        findings("a.md", &String::from_utf8_lossy(&text));
    }
}

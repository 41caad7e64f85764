//! Files and names that were made to do harm.

use super::Sandbox;
use crate::templates;
use std::process::{Command, Stdio};

const FORMATS: [&str; 9] =
    ["csv", "custom", "html", "json", "sarif", "screen", "txt", "xml", "yaml"];

#[test]
fn no_secret_reaches_a_report() {
    let token = templates::expand("{{github ghp}}");
    let source = format!(
        "password = 'velvet-harbour-7'\nexec(a)  # nosec {token}\nsecret = '''copper-\nmeadow-9'''\nexec(b)\n"
    );
    let sandbox = Sandbox::with(&[("a.py", &source)]);
    for format in FORMATS {
        let run = sandbox.bandit(&["-f", format, "-n", "9", "a.py"]).exits(1);
        assert!(!run.stderr.contains(&token), "{}", run.stderr);
        for part in ["velvet", "copper-", "meadow-9", &token] {
            assert!(!run.stdout.contains(part), "{format}: {part}\n{}", run.stdout);
        }
        let chosen = sandbox.bandit(&["-f", format, "-n", "9", "-t", "B102", "a.py"]).exits(1);
        assert!(!chosen.stdout.contains("velvet"), "{format}\n{}", chosen.stdout);
        assert!(run.stdout.contains("REDACTED") || matches!(format, "csv" | "custom" | "xml"));
    }
}

#[test]
#[cfg(unix)]
fn names_and_sources_act_on_nothing() {
    let name = "a\u{1b}[2J\n<script>\"&',\u{202e}.py";
    let source = "exec(a)  # \u{1b}[31m\u{202e}</pre><script>\u{7}\n";
    let sandbox = Sandbox::with(&[(name, source)]);
    for format in FORMATS {
        let run = sandbox.bandit(&["-r", "-v", "-f", format, "."]).exits(1);
        if matches!(format, "txt" | "custom" | "html" | "xml") {
            let acts = |c: char| (c.is_control() && !"\n\t".contains(c)) || c == '\u{202e}';
            assert!(!run.stdout.contains(acts), "{format}\n{:?}", run.stdout);
        }
        if matches!(format, "html" | "xml") {
            assert!(!run.stdout.contains("<script"), "{format}\n{}", run.stdout);
        }
        if format == "screen" {
            assert!(!run.stdout.contains("\u{1b}[2J") && !run.stdout.contains('\u{7}'));
        }
        assert!(!run.stderr.contains('\u{1b}'));
    }
    let run = sandbox.bandit(&["-r", "-f", "csv", "."]).exits(1);
    let mut rows = csv::Reader::from_reader(run.stdout.as_bytes());
    let row = rows.records().next().unwrap().unwrap();
    assert_eq!(&row[0], format!("./{name}"));
}

#[test]
fn bad_input_costs_one_file() {
    let deep = "(".repeat(20_000) + &")".repeat(20_000);
    let sandbox = Sandbox::with(&[
        ("deep.py", &deep),
        ("python2.py", "print 'a'\n"),
        ("good.py", "exec(a)\n"),
        ("empty.py", ""),
        ("mark.py", "\u{feff}"),
        ("long.py", &format!("a = '{}'\nexec(a)\n", "x".repeat(1 << 20))),
    ]);
    sandbox.write("nul.py", b"a = 1\0\n");
    sandbox.write("latin.py", b"# \xE9\nexec(a)\n");
    let report = sandbox.bandit(&["-r", "-f", "json", "."]).exits(1).json();
    let found: Vec<_> =
        report["results"].as_array().unwrap().iter().map(|r| &r["filename"]).collect();
    assert_eq!(found, ["./good.py", "./long.py"]);
    let skipped = |name: &str| {
        let errors = report["errors"].as_array().unwrap();
        let error = errors.iter().find(|error| error["filename"] == name);
        error.map(|error| error["reason"].as_str().unwrap())
    };
    for name in ["./latin.py", "./nul.py", "./python2.py"] {
        assert_eq!(skipped(name), Some("syntax error while parsing AST from file"), "{name}");
    }
    assert_eq!(skipped("./empty.py"), None);
}

#[test]
#[cfg(unix)]
fn a_reader_that_goes_is_no_news() {
    let sandbox = Sandbox::with(&[("a.py", &"exec(a)\n".repeat(5_000))]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_lockgate"))
        .args(["bandit", "-q", "a.py"])
        .current_dir(sandbox.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
#[cfg(unix)]
fn links_are_followed_as_os_walk_follows_them() {
    let sandbox = Sandbox::with(&[("src/a.py", "exec(a)\n"), ("other/b.py", "exec(b)\n")]);
    let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, sandbox.join(at)).unwrap();
    link("../other", "src/folder");
    link("../other/b.py", "src/linked.py");
    link("nowhere", "src/broken.py");
    let report = sandbox.bandit(&["-r", "-f", "json", "src"]).exits(1).json();
    let found: Vec<_> =
        report["results"].as_array().unwrap().iter().map(|r| &r["filename"]).collect();
    assert_eq!(found, ["src/a.py", "src/linked.py"]);
    assert_eq!(report["errors"][0]["reason"], "No such file or directory");
}

#[test]
fn what_no_check_reports_is_not_shown_beside_an_issue() {
    let token = templates::expand("{{github ghp}}");
    let (begin, end) = token.split_at(9);
    let source = format!(
        "self.password: str = 'amber-a'\nd['secret'] = b'amber-b'\nx = {{'passwd': f'amber-c{{y}}amber-d'}}\n\
         def f(*, token='amber-e'): pass\nf(token=b'amber-f')\nz = '{begin}' '{end}'\nexec(a)\n\
         w = '{begin}\\\n{end}'\nplace = 'shown'\n"
    );
    let sandbox = Sandbox::with(&[("a.py", &source)]);
    let run = sandbox.bandit(&["-f", "txt", "-n", "20", "-t", "B102", "a.py"]).exits(1);
    for part in ["amber", begin, end] {
        assert!(!run.stdout.contains(part), "{part}\n{}", run.stdout);
    }
    assert!(run.stdout.contains("'shown'") && run.stdout.contains("{y}"), "{}", run.stdout);
}

#[test]
fn a_long_line_is_shown_around_each_issue() {
    let asserts: Vec<String> = (0..2000).map(|number| format!("assert é{number}")).collect();
    let sandbox = Sandbox::with(&[("a.py", &*format!("{}\n", asserts.join("; ")))]);
    let report = sandbox.bandit(&["-f", "json", "a.py"]).exits(1).json();
    let results = report["results"].as_array().unwrap();
    assert_eq!(results.len(), 2000);
    for (result, assert) in results.iter().zip(&asserts) {
        let code = result["code"].as_str().unwrap();
        assert!(code.contains(assert) && code.contains('…') && code.len() < 2100, "{code}");
        assert!(code.starts_with("1 ") && code.ends_with('\n') && code.lines().count() == 1);
    }
    for format in ["txt", "html", "yaml", "sarif"] {
        let run = sandbox.bandit(&["-f", format, "a.py"]).exits(1);
        assert!(run.stdout.len() < 2000 * 9000, "{format}");
    }
}

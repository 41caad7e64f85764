//! The writers, on a hand-built report that is as nasty as its inputs may be, and on a large one.

mod sample;
mod sarif;

use crate::sandbox::Sandbox;
use lockgate::report::{self, Format, Report, Style};
use serde_json::Value;

const PLAIN: Style = Style { color: false, verbose: false, width: 100 };
const FORMATS: [Format; 6] = [
    Format::Table,
    Format::Json,
    Format::Sarif,
    Format::SarifFull,
    Format::Markdown,
    Format::Github,
];

fn written(report: &Report, format: Format, style: Style) -> String {
    let mut out = Vec::new();
    report::write(report, format, style, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("writers write UTF-8")
}

fn parsed(report: &Report, format: Format) -> Value {
    serde_json::from_str(&written(report, format, PLAIN)).expect("JSON")
}

fn valid(schema: &Value, document: &Value) {
    let validator = jsonschema::validator_for(schema).expect("a schema");
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn table() {
    insta::assert_snapshot!(written(&sample::nasty(), Format::Table, PLAIN));
}

#[test]
fn table_in_colour_on_a_narrow_terminal() {
    let style = Style { color: true, width: 60, ..PLAIN };
    let shown = written(&sample::nasty(), Format::Table, style).replace('\u{1b}', "␛");
    insta::assert_snapshot!(shown);
}

#[test]
fn table_of_nothing() {
    insta::assert_snapshot!(written(&sample::clean(), Format::Table, PLAIN), @r#"
    No findings
    340 files scanned by python, secrets in 1.2 s; 3 binary files left out

    PASSED: no finding is blocked by [gate] fail_on = "high", new_only = true (new-code), or by 2 rules beside it
    New is what is not in the scan of main at 1a2b3c4.
    "#);
}

#[test]
fn table_without_a_base_says_how_to_get_one() {
    let mut report = sample::clean();
    report.verdict.base = None;
    let shown = written(&report, Format::Table, PLAIN);
    assert!(shown.contains("lockgate scan --fail-on none"), "{shown}");
}

#[test]
fn table_shows_the_worst_of_many_and_counts_the_rest() {
    let report = sample::many(2000);
    let shown = written(&report, Format::Table, PLAIN);
    assert_eq!(shown.matches("critical[").count(), 400);
    assert_eq!(shown.matches("high[").count(), 100);
    assert_eq!(shown.matches("medium[").count(), 0);
    assert!(
        shown
            .contains("1500 more findings are not shown: 300 high, 400 medium, 400 low, 400 info."),
        "{}",
        &shown[shown.len() - 3000..]
    );
    assert!(shown.contains("… and 780 more; --verbose shows all"), "blocking findings");
    assert!(shown.contains("… and 35 more; --verbose shows all"), "notifications");
    let all = written(&report, Format::Table, Style { verbose: true, ..PLAIN });
    assert_eq!(all.matches("\n  --> ").count() + all.matches("\n   --> ").count(), 2000);
    assert!(!all.contains("--verbose"));
}

#[test]
fn json() {
    let mut document = parsed(&sample::nasty(), Format::Json);
    document["lockgate"] = "[version]".into();
    insta::assert_json_snapshot!(document);
}

#[test]
fn json_follows_its_schema() {
    let schema = serde_json::to_value(report::json::schema()).expect("JSON");
    valid(&schema, &parsed(&sample::nasty(), Format::Json));
    valid(&schema, &parsed(&sample::clean(), Format::Json));
}

#[test]
fn json_knows_a_folder_by_its_last_name_only() {
    let mut report = sample::clean();
    report.repository.name = "/home/someone/shop".to_owned();
    assert_eq!(parsed(&report, Format::Json)["repository"]["name"], "shop");
}

#[test]
fn markdown() {
    insta::assert_snapshot!(written(&sample::nasty(), Format::Markdown, PLAIN));
    insta::assert_snapshot!(
        "markdown_of_nothing",
        written(&sample::clean(), Format::Markdown, PLAIN)
    );
}

#[test]
fn markdown_fits_into_a_comment() {
    let text = written(&sample::many(5000), Format::Markdown, PLAIN);
    assert!(text.len() < 60_000, "{}", text.len());
    assert!(text.len() > 40_000, "{}", text.len());
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    assert!(text.contains("more.\n"));
}

#[test]
fn github() {
    insta::assert_snapshot!(written(&sample::nasty(), Format::Github, PLAIN));
    assert_eq!(written(&sample::clean(), Format::Github, PLAIN), "");
}

#[test]
fn github_shows_ten_of_a_level_and_counts_the_rest() {
    let text = written(&sample::many(300), Format::Github, PLAIN);
    let lines = |level: &str| text.lines().filter(|l| l.starts_with(level)).count();
    assert_eq!((lines("::error "), lines("::warning "), lines("::notice ")), (10, 10, 10));
    assert_eq!(text.lines().count(), 30);
    assert!(
        text.contains("::notice title=Lockgate::274 findings and 37 warnings not shown"),
        "{text}"
    );
    assert!(text.lines().take(10).all(|line| line.contains("title=critical ")));
}

#[test]
fn no_writer_lets_a_hidden_character_through() {
    for report in [sample::nasty(), sample::clean()] {
        for format in FORMATS {
            let text = written(&report, format, PLAIN);
            let hidden = |c: &char| c.is_control() && *c != '\n' || "\u{200b}\u{202e}".contains(*c);
            assert_eq!(text.chars().find(hidden), None, "{format:?}");
            let commands = text.lines().filter(|line| line.trim_start().starts_with("::"));
            assert!(format == Format::Github || commands.count() == 0, "{format:?}");
        }
    }
    let text = written(&sample::nasty(), Format::Github, PLAIN);
    let levels = ["::error file=", "::warning file=", "::notice file="];
    assert!(text.lines().all(|line| levels.iter().any(|level| line.starts_with(level))), "{text}");
}

#[test]
fn every_format_names_what_does_not_parse() {
    let sandbox = Sandbox::repository(&[("fine.py", "x = 1\n")]);
    for number in 0..3 {
        std::os::unix::fs::symlink("nowhere", sandbox.join(&format!("a{number}"))).unwrap();
    }
    sandbox.write("old.py", "print 'two'\n");
    for format in ["table", "json", "sarif", "markdown", "github"] {
        sandbox.scan(&["--format", format]).exits(0).says("old.py").says("does not parse");
    }
    sandbox
        .scan(&["--format", "markdown"])
        .says("4 places not looked at in full: could not be parsed (1)");
}

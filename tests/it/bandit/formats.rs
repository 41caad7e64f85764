//! Every format, and where the report goes.

use super::{Sandbox, shop};
use std::fs;

/// The report without what differs from run to run.
fn steady(report: &str) -> String {
    let time = regex::Regex::new(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z|\.\d{6}\+00:00)").unwrap();
    time.replace_all(report, "[time]").into_owned()
}

#[test]
fn reports_in_every_format() {
    let shop = shop();
    for format in ["csv", "custom", "html", "json", "sarif", "screen", "txt", "xml", "yaml"] {
        let run = shop.bandit(&["-r", "-q", "-s", "B101", "-f", format, "shop"]).exits(1);
        let report =
            run.stdout.replace(shop.path().canonicalize().unwrap().to_str().unwrap(), "[folder]");
        insta::assert_snapshot!(format!("bandit_{format}"), steady(&report));
    }
}

#[test]
fn a_file_gets_the_report_and_the_log_says_so() {
    let shop = shop();
    for (format, module, what) in [
        ("csv", "csv", "CSV output written to file"),
        ("custom", "custom", "Result written to file"),
        ("html", "html", "HTML output written to file"),
        ("json", "json", "JSON output written to file"),
        ("sarif", "sarif", "SARIF output written to file"),
        ("txt", "text", "Text output written to file"),
        ("xml", "xml", "XML output written to file"),
        ("yaml", "yaml", "YAML output written to file"),
    ] {
        let run = shop.bandit(&["-f", format, "-o", "out", "shop/orders.py"]).exits(1);
        assert_eq!(run.stdout, "");
        run.complains(&format!("[{module}]\tINFO\t{what}: out\n"));
        assert!(fs::read_to_string(shop.join("out")).unwrap().contains("B324"), "{format}");
    }
    let run = shop.bandit(&["-f", "screen", "-o", "out", "shop/orders.py"]).exits(1).says("B324");
    run.complains(
        "[screen]\tINFO\tScreen formatter output was not written to file: out, consider '-f txt'\n",
    );
}

#[test]
fn templates_are_those_of_python() {
    let sandbox = Sandbox::with(&[("a.py", super::SHELL)]);
    let custom = |template: &str| {
        sandbox.bandit(&["-q", "-t", "B602", "-f", "custom", "--msg-template", template, "a.py"])
    };
    for (template, line) in [
        (
            "{relpath:>8.3}|{line:03}|{test_id:^8}|{severity!r}|{range}|{{{col}}}",
            "     a.p|002|  B602  |'HIGH'|[2]|{0}\n",
        ),
        (
            "{cwe} {end_col:<4}{confidence:*^10}",
            "CWE-78 (https://cwe.mitre.org/data/definitions/78.html) 36  ***HIGH***\n",
        ),
        ("{nope:>9}{line}", "nope2\n"),
    ] {
        assert_eq!(custom(template).exits(1).stdout, line, "{template}");
    }
    custom("{nope}")
        .complains("[custom]\tWARNING\tTag 'nope' was not recognized and will be skipped");
    for template in ["{line", "line", "{line:s}", "{severity:d}", "}"] {
        custom(template).exits(2).complains("[custom]\tERROR\t");
    }
    for template in ["{}", "{0}", "{range:>9}", "{msg!r:>9}"] {
        custom(template).exits(1).complains("Unable to output report using 'custom' formatter");
    }
}

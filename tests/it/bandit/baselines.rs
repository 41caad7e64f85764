//! What a baseline has is not reported again, whoever made it.

use super::{Sandbox, shop};
use serde_json::Value;

const CHMOD: &str = "import os\nos.chmod('/srv/report', 0o777)\n";

fn ids(report: &Value) -> Vec<(&str, u64)> {
    let results = report["results"].as_array().unwrap();
    results
        .iter()
        .map(|result| {
            (result["test_id"].as_str().unwrap(), result["line_number"].as_u64().unwrap())
        })
        .collect()
}

/// The report as a tool with other words would have it: `reword` gets each text.
fn reworded(report: &str, reword: impl Fn(&str) -> String) -> String {
    let mut report: Value = serde_json::from_str(report).unwrap();
    for result in report["results"].as_array_mut().unwrap() {
        result["issue_text"] = reword(result["issue_text"].as_str().unwrap()).into();
    }
    report.to_string()
}

#[test]
fn a_report_is_a_baseline() {
    let shop = shop();
    let report = shop.bandit(&["-r", "-f", "json", "shop"]).exits(1).stdout;
    shop.write("earlier.json", report);
    for format in ["json", "txt", "screen", "html", "custom"] {
        shop.bandit(&["-r", "-b", "earlier.json", "-f", format, "shop"]).exits(0);
    }
    for format in ["csv", "sarif", "xml", "yaml"] {
        let run = shop.bandit(&["-r", "-b", "earlier.json", "-f", format, "shop"]).exits(2);
        run.complains("[main]\tWARNING\tBaseline must be used with one of the following formats: ['custom', 'html', 'json', 'screen', 'txt']\n");
    }
    shop.bandit(&["-b", "none.json", "shop/clean.py"])
        .exits(2)
        .complains("Could not open baseline report: none.json\n");
    shop.write("earlier.json", "{}");
    let run = shop.bandit(&["-r", "-b", "earlier.json", "-f", "json", "shop"]).exits(1);
    run.complains("[manager]\tWARNING\tFailed to load baseline data: ");
}

#[test]
fn several_equal_issues_are_all_candidates() {
    let sandbox = Sandbox::with(&[("a.py", CHMOD)]);
    let report = sandbox.bandit(&["-f", "json", "a.py"]).exits(1).stdout;
    sandbox.write("earlier.json", report);
    let mode = "\nos.chmod('/srv/report', 0o757)\n";
    sandbox.write("a.py", format!("{CHMOD}{mode}{mode}"));
    let run = sandbox.bandit(&["-b", "earlier.json", "-f", "json", "a.py"]).exits(1);
    let report = run.json();
    assert_eq!(ids(&report), [("B103", 4), ("B103", 6)]);
    let candidates = &report["results"][0]["candidates"];
    assert_eq!(candidates.as_array().unwrap().len(), 2);
    assert!(candidates[0].get("more_info").is_none());
    let run = sandbox.bandit(&["-b", "earlier.json", "-f", "txt", "a.py"]).exits(1);
    run.says("   Location: ./a.py::\n\n-- Candidate Issues --\n          >> Issue: [B103:");
    let run = sandbox.bandit(&["-b", "earlier.json", "-f", "html", "a.py"]).exits(1);
    run.says("<b>Candidates: </b>\n\n<div class=\"candidate\">");
}

#[test]
fn a_baseline_in_other_words_names_the_same_things() {
    let sandbox = Sandbox::with(&[("a.py", CHMOD)]);
    let report = sandbox.bandit(&["-f", "json", "a.py"]).exits(1).stdout;
    let other = |mode: &str| reworded(&report, |_| format!("{mode} given away (/srv/report)!"));
    sandbox.write("earlier.json", other("0o777"));
    sandbox.bandit(&["-b", "earlier.json", "-f", "json", "a.py"]).exits(0);
    sandbox.write("earlier.json", other("0o757"));
    sandbox.bandit(&["-b", "earlier.json", "-f", "json", "a.py"]).exits(1);
}

#[test]
fn a_password_in_a_baseline_is_compared_and_not_shown() {
    let sandbox = Sandbox::with(&[("a.py", "password = 'velvet-harbour-7'\n")]);
    let report = sandbox.bandit(&["-f", "json", "a.py"]).exits(1).stdout;
    assert!(!report.contains("velvet"));
    sandbox.write("earlier.json", reworded(&report, |_| "literally 'velvet-harbour-7'".to_owned()));
    let run = sandbox.bandit(&["-b", "earlier.json", "-f", "json", "a.py"]).exits(0);
    assert!(!run.stdout.contains("velvet") && !run.stderr.contains("velvet"));
    sandbox.write("a.py", "password = 'copper-lantern-9'\n");
    let run = sandbox.bandit(&["-b", "earlier.json", "-f", "json", "a.py"]).exits(1);
    for word in ["velvet", "copper"] {
        assert!(!run.stdout.contains(word) && !run.stderr.contains(word));
    }
    // A report without the value cannot tell.
    sandbox.write("earlier.json", report);
    sandbox.bandit(&["-b", "earlier.json", "-f", "json", "a.py"]).exits(0);
}

#[test]
fn what_other_words_leave_out_is_not_asked_for() {
    for (source, words) in [
        ("from subprocess import Popen\n", "the module that starts processes"),
        ("import os\nos.system('chown *')\n", "asterisk given to os.system"),
        ("import crypt\ncrypt.mksalt(crypt.METHOD_MD5)\n", "crypt.METHOD_MD5 is old"),
        ("from Crypto.Cipher import *\n", "module * of pyCrypto"),
        ("from pickle import loads\n", "look out for loads"),
    ] {
        let sandbox = Sandbox::with(&[("a.py", source)]);
        let report = sandbox.bandit(&["-f", "json", "a.py"]).exits(1).stdout;
        sandbox.write("earlier.json", reworded(&report, |_| words.to_owned()));
        sandbox.bandit(&["-b", "earlier.json", "-f", "json", "a.py"]).exits(0);
    }
}

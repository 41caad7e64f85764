//! The flags of tfsec, and what its help says.

use crate::compat::go::flags::{Flag, listed, text, texts, truth};

/// All of them, but for `--help`.
pub const FLAGS: &[Flag] = &[
    truth("allow-checks-to-panic", Some('p'), ""),
    text(
        "code-theme",
        None,
        "has no effect here: code is printed without colours (default \"dark\")",
    ),
    truth("concise-output", None, "print neither code nor statistics"),
    text(
        "config-file",
        None,
        "configuration; else .tfsec/config.json, .yml or .yaml in what is scanned",
    ),
    text("config-file-url", None, "refused here: nothing is downloaded"),
    text("custom-check-dir", None, "where your own checks are; else .tfsec in what is scanned"),
    text("custom-check-url", None, "refused here: nothing is downloaded"),
    truth("debug", None, "tell on standard error what is done"),
    truth("disable-grouping", Some('G'), "print each result by itself"),
    text("exclude", Some('e'), "leave out these rules, separated by commas"),
    truth("exclude-downloaded-modules", None, "leave out what is in modules below .terraform"),
    text("exclude-ignores", Some('E'), "ignore comments of these rules do not count"),
    texts("exclude-path", "leave out what is in this folder; may be given several times"),
    text("filter-results", None, "report these rules only, separated by commas"),
    truth("force-all-dirs", None, "scan every folder below the given one as a root module"),
    text(
        "format",
        Some('f'),
        "lovely, json, csv, checkstyle, junit, sarif, text, markdown, html or gif; several, separated\nby commas, need --out (default \"lovely\")",
    ),
    truth("ignore-hcl-errors", None, "go on where a file cannot be parsed"),
    truth("include-ignored", None, "report also what is ignored"),
    truth("include-passed", None, "report also what passed"),
    truth("migrate-ignores", None, "rewrite ignore comments that name rules by their oldest ids"),
    text("minimum-severity", Some('m'), "the least severity: CRITICAL, HIGH, MEDIUM or LOW"),
    truth("no-code", None, "print no code"),
    truth("no-color", None, "print without colours"),
    truth("no-colour", None, "print without colours"),
    truth("no-ignores", None, "report as if there were no ignore comments"),
    truth("no-module-downloads", None, "has no effect here: nothing is ever downloaded"),
    text(
        "out",
        Some('O'),
        "the file to write to; with several formats, what their names begin with",
    ),
    truth(
        "print-rego-input",
        None,
        "print what is known of the blocks, as JSON, in place of results",
    ),
    truth("rego-only", None, "run no rules of tfsec's own"),
    text("rego-policy-dir", None, "refused here: Rego is not run"),
    truth("run-statistics", None, "print how often each rule was asked, in place of results"),
    truth("single-thread", None, "use one thread"),
    truth("soft-fail", Some('s'), "end with 0 whatever is found"),
    texts("tfvars-file", "a file of variables; may be given several times"),
    truth("update", None, "refused here: nothing is downloaded"),
    texts("var-file", "the same as --tfvars-file"),
    truth("verbose", None, "the same as --debug"),
    truth("version", Some('v'), "print the version that is stood in for"),
    text(
        "workspace",
        Some('w'),
        "the workspace, for ignore comments and terraform.workspace (default \"default\")",
    ),
];

/// One that its help does not list.
const HIDDEN: &str = "allow-checks-to-panic";

/// What `--help` prints.
pub fn help() -> String {
    format!("tfsec checks Terraform for what is not secure.\n\n{}", usage())
}

/// What is printed with a misuse.
pub fn usage() -> String {
    let mut text = String::from("Usage:\n  tfsec [directory] [flags]\n\nFlags:\n");
    let help = truth("help", Some('h'), "print this");
    listed(&mut text, FLAGS.iter().filter(|flag| flag.long != HIDDEN).chain([&help]));
    text
}

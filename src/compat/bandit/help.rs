//! What `--help` says.

use super::options::EXCLUDED;
use super::rules;

/// The usage, as it stands before every complaint.
pub const USAGE: &str = "\
usage: bandit [-h] [-r] [-a {file,vuln}] [-n CONTEXT_LINES] [-c CONFIG_FILE]
              [-p PROFILE] [-t TESTS] [-s SKIPS]
              [-l | --severity-level {all,low,medium,high}]
              [-i | --confidence-level {all,low,medium,high}]
              [-f {csv,custom,html,json,sarif,screen,txt,xml,yaml}]
              [--msg-template MSG_TEMPLATE] [-o [OUTPUT_FILE]] [-v] [-d] [-q]
              [--ignore-nosec] [-x EXCLUDED_PATHS] [-b BASELINE]
              [--ini INI_PATH] [--exit-zero] [--version]
              [targets ...]
";

/// Each option with what it does.
const OPTIONS: &[(&str, &str)] = &[
    ("-h, --help", "print this and end"),
    ("-r, --recursive", "look at every file below the folders that are named"),
    ("-a {file,vuln}, --aggregate {file,vuln}", "what the results are sorted by (default: file)"),
    (
        "-n CONTEXT_LINES, --number CONTEXT_LINES",
        "how many lines of code go with an issue (default: 3)",
    ),
    (
        "-c CONFIG_FILE, --configfile CONFIG_FILE",
        "which tests run and how: YAML, or [tool.bandit] of a .toml",
    ),
    ("-p PROFILE, --profile PROFILE", "the profile of the configuration to use"),
    ("-t TESTS, --tests TESTS", "ids of the tests to run, separated by commas"),
    ("-s SKIPS, --skip SKIPS", "ids of the tests to leave out, separated by commas"),
    ("-l, --level", "the least severity: -l low, -ll medium, -lll high"),
    ("--severity-level {all,low,medium,high}", "the same by name"),
    ("-i, --confidence", "the least confidence: -i low, -ii medium, -iii high"),
    ("--confidence-level {all,low,medium,high}", "the same by name"),
    (
        "-f {csv,custom,html,json,sarif,screen,txt,xml,yaml}, --format {csv,custom,html,json,sarif,screen,txt,xml,yaml}",
        "the format of the report (default: screen on a terminal, else txt)",
    ),
    ("--msg-template MSG_TEMPLATE", "the line that --format custom writes for an issue, see below"),
    ("-o [OUTPUT_FILE], --output [OUTPUT_FILE]", "the file that the report goes to"),
    ("-v, --verbose", "list what is looked at and what is left out"),
    ("-d, --debug", "log every step"),
    (
        "-q, --quiet, --silent",
        "log only what goes wrong, and report nothing where nothing is found",
    ),
    ("--ignore-nosec", "report what # nosec comments would hide"),
    (
        "-x EXCLUDED_PATHS, --exclude EXCLUDED_PATHS",
        "paths or globs to leave out, separated by commas, beside those of the configuration; default:",
    ),
    ("-b BASELINE, --baseline BASELINE", "a report in JSON; what it has is not reported again"),
    ("--ini INI_PATH", "a .bandit file with arguments; what the command line says wins"),
    ("--exit-zero", "end with 0 whatever is found"),
    ("--version", "print the version and end"),
];

const WIDTH: usize = 78;
const COLUMN: usize = 24;

/// The whole help.
pub fn help() -> String {
    let mut text = format!(
        "{USAGE}\nFinds security problems in Python source. This is Lockgate, standing in for \
         Bandit {}.\n\npositional arguments:\n",
        super::VERSION
    );
    describe(&mut text, "targets", "files and folders to look at; - is standard input");
    text += "\noptions:\n";
    for (option, what) in OPTIONS {
        describe(&mut text, option, what);
        if option.starts_with("-x") {
            text += &format!("{:COLUMN$}{EXCLUDED}\n", "");
        }
    }
    text += TEMPLATES;
    for rule in rules::all() {
        text += &format!("\t{}\t{}\n", rule.id, rule.name);
    }
    text
}

const TEMPLATES: &str = r#"
CUSTOM FORMATTING
-----------------

Available tags:

    {abspath}, {relpath}, {line}, {col}, {end_col}, {test_id},
    {severity}, {msg}, {confidence}, {range}, {cwe}

The default template:

    bandit -r src --format custom --msg-template \
    "{abspath}:{line}: {test_id}[bandit]: {severity}: {msg}"

A tag may have a format as in Python's str.format:

    bandit -r src --format custom --msg-template \
    "{relpath:30.30} {line:>5} {test_id} {msg}"

The following tests were discovered and loaded:
-----------------------------------------------
"#;

/// An option and what it does, in two columns.
fn describe(text: &mut String, option: &str, what: &str) {
    let head = format!("  {option}");
    let mut line = match head.len() + 2 > COLUMN {
        true => {
            *text += &head;
            text.push('\n');
            String::new()
        }
        false => head,
    };
    for word in what.split(' ') {
        if line.len() + 1 + word.len() > WIDTH {
            *text += line.trim_end();
            text.push('\n');
            line.clear();
        }
        match line.len() < COLUMN {
            true => line = format!("{line:COLUMN$}{word}"),
            false => {
                line.push(' ');
                line += word;
            }
        }
    }
    *text += &line;
    text.push('\n');
}

//! One page of HTML. Whatever comes from outside is text in it, never markup.

use super::super::issue::Issue;
use super::super::rules;
use super::super::session::Session;
use super::{Entry, Failure, Report, failed, harmless, lower};
use std::io::{self, Write};

const HEAD: &str = r#"
<!DOCTYPE html>
<html>
<head>

<meta charset="UTF-8">

<title>
    Bandit Report
</title>

<style>
body { font-family: sans-serif; margin: 1em; }
pre { font-family: monospace; overflow-x: auto; }
.bordered-box { border: 1px solid #333; padding: .5em 1em; }
.metrics-box { line-height: 1.3; }
.metrics-title { font-size: 1.4em; margin-bottom: .3em; }
.issue-block { border: 1px solid #ccc; padding: .5em; margin-bottom: .5em; }
.issue-sev-high { background: #fdd; }
.issue-sev-medium { background: #fec; }
.issue-sev-low { background: #def; }
.candidate-issues { border-left: 1px solid #999; margin: .3em 0 .3em 2em; padding-left: 1em; }
</style>
</head>
"#;

pub(super) fn write(report: &Report, to: &mut dyn Write) -> Result<(), Failure> {
    page(report, to).map_err(failed)
}

fn page(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    let (metrics, skipped) = (metrics(report.session), skipped(report.session));
    write!(to, "{HEAD}\n<body>\n{metrics}\n{skipped}")?;
    write!(to, "\n\n<br>\n<div id=\"results\">\n    ")?;
    for (number, entry) in report.entries.iter().enumerate() {
        to.write_all(issue(number, entry).as_bytes())?;
    }
    to.write_all(b"\n</div>\n\n</body>\n</html>\n")
}

fn metrics(session: &Session) -> String {
    format!(
        r#"
<div id="metrics">
    <div class="metrics-box bordered-box">
        <div class="metrics-title">
            Metrics:<br>
        </div>
        Total lines of code: <span id="loc">{}</span><br>
        Total lines skipped (#nosec): <span id="nosec">{}</span>
    </div>
</div>

"#,
        session.totals.loc, session.totals.nosec
    )
}

fn skipped(session: &Session) -> String {
    if session.skipped.is_empty() {
        return String::new();
    }
    let files: String = session
        .skipped
        .iter()
        .map(|(file, why)| format!("{} <b>reason:</b> {}<br>", escaped(file), escaped(why)))
        .collect();
    format!(
        r#"
<br>
<div id="skipped">
<div class="bordered-box">
<b>Skipped files:</b><br><br>
{files}
</div>
</div>
"#
    )
}

fn issue(number: usize, entry: &Entry) -> String {
    let issue = entry.issue;
    let (cwe, cwe_link) = rules::cwe(issue.rule);
    let (code, candidates) = match entry.is_open() {
        true => (String::new(), candidates(&entry.candidates)),
        false => {
            let code = code(issue);
            (format!("\n<div class=\"code\">\n<pre>\n{code}\n</pre>\n</div>\n"), String::new())
        }
    };
    format!(
        r#"
<div id="issue-{number}">
<div class="issue-block issue-sev-{class}">
    <b>{name}: </b> {text}<br>
    <b>Test ID:</b> {id}<br>
    <b>Severity: </b>{severity}<br>
    <b>Confidence: </b>{confidence}<br>
    <b>CWE: </b><a href="{cwe_link}" target="_blank">CWE-{cwe}</a><br>
    <b>File: </b><a href="{file}" target="_blank">{file}</a><br>
    <b>Line number: </b>{line}<br>
    <b>More info: </b><a href="{link}" target="_blank">{link}</a><br>
{code}
{candidates}
</div>
</div>
"#,
        class = lower(issue.severity),
        name = issue.test_name(),
        text = escaped(&issue.text),
        id = issue.rule.id,
        severity = issue.severity.name(),
        confidence = issue.confidence.name(),
        file = escaped(&issue.file),
        line = issue.line,
        link = rules::more_info(issue.rule),
    )
}

fn candidates(issues: &[&Issue]) -> String {
    let list: String = issues
        .iter()
        .map(|issue| {
            let code = code(issue);
            format!(
                "\n<div class=\"candidate\">\n<div class=\"candidate-issues\">\n\
                 <pre>{code}</pre>\n</div>\n</div>\n"
            )
        })
        .collect();
    format!("\n<div class=\"candidates\">\n<br>\n<b>Candidates: </b>\n{list}\n</div>\n")
}

fn code(issue: &Issue) -> String {
    let code = issue.code.numbered('\t');
    escaped(code.trim_matches('\n').trim_start_matches(' '))
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for c in harmless(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#x27;"),
            c => safe.push(c),
        }
    }
    safe
}

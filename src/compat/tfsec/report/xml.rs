//! Checkstyle and JUnit.

use super::{Report, level, link};
use crate::compat::go::xml::escaped;
use crate::compat::tfsec::case::{Case, Status};
use crate::compat::tfsec::severity::Level;
use std::io::{self, Write};

const HEADER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Findings by file.
pub fn checkstyle(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut files: Vec<(String, Vec<&Case>)> = Vec::new();
    for case in report.listed() {
        let path = report.path(&case.at);
        match files.iter_mut().find(|(known, _)| *known == path) {
            Some((_, cases)) => cases.push(case),
            None => files.push((path, vec![case])),
        }
    }
    write!(out, "{HEADER}<checkstyle version=\"5.0\">")?;
    for (path, cases) in &files {
        write!(out, "\n\t<file name=\"{}\">", escaped(path))?;
        for case in cases {
            let severity = match case.level {
                Some(Level::Low) => "info",
                Some(Level::Medium) => "warning",
                _ => "error",
            };
            let [source, message, link] =
                [&case.about.long, &case.description, link(case)].map(escaped);
            write!(
                out,
                "\n\t\t<error source=\"{source}\" line=\"{}\" column=\"0\" severity=\"{severity}\" \
                 message=\"{message}\" link=\"{link}\"></error>",
                case.at.start
            )?;
        }
        write!(out, "\n\t</file>")?;
    }
    let end = if files.is_empty() { "" } else { "\n" };
    write!(out, "{end}</checkstyle>")
}

/// What failed is a test that does, what is ignored one that is skipped.
pub fn junit(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let failures = report.count(Status::Failed);
    let skipped = match report.count(Status::Ignored) {
        0 => String::new(),
        count => format!(" skipped=\"{count}\""),
    };
    let tests = report.cases.len();
    write!(
        out,
        "{HEADER}<testsuite name=\"tfsec\" failures=\"{failures}\"{skipped} tests=\"{tests}\">"
    )?;
    let mut is_empty = true;
    for case in report.listed() {
        is_empty = false;
        let name = format!("[{}][{}] - {}", case.about.long, level(case), case.description);
        let (path, name) = (escaped(&report.path(&case.at)), escaped(&name));
        let description = escaped(&case.description);
        write!(out, "\n\t<testcase classname=\"{path}\" name=\"{name}\" time=\"0\">")?;
        match case.status {
            Status::Failed => {
                let contents = escaped(&contents(report, case));
                write!(
                    out,
                    "\n\t\t<failure message=\"{description}\" type=\"\">{contents}</failure>\n\t"
                )?;
            }
            Status::Ignored => {
                write!(out, "\n\t\t<skipped message=\"{description}\"></skipped>\n\t")?;
            }
            Status::Passed => {}
        }
        write!(out, "</testcase>")?;
    }
    let end = if is_empty { "" } else { "\n" };
    write!(out, "{end}</testsuite>")
}

fn contents(report: &Report, case: &Case) -> String {
    let mut code = String::new();
    for line in report.code(case).iter().filter(|line| line.is_cause) {
        code += line.text.as_deref().unwrap_or_default();
        code.push('\n');
    }
    format!("{}\n\n{code}\n\nSee {}", report.place(case), link(case))
}

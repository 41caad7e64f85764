//! The JUnit report: every finding is a test that fails.

use super::json::Entry;
use crate::compat::gitleaks::finding::Finding;
use crate::compat::go::json as go_json;
use crate::compat::go::xml::escaped;
use std::io::{self, Write};

pub fn write(findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    let count = findings.len();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>")?;
    write!(
        out,
        "\t<testsuite failures=\"{count}\" name=\"gitleaks\" tests=\"{count}\" time=\"\">"
    )?;
    for finding in findings {
        let (file, rule) = (&finding.file, &finding.rule);
        let mut message =
            format!("{rule} has detected a secret in file {file}, line {}", finding.start_line);
        if !finding.commit_id().is_empty() {
            message += &format!(", at commit {}", finding.commit_id());
        }
        message.push('.');
        let mut data = Vec::new();
        go_json::write(&Entry::of(finding), "\t", &mut data)?;
        let [kind, file, message, data] =
            [&finding.description, &**file, &message, &String::from_utf8_lossy(&data)].map(escaped);
        write!(
            out,
            "\n\t\t<testcase classname=\"{kind}\" file=\"{file}\" name=\"{message}\" time=\"\">\
             \n\t\t\t<failure message=\"{message}\" type=\"{kind}\">{data}</failure>\
             \n\t\t</testcase>"
        )?;
    }
    let end = if findings.is_empty() { "" } else { "\n\t" };
    write!(out, "{end}</testsuite>\n</testsuites>")
}

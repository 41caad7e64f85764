//! XML, in the shape that JUnit reports have.

use super::super::rules;
use super::{Failure, Report, failed, harmless};
use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};
use std::io::Write;

pub(super) fn write(report: &Report, to: &mut dyn Write) -> Result<(), Failure> {
    to.write_all(b"<?xml version='1.0' encoding='utf-8'?>\n").map_err(failed)?;
    let count = report.entries.len().to_string();
    let mut writer = Writer::new(to);
    let suite =
        writer.create_element("testsuite").with_attributes([("name", "bandit"), ("tests", &count)]);
    let written = match &report.entries[..] {
        [] => suite.write_empty(),
        _ => suite.write_inner_content(|writer| cases(report, writer)),
    };
    written.map(drop).map_err(failed)
}

fn cases<W: Write>(report: &Report, writer: &mut Writer<W>) -> std::io::Result<()> {
    for entry in &report.entries {
        let issue = entry.issue;
        let (file, message) = (harmless(&issue.file), harmless(&issue.text));
        let text = format!(
            "Test ID: {} Severity: {} Confidence: {}\nCWE: {}\n{message}\nLocation {file}:{}",
            issue.rule.id,
            issue.severity.name(),
            issue.confidence.name(),
            issue.cwe(),
            issue.line,
        );
        let link = rules::more_info(issue.rule);
        let case = [("classname", &*file), ("name", issue.test_name())];
        writer.create_element("testcase").with_attributes(case).write_inner_content(|writer| {
            let severity = issue.severity.name();
            let error = [("more_info", &*link), ("type", severity), ("message", &*message)];
            let error = writer.create_element("error").with_attributes(error);
            error.write_inner_content(|writer| {
                writer.write_event(Event::Text(BytesText::new(&text)))
            })?;
            Ok(())
        })?;
    }
    Ok(())
}

//! JSON.

use super::{Report, level};
use crate::compat::go::json;
use crate::compat::tfsec::case::Case;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Results<'r> {
    results: Vec<Entry<'r>>,
}

#[derive(Serialize)]
struct Entry<'r> {
    rule_id: &'r str,
    long_id: &'r str,
    rule_description: &'r str,
    rule_provider: &'r str,
    rule_service: &'r str,
    impact: &'r str,
    resolution: &'r str,
    links: Option<&'r [String]>,
    description: &'r str,
    severity: &'r str,
    warning: bool,
    status: u8,
    resource: &'r str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    filename: String,
    start_line: u32,
    end_line: u32,
}

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let results = Results { results: report.listed().map(|case| entry(report, case)).collect() };
    json::write(&results, "\t", out)?;
    out.write_all(b"\n")
}

fn entry<'r>(report: &Report, case: &'r Case) -> Entry<'r> {
    let about = &case.about;
    Entry {
        rule_id: &about.avd,
        long_id: &about.long,
        rule_description: &about.title,
        rule_provider: &about.provider,
        rule_service: &about.service,
        impact: &about.impact,
        resolution: &about.resolution,
        links: Some(&about.links[..]).filter(|links| !links.is_empty()),
        description: &case.description,
        severity: level(case),
        warning: false,
        status: case.status as u8,
        resource: &case.resource,
        location: Location {
            filename: report.absolute(&case.at),
            start_line: case.at.start,
            end_line: case.at.end,
        },
    }
}

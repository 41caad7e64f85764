//! A page for a browser.

use super::markdown::TITLES;
use super::{Report, level};
use crate::compat::go::xml::escaped;
use crate::compat::tfsec::case::Case;
use std::cmp::Reverse;
use std::io::{self, Write};

const HEADER: &str = r#"<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>tfsec - Results</title>
    <style>
      body { font-family: sans-serif; margin: 2em; background: #1b1b1b; color: #eee; }
      a { color: #8cf; }
      table { border-collapse: collapse; }
      th, td { border: 1px solid #555; padding: 0.3em 0.7em; text-align: left; }
      .CRITICAL { color: #f44; font-weight: bold; }
      .HIGH { color: #f66; }
      .MEDIUM { color: #fa4; }
      .LOW { color: #fe6; }
    </style>
  </head>
  <body>
"#;

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(HEADER.as_bytes())?;
    if report.listed().next().is_none() {
        writeln!(out, "    <i>No problems detected!</i>")?;
    } else {
        writeln!(out, "    <h1>[tfsec] Results</h1>")?;
    }
    for (title, status) in TITLES {
        let mut cases = report.of(status);
        if cases.is_empty() {
            continue;
        }
        cases.sort_by(|a, b| {
            (Reverse(a.level), &a.about.long).cmp(&(Reverse(b.level), &b.about.long))
        });
        table(report, title, &cases, out)?;
    }
    out.write_all(b"  </body>\n</html>\n")
}

fn table(report: &Report, title: &str, cases: &[&Case], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "    <h2>{title}: {} issue(s)</h2>\n    <table>\n      <thead>", cases.len())?;
    let columns = ["#", "ID", "Severity", "Title", "Location", "Description"];
    let columns = columns.map(|name| format!("<th>{name}</th>")).concat();
    writeln!(out, "        <tr>{columns}</tr>\n      </thead>\n      <tbody>")?;
    for (number, case) in (1..).zip(cases) {
        let about = &case.about;
        let link = about.references.first().or(about.links.first());
        let link = link.filter(|link| link.starts_with("https://") || link.starts_with("http://"));
        let id = match link {
            Some(link) => {
                let (link, id) = (escaped(link), escaped(&about.long));
                format!("<a target=\"_blank\" rel=\"noopener\" href=\"{link}\">{id}</a>")
            }
            None => escaped(&about.long),
        };
        let severity = level(case);
        let [title, place, description] =
            [&about.title, &report.place(case), &case.description].map(|text| escaped(text));
        writeln!(
            out,
            "        <tr>\n          <td>{number}</td>\n          <td>{id}</td>\n          \
             <td class=\"severity {severity}\">{severity}</td>\n          <td><i>{title}</i></td>\n          \
             <td><code>{place}</code></td>\n          <td>{description}</td>\n        </tr>"
        )?;
    }
    writeln!(out, "      </tbody>\n    </table>")
}

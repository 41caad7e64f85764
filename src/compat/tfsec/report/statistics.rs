//! How often each rule was asked, whatever it said: for `--run-statistics`.

use crate::compat::go::json;
use crate::compat::tfsec::case::Case;
use serde::Serialize;
use std::cmp::Reverse;
use std::io::{self, Write};

/// What is said where another format is asked for.
pub const FORMATS: &str =
    "you must specify only lovely, markdown or json format with --run-statistics";
/// The width at which a description is broken, in columns.
const WIDTH: usize = 30;

#[derive(Serialize)]
struct Results<'c> {
    results: Option<Vec<Count<'c>>>,
}

#[derive(Serialize)]
struct Count<'c> {
    rule_id: &'c str,
    rule_description: &'c str,
    links: &'c [String],
    count: usize,
}

/// Writes them in one of the three formats that have them; false where it is another.
///
/// # Errors
/// It cannot be written.
pub fn write(cases: &[Case], format: &str, out: &mut dyn Write) -> io::Result<bool> {
    let mut counts: Vec<Count> = Vec::new();
    for case in cases {
        let about = &case.about;
        match counts.iter_mut().find(|count| count.rule_id == about.long) {
            Some(count) => count.count += 1,
            None => counts.push(Count {
                rule_id: &about.long,
                rule_description: &about.title,
                links: &about.references,
                count: 1,
            }),
        }
    }
    counts.sort_by_key(|count| Reverse(count.count));
    match format {
        "json" => {
            let results = Results { results: (!counts.is_empty()).then_some(counts) };
            json::write(&results, "    ", out)?;
            writeln!(out)?;
        }
        "lovely" => table(&counts, '+', out)?,
        "markdown" => table(&counts, '|', out)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// `corner` is where lines cross; without `+` there are none above and below.
fn table(counts: &[Count], corner: char, out: &mut dyn Write) -> io::Result<()> {
    let titles = ["RULE ID", "DESCRIPTION", "LINK", "COUNT"];
    let rows: Vec<[Vec<String>; 4]> = counts
        .iter()
        .map(|count| {
            [
                vec![count.rule_id.to_owned()],
                broken(count.rule_description),
                count.links.to_vec(),
                vec![count.count.to_string()],
            ]
        })
        .collect();
    let length = |text: &String| text.chars().count();
    let widths: Vec<usize> = (0..4)
        .map(|column| {
            let cells = rows.iter().flat_map(|row| &row[column]);
            cells.map(length).max().unwrap_or_default().max(titles[column].len())
        })
        .collect();
    let line: String =
        widths.iter().map(|width| format!("{corner}{}", "-".repeat(width + 2))).collect();
    let line = format!("{line}{corner}");
    if corner == '+' {
        writeln!(out, "{line}")?;
    }
    for (title, width) in titles.iter().zip(&widths) {
        write!(out, "| {title:^width$} ")?;
    }
    writeln!(out, "|\n{line}")?;
    for row in &rows {
        for index in 0..row.iter().map(Vec::len).max().unwrap_or_default() {
            let cell = |column: usize| row[column].get(index).map_or("", String::as_str);
            for (column, width) in widths.iter().enumerate() {
                match column {
                    3 => write!(out, "| {:>width$} ", cell(column))?,
                    _ => write!(out, "| {:<width$} ", cell(column))?,
                }
            }
            writeln!(out, "|")?;
        }
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// A text in lines, broken between words.
fn broken(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

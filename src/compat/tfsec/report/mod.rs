//! Reports, in the formats of tfsec.

mod csv;
mod html;
mod json;
mod lovely;
mod markdown;
mod paint;
mod sarif;
pub mod statistics;
mod xml;

use super::case::{Case, Status};
use super::options::Options;
use super::session::Metrics;
use crate::compat::defsec::{Line, Lines, code};
use crate::engine::masked_lines;
use crate::report::untrusted::visible;
use crate::target::SourceFile;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{self, Write};
use std::rc::Rc;

/// What a report is made of.
pub struct Report<'a> {
    pub options: &'a Options,
    /// In the order of the rules.
    pub cases: &'a [Case],
    pub metrics: &'a Metrics,
    pub files: &'a [File<'a>],
    pub shown: Shown,
}

/// A file as reports have it.
pub struct File<'a> {
    pub bytes: &'a [u8],
    /// What most formats call it: relative to what is scanned.
    pub relative: String,
    pub absolute: String,
}

/// The lines of the files that were shown, their secrets masked.
#[derive(Debug, Default)]
pub struct Shown(RefCell<HashMap<u32, Rc<[String]>>>);

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Lovely,
    Json,
    Csv,
    Checkstyle,
    Junit,
    Sarif,
    /// Lovely without colours.
    Text,
    Markdown,
    Html,
}

impl Format {
    /// The format of that name.
    pub fn named(name: &str) -> Option<Format> {
        Some(match &*name.to_lowercase() {
            // What the last one adds is a moving picture from the network.
            "lovely" | "default" | "gif" => Format::Lovely,
            "json" => Format::Json,
            "csv" => Format::Csv,
            "checkstyle" => Format::Checkstyle,
            "junit" => Format::Junit,
            "sarif" => Format::Sarif,
            "text" => Format::Text,
            "markdown" => Format::Markdown,
            "html" => Format::Html,
            _ => return None,
        })
    }

    /// What the name of a file of that format ends with, where several are written.
    pub fn ending(name: &str) -> String {
        match name {
            "sarif" => ".sarif.json".to_owned(),
            "" | "default" => ".default.txt".to_owned(),
            "checkstyle" => ".checkstyle.xml".to_owned(),
            name => format!(".{name}"),
        }
    }
}

impl Report<'_> {
    /// Writes the report.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Lovely => lovely::write(self, !self.options.no_colour, out),
            Format::Text => lovely::write(self, false, out),
            Format::Json => json::write(self, out),
            Format::Csv => csv::write(self, out),
            Format::Checkstyle => xml::checkstyle(self, out),
            Format::Junit => xml::junit(self, out),
            Format::Sarif => sarif::write(self, out),
            Format::Markdown => markdown::write(self, out),
            Format::Html => html::write(self, out),
        }
    }

    fn count(&self, status: Status) -> usize {
        self.cases.iter().filter(|case| case.status == status).count()
    }

    fn is_wanted(&self, status: Status) -> bool {
        match status {
            Status::Failed => true,
            Status::Passed => self.options.include_passed,
            Status::Ignored => self.options.include_ignored,
        }
    }

    /// What is reported, in the order of the rules.
    fn listed(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|case| self.is_wanted(case.status))
    }

    /// What is reported of one status.
    fn of(&self, status: Status) -> Vec<&Case> {
        self.listed().filter(|case| case.status == status).collect()
    }

    fn file(&self, lines: &Lines) -> &File<'_> {
        &self.files[lines.file as usize]
    }

    /// The path of a case, relative to what is scanned; hidden characters show.
    fn path(&self, lines: &Lines) -> String {
        visible(&self.file(lines).relative).into_owned()
    }

    fn absolute(&self, lines: &Lines) -> String {
        visible(&self.file(lines).absolute).into_owned()
    }

    /// `main.tf:3-5`.
    fn place(&self, case: &Case) -> String {
        format!("{}:{}", self.path(&case.at), case.at.shown())
    }

    /// The lines of a file, without their ends; secrets are masked, and hidden characters show.
    fn lines(&self, file: u32) -> Rc<[String]> {
        let mut shown = self.shown.0.borrow_mut();
        let lines = shown.entry(file).or_insert_with(|| {
            let of = &self.files[file as usize];
            let source = SourceFile::new(of.relative.as_str().into(), of.bytes.to_vec());
            let harmless = |line: &str| {
                let line = line.trim_end_matches(['\r', '\n']);
                line.split('\t').map(visible).collect::<Vec<_>>().join("\t")
            };
            masked_lines(&source, &[]).iter().map(|line| harmless(line)).collect()
        });
        lines.clone()
    }

    fn code(&self, case: &Case) -> Vec<Line> {
        code(&self.lines(case.at.file), &case.at, &case.within)
    }
}

/// `CRITICAL`; empty where a configuration gave none.
fn level(case: &Case) -> &'static str {
    case.level.map_or("", super::severity::Level::name)
}

fn link(case: &Case) -> &str {
    case.about.links.first().map_or("", String::as_str)
}

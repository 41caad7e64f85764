//! Reports: JSON, CSV, JUnit, SARIF, and whatever a template says.

mod csv;
mod json;
mod junit;
mod sarif;
mod template;

use super::finding::Finding;
use super::log::Log;
use super::options::Options;
use crate::compat::go::reason;
use crate::compat::go::template::Template;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};

/// A format.
#[derive(Debug)]
enum Format {
    Json,
    Csv,
    Junit,
    Sarif,
    Template(Box<Template>),
}

/// A report to be written.
#[derive(Debug)]
pub struct Report {
    path: String,
    format: Format,
    /// Id and description of every rule.
    rules: Vec<(String, String)>,
}

impl Report {
    /// The report that a command line asks for; none where it asks for none.
    ///
    /// # Errors
    /// The format is unknown, or the file cannot be written.
    pub fn prepare(
        options: &Options,
        rules: Vec<(String, String)>,
        log: &Log,
    ) -> Result<Option<Report>, String> {
        let path = options.report_path.clone();
        if path.is_empty() {
            return Ok(None);
        }
        if path != "-" {
            let unwritable = |error: io::Error| {
                let why = reason(&error);
                format!("Report path is not writable: {path} error=\"open {path}: {why}\"")
            };
            File::create(&path).map_err(unwritable)?;
            // What was there is gone either way; that it stays empty is no error.
            let _ = fs::remove_file(&path);
        }
        let mut format = options.report_format.trim().to_lowercase();
        if options.report_format.is_empty() {
            let name = path.rsplit('/').next().unwrap_or_default();
            let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
            format = match ending.as_deref() {
                Some(known @ ("csv" | "json" | "sarif")) => known.to_owned(),
                _ => return Err("Unknown report format: ".to_owned()),
            };
            log.debug(
                &format!("No report format specified, inferred {format:?} from {path:?}"),
                &[],
            );
        }
        let template = &options.report_template;
        let parsed = match &*format {
            "csv" => Format::Csv,
            "json" => Format::Json,
            "junit" => Format::Junit,
            "sarif" => Format::Sarif,
            "template" => {
                let read = Template::read(template, &[])
                    .map_err(|why| format!("Invalid report template error=\"{why}\""))?;
                Format::Template(Box::new(read))
            }
            _ => return Err(format!("unknown report format {}", options.report_format)),
        };
        if !template.is_empty() && options.report_format != "template" {
            let why = "Report format must be 'template' if --report-template is specified";
            return Err(why.to_owned());
        }
        Ok(Some(Report { path, format: parsed, rules }))
    }

    /// Writes the report.
    ///
    /// # Errors
    /// It cannot be written, or the template fails.
    pub fn write(&self, findings: &[Finding]) -> Result<(), String> {
        if self.path == "-" {
            let mut out = BufWriter::new(io::stdout().lock());
            return match self.to(findings, &mut out).and_then(|()| flushed(&mut out)) {
                // The reader has gone, as readers do.
                Err(Failure::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                done => done.map_err(Failure::shown),
            };
        }
        let file = File::create(&self.path).map_err(|error| reason(&error))?;
        let mut out = BufWriter::new(file);
        self.to(findings, &mut out).and_then(|()| flushed(&mut out)).map_err(Failure::shown)
    }

    fn to(&self, findings: &[Finding], out: &mut dyn Write) -> Result<(), Failure> {
        match &self.format {
            Format::Json => json::write(findings, out)?,
            Format::Csv => csv::write(findings, out)?,
            Format::Junit => junit::write(findings, out)?,
            Format::Sarif => sarif::write(&self.rules, findings, out)?,
            Format::Template(template) => {
                let text = template::render(template, findings).map_err(Failure::Template)?;
                out.write_all(text.as_bytes())?;
            }
        }
        Ok(())
    }
}

fn flushed(out: &mut dyn Write) -> Result<(), Failure> {
    Ok(out.flush()?)
}

enum Failure {
    Io(io::Error),
    Template(String),
}

impl Failure {
    fn shown(self) -> String {
        match self {
            Failure::Io(error) => reason(&error),
            Failure::Template(why) => why,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

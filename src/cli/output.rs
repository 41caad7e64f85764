//! `--format`, `--output` and what goes with them.

use super::Error;
use crate::report::{self, Format, Report, Style};
use clap::ValueEnum;
use clap::builder::BoolishValueParser;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

/// The options of every command that reports.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Args {
    /// How to report; with =FILE into a file. Repeatable; at most one without
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = sink, default_value = "table",
          help_heading = "Output", long_help = LONG_FORMAT, env = "LOCKGATE_FORMAT", hide_env = true, value_delimiter = ',')]
    format: Vec<Sink>,
    /// Write the one format asked for into a file
    #[arg(
        long,
        short,
        value_name = "FILE",
        help_heading = "Output",
        env = "LOCKGATE_OUTPUT",
        hide_env = true
    )]
    output: Option<PathBuf>,
    /// Colour the table
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output",
        env = "LOCKGATE_COLOR",
        hide_env = true
    )]
    color: When,
    /// No progress and no notes; the report stays
    #[arg(long, short, help_heading = "Output", conflicts_with = "verbose",
          env = "LOCKGATE_QUIET", hide_env = true, value_parser = BoolishValueParser::new())]
    pub quiet: bool,
    /// Every finding and notification, however many
    #[arg(long, short, help_heading = "Output", env = "LOCKGATE_VERBOSE", hide_env = true,
          value_parser = BoolishValueParser::new())]
    pub verbose: bool,
}

const LONG_FORMAT: &str = "\
How to report; with =FILE into a file. Repeatable; at most one without =FILE.

  table       for people
  json        complete; schemas/report.schema.json
  sarif       SARIF 2.1.0 of what is open, for GitHub code scanning and others
  sarif-full  SARIF 2.1.0 with fixed and waived findings
  markdown    for a comment or a job summary
  github      annotations in a workflow's log
  verdict     what was decided on what grounds, to sign (lockgate attest) or to judge again
              (lockgate replay); schemas/verdict.schema.json";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// A format and where it goes; no path stands for standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sink {
    pub format: Format,
    pub path: Option<PathBuf>,
}

fn sink(text: &str) -> Result<Sink, String> {
    let (name, path) = match text.split_once('=') {
        Some((_, "")) => return Err("names no file after =".into()),
        Some((name, path)) => (name, Some(PathBuf::from(path))),
        None => (text, None),
    };
    let format = Format::from_str(name, true).map_err(|_| {
        let names: Vec<String> = Format::value_variants()
            .iter()
            .filter_map(|f| Some(f.to_possible_value()?.get_name().to_owned()))
            .collect();
        format!("no format {name:?}{}", crate::config::hint(name, names.iter().map(String::as_str)))
    })?;
    Ok(Sink { format, path })
}

impl Args {
    /// Where each format goes.
    pub fn sinks(&self) -> Result<Vec<Sink>, Error> {
        let mut sinks = self.format.clone();
        match (&self.output, &mut sinks[..]) {
            (None, _) => {}
            (Some(path), [Sink { path: none @ None, .. }]) => *none = Some(path.clone()),
            (Some(_), _) => {
                return Err(Error::Usage(
                    "--output goes with one --format; say --format FORMAT=FILE for each".into(),
                ));
            }
        }
        let mut paths: Vec<_> = sinks.iter().filter_map(|sink| sink.path.as_deref()).collect();
        paths.sort_unstable();
        if let Some(twice) = paths.windows(2).find(|pair| pair[0] == pair[1]) {
            let file = twice[0].display();
            return Err(Error::Usage(format!("{file}: only one --format can go into a file")));
        }
        match sinks.iter().filter(|sink| sink.path.is_none()).count() {
            0 | 1 => Ok(sinks),
            _ => Err(Error::Usage(
                "only one --format can go to standard output; give the others =FILE".into(),
            )),
        }
    }

    /// A note to standard error, unless told to be quiet.
    pub fn note(&self, text: &str) -> Result<(), Error> {
        match self.quiet {
            true => Ok(()),
            false => super::note(text),
        }
    }

    fn style(&self, terminal: bool) -> Style {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && !no_color,
        };
        let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
        Style { color, verbose: self.verbose, width: width.max(40) }
    }
}

/// Writes every format to its place: files first, for standard output may be closed early.
pub fn write(report: &Report, sinks: &[Sink], args: &Args) -> Result<(), Error> {
    let (files, standard): (Vec<_>, Vec<_>) = sinks.iter().partition(|sink| sink.path.is_some());
    for sink in files.into_iter().chain(standard) {
        match &sink.path {
            None => {
                let out = io::stdout();
                let style = args.style(out.is_terminal());
                emit(report, sink.format, style, out.lock())
                    .map_err(|e| Error::output("standard output", e))?;
            }
            Some(path) => {
                let shown = path.display().to_string();
                let file = File::create(path).map_err(|e| Error::output(&shown, e))?;
                emit(report, sink.format, args.style(false), file)
                    .map_err(|e| Error::output(&shown, e))?;
            }
        }
    }
    Ok(())
}

fn emit(report: &Report, format: Format, style: Style, to: impl Write) -> io::Result<()> {
    let mut to = BufWriter::with_capacity(64 << 10, to);
    report::write(report, format, style, &mut to)?;
    to.flush()
}

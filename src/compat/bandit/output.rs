//! Where the report goes.

use crate::report::untrusted::visible;
use std::fs::File;
use std::io::{self, Write};

/// Where the report goes.
#[derive(Debug)]
pub enum Output {
    Stdout,
    /// A file that was opened, and emptied, when the command line was read.
    File {
        name: String,
        file: File,
    },
    /// `--output` without a name, or from an ini file: Bandit fails when it is to write there.
    Nowhere,
}

impl Output {
    /// The output of that name: `-` is standard output, and no name is nowhere.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn open(name: &str) -> io::Result<Output> {
        match name {
            "-" => Ok(Output::Stdout),
            "" => Ok(Output::Nowhere),
            _ => Ok(Output::File { name: name.to_owned(), file: File::create(name)? }),
        }
    }

    /// The name of the file, where it is one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Output::File { name, .. } => Some(name),
            Output::Stdout | Output::Nowhere => None,
        }
    }

    /// Writes the whole report.
    ///
    /// # Errors
    /// It cannot be written. That nobody reads standard output any more is none.
    pub fn write(&mut self, report: &[u8]) -> io::Result<()> {
        match self {
            Output::Stdout => print(report),
            Output::File { file, .. } => file.write_all(report).and_then(|()| file.flush()),
            Output::Nowhere => Err(io::Error::other("there is no file to write it to")),
        }
    }
}

/// Prints to standard output, where a reader may have gone.
pub fn print(text: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Lines as a terminal or a browser may have them: tabs and line ends stay, every other character
/// that acts on what surrounds it shows.
pub fn harmless(text: &str) -> String {
    let line = |line: &str| line.split('\t').map(visible).collect::<Vec<_>>().join("\t");
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

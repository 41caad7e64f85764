//! Where the report goes.

use crate::report::untrusted::visible;
use std::fs::File;
use std::io::{self, BufWriter, Write};

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

    /// What takes the report, in pieces of any size, and is to be flushed behind it.
    pub fn writer(&mut self) -> Box<dyn Write + '_> {
        match self {
            Output::Stdout => Box::new(stdout()),
            Output::File { file, .. } => Box::new(BufWriter::new(file)),
            Output::Nowhere => Box::new(Closed),
        }
    }
}

/// Standard output. That nobody reads it any more is no error.
pub fn stdout() -> impl Write {
    BufWriter::new(Pipe(io::stdout().lock()))
}

/// Prints to standard output, where a reader may have gone.
pub fn print(text: &[u8]) -> io::Result<()> {
    let mut out = stdout();
    out.write_all(text).and_then(|()| out.flush())
}

/// Takes everything once its reader has gone.
struct Pipe<W>(W);

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            result => result,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }
}

/// Takes nothing.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("there is no file to write it to"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Lines as a terminal or a browser may have them: tabs and line ends stay, every other character
/// that acts on what surrounds it shows.
pub fn harmless(text: &str) -> String {
    let line = |line: &str| line.split('\t').map(visible).collect::<Vec<_>>().join("\t");
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

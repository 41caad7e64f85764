//! What Trivy logs while it works: to standard error, a line a record, with the time.

use crate::report::untrusted::visible;
use jiff::Timestamp;
use std::io::{self, Write};

/// Writes the records that are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Log {
    is_quiet: bool,
}

impl Log {
    pub fn new(is_quiet: bool) -> Log {
        Log { is_quiet }
    }

    /// One that says why there is no result, and nothing else.
    pub fn quiet() -> Log {
        Log::new(true)
    }

    pub fn info(self, message: &str) {
        self.unless_quiet("INFO", message);
    }

    pub fn warn(self, message: &str) {
        self.unless_quiet("WARN", message);
    }

    pub fn error(self, message: &str) {
        self.unless_quiet("ERROR", message);
    }

    /// The last record of a run.
    pub fn fatal(self, why: &str) {
        record("FATAL", &format!("Fatal error\t{why}"));
    }

    fn unless_quiet(self, level: &str, message: &str) {
        if !self.is_quiet {
            record(level, message);
        }
    }
}

fn record(level: &str, message: &str) {
    let time = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let shown: Vec<_> = message.split('\t').map(visible).collect();
    // With standard error closed there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{time}\t{level}\t{}", shown.join("\t"));
}

//! What Bandit logs while it works: to standard error, a line a record.

use super::output::harmless;
use jiff::Timestamp;
use std::io::Write;

/// How much a record matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Debug,
    Info,
    Warning,
    Error,
}

/// How a record is written where no configuration says otherwise.
const FORMAT: &str = "[%(module)s]\t%(levelname)s\t%(message)s";

/// Writes the records that matter enough.
#[derive(Debug)]
pub struct Log {
    pub least: Level,
    /// With `%(module)s`, `%(levelname)s`, `%(message)s`, `%(name)s` and `%(asctime)s`. Widths
    /// are passed over.
    pub format: String,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warning => "WARNING",
            Level::Error => "ERROR",
        }
    }
}

impl Log {
    pub fn new(least: Level) -> Log {
        Log { least, format: FORMAT.to_owned() }
    }

    pub fn is_debug(&self) -> bool {
        self.least == Level::Debug
    }

    pub fn debug(&self, module: &str, message: &str) {
        self.record(Level::Debug, module, message);
    }

    pub fn info(&self, module: &str, message: &str) {
        self.record(Level::Info, module, message);
    }

    pub fn warning(&self, module: &str, message: &str) {
        self.record(Level::Warning, module, message);
    }

    pub fn error(&self, module: &str, message: &str) {
        self.record(Level::Error, module, message);
    }

    fn record(&self, level: Level, module: &str, message: &str) {
        if level < self.least {
            return;
        }
        let message = harmless(message);
        let mut line = String::new();
        let mut rest = &*self.format;
        while let Some((before, after)) = rest.split_once("%(") {
            line += before;
            let Some((name, after)) = after.split_once(')') else { break };
            match name {
                "module" => line += module,
                "name" => line += if module == "main" { "root" } else { module },
                "levelname" => line += level.name(),
                "message" => line += &message,
                "asctime" => {
                    line += &Timestamp::now().strftime("%Y-%m-%d %H:%M:%S,%3f").to_string()
                }
                _ => {}
            }
            let after =
                after.trim_start_matches(|c: char| c.is_ascii_digit() || "-+.#".contains(c));
            rest = after.strip_prefix(['s', 'd']).unwrap_or(after);
        }
        // With standard error closed there is nobody left to tell.
        let _ = writeln!(std::io::stderr(), "{line}{rest}");
    }
}

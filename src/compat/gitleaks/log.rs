//! What gitleaks logs while it works: to standard error, a line a record, with the time of day.

use crate::report::untrusted::visible;
use jiff::Zoned;
use std::fmt::Write as _;
use std::io::{self, Write};

/// How much a record matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}

/// Writes the records that matter enough.
#[derive(Debug, Clone, Copy)]
pub struct Log {
    pub least: Level,
    pub in_colour: bool,
}

/// What stands beside a message, by name.
type Fields<'a> = &'a [(&'a str, &'a str)];

impl Level {
    /// The level of that name.
    pub fn named(name: &str) -> Option<Level> {
        Some(match &*name.to_lowercase() {
            "trace" => Level::Trace,
            "debug" => Level::Debug,
            "info" => Level::Info,
            "warn" => Level::Warn,
            "err" | "error" => Level::Error,
            "fatal" => Level::Fatal,
            _ => return None,
        })
    }

    /// Its three letters, and their colour.
    fn shown(self) -> (&'static str, &'static str) {
        match self {
            Level::Trace => ("TRC", "34"),
            Level::Debug => ("DBG", ""),
            Level::Info => ("INF", "32"),
            Level::Warn => ("WRN", "33"),
            Level::Error => ("ERR", "31"),
            Level::Fatal => ("FTL", "31"),
        }
    }
}

impl Log {
    pub fn trace(&self, message: &str, fields: Fields) {
        self.record(Level::Trace, message, fields);
    }

    pub fn debug(&self, message: &str, fields: Fields) {
        self.record(Level::Debug, message, fields);
    }

    pub fn info(&self, message: &str) {
        self.record(Level::Info, message, &[]);
    }

    pub fn warn(&self, message: &str, fields: Fields) {
        self.record(Level::Warn, message, fields);
    }

    pub fn error(&self, message: &str, fields: Fields) {
        self.record(Level::Error, message, fields);
    }

    pub fn fatal(&self, message: &str, fields: Fields) {
        self.record(Level::Fatal, message, fields);
    }

    /// The field `error` comes first, the others by name.
    fn record(&self, level: Level, message: &str, fields: Fields) {
        if level < self.least {
            return;
        }
        let (letters, colour) = level.shown();
        let time = Zoned::now().strftime("%-I:%M%p").to_string();
        let mut line = format!("{} {}", self.painted(&time, "90"), self.painted(letters, colour));
        if !message.is_empty() {
            let bold = if level >= Level::Info { "1" } else { "" };
            let _ = write!(line, " {}", self.painted(&visible(message), bold));
        }
        for (name, value) in fields {
            let value = quoted(value);
            let (key, value) = match *name {
                "error" => {
                    (self.painted("error=", "36"), self.painted(&self.painted(&value, "1"), "31"))
                }
                name => (self.painted(&format!("{name}="), "36"), value),
            };
            let _ = write!(line, " {key}{value}");
        }
        // With standard error closed there is nobody left to tell.
        let _ = writeln!(io::stderr(), "{line}");
    }

    fn painted(&self, text: &str, colour: &str) -> String {
        match self.in_colour && !colour.is_empty() {
            true => format!("\x1b[{colour}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}

/// In quotes, where it is not plain.
fn quoted(value: &str) -> String {
    let plain = |c: char| ('!'..='~').contains(&c) && c != '"' && c != '\\';
    if value.chars().all(plain) { value.to_owned() } else { format!("{:?}", &*visible(value)) }
}

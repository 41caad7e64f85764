//! Command lines as the library pflag reads them, which many tools in Go use.

use std::fmt::Write;
use std::slice;

/// What a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Texts,
    Number,
    Percent,
    Truth,
}

/// A flag.
#[derive(Debug)]
pub struct Flag {
    pub long: &'static str,
    pub short: Option<char>,
    pub kind: Kind,
    /// The value that it has where none is given with it; none where it takes the next word.
    pub alone: Option<&'static str>,
    pub says: &'static str,
}

pub const fn text(long: &'static str, short: Option<char>, says: &'static str) -> Flag {
    Flag { long, short, kind: Kind::Text, alone: None, says }
}

pub const fn texts(long: &'static str, says: &'static str) -> Flag {
    Flag { long, short: None, kind: Kind::Texts, alone: None, says }
}

pub const fn number(long: &'static str, says: &'static str) -> Flag {
    Flag { long, short: None, kind: Kind::Number, alone: None, says }
}

pub const fn truth(long: &'static str, short: Option<char>, says: &'static str) -> Flag {
    Flag { long, short, kind: Kind::Truth, alone: Some("true"), says }
}

impl Flag {
    /// What its value is called.
    fn placeholder(&self) -> &'static str {
        match self.kind {
            Kind::Text => "string",
            Kind::Texts => "strings",
            Kind::Number => "int",
            Kind::Percent => "uint[=100]",
            Kind::Truth => "",
        }
    }
}

/// Appends the lines of a help on flags.
pub fn listed<'f>(text: &mut String, flags: impl Iterator<Item = &'f Flag>) {
    let mut flags: Vec<&Flag> = flags.collect();
    flags.sort_by_key(|flag| flag.long);
    let left = |flag: &Flag| {
        let short = flag.short.map_or("    ".to_owned(), |short| format!("-{short}, "));
        let gap = if flag.kind == Kind::Truth { "" } else { " " };
        format!("  {short}--{}{gap}{}", flag.long, flag.placeholder())
    };
    let width = flags.iter().map(|flag| left(flag).len()).max().unwrap_or_default() + 3;
    for flag in flags {
        let says = flag.says.replace('\n', &format!("\n{:width$}", ""));
        let _ = writeln!(text, "{:<width$}{says}", left(flag));
    }
}

/// Why a command line is not read to its end.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// `--help` or `-h`.
    Help,
    /// A long flag that there is none of.
    Unknown(String),
    /// The command line means nothing, and why.
    Misuse(String),
}

/// Reads a command line, without the name of the program: `set` takes each flag with its value, or
/// says what is wrong with it. What is no flag is pushed to `positional`, also where it fails.
///
/// # Errors
/// The rest is not to be read.
pub fn read<'f>(
    given: &[String],
    flags: impl Iterator<Item = &'f Flag> + Clone,
    positional: &mut Vec<String>,
    set: &mut dyn FnMut(&Flag, &str) -> Result<(), String>,
) -> Result<(), Stop> {
    Reader { given: given.iter(), flags, positional, set }.read()
}

struct Reader<'r, F> {
    given: slice::Iter<'r, String>,
    flags: F,
    positional: &'r mut Vec<String>,
    set: &'r mut dyn FnMut(&Flag, &str) -> Result<(), String>,
}

impl<'f, F: Iterator<Item = &'f Flag> + Clone> Reader<'_, F> {
    fn read(&mut self) -> Result<(), Stop> {
        while let Some(word) = self.given.next() {
            if word == "--" {
                self.positional.extend(self.given.by_ref().cloned());
            } else if let Some(long) = word.strip_prefix("--") {
                self.long(long)?;
            } else if word.len() > 1 && word.starts_with('-') {
                self.short(&word[1..])?;
            } else {
                self.positional.push(word.clone());
            }
        }
        Ok(())
    }

    fn long(&mut self, word: &str) -> Result<(), Stop> {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let flag = self.flags.clone().find(|flag| flag.long == name);
        match (flag, name) {
            (Some(flag), _) => self.take(flag, value, &format!("--{name}")),
            (None, "help") => Err(Stop::Help),
            (None, name) => Err(Stop::Unknown(name.to_owned())),
        }
    }

    /// Several one-letter flags may stand together; the last may have its value behind it.
    fn short(&mut self, word: &str) -> Result<(), Stop> {
        let mut rest = word;
        while let Some(letter) = rest.chars().next() {
            rest = &rest[letter.len_utf8()..];
            let Some(flag) = self.flags.clone().find(|flag| flag.short == Some(letter)) else {
                return Err(match letter {
                    'h' => Stop::Help,
                    letter => {
                        Stop::Misuse(format!("unknown shorthand flag: '{letter}' in -{word}"))
                    }
                });
            };
            let shown = format!("'{letter}' in -{word}");
            if let Some(value) = rest.strip_prefix('=') {
                return self.take(flag, Some(value), &shown);
            }
            if flag.alone.is_none() {
                return self.take(flag, (!rest.is_empty()).then_some(rest), &shown);
            }
            self.take(flag, None, &shown)?;
        }
        Ok(())
    }

    fn take(&mut self, flag: &Flag, value: Option<&str>, shown: &str) -> Result<(), Stop> {
        let value = match value.or(flag.alone) {
            Some(value) => value,
            None => self
                .given
                .next()
                .ok_or_else(|| Stop::Misuse(format!("flag needs an argument: {shown}")))?,
        };
        (self.set)(flag, value).map_err(Stop::Misuse)
    }
}

/// What is said of a value that a flag cannot take.
pub fn invalid(flag: &Flag, value: &str, parse: &str, why: &str) -> String {
    let name = match flag.short {
        Some(short) => format!("-{short}, --{}", flag.long),
        None => format!("--{}", flag.long),
    };
    format!(
        "invalid argument {value:?} for {name:?} flag: strconv.{parse}: parsing {value:?}: {why}"
    )
}

/// A truth as Go writes it.
///
/// # Errors
/// It is none; in the words of pflag.
pub fn parsed_truth(flag: &Flag, value: &str) -> Result<bool, String> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(invalid(flag, value, "ParseBool", "invalid syntax")),
    }
}

//! What is accepted: `.trivyignore`, an id a line, and the same in YAML with paths and days.

use super::Stopped;
use super::glob::Globs;
use super::log::Log;
use crate::compat::go::reason;
use crate::rule::Rule;
use crate::waiver::convert::yaml;
use jiff::civil::Date;
use serde::Deserialize;
use std::fs;
use std::io;

/// The file that is read where none is named.
const DEFAULT: &str = ".trivyignore";
/// More is no ignore file, in bytes.
const MOST: u64 = 16 << 20;

/// What is accepted today.
#[derive(Debug, Default)]
pub struct Accepted {
    items: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    id: String,
    /// Everywhere, where there are none.
    paths: Option<Globs>,
}

#[derive(Debug, Deserialize)]
struct Written {
    misconfigurations: Option<Vec<Entry>>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    id: String,
    paths: Option<Vec<String>>,
    expired_at: Option<String>,
}

impl Accepted {
    /// Reads the files that are named, or the default one where it is there.
    ///
    /// # Errors
    /// One that is named cannot be read, or one is no YAML that is named so.
    pub fn read(named: Option<&[String]>, today: Date, log: Log) -> Result<Accepted, Stopped> {
        let mut accepted = Accepted::default();
        let default = [DEFAULT.to_owned()];
        for path in named.unwrap_or(&default) {
            let wrong = |why: String| Stopped(format!("run error: ignore file {path}: {why}"));
            match fs::metadata(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {
                    continue;
                }
                Err(error) => return Err(wrong(reason(&error))),
                Ok(metadata) if metadata.len() > MOST => {
                    return Err(wrong(format!("it is larger than {} MiB", MOST >> 20)));
                }
                Ok(_) => {}
            }
            let bytes = fs::read(path).map_err(|error| wrong(reason(&error)))?;
            let text = String::from_utf8_lossy(&bytes);
            match path.ends_with(".yaml") || path.ends_with(".yml") {
                true => accepted.add_yaml(&text, today).map_err(wrong)?,
                false => accepted.add_lines(&text, today, path, log),
            }
        }
        Ok(accepted)
    }

    fn add_lines(&mut self, text: &str, today: Date, path: &str, log: Log) {
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let Some(id) = words.next() else { continue };
            let day = words.find_map(|word| word.strip_prefix("exp:"));
            match day.map(|day| day.parse::<Date>()) {
                Some(Err(_)) => {
                    log.warn(&format!("{path}:{number}: no date; the line does not count"))
                }
                Some(Ok(until)) if until <= today => {}
                _ => self.items.push(Item { id: id.to_owned(), paths: None }),
            }
        }
    }

    fn add_yaml(&mut self, text: &str, today: Date) -> Result<(), String> {
        let written: Written = yaml::read(text)?;
        for entry in written.misconfigurations.into_iter().flatten() {
            // A time of the day may stand behind it.
            let day =
                entry.expired_at.as_deref().map(|at| at.get(..10).unwrap_or(at).parse::<Date>());
            match day {
                Some(Err(_)) => {
                    let at = entry.expired_at.unwrap_or_default();
                    return Err(format!("{}: `expired_at` is no date: {at}", entry.id));
                }
                Some(Ok(until)) if until <= today => {}
                _ => {
                    let paths = entry.paths.filter(|paths| !paths.is_empty());
                    let paths = paths.map(|paths| Globs::new(&paths));
                    self.items.push(Item { id: entry.id, paths });
                }
            }
        }
        Ok(())
    }

    /// Whether what a rule finds in a target is accepted.
    pub fn has(&self, rule: &Rule, target: &str) -> bool {
        let is_called = |id: &str| {
            std::iter::once(&rule.id)
                .chain(&rule.aliases)
                .any(|known| known.eq_ignore_ascii_case(id))
        };
        self.items.iter().any(|item| {
            is_called(&item.id) && item.paths.as_ref().is_none_or(|paths| paths.has(target))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Catalogue;

    #[test]
    fn what_is_accepted_has_an_id_paths_and_a_day() {
        let today: Date = "2026-06-15".parse().unwrap();
        let volume = Catalogue::get().find("AWS-0026").unwrap();
        for (text, expected) in [
            ("AVD-AWS-0026", true),
            ("aws-0026 # why", true),
            ("aws-ebs-enable-volume-encryption", true),
            ("AWS-0026 exp:2026-06-16", true),
            ("AWS-0026 exp:2026-06-15", false),
            ("AWS-0026 exp:soon", false),
            ("# AWS-0026", false),
            ("AWS-0027\n", false),
        ] {
            let mut accepted = Accepted::default();
            accepted.add_lines(text, today, "x", Log::quiet());
            assert_eq!(accepted.has(volume, "main.tf"), expected, "{text}");
        }
        for (text, expected) in [
            ("misconfigurations:\n  - id: AVD-AWS-0026\n", true),
            ("misconfigurations:\n  - id: AWS-0026\n    paths: ['*.tf']\n", true),
            ("misconfigurations:\n  - id: AWS-0026\n    paths: [a/**]\n", false),
            ("misconfigurations:\n  - id: AWS-0026\n    expired_at: 2026-01-01\n", false),
            ("misconfigurations:\n  - id: AWS-0026\n    expired_at: 2027-01-01\n", true),
            ("vulnerabilities:\n  - id: AWS-0026\n", false),
        ] {
            let mut accepted = Accepted::default();
            accepted.add_yaml(text, today).unwrap();
            assert_eq!(accepted.has(volume, "main.tf"), expected, "{text}");
        }
    }
}

//! `.bandit`: options for the command line from an INI file, as Python's configparser reads it.
//! The command line wins.

use super::Stopped;
use super::log::Log;
use super::options::{EXCLUDED, Least, Options, integer};
use super::output::Output;
use super::walk;
use configparser::ini::Ini;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;

const NAME: &str = ".bandit";
const SECTION: &str = "bandit";
/// The most that an ini file has, in bytes.
const MOST: u64 = 1 << 20;
/// How deep a value may refer to others.
const DEPTH: u32 = 10;

type Section = HashMap<String, String>;

/// The options of the file that the command line names, else of the one `.bandit` below the
/// targets.
///
/// # Errors
/// There are several, and which one is meant nobody can tell.
pub fn find(options: &Options, log: &Log) -> Result<Option<Section>, Stopped> {
    if let Some(named) = options.ini.as_deref().filter(|name| !name.is_empty()) {
        return Ok(read(Path::new(named), log));
    }
    let mut found = Vec::new();
    for target in &options.targets {
        walk::files(Path::new(target), &mut |path| {
            if path.file_name().is_some_and(|name| name == NAME) {
                found.push(path);
            }
        });
    }
    match &found[..] {
        [] => Ok(None),
        [one] => {
            log.info("main", &format!("Found project level .bandit file: {}", one.display()));
            Ok(read(one, log))
        }
        many => {
            let names: Vec<String> = many.iter().map(|path| path.display().to_string()).collect();
            log.error(
                "main",
                &format!(
                    "Multiple .bandit files found - scan separately or choose one with --ini\n\t{}",
                    names.join(", ")
                ),
            );
            Err(Stopped(2))
        }
    }
}

fn read(path: &Path, log: &Log) -> Option<Section> {
    let section = walk::read_text(path, MOST).ok().and_then(|text| section(&text));
    if section.is_none() {
        let path = path.display();
        let why = format!("Unable to parse config file {path} or missing [bandit] section");
        log.warning("utils", &why);
    }
    section
}

/// The options of the section; none where Python's configparser could not read the file.
fn section(text: &str) -> Option<Section> {
    let mut ini = Ini::new_cs();
    ini.set_default_section("");
    ini.set_multiline(true);
    ini.set_comment_symbols(&['#', ';']);
    let mut defaults = ini.defaults();
    defaults.enable_inline_comments = false;
    ini.load_defaults(defaults);
    let sections = ini.read(text.to_owned()).ok()?;
    if sections.get("").is_some_and(|headless| !headless.is_empty()) {
        return None;
    }
    let own = sections.get(SECTION)?;
    let shared = sections.get("DEFAULT");
    let mut raw = Section::new();
    for (key, value) in shared.into_iter().flatten().chain(own) {
        raw.insert(key.to_lowercase(), value.clone()?);
    }
    raw.iter().map(|(key, value)| Some((key.clone(), interpolated(value, &raw, DEPTH)?))).collect()
}

/// The value with `%(name)s` and `%%` resolved.
fn interpolated(value: &str, section: &Section, depth: u32) -> Option<String> {
    let mut text = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('%') {
        text += before;
        rest = match after.strip_prefix('(') {
            Some(reference) => {
                let (name, after) = reference.split_once(")s")?;
                let other = section.get(&name.to_lowercase())?;
                text += &interpolated(other, section, depth.checked_sub(1)?)?;
                after
            }
            None => {
                text.push('%');
                after.strip_prefix('%')?
            }
        };
    }
    text += rest;
    // A reference of a reference must not multiply the text.
    (text.len() as u64 <= MOST).then_some(text)
}

impl Options {
    /// Takes from the ini file what the command line leaves open. `format` is what the command
    /// line has where it says none.
    ///
    /// # Errors
    /// `number` is none.
    pub fn fill(&mut self, ini: &Section, format: &str, log: &Log) -> Result<(), Stopped> {
        if ini.is_empty() {
            return Ok(());
        }
        let said = |key: &str| ini.get(key).filter(|value| !value.is_empty());
        let choose = |own: &mut Option<String>, key: &str, name: &str| {
            let from_line = own.as_ref().is_some_and(|value| !value.is_empty());
            let source = match (from_line, said(key)) {
                (true, _) => "command line arg",
                (false, Some(value)) => {
                    *own = Some(value.clone());
                    "ini file"
                }
                (false, None) => {
                    *own = None;
                    return;
                }
            };
            log.info("main", &format!("Using {source} for {name}"));
        };
        choose(&mut self.config_file, "configfile", "config file");
        replace(&mut self.excluded, EXCLUDED, said("exclude"));
        choose(&mut self.skips, "skips", "skipped tests");
        choose(&mut self.tests, "tests", "selected tests");
        let given = !self.targets.is_empty();
        let mut targets = given.then(|| "those given".to_owned());
        choose(&mut targets, "targets", "selected targets");
        if !given {
            let named = targets.iter().flat_map(|targets| targets.split(','));
            self.targets = named.map(OsString::from).collect();
        }
        // Any text is true, `false` among them.
        self.recursive |= said("recursive").is_some();
        replace(&mut self.aggregate, "file", said("aggregate"));
        if let Some(number) = said("number") {
            let number = integer(number).ok_or_else(|| {
                let why = format!("invalid literal for int() with base 10: '{number}'");
                log.error("main", &format!("number in the ini file: {why}"));
                Stopped(1)
            })?;
            if self.number == 3 && number != 0 {
                self.number = number;
            }
        }
        choose(&mut self.profile, "profile", "profile");
        for (own, key) in [(&mut self.severity, "level"), (&mut self.confidence, "confidence")] {
            if let (Least::Rank(1), Some(text)) = (&*own, said(key)) {
                *own = Least::Text(text.clone());
            }
        }
        replace(&mut self.format, format, said("format"));
        choose(&mut self.msg_template, "msg-template", "output message template");
        if let (Output::Stdout, Some(_)) = (&self.output, said("output")) {
            self.output = Output::Nowhere;
        }
        self.verbose |= said("verbose").is_some();
        self.debug |= said("debug").is_some();
        self.quiet |= said("quiet").is_some();
        self.ignore_nosec |= said("ignore-nosec").is_some();
        choose(&mut self.baseline, "baseline", "path of a baseline report");
        Ok(())
    }
}

/// Takes what the ini file says, where the command line says what it says by itself.
fn replace(own: &mut String, default: &str, said: Option<&String>) {
    if let Some(value) = said.filter(|_| own == default) {
        own.clone_from(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_read_as_configparser_does() {
        let text = "# a\n[DEFAULT]\nall = tests\n[bandit]\nSkips: B101,\n  B102\n\
                    exclude = %(all)s/100%% ; all\n[other]\nskips: B1\n";
        let section = section(text).unwrap();
        assert_eq!(section["skips"].split_whitespace().collect::<String>(), "B101,B102");
        assert_eq!(section["exclude"], "tests/100% ; all");
    }

    #[test]
    fn what_configparser_refuses_is_refused() {
        for text in
            ["", "skips = B1\n", "[bandit]\nskips\n", "[bandit]\na = 5%\n", "[bandit]\na = %(a)s\n"]
        {
            assert_eq!(section(text), None, "{text}");
        }
    }
}

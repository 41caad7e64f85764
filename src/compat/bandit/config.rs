//! Bandit's configuration: YAML, or `[tool.bandit]` of a TOML file.

use super::Stopped;
use super::log::Log;
use super::profile::Profile;
use super::rules;
use super::walk;
use crate::engine::masked;
use crate::typo::Misread;
use crate::waiver::convert::yaml;
use serde_json::{Map, Value};
use std::path::Path;

/// The most that a configuration has, in bytes.
const MOST: u64 = 10 << 20;
/// The checks of old that a profile may name, and the section that each takes its data from.
const LEGACY: &[(&str, &str)] = &[
    ("blacklist_imports", "blacklist_imports"),
    ("blacklist_import_func", "blacklist_imports"),
    ("blacklist_calls", "blacklist_calls"),
];

/// What the configuration says.
#[derive(Debug)]
pub struct Config {
    /// The file, as the command line names it.
    pub path: Option<String>,
    sections: Map<String, Value>,
}

impl Config {
    /// Reads the configuration, or takes what goes without one.
    ///
    /// # Errors
    /// It cannot be read, or means nothing.
    pub fn load(path: Option<&str>, log: &Log) -> Result<Config, Stopped> {
        let Some(path) = path.filter(|path| !path.is_empty()) else {
            let sections = [("include".to_owned(), serde_json::json!(["*.py", "*.pyw"]))];
            return Ok(Config { path: None, sections: sections.into_iter().collect() });
        };
        let refuse = |why: &str| {
            log.error("main", &format!("{path} : {why}"));
            Stopped(2)
        };
        let text = walk::read_text(Path::new(path), MOST)
            .map_err(|_| refuse("Could not read config file."))?;
        let read = if path.ends_with(".toml") { toml(&text) } else { yaml::read(&text) };
        let sections = match read {
            Ok(Value::Object(sections)) => sections,
            // Bandit fails on these before it can refuse them.
            Ok(Value::Null | Value::Bool(_) | Value::Number(_)) => {
                refuse("Error parsing file.");
                return Err(Stopped(1));
            }
            Ok(Value::String(_) | Value::Array(_)) => return Err(refuse("Error parsing file.")),
            Err(why) => {
                log.error("config", &masked(&why));
                return Err(refuse("Error parsing file."));
            }
        };
        let config = Config { path: Some(path.to_owned()), sections };
        config.check_legacy(log).map_err(|why| refuse(&why))?;
        Ok(config)
    }

    /// An option, unless it is none.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.sections.get(name).filter(|value| !value.is_null())
    }

    /// What the sections are that a check may read, by name.
    pub fn sections(&self) -> impl Iterator<Item = (&str, &Value)> {
        let said = self.sections.iter().filter(|(_, value)| !value.is_null());
        said.map(|(name, value)| (&**name, value))
    }

    /// The texts of a list; those of a text are its characters, as Python has it.
    pub fn list(&self, name: &str) -> Vec<String> {
        self.get(name).map(texts).unwrap_or_default()
    }

    fn check_legacy(&self, log: &Log) -> Result<(), String> {
        let Some(Value::Object(profiles)) = self.sections.get("profiles") else { return Ok(()) };
        for profile in profiles.values() {
            let named: Vec<String> =
                ["include", "exclude"].iter().flat_map(|list| texts(&profile[*list])).collect();
            let missing = LEGACY.iter().find(|(test, section)| {
                named.iter().any(|name| name == test) && self.get(section).is_none()
            });
            if let Some((test, section)) = missing {
                return Err(format!(
                    "a profile names the legacy test '{test}', and there is no section {section} \
                     with its data; name tests by their ids (B301, B401, …) instead"
                ));
            }
        }
        let path = self.path.as_deref().unwrap_or_default();
        log.warning(
            "config",
            &format!(
                "Config file '{path}' has profiles in the legacy format; say tests and skips at \
                 the top level of the file instead"
            ),
        );
        Ok(())
    }

    /// The profile of that name, else what the file says at its top level.
    ///
    /// # Errors
    /// There is no profile of that name, or it brings blacklists of its own.
    pub fn profile(&self, name: Option<&str>) -> Result<Profile, String> {
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return Ok(Profile::new(self.list("tests"), self.list("skips")));
        };
        let path = self.path.as_deref().unwrap_or("None");
        let profile = self.get("profiles").and_then(|profiles| profiles.get(name));
        let profile = profile
            .ok_or_else(|| format!("Unable to find profile ({name}) in config file: {path}"))?;
        let ids = |list: &str| -> Vec<String> {
            let named = texts(&profile[list]).into_iter();
            named.map(|name| rules::id_of(&name).map_or(name, str::to_owned)).collect()
        };
        let (include, exclude) = (ids("include"), ids("exclude"));
        let data = ["blacklist_calls", "blacklist_imports"];
        let own = data.iter().find(|section| {
            let is_in = |list: &[String]| list.iter().any(|name| name == *section);
            is_in(&include) && !is_in(&exclude) && self.has_blacklist(section)
        });
        match own {
            Some(section) => Err(format!(
                "{path} : blacklists of one's own ({section}) are not supported; name tests by \
                 their ids instead"
            )),
            None => Ok(Profile::new(current(include), current(exclude)).without_conflict()),
        }
    }

    /// Whether the section brings names of its own that are to be found.
    fn has_blacklist(&self, section: &str) -> bool {
        let lists = ["bad_name_sets", "bad_import_sets"];
        let section = self.get(section);
        let list = section.and_then(|section| lists.iter().find_map(|list| section.get(list)));
        list.and_then(Value::as_array).is_some_and(|list| !list.is_empty())
    }
}

/// The checks of old by the name that they have today.
fn current(tests: Vec<String>) -> Vec<String> {
    let renamed = |test: String| match LEGACY.iter().any(|(legacy, _)| *legacy == test) {
        true => rules::BLACKLIST.to_owned(),
        false => test,
    };
    tests.into_iter().map(renamed).collect()
}

fn toml(text: &str) -> Result<Value, String> {
    let file: toml::Table = text.parse().map_err(|error| {
        let Misread { line, why, .. } = Misread::new(text, &error);
        format!("{why} in line {line}")
    })?;
    let section = file.get("tool").and_then(|tool| tool.get("bandit")).cloned();
    let section = section.unwrap_or_else(|| toml::Table::new().into());
    serde_json::to_value(section).map_err(|error| error.to_string())
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        Value::Object(items) => items.keys().cloned().collect(),
        Value::String(text) => text.chars().map(String::from).collect(),
        _ => Vec::new(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

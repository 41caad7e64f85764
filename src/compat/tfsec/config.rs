//! What tfsec's configuration says.

use super::Stopped;
use super::severity::Level;
use crate::compat::go::reason;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The version that is stood in for, as numbers.
const VERSION: [u64; 3] = [1, 28, 14];
/// Where a folder that is scanned has its configuration; the first that is there counts.
const DEFAULT: [&str; 3] = ["config.json", "config.yml", "config.yaml"];
/// More is no configuration, in bytes.
const MOST: u64 = 4 << 20;

/// A configuration. Keys that tfsec does not know are passed over, as there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Config {
    pub minimum_severity: Option<String>,
    pub severity_overrides: BTreeMap<String, String>,
    pub exclude: Vec<String>,
    pub include: Vec<String>,
    pub exclude_ignores: Vec<String>,
    #[serde(alias = "minimum_required_version")]
    pub min_required_version: Option<String>,
}

impl Config {
    /// The configuration that is named, or that of the folder. One that cannot be read does not
    /// count, as with tfsec; why is handed to `tell`.
    ///
    /// # Errors
    /// It asks for a newer version.
    pub fn load(named: &str, folder: &Path, tell: impl Fn(&str)) -> Result<Config, Stopped> {
        let own =
            || DEFAULT.iter().map(|name| folder.join(".tfsec").join(name)).find(|it| it.exists());
        let path = if named.is_empty() { own() } else { Some(PathBuf::from(named)) };
        let Some(path) = path else { return Ok(Config::default()) };
        let config = read(&path).unwrap_or_else(|why| {
            tell(&format!("the configuration {} does not count: {why}", path.display()));
            Config::default()
        });
        match config.is_satisfied() {
            true => Ok(config),
            false => Err(Stopped::misused("minimum tfsec version requirement not satisfied")),
        }
    }

    /// Whether this is as new as it asks for. What is no version asks for nothing.
    fn is_satisfied(&self) -> bool {
        let Some(text) = &self.min_required_version else { return true };
        let numbers = text.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
        let numbers: Result<Vec<u64>, _> = numbers.split('.').map(str::parse).collect();
        numbers.map_or(true, |asked| {
            asked.iter().copied().chain(std::iter::repeat(0)).take(3).le(VERSION)
        })
    }

    /// The rules that are left out on a day: `ID`, or `ID:2027-01-31` until that day.
    pub fn excluded(&self, today: Date) -> impl Iterator<Item = &str> {
        self.exclude.iter().filter_map(move |entry| match entry.split_once(':') {
            Some((id, day)) => {
                let is_over = day.parse::<Date>().is_ok_and(|day| day <= today);
                (!is_over).then_some(id)
            }
            None => Some(entry),
        })
    }

    /// The severity that an id gives to its rule; none where it is no severity.
    pub fn overrides(&self) -> impl Iterator<Item = (&str, Option<Level>)> {
        self.severity_overrides.iter().map(|(id, level)| (&**id, Level::named(level)))
    }
}

fn read(path: &Path) -> Result<Config, String> {
    let size = fs::metadata(path).map_err(|error| reason(&error))?.len();
    if size > MOST {
        return Err(format!("it has more than {MOST} bytes"));
    }
    let text = fs::read_to_string(path).map_err(|error| reason(&error))?;
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match &*ending.to_lowercase() {
        "json" => serde_json::from_str(&text).map_err(|error| error.to_string()),
        "yml" | "yaml" => serde_saphyr::from_str(&text).map_err(|error| error.to_string()),
        _ => Err("it is neither JSON nor YAML".to_owned()),
    }
}

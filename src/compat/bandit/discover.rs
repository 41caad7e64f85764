//! Which files are looked at.

use super::config::Config;
use super::log::Log;
use super::options::Options;
use super::walk;
use crate::engine::python::bandit::fnmatch;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Stands for standard input.
pub const STDIN: &str = "-";

/// A file that is looked at.
#[derive(Debug)]
pub struct Place {
    pub path: PathBuf,
    /// The path as it is reported.
    pub name: Arc<str>,
    /// A walk came by it; otherwise the command line names it.
    pub walked: bool,
}

/// What is looked at, and what is left out, both sorted by name.
#[derive(Debug)]
pub struct Discovered {
    pub files: Vec<Place>,
    pub excluded: Vec<String>,
}

/// The names that are included and excluded.
struct Filter {
    included: Vec<String>,
    /// Patterns; a name that holds the text of one is excluded as well.
    excluded: Vec<String>,
}

/// Goes through the targets.
///
/// # Errors
/// `exclude_dirs` of the configuration is no list.
pub fn discover(options: &Options, config: &Config, log: &Log) -> Result<Discovered, String> {
    let filter = Filter::new(options, config)?;
    let mut files: BTreeMap<Arc<str>, Place> = BTreeMap::new();
    let mut excluded = BTreeSet::new();
    for target in &options.targets {
        let named = target.to_string_lossy();
        let path = Path::new(target);
        if !path.is_dir() {
            if !filter.excludes(&named) {
                let path = match &*named {
                    STDIN => path.to_owned(),
                    _ => Path::new(".").join(path),
                };
                let name: Arc<str> = path.to_string_lossy().into();
                files.insert(name.clone(), Place { path, name, walked: false });
            } else {
                excluded.insert(named.into_owned());
            }
        } else if options.recursive {
            walk::files(path, &mut |path| {
                let name: Arc<str> = path.to_string_lossy().into();
                if filter.includes(&name) && !filter.excludes(&name) {
                    let place = Place { path, name: name.clone(), walked: true };
                    files.entry(name).or_insert(place);
                } else {
                    excluded.insert(name.to_string());
                }
            });
        } else {
            let why = format!("Skipping directory ({named}), use -r flag to scan contents");
            log.warning("manager", &why);
        }
    }
    Ok(Discovered {
        files: files.into_values().collect(),
        excluded: excluded.into_iter().collect(),
    })
}

impl Filter {
    fn new(options: &Options, config: &Config) -> Result<Filter, String> {
        let mut excluded = config.list("exclude_dirs");
        if config.get("exclude_dirs").is_some_and(|said| !said.is_array()) && !excluded.is_empty() {
            return Err("exclude_dirs in the configuration must be a list of paths".to_owned());
        }
        if !options.excluded.is_empty() {
            excluded.extend(options.excluded.split(',').map(
                |path| match Path::new(path).is_dir() {
                    true => Path::new(path).join("*").to_string_lossy().into_owned(),
                    false => path.to_owned(),
                },
            ));
        }
        let mut included = config.list("include");
        if included.is_empty() {
            included.push("*.py".to_owned());
        }
        Ok(Filter { included, excluded })
    }

    fn includes(&self, name: &str) -> bool {
        self.included.iter().any(|pattern| fnmatch(pattern, name))
    }

    fn excludes(&self, name: &str) -> bool {
        self.excluded.iter().any(|pattern| fnmatch(pattern, name) || name.contains(&**pattern))
    }
}

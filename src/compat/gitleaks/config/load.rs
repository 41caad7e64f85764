//! Which configuration holds: the one named, that of the environment, that of the source, or the
//! one that is built in.

use super::{Config, ConfigError, defaults, extend};
use crate::compat::gitleaks::log::Log;
use crate::compat::go::reason;
use std::path::Path;
use std::{env, fs, io};

/// What to load.
#[derive(Debug)]
pub struct Source<'a> {
    /// `--config`.
    pub named: Option<&'a str>,
    /// What is scanned; its own configuration counts where no other is named.
    pub scanned: &'a str,
}

/// Loads the configuration; the message says what gitleaks was about to do.
///
/// # Errors
/// What ends the run.
pub fn load(source: &Source, log: &Log) -> Result<Config, String> {
    let unable = |error: ConfigError| format!("unable to load gitleaks config, err: {error}");
    let from_file = |path: &str| {
        let text = fs::read(path).map_err(|error| {
            unable(ConfigError::Unreadable { path: path.to_owned(), why: reason(&error) })
        })?;
        read(&String::from_utf8_lossy(&text), log)
    };
    if let Some(path) = source.named.filter(|path| !path.is_empty()) {
        log.debug(&format!("using gitleaks config {path} from `--config`"), &[]);
        return from_file(path);
    }
    if let Some(path) = variable("GITLEAKS_CONFIG") {
        log.debug(&format!("using gitleaks config from GITLEAKS_CONFIG env var: {path}"), &[]);
        return from_file(&path);
    }
    if let Some(text) = variable("GITLEAKS_CONFIG_TOML") {
        log.debug("using gitleaks config from GITLEAKS_CONFIG_TOML env var content", &[]);
        return read(&text, log);
    }
    let scanned = fs::metadata(source.scanned)
        .map_err(|error| format!("stat {}: {}", source.scanned, reason(&error)))?;
    let path = Path::new(source.scanned).join(".gitleaks.toml");
    if scanned.is_dir() && !is_missing(&path) {
        let path = path.to_string_lossy();
        log.debug(
            &format!("using existing gitleaks config {path} from `(--source)/.gitleaks.toml`"),
            &[],
        );
        return from_file(&path);
    }
    log.debug("no gitleaks config found, using default gitleaks config", &[]);
    defaults::defaults().map_err(|error| failed(&error))
}

fn read(text: &str, log: &Log) -> Result<Config, String> {
    extend::read(text, log).map_err(|error| match error {
        ConfigError::Toml(_) => format!("unable to load gitleaks config, err: {error}"),
        error => failed(&error),
    })
}

fn failed(error: &ConfigError) -> String {
    format!("Failed to load config error=\"{error}\"")
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn is_missing(path: &Path) -> bool {
    matches!(fs::metadata(path), Err(error) if error.kind() == io::ErrorKind::NotFound)
}

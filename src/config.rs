//! `lockgate.toml`: every module's settings in one file. A flag on the command line wins over
//! it; it wins over the defaults.

use crate::git::{Source, SourceError};
use crate::identity::MergeSettings;
use crate::policy;
use crate::target;
use crate::typo::Misread;
pub use crate::typo::hint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The name of the file, at the repository's root.
pub const FILE_NAME: &str = "lockgate.toml";

/// All that `lockgate.toml` can say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What is scanned.
    pub scan: target::Settings,
    /// Which engines run, by name: `builtin` or `off`.
    pub engines: BTreeMap<String, Mode>,
    /// What is reported, which is not what blocks.
    pub report: ReportSettings,
    /// Rules of your own.
    pub rules: OwnRules,
    /// Which findings are merged with no other.
    pub merge: MergeSettings,
    /// What blocks.
    pub gate: policy::Settings,
}

/// How an engine runs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Lockgate's own.
    Builtin,
    Off,
}

/// `[rules]` of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OwnRules {
    /// Folders of YAML files with rules, relative to the repository root.
    pub dirs: Vec<String>,
}

/// `[report]` of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReportSettings {
    /// Findings below this are recorded and judged, but not reported unless they block.
    pub min_severity: Option<crate::finding::Severity>,
    /// Likewise.
    pub min_confidence: Option<crate::finding::Confidence>,
}

/// Why the configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{path}:{line}: {why}{hint}")]
    Parse { path: PathBuf, line: usize, why: String, hint: String },
    #[error("{path}: {source}")]
    Gate { path: PathBuf, source: policy::PolicyError },
    #[error("{path}: [engines] names {name:?}, which is no engine{hint}")]
    Engine { path: PathBuf, name: String, hint: String },
}

impl Config {
    /// Reads the named file, else the one of the source if there is one, else takes the defaults.
    ///
    /// # Errors
    /// A named file that is not there, one that cannot be read, and whatever it says that means
    /// nothing: an unknown key is an error, so that a typo does not open the gate.
    pub fn load(
        named: Option<&Path>,
        source: &Source,
        engines: &[&str],
    ) -> Result<Config, ConfigError> {
        let (path, bytes) = match named {
            Some(file) => source.read_named(file)?,
            None => match source.read(FILE_NAME)? {
                Some(bytes) => (source.place(FILE_NAME), bytes),
                None => return Ok(Config::default()),
            },
        };
        match String::from_utf8(bytes) {
            Ok(text) => Config::parse(&text, &path, engines),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let why = format!("is not valid UTF-8: invalid byte at offset {at}");
                let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
                Err(ConfigError::Parse { path, line, why, hint: String::new() })
            }
        }
    }

    /// Reads a text. Messages name it by `path`.
    ///
    /// # Errors
    /// It says something that means nothing.
    pub fn parse(text: &str, path: &Path, engines: &[&str]) -> Result<Config, ConfigError> {
        let config: Config =
            toml::from_str(text).map_err(|error| parse_error(path, text, &error))?;
        if let Err(source) = config.gate.check() {
            return Err(ConfigError::Gate { path: path.to_owned(), source });
        }
        match config.engines.keys().find(|name| !engines.contains(&name.as_str())) {
            None => Ok(config),
            Some(name) => Err(ConfigError::Engine {
                hint: hint(name, engines.iter().copied()),
                name: name.clone(),
                path: path.to_owned(),
            }),
        }
    }
}

fn parse_error(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let Misread { line, why, hint } = Misread::new(text, error);
    ConfigError::Parse { path: path.to_owned(), line, why, hint }
}

/// The JSON Schema of the file, for editors.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Config)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> String {
        let error = Config::parse(text, Path::new(FILE_NAME), &["python", "secrets"]).unwrap_err();
        error.to_string().strip_prefix(FILE_NAME).unwrap().to_owned()
    }

    #[test]
    fn an_unknown_key_names_the_nearest_and_the_line() {
        assert_eq!(
            error_of("[gate]\nfail_onn = \"high\"\n"),
            ":2: unknown key `fail_onn`; did you mean `fail_on`?"
        );
        assert_eq!(error_of("[gaet]\n"), ":1: unknown key `gaet`; did you mean `gate`?");
    }

    #[test]
    fn an_unknown_value_names_the_nearest() {
        let error = error_of("[gate]\nfail_on = \"hihg\"\n");
        assert!(error.starts_with(":2: unknown variant `hihg`"), "{error}");
        assert!(error.ends_with("did you mean `high`?"), "{error}");
    }

    #[test]
    fn an_unknown_engine_is_an_error() {
        assert_eq!(
            error_of("[engines]\npyton = \"off\"\n"),
            ": [engines] names \"pyton\", which is no engine; did you mean `python`?"
        );
    }

    #[test]
    fn no_file_is_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let source = Source::worktree(folder.path());
        assert_eq!(Config::load(None, &source, &[]).unwrap(), Config::default());
    }
}

//! `lockgate.toml`: every module's settings in one file. A flag on the command line wins over
//! it; it wins over the defaults.

pub use crate::hint::hint;
use crate::policy;
use crate::target;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};
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
    #[error("{path}: cannot be read: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path}:{line}: {why}{hint}")]
    Parse { path: PathBuf, line: usize, why: String, hint: String },
    #[error("{path}: {source}")]
    Gate { path: PathBuf, source: policy::PolicyError },
    #[error("{path}: [engines] names {name:?}, which is no engine{hint}")]
    Engine { path: PathBuf, name: String, hint: String },
}

impl Config {
    /// Reads the named file, else the one at the root if there is one, else takes the defaults.
    ///
    /// # Errors
    /// A named file that is not there, one that cannot be read, and whatever it says that means
    /// nothing: an unknown key is an error, so that a typo does not open the gate.
    pub fn load(
        named: Option<&Path>,
        root: &Path,
        engines: &[&str],
    ) -> Result<Config, ConfigError> {
        let path = named.map_or_else(|| root.join(FILE_NAME), Path::to_owned);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {
                return Ok(Config::default());
            }
            Err(source) => return Err(ConfigError::Read { path, source }),
        };
        let config: Config =
            toml::from_str(&text).map_err(|error| parse_error(&path, &text, &error))?;
        if let Err(source) = config.gate.check() {
            return Err(ConfigError::Gate { path, source });
        }
        match config.engines.keys().find(|name| !engines.contains(&name.as_str())) {
            None => Ok(config),
            Some(name) => Err(ConfigError::Engine {
                hint: hint(name, engines.iter().copied()),
                name: name.clone(),
                path,
            }),
        }
    }
}

fn parse_error(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or_default());
    let why = error.message().lines().next().unwrap_or_default().to_owned();
    ConfigError::Parse {
        path: path.to_owned(),
        line: before.matches('\n').count() + 1,
        hint: unknown_field_hint(&why),
        why: without_choices(&why),
    }
}

/// "unknown field `a`, expected one of `b`, `c`" as serde words it, with the nearest of them.
fn unknown_field_hint(why: &str) -> String {
    let mut quoted = why.split('`').skip(1).step_by(2);
    match quoted.next() {
        Some(unknown) if why.starts_with("unknown") => hint(unknown, quoted),
        _ => String::new(),
    }
}

fn without_choices(why: &str) -> String {
    match why.split_once(", expected") {
        Some((what, _)) if why.starts_with("unknown field") => {
            what.replace("unknown field", "unknown key")
        }
        _ => why.to_owned(),
    }
}

/// The JSON Schema of the file, for editors.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Config)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE_NAME), text).unwrap();
        let error =
            Config::load(None, folder.path(), &["python", "secrets"]).unwrap_err().to_string();
        error.rsplit_once(FILE_NAME).unwrap().1.to_owned()
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
        assert_eq!(Config::load(None, folder.path(), &[]).unwrap(), Config::default());
    }
}

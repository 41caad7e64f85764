//! The settings of git, as `git config` reads and adds them: of the system, the user, the
//! repository, its working tree and the environment, with what they include.

use super::Git;
use gix::bstr::{BString, ByteSlice};
use gix::config::{File, Source};
use gix::open::Options;
use gix::sec::Trust;
use std::env;
use std::path::Path;
use thiserror::Error;

/// Settings in the order in which they were read.
pub struct Config(File);

/// One setting.
pub struct Setting {
    /// `section.name` or `section.Subsection.name`.
    pub key: String,
    pub value: Vec<u8>,
    /// Whether it comes from whoever runs this, not from a repository of somebody else.
    pub is_trusted: bool,
}

/// Whose settings are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All for reading, the repository's for writing.
    Here,
    /// The user's own file.
    Global,
}

/// Why settings can be neither read nor written.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error(
        "the settings of git cannot be read: {0}; `git config --list --show-origin` tells where they are"
    )]
    Read(String),
    #[error("the setting {key} cannot be written: {why}")]
    Write { key: &'static str, why: String },
    #[error(
        "{key} belongs into the settings of a repository, and this is none; --global takes the user's"
    )]
    NoRepository { key: &'static str },
    #[error("the user has no file of settings: the environment variable HOME is not set")]
    NoHome,
}

impl Git {
    /// The repository that git itself would take here: the environment may name it, its working
    /// tree and its index, as it does in hooks.
    pub fn in_environment() -> Option<Git> {
        let mut trust = gix::sec::trust::Mapping::<Options>::default();
        trust.full = with_command_line(trust.full);
        trust.reduced = with_command_line(trust.reduced);
        let found = gix::ThreadSafeRepository::discover_with_environment_overrides_opts(
            ".",
            gix::discover::upwards::Options {
                match_ceiling_dir_or_error: false,
                ..Default::default()
            },
            trust,
        );
        found.ok().map(|found| Git(found.into()))
    }
}

impl Config {
    /// The settings that hold here.
    ///
    /// # Errors
    /// There is a file that cannot be read or parsed.
    pub fn read(git: Option<&Git>, scope: Scope) -> Result<Config, ConfigError> {
        let failed = |error: gix::Error| ConfigError::Read(error.to_string());
        match (scope, git) {
            (Scope::Here, Some(git)) => Ok(Config(git.0.config_snapshot().plumbing().clone())),
            (Scope::Here, None) => gix::config(None, &with_command_line(Options::default()))
                .map(Config)
                .map_err(failed),
            (Scope::Global, _) => {
                let path = gix::config_path(own_source()?, &Options::default()).map_err(failed)?;
                if !path.is_file() {
                    return Ok(Config(File::default()));
                }
                File::from_path_no_includes(path, Source::User)
                    .map(Config)
                    .map_err(|error| ConfigError::Read(error.to_string()))
            }
        }
    }

    /// Every setting, in the order of the files.
    pub fn settings(&self) -> Vec<Setting> {
        let mut settings = Vec::new();
        for section in self.0.sections() {
            let header = section.header();
            let mut prefix = header.name().to_string().to_lowercase();
            if let Some(subsection) = header.subsection_name() {
                prefix = format!("{prefix}.{subsection}");
            }
            let is_trusted = section.meta().trust == Trust::Full;
            let own = section.body().into_iter().map(|(name, value)| Setting {
                key: format!("{prefix}.{}", name.to_lowercase()),
                value: value.into(),
                is_trusted,
            });
            settings.extend(own);
        }
        settings
    }

    /// All values of a setting.
    pub fn all(&self, key: &str) -> Vec<Setting> {
        self.settings().into_iter().filter(|setting| setting.key == key).collect()
    }

    /// The last value of a setting that names a path, with `~` resolved.
    pub fn path(&self, key: &str) -> Option<std::path::PathBuf> {
        let home = env::var_os("HOME").map(std::path::PathBuf::from);
        let context = gix::config::path::interpolate::Context {
            home_dir: home.as_deref(),
            ..Default::default()
        };
        self.0.path(key)?.interpolate(context).ok()
    }
}

/// Adds a value to those that a setting `section.name` has. All else in the file stays as it is.
///
/// # Errors
/// There is no such file, it cannot be written, or somebody else is writing it.
pub fn add(
    git: Option<&Git>,
    scope: Scope,
    key: &'static str,
    value: &[u8],
) -> Result<(), ConfigError> {
    let failed = |why: String| ConfigError::Write { key, why };
    let mut file = match (scope, git) {
        (Scope::Here, Some(git)) => git.0.config_file_mut(git.0.common_dir().join("config")),
        (Scope::Here, None) => return Err(ConfigError::NoRepository { key }),
        (Scope::Global, _) => gix::config_mut(own_source()?, &Options::default()),
    }
    .map_err(|error| failed(error.to_string()))?;
    let (section, name) = key.split_once('.').unwrap_or((key, ""));
    let mut section =
        file.section_mut_or_create_new(section, None).map_err(|error| failed(error.to_string()))?;
    section.set_leading_whitespace(Some(BString::from("\t")));
    section.push(name, Some(value.as_bstr())).map_err(|error| failed(error.to_string()))?;
    file.commit().map_err(|error| failed(error.to_string()))
}

/// Which of the two files of the user git writes to: the one in the home folder, unless there is
/// only the other.
fn own_source() -> Result<Source, ConfigError> {
    let options = Options::default();
    let path = |source| gix::config_path(source, &options).ok();
    let is_there = |path: &Option<std::path::PathBuf>| path.as_deref().is_some_and(Path::is_file);
    match (path(Source::User), path(Source::Git)) {
        (user, other) if !is_there(&user) && is_there(&other) => Ok(Source::Git),
        (Some(_), _) => Ok(Source::User),
        (None, _) => Err(ConfigError::NoHome),
    }
}

/// With what `git -c KEY=VALUE` passed on.
fn with_command_line(options: Options) -> Options {
    let given = env::var_os("GIT_CONFIG_PARAMETERS").unwrap_or_default();
    options.cli_overrides(parameters(given.as_encoded_bytes()))
}

/// Reads `'KEY=VALUE'` and `'KEY'='VALUE'`, separated by spaces; a quote inside is `'\''`.
fn parameters(text: &[u8]) -> Vec<BString> {
    let mut parameters = Vec::new();
    let mut current: Option<Vec<u8>> = None;
    let mut is_quoted = false;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match (byte, is_quoted) {
            (b'\'', _) => {
                is_quoted = !is_quoted;
                current.get_or_insert_default();
            }
            (b'\\', false) => current.get_or_insert_default().extend(bytes.next()),
            (b' ', false) => parameters.extend(current.take().map(BString::from)),
            (byte, _) => current.get_or_insert_default().push(*byte),
        }
    }
    parameters.extend(current.map(BString::from));
    parameters
}

#[cfg(test)]
mod tests {
    use super::parameters;

    #[test]
    fn settings_of_the_command_line_are_unquoted() {
        assert_eq!(parameters(b"'a.b=c d' 'e.f'='it'\\''s'"), ["a.b=c d", "e.f=it's"]);
        assert!(parameters(b"").is_empty());
        assert_eq!(parameters(b"'open"), ["open"]);
    }
}

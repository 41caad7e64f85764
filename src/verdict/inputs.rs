//! What a verdict rests on.

use crate::engine::masked;
use crate::git::{Event, Git, Repository, Source, SourceError};
use crate::identity::MergeSettings;
use crate::rule::Catalogue;
use crate::scan::{self, Input, Looked};
use crate::target;
use crate::waiver;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// What the verdict rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Inputs {
    /// The folders and files that were walked, relative to the repository root; empty stands for
    /// the root.
    pub paths: Vec<String>,
    /// The files that the run itself wrote, relative to the repository root. They were not walked,
    /// unless git tracked them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub written: Vec<String>,
    /// What of the paths was left out.
    pub scan: target::Settings,
    /// The files below the paths that git tracks and `exclude` or a `.lockgateignore` left out;
    /// outside git, all that `exclude` did. Relative to the repository root.
    pub passed_over: Vec<Arc<str>>,
    /// Which findings were merged with no other.
    pub merge: MergeSettings,
    /// How many files were walked.
    pub files: u64,
    /// The hash of their paths and contents, in hexadecimal.
    pub digest: String,
    pub settings: Settings,
    /// The date of the advisory data; absent where none was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub advisories: Option<Timestamp>,
}

impl Inputs {
    /// Those of a scan: what it walked, and what its settings left out. `advisories` is the date of
    /// their data, in seconds since 1970.
    pub fn of(
        request: &scan::Request,
        files: &[Input],
        passed_over: Vec<Arc<str>>,
        merge: MergeSettings,
        settings: Settings,
        advisories: Option<i64>,
    ) -> Inputs {
        let relative = |path: &PathBuf| target::relative(request.root, path);
        let written = request.written.iter().filter(|path| path.starts_with(request.root));
        Inputs {
            paths: request.paths.iter().map(relative).collect(),
            written: written.map(relative).collect(),
            scan: without_secrets(request.targets),
            passed_over,
            merge,
            files: files.len() as u64,
            digest: digest_of(files),
            settings,
            advisories: advisories.and_then(|date| Timestamp::from_second(date).ok()),
        }
    }
}

/// Settings as they may be shown: whoever wrote them may have quoted a secret.
pub fn without_secrets(settings: &target::Settings) -> target::Settings {
    let exclude = settings.exclude.iter().map(|glob| masked(glob)).collect();
    target::Settings { exclude, ..settings.clone() }
}

/// Configuration, waivers, ignore files and users' own rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// The hash of all that the configuration says, in hexadecimal.
    pub configuration: String,
    /// The commit that they were read from, in hexadecimal; absent where they lay in the working
    /// tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The hash of the waivers' file, in hexadecimal; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waivers: Option<String>,
    /// The hash of users' own rules, in hexadecimal; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
}

impl Settings {
    /// The source that they say, in a repository.
    ///
    /// # Errors
    /// The repository does not have the commit.
    pub fn source(
        &self,
        repository: &Repository,
        git: Option<&Git>,
    ) -> Result<Source, SourceError> {
        Source::choose(repository, git, &Event::LOCAL, self.commit.as_deref())
    }

    /// What to say of a source, and of a configuration by its hash.
    ///
    /// # Errors
    /// The waivers' file is there and cannot be read.
    pub fn of(source: &Source, configuration: String) -> Result<Settings, SourceError> {
        let waivers = source.read(waiver::FILE)?;
        let hex = |hash: blake3::Hash| hash.to_hex().to_string();
        Ok(Settings {
            configuration,
            commit: source.commit(),
            waivers: waivers.map(|bytes| hex(blake3::hash(&bytes))),
            rules: Catalogue::get().users().map(hex),
        })
    }
}

/// The hash of a value's JSON, in hexadecimal: what names a configuration.
pub fn digest(value: &impl Serialize) -> String {
    // Settings are plain maps and scalars, which JSON always has a form for.
    blake3::hash(&serde_json::to_vec(value).unwrap_or_default()).to_hex().to_string()
}

/// The hash, in hexadecimal, of every walked file's path and content, in the order of the paths.
/// Of a binary file, which no engine looks at, and of one that could not be read, the path alone
/// and that it was so.
pub fn digest_of(inputs: &[Input]) -> String {
    let mut sorted: Vec<&Input> = inputs.iter().collect();
    sorted.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let mut hasher = blake3::Hasher::new();
    for Input { path, looked } in sorted {
        hasher.update(&(path.len() as u64).to_le_bytes()).update(path.as_bytes());
        match looked {
            Looked::Source(hash) => hasher.update(b"s").update(hash.as_bytes()),
            Looked::Binary => hasher.update(b"b"),
            Looked::Unread => hasher.update(b"u"),
        };
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(path: &str, looked: Looked) -> Input {
        Input { path: path.into(), looked }
    }

    #[test]
    fn order_is_nothing_and_everything_else_counts() {
        let text = |text: &str| Looked::Source(blake3::hash(text.as_bytes()));
        let both = [input("a", text("1")), input("b", text("2"))];
        let turned = [both[1].clone(), both[0].clone()];
        assert_eq!(digest_of(&both), digest_of(&turned));
        let others = [
            vec![],
            vec![input("a", text("1"))],
            vec![input("a", text("2")), input("b", text("1"))],
            vec![input("a", text("1")), input("c", text("2"))],
            vec![input("a", text("1")), input("b", Looked::Binary)],
            vec![input("a", text("1")), input("b", Looked::Unread)],
        ];
        for other in &others {
            assert_ne!(digest_of(&both), digest_of(other), "{other:?}");
        }
    }
}

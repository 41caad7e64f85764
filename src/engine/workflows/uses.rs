//! What a step or a job uses: an action, a workflow, an image.

use crate::engine::yaml::Node;
use std::ops::Range;

/// The value of `uses`.
#[derive(Debug)]
pub struct Uses<'a> {
    /// As it is written.
    pub text: &'a str,
    pub range: Range<usize>,
    pub kind: Kind<'a>,
    /// In lower case, without its version: `actions/checkout`. Empty where it has none.
    pub name: String,
}

/// Where what is used comes from.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A repository, with the version behind `@`.
    Repository { version: Option<&'a str> },
    /// An image, without `docker://`.
    Image(&'a str),
    /// The repository itself.
    Local,
}

impl<'a> Uses<'a> {
    /// None where the node is no text.
    pub fn of(node: &'a Node) -> Option<Uses<'a>> {
        let text: &str = node.string()?;
        let (kind, name) = match text.strip_prefix("docker://") {
            Some(image) => (Kind::Image(image), String::new()),
            None if text.starts_with("./") || text.starts_with("../") => {
                (Kind::Local, String::new())
            }
            None => {
                let (name, version) = match text.split_once('@') {
                    Some((name, version)) => (name, Some(version)),
                    None => (text, None),
                };
                (Kind::Repository { version }, name.to_ascii_lowercase())
            }
        };
        Some(Uses { text, range: node.range.clone(), kind, name })
    }

    /// The version of an action of a repository.
    pub fn version(&self) -> Option<&'a str> {
        match self.kind {
            Kind::Repository { version } => version,
            _ => None,
        }
    }

    /// The whole number that a version begins with: 4 of `v4.2.0`.
    pub fn major(&self) -> Option<u32> {
        let version = self.version()?.trim_start_matches('v');
        version.split('.').next()?.parse().ok().filter(|_| !is_commit(version))
    }

    pub fn owner(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }
}

/// Whether a version is a whole hash of git, which nobody can move.
pub fn is_commit(version: &str) -> bool {
    matches!(version.len(), 40 | 64) && version.bytes().all(|byte| byte.is_ascii_hexdigit())
}

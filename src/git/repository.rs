//! Where a scan stands: the root, the branch, the commit.

use super::head::{self, Commit};
use std::env;
use std::path::PathBuf;

/// Where a scan stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The nearest parent with `.git`, else with `lockgate.toml`, else the path itself.
    pub root: PathBuf,
    /// What the store knows the repository by: the address of its origin without credentials,
    /// else the path of its root.
    pub name: String,
    /// None outside git or where HEAD is detached and no CI variable names the branch.
    pub branch: Option<String>,
    /// The branch that others are merged into, where it can be told.
    pub default_branch: Option<String>,
    /// HEAD; why there is none tells `git::head`.
    pub commit: Option<Commit>,
}

/// Variables in which CI systems name the branch, the source branch of a pull request first.
const BRANCH_VARIABLES: &[&str] = &[
    "GITHUB_HEAD_REF",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "BITBUCKET_BRANCH",
    "SYSTEM_PULLREQUEST_SOURCEBRANCH",
    "CHANGE_BRANCH",
    "CI_COMMIT_BRANCH",
    "BUILD_SOURCEBRANCHNAME",
    "GIT_BRANCH",
];

impl Repository {
    /// What git says of the one at the root.
    pub(super) fn of(git: &gix::Repository, root: PathBuf) -> Repository {
        Repository {
            name: origin(git).unwrap_or_else(|| root.to_string_lossy().into_owned()),
            branch: branch(git),
            default_branch: default_branch(git),
            commit: head::of(git).ok(),
            root,
        }
    }

    /// A folder that git knows nothing of.
    pub(super) fn without_git(root: PathBuf) -> Repository {
        let name = root.to_string_lossy().into_owned();
        Repository { root, name, branch: None, default_branch: None, commit: None }
    }
}

/// The origin's address without credentials.
fn origin(git: &gix::Repository) -> Option<String> {
    let config = git.config_snapshot();
    let url = config.string("remote.origin.url")?.to_string();
    Some(without_credentials(&url))
}

/// An address without scheme, user, password, query, fragment and the ending `.git`.
fn without_credentials(url: &str) -> String {
    let after_user = |text: &str| text.rsplit_once('@').map_or(text, |(_, host)| host).to_owned();
    let bare = match url.split_once("://") {
        None => after_user(url).replacen(':', "/", 1),
        Some((_, rest)) => {
            let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
            let port = authority.rsplit_once([':', ']']).map_or("", |(_, port)| port);
            match authority.contains('@') || port.bytes().all(|byte| byte.is_ascii_digit()) {
                true => after_user(authority) + path,
                // No port but the beginning of a password that is not encoded.
                false => after_user(rest),
            }
        }
    };
    let end = bare.find(['?', '#']).unwrap_or(bare.len());
    bare[..end].trim_end_matches('/').trim_end_matches(".git").to_owned()
}

fn branch(git: &gix::Repository) -> Option<String> {
    let checked_out = git.head_name().ok().flatten().map(|name| name.shorten().to_string());
    checked_out.or_else(|| {
        let variable = |name: &&str| env::var(name).ok().filter(|value| !value.is_empty());
        let named = BRANCH_VARIABLES.iter().find_map(variable);
        let github = env::var("GITHUB_REF")
            .ok()
            .and_then(|r| r.strip_prefix("refs/heads/").map(str::to_owned));
        named.or(github).map(|name| {
            name.trim_start_matches("refs/heads/").trim_start_matches("origin/").to_owned()
        })
    })
}

/// Where `origin/HEAD` points, else `main` or `master` where there is one.
fn default_branch(git: &gix::Repository) -> Option<String> {
    let remote = git.find_reference("refs/remotes/origin/HEAD").ok().and_then(|reference| {
        let target = reference.target().try_name().map(|name| name.as_bstr().to_string());
        target.and_then(|name| name.strip_prefix("refs/remotes/origin/").map(str::to_owned))
    });
    let exists = |name: &str| {
        ["refs/heads/", "refs/remotes/origin/"]
            .iter()
            .any(|prefix| git.find_reference(&format!("{prefix}{name}")).is_ok())
    };
    remote.or_else(|| ["main", "master"].into_iter().find(|name| exists(name)).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::without_credentials;

    #[test]
    fn the_name_of_a_repository_holds_no_credential() {
        for (url, name) in [
            ("https://host/a/b.git", "host/a/b"),
            ("https://user:word@host:8443/a/b.git/", "host:8443/a/b"),
            ("https://user:w@rd@host/a", "host/a"),
            ("https://user:wo/rd@host/a", "host/a"),
            ("https://host:8443/a@2.git", "host:8443/a@2"),
            ("ssh://git@[::1]:22/a", "[::1]:22/a"),
            ("https://[::1]/a@2", "[::1]/a@2"),
            ("https://host/a.git?token=word#at", "host/a"),
            ("git@host:a/b.git", "host/a/b"),
            ("/srv/a.git", "/srv/a"),
        ] {
            assert_eq!(without_credentials(url), name, "{url}");
        }
    }
}

//! Where a scan stands: the root, the branch, the commit.

use super::event::{Event, EventKind};
use super::head::{self, Commit};
use super::name::exact;
use std::path::PathBuf;

/// Where a scan stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The nearest parent with `.git`, else with `lockgate.toml`, else the path itself.
    pub root: PathBuf,
    /// What the store knows the repository by: the address of its origin without credentials,
    /// else the path of its root.
    pub name: String,
    /// None outside git, for a tag, and where HEAD is detached and no CI variable names the branch.
    /// That of a pull request is `pull-request:12`, whatever its own is called.
    pub branch: Option<String>,
    /// The branch that others are merged into, where it can be told.
    pub default_branch: Option<String>,
    /// HEAD; why there is none tells `git::head`.
    pub commit: Option<Commit>,
}

impl Repository {
    /// What git says of the one at the root, and the event of what runs there.
    pub(super) fn of(git: &gix::Repository, root: PathBuf, event: Event) -> Repository {
        let commit = head::of(git).ok();
        Repository {
            name: origin(git).unwrap_or_else(|| root.to_string_lossy().into_owned()),
            branch: branch(git, event, commit.as_ref()),
            default_branch: default_branch(git),
            commit,
            root,
        }
    }

    /// A folder that git knows nothing of.
    pub(super) fn without_git(root: PathBuf) -> Repository {
        let name = root.to_string_lossy().into_owned();
        Repository { root, name, branch: None, default_branch: None, commit: None }
    }
}

impl Event {
    /// The branch whose gate is to be passed: in a pull request the one that it is to be merged
    /// into, or the default branch where that is not named, and never its own: whoever asks for
    /// the merge chooses that name.
    pub fn gate_branch<'a>(&'a self, repository: &'a Repository) -> Option<&'a str> {
        match self.is_pull_request() {
            true => self.target.as_deref().or(repository.default_branch.as_deref()),
            false => repository.branch.as_deref(),
        }
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

fn branch(git: &gix::Repository, event: Event, head: Option<&Commit>) -> Option<String> {
    let checked_out = || Some(git.head_name().ok()??.shorten().to_string());
    match event.kind {
        EventKind::Local | EventKind::Push => checked_out().or_else(|| {
            // A job that runs for main may have checked out what somebody proposes.
            let is_elsewhere = event.commit.is_some_and(|at| head.is_none_or(|head| head.id != at));
            event.branch.filter(|_| !is_elsewhere)
        }),
        EventKind::PullRequest | EventKind::Tag | EventKind::Release => event.branch,
    }
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
            .any(|prefix| exact(git, &format!("{prefix}{name}")).is_some())
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

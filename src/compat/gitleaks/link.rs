//! Links to findings on the platform that a repository is on.

use super::finding::Finding;
use std::fmt::Write;

/// A platform that shows commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    GitHub,
    GitLab,
    AzureDevOps,
    Gitea,
    Bitbucket,
}

/// Where a repository is, as far as links can be made from it.
#[derive(Debug, Default)]
pub struct Remote(Option<(Platform, String)>);

impl Platform {
    /// What `--platform` says: `Ok(None)` where the host of the remote is to tell.
    ///
    /// # Errors
    /// There is no such platform; `none` is the error without words.
    pub fn named(name: &str) -> Result<Option<Platform>, Option<String>> {
        Ok(Some(match &*name.to_lowercase() {
            "" | "unknown" => return Ok(None),
            "none" => return Err(None),
            "github" => Platform::GitHub,
            "gitlab" => Platform::GitLab,
            "azuredevops" => Platform::AzureDevOps,
            "gitea" => Platform::Gitea,
            "bitbucket" => Platform::Bitbucket,
            _ => return Err(Some(format!("invalid scm platform value: {name}"))),
        }))
    }

    fn of_host(host: &str) -> Option<Platform> {
        Some(match &*host.to_lowercase() {
            "github.com" => Platform::GitHub,
            "gitlab.com" => Platform::GitLab,
            "dev.azure.com" | "visualstudio.com" => Platform::AzureDevOps,
            "gitea.com" | "code.forgejo.org" | "codeberg.org" => Platform::Gitea,
            "bitbucket.org" => Platform::Bitbucket,
            _ => return None,
        })
    }
}

/// The address of a remote as a browser takes it, without a user, and its host.
fn address(remote: &str) -> (String, String) {
    let remote = remote.trim();
    let over_ssh = remote.strip_prefix("git@").and_then(|rest| rest.split_once(':'));
    let address = match over_ssh {
        Some((host, path)) => {
            let port = path.split_once('/').filter(|(port, _)| {
                (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit())
            });
            format!("https://{host}/{}", port.map_or(path, |(_, path)| path))
        }
        None => remote.to_owned(),
    };
    let address = address.strip_suffix(".git").unwrap_or(&address);
    let Some((scheme, rest)) = address.split_once("://") else {
        return (address.to_owned(), String::new());
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let host = place.split(':').next().unwrap_or_default();
    (format!("{scheme}://{place}{path}"), host.to_owned())
}

impl Remote {
    /// What is known of a remote; the host, where no platform is named and it is an unknown one.
    pub fn new(named: Option<Platform>, remote: &str) -> (Remote, Option<String>) {
        let (address, host) = address(remote);
        match named.or_else(|| Platform::of_host(&host)) {
            Some(platform) => (Remote(Some((platform, address))), None),
            None => (Remote(None), Some(host)),
        }
    }

    /// The link to a finding; empty where none can be made.
    pub fn link(&self, finding: &Finding) -> String {
        let (Some((platform, url)), commit) = (&self.0, finding.commit_id()) else {
            return String::new();
        };
        if commit.is_empty() {
            return String::new();
        }
        let (path, is_inner) = match finding.file.split_once('!') {
            Some((outer, _)) => (outer, true),
            None => (&*finding.file, false),
        };
        let path = path.replace('%', "%25").replace(' ', "%20");
        let mut link = match platform {
            Platform::GitHub | Platform::GitLab => format!("{url}/blob/{commit}/{path}"),
            Platform::AzureDevOps => format!("{url}/commit/{commit}?path=/{path}"),
            Platform::Gitea => format!("{url}/src/commit/{commit}/{path}"),
            Platform::Bitbucket => format!("{url}/src/{commit}/{path}"),
        };
        if !is_inner {
            link += &lines(*platform, &path, finding.start_line, finding.end_line);
        }
        if *platform == Platform::AzureDevOps && !is_inner {
            link += "&lineStartColumn=1&lineEndColumn=10000000&type=2&lineStyle=plain&_a=files";
        }
        link
    }
}

/// The part of a link that says which lines.
fn lines(platform: Platform, path: &str, start: i64, end: i64) -> String {
    let lower = path.to_lowercase();
    let is_shown = lower.ends_with(".ipynb") || lower.ends_with(".md");
    let (plain, from, to) = match platform {
        Platform::GitHub => ("?plain=1", "#L", "-L"),
        Platform::GitLab => ("", "#L", "-"),
        Platform::AzureDevOps => ("", "&line=", "&lineEnd="),
        Platform::Gitea => ("?display=source", "#L", "-L"),
        Platform::Bitbucket => ("", "#lines-", ":"),
    };
    let mut lines = if is_shown { plain.to_owned() } else { String::new() };
    if start != 0 {
        let _ = write!(lines, "{from}{start}");
    }
    if end != start {
        let _ = write!(lines, "{to}{end}");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::gitleaks::finding::Commit;

    #[test]
    fn a_remote_tells_the_platform() {
        let commit = Some(Commit { id: "c0ffee".into(), ..Commit::default() }.into());
        let finding = Finding {
            file: "a b/notes.md".into(),
            commit,
            start_line: 3,
            end_line: 4,
            ..Finding::default()
        };
        let link = |remote: &str| Remote::new(None, remote).0.link(&finding);
        let github = "https://github.com/o/r/blob/c0ffee/a%20b/notes.md?plain=1#L3-L4";
        assert_eq!(link("git@github.com:o/r.git"), github);
        assert_eq!(link("https://me:word@github.com/o/r"), github);
        assert_eq!(
            link("https://gitlab.com/o/r.git"),
            "https://gitlab.com/o/r/blob/c0ffee/a%20b/notes.md#L3-4"
        );
        assert_eq!(link("https://example.com/o/r"), "");
    }
}

//! What CI systems say in their variables: why they run, and for which branch.

use super::event::{Event, EventKind};
use EventKind::{PullRequest, Push, Release, Tag};

/// A CI system, by the variables of which it always sets one, and how it tells what is no plain
/// push. The first row that holds counts.
struct System {
    here: &'static [&'static str],
    /// Variables that name the branch of a plain push, and a prefix that is none of the name.
    branch: &'static [(&'static str, &'static str)],
    /// The variable with the commit that is the tip of that branch, where there is one.
    commit: Option<&'static str>,
    /// Variables with the number of a pull request, or what else tells it from others.
    pull_request: &'static [&'static str],
    events: &'static [Row],
}

/// A variable, what it holds, the event that this means, and the variable with the target branch.
type Row = (&'static str, When, EventKind, Option<&'static str>);

/// When a row holds.
enum When {
    Is(&'static str),
    Begins(&'static str),
    /// Any value but `false`, which Travis and Buildkite say where there is no pull request.
    Set,
}

use When::{Begins, Is, Set};

const SYSTEMS: &[System] = &[
    // GitHub, Gitea, Forgejo. A merge queue names its target in the name of its own branch.
    System {
        here: &["GITHUB_EVENT_NAME"],
        branch: &[("GITHUB_REF", "")],
        commit: Some("GITHUB_SHA"),
        pull_request: &["GITHUB_REF", "GITHUB_HEAD_REF"],
        events: &[
            ("GITHUB_EVENT_NAME", Begins("pull_request"), PullRequest, Some("GITHUB_BASE_REF")),
            ("GITHUB_REF", Begins("refs/pull/"), PullRequest, Some("GITHUB_BASE_REF")),
            ("GITHUB_EVENT_NAME", Is("merge_group"), PullRequest, Some("GITHUB_REF")),
            ("GITHUB_EVENT_NAME", Is("release"), Release, None),
            ("GITHUB_REF_TYPE", Is("tag"), Tag, None),
            ("GITHUB_REF", Begins("refs/tags/"), Tag, None),
        ],
    },
    System {
        here: &["GITLAB_CI"],
        branch: &[("CI_COMMIT_BRANCH", "")],
        commit: Some("CI_COMMIT_SHA"),
        pull_request: &["CI_MERGE_REQUEST_IID", "CI_EXTERNAL_PULL_REQUEST_IID"],
        events: &[
            ("CI_MERGE_REQUEST_IID", Set, PullRequest, Some("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")),
            (
                "CI_EXTERNAL_PULL_REQUEST_IID",
                Set,
                PullRequest,
                Some("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"),
            ),
            ("CI_COMMIT_TAG", Set, Tag, None),
        ],
    },
    // Woodpecker.
    System {
        here: &["CI_PIPELINE_EVENT"],
        branch: &[("CI_COMMIT_BRANCH", "")],
        commit: Some("CI_COMMIT_SHA"),
        pull_request: &["CI_COMMIT_PULL_REQUEST", "CI_COMMIT_SOURCE_BRANCH"],
        events: &[
            (
                "CI_PIPELINE_EVENT",
                Begins("pull_request"),
                PullRequest,
                Some("CI_COMMIT_TARGET_BRANCH"),
            ),
            ("CI_COMMIT_PULL_REQUEST", Set, PullRequest, Some("CI_COMMIT_TARGET_BRANCH")),
            ("CI_PIPELINE_EVENT", Is("release"), Release, None),
            ("CI_PIPELINE_EVENT", Is("tag"), Tag, None),
            ("CI_COMMIT_TAG", Set, Tag, None),
        ],
    },
    System {
        here: &["BITBUCKET_BUILD_NUMBER"],
        branch: &[("BITBUCKET_BRANCH", "")],
        commit: Some("BITBUCKET_COMMIT"),
        pull_request: &["BITBUCKET_PR_ID"],
        events: &[
            ("BITBUCKET_PR_ID", Set, PullRequest, Some("BITBUCKET_PR_DESTINATION_BRANCH")),
            ("BITBUCKET_TAG", Set, Tag, None),
        ],
    },
    // Azure Pipelines, whose BUILD_SOURCEBRANCHNAME is but the last part of a name with slashes.
    System {
        here: &["TF_BUILD"],
        branch: &[("BUILD_SOURCEBRANCH", "")],
        commit: Some("BUILD_SOURCEVERSION"),
        pull_request: &[
            "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER",
            "SYSTEM_PULLREQUEST_PULLREQUESTID",
            "BUILD_SOURCEBRANCH",
        ],
        events: &[
            (
                "SYSTEM_PULLREQUEST_PULLREQUESTID",
                Set,
                PullRequest,
                Some("SYSTEM_PULLREQUEST_TARGETBRANCH"),
            ),
            (
                "BUILD_REASON",
                Is("PullRequest"),
                PullRequest,
                Some("SYSTEM_PULLREQUEST_TARGETBRANCH"),
            ),
            (
                "BUILD_SOURCEBRANCH",
                Begins("refs/pull/"),
                PullRequest,
                Some("SYSTEM_PULLREQUEST_TARGETBRANCH"),
            ),
            ("BUILD_SOURCEBRANCH", Begins("refs/tags/"), Tag, None),
        ],
    },
    // Jenkins, where only the plugin of git names the remote too, and two older plugins build pull
    // requests in their own way.
    System {
        here: &["JENKINS_URL", "JENKINS_HOME"],
        branch: &[("BRANCH_NAME", ""), ("GIT_BRANCH", "origin/")],
        commit: None,
        pull_request: &["CHANGE_ID", "ghprbPullId", "gitlabMergeRequestIid"],
        events: &[
            ("CHANGE_ID", Set, PullRequest, Some("CHANGE_TARGET")),
            ("ghprbPullId", Set, PullRequest, Some("ghprbTargetBranch")),
            ("gitlabMergeRequestIid", Set, PullRequest, Some("gitlabTargetBranch")),
            ("TAG_NAME", Set, Tag, None),
        ],
    },
    // It does not say what the target is.
    System {
        here: &["CIRCLECI"],
        branch: &[("CIRCLE_BRANCH", "")],
        commit: Some("CIRCLE_SHA1"),
        pull_request: &["CIRCLE_PR_NUMBER", "CIRCLE_PULL_REQUEST"],
        events: &[
            ("CIRCLE_PULL_REQUEST", Set, PullRequest, None),
            ("CIRCLE_PR_NUMBER", Set, PullRequest, None),
            ("CIRCLE_BRANCH", Begins("pull/"), PullRequest, None),
            ("CIRCLE_TAG", Set, Tag, None),
        ],
    },
    System {
        here: &["TRAVIS"],
        branch: &[("TRAVIS_BRANCH", "")],
        commit: Some("TRAVIS_COMMIT"),
        pull_request: &["TRAVIS_PULL_REQUEST"],
        events: &[
            ("TRAVIS_PULL_REQUEST", Set, PullRequest, Some("TRAVIS_BRANCH")),
            ("TRAVIS_TAG", Set, Tag, None),
        ],
    },
    System {
        here: &["DRONE_BUILD_EVENT"],
        branch: &[("DRONE_BRANCH", "")],
        commit: Some("DRONE_COMMIT_SHA"),
        pull_request: &["DRONE_PULL_REQUEST", "DRONE_SOURCE_BRANCH"],
        events: &[
            ("DRONE_BUILD_EVENT", Is("pull_request"), PullRequest, Some("DRONE_TARGET_BRANCH")),
            ("DRONE_PULL_REQUEST", Set, PullRequest, Some("DRONE_TARGET_BRANCH")),
            ("DRONE_BUILD_EVENT", Is("tag"), Tag, None),
            ("DRONE_TAG", Set, Tag, None),
        ],
    },
    System {
        here: &["BUILDKITE"],
        branch: &[("BUILDKITE_BRANCH", "")],
        commit: None,
        pull_request: &["BUILDKITE_PULL_REQUEST"],
        events: &[
            (
                "BUILDKITE_PULL_REQUEST",
                Set,
                PullRequest,
                Some("BUILDKITE_PULL_REQUEST_BASE_BRANCH"),
            ),
            ("BUILDKITE_TAG", Set, Tag, None),
        ],
    },
    System {
        here: &["APPVEYOR"],
        branch: &[("APPVEYOR_REPO_BRANCH", "")],
        commit: Some("APPVEYOR_REPO_COMMIT"),
        pull_request: &["APPVEYOR_PULL_REQUEST_NUMBER"],
        events: &[
            ("APPVEYOR_PULL_REQUEST_NUMBER", Set, PullRequest, Some("APPVEYOR_REPO_BRANCH")),
            ("APPVEYOR_REPO_TAG_NAME", Set, Tag, None),
        ],
    },
    System {
        here: &["CIRRUS_CI"],
        branch: &[("CIRRUS_BRANCH", "")],
        commit: Some("CIRRUS_CHANGE_IN_REPO"),
        pull_request: &["CIRRUS_PR"],
        events: &[
            ("CIRRUS_PR", Set, PullRequest, Some("CIRRUS_BASE_BRANCH")),
            ("CIRRUS_TAG", Set, Tag, None),
        ],
    },
    // AWS CodeBuild.
    System {
        here: &["CODEBUILD_BUILD_ID"],
        branch: &[("CODEBUILD_WEBHOOK_HEAD_REF", "")],
        commit: Some("CODEBUILD_RESOLVED_SOURCE_VERSION"),
        pull_request: &["CODEBUILD_WEBHOOK_TRIGGER"],
        events: &[
            (
                "CODEBUILD_WEBHOOK_EVENT",
                Begins("PULL_REQUEST"),
                PullRequest,
                Some("CODEBUILD_WEBHOOK_BASE_REF"),
            ),
            (
                "CODEBUILD_WEBHOOK_TRIGGER",
                Begins("pr/"),
                PullRequest,
                Some("CODEBUILD_WEBHOOK_BASE_REF"),
            ),
            ("CODEBUILD_WEBHOOK_TRIGGER", Begins("tag/"), Tag, None),
        ],
    },
    System {
        here: &["SEMAPHORE"],
        branch: &[("SEMAPHORE_GIT_BRANCH", "")],
        commit: Some("SEMAPHORE_GIT_SHA"),
        pull_request: &["SEMAPHORE_GIT_PR_NUMBER"],
        events: &[
            (
                "SEMAPHORE_GIT_REF_TYPE",
                Is("pull-request"),
                PullRequest,
                Some("SEMAPHORE_GIT_BRANCH"),
            ),
            ("SEMAPHORE_GIT_REF_TYPE", Is("tag"), Tag, None),
        ],
    },
    System {
        here: &["BITRISE_BUILD_NUMBER"],
        branch: &[("BITRISE_GIT_BRANCH", "")],
        commit: None,
        pull_request: &["BITRISE_PULL_REQUEST"],
        events: &[
            ("BITRISE_PULL_REQUEST", Set, PullRequest, Some("BITRISEIO_GIT_BRANCH_DEST")),
            ("BITRISE_GIT_TAG", Set, Tag, None),
        ],
    },
    // Prow, which does not tell a tag from a branch.
    System {
        here: &["PROW_JOB_ID"],
        branch: &[],
        commit: None,
        pull_request: &["PULL_NUMBER"],
        events: &[
            ("PULL_NUMBER", Set, PullRequest, Some("PULL_BASE_REF")),
            ("JOB_TYPE", Is("batch"), PullRequest, Some("PULL_BASE_REF")),
        ],
    },
];

impl When {
    fn holds(&self, value: &str) -> bool {
        match self {
            Is(expected) => value == *expected,
            Begins(prefix) => value.starts_with(prefix),
            Set => value != "false",
        }
    }
}

/// What the variables of this process say.
pub fn event() -> Event {
    of(&|name| std::env::var(name).ok())
}

/// What the variables of the CI system say. An empty variable says nothing.
fn of(variable: &dyn Fn(&str) -> Option<String>) -> Event {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    let is_here = |system: &&System| system.here.iter().any(|name| variable(name).is_some());
    let Some(system) = SYSTEMS.iter().find(is_here) else { return Event::LOCAL };
    let holds = |(name, when, ..): &&Row| variable(name).is_some_and(|value| when.holds(&value));
    let Some((_, _, kind, target)) = system.events.iter().find(holds) else {
        let named = |(name, prefix): &(&str, &str)| {
            let value = variable(name)?;
            branch(value.strip_prefix(prefix).unwrap_or(&value))
        };
        let branch = system.branch.iter().find_map(named);
        return Event {
            kind: Push,
            branch,
            commit: system.commit.and_then(variable),
            ..Event::LOCAL
        };
    };
    let of_pull_request = || {
        let name = system.pull_request.iter().find_map(|name| name_of(&variable(name)?));
        name.map_or("pull-request".to_owned(), |name| format!("pull-request:{name}"))
    };
    Event {
        kind: *kind,
        target: target.and_then(variable).and_then(|reference| target_of(&reference)),
        branch: (*kind == PullRequest).then(of_pull_request),
        commit: None,
    }
}

/// The name of a branch of which a variable holds the whole reference or the name alone.
fn branch(reference: &str) -> Option<String> {
    let whole = reference.strip_prefix("refs/heads/");
    let name = whole.or_else(|| (!reference.starts_with("refs/")).then_some(reference))?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// A branch in the name of that of a merge queue: `refs/heads/gh-readonly-queue/main/pr-12-1a2b3c4`
/// leads to `main` and `12-1a2b3c4`.
fn queued(reference: &str) -> Option<(&str, &str)> {
    reference.strip_prefix("refs/heads/gh-readonly-queue/")?.rsplit_once("/pr-")
}

fn target_of(reference: &str) -> Option<String> {
    branch(queued(reference).map_or(reference, |(target, _)| target))
        .filter(|name| !name.starts_with("gh-readonly-queue/"))
}

/// The number of a pull request in what a variable says of it (`12`, `pr/12`, an address, the
/// reference of its merge or of its place in a queue), else a name that is no reference.
fn name_of(value: &str) -> Option<String> {
    let after = |prefix: &str| value.strip_prefix(prefix)?.split('/').next();
    let number = queued(value)
        .and_then(|(_, queued)| queued.split('-').next())
        .or_else(|| after("refs/pull/"))
        .or_else(|| after("pr/"))
        .or_else(|| value.contains("://").then(|| value.rsplit('/').next())?)
        .unwrap_or(value);
    (!number.is_empty() && !number.starts_with("refs/")).then(|| number.to_owned())
}

#[cfg(test)]
mod tests;

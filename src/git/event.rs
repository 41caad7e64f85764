//! Why a scan runs, as the CI system says in its variables.

use super::Repository;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What made a scan run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub kind: EventKind,
    /// The branch that a pull request is to be merged into, where the CI system names it.
    pub target: Option<String>,
}

/// The kinds of event that a gate can be chosen by.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// No CI system.
    Local,
    /// A push, and whatever else a CI system runs for: a schedule, a button.
    Push,
    /// A pull or merge request, or a merge queue.
    PullRequest,
    Tag,
    Release,
}

impl EventKind {
    /// All of them, in the order of a change's life.
    pub const ALL: [EventKind; 5] = [Local, PullRequest, Push, Tag, Release];
}

impl fmt::Display for EventKind {
    /// As the configuration writes it.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Local => "local",
            Push => "push",
            PullRequest => "pull-request",
            Tag => "tag",
            Release => "release",
        })
    }
}

impl Event {
    pub fn is_pull_request(&self) -> bool {
        self.kind == PullRequest
    }

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

/// A CI system, by a variable that it always sets, and how it tells what is no plain push. The
/// first row that holds counts.
struct System {
    here: &'static str,
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

use EventKind::{Local, PullRequest, Push, Release, Tag};
use When::{Begins, Is, Set};

const SYSTEMS: &[System] = &[
    // GitHub, Gitea, Forgejo. A merge queue names its target in the name of its own branch.
    System {
        here: "GITHUB_EVENT_NAME",
        events: &[
            ("GITHUB_EVENT_NAME", Begins("pull_request"), PullRequest, Some("GITHUB_BASE_REF")),
            ("GITHUB_EVENT_NAME", Is("merge_group"), PullRequest, Some("GITHUB_REF")),
            ("GITHUB_EVENT_NAME", Is("release"), Release, None),
            ("GITHUB_REF_TYPE", Is("tag"), Tag, None),
        ],
    },
    System {
        here: "GITLAB_CI",
        events: &[
            ("CI_MERGE_REQUEST_IID", Set, PullRequest, Some("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")),
            ("CI_COMMIT_TAG", Set, Tag, None),
        ],
    },
    // Woodpecker.
    System {
        here: "CI_PIPELINE_EVENT",
        events: &[
            (
                "CI_PIPELINE_EVENT",
                Begins("pull_request"),
                PullRequest,
                Some("CI_COMMIT_TARGET_BRANCH"),
            ),
            ("CI_PIPELINE_EVENT", Is("release"), Release, None),
            ("CI_PIPELINE_EVENT", Is("tag"), Tag, None),
        ],
    },
    System {
        here: "BITBUCKET_BUILD_NUMBER",
        events: &[
            ("BITBUCKET_PR_ID", Set, PullRequest, Some("BITBUCKET_PR_DESTINATION_BRANCH")),
            ("BITBUCKET_TAG", Set, Tag, None),
        ],
    },
    // Azure Pipelines.
    System {
        here: "TF_BUILD",
        events: &[
            (
                "BUILD_REASON",
                Is("PullRequest"),
                PullRequest,
                Some("SYSTEM_PULLREQUEST_TARGETBRANCH"),
            ),
            ("BUILD_SOURCEBRANCH", Begins("refs/tags/"), Tag, None),
        ],
    },
    System {
        here: "JENKINS_URL",
        events: &[
            ("CHANGE_ID", Set, PullRequest, Some("CHANGE_TARGET")),
            ("TAG_NAME", Set, Tag, None),
        ],
    },
    // It does not say what the target is.
    System {
        here: "CIRCLECI",
        events: &[("CIRCLE_PULL_REQUEST", Set, PullRequest, None), ("CIRCLE_TAG", Set, Tag, None)],
    },
    System {
        here: "TRAVIS",
        events: &[
            ("TRAVIS_PULL_REQUEST", Set, PullRequest, Some("TRAVIS_BRANCH")),
            ("TRAVIS_TAG", Set, Tag, None),
        ],
    },
    System {
        here: "DRONE_BUILD_EVENT",
        events: &[
            ("DRONE_BUILD_EVENT", Is("pull_request"), PullRequest, Some("DRONE_TARGET_BRANCH")),
            ("DRONE_BUILD_EVENT", Is("tag"), Tag, None),
        ],
    },
    System {
        here: "BUILDKITE",
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
        here: "APPVEYOR",
        events: &[
            ("APPVEYOR_PULL_REQUEST_NUMBER", Set, PullRequest, Some("APPVEYOR_REPO_BRANCH")),
            ("APPVEYOR_REPO_TAG_NAME", Set, Tag, None),
        ],
    },
    System {
        here: "CIRRUS_CI",
        events: &[
            ("CIRRUS_PR", Set, PullRequest, Some("CIRRUS_BASE_BRANCH")),
            ("CIRRUS_TAG", Set, Tag, None),
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

/// What the variables of the CI system say. An empty variable says nothing.
pub fn event(variable: &dyn Fn(&str) -> Option<String>) -> Event {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    let Some(system) = SYSTEMS.iter().find(|system| variable(system.here).is_some()) else {
        return Event { kind: Local, target: None };
    };
    let holds = |(name, when, ..): &&Row| variable(name).is_some_and(|value| when.holds(&value));
    match system.events.iter().find(holds) {
        Some((_, _, kind, target)) => Event {
            kind: *kind,
            target: target.and_then(variable).and_then(|reference| branch(&reference)),
        },
        None => Event { kind: Push, target: None },
    }
}

/// The name of a branch of which a variable holds the whole reference, or that of a merge queue:
/// `refs/heads/gh-readonly-queue/main/pr-12-1a2b3c4`.
fn branch(reference: &str) -> Option<String> {
    let name = reference.strip_prefix("refs/heads/").unwrap_or(reference);
    let name = match name.strip_prefix("gh-readonly-queue/") {
        Some(queued) => queued.rsplit_once("/pr-")?.0,
        None => name,
    };
    (!name.is_empty() && !name.starts_with("refs/")).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> (EventKind, Option<String>) {
        let event = event(&|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        (event.kind, event.target)
    }

    #[test]
    fn a_pull_request_is_told_with_its_target() {
        let main = |variables: &[(&str, &str)]| {
            assert_eq!(of(variables), (PullRequest, Some("main".to_owned())), "{variables:?}");
        };
        main(&[("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_BASE_REF", "main")]);
        main(&[("GITHUB_EVENT_NAME", "pull_request_target"), ("GITHUB_BASE_REF", "main")]);
        let queue = "refs/heads/gh-readonly-queue/main/pr-12-1a2b3c4d";
        main(&[("GITHUB_EVENT_NAME", "merge_group"), ("GITHUB_REF", queue)]);
        let target = ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main");
        main(&[("GITLAB_CI", "true"), ("CI_MERGE_REQUEST_IID", "7"), target]);
        main(&[("CI_PIPELINE_EVENT", "pull_request"), ("CI_COMMIT_TARGET_BRANCH", "main")]);
        let target = ("BITBUCKET_PR_DESTINATION_BRANCH", "main");
        main(&[("BITBUCKET_BUILD_NUMBER", "3"), ("BITBUCKET_PR_ID", "7"), target]);
        let target = ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main");
        main(&[("TF_BUILD", "True"), ("BUILD_REASON", "PullRequest"), target]);
        main(&[("JENKINS_URL", "https://ci"), ("CHANGE_ID", "7"), ("CHANGE_TARGET", "main")]);
        main(&[("TRAVIS", "true"), ("TRAVIS_PULL_REQUEST", "7"), ("TRAVIS_BRANCH", "main")]);
        main(&[("DRONE_BUILD_EVENT", "pull_request"), ("DRONE_TARGET_BRANCH", "main")]);
        let target = ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main");
        main(&[("BUILDKITE", "true"), ("BUILDKITE_PULL_REQUEST", "7"), target]);
        let target = ("APPVEYOR_REPO_BRANCH", "main");
        main(&[("APPVEYOR", "true"), ("APPVEYOR_PULL_REQUEST_NUMBER", "7"), target]);
        main(&[("CIRRUS_CI", "true"), ("CIRRUS_PR", "7"), ("CIRRUS_BASE_BRANCH", "main")]);
    }

    #[test]
    fn a_pull_request_whose_target_is_not_named_is_one_all_the_same() {
        for variables in [
            [("CIRCLECI", "true"), ("CIRCLE_PULL_REQUEST", "https://host/pull/7")],
            [("GITHUB_EVENT_NAME", "pull_request_review"), ("GITHUB_BASE_REF", "")],
            [("GITHUB_EVENT_NAME", "merge_group"), ("GITHUB_REF", "refs/pull/7/merge")],
        ] {
            assert_eq!(of(&variables), (PullRequest, None), "{variables:?}");
        }
    }

    #[test]
    fn a_target_may_have_slashes() {
        let queue = "refs/heads/gh-readonly-queue/release/1.x/pr-12-1a2b3c4d";
        let variables = [("GITHUB_EVENT_NAME", "merge_group"), ("GITHUB_REF", queue)];
        assert_eq!(of(&variables).1.unwrap(), "release/1.x");
    }

    #[test]
    fn tags_releases_pushes_and_the_desk() {
        for (kind, variables) in [
            (Tag, &[("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF_TYPE", "tag")][..]),
            (Release, &[("GITHUB_EVENT_NAME", "release"), ("GITHUB_REF_TYPE", "tag")]),
            (Push, &[("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF_TYPE", "branch")]),
            (Push, &[("GITHUB_EVENT_NAME", "schedule")]),
            (Tag, &[("GITLAB_CI", "true"), ("CI_COMMIT_TAG", "v1")]),
            (Push, &[("GITLAB_CI", "true"), ("CI_COMMIT_TAG", "")]),
            (Tag, &[("BITBUCKET_BUILD_NUMBER", "3"), ("BITBUCKET_TAG", "v1")]),
            (Tag, &[("TF_BUILD", "True"), ("BUILD_SOURCEBRANCH", "refs/tags/v1")]),
            (Push, &[("TF_BUILD", "True"), ("BUILD_SOURCEBRANCH", "refs/heads/main")]),
            (Tag, &[("JENKINS_URL", "https://ci"), ("TAG_NAME", "v1")]),
            (Tag, &[("CIRCLECI", "true"), ("CIRCLE_TAG", "v1")]),
            (Push, &[("TRAVIS", "true"), ("TRAVIS_PULL_REQUEST", "false")]),
            (Push, &[("BUILDKITE", "true"), ("BUILDKITE_PULL_REQUEST", "false")]),
            (Tag, &[("DRONE_BUILD_EVENT", "tag")]),
            (Local, &[("TAG_NAME", "v1"), ("CHANGE_ID", "7")]),
        ] {
            assert_eq!(of(variables), (kind, None), "{variables:?}");
        }
    }
}

//! What each CI system sets, and what that means.

use super::super::event::EventKind::Local;
use super::*;

fn whole(variables: &[(&str, &str)]) -> Event {
    super::of(&|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

fn of(variables: &[(&str, &str)]) -> (EventKind, Option<String>) {
    let Event { kind, target, .. } = whole(variables);
    (kind, target)
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
    main(&[("JENKINS_HOME", "/j"), ("ghprbPullId", "7"), ("ghprbTargetBranch", "main")]);
    main(&[("JENKINS_URL", "u"), ("gitlabMergeRequestIid", "7"), ("gitlabTargetBranch", "main")]);
    let target = ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME", "main");
    main(&[("GITLAB_CI", "true"), ("CI_EXTERNAL_PULL_REQUEST_IID", "7"), target]);
    let target = ("SYSTEM_PULLREQUEST_TARGETBRANCH", "main");
    let manual = [("TF_BUILD", "True"), ("BUILD_REASON", "Manual"), target];
    main(&[&manual[..], &[("SYSTEM_PULLREQUEST_PULLREQUESTID", "7")]].concat());
    main(&[&manual[..], &[("BUILD_SOURCEBRANCH", "refs/pull/7/merge")]].concat());
    main(&[("TRAVIS", "true"), ("TRAVIS_PULL_REQUEST", "7"), ("TRAVIS_BRANCH", "main")]);
    main(&[("DRONE_BUILD_EVENT", "pull_request"), ("DRONE_TARGET_BRANCH", "main")]);
    let target = ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main");
    main(&[("BUILDKITE", "true"), ("BUILDKITE_PULL_REQUEST", "7"), target]);
    let target = ("APPVEYOR_REPO_BRANCH", "main");
    main(&[("APPVEYOR", "true"), ("APPVEYOR_PULL_REQUEST_NUMBER", "7"), target]);
    main(&[("CIRRUS_CI", "true"), ("CIRRUS_PR", "7"), ("CIRRUS_BASE_BRANCH", "main")]);
    let target = ("CODEBUILD_WEBHOOK_BASE_REF", "refs/heads/main");
    let trigger = ("CODEBUILD_WEBHOOK_TRIGGER", "pr/7");
    main(&[("CODEBUILD_BUILD_ID", "a:b"), trigger, target]);
    let pull_request = ("SEMAPHORE_GIT_REF_TYPE", "pull-request");
    main(&[("SEMAPHORE", "true"), pull_request, ("SEMAPHORE_GIT_BRANCH", "main")]);
    let target = ("BITRISEIO_GIT_BRANCH_DEST", "main");
    main(&[("BITRISE_BUILD_NUMBER", "3"), ("BITRISE_PULL_REQUEST", "7"), target]);
    main(&[("PROW_JOB_ID", "a"), ("PULL_NUMBER", "7"), ("PULL_BASE_REF", "main")]);
}

#[test]
fn a_pull_request_whose_target_is_not_named_is_one_all_the_same() {
    for variables in [
        [("CIRCLECI", "true"), ("CIRCLE_PULL_REQUEST", "https://host/pull/7")],
        [("CIRCLECI", "true"), ("CIRCLE_PR_NUMBER", "7")],
        [("CIRCLECI", "true"), ("CIRCLE_BRANCH", "pull/7")],
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

#[test]
fn a_push_is_recorded_for_the_whole_name_of_its_branch() {
    for (branch, variables) in [
        ("feature/main", &[("TF_BUILD", "1"), ("BUILD_SOURCEBRANCHNAME", "main")][..]),
        ("origin/main", &[("GITLAB_CI", "1"), ("CI_COMMIT_BRANCH", "origin/main")]),
        ("main", &[("JENKINS_URL", "u"), ("GIT_BRANCH", "origin/main")]),
        ("origin/main", &[("JENKINS_URL", "u"), ("GIT_BRANCH", "origin/origin/main")]),
        ("origin/main", &[("JENKINS_URL", "u"), ("BRANCH_NAME", "origin/main")]),
        ("origin/main", &[("BITBUCKET_BUILD_NUMBER", "3"), ("BITBUCKET_BRANCH", "origin/main")]),
        (
            "refs/heads/main",
            &[("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF", "refs/heads/refs/heads/main")],
        ),
    ] {
        let mut variables = variables.to_vec();
        variables.push(("BUILD_SOURCEBRANCH", "refs/heads/feature/main"));
        assert_eq!(whole(&variables).branch.as_deref(), Some(branch), "{variables:?}");
    }
}

#[test]
fn a_tag_is_no_branch_whatever_its_name() {
    for variables in [
        &[("TF_BUILD", "1"), ("BUILD_SOURCEBRANCH", "refs/tags/main")][..],
        &[("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF", "refs/tags/main")],
        &[("GITHUB_EVENT_NAME", "release"), ("GITHUB_REF", "refs/tags/main")],
        &[("TRAVIS", "true"), ("TRAVIS_TAG", "main"), ("TRAVIS_BRANCH", "main")],
        &[("JENKINS_URL", "u"), ("TAG_NAME", "main"), ("BRANCH_NAME", "main")],
        &[("JENKINS_URL", "u"), ("GIT_BRANCH", "refs/tags/main")],
        &[("BUILDKITE", "1"), ("BUILDKITE_TAG", "main"), ("BUILDKITE_BRANCH", "main")],
        &[("DRONE_BUILD_EVENT", "promote"), ("DRONE_TAG", "main"), ("DRONE_BRANCH", "main")],
        &[("CODEBUILD_BUILD_ID", "a"), ("CODEBUILD_WEBHOOK_HEAD_REF", "refs/tags/main")],
    ] {
        assert_eq!(whole(variables).branch, None, "{variables:?}");
    }
}

#[test]
fn a_pull_request_is_recorded_for_itself_and_never_for_its_branch() {
    let queue = "refs/heads/gh-readonly-queue/main/pr-7-1a2b3c4d";
    for variables in [
        &[("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_REF", "refs/pull/7/merge")][..],
        &[("GITHUB_EVENT_NAME", "merge_group"), ("GITHUB_REF", queue)],
        &[("GITLAB_CI", "1"), ("CI_MERGE_REQUEST_IID", "7"), ("CI_COMMIT_BRANCH", "main")],
        &[("BITBUCKET_BUILD_NUMBER", "3"), ("BITBUCKET_PR_ID", "7"), ("BITBUCKET_BRANCH", "main")],
        &[("TF_BUILD", "1"), ("BUILD_SOURCEBRANCH", "refs/pull/7/merge")],
        &[
            ("CIRCLECI", "1"),
            ("CIRCLE_PULL_REQUEST", "https://host/pull/7"),
            ("CIRCLE_BRANCH", "main"),
        ],
        &[("CODEBUILD_BUILD_ID", "a"), ("CODEBUILD_WEBHOOK_TRIGGER", "pr/7")],
    ] {
        assert_eq!(whole(variables).branch.as_deref(), Some("pull-request:7"), "{variables:?}");
    }
    let target = [
        ("GITHUB_EVENT_NAME", "pull_request_target"),
        ("GITHUB_REF", "refs/heads/main"),
        ("GITHUB_HEAD_REF", "main"),
    ];
    assert_eq!(whole(&target).branch.as_deref(), Some("pull-request:main"));
    let bare = [("TF_BUILD", "1"), ("BUILD_REASON", "PullRequest")];
    assert_eq!(whole(&bare).branch.as_deref(), Some("pull-request"));
}

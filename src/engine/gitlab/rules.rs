//! The checks. Each looks at a whole file and says what is at fault.

use super::document::{Document, Job, value};
use crate::engine::fault::Fault;
use crate::engine::image::{Pin, pin};
use crate::engine::shell::{Command, fetch, print};
use crate::engine::workflows::is_commit;
use crate::engine::yaml::Node;
use crate::finding::{Confidence, Severity};
use std::collections::HashSet;
use std::ops::Range;

/// Says what is at fault in a file.
pub type Check = fn(&Document) -> Vec<Fault>;

/// Every check, by the name that `match.native` of its rule has.
pub const CHECKS: &[(&str, Check)] = &[
    ("gitlab-debug-trace", debug),
    ("gitlab-docker-without-tls", docker_without_tls),
    ("gitlab-image-without-version", images),
    ("gitlab-include-from-address", remote_includes),
    ("gitlab-include-not-pinned", project_includes),
    ("gitlab-script-from-network", fetched),
    ("gitlab-secret-printed", printed),
    ("gitlab-security-job-may-fail", lenient),
    ("gitlab-trace-of-secrets", traced),
    ("gitlab-untrusted-text-run", injected),
];

/// Variables that GitLab fills with what whoever pushes or opens a merge request has written.
const HOSTILE: &[&str] = &[
    "CI_BUILD_REF_NAME",
    "CI_BUILD_TAG",
    "CI_COMMIT_AUTHOR",
    "CI_COMMIT_BRANCH",
    "CI_COMMIT_DESCRIPTION",
    "CI_COMMIT_MESSAGE",
    "CI_COMMIT_REF_NAME",
    "CI_COMMIT_TAG",
    "CI_COMMIT_TAG_MESSAGE",
    "CI_COMMIT_TITLE",
    "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME",
    "CI_MERGE_REQUEST_DESCRIPTION",
    "CI_MERGE_REQUEST_LABELS",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_MERGE_REQUEST_TITLE",
    "CI_OPEN_MERGE_REQUESTS",
    "GITLAB_USER_NAME",
    "TRIGGER_PAYLOAD",
];
/// Variables of GitLab's that hold a credential.
const SECRETS: &[&str] = &[
    "CI_BUILD_TOKEN",
    "CI_DEPENDENCY_PROXY_PASSWORD",
    "CI_DEPLOY_PASSWORD",
    "CI_JOB_JWT",
    "CI_JOB_JWT_V2",
    "CI_JOB_TOKEN",
    "CI_REGISTRY_PASSWORD",
    "CI_REPOSITORY_URL",
];
/// Names of others that say that they do.
const SECRET_ENDINGS: &[&str] =
    &["_TOKEN", "_PASSWORD", "_SECRET", "_API_KEY", "_PRIVATE_KEY", "_ACCESS_KEY"];
/// Jobs that look for flaws, by parts of their names.
const SECURITY_JOBS: &[&str] = &[
    "bandit",
    "container_scanning",
    "dependency_scanning",
    "gitleaks",
    "sast",
    "secret_detection",
    "secret-detection",
    "semgrep",
    "trivy",
];
/// Names that branches have.
const BRANCHES: &[&str] = &["dev", "develop", "head", "main", "master", "trunk", "~latest"];
/// What runs a script that is one of its arguments, with the flag before it.
const RUNNERS: &[(&str, &str)] = &[
    ("ash", "-c"),
    ("bash", "-c"),
    ("dash", "-c"),
    ("node", "-e"),
    ("perl", "-e"),
    ("python", "-c"),
    ("python3", "-c"),
    ("ruby", "-e"),
    ("sh", "-c"),
    ("zsh", "-c"),
];

/// Each command of the file, with its job.
fn each<'d>(document: &'d Document<'d>) -> impl Iterator<Item = (&'d Job<'d>, &'d Command)> {
    document.jobs.iter().flat_map(|job| job.scripts.iter().flatten().map(move |it| (job, it)))
}

/// LG-GL-001.
fn images(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut known = HashSet::new();
    for job in &document.jobs {
        let services = job.node.get("services").map_or(&[][..], Node::items);
        for node in job.node.get("image").into_iter().chain(services) {
            let node = node.get("name").unwrap_or(node);
            let Some(image) = node.string().filter(|_| node.tag.is_none()) else { continue };
            if pin(image) == Pin::None && known.insert(node.range.start) {
                let message = format!("The image `{image}` is whatever is newest");
                faults.push(Fault::at(node.range.clone(), job.name).saying(message));
            }
        }
    }
    faults
}

/// The entries of `include`: one, or a list of them.
fn includes<'d>(document: &'d Document<'d>) -> impl Iterator<Item = &'d Node> {
    let include = document.root.get("include");
    include.into_iter().flat_map(|it| match it.items() {
        [] => std::slice::from_ref(it),
        items => items,
    })
}

/// LG-GL-010: what is at an address today.
fn remote_includes(document: &Document) -> Vec<Fault> {
    let remote = |node: &Node| {
        let address = node.get("remote").unwrap_or(node);
        let text = address.text()?;
        if node.get("integrity").is_some() || !text.contains("://") {
            return None;
        }
        let fault = Fault::at(address.range.clone(), "include");
        let by_commit = text.split(['/', '=']).any(is_commit);
        match (text.starts_with("http://"), by_commit) {
            (true, _) => Some(
                fault.severe(Severity::High).saying("The included pipeline is fetched without TLS"),
            ),
            (false, true) => None,
            (false, false) => Some(fault),
        }
    };
    includes(document).filter_map(remote).collect()
}

/// LG-GL-011: another project's branch, or a component's newest version.
fn project_includes(document: &Document) -> Vec<Fault> {
    let open = |node: &Node| {
        if let Some(component) = node.get("component") {
            let text = component.text()?;
            let version = text.rsplit_once('@').map_or("", |(_, version)| version);
            let message = format!("The component is taken from `{version}`, which moves");
            return BRANCHES
                .contains(&version)
                .then(|| Fault::at(component.range.clone(), "include").saying(message));
        }
        let project = node.get("project")?;
        let text = project.text()?;
        let (range, message) = match node.get("ref") {
            None => {
                (project.range.clone(), format!("`{text}` is included from its default branch"))
            }
            Some(version) => {
                let name = version.text()?;
                let moves = BRANCHES.iter().any(|it| name.eq_ignore_ascii_case(it));
                let message = format!("`{text}` is included from `{name}`, which moves");
                moves.then_some((version.range.clone(), message))?
            }
        };
        Some(Fault::at(range, "include").saying(message))
    };
    includes(document).filter_map(open).collect()
}

/// LG-GL-020: a text of others that is run: by `eval`, or as part of what a shell or an interpreter
/// is given, where it was put in before.
fn injected(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (job, command) in each(document) {
        let words = &command.words;
        let inside: &[_] = match command.name() {
            "eval" => &words[1..],
            name => {
                let flag = RUNNERS.iter().find(|(own, _)| *own == name).map(|(_, flag)| *flag);
                let at = words.iter().position(|word| {
                    flag.is_some_and(|flag| {
                        word.text.starts_with('-') && word.text.ends_with(&flag[1..])
                    })
                });
                at.and_then(|at| words.get(at + 1)).map_or(&[], std::slice::from_ref)
            }
        };
        for word in inside {
            // In single quotes, what runs the script reads the variable itself, as one value.
            let is_literal = command_text(document, word.range.clone()).starts_with('\'')
                && command.name() != "eval";
            let Some(name) = names(&word.text).find(|name| HOSTILE.contains(name)) else {
                continue;
            };
            if is_literal {
                continue;
            }
            let message =
                format!("`{name}` is what somebody else wrote, and is run as part of a script");
            faults.push(Fault::at(word.range.clone(), job.name).saying(message));
            break;
        }
    }
    faults
}

/// The names of the variables in a word.
fn names(word: &str) -> impl Iterator<Item = &str> {
    word.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    })
}

fn command_text<'d>(document: &'d Document, range: Range<usize>) -> &'d str {
    document.source.get(range).unwrap_or_default()
}

fn is_secret(name: &str) -> bool {
    SECRETS.contains(&name) || SECRET_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// LG-GL-030.
fn printed(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for job in &document.jobs {
        for script in &job.scripts {
            for (_, word) in print::printed(script) {
                let is_quoted = command_text(document, word.range.clone()).starts_with('\'');
                let Some(name) = names(&word.text).find(|name| is_secret(name)) else { continue };
                // `${NAME:+set}` and `${#NAME}` say whether, not what.
                if !is_quoted && !word.text.contains(":+") {
                    let message = format!("`{name}` is printed to the log");
                    faults.push(Fault::at(word.range.clone(), job.name).saying(message));
                }
            }
            for command in print::dumps(script) {
                let message =
                    "All variables are printed to the log, the token of the job among them";
                let fault = Fault::at(command.range(), job.name).saying(message);
                faults.push(fault.severe(Severity::Low));
            }
        }
    }
    faults
}

/// LG-GL-031: each command is shown as it is run, in a job that names a secret.
fn traced(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for job in &document.jobs {
        let all = || job.scripts.iter().flatten();
        let names = all().flat_map(|it| &it.words).flat_map(|word| names(&word.text));
        let Some(name) = names.into_iter().find(|name| is_secret(name)) else { continue };
        for command in job.scripts.iter().flat_map(|script| print::traces(script)) {
            let message = format!("The shell prints each command it runs, and so `{name}`");
            faults.push(Fault::at(command.range(), job.name).saying(message));
        }
    }
    faults
}

/// LG-GL-032.
fn debug(document: &Document) -> Vec<Fault> {
    set(document, |name, value| {
        matches!(name, "CI_DEBUG_TRACE" | "CI_DEBUG_SERVICES") && matches!(value, "true" | "1")
    })
}

/// LG-GL-040: Docker's daemon takes commands from whoever reaches it.
fn docker_without_tls(document: &Document) -> Vec<Fault> {
    set(document, |name, value| {
        name == "DOCKER_TLS_CERTDIR" && value.trim().is_empty()
            || name == "DOCKER_HOST" && value.starts_with("tcp://") && value.ends_with(":2375")
    })
}

/// Where variables are set so, each place once.
fn set(document: &Document, is_it: impl Fn(&str, &str) -> bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut known = HashSet::new();
    for job in &document.jobs {
        for entry in job.variables() {
            let said = value(&entry.value).is_some_and(|value| is_it(&entry.key, value));
            if said && known.insert(entry.range.start) {
                faults.push(Fault::at(entry.range.clone(), job.name));
            }
        }
    }
    faults
}

/// LG-GL-050.
fn fetched(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for job in &document.jobs {
        for script in &job.scripts {
            for fetched in fetch::fetched(script) {
                let fault = Fault::at(fetched.range, job.name);
                faults.push(match fetched.is_plain {
                    true => fault
                        .severe(Severity::High)
                        .saying("A script is fetched without TLS and run"),
                    false => fault,
                });
            }
        }
    }
    faults
}

/// LG-GL-060.
fn lenient(document: &Document) -> Vec<Fault> {
    let may_fail = |job: &&Job| {
        let name = job.name.to_ascii_lowercase();
        SECURITY_JOBS.iter().any(|part| name.contains(part))
    };
    let fault = |job: &Job| {
        let entry = job.node.entries().iter().find(|entry| &*entry.key == "allow_failure")?;
        let is_on = entry.value.text().is_some_and(|text| &**text == "true");
        is_on.then(|| Fault::at(entry.range.clone(), job.name).sure(Confidence::Medium))
    };
    document.jobs.iter().filter(may_fail).filter_map(fault).collect()
}

//! What runs hand on: artifacts and caches.

use super::checkout::checks_out;
use crate::engine::HitFix;
use crate::engine::fault::Fault;
use crate::engine::workflows::document::{Document, Job, Step, is_false, is_true};
use crate::engine::workflows::reach::privileged;
use crate::engine::yaml::Node;

/// The version of the checkout from which on it keeps credentials outside the workspace.
const CHECKOUT_KEEPS_ASIDE: u32 = 6;
/// Actions that set a cache up without being asked, or have nothing else to do.
const CACHES: &[&str] = &[
    "actions/cache",
    "actions/cache/restore",
    "mozilla-actions/sccache-action",
    "swatinem/rust-cache",
];
/// Actions that cache where an input says so.
const SETUPS: &[&str] = &[
    "actions/setup-dotnet",
    "actions/setup-java",
    "actions/setup-node",
    "actions/setup-python",
    "ruby/setup-ruby",
];
/// Actions that publish what was built.
const PUBLISHERS: &[&str] = &[
    "actions/create-release",
    "docker/build-push-action",
    "goreleaser/goreleaser-action",
    "gradle/plugin-publish",
    "js-devtools/npm-publish",
    "ncipollo/release-action",
    "pypa/gh-action-pypi-publish",
    "rubygems/release-gem",
    "softprops/action-gh-release",
];
/// Commands that do.
const PUBLISHES: &[&str] = &[
    "cargo publish",
    "docker push",
    "gem push",
    "gh release create",
    "gh release upload",
    "npm publish",
    "pnpm publish",
    "poetry publish",
    "twine upload",
    "uv publish",
    "yarn publish",
];

/// LG-GHA-053: the token in `.git/config` goes out with the artifact, or lies beside the code of a
/// stranger.
pub fn credentials(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (job, step) in document.steps() {
        let keeps = step.is_action(&["actions/checkout"])
            && !step.with("persist-credentials").is_some_and(is_false)
            && !is_aside(step);
        if !keeps {
            continue;
        }
        let uploads = job.after(step).iter().any(|it| uploads_workspace(it, step));
        let is_strange =
            checks_out(document, step).is_some() && privileged(document, job, Some(step)).is_some();
        let message = match (uploads, is_strange) {
            (true, _) => "The checkout leaves the token of the run in a folder that is uploaded",
            (false, true) => {
                "The checkout leaves the token of the run beside code of a pull request"
            }
            (false, false) => continue,
        };
        let uses = step.uses.as_ref().map_or(step.node.range.clone(), |uses| uses.range.clone());
        let fault = Fault::at(uses, job.id).saying(message);
        faults.push(fault.with(without_credentials(document, job, step)));
    }
    faults
}

/// Whether a checkout keeps the token where no upload takes it.
fn is_aside(step: &Step) -> bool {
    let major = step.uses.as_ref().and_then(|uses| uses.major());
    major.is_some_and(|major| major >= CHECKOUT_KEEPS_ASIDE)
}

/// Whether a step uploads the folder of the checkout with the hidden files in it.
fn uploads_workspace(step: &Step, checkout: &Step) -> bool {
    if !step.is_action(&["actions/upload-artifact"]) {
        return false;
    }
    // From 4.4 on, hidden files stay where they are unless they are asked for.
    let version = step.uses.as_ref().and_then(|uses| uses.version()).unwrap_or_default();
    let takes_hidden = match step.with("include-hidden-files") {
        Some(node) => is_true(node),
        None => ["v1", "v2", "v3", "v4.0", "v4.1", "v4.2", "v4.3"].iter().any(|old| {
            version.strip_prefix(old).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }),
    };
    let folder = checkout.with_text("path").unwrap_or(".").trim_start_matches("./");
    let folder = folder.trim_end_matches('/');
    takes_hidden
        && step.with_text("path").unwrap_or_default().lines().any(|path| {
            let path = path.trim().trim_end_matches("/**").trim_end_matches("/*");
            let path = path.trim_start_matches("./").trim_end_matches('/');
            let is_root = matches!(path, "" | "." | "*" | "**")
                || path.replace(' ', "") == "${{github.workspace}}";
            is_root || path == folder
        })
}

/// `persist-credentials: false` as a line of its own. What pushes later needs the token, so it is
/// safe only where no script of the job speaks to git.
fn without_credentials(document: &Document, job: &Job, step: &Step) -> Option<HitFix> {
    let source = document.source;
    let column = |at: usize| at - source[..at].rfind('\n').map_or(0, |end| end + 1);
    let is_block = |node: &Node| !source[node.range.clone()].starts_with('{');
    let (at, text) = match step.with("persist-credentials") {
        Some(node) => (node.range.clone(), "false".to_owned()),
        None => match step.node.get("with") {
            Some(with) => {
                let first = with.entries().first().filter(|_| is_block(with))?;
                let at = first.range.start;
                let indent = " ".repeat(column(at));
                (at..at, format!("persist-credentials: false\n{indent}"))
            }
            None if is_block(step.node) => {
                let first = step.node.entries().first()?.range.start;
                let uses = step.node.get("uses")?;
                let line = source[uses.range.end..]
                    .find('\n')
                    .map_or(source.len(), |it| uses.range.end + it);
                let indent = " ".repeat(column(first));
                let text = format!("\n{indent}with:\n{indent}  persist-credentials: false");
                (line..line, text)
            }
            None => return None,
        },
    };
    let speaks = |step: &Step| {
        let by_script = step.run.as_ref().is_some_and(|run| run.as_str().contains("git "));
        by_script || step.uses.as_ref().is_some_and(|uses| uses.owner() != "actions")
    };
    let safe = !job.after(step).iter().any(speaks);
    let description = "set `persist-credentials: false`".into();
    Some(HitFix { description, safe, edits: vec![(at, text.into())] })
}

/// LG-GHA-054: what is released is built with what other runs have left in a cache.
pub fn caches(document: &Document) -> Vec<Fault> {
    if !is_release(document) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for job in document.jobs.iter().filter(|job| job.steps.iter().any(publishes)) {
        for step in job.steps.iter().filter(|step| restores(step)) {
            let Some(uses) = &step.uses else { continue };
            faults.push(Fault::at(uses.range.clone(), job.id));
        }
    }
    faults
}

/// Whether only releases start it: the event, or pushes of tags.
fn is_release(document: &Document) -> bool {
    !document.triggers.is_empty()
        && document.triggers.iter().any(|it| matches!(it.name, "release" | "push"))
        && document.triggers.iter().all(|trigger| match trigger.name {
            "release" | "workflow_dispatch" => true,
            "push" => trigger
                .details
                .is_some_and(|it| it.get("tags").is_some() && it.get("branches").is_none()),
            _ => false,
        })
}

fn publishes(step: &Step) -> bool {
    let pushes = step.with("push").is_none_or(|push| !is_false(push));
    step.is_action(PUBLISHERS) && pushes
        || step.run.as_ref().is_some_and(|run| PUBLISHES.iter().any(|it| run.as_str().contains(it)))
}

fn restores(step: &Step) -> bool {
    let is_off = |name: &str| step.with(name).is_some_and(is_false);
    let asked = ["cache", "bundler-cache"].iter().any(|name| {
        step.with(name)
            .is_some_and(|node| !is_false(node) && node.text().is_some_and(|it| !it.is_empty()))
    });
    step.is_action(CACHES) && !is_off("cache") || step.is_action(SETUPS) && asked
}

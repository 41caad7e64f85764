//! What keeps a scan from being whole, whatever it found.

use super::{Circumstances, Policy, Unparsed};
use crate::finding::{Finding, Notification, Outcome, Trouble};

/// Why the scan is incomplete; empty when it is not.
pub fn reasons(
    findings: &[Finding],
    circumstances: &Circumstances,
    policy: &Policy,
) -> Vec<String> {
    let runs = circumstances.runs;
    let idle = "nothing was looked at: every engine is off ([engines])";
    let idle = runs.is_empty().then(|| idle.to_owned());
    let unfinished = runs.iter().filter_map(|run| match &run.outcome {
        Outcome::Complete => None,
        Outcome::Incomplete(why) => Some(format!("{}: {why}", run.engine)),
    });
    let absent =
        policy.require.iter().filter(|name| runs.iter().all(|run| run.engine != name.as_str()));
    let absent = absent.map(|name| format!("{name}: is required ([gate] require) and did not run"));
    let counts = |n: &&Notification| {
        let is_other = matches!(n.trouble, Trouble::LinkNotFollowed | Trouble::Unanswered);
        policy.unparsed == Unparsed::Incomplete && !is_other
    };
    let files = runs.iter().flat_map(|run| &run.notifications).chain(circumstances.notifications);
    let files = files
        .filter(counts)
        .map(|n| format!("{} {} ([gate] unparsed = \"incomplete\")", n.path, n.message));
    idle.into_iter()
        .chain(unfinished)
        .chain(absent)
        .chain(files)
        .chain(stale(findings, circumstances, policy))
        .collect()
}

/// Advisory data that is too old, or that has no date, where packages were looked at.
fn stale(findings: &[Finding], circumstances: &Circumstances, policy: &Policy) -> Option<String> {
    let most = policy.max_advisory_age_days?;
    let key = format!("[gate] max_advisory_age_days = {most}");
    let Some(date) = circumstances.advisories else {
        let used = findings.iter().any(|finding| finding.package.is_some());
        return used.then(|| format!("advisory data: its date is not known ({key})"));
    };
    let age = circumstances.now.saturating_sub(date).max(0) / 86_400;
    let days = if age == 1 { "day" } else { "days" };
    (age > i64::from(most)).then(|| format!("advisory data: is {age} {days} old ({key})"))
}

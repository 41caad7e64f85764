//! Who can start a workflow, and what it holds when they do.

use super::document::{Document, Job, Step};
use super::expression::{Expression, Operator};
use crate::engine::yaml::Node;

/// Events that anybody can bring about, and that run with the secrets of the repository and a token
/// that may write.
pub const PRIVILEGED: &[&str] = &[
    "discussion",
    "discussion_comment",
    "fork",
    "gollum",
    "issue_comment",
    "issues",
    "pull_request_target",
    "watch",
    "workflow_run",
];

/// Events that run with the code of a pull request from elsewhere, without secrets.
pub const OF_PULL_REQUESTS: &[&str] =
    &["pull_request", "pull_request_review", "pull_request_review_comment"];

/// Parts of contexts that tell who has started a run, or from where.
const IDENTITIES: &[&str] = &[
    "author_association",
    "event_name",
    "github.actor",
    "github.event.action",
    "github.event.label",
    "github.event.pull_request.base.ref",
    "github.event.pull_request.merged",
    "github.event.workflow_run.event",
    "github.ref",
    "github.triggering_actor",
    "head.repo",
    "head_repository",
    "labels",
    "needs.",
    "repository_owner",
    "sender.login",
    "sender.type",
    "steps.",
    "user.login",
    "user.type",
];

/// Whether a condition asks who has started the run, so that not everybody can.
pub fn is_guard(condition: &Expression) -> bool {
    condition.contexts().iter().any(|it| IDENTITIES.iter().any(|part| it.contains(part)))
}

/// Whether a job, a step of it or a job that it waits for asks who has started the run, or waits
/// for the approval of an environment.
pub fn is_guarded(document: &Document, job: &Job, step: Option<&Step>) -> bool {
    let asks = |condition: &Option<Expression>| condition.as_ref().is_some_and(is_guard);
    let needs = job.node.get("needs");
    let needed = needs.into_iter().flat_map(|it| it.items().iter().chain([it]));
    let needed = needed.filter_map(Node::text).filter_map(|id| document.job(id));
    asks(&job.condition)
        || step.is_some_and(|step| asks(&step.condition))
        || job.node.get("environment").is_some()
        || needed.take(16).any(|job| asks(&job.condition))
}

/// Whether a job can run for an event at all, as far as its conditions name events.
pub fn runs_for(job: &Job, step: Option<&Step>, event: &str) -> bool {
    let conditions = [job.condition.as_ref(), step.and_then(|step| step.condition.as_ref())];
    conditions.into_iter().flatten().all(|condition| may_be(condition, event))
}

/// Whether a condition may be true for an event.
fn may_be(condition: &Expression, event: &str) -> bool {
    match condition {
        Expression::Binary(Operator::And, left, right) => {
            may_be(left, event) && may_be(right, event)
        }
        Expression::Binary(Operator::Or, left, right) => {
            may_be(left, event) || may_be(right, event)
        }
        Expression::Binary(operator @ (Operator::Equal | Operator::Unequal), left, right) => {
            let is_name = |it: &Expression| {
                it.as_context().is_some_and(|path| path.join(".") == "github.event_name")
            };
            let named = match (&**left, &**right) {
                (name, Expression::Text(event)) | (Expression::Text(event), name)
                    if is_name(name) =>
                {
                    event
                }
                _ => return true,
            };
            named.eq_ignore_ascii_case(event) == (*operator == Operator::Equal)
        }
        _ => true,
    }
}

/// The event that anybody can bring about and that runs a job with what the repository holds.
pub fn privileged<'a>(document: &Document<'a>, job: &Job, step: Option<&Step>) -> Option<&'a str> {
    let events = document.triggers.iter().map(|trigger| trigger.name);
    events.filter(|it| PRIVILEGED.contains(it)).find(|event| runs_for(job, step, event))
}

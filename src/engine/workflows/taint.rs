//! Who decides what an expression says.

use super::document::{Document, Job, Step};
use super::expression::{Expression, Operator};
use super::template::expressions;
use crate::engine::yaml::Node;

/// How far variables and outputs are followed.
const MOST_HOPS: usize = 6;

/// What anybody may write who opens an issue or a pull request, or comments: what GitHub names
/// in its hardening guide as untrusted input, and what events hold beside it. `*` is one step.
const HOSTILE: &[&str] = &[
    "github.event.answer.body",
    "github.event.changes.body.from",
    "github.event.changes.head.ref.from",
    "github.event.changes.new_discussion.body",
    "github.event.changes.new_discussion.title",
    "github.event.changes.new_issue.body",
    "github.event.changes.new_issue.title",
    "github.event.changes.old_issue.body",
    "github.event.changes.old_issue.title",
    "github.event.changes.title.from",
    "github.event.check_run.check_suite.head_branch",
    "github.event.check_run.check_suite.pull_requests.*.head.ref",
    "github.event.check_run.pull_requests.*.head.ref",
    "github.event.check_suite.head_branch",
    "github.event.check_suite.head_commit.author.email",
    "github.event.check_suite.head_commit.author.name",
    "github.event.check_suite.head_commit.message",
    "github.event.check_suite.pull_requests.*.head.ref",
    "github.event.comment.body",
    "github.event.commit.commit.author.email",
    "github.event.commit.commit.author.name",
    "github.event.commit.commit.committer.email",
    "github.event.commit.commit.committer.name",
    "github.event.commit.commit.message",
    "github.event.commits.*.author.email",
    "github.event.commits.*.author.name",
    "github.event.commits.*.committer.email",
    "github.event.commits.*.committer.name",
    "github.event.commits.*.message",
    "github.event.discussion.body",
    "github.event.discussion.title",
    "github.event.head_commit.author.email",
    "github.event.head_commit.author.name",
    "github.event.head_commit.committer.email",
    "github.event.head_commit.committer.name",
    "github.event.head_commit.message",
    "github.event.issue.body",
    "github.event.issue.pinned_comment.body",
    "github.event.issue.title",
    "github.event.merge_group.head_commit.author.email",
    "github.event.merge_group.head_commit.author.name",
    "github.event.merge_group.head_commit.message",
    "github.event.pages.*.page_name",
    "github.event.pages.*.summary",
    "github.event.pages.*.title",
    "github.event.pull_request.body",
    "github.event.pull_request.head.label",
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.repo.default_branch",
    "github.event.pull_request.head.repo.description",
    "github.event.pull_request.head.repo.homepage",
    "github.event.pull_request.title",
    "github.event.review.body",
    "github.event.review_comment.body",
    "github.event.workflow_run.display_title",
    "github.event.workflow_run.head_branch",
    "github.event.workflow_run.head_commit.author.email",
    "github.event.workflow_run.head_commit.author.name",
    "github.event.workflow_run.head_commit.committer.email",
    "github.event.workflow_run.head_commit.committer.name",
    "github.event.workflow_run.head_commit.message",
    "github.event.workflow_run.head_repository.description",
    "github.event.workflow_run.pull_requests.*.head.ref",
    "github.head_ref",
];

/// Actions some of whose outputs are names of files or texts that a pull request brings, with the
/// parts that the names of these outputs have.
const ACTIONS: &[(&str, &[&str])] = &[
    ("dorny/paths-filter", &["_files"]),
    ("jitterbit/get-changed-files", &[""]),
    ("khan/pull-request-comment-trigger", &["comment_body"]),
    ("peter-murray/issue-body-parser-action", &[""]),
    ("alessbell/pull-request-comment-branch", &["head_ref"]),
    ("xt0rted/pull-request-comment-branch", &["head_ref"]),
    ("tj-actions/changed-files", &["_files"]),
    ("trilom/file-changes-action", &["files"]),
    ("zentered/issue-forms-body-parser", &[""]),
];

/// Functions whose result is a truth, a number or a hash.
const HARMLESS: &[&str] = &[
    "always",
    "cancelled",
    "contains",
    "endswith",
    "failure",
    "hashfiles",
    "startswith",
    "success",
];

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Author {
    /// Whoever starts the run or calls the workflow.
    Caller,
    /// Anybody.
    Anybody,
}

/// A context that somebody else decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taint {
    pub author: Author,
    /// `github.event.issue.title`.
    pub context: String,
}

/// Where an expression stands.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub document: &'a Document<'a>,
    pub job: &'a Job<'a>,
    pub step: Option<&'a Step<'a>>,
}

impl<'a> Scope<'a> {
    /// The worst that an expression says; none where only the repository decides.
    pub fn taint(self, expression: &Expression) -> Option<Taint> {
        self.follow(expression, MOST_HOPS, false)
    }

    /// The worst that a text with expressions in it says.
    pub fn taint_of_text(self, text: &str) -> Option<Taint> {
        self.follow_text(text, MOST_HOPS)
    }

    fn follow_text(self, text: &str, hops: usize) -> Option<Taint> {
        worst(expressions(text).filter_map(|inner| self.follow(&inner, hops, false)))
    }

    /// `whole`: objects become text.
    fn follow(self, expression: &Expression, hops: usize, whole: bool) -> Option<Taint> {
        match expression {
            Expression::Context(path) => self.context(path, hops, whole),
            Expression::Call(name, _) if HARMLESS.contains(&name.as_str()) => None,
            Expression::Call(name, inner) => {
                let whole = whole || matches!(name.as_str(), "tojson" | "join");
                worst(inner.iter().filter_map(|inner| self.follow(inner, hops, whole)))
            }
            Expression::Part(inner, _) => self.follow(inner, hops, whole),
            Expression::Binary(..) => self.operands(expression, hops, whole),
            _ => None,
        }
    }

    /// The worst of what `a || b || c` may come to, without a call for each operand; `a && b` is b,
    /// or an a that is empty.
    fn operands(self, expression: &Expression, hops: usize, whole: bool) -> Option<Taint> {
        let mut found = Vec::new();
        let mut left = Some(expression);
        while let Some(expression) = left.take() {
            let value = match expression {
                Expression::Binary(Operator::Or, before, last) => {
                    left = Some(before);
                    last
                }
                Expression::Binary(Operator::And, _, last) => last,
                Expression::Binary(..) => continue,
                other => other,
            };
            found.extend(self.follow(value, hops, whole));
        }
        worst(found.into_iter())
    }

    fn context(self, path: &[String], hops: usize, whole: bool) -> Option<Taint> {
        let steps: Vec<&str> = path.iter().map(String::as_str).collect();
        let said = |author| Some(Taint { author, context: path.join(".") });
        if HOSTILE.iter().any(|hostile| means(hostile, &steps, whole)) {
            return said(Author::Anybody);
        }
        if !self.document.may_follow() {
            return None;
        }
        match steps.as_slice() {
            ["inputs", name, ..] if !self.is_bound(name) => said(Author::Caller),
            ["github", "event", "inputs", name, ..] if !self.is_bound(name) => said(Author::Caller),
            ["github", "event", "client_payload", ..] => said(Author::Caller),
            ["env", name] if hops > 0 => {
                let value = self.job.environment(self.step, self.document, name)?.text()?;
                self.follow_text(value, hops - 1)
            }
            ["matrix", name, ..] if hops > 0 => {
                let matrix = self.job.node.get("strategy")?.get("matrix")?;
                let values = lookup(matrix, name).or(matrix.text().map(|_| matrix))?;
                let texts = values.items().iter().chain([values]).filter_map(Node::text);
                worst(texts.filter_map(|text| self.follow_text(text, hops - 1)))
            }
            ["needs", job, "outputs", name] if hops > 0 => self.output_of(job, name, hops - 1),
            ["steps", id, "outputs", name] => self.output(id, name, path),
            _ => None,
        }
    }

    /// What an output of another job says.
    fn output_of(self, job: &str, name: &str, hops: usize) -> Option<Taint> {
        let job = self.document.job(job)?;
        let text = lookup(job.node.get("outputs")?, name)?.text()?;
        Scope { job, step: None, ..self }.follow_text(text, hops)
    }

    /// What an output of an action says that is known to hand on what a pull request brings.
    fn output(self, id: &str, name: &str, path: &[String]) -> Option<Taint> {
        let is_it = |step: &&Step| step.id.is_some_and(|own| own.eq_ignore_ascii_case(id));
        let uses = self.job.steps.iter().find(is_it)?.uses.as_ref()?;
        let (_, parts) = ACTIONS.iter().find(|(action, _)| *action == uses.name)?;
        let is_file = parts.iter().any(|part| name.contains(part));
        let is_count = name.starts_with("any_") || name.ends_with("_count");
        let context = path.join(".");
        (is_file && !is_count).then_some(Taint { author: Author::Anybody, context })
    }

    /// Whether an input has a type that holds no text of one's own.
    fn is_bound(self, name: &str) -> bool {
        let Some(on) = self.document.root.get("on") else { return false };
        let declared = |event: &str| lookup(on.get(event)?.get("inputs")?, name)?.get("type");
        let mut types = ["workflow_dispatch", "workflow_call"].into_iter().filter_map(declared);
        let is_narrow = |kind: &Node| {
            kind.text().is_some_and(|it| matches!(&**it, "boolean" | "number" | "choice"))
        };
        let first = types.next();
        first.is_some_and(is_narrow) && types.all(is_narrow)
    }
}

fn lookup<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    let entries = node.entries();
    entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(key)).map(|entry| &entry.value)
}

/// Whether a context is one of a pattern, or holds it where objects become text.
fn means(pattern: &str, steps: &[&str], whole: bool) -> bool {
    let mut length = 0;
    for (index, part) in pattern.split('.').enumerate() {
        match steps.get(index) {
            Some(step) if part == *step || part == "*" || *step == "*" => length = index + 1,
            Some(_) => return false,
            None => return whole,
        }
    }
    length == steps.len()
}

fn worst(taints: impl Iterator<Item = Taint>) -> Option<Taint> {
    taints.reduce(|worst, other| if other.author > worst.author { other } else { worst })
}

//! A workflow or an action as its parts.

use super::expression::Expression;
use super::template::condition;
use super::uses::Uses;
use crate::engine::shell::text::Text;
use crate::engine::yaml::{Content, Entry, Node, Scalar, script};
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;

/// Endings of `shell` that are no shell of POSIX.
const OTHER_SHELLS: &[&str] = &["pwsh", "powershell", "python", "cmd", "node", "perl"];

/// How many variables and outputs of one file are followed to what they are set to.
const MOST_FOLLOWED: u32 = 20_000;

/// How many events of one file are looked at.
const MOST_TRIGGERS: usize = 100;
/// How many steps behind one are looked at for what they make of it.
const MOST_BEHIND: usize = 250;

/// A file.
pub struct Document<'a> {
    pub root: &'a Node,
    /// The text of the file.
    pub source: &'a str,
    /// What starts it; none of an action, which its caller starts.
    pub triggers: Vec<Trigger<'a>>,
    /// Of an action, its one run.
    pub jobs: Vec<Job<'a>>,
    pub is_action: bool,
    /// The jobs by their ids in lower case.
    by_id: HashMap<String, usize>,
    followed: Cell<u32>,
}

/// An event that starts a workflow.
pub struct Trigger<'a> {
    pub name: &'a str,
    /// What is said of it.
    pub details: Option<&'a Node>,
}

/// A job.
pub struct Job<'a> {
    pub id: &'a str,
    /// The name alone.
    pub head: Range<usize>,
    pub node: &'a Node,
    pub steps: Vec<Step<'a>>,
    /// What must be true for it to run.
    pub condition: Option<Expression>,
}

/// A step.
pub struct Step<'a> {
    pub node: &'a Node,
    /// Which of the steps of its job it is.
    index: usize,
    pub id: Option<&'a str>,
    pub uses: Option<Uses<'a>>,
    /// The script, where it has one.
    pub run: Option<Text>,
    /// Whether a shell runs it whose words are those of POSIX.
    pub is_posix: bool,
    pub condition: Option<Expression>,
}

impl<'a> Document<'a> {
    /// None where the file is neither.
    pub fn of(root: &'a Node, source: &'a str) -> Option<Document<'a>> {
        let job = |entry| Job::of(entry, root, source);
        let (triggers, jobs, is_action) = match root.get("jobs") {
            Some(jobs) => {
                (triggers(root), jobs.entries().iter().map(job).collect::<Vec<_>>(), false)
            }
            None => {
                let runs = root.entries().iter().find(|entry| &*entry.key == "runs")?;
                (Vec::new(), vec![job(runs)], true)
            }
        };
        let ids = jobs.iter().enumerate();
        let by_id = ids.map(|(index, job)| (job.id.to_ascii_lowercase(), index)).collect();
        let followed = Cell::default();
        Some(Document { root, source, triggers, jobs, is_action, by_id, followed })
    }

    /// Whether one more variable may be followed: what refers to itself many times over is left.
    pub fn may_follow(&self) -> bool {
        self.followed.set(self.followed.get().saturating_add(1));
        self.followed.get() < MOST_FOLLOWED
    }

    /// A job by its id, in whichever case.
    pub fn job(&self, id: &str) -> Option<&Job<'a>> {
        self.jobs.get(*self.by_id.get(&id.to_ascii_lowercase())?)
    }

    /// The steps, each with its job.
    pub fn steps(&self) -> impl Iterator<Item = (&Job<'a>, &Step<'a>)> {
        self.jobs.iter().flat_map(|job| job.steps.iter().map(move |step| (job, step)))
    }
}

fn triggers(root: &Node) -> Vec<Trigger<'_>> {
    let Some(on) = root.get("on") else { return Vec::new() };
    let named = |node| {
        let name: &str = Node::text(node)?;
        Some(Trigger { name, details: None })
    };
    let entries = on.entries().iter();
    let keyed = entries.map(|it| Trigger { name: &it.key, details: Some(&it.value) });
    let all = keyed.chain(on.items().iter().chain([on]).filter_map(named));
    all.take(MOST_TRIGGERS).collect()
}

impl<'a> Job<'a> {
    fn of(entry: &'a Entry, root: &'a Node, source: &'a str) -> Job<'a> {
        let node = &entry.value;
        let shell = [node, root].iter().find_map(|it| it.get("defaults")?.get("run")?.get("shell"));
        let steps = node.get("steps").map_or(&[][..], Node::items).iter().enumerate();
        let end = (entry.range.start + entry.key.len()).min(entry.range.end);
        Job {
            id: &entry.key,
            head: entry.range.start..end,
            node,
            steps: steps.map(|(index, step)| Step::of(step, index, shell, source)).collect(),
            condition: condition_of(node),
        }
    }

    /// What is set for a name in the environment of a step, a job or a workflow.
    pub fn environment(
        &self,
        step: Option<&'a Step<'a>>,
        document: &Document<'a>,
        name: &str,
    ) -> Option<&'a Node> {
        let around = [step.map(|step| step.node), Some(self.node), Some(document.root)];
        around.into_iter().flatten().find_map(|node| {
            let entries = node.get("env")?.entries().iter();
            entries.rev().find(|it| it.key.eq_ignore_ascii_case(name)).map(|it| &it.value)
        })
    }

    /// The steps behind one.
    pub fn after(&self, step: &Step) -> &[Step<'a>] {
        let behind = &self.steps[(step.index + 1).min(self.steps.len())..];
        &behind[..behind.len().min(MOST_BEHIND)]
    }
}

impl<'a> Step<'a> {
    fn of(node: &'a Node, index: usize, shell: Option<&'a Node>, source: &'a str) -> Step<'a> {
        let shell = node.get("shell").or(shell).and_then(Node::text);
        let program = shell.map_or("", |it| it.split_whitespace().next().unwrap_or_default());
        Step {
            node,
            index,
            id: node.get("id").and_then(Node::text).map(|id| &**id),
            uses: node.get("uses").and_then(Uses::of),
            run: node.get("run").and_then(|run| script(run, source)),
            is_posix: !OTHER_SHELLS.contains(&program),
            condition: condition_of(node),
        }
    }

    /// An input of its action.
    pub fn with(&self, name: &str) -> Option<&'a Node> {
        let entries = self.node.get("with")?.entries();
        entries.iter().find(|it| it.key.eq_ignore_ascii_case(name)).map(|it| &it.value)
    }

    /// The text of an input of its action.
    pub fn with_text(&self, name: &str) -> Option<&'a str> {
        self.with(name)?.text().map(|text| &**text)
    }

    /// Whether it runs an action, by its name in lower case.
    pub fn is_action(&self, names: &[&str]) -> bool {
        self.uses.as_ref().is_some_and(|uses| names.contains(&uses.name.as_str()))
    }
}

fn condition_of(node: &Node) -> Option<Expression> {
    condition(node.get("if")?.text()?)
}

/// Whether a node is, or says, `true`.
pub fn is_true(node: &Node) -> bool {
    match &node.content {
        Content::Scalar(Scalar::Bool(value), _) => *value,
        _ => node.text().is_some_and(|text| text.eq_ignore_ascii_case("true")),
    }
}

/// Whether a node is, or says, `false`.
pub fn is_false(node: &Node) -> bool {
    match &node.content {
        Content::Scalar(Scalar::Bool(value), _) => !*value,
        _ => node.text().is_some_and(|text| text.eq_ignore_ascii_case("false")),
    }
}

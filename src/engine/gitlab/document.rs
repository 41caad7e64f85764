//! A pipeline as its parts.

use crate::engine::shell::{Command, commands};
use crate::engine::yaml::{Entry, Node, script};
use std::collections::HashSet;

/// Keys of a pipeline that are no jobs.
const GLOBAL: &[&str] = &[
    "cache",
    "image",
    "include",
    "pages:deploy",
    "services",
    "spec",
    "stages",
    "variables",
    "workflow",
];
/// Keys of a job that hold commands.
const SCRIPTS: &[&str] = &["before_script", "script", "after_script"];
/// How deep lists in a script may be nested, as GitLab has it.
const MOST_DEPTH: usize = 10;

/// A file.
pub struct Document<'a> {
    pub root: &'a Node,
    /// The text of the file.
    pub source: &'a str,
    pub jobs: Vec<Job<'a>>,
}

/// A job, a hidden one that others extend, or what stands for all: its name is then empty, or
/// `default`.
pub struct Job<'a> {
    pub name: &'a str,
    pub node: &'a Node,
    /// The commands of each entry of its scripts.
    pub scripts: Vec<Vec<Command>>,
}

impl<'a> Document<'a> {
    pub fn of(root: &'a Node, source: &'a str) -> Document<'a> {
        // What an anchor repeats is one script, at one place.
        let mut known = HashSet::new();
        let own =
            |entry: &&Entry| !GLOBAL.contains(&&*entry.key) && !entry.value.entries().is_empty();
        let mut jobs = vec![Job::of("", root, source, &mut known)];
        for entry in root.entries().iter().filter(own) {
            jobs.push(Job::of(&entry.key, &entry.value, source, &mut known));
        }
        Document { root, source, jobs }
    }
}

impl<'a> Job<'a> {
    fn of(name: &'a str, node: &'a Node, source: &str, known: &mut HashSet<usize>) -> Job<'a> {
        let mut scripts = Vec::new();
        for key in SCRIPTS {
            let mut lines = Vec::new();
            node.get(key).into_iter().for_each(|node| gather(node, 0, &mut lines));
            for line in lines.into_iter().filter(|line| known.insert(line.range.start)) {
                let text = script(line, source);
                scripts.extend(text.map(|text| commands(&text)));
            }
        }
        Job { name, node, scripts }
    }

    /// The entries of its variables.
    pub fn variables(&self) -> &'a [Entry] {
        self.node.get("variables").map_or(&[], Node::entries)
    }
}

/// The command lines of a script, lists in lists included; `!reference` names those of another.
fn gather<'a>(node: &'a Node, depth: usize, lines: &mut Vec<&'a Node>) {
    if node.tag.is_some() || depth > MOST_DEPTH {
        return;
    }
    if node.text().is_some() {
        lines.push(node);
    }
    node.items().iter().for_each(|item| gather(item, depth + 1, lines));
}

/// What a variable is set to: its value, or `value` where it says more of itself.
pub fn value(node: &Node) -> Option<&str> {
    node.get("value").unwrap_or(node).text().map(|text| &**text)
}

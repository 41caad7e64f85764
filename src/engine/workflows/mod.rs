//! Workflows and actions of GitHub, and those of Gitea and Forgejo, which took them over.
//!
//! `document` has the parts of a file, `expression` reads what stands in `${{ … }}`, `taint` says
//! who decides what it comes to, `reach` who can start a run; the checks in `rules` are asked of
//! these.

mod document;
mod expression;
mod reach;
mod rules;
mod taint;
mod template;
#[cfg(test)]
mod tests;
mod uses;
mod zizmor;

pub use uses::is_commit;
pub use zizmor::ids as zizmor_ids;

use super::{Engine, Seen, of_natives, yaml};
use crate::rule::Rule;
use crate::target::SourceFile;
use document::Document;
use memchr::memmem;
use rules::{CHECKS, Check};
use std::sync::LazyLock;

/// The folder below `rules/`, and the name on the command line.
pub const NAME: &str = "workflows";

/// The folders above `workflows`.
const FOLDERS: &[&str] = &[".github", ".gitea", ".forgejo"];

static RULES: LazyLock<Vec<(&Rule, Check)>> = LazyLock::new(|| of_natives(NAME, CHECKS));

/// The engine.
pub struct Workflows;

impl Engine for Workflows {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, file: &SourceFile) -> bool {
        is_workflow(&file.path)
            || is_action(&file.path) && memmem::find(file.bytes(), b"runs").is_some()
    }

    fn scan(&self, file: &SourceFile) -> Seen {
        let stream = yaml::read(file.text());
        let notifications = yaml::notifications(file, NAME, &stream);
        let mut seen = Seen { notifications, ..Seen::default() };
        for read in &stream.documents {
            let Some(document) = Document::of(&read.root, file.text()) else { continue };
            for (rule, check) in RULES.iter() {
                check(&document).into_iter().for_each(|it| it.tell(rule, file.text(), &mut seen));
            }
        }
        seen
    }
}

/// The names of all checks, which `match.native` of a rule chooses from.
pub fn natives() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|(name, _)| *name)
}

/// The ids of the rules whose findings a machine may be able to mend.
pub fn fixable() -> impl Iterator<Item = &'static str> {
    ["LG-GHA-001", "LG-GHA-002", "LG-GHA-053", "LG-GHA-060"].into_iter()
}

fn is_yaml(name: &str) -> bool {
    name.ends_with(".yml") || name.ends_with(".yaml")
}

/// Whether the file at a path is a workflow.
fn is_workflow(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let (folder, above) = (parts.next(), parts.next().unwrap_or_default());
    is_yaml(name)
        && folder == Some("workflows")
        && FOLDERS.iter().any(|it| {
            above.strip_suffix(it).is_some_and(|rest| rest.is_empty() || rest.ends_with('!'))
        })
}

/// Whether the file at a path has the name that actions have.
fn is_action(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("action.yml" | "action.yaml"))
}

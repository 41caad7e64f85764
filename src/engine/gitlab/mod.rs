//! Pipelines of GitLab: `.gitlab-ci.yml` and what others include of such.
//!
//! `document` has the jobs with their scripts; the checks in `rules` are asked of these. What
//! `extends`, `!reference` and anchors repeat is looked at where it is written.

mod document;
mod rules;
#[cfg(test)]
mod tests;

use super::{Engine, Seen, of_natives, yaml};
use crate::rule::Rule;
use crate::target::SourceFile;
use document::Document;
use rules::{CHECKS, Check};
use std::sync::LazyLock;

/// The folder below `rules/`, and the name on the command line.
pub const NAME: &str = "gitlab";

static RULES: LazyLock<Vec<(&Rule, Check)>> = LazyLock::new(|| of_natives(NAME, CHECKS));

/// The engine.
pub struct Gitlab;

impl Engine for Gitlab {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, file: &SourceFile) -> bool {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        name.ends_with(".gitlab-ci.yml") || name.ends_with(".gitlab-ci.yaml")
    }

    fn scan(&self, file: &SourceFile) -> Seen {
        let stream = yaml::read(file.text());
        let notifications = yaml::notifications(file, NAME, &stream);
        let mut seen = Seen { notifications, ..Seen::default() };
        for read in &stream.documents {
            let document = Document::of(&read.root, file.text());
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

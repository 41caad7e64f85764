//! The comments of tfsec, cfsec and Trivy as waivers of what is found.

use super::Project;
use super::around::Surroundings;
use super::check::Outcome;
use super::ignore::{Ignore, Ignores};
use crate::engine::HitWaiver;
use crate::rule::Catalogue;
use crate::target::LineIndex;
use jiff::civil::Date;

/// The workspace that a scan is for.
const WORKSPACE: &str = "default";

/// The comments of a project. Whether one has expired is not judged here, as for all waivers.
pub struct Waivers<'a> {
    surroundings: Surroundings<'a>,
    ignores: Ignores,
    /// Of each file; none where there are no comments.
    lines: Vec<LineIndex>,
}

impl<'a> Waivers<'a> {
    /// `tools` are those whose comments count, as these begin.
    pub fn new(project: &'a Project, tools: &[&str]) -> Waivers<'a> {
        let ignores = Ignores::of(&project.files, tools);
        let files = project.files.iter().take_while(|_| !ignores.is_empty());
        let lines = files.map(|file| LineIndex::new(&file.bytes)).collect();
        Waivers { surroundings: Surroundings::new(project), ignores, lines }
    }

    /// The comment that holds for an outcome, for longest where there are several.
    pub fn of(&self, outcome: &Outcome) -> Option<HitWaiver> {
        if self.ignores.is_empty() {
            return None;
        }
        let steps = self.surroundings.of(outcome.instance, &outcome.place);
        let line = |file: u32, at: usize| self.lines.get(file as usize).map_or(1, |it| it.line(at));
        let holds = |ignore: &&Ignore| {
            ignore.workspace.as_deref().is_none_or(|name| name == WORKSPACE)
                && Catalogue::get().means(&ignore.rule, outcome.rule.id)
        };
        let found = self.ignores.over(&steps, &line).filter(holds);
        let longest = found.max_by_key(|ignore| ignore.until.unwrap_or(Date::MAX))?;
        Some(HitWaiver { text: longest.text.clone(), until: longest.until })
    }
}

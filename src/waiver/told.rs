//! Whether a scan can tell that a waiver is for nothing: only of what it looked at.

use super::file::Placed;
use super::{Idle, Kind, Note, Waivers};
use crate::engine::ENGINES;
use crate::finding::{Coverage, EngineRun, Outcome};
use crate::rule::Catalogue;

impl Waivers {
    /// Takes out of the notes that an entry is unused where it may be for what an engine did not
    /// look at; says of how many.
    pub fn leave_untold(&self, notes: &mut Vec<Note>, runs: &[EngineRun]) -> usize {
        let before = notes.len();
        let saw_all = native().all(|engine| saw_all(engine, runs));
        let told = |placed: &Placed| match &placed.entry.engine {
            None if saw_all => true,
            _ => engines(placed).into_iter().all(|engine| can_tell(placed, engine, runs)),
        };
        notes.retain(|note| {
            // Several entries may be on one line; they are in the order of the lines.
            let first = self.entries.partition_point(|placed| placed.line < note.line);
            let mut on_line =
                self.entries[first..].iter().take_while(|placed| placed.line == note.line);
            note.kind != Kind::Unused || on_line.all(told)
        });
        before - notes.len()
    }
}

/// Likewise of comments.
pub fn leave_untold(comments: &mut Vec<Idle>, runs: &[EngineRun]) -> usize {
    let looked = |path: &str| {
        native().all(|engine| whole(engine, runs).is_some_and(|run| run.coverage.covers(path)))
    };
    let before = comments.len();
    comments.retain(|idle| idle.kind != Kind::Unused || looked(&idle.path));
    before - comments.len()
}

/// The engines that have rules: users' own may be none.
fn native() -> impl Iterator<Item = &'static str> {
    let names = ENGINES.iter().map(|engine| engine.name());
    names.filter(|name| Catalogue::get().of_engine(name).next().is_some())
}

/// The run of an engine that got to the end of the whole tree.
fn whole<'a>(engine: &str, runs: &'a [EngineRun]) -> Option<&'a EngineRun> {
    let run = runs.iter().find(|run| run.engine == engine)?;
    (run.outcome == Outcome::Complete && run.coverage.covers("")).then_some(run)
}

fn saw_all(engine: &str, runs: &[EngineRun]) -> bool {
    let coverage = whole(engine, runs).map(|run| &run.coverage);
    coverage.is_some_and(|seen| seen.except.is_empty() && seen.binary.is_empty())
}

/// Whether an engine looked wherever that may be what the entry is for. There are binary files in
/// every tree, and hardly ever anything in them: only one that the entry names counts.
fn can_tell(placed: &Placed, engine: &str, runs: &[EngineRun]) -> bool {
    let Some(run) = whole(engine, runs) else { return false };
    let Coverage { except, binary, .. } = &run.coverage;
    match &placed.path {
        None => except.is_empty(),
        Some(area) => {
            !except.iter().any(|path| area.touches(path))
                && !binary.iter().any(|path| area.names(path))
        }
    }
}

/// The engines that may see what the entry is for.
fn engines(placed: &Placed) -> Vec<&str> {
    let entry = &placed.entry;
    if let Some(engine) = &entry.engine {
        return vec![engine];
    }
    let catalogue = Catalogue::get();
    let sees = |engine: &&str| {
        let meant =
            |rule: &String| catalogue.of_engine(engine).any(|r| catalogue.means(rule, r.id));
        entry.rule.as_ref().is_none_or(meant)
    };
    let seeing: Vec<&str> = native().filter(sees).collect();
    // A rule that none of them has may be mistyped.
    if seeing.is_empty() { native().collect() } else { seeing }
}

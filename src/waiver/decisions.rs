//! Findings made one in the light of what is decided about them.

use super::{Note, Triaged, Waivers, apply_triage, expire};
use crate::finding::Finding;
use crate::identity::{self, MergeSettings};
use jiff::civil::Date;

/// What is decided about findings, their source aside, and the day on which it is asked.
#[derive(Debug, Clone, Copy)]
pub struct Decisions<'a> {
    pub waivers: &'a Waivers,
    pub triaged: &'a [Triaged],
    /// UTC.
    pub today: Date,
}

impl Decisions<'_> {
    /// Waives sightings and merges them. What is waived already stays as it is, unless its last
    /// day is over: a comment goes before the file, and the file before the triage. The notes say
    /// which entries of the file are stale.
    pub fn unite(
        &self,
        mut sightings: Vec<Finding>,
        settings: &MergeSettings,
    ) -> (Vec<Finding>, Vec<Note>) {
        expire(&mut sightings, self.today);
        if self.waivers.is_empty() && self.triaged.is_empty() {
            return (identity::unite(sightings, settings), Vec::new());
        }
        // The speaker is chosen among those who are not waived.
        self.waive(&mut sightings);
        let mut findings = identity::unite(sightings, settings);
        let notes = self.waive(&mut findings);
        // A decision about one witness is one about all of them: then the worst speaks again.
        match findings.iter().any(|f| f.waiver.is_some() && !f.witnesses.is_empty()) {
            true => (identity::unite(findings, settings), notes),
            false => (findings, notes),
        }
    }

    fn waive(&self, findings: &mut [Finding]) -> Vec<Note> {
        let notes = self.waivers.apply(findings, self.today);
        apply_triage(self.triaged, findings, self.today);
        notes
    }
}

//! Applies the entries of the file to findings.

use super::file::{Placed, Waivers};
use super::note::{self, Note, Use};
use super::triage::spread;
use crate::engine::masked;
use crate::finding::{Finding, Fingerprint, Waiver, WaiverSource};
use crate::rule::{Catalogue, matches};
use jiff::civil::Date;
use std::collections::HashMap;

/// Takes back the waivers whose last day is over. Findings come out of the cache with the comments
/// of their file, and a day may have gone by since.
pub fn expire(findings: &mut [Finding], today: Date) {
    for finding in findings {
        finding.waiver.take_if(|waiver| waiver.until.is_some_and(|until| until < today));
        expire(&mut finding.witnesses, today);
    }
}

impl Waivers {
    /// Sets `Finding.waiver`, and says which entries match nothing, are expired or soon will be,
    /// or are for what a newer version mends.
    ///
    /// Rule, path, engine, package and advisory are asked of each sighting by itself, so it makes
    /// no difference whether findings are merged yet. A fingerprint means the whole finding, with
    /// all who saw it: so this is called before findings are merged, for the speaker is chosen
    /// among those who are not waived, and again after. The notes are the same both times.
    pub fn apply(&self, findings: &mut [Finding], today: Date) -> Vec<Note> {
        if self.entries.is_empty() {
            return Vec::new();
        }
        let mut uses = vec![Use::default(); self.entries.len()];
        let mut search = Search::new(self);
        for finding in findings.iter_mut() {
            search.waive(finding, today, &mut uses);
            for witness in &mut finding.witnesses {
                search.waive(witness, today, &mut uses);
            }
            let of_whole = search.of_whole(finding, today);
            spread(finding, of_whole);
        }
        note::notes(&self.entries, &uses, today)
    }

    /// The entries that are for the finding or one of its witnesses, whether they hold or not,
    /// with their lines.
    pub fn entries_for(&self, finding: &Finding) -> Vec<(usize, &super::Entry)> {
        let mut search = Search::new(self);
        let mut found: Vec<usize> =
            finding.sightings().flat_map(|sighting| search.entries_of(sighting)).collect();
        found.sort_unstable();
        found.dedup();
        let entry = |at: usize| (self.entries[at].line, &self.entries[at].entry);
        found.into_iter().map(entry).collect()
    }
}

/// Looks entries up: by fingerprint, and by rule for the others.
struct Search<'a> {
    entries: &'a [Placed],
    by_fingerprint: HashMap<Fingerprint, Vec<usize>>,
    scoped: Vec<usize>,
    /// The scoped entries whose rule and engine are those of a finding.
    of_rule: HashMap<(String, String), Vec<usize>>,
}

impl<'a> Search<'a> {
    fn new(waivers: &'a Waivers) -> Search<'a> {
        let entries = &waivers.entries[..];
        let mut by_fingerprint: HashMap<Fingerprint, Vec<usize>> = HashMap::new();
        for (at, placed) in entries.iter().enumerate() {
            for fingerprint in &placed.entry.fingerprint {
                by_fingerprint.entry(*fingerprint).or_default().push(at);
            }
        }
        let scoped = |at: &usize| entries[*at].entry.fingerprint.is_empty();
        let scoped = (0..entries.len()).filter(scoped).collect();
        Search { entries, by_fingerprint, scoped, of_rule: HashMap::new() }
    }

    /// Waives one sighting by the first entry that holds, and counts all that are for it.
    fn waive(&mut self, sighting: &mut Finding, today: Date, uses: &mut [Use]) {
        for at in self.entries_of(sighting) {
            let fixed = sighting.package.as_ref().and_then(|package| package.fixed_in.first());
            uses[at].findings += 1;
            uses[at].fixed_in = uses[at].fixed_in.take().or(fixed.map(ToString::to_string));
            let placed = &self.entries[at];
            if sighting.waiver.is_none() && placed.holds_on(today) {
                sighting.waiver = Some(Box::new(placed.waiver()));
            }
        }
    }

    /// The waiver by a fingerprint of any sighting.
    fn of_whole(&self, finding: &Finding, today: Date) -> Option<Waiver> {
        let of_sighting = |sighting: &Finding| {
            let holds = |at: &usize| self.entries[*at].holds_on(today);
            let at = self.by_fingerprints(sighting).find(holds)?;
            Some(self.entries[at].waiver())
        };
        finding.sightings().find_map(of_sighting)
    }

    fn by_fingerprints<'b>(&'b self, sighting: &'b Finding) -> impl Iterator<Item = usize> + 'b {
        let own = std::iter::once(&sighting.fingerprint).chain(&sighting.also);
        let entries = own.filter_map(|one| self.by_fingerprint.get(one)).flatten().copied();
        entries.filter(|at| self.entries[*at].is_for(sighting))
    }

    fn entries_of(&mut self, sighting: &Finding) -> Vec<usize> {
        let mut found: Vec<usize> = self.by_fingerprints(sighting).collect();
        found.dedup();
        if !self.scoped.is_empty() {
            let (entries, scoped) = (self.entries, &self.scoped);
            let key = (sighting.rule.to_string(), sighting.engine.to_string());
            // The package's advisories are not in the key.
            let of_rule = self.of_rule.entry(key).or_insert_with(|| {
                let may = |at: &usize| entries[*at].may_be_for(sighting);
                scoped.iter().copied().filter(may).collect()
            });
            found.extend(of_rule.iter().copied().filter(|at| entries[*at].is_for(sighting)));
        }
        found
    }
}

impl Placed {
    fn waiver(&self) -> Waiver {
        Waiver {
            source: WaiverSource::File,
            reason: masked(&self.entry.reason).into(),
            owner: Some(masked(&self.entry.owner).into()),
            until: Some(self.entry.last_day()),
        }
    }

    /// Whether rule and engine do not speak against it.
    fn may_be_for(&self, sighting: &Finding) -> bool {
        let entry = &self.entry;
        let rule = |name: &String| {
            sighting.package.is_some() || Catalogue::get().means(name, &sighting.rule)
        };
        entry.engine.as_deref().is_none_or(|engine| engine == sighting.engine)
            && entry.rule.as_ref().is_none_or(rule)
    }

    /// Whether all that it says, fingerprints aside, is true of the sighting.
    fn is_for(&self, sighting: &Finding) -> bool {
        let entry = &self.entry;
        let advisories = || sighting.package.iter().flat_map(|package| &package.advisories);
        // What an advisory says is said of packages: no other finding goes by its ids.
        let is_advisory = |name: &String| {
            sighting.package.is_some()
                && (matches(name, &sighting.rule) || advisories().any(|id| matches(name, id)))
        };
        let is_rule = |name: &String| {
            Catalogue::get().means(name, &sighting.rule) || advisories().any(|id| matches(name, id))
        };
        let is_package = |name: &String| {
            sighting.package.as_ref().is_some_and(|package| same_package(name, &package.name))
        };
        self.may_be_for(sighting)
            && self.is_at(&sighting.location.path)
            && entry.rule.as_ref().is_none_or(is_rule)
            && entry.package.as_ref().is_none_or(is_package)
            && entry.advisory.as_ref().is_none_or(is_advisory)
    }
}

/// Python's package index takes `Jinja2`, `jinja2` and names that differ in `-`, `_` and `.` for
/// one.
fn same_package(a: &str, b: &str) -> bool {
    let plain = |name: &str| name.to_lowercase().replace(['_', '.'], "-");
    plain(a) == plain(b)
}

//! Hashes by which an equal result is told from a changed one without looking at the tables.

use super::{Scan, StoreError};
use crate::finding::{Finding, Outcome};
use serde::Serialize;
use std::mem;

/// What can be told of a scan by going through its findings once.
pub(super) struct Digest {
    /// The hash of all that is recorded of it but its time.
    pub whole: [u8; 32],
    /// How many findings it has.
    pub findings: usize,
    /// How many sightings they have together.
    pub sightings: u64,
}

impl Digest {
    pub(super) fn of(scan: &Scan) -> Result<Digest, StoreError> {
        let mut fields = Fields::default();
        let mut hasher = blake3::Hasher::new();
        fields.scan(scan);
        let (mut findings, mut sightings) = (0, 0);
        scan.findings.each(&mut |finding| {
            findings += 1;
            fields.number(finding.witnesses.len() as u64);
            for sighting in finding.sightings() {
                sightings += 1;
                fields.number(details(sighting).cast_unsigned());
                // What a package's advisory is also called is a fact. Where code was before a rename
                // is told by the first scan after it alone, which has another fingerprint anyway.
                fields.any(&sighting.package.as_ref().map(|_| &sighting.also));
                fields.any(&sighting.waiver);
            }
            if fields.0.len() >= 64 << 10 {
                fields.drain_into(&mut hasher);
            }
            Ok(())
        })?;
        fields.drain_into(&mut hasher);
        Ok(Digest { whole: *hasher.finalize().as_bytes(), findings, sightings })
    }
}

/// The hash of what a row of `finding` holds of a sighting.
pub(super) fn details(finding: &Finding) -> i64 {
    let mut fields = Fields(Vec::with_capacity(256));
    let span = finding.location.span;
    fields.0.extend_from_slice(&finding.fingerprint.0);
    fields.text(&finding.rule);
    fields.text(&finding.engine);
    fields.number(finding.severity as u64);
    fields.number(finding.confidence as u64);
    fields.text(&finding.location.path);
    for place in [span.start_line, span.start_column, span.end_line, span.end_column] {
        fields.number(u64::from(place));
    }
    fields.text(&finding.message);
    fields.any(&finding.anchor);
    fields.number(u64::from(finding.ordinal));
    fields.any(&finding.package);
    // Rows from before it was known keep their hash.
    finding.live.iter().for_each(|live| fields.any(live));
    let hash = blake3::hash(&fields.0);
    let mut short = [0; 8];
    short.copy_from_slice(&hash.as_bytes()[..8]);
    i64::from_le_bytes(short)
}

/// Fields one after the other, each with its length, so that no two lists of fields are alike.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    /// A value whose encoding says itself where it ends.
    fn any(&mut self, value: &impl Serialize) {
        // Writing into memory does not fail, and no type of ours refuses to be written.
        self.0 = postcard::to_extend(value, mem::take(&mut self.0)).unwrap_or_default();
    }

    fn drain_into(&mut self, hasher: &mut blake3::Hasher) {
        hasher.update(&self.0);
        self.0.clear();
    }

    /// Everything of a scan but its findings and its time.
    fn scan(&mut self, scan: &Scan) {
        let commit = scan.repository.commit.as_ref();
        self.any(&commit.map(|commit| (&commit.id, commit.authored)));
        self.any(&(&scan.rules, scan.decision as u64, &scan.policy, &scan.event));
        self.number(scan.runs.len() as u64);
        for run in scan.runs {
            self.text(&run.engine);
            self.text(&run.version);
            match &run.outcome {
                Outcome::Complete => self.number(0),
                Outcome::Incomplete(why) => {
                    self.number(1);
                    self.text(why);
                }
            }
            self.any(&(&run.coverage.roots, &run.coverage.except, run.coverage.files));
        }
        let mut sketches: Vec<_> = scan.sketches.iter().collect();
        sketches.sort_unstable_by_key(|(path, _)| *path);
        self.any(&sketches);
    }
}

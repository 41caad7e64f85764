//! Hashes by which an equal result is told from a changed one without looking at the tables.

use super::super::Scan;
use crate::finding::{Finding, Outcome};

/// The hashes of one scan.
pub(super) struct Digest {
    /// All that is recorded of each finding itself, in the order of the scan's.
    pub details: Vec<i64>,
    /// All that is recorded of the scan but its time.
    pub whole: [u8; 32],
}

impl Digest {
    pub(super) fn of(scan: &Scan) -> Digest {
        let mut fields = Fields::default();
        let details =
            scan.findings.iter().map(|finding| fields.details(finding)).collect::<Vec<_>>();
        let mut hasher = blake3::Hasher::new();
        fields.scan(scan);
        fields.drain_into(&mut hasher);
        for (finding, details) in scan.findings.iter().zip(&details) {
            fields.0.extend_from_slice(&details.to_le_bytes());
            fields.number(u64::from(finding.waiver.is_some()));
            fields.number(finding.witnesses.len() as u64);
            for witness in &finding.witnesses {
                fields.0.extend_from_slice(&witness.fingerprint.0);
            }
            if fields.0.len() >= 64 << 10 {
                fields.drain_into(&mut hasher);
            }
        }
        fields.drain_into(&mut hasher);
        Digest { details, whole: *hasher.finalize().as_bytes() }
    }
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

    fn drain_into(&mut self, hasher: &mut blake3::Hasher) {
        hasher.update(&self.0);
        self.0.clear();
    }

    /// The hash of the columns of a finding.
    fn details(&mut self, finding: &Finding) -> i64 {
        let span = finding.location.span;
        self.0.extend_from_slice(&finding.fingerprint.0);
        self.text(&finding.rule);
        self.text(&finding.engine);
        self.number(finding.severity as u64);
        self.number(finding.confidence as u64);
        self.text(&finding.location.path);
        for place in [span.start_line, span.start_column, span.end_line, span.end_column] {
            self.number(u64::from(place));
        }
        self.text(&finding.message);
        let hash = blake3::hash(&self.0);
        self.0.clear();
        let mut short = [0; 8];
        short.copy_from_slice(&hash.as_bytes()[..8]);
        i64::from_le_bytes(short)
    }

    /// Everything of a scan but its findings and its time.
    fn scan(&mut self, scan: &Scan) {
        match &scan.repository.commit {
            None => self.number(0),
            Some(commit) => {
                self.number(1);
                self.text(&commit.id);
                self.0.extend_from_slice(&commit.authored.to_le_bytes());
            }
        }
        self.text(&scan.rules);
        self.number(scan.decision as u64);
        self.number(scan.runs.len() as u64);
        for run in scan.runs {
            self.text(run.engine);
            self.text(&run.version);
            match &run.outcome {
                Outcome::Complete => self.number(0),
                Outcome::Incomplete(why) => {
                    self.number(1);
                    self.text(why);
                }
            }
            for paths in [&run.coverage.roots, &run.coverage.except] {
                self.number(paths.len() as u64);
                paths.iter().for_each(|path| self.text(path));
            }
            self.number(run.coverage.files);
        }
        self.number(scan.findings.len() as u64);
    }
}

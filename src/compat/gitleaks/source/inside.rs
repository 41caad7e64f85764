//! What is inside archives, where `--max-archive-depth` says to look.

use super::kind::is_binary;
use super::{Finding, Origin, Scanned, folder};
use crate::compat::gitleaks::detect::Detector;
use crate::compat::gitleaks::log::Log;
use crate::target::archive::{Entry, Format, Limits, Source, Visitor, entries};
use std::io::{self, Read, SeekFrom};
use std::sync::atomic::AtomicBool;

/// The largest file in an archive that is looked at, in bytes.
const LARGEST: u64 = 256 << 20;
/// What may come out of an archive, in bytes.
const MOST: u64 = 4 << 30;
/// How much of an archive tells its format, in bytes.
const HEAD: usize = 512;
/// No archives are opened deeper in one another, whatever is asked for.
const DEEPEST: u32 = 8;

/// How to look.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// How deep archives are opened in one another.
    pub depth: u32,
    pub detector: &'a Detector,
    /// Set when it is time to stop.
    pub stop: &'a AtomicBool,
    pub log: &'a Log,
}

impl Look<'_> {
    /// Looks at what is in an archive.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn scan(self, archive: &mut dyn Source, origin: &Origin) -> io::Result<Scanned> {
        let path = &*origin.file;
        let mut head = Vec::new();
        archive.take(HEAD as u64).read_to_end(&mut head)?;
        let size = archive.seek(SeekFrom::End(0))?;
        archive.rewind()?;
        let Some(format) = Format::of(&head) else {
            self.log.warn("skipping unknown archive type", &[("path", path)]);
            return Ok(Scanned::default());
        };
        let mut inside = Inside { look: self, origin, scanned: Scanned::default() };
        let depth = self.depth.min(DEEPEST);
        let limits = Limits { depth, entry: LARGEST, total: MOST, names_unpacked: false };
        let name = path.rsplit('/').next().unwrap_or(path);
        for remark in entries(archive, size, format, name, limits, &mut inside) {
            // What comes behind is about a setting of another command.
            let why = remark.why.split("; ").next().unwrap_or_default();
            let place = inner(path, &remark.path);
            self.log.warn(&format!("skipping archive: {why}"), &[("path", &place)]);
        }
        Ok(inside.scanned)
    }
}

/// How a file of an archive is named; what a compressed file holds has the name of that.
fn inner(archive: &str, path: &str) -> String {
    match path {
        "" => archive.to_owned(),
        path => format!("{archive}!{path}"),
    }
}

struct Inside<'a> {
    look: Look<'a>,
    origin: &'a Origin,
    scanned: Scanned,
}

impl Visitor for Inside<'_> {
    fn wants(&mut self, path: &str, head: &[u8]) -> bool {
        (path.is_empty() || !self.look.detector.skips(path)) && !is_binary(head)
    }

    fn take(&mut self, entry: Entry) {
        let file = inner(&self.origin.file, &entry.path).into();
        let origin = Origin { file, ..self.origin.clone() };
        let read = folder::pieces(&entry.bytes[..], &origin, self.look.detector, self.look.stop);
        // What is in memory can be read.
        let found = read.unwrap_or_default();
        self.scanned.bytes += found.bytes;
        self.scanned.findings.extend::<Vec<Finding>>(found.findings);
    }
}

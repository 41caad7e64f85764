//! What is inside archives, where `--max-archive-depth` says to look.

use super::kind::is_binary;
use super::{Finding, Scanned, folder};
use crate::compat::gitleaks::detect::Detector;
use crate::compat::gitleaks::log::Log;
use crate::target::archive::{Entry, Format, Limits, Visitor, entries};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The largest file in an archive that is looked at, in bytes.
const LARGEST: u64 = 256 << 20;
/// What may come out of an archive, in bytes.
const MOST: u64 = 4 << 30;
/// How much of an archive tells its format, in bytes.
const HEAD: usize = 512;
/// No archives are opened deeper in one another, whatever is asked for.
const DEEPEST: u32 = 8;

/// Looks at what is in an archive.
///
/// # Errors
/// It cannot be read.
pub fn scan(
    path: &Arc<str>,
    symlink: &Arc<str>,
    depth: u32,
    detector: &Detector,
    stop: &AtomicBool,
    log: &Log,
) -> io::Result<Scanned> {
    let mut file = File::open(&**path)?;
    let mut head = Vec::new();
    (&mut file).take(HEAD as u64).read_to_end(&mut head)?;
    file.rewind()?;
    let Some(format) = Format::of(&head) else {
        log.warn("skipping unknown archive type", &[("path", path)]);
        return Ok(Scanned::default());
    };
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    let is_stream = !matches!(format, Format::Zip | Format::Tar);
    let mut inside = Inside {
        path,
        symlink,
        // A file that is only compressed keeps its name.
        is_alone: is_stream && !name.to_lowercase().contains(".tar"),
        detector,
        stop,
        scanned: Scanned::default(),
    };
    let limits = Limits { depth: depth.min(DEEPEST), entry: LARGEST, total: MOST };
    let size = file.metadata()?.len();
    for remark in entries(&mut file, size, format, &name, limits, &mut inside) {
        let place = if remark.path.is_empty() {
            path.to_string()
        } else {
            format!("{path}!{}", remark.path)
        };
        log.warn(&format!("skipping archive: {}", remark.why), &[("path", &place)]);
    }
    Ok(inside.scanned)
}

struct Inside<'a> {
    path: &'a Arc<str>,
    symlink: &'a Arc<str>,
    is_alone: bool,
    detector: &'a Detector,
    stop: &'a AtomicBool,
    scanned: Scanned,
}

impl Visitor for Inside<'_> {
    fn wants(&mut self, path: &str, head: &[u8]) -> bool {
        (self.is_alone || !self.detector.skips(path)) && !is_binary(head)
    }

    fn take(&mut self, entry: Entry) {
        let file = match self.is_alone {
            true => self.path.clone(),
            false => format!("{}!{}", self.path, entry.path).into(),
        };
        let read = folder::pieces(&entry.bytes[..], &file, self.symlink, self.detector, self.stop);
        // What is in memory can be read.
        let found = read.unwrap_or_default();
        self.scanned.bytes += found.bytes;
        self.scanned.findings.extend::<Vec<Finding>>(found.findings);
    }
}

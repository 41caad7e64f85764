//! Files, folders and standard input.

use super::kind::{is_archive, is_binary};
use super::pieces::Pieces;
use super::{Origin, Scanned, inside};
use crate::compat::gitleaks::detect::{Detector, text};
use crate::compat::gitleaks::log::Log;
use crate::compat::go::{cleaned, reason};
use rayon::prelude::*;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// So many pieces of a file are looked at at once.
const AT_ONCE: usize = 16;
/// No deeper folders are looked into: links of folders are not followed, so this is hostile.
const DEEPEST: usize = 512;

/// What to scan.
#[derive(Debug)]
pub struct Folder<'a> {
    pub path: &'a str,
    pub follow_links: bool,
    /// Larger files are passed over; in bytes, 0 for no bound.
    pub largest: u64,
    /// How deep archives are opened; 0 for none.
    pub archive_depth: u32,
    pub detector: &'a Detector,
    /// Set when it is time to stop.
    pub stop: &'a AtomicBool,
    pub log: &'a Log,
}

/// A file to look at.
#[derive(Debug)]
struct Target {
    /// As the system has it.
    real: PathBuf,
    origin: Origin,
}

/// Looks at a file, or at all files of a folder.
pub fn scan(folder: &Folder) -> Scanned {
    let mut targets = Vec::new();
    match fs::symlink_metadata(folder.path) {
        Ok(metadata) => {
            folder.walk(folder.path.as_ref(), folder.path.to_owned(), &metadata, 0, &mut targets)
        }
        Err(error) => folder.warn("skipping", folder.path, Some(&error)),
    }
    let scanned: Vec<Scanned> = targets.par_iter().map(|target| folder.file(target)).collect();
    let mut all = scanned.into_iter().fold(Scanned::default(), Scanned::join);
    all.is_partial |= folder.stop.load(Ordering::Relaxed);
    all
}

/// Looks at standard input.
///
/// # Errors
/// It cannot be read.
pub fn scan_stdin(detector: &Detector, stop: &AtomicBool) -> io::Result<Scanned> {
    pieces(io::stdin().lock(), &Origin::default(), detector, stop)
}

impl Folder<'_> {
    fn warn(&self, message: &str, path: &str, error: Option<&io::Error>) {
        match error.map(reason) {
            Some(why) => self.log.warn(message, &[("error", &why), ("path", path)]),
            None => self.log.warn(message, &[("path", path)]),
        }
    }

    /// Goes through what is at `real`, which is shown as `path`.
    fn walk(
        &self,
        real: &Path,
        path: String,
        metadata: &Metadata,
        depth: usize,
        to: &mut Vec<Target>,
    ) {
        if !metadata.is_dir() {
            return to.extend(self.target(real, &path, metadata));
        }
        if self.detector.skips(&path) || depth > DEEPEST {
            return self.log.debug("skipping directory: global allowlist", &[("path", &path)]);
        }
        let entries = match fs::read_dir(real) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                let fields = [("error", "permission denied"), ("path", &*path)];
                return self.log.warn("skipping directory", &fields);
            }
            Err(error) => return self.warn("skipping", &path, Some(&error)),
        };
        let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = joined(&path, &shown(Path::new(&entry.file_name())));
            match entry.metadata() {
                Ok(metadata) => self.walk(&entry.path(), path, &metadata, depth + 1, to),
                Err(error) => self.warn("skipping", &path, Some(&error)),
            }
        }
    }

    fn target(&self, real: &Path, path: &str, metadata: &Metadata) -> Option<Target> {
        let field = [("path", path)];
        if metadata.len() == 0 {
            self.log.debug("skipping empty file", &field);
            return None;
        }
        if self.largest > 0 && metadata.len() > self.largest {
            let (most, size) = (self.largest / 1_000_000, metadata.len() / 1_000_000);
            let message = format!("skipping file: too large max_size={most}MB, size={size}MB");
            self.log.warn(&message, &field);
            return None;
        }
        let origin = Origin { file: path.into(), ..Origin::default() };
        let mut target = Target { real: real.to_owned(), origin };
        if metadata.is_symlink() {
            if !self.follow_links {
                self.log.debug("skipping symlink: follow symlinks disabled", &field);
                return None;
            }
            match resolved(real) {
                Ok(real) if fs::metadata(&real).is_ok_and(|metadata| metadata.is_file()) => {
                    let file = cleaned(&shown(&real)).into();
                    let origin = Origin { file, symlink: path.into(), commit: None };
                    target = Target { real, origin };
                }
                Ok(_) => {
                    self.log.debug("skipping symlink: target is directory", &field);
                    return None;
                }
                Err(error) => {
                    let fields = [("error", &*reason(&error)), ("path", path)];
                    self.log.error("skipping symlink: could not evaluate", &fields);
                    return None;
                }
            }
        } else if !metadata.is_file() {
            // A pipe or a device might never end.
            return None;
        }
        if self.detector.skips(path) {
            self.log.debug("skipping file: global allowlist", &field);
            return None;
        }
        Some(target)
    }

    fn file(&self, target: &Target) -> Scanned {
        let path = &*target.origin.file;
        let field = [("path", path)];
        let is_archive = is_archive(path);
        if is_archive && self.archive_depth == 0 {
            self.log.trace("skipping archive: exceeds max archive depth", &field);
            return Scanned::default();
        }
        let mut file = match File::open(&target.real) {
            Ok(file) => file,
            Err(error) => {
                if error.kind() == io::ErrorKind::PermissionDenied {
                    self.log.warn("skipping file: permission denied", &field);
                }
                return Scanned::default();
            }
        };
        let scanned = match is_archive {
            true => {
                let (depth, log) = (self.archive_depth, self.log);
                let look = inside::Look { depth, detector: self.detector, stop: self.stop, log };
                look.scan(&mut file, &target.origin)
            }
            false => pieces(file, &target.origin, self.detector, self.stop),
        };
        scanned.unwrap_or_else(|error| self.unread(path, &error))
    }

    fn unread(&self, path: &str, error: &io::Error) -> Scanned {
        let why = format!("could not read file: {}", reason(error));
        self.log.error("", &[("error", &why), ("path", path)]);
        Scanned::default()
    }
}

/// Looks at a text piece by piece.
pub fn pieces(
    reader: impl Read,
    origin: &Origin,
    detector: &Detector,
    stop: &AtomicBool,
) -> io::Result<Scanned> {
    let mut pieces = Pieces::new(reader);
    let mut scanned = Scanned::default();
    let mut line = 0;
    let mut batch: Vec<(Vec<u8>, i64)> = Vec::new();
    loop {
        let piece = if stop.load(Ordering::Relaxed) { None } else { pieces.next()? };
        let is_last = piece.is_none();
        let is_text =
            |piece: &super::pieces::Piece| line > 0 || !is_binary(&piece.bytes[..piece.head]);
        match piece.filter(is_text) {
            Some(piece) => {
                let start = line + 1;
                line += memchr::memchr_iter(b'\n', &piece.bytes).count() as i64;
                scanned.bytes += piece.bytes.len() as u64;
                batch.push((piece.bytes, start));
            }
            None if !is_last => {
                // What was read of it before counts; the rest is not looked at.
                scanned.findings.extend(look(&batch, origin, detector));
                return Ok(scanned);
            }
            None => {}
        }
        if is_last || batch.len() == AT_ONCE {
            scanned.findings.extend(look(&batch, origin, detector));
            batch.clear();
        }
        if is_last {
            return Ok(scanned);
        }
    }
}

fn look(batch: &[(Vec<u8>, i64)], origin: &Origin, detector: &Detector) -> Vec<super::Finding> {
    let one = |(bytes, start): &(Vec<u8>, i64)| origin.detect(bytes, *start, detector);
    match batch {
        [only] => one(only),
        several => several.par_iter().flat_map_iter(one).collect(),
    }
}

/// As Go joins paths: without `.` and what is doubled.
fn joined(folder: &str, name: &str) -> String {
    let cleaned = cleaned(folder);
    match &*cleaned {
        "." => name.to_owned(),
        "/" => format!("/{name}"),
        folder => format!("{folder}/{name}"),
    }
}

/// Where a link leads, relative where the link is.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..255 {
        if !fs::symlink_metadata(&path)?.is_symlink() {
            return Ok(path);
        }
        let to = fs::read_link(&path)?;
        path = path.parent().unwrap_or(Path::new("")).join(to);
    }
    Err(io::Error::other("too many links"))
}

fn shown(path: &Path) -> String {
    text(path.as_os_str().as_encoded_bytes()).into_owned()
}

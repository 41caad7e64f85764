//! Files that hold texts which their own bytes do not show: archives, and documents whose text is
//! packed.

use super::archive::{self, Entry, Format, Limits, Remark, Visitor};
use super::{NO_LINK, Reading, Settings, SourceFile, Target, decode, office, open, pdf};
use crate::finding::Trouble;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Seek};
use std::sync::Arc;

/// A file that may hold so many times what a file may be large is opened.
const TIMES: u64 = 16;

/// The endings of programs that carry a zip behind them, and of zips that may follow a program.
const PROGRAMS: &[&str] = &["zip", "jar", "war", "exe"];

/// A file to look into.
#[derive(Debug)]
pub struct Inside {
    pub path: Arc<str>,
    what: What,
    held: Held,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Archive(Format),
    Pdf,
}

#[derive(Debug)]
enum Held {
    Bytes(Vec<u8>),
    /// One that is too large to be held, and its size.
    File(File, u64),
}

impl What {
    fn of(head: &[u8]) -> Option<What> {
        let pdf = || pdf::is_pdf(head).then_some(What::Pdf);
        Format::of(head).map(What::Archive).or_else(pdf)
    }
}

impl Settings {
    /// The largest archive that is opened, and what may come out of it, in bytes.
    pub fn archive_limit(&self) -> u64 {
        self.limit().saturating_mul(TIMES)
    }
}

impl Inside {
    /// Whether what begins so holds texts that its bytes do not show.
    pub fn is_one(head: &[u8]) -> bool {
        What::of(head).is_some()
    }

    /// What was read of a file, as one to look into; gives it back where it is none.
    pub(super) fn of(path: &Arc<str>, raw: Vec<u8>) -> Result<Inside, Vec<u8>> {
        let appended = || {
            let may = path.rsplit_once('.').is_some_and(|(_, ending)| {
                PROGRAMS.iter().any(|known| ending.eq_ignore_ascii_case(known))
            });
            (may && archive::is_appended(&raw)).then_some(What::Archive(Format::Zip))
        };
        match What::of(&raw).or_else(appended) {
            Some(what) => Ok(Inside { path: path.clone(), what, held: Held::Bytes(raw) }),
            None => Err(raw),
        }
    }

    /// A file that is too large to be held, which begins as an archive does.
    pub(super) fn large(target: &Target, format: Format, settings: &Settings) -> Reading {
        let opened = open(&target.absolute, NO_LINK).and_then(|file| {
            let size = file.metadata()?.len();
            Ok((file, size))
        });
        match opened {
            Err(error) => Reading::unreadable(&error),
            Ok((_, size)) if size > settings.archive_limit() => Reading::over(TIMES, settings),
            Ok((file, size)) => Reading::Inside(Inside {
                path: target.path.clone(),
                what: What::Archive(format),
                held: Held::File(file, size),
            }),
        }
    }

    /// The hash of what the file holds, which is not that of a text.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn hash(&mut self) -> io::Result<blake3::Hash> {
        let mut hasher = blake3::Hasher::new_derive_key("lockgate 2026 a file to look into");
        match &mut self.held {
            Held::Bytes(bytes) => hasher.update(bytes),
            Held::File(file, _) => {
                file.rewind()?;
                hasher.update_reader(file)?
            }
        };
        Ok(hasher.finalize())
    }

    /// Hands over every text in it, at most `Settings::archive_depth` archives deep. What cannot
    /// be looked at is said.
    pub fn texts(&self, settings: &Settings, each: &mut dyn FnMut(Entry)) -> Vec<Remark> {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        let mut texts = Texts { each, limit: settings.limit(), remarks: Vec::new() };
        let limits = Limits {
            depth: settings.archive_depth,
            entry: settings.limit(),
            total: settings.archive_limit(),
            names_unpacked: true,
        };
        let mut remarks = match (self.what, &self.held) {
            (What::Archive(format), Held::Bytes(bytes)) => {
                let (mut source, size) = (Cursor::new(bytes), bytes.len() as u64);
                archive::entries(&mut source, size, format, name, limits, &mut texts)
            }
            (What::Archive(format), Held::File(file, size)) => {
                let mut source = BufReader::new(file);
                match source.rewind() {
                    Ok(()) => {
                        archive::entries(&mut source, *size, format, name, limits, &mut texts)
                    }
                    Err(error) => vec![Remark::unreadable(&error)],
                }
            }
            (What::Pdf, Held::Bytes(bytes)) => {
                texts.pages("", bytes);
                Vec::new()
            }
            (What::Pdf, Held::File(..)) => Vec::new(),
        };
        remarks.append(&mut texts.remarks);
        remarks
    }

    /// What the file is to whoever does not look into it, or found nothing in it.
    pub fn closed(self) -> Reading {
        match self.held {
            Held::Bytes(raw) if !decode::is_binary(&raw) => {
                Reading::Source(SourceFile::new(self.path, raw))
            }
            _ => Reading::Binary,
        }
    }
}

/// Takes what is text, and of documents their text.
struct Texts<'a> {
    each: &'a mut dyn FnMut(Entry),
    /// The most that a document may say, in bytes.
    limit: u64,
    remarks: Vec<Remark>,
}

impl Texts<'_> {
    fn pages(&mut self, path: &str, raw: &[u8]) {
        let inner = |page: u32| match path {
            "" => format!("page-{page}"),
            path => format!("{path}!page-{page}"),
        };
        let said = pdf::pages(raw, self.limit, &mut |page, text| {
            (self.each)(Entry { path: inner(page), bytes: text.into_bytes() });
        });
        let remark = |why| Remark { path: path.to_owned(), trouble: Trouble::OverLimit, why };
        self.remarks.extend(said.map(remark));
    }
}

impl Visitor for Texts<'_> {
    fn wants(&mut self, _path: &str, head: &[u8]) -> bool {
        pdf::is_pdf(head) || !decode::is_binary(head)
    }

    fn take(&mut self, entry: Entry) {
        if pdf::is_pdf(&entry.bytes) {
            return self.pages(&entry.path, &entry.bytes);
        }
        let bytes = match office::is_text(&entry.path) {
            true => office::text(&entry.bytes),
            false => entry.bytes,
        };
        (self.each)(Entry { path: entry.path, bytes });
    }
}

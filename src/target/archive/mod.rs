//! What is inside archives, handed over one entry at a time.
//!
//! Nothing is ever written, and every name is only shown. Whatever an archive says of itself, what
//! it costs is bounded: by the bytes that come out of it and of all that is nested in it, by their
//! ratio to what is on the disk, by the number and depth of its entries, and by what is in memory
//! at the same time. What cannot be read is said, and the rest is handed over.

mod format;
mod name;
mod room;
mod seven;
mod spent;
mod tar;
mod unpack;
mod zip;

pub use format::Format;
pub use name::hosts;
pub use zip::is_appended;

use crate::finding::Trouble;
use room::Permit;
use spent::{Metered, Spent};
use std::io::{self, Cursor, Read, Seek};

/// How much of an entry tells what it is, in bytes.
const HEAD: usize = 8 << 10;
/// What is said of one archive, at most.
const REMARKS: usize = 20;

/// What an archive may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How deep archives are opened: 1 for the archive alone, 0 for none.
    pub depth: u32,
    /// The largest entry that is handed over, and the largest archive that is opened in another one
    /// that must be in memory for it, in bytes.
    pub entry: u64,
    /// What may come out of an archive and all that is nested in it, in bytes.
    pub total: u64,
    /// Whether what a compressed file holds has a name below it: `b.txt.gz!b.txt`; else it has the
    /// name of that file, which is empty for the outermost one.
    pub names_unpacked: bool,
}

/// How many times what is on the disk may come out of it. Deflate makes 1 of 1032 at best, and of
/// text hardly ever more than 1 of 100.
const RATIO: u64 = 250;
/// So many bytes may come out whatever the ratio.
const ALWAYS: u64 = 16 << 20;
/// How many entries are looked at, those of nested archives among them.
const ENTRIES: u64 = 100_000;

/// A file inside an archive.
#[derive(Debug)]
pub struct Entry {
    /// Where it is: `inner/path`, or `b.tar!inner/path` in an archive that is nested.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// What could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// As in `Entry`; empty stands for the archive itself.
    pub path: String,
    pub trouble: Trouble,
    /// What happened, as the end of a sentence that begins with the path.
    pub why: String,
}

impl Remark {
    /// The file itself cannot be read.
    pub fn unreadable(error: &io::Error) -> Remark {
        let why = format!("cannot be read: {error}");
        Remark { path: String::new(), trouble: Trouble::Unreadable, why }
    }
}

/// Whoever looks at what is inside.
pub trait Visitor {
    /// Whether the entry with the path is wanted; `head` is how it begins. What is not wanted is
    /// unpacked no further.
    fn wants(&mut self, path: &str, head: &[u8]) -> bool;
    /// Takes the entry.
    fn take(&mut self, entry: Entry);
}

/// What an archive is read from.
pub trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

/// Hands over what is in an archive of `size` bytes, and says what could not be. `name` is that of
/// its file, by which the content of a `.gz` is named.
pub fn entries(
    source: &mut dyn Source,
    size: u64,
    format: Format,
    name: &str,
    limits: Limits,
    visitor: &mut dyn Visitor,
) -> Vec<Remark> {
    let total = limits.total.min(ALWAYS.max(size.saturating_mul(RATIO)));
    let spent = Spent::new(total, ENTRIES);
    let mut walk =
        Walk { limits, spent: &spent, visitor, remarks: Vec::new(), more: 0, permit: None };
    let place = Place { path: "", name, depth: 1 };
    match format {
        Format::Zip => walk.zip(source, &place),
        Format::SevenZip => walk.seven(source, &place),
        _ => walk.stream(source, format, &place),
    }
    walk.finish()
}

/// An archive that is being looked at.
struct Place<'a> {
    /// Where it is in the outermost one; empty for that itself.
    path: &'a str,
    /// The name of its file.
    name: &'a str,
    depth: u32,
}

impl Place<'_> {
    /// Where an entry of it is.
    fn inner(&self, name: &str) -> String {
        match self.path {
            "" => name.to_owned(),
            path => format!("{path}!{name}"),
        }
    }
}

/// One look at an archive and all that is nested in it.
struct Walk<'a> {
    limits: Limits,
    spent: &'a Spent,
    visitor: &'a mut dyn Visitor,
    remarks: Vec<Remark>,
    /// How many remarks are left out.
    more: usize,
    /// What allows it to hold much at a time.
    permit: Option<Permit>,
}

impl Walk<'_> {
    /// What is in something that is read from its beginning to its end. What is read is counted by
    /// whoever unpacks it.
    fn stream(&mut self, packed: &mut dyn Read, format: Format, place: &Place) {
        if format == Format::Tar {
            return self.tar(packed, place);
        }
        let unpacked = match unpack::reader(format, packed) {
            Ok(unpacked) => unpacked,
            Err(error) => return self.failed(place.path, &error),
        };
        let mut unpacked = Metered::new(unpacked, self.spent);
        let (head, error) = read_up_to(&mut unpacked, HEAD as u64);
        if Format::of(&head) == Some(Format::Tar) {
            return self.tar(&mut Cursor::new(head).chain(unpacked), place);
        }
        let inner = match self.limits.names_unpacked {
            true => place.inner(&name::unpacked(place.name)),
            false => place.path.to_owned(),
        };
        match (head.is_empty(), error) {
            (true, Some(error)) => self.failed(place.path, &error),
            _ if !self.spent.entry() => {}
            (_, error) => self.begun(&mut unpacked, head, error, &inner, place.depth),
        }
    }

    /// An entry of an archive at the depth. Its bytes need not be read to the end.
    fn member(&mut self, unpacked: &mut dyn Read, path: &str, depth: u32) {
        let (head, error) = read_up_to(unpacked, HEAD as u64);
        self.begun(unpacked, head, error, path, depth);
    }

    /// An entry of which the head has been read.
    fn begun(
        &mut self,
        rest: &mut dyn Read,
        head: Vec<u8>,
        error: Option<io::Error>,
        path: &str,
        depth: u32,
    ) {
        match Format::of(&head) {
            Some(_) if depth >= self.limits.depth => {
                let why = format!(
                    "lies more than {} archives deep and was not opened; raise `archive_depth` under [scan] to look inside",
                    self.limits.depth
                );
                self.remark(path, Trouble::OverLimit, why);
            }
            Some(format) => {
                let name = path.rsplit(['/', '!']).next().unwrap_or(path);
                let place = Place { path, name, depth: depth + 1 };
                let mut whole = Cursor::new(head).chain(rest);
                match format {
                    Format::Zip | Format::SevenZip => {
                        let Some(bytes) = self.whole(Vec::new(), &mut whole, None, path) else {
                            return;
                        };
                        match format {
                            Format::Zip => self.zip(&mut Cursor::new(bytes), &place),
                            _ => self.seven(&mut Cursor::new(bytes), &place),
                        }
                    }
                    _ => self.stream(&mut whole, format, &place),
                }
            }
            None if self.visitor.wants(path, &head) => {
                if let Some(bytes) = self.whole(head, rest, error, path) {
                    self.visitor.take(Entry { path: path.to_owned(), bytes });
                }
            }
            None => {}
        }
        if depth == 1 {
            self.permit = None;
        }
    }

    /// An entry in memory, as far as it can be read; none where it is too large.
    fn whole(
        &mut self,
        head: Vec<u8>,
        rest: &mut dyn Read,
        error: Option<io::Error>,
        path: &str,
    ) -> Option<Vec<u8>> {
        let (mut bytes, mut error) = (head, error);
        while error.is_none() {
            let length = bytes.len() as u64;
            if length > self.limits.entry {
                let why = format!(
                    "is over the limit of {} MiB; raise `max_file_mib` under [scan] to scan it",
                    self.limits.entry >> 20
                );
                self.remark(path, Trouble::OverLimit, why);
                return None;
            }
            if length >= room::FREE && self.permit.is_none() {
                self.permit = Some(Permit::take());
            }
            let step = room::FREE.min(self.limits.entry + 1 - length);
            let (more, failed) = read_up_to(rest, step);
            error = failed;
            if more.is_empty() {
                break;
            }
            bytes.extend_from_slice(&more);
        }
        if let Some(error) = error {
            self.failed(path, &error);
        }
        Some(bytes)
    }

    /// Says why something could not be read, or not to its end; once, where it is that the bounds
    /// of the whole archive are reached.
    fn failed(&mut self, path: &str, error: &io::Error) {
        if !self.spent.is_over() {
            let why = format!("is damaged or cut off, and was read as far as that goes: {error}");
            self.remark(path, Trouble::Unparsed, why);
        }
    }

    fn remark(&mut self, path: &str, trouble: Trouble, why: String) {
        match self.remarks.len() < REMARKS {
            true => self.remarks.push(Remark { path: path.to_owned(), trouble, why }),
            false => self.more += 1,
        }
    }

    fn finish(self) -> Vec<Remark> {
        let Walk { mut remarks, more, spent, .. } = self;
        let of_all = |trouble, why| Remark { path: String::new(), trouble, why };
        if more > 0 {
            let why = format!("has {more} more entries that could not be looked at");
            remarks.push(of_all(Trouble::OverLimit, why));
        }
        if let Some(why) = spent.why() {
            remarks.push(of_all(Trouble::OverLimit, why));
        }
        remarks
    }
}

/// So many bytes, or all that there are, and what ended them too early.
fn read_up_to(from: &mut dyn Read, count: u64) -> (Vec<u8>, Option<io::Error>) {
    let mut bytes = Vec::new();
    let error = from.take(count).read_to_end(&mut bytes).err();
    (bytes, error)
}

#[cfg(test)]
mod tests;

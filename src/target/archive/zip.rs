//! Zip: entries one after the other, and a list of them at the end. The list is read entry by entry,
//! so that one that lies costs no memory; where there is none, the entries themselves are looked
//! for. Facts: APPNOTE 6.3.10 of PKWARE.

use super::name::clean;
use super::{Metered, Place, Source, Walk, unpack};
use crate::finding::Trouble;
use std::io::{self, Cursor, Read, SeekFrom};

const ENTRY: &[u8] = b"PK\x03\x04";
const LISTED: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
/// The bytes of each without what is of any length.
const ENTRY_SIZE: usize = 30;
const LISTED_SIZE: usize = 46;
const END_SIZE: usize = 22;
const END_64_SIZE: usize = 56;
const LOCATOR_64_SIZE: usize = 20;
/// The longest comment that may stand at the end.
const COMMENT: u64 = u16::MAX as u64;
/// Says that a number stands elsewhere.
const ELSEWHERE: u32 = u32::MAX;

/// An entry, by the list or by what stands before it.
struct Member {
    name: Vec<u8>,
    method: u16,
    is_encrypted: bool,
    /// None where it is told behind the entry only.
    packed: Option<u64>,
}

impl Walk<'_> {
    /// What is in a zip.
    pub(super) fn zip(&mut self, source: &mut dyn Source, place: &Place) {
        let read = match list(source) {
            Ok(Some(list)) => self.listed(source, list, place),
            Ok(None) => {
                let why =
                    "is cut off: its list of entries is missing; those that were found are scanned";
                self.remark(place.path, Trouble::Unparsed, why.to_owned());
                self.found(source, place)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = read {
            self.failed(place.path, &error);
        }
    }

    /// The entries in the list.
    fn listed(&mut self, source: &mut dyn Source, list: List, place: &Place) -> io::Result<()> {
        let mut at = list.start;
        while at < list.end && !self.spent.is_over() {
            let record = read_at(source, at, LISTED_SIZE)?;
            if !record.starts_with(LISTED) {
                return Err(io::Error::other("its list of entries breaks off"));
            }
            let lengths = [28, 30, 32].map(|at| usize::from(u16_at(&record, at)));
            let [name, extra, comment] = lengths;
            let rest = read_at(source, at + LISTED_SIZE as u64, name + extra)?;
            at += (LISTED_SIZE + name + extra + comment) as u64;
            let [mut packed, unpacked, mut offset] =
                [20, 24, 42].map(|at| u32_at(&record, at).into());
            if let Some(wide) = wide(rest.get(name..).unwrap_or_default()) {
                let mut wide = wide.chunks_exact(8).map(|n| u64_at(n, 0));
                let _ = if unpacked == u64::from(ELSEWHERE) { wide.next() } else { None };
                for number in [&mut packed, &mut offset] {
                    if *number == u64::from(ELSEWHERE) {
                        *number = wide.next().unwrap_or(*number);
                    }
                }
            }
            let member = Member {
                name: rest[..name.min(rest.len())].to_vec(),
                method: u16_at(&record, 10),
                is_encrypted: u16_at(&record, 8) & 1 != 0,
                packed: Some(packed),
            };
            let offset = offset.saturating_add(list.shift);
            let header = read_at(source, offset, ENTRY_SIZE)?;
            if !header.starts_with(ENTRY) {
                let path = place.inner(&clean(&member.name));
                let why = "is not where the list of the archive says".to_owned();
                self.remark(&path, Trouble::Unparsed, why);
                continue;
            }
            let start = offset + (ENTRY_SIZE + lengths_of(&header)) as u64;
            self.unzip(source, &member, start, place)?;
        }
        Ok(())
    }

    /// The entries that stand in it, whatever is listed.
    fn found(&mut self, source: &mut dyn Source, place: &Place) -> io::Result<()> {
        let mut from = 0;
        while let Some(at) = find(source, from)? {
            let header = read_at(source, at, ENTRY_SIZE)?;
            if header.len() < ENTRY_SIZE || self.spent.is_over() {
                break;
            }
            let length = usize::from(u16_at(&header, 26));
            let flags = u16_at(&header, 6);
            let packed = match (flags & 8, u32_at(&header, 18)) {
                (0, packed) if packed != ELSEWHERE => Some(u64::from(packed)),
                _ => None,
            };
            let member = Member {
                name: read_at(source, at + ENTRY_SIZE as u64, length)?,
                method: u16_at(&header, 8),
                is_encrypted: flags & 1 != 0,
                packed,
            };
            let start = at + (ENTRY_SIZE + lengths_of(&header)) as u64;
            self.unzip(source, &member, start, place)?;
            from = start.saturating_add(packed.unwrap_or_default());
        }
        Ok(())
    }

    fn unzip(
        &mut self,
        source: &mut dyn Source,
        member: &Member,
        start: u64,
        place: &Place,
    ) -> io::Result<()> {
        if !self.spent.entry() || member.name.ends_with(b"/") {
            return Ok(());
        }
        let path = place.inner(&clean(&member.name));
        if member.is_encrypted {
            let why = "is encrypted, so it was not scanned".to_owned();
            self.remark(&path, Trouble::Unreadable, why);
            return Ok(());
        }
        source.seek(SeekFrom::Start(start))?;
        // What goes in counts too: entries may share it, and nothing need come out.
        let packed = Metered::new(source.take(member.packed.unwrap_or(u64::MAX)), self.spent);
        match unpack::method(member.method, packed) {
            Some(Ok(unpacked)) => {
                let mut unpacked = Metered::new(unpacked, self.spent);
                self.member(&mut unpacked, &path, place.depth);
            }
            Some(Err(error)) => self.failed(&path, &error),
            None => {
                let why = format!(
                    "is packed by method {}, which is not read, so it was not scanned",
                    member.method
                );
                self.remark(&path, Trouble::Unreadable, why);
            }
        }
        Ok(())
    }
}

/// Whether bytes end as a zip does, whatever they begin with: a program that unpacks it.
pub fn is_appended(bytes: &[u8]) -> bool {
    let list = list(&mut Cursor::new(bytes)).ok().flatten();
    let start = list.and_then(|list| usize::try_from(list.start).ok());
    start.and_then(|at| bytes.get(at..)).is_some_and(|list| list.starts_with(LISTED))
}

/// Where the list of entries is.
struct List {
    start: u64,
    end: u64,
    /// What stands before the archive, by which every offset in it is short.
    shift: u64,
}

/// None where there is no list.
fn list(source: &mut dyn Source) -> io::Result<Option<List>> {
    let length = source.seek(SeekFrom::End(0))?;
    let tail_at = length.saturating_sub(END_SIZE as u64 + COMMENT);
    let tail = read_at(source, tail_at, (length - tail_at) as usize)?;
    let Some(in_tail) = memchr::memmem::rfind(&tail, END) else { return Ok(None) };
    let Some(end) = tail.get(in_tail..in_tail + END_SIZE) else { return Ok(None) };
    let mut end_at = tail_at + in_tail as u64;
    let (mut size, mut offset) = (u64::from(u32_at(end, 12)), u64::from(u32_at(end, 16)));
    // A second end stands before the first where any number is too large for that: of entries too.
    let locator_at = end_at.saturating_sub(LOCATOR_64_SIZE as u64);
    let locator = read_at(source, locator_at, LOCATOR_64_SIZE)?;
    if locator.starts_with(LOCATOR_64) {
        // It says where that is, unless something stands before the archive.
        let before = locator_at.saturating_sub(END_64_SIZE as u64);
        for at in [u64_at(&locator, 8), before] {
            let wide = read_at(source, at, END_64_SIZE)?;
            if wide.starts_with(END_64) {
                (size, offset, end_at) = (u64_at(&wide, 40), u64_at(&wide, 48), at);
                break;
            }
        }
    }
    let Some(start) = end_at.checked_sub(size) else { return Ok(None) };
    Ok(start.checked_sub(offset).map(|shift| List { start, end: end_at, shift }))
}

/// The next entry at or after an offset.
fn find(source: &mut dyn Source, mut from: u64) -> io::Result<Option<u64>> {
    const STEP: usize = 64 << 10;
    loop {
        let bytes = read_at(source, from, STEP)?;
        if let Some(at) = memchr::memmem::find(&bytes, ENTRY) {
            return Ok(Some(from + at as u64));
        }
        if bytes.len() < STEP {
            return Ok(None);
        }
        from += (STEP - ENTRY.len() + 1) as u64;
    }
}

/// How long the name and the extra fields of an entry are.
fn lengths_of(header: &[u8]) -> usize {
    usize::from(u16_at(header, 26)) + usize::from(u16_at(header, 28))
}

/// The extra field with numbers of 64 bits.
fn wide(mut extra: &[u8]) -> Option<&[u8]> {
    while let Some((head, rest)) = extra.split_at_checked(4) {
        let (field, rest) = rest.split_at_checked(u16_at(head, 2).into())?;
        if u16_at(head, 0) == 1 {
            return Some(field);
        }
        extra = rest;
    }
    None
}

/// So many bytes, or as many as there are.
fn read_at(source: &mut dyn Source, at: u64, count: usize) -> io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::with_capacity(count);
    source.take(count as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    array(bytes, at).map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    array(bytes, at).map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    array(bytes, at).map_or(0, u64::from_le_bytes)
}

/// What is not there is 0.
fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

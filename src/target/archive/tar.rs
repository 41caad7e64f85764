//! Tar: a header of 512 bytes, what it is of, and so on. Read from the beginning to the end.
//! Facts: POSIX.1-2017, the pax interchange format; the manual of GNU tar, "Basic Tar Format".
//!
//! Links and folders hold nothing. Of a sparse file what it holds is handed over, without the
//! holes. A name may be longer than the header has room for; it stands in an entry before it.

use super::name::clean;
use super::{Place, Walk, read_up_to};
use crate::finding::Trouble;
use std::io::{self, Read};

const BLOCK: usize = 512;
/// The longest name or list of attributes that is read, in bytes.
const ATTRIBUTES: u64 = 64 << 10;

impl Walk<'_> {
    /// What is in a tar.
    pub(super) fn tar(&mut self, unpacked: &mut dyn Read, place: &Place) {
        if let Err(error) = self.members(unpacked, place) {
            self.failed(place.path, &error);
        }
    }

    fn members(&mut self, unpacked: &mut dyn Read, place: &Place) -> io::Result<()> {
        // What entries before say of the next one.
        let mut said = Said::default();
        while let Some(header) = Header::read(unpacked)?.filter(|_| self.spent.entry()) {
            let kind = header.kind();
            let is_attributes = matches!(kind, b'L' | b'K' | b'x' | b'g');
            let size = said.size.filter(|_| !is_attributes).map_or_else(|| header.size(), Ok)?;
            let mut content = Read::take(&mut *unpacked, size);
            match kind {
                b'L' => {
                    let name = attributes(&mut content)?;
                    let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
                    said.name = Some(name[..end].to_vec());
                }
                b'x' => said.read(&attributes(&mut content)?),
                b'K' | b'g' => {}
                // A sparse file may have more of its map before what it holds.
                b'S' if header.has_more_map() => skip_map(&mut content)?,
                _ => {}
            }
            if matches!(kind, b'0' | 0 | b'7' | b'S') {
                let name = said.name.take().unwrap_or_else(|| header.name());
                let path = place.inner(&clean(&name));
                self.member(&mut content, &path, place.depth);
            }
            if !is_attributes {
                said = Said::default();
            }
            let left = content.limit();
            // The rest of a block is filled up.
            let fill = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
            if pass_over(unpacked, left + fill)? < left {
                let why = "is cut off: an entry ends after the archive does".to_owned();
                self.remark(place.path, Trouble::Unparsed, why);
                return Ok(());
            }
        }
        Ok(())
    }
}

/// What stands before an entry and is said of it.
#[derive(Default)]
struct Said {
    name: Option<Vec<u8>>,
    size: Option<u64>,
}

impl Said {
    /// Attributes of pax: `LENGTH KEY=VALUE` and a line end, again and again.
    fn read(&mut self, mut attributes: &[u8]) {
        while let Some(blank) = attributes.iter().position(|byte| *byte == b' ') {
            let length =
                std::str::from_utf8(&attributes[..blank]).ok().and_then(|n| n.parse().ok());
            let Some((record, rest)) =
                length.and_then(|length: usize| attributes.split_at_checked(length))
            else {
                return;
            };
            attributes = rest;
            let record = record.get(blank + 1..).unwrap_or_default().trim_ascii_end();
            let Some(equals) = record.iter().position(|byte| *byte == b'=') else { continue };
            let value = &record[equals + 1..];
            match &record[..equals] {
                b"path" => self.name = Some(value.to_vec()),
                b"size" => self.size = std::str::from_utf8(value).ok().and_then(|n| n.parse().ok()),
                _ => {}
            }
        }
    }
}

struct Header([u8; BLOCK]);

impl Header {
    /// The next header; none at the end.
    fn read(from: &mut dyn Read) -> io::Result<Option<Header>> {
        let (bytes, error) = read_up_to(from, BLOCK as u64);
        if let Some(error) = error {
            return Err(error);
        }
        let Ok(bytes) = <[u8; BLOCK]>::try_from(bytes) else { return Ok(None) };
        if bytes.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let header = Header(bytes);
        match header.is_sound() {
            true => Ok(Some(header)),
            false => Err(io::Error::other("what follows an entry is no header")),
        }
    }

    /// The sum of all bytes, those of the sum itself counted as blanks.
    fn is_sound(&self) -> bool {
        let sum: u64 = self.0.iter().map(|byte| u64::from(*byte)).sum();
        let own: u64 = self.0[148..156].iter().map(|byte| u64::from(*byte)).sum();
        octal(&self.0[148..156]) == Some(sum - own + 8 * u64::from(b' '))
    }

    fn kind(&self) -> u8 {
        self.0[156]
    }

    fn size(&self) -> io::Result<u64> {
        number(&self.0[124..136])
            .ok_or_else(|| io::Error::other("an entry does not say how long it is"))
    }

    /// The name with its folders.
    fn name(&self) -> Vec<u8> {
        let until_nul = |field: &[u8]| -> Vec<u8> {
            field.iter().copied().take_while(|byte| *byte != 0).collect()
        };
        let (name, prefix) = (until_nul(&self.0[..100]), until_nul(&self.0[345..500]));
        // GNU tar has other things there.
        match prefix.is_empty() || &self.0[257..263] != b"ustar\0" {
            true => name,
            false => [&prefix[..], b"/", &name].concat(),
        }
    }

    fn has_more_map(&self) -> bool {
        self.0[482] == 1
    }
}

/// The blocks by which the map of a sparse file goes on: each says whether it is the last.
fn skip_map(content: &mut io::Take<impl Read>) -> io::Result<()> {
    let size = content.limit();
    let mut more = true;
    while more {
        content.set_limit(BLOCK as u64);
        let (block, error) = read_up_to(content, BLOCK as u64);
        if let Some(error) = error {
            return Err(error);
        }
        more = block.get(504) == Some(&1);
    }
    content.set_limit(size); // they are not counted
    Ok(())
}

/// A name or attributes, as far as they are read.
fn attributes(content: &mut io::Take<impl Read>) -> io::Result<Vec<u8>> {
    let (bytes, error) = read_up_to(content, ATTRIBUTES);
    error.map_or(Ok(bytes), Err)
}

/// Reads so many bytes for nothing; how many there were.
fn pass_over(from: &mut dyn Read, count: u64) -> io::Result<u64> {
    io::copy(&mut from.take(count), &mut io::sink())
}

/// A number in octal, or in base 256 where the first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    match field.first()? {
        0x80 => field[1..]
            .iter()
            .try_fold(0u64, |number, byte| Some(number.checked_mul(256)? | u64::from(*byte))),
        _ => octal(field),
    }
}

fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    let digits = text.trim_matches(|c: char| c == '\0' || c == ' ');
    let digits = digits.split(['\0', ' ']).next().unwrap_or_default();
    match digits.is_empty() {
        true => Some(0),
        false => u64::from_str_radix(digits, 8).ok(),
    }
}

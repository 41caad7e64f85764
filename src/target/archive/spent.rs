//! What looking at an archive has cost so far, and where it ends.

use std::cell::Cell;
use std::io::{self, Read};

/// What may still come out of an archive. One for it and all that is nested in it.
pub struct Spent {
    total: u64,
    bytes: Cell<u64>,
    entries: Cell<u64>,
    over: Cell<Option<Over>>,
}

#[derive(Clone, Copy)]
enum Over {
    Bytes,
    Entries,
}

impl Spent {
    /// So many bytes and entries.
    pub fn new(total: u64, entries: u64) -> Spent {
        let (bytes, entries) = (Cell::new(total), Cell::new(entries));
        Spent { total, bytes, entries, over: Cell::new(None) }
    }

    /// Takes one entry; false where there are no more to be had.
    pub fn entry(&self) -> bool {
        match self.entries.get().checked_sub(1) {
            Some(left) => self.entries.set(left),
            None => self.over.set(self.over.get().or(Some(Over::Entries))),
        }
        !self.is_over()
    }

    /// Whether a bound was reached: then nothing more is read.
    pub fn is_over(&self) -> bool {
        self.over.get().is_some()
    }

    /// Why the archive was not read to its end, if it was not.
    pub fn why(&self) -> Option<String> {
        let bound = match self.over.get()? {
            Over::Bytes => format!("{} MiB come out of it", self.total >> 20),
            Over::Entries => "it has too many entries".to_owned(),
        };
        Some(format!("was looked at in part only: {bound}, more than an archive of its size may"))
    }
}

/// Counts what is read, and ends it where no more may be.
pub struct Metered<'a, R> {
    from: R,
    spent: &'a Spent,
}

impl<'a, R> Metered<'a, R> {
    pub fn new(from: R, spent: &'a Spent) -> Metered<'a, R> {
        Metered { from, spent }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.spent.is_over() {
            return Err(io::Error::other("more comes out of it than may"));
        }
        let read = self.from.read(to)?;
        match self.spent.bytes.get().checked_sub(read as u64) {
            Some(left) => self.spent.bytes.set(left),
            None => self.spent.over.set(Some(Over::Bytes)),
        }
        Ok(read)
    }
}

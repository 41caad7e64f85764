//! 7z: blocks that hold one file after the other, and behind them a list of all. A library reads
//! both: what it may hold in memory is bounded, and what it unpacks is counted here, also what is
//! passed over. What is encrypted, or packed by PPMd or Deflate, is said and not read.

use super::name::clean;
use super::{Metered, Place, Source, Walk, unpack};
use sevenz_rust2::{ArchiveReader, EntryDecision, Password};
use std::io;

impl Walk<'_> {
    /// What is in a 7z.
    pub(super) fn seven(&mut self, source: &mut dyn Source, place: &Place) {
        let memory = unpack::WINDOW_KIB as usize;
        let read = ArchiveReader::new_with_memory_limit(source, Password::empty(), memory);
        let mut reader = match read {
            Ok(reader) => reader,
            Err(error) => return self.failed(place.path, &io::Error::other(error)),
        };
        // More would hold a window each.
        reader.set_thread_count(1);
        let read = reader.for_each_entries_with_decision(|entry, unpacked| {
            if entry.is_directory || !entry.has_stream {
                return Ok(EntryDecision::Continue);
            }
            if !self.spent.entry() {
                return Ok(EntryDecision::Stop);
            }
            let path = place.inner(&clean(entry.name.as_bytes()));
            let mut unpacked = Metered::new(unpacked, self.spent);
            self.member(&mut unpacked, &path, place.depth);
            // What follows in the block stands behind the rest of this.
            io::copy(&mut unpacked, &mut io::sink())?;
            Ok(EntryDecision::Continue)
        });
        if let Err(error) = read {
            self.failed(place.path, &io::Error::other(error));
        }
    }
}

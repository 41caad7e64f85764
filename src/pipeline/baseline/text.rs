//! A report as UTF-8: shells that redirect it may write a byte order mark, or UTF-16.

use encoding_rs::{Decoder, DecoderResult, UTF_8};
use std::io::{self, Read};

/// Bytes that are decoded at a time.
const CHUNK: usize = 32 << 10;

/// Decodes as it reads.
pub struct Utf8<R> {
    from: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What is decoded, and how much of it was handed out.
    text: String,
    given: usize,
    ended: bool,
}

impl<R: Read> Utf8<R> {
    /// A byte order mark tells the encoding; without one it is UTF-8.
    pub fn new(from: R) -> Utf8<R> {
        let (raw, text) = (vec![0; CHUNK], String::new());
        Utf8 { from, decoder: UTF_8.new_decoder(), raw, text, given: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        let count = self.from.read(&mut self.raw)?;
        self.ended = count == 0;
        self.text.clear();
        self.given = 0;
        let most = self.decoder.max_utf8_buffer_length_without_replacement(count);
        self.text.reserve(most.unwrap_or_default());
        let (raw, text) = (&self.raw[..count], &mut self.text);
        match self.decoder.decode_to_string_without_replacement(raw, text, self.ended) {
            (DecoderResult::InputEmpty, _) => Ok(()),
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, "is not valid UTF-8 or UTF-16")),
        }
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.refill()?;
        }
        let count = (&self.text.as_bytes()[self.given..]).read(into)?;
        self.given += count;
        Ok(count)
    }
}

//! A file in pieces, cut where gitleaks cuts: what stands in two pieces is not found, and where a
//! keyword stands in another piece than the secret, neither.

use std::io::{self, Read};

/// A piece is about so many bytes.
const PIECE: usize = 100_000;
/// It goes on for at most so many until two line ends follow one another.
const BEYOND: usize = 25_000;
/// What is read ahead while it goes on.
const AHEAD: usize = 4096;

/// The pieces of a text.
#[derive(Debug)]
pub struct Pieces<R> {
    reader: R,
    /// Read ahead, and not part of a piece yet; the next byte is the last.
    ahead: Vec<u8>,
}

/// A piece.
#[derive(Debug)]
pub struct Piece {
    pub bytes: Vec<u8>,
    /// How many of them tell the kind of file.
    pub head: usize,
}

impl<R: Read> Pieces<R> {
    pub fn new(reader: R) -> Pieces<R> {
        Pieces { reader, ahead: Vec::new() }
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn next(&mut self) -> io::Result<Option<Piece>> {
        let mut bytes = std::mem::take(&mut self.ahead);
        bytes.reverse();
        if bytes.is_empty() {
            (&mut self.reader).take(PIECE as u64).read_to_end(&mut bytes)?;
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let head = bytes.len();
        self.go_on(&mut bytes, head)?;
        Ok(Some(Piece { bytes, head }))
    }

    /// Goes on to a place where a cut does little harm.
    fn go_on(&mut self, bytes: &mut Vec<u8>, head: usize) -> io::Result<()> {
        if ends_in_empty_line(bytes) {
            return Ok(());
        }
        let mut ends = 0;
        let mut last = bytes.last().copied();
        loop {
            match last {
                Some(b'\n') => {
                    ends += 1;
                    if ends == 2 {
                        return Ok(());
                    }
                }
                Some(b' ' | b'\t' | b'\r') => {}
                _ => ends = 0,
            }
            if bytes.len() - head >= BEYOND {
                return Ok(());
            }
            if self.ahead.is_empty() {
                (&mut self.reader).take(AHEAD as u64).read_to_end(&mut self.ahead)?;
                self.ahead.reverse();
            }
            last = self.ahead.pop();
            match last {
                Some(byte) => bytes.push(byte),
                None => return Ok(()),
            }
        }
    }
}

/// Whether the white space at the end holds two line ends.
fn ends_in_empty_line(bytes: &[u8]) -> bool {
    let white = bytes.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    white.filter(|&&byte| byte == b'\n').nth(1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lengths(text: &[u8]) -> Vec<usize> {
        let mut pieces = Pieces::new(text);
        std::iter::from_fn(|| pieces.next().unwrap().map(|piece| piece.bytes.len())).collect()
    }

    #[test]
    fn a_piece_goes_on_to_an_empty_line() {
        let mut text = vec![b'a'; 250_000];
        text[110_000..110_002].copy_from_slice(b"\n\n");
        let lengths = lengths(&text);
        assert_eq!(lengths[0], 110_002);
        assert_eq!(lengths.iter().sum::<usize>(), text.len());
    }

    #[test]
    fn without_one_it_ends_anyway() {
        assert_eq!(lengths(&vec![b'a'; 200_000])[0], 125_000);
        assert_eq!(lengths(&vec![b'a'; 100_000]), [100_000]);
        assert!(lengths(b"").is_empty());
    }

    proptest! {
        #[test]
        fn all_of_it_is_in_some_piece(seed in prop::collection::vec(any::<u8>(), 0..40), times in 1..9000_usize) {
            let text = seed.repeat(times);
            let mut pieces = Pieces::new(&text[..]);
            let mut all = Vec::new();
            while let Some(piece) = pieces.next().unwrap() {
                all.extend(piece.bytes);
            }
            prop_assert_eq!(all, text);
        }
    }
}

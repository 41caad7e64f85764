//! Decompressors. Each asks for bounded memory whatever the headers say.

use super::Format;
use bzip2::read::MultiBzDecoder;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use lzma_rust2::XzReader;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::io::{self, BufRead, BufReader, Read};

/// The largest dictionary of an xz or window of a zstd, in KiB: what `xz -9` and `zstd -19` make
/// needs no more.
pub const WINDOW_KIB: u32 = 66 << 10;

/// What comes out of something compressed: `format` is that of a stream.
pub fn reader<'a>(format: Format, packed: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match format {
        Format::Gzip => Box::new(MultiGzDecoder::new(packed)),
        Format::Bzip2 => Box::new(MultiBzDecoder::new(packed)),
        Format::Xz => Box::new(XzReader::new_mem_limit(BufReader::new(packed), true, WINDOW_KIB)),
        Format::Zstd => Box::new(Frames::new(packed)?),
        Format::Zip | Format::Tar | Format::SevenZip => Box::new(packed),
    })
}

/// What comes out of an entry of a zip by the number of its method; none where that is unknown.
pub fn method<'a>(method: u16, packed: impl Read + 'a) -> Option<io::Result<Box<dyn Read + 'a>>> {
    let format = match method {
        0 => return Some(Ok(Box::new(packed))),
        8 => return Some(Ok(Box::new(DeflateDecoder::new(packed)))),
        12 => Format::Bzip2,
        93 => Format::Zstd,
        95 => Format::Xz,
        _ => return None,
    };
    Some(reader(format, packed))
}

/// The frames of a zstd, one after the other.
struct Frames<R: Read>(Option<Frame<R>>);

type Frame<R> = StreamingDecoder<BufReader<R>, FrameDecoder>;

impl<R: Read> Frames<R> {
    fn new(packed: R) -> io::Result<Frames<R>> {
        let window = u64::from(WINDOW_KIB) << 10;
        StreamingDecoder::new_with_max_window_size(BufReader::new(packed), window)
            .map(|frame| Frames(Some(frame)))
            .map_err(io::Error::other)
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while let Some(frame) = &mut self.0 {
            let read = frame.read(to)?;
            if read > 0 || to.is_empty() {
                return Ok(read);
            }
            if frame.get_mut().fill_buf()?.is_empty() {
                break;
            }
            let Some((packed, decoder)) = self.0.take().map(StreamingDecoder::into_parts) else {
                break;
            };
            let next = StreamingDecoder::new_with_decoder(packed, decoder);
            self.0 = Some(next.map_err(io::Error::other)?);
        }
        Ok(0)
    }
}

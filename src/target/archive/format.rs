//! What kind of archive bytes are, by how they begin.
//! Facts: the file formats' own documents: APPNOTE 6.3.10 of PKWARE, POSIX.1-2017 (pax), RFC 1952
//! (gzip), RFC 8878 (zstd), the .xz file format 1.2.1; bzip2's header; 7zFormat.txt of the LZMA SDK.

/// A format that is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Also by the names jar, war, ear, whl, egg, apk, docx, xlsx, pptx and more.
    Zip,
    Tar,
    Gzip,
    Bzip2,
    Xz,
    Zstd,
    SevenZip,
}

/// Where a tar says that it is one, and what it says.
const USTAR: (usize, &[u8]) = (257, b"ustar");

impl Format {
    /// The format of what begins so; none where it is no archive that is opened.
    pub fn of(head: &[u8]) -> Option<Format> {
        Some(match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Format::Zip,
            [0x1F, 0x8B, 8, ..] => Format::Gzip,
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => {
                Format::Bzip2
            }
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Format::Xz,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Format::Zstd,
            [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C, ..] => Format::SevenZip,
            _ if head.get(USTAR.0..).is_some_and(|rest| rest.starts_with(USTAR.1)) => Format::Tar,
            _ => return None,
        })
    }
}

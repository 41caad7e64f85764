//! What is no text by its first bytes or its name: gitleaks passes over it.

/// The least length of a text, and what stands in it at which offset.
type Signature = (usize, &'static [(usize, &'static [u8])]);

/// Kinds of files that gitleaks scans although they are no text, where they are what else would be
/// taken for an archive or a program. Each is from the format's own definition.
const SCANNED: &[Signature] = &[
    (9, &[(0, b"\xff\xd8\xff")]),
    (4, &[(0, b"\x89PNG")]),
    (3, &[(0, b"GIF")]),
    (12, &[(8, b"WEBP")]),
    (2, &[(0, b"BM")]),
    (4, &[(0, b"8BPS")]),
    (4, &[(0, b"MThd")]),
    (3, &[(0, b"ID3")]),
    (4, &[(0, b"OggS")]),
];

/// Kinds that it passes over.
const PASSED_OVER: &[Signature] = &[
    // Archives and what is compressed.
    (4, &[(0, b"PK\x03\x04")]),
    (4, &[(0, b"PK\x03\x06")]),
    (4, &[(0, b"PK\x03\x08")]),
    (4, &[(0, b"PK\x05\x04")]),
    (4, &[(0, b"PK\x05\x06")]),
    (4, &[(0, b"PK\x05\x08")]),
    (4, &[(0, b"PK\x07\x04")]),
    (4, &[(0, b"PK\x07\x06")]),
    (4, &[(0, b"PK\x07\x08")]),
    (262, &[(257, b"ustar")]),
    (7, &[(0, b"Rar!\x1a\x07\x00")]),
    (7, &[(0, b"Rar!\x1a\x07\x01")]),
    (3, &[(0, b"\x1f\x8b\x08")]),
    (3, &[(0, b"BZh")]),
    (6, &[(0, b"7z\xbc\xaf\x27\x1c")]),
    (6, &[(0, b"\xfd7zXZ\x00")]),
    (4, &[(0, b"\x28\xb5\x2f\xfd")]),
    (2, &[(0, b"\x1f\xa0")]),
    (2, &[(0, b"\x1f\x9d")]),
    (4, &[(0, b"LZIP")]),
    (7, &[(0, b"!<arch>")]),
    (97, &[(0, b"\xed\xab\xee\xdb")]),
    (4, &[(0, b"MSCF")]),
    (4, &[(0, b"ISc(")]),
    (4, &[(0, b"Cr24")]),
    (32774, &[(32769, b"CD001")]),
    // Documents.
    (4, &[(0, b"%PDF")]),
    (5, &[(0, b"{\\rtf")]),
    (2, &[(0, b"%!")]),
    (4, &[(0, b"SQLi")]),
    (132, &[(128, b"DICM")]),
    (514, &[(0, b"\xd0\xcf\x11\xe0"), (512, b"\xec\xa5")]),
    (514, &[(0, b"\xd0\xcf\x11\xe0"), (512, b"\x09\x08")]),
    (514, &[(0, b"\xd0\xcf\x11\xe0"), (512, b"\xa0\x46")]),
    // Programs.
    (2, &[(0, b"MZ")]),
    (53, &[(0, b"\x7fELF")]),
    (4, &[(0, b"\xfe\xed\xfa\xcf")]),
    (4, &[(0, b"\xfe\xed\xfa\xce")]),
    (4, &[(0, b"\xbe\xba\xfe\xca")]),
    (4, &[(0, b"\xcf\xfa\xed\xfe")]),
    (4, &[(0, b"\xce\xfa\xed\xfe")]),
    (4, &[(0, b"\xca\xfe\xba\xbe")]),
    (8, &[(0, b"\x00asm\x01\x00\x00\x00")]),
    (37, &[(0, b"dex\n"), (36, b"\x70")]),
    (101, &[(0, b"dey\n"), (40, b"dex\n"), (76, b"\x70")]),
    (3, &[(0, b"CWS")]),
    (3, &[(0, b"FWS")]),
    (4, &[(0, b"NES\x1a")]),
    // Fonts.
    (8, &[(0, b"wOFF\x00\x01\x00\x00")]),
    (8, &[(0, b"wOF2\x00\x01\x00\x00")]),
    (5, &[(0, b"\x00\x01\x00\x00\x00")]),
    (5, &[(0, b"OTTO\x00")]),
    (36, &[(34, b"LP"), (8, b"\x02\x00\x01")]),
    (36, &[(34, b"LP"), (8, b"\x01\x00\x00")]),
    (36, &[(34, b"LP"), (8, b"\x02\x00\x02")]),
];

/// The older office formats where the file is too short to tell which.
const OFFICE: &[u8] = b"\xd0\xcf\x11\xe0";

/// Endings that may stand anywhere in the name of what gitleaks takes for an archive.
const ANYWHERE: &[&str] = &[
    ".7z", ".br", ".bz2", ".gz", ".lz4", ".rar", ".s2", ".sz", ".tar", ".xz", ".zip", ".zst", ".zz",
];
/// Those that stand at its end.
const AT_END: &[&str] = &[".lz", ".mz"];

/// Whether the first bytes are those of what is no text.
pub fn is_binary(bytes: &[u8]) -> bool {
    let is = |(length, parts): &Signature| {
        bytes.len() >= *length && parts.iter().all(|(at, part)| bytes[*at..].starts_with(part))
    };
    let short = bytes.len() < 514 && bytes.starts_with(OFFICE);
    let skippable = bytes.len() > 8 && bytes[0] & 0xf0 == 0x50 && bytes[1..4] == *b"\x2a\x4d\x18";
    if skippable {
        // A frame of Zstandard that holds no data; the next one tells.
        let length = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]) as usize;
        return bytes.get(8_usize.saturating_add(length)..).is_some_and(is_binary);
    }
    !SCANNED.iter().any(is) && (short || PASSED_OVER.iter().any(is))
}

/// Whether gitleaks takes a file for an archive, by its name.
pub fn is_archive(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    ANYWHERE.iter().any(|ending| name.contains(ending))
        || AT_END.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_told_by_its_first_bytes() {
        assert!(is_binary(b"PK\x03\x04rest"));
        assert!(is_binary(b"%PDF-1.7"));
        assert!(!is_binary(b"GIF89a"));
        assert!(!is_binary(b"key = value\n"));
        assert!(is_archive("a/logs.tar.old") && is_archive("x.LZ") && !is_archive("a.gz/x.txt"));
    }
}

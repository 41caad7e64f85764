use super::*;
use ::tar as tar_crate;
use ::zip as zip_crate;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::Write;
use zip_crate::write::SimpleFileOptions;

const LIMITS: Limits = Limits { depth: 3, entry: 1 << 20, total: 16 << 20, names_unpacked: true };

/// Takes everything.
#[derive(Default)]
struct All(Vec<(String, Vec<u8>)>);

impl Visitor for All {
    fn wants(&mut self, _: &str, _: &[u8]) -> bool {
        true
    }

    fn take(&mut self, entry: Entry) {
        self.0.push((entry.path, entry.bytes));
    }
}

fn open(bytes: &[u8], limits: Limits) -> (Vec<(String, Vec<u8>)>, Vec<Remark>) {
    let mut all = All::default();
    let Some(format) = Format::of(bytes) else { return (all.0, Vec::new()) };
    let size = bytes.len() as u64;
    let remarks = entries(&mut Cursor::new(bytes), size, format, "it.gz", limits, &mut all);
    (all.0, remarks)
}

fn read(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let (all, remarks) = open(bytes, LIMITS);
    assert_eq!(remarks, []);
    all
}

fn paths(entries: &[(String, Vec<u8>)]) -> Vec<&str> {
    entries.iter().map(|(path, _)| &**path).collect()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip_crate::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(match bytes.len() % 2 {
            0 => zip_crate::CompressionMethod::Deflated,
            _ => zip_crate::CompressionMethod::Stored,
        });
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar_crate::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar_crate::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        if name.len() > 100 {
            builder.append_data(&mut header, name, *bytes).unwrap();
            continue;
        }
        // The crate refuses names that lead out.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_format_gives_its_entries() {
    let long = "d/".repeat(90) + "long.env";
    let files: [(&str, &[u8]); 3] = [("a.env", b"one"), ("b/c.env", b"four"), (&long, b"")];
    let all: Vec<(String, Vec<u8>)> =
        files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
    assert_eq!(read(&zipped(&files)), all);
    assert_eq!(read(&tarred(&files)), all);
    assert_eq!(read(&gzipped(&tarred(&files))), all);
    assert_eq!(read(&gzipped(b"text")), [("it".to_owned(), b"text".to_vec())]);
    let twice = [gzipped(b"one "), gzipped(b"two")].concat();
    assert_eq!(read(&twice), [("it".to_owned(), b"one two".to_vec())]);
}

#[test]
fn bz2_xz_and_zst_are_unpacked() {
    let mut bz2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bz2.write_all(b"key\n").unwrap();
    let zst = ruzstd::encoding::compress_to_vec(
        &b"key\n"[..],
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    // What the command of that name makes of it.
    let xz = b"\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f\xe5\xa3\x01\x00\x03\x6b\x65\x79\
        \x0a\x00\x9d\x3b\x19\xad\x97\x66\xc7\x2b\x00\x01\x1c\x04\x6f\x2c\x9c\xc1\x1f\xb6\xf3\x7d\x01\x00\x00\x00\x00\x04\x59\x5a";
    for packed in [bz2.finish().unwrap(), zst, xz.to_vec()] {
        assert_eq!(read(&packed)[0].1, b"key\n");
        assert_eq!(read(&packed.repeat(2))[0].1, b"key\nkey\n");
    }
}

#[test]
fn what_stands_before_a_zip_does_not_hide_it() {
    let program = [b"#!/bin/sh\nexec unzip\n".to_vec(), zipped(&[("a", b"one")])].concat();
    let mut all = All::default();
    let size = program.len() as u64;
    let source = &mut Cursor::new(&program);
    assert_eq!(entries(source, size, Format::Zip, "run", LIMITS, &mut all), []);
    assert_eq!(paths(&all.0), ["a"]);
}

#[test]
fn archives_in_archives_are_opened_so_deep() {
    let inner = zipped(&[("d.env", b"deep")]);
    let nested = zipped(&[("b.tgz", &gzipped(&tarred(&[("c.zip", &inner)])))]);
    assert_eq!(read(&nested), [("b.tgz!c.zip!d.env".to_owned(), b"deep".to_vec())]);
    let (all, remarks) = open(&nested, Limits { depth: 2, ..LIMITS });
    assert_eq!((all.len(), &*remarks[0].path), (0, "b.tgz!c.zip"));
    assert_eq!(remarks[0].trouble, Trouble::OverLimit);
}

#[test]
fn entries_of_one_name_are_all_handed_over() {
    let mut bytes = zipped(&[("a", b"one"), ("b", b"two")]);
    // In the list and before the entry.
    while let Some(at) = bytes.windows(1).rposition(|w| w == b"b") {
        bytes[at] = b'a';
    }
    assert_eq!(paths(&read(&bytes)), ["a", "a"]);
    assert_eq!(paths(&read(&tarred(&[("a", b"1"), ("a", b"2")]))), ["a", "a"]);
}

#[test]
fn an_entry_over_the_limit_is_said_and_the_rest_is_read() {
    let large = vec![b'x'; (1 << 20) + 1];
    for bytes in [zipped(&[("l", &large), ("s", b"1")]), tarred(&[("l", &large), ("s", b"1")])] {
        let (all, remarks) = open(&bytes, LIMITS);
        assert_eq!(paths(&all), ["s"]);
        assert_eq!((&*remarks[0].path, remarks[0].trouble), ("l", Trouble::OverLimit));
    }
}

#[test]
fn a_bomb_ends_at_the_bounds() {
    let zeros = vec![0; 8 << 20];
    let layer = gzipped(&zeros).repeat(64);
    let (all, remarks) = open(&layer, Limits { entry: 64 << 20, ..LIMITS });
    assert!(all.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() <= 17 << 20);
    assert!(remarks.iter().any(|r| r.trouble == Trouble::OverLimit), "{remarks:?}");
    // One stream of bytes, listed again and again.
    let one = zipped(&[("aaaaaaaa", &vec![0; 1 << 20])]);
    let list = one.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let end = one.windows(4).position(|w| w == b"PK\x05\x06").unwrap();
    let listed = one[list..end].repeat(5000);
    let mut bomb = [&one[..list], &listed, &one[end..]].concat();
    let at = bomb.len() - 10;
    bomb[at..at + 4].copy_from_slice(&(listed.len() as u32).to_le_bytes());
    let (all, remarks) = open(&bomb, LIMITS);
    assert!((1..=20).contains(&all.len()), "{}", all.len());
    assert!(remarks.last().unwrap().why.contains("16 MiB come out of it"), "{remarks:?}");
}

#[test]
fn what_is_cut_off_is_read_as_far_as_it_goes() {
    let files: [(&str, &[u8]); 2] = [("a", b"first"), ("b", b"second.")];
    let zip = zipped(&files);
    let list = zip.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let tar = tarred(&files);
    let gz = [&gzipped(b"text")[..], b"garbage"].concat();
    for (bytes, expected) in [
        (&zip[..list], &["a", "b"][..]),
        (&tar[..512 * 3 + 3], &["a", "b"]),
        (&gz, &["it"]),
        (&gzipped(&tar)[..60], &["a"]),
    ] {
        let (all, remarks) = open(bytes, LIMITS);
        assert!(paths(&all).starts_with(&expected[..1]), "{all:?}");
        assert!(all.len() <= expected.len());
        assert_eq!(remarks[0].trouble, Trouble::Unparsed);
    }
}

#[test]
fn what_is_encrypted_is_said() {
    let mut bytes = zipped(&[("a", b"one"), ("b", b"two")]);
    let list = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    bytes[list + 8] |= 1;
    let (all, remarks) = open(&bytes, LIMITS);
    assert_eq!((paths(&all), &*remarks[0].path), (vec!["b"], "a"));
    assert!(remarks[0].why.contains("encrypted"));
}

proptest! {
    #[test]
    fn nothing_broken_fails_or_grows(
        cuts in prop::collection::vec((0usize..4000, any::<u8>()), 0..20),
        end in 0usize..4000,
        packed in 0usize..4,
    ) {
        let files: [(&str, &[u8]); 3] =
            [("a.env", b"one"), ("b/c.zip", &zipped(&[("d", &[b'd'; 600])])), ("../e", &[7; 700])];
        let mut bytes = match packed {
            0 => zipped(&files),
            1 => tarred(&files),
            2 => gzipped(&tarred(&files)),
            _ => gzipped(&zipped(&files)),
        };
        for (at, byte) in cuts {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len() - end % bytes.len() / 2);
        let (all, remarks) = open(&bytes, LIMITS);
        prop_assert!(all.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() <= 17 << 20);
        prop_assert!(remarks.len() <= REMARKS + 2);
        let leads_out = |path: &str| path.split(['/', '!']).any(|part| part == "..");
        prop_assert!(!all.iter().any(|(path, _)| leads_out(path)));
    }
}

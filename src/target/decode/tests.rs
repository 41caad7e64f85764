use super::*;
use proptest::prelude::*;

fn python(raw: &[u8]) -> Decoded {
    decode(Kind::Python, raw.to_vec())
}

fn text(raw: &[u8]) -> String {
    decode(Kind::Text, raw.to_vec()).text
}

/// What the second line of a source in the codec says, and whether nothing is in doubt.
fn line(codec: &str, second: &[u8]) -> (String, bool) {
    let decoded = python(&[b"# coding: ", codec.as_bytes(), b"\n", second].concat());
    let text = decoded.text.split_once('\n').unwrap().1.to_owned();
    (text, decoded.doubt.is_none())
}

#[test]
fn codecs_go_by_the_names_of_python_and_of_editors() {
    for (names, bytes, means) in [
        (
            "utf-8 UTF_8 utf8-unix utf-8-dos u8 cp65001 utf-8-sig utf_8_whatever",
            &b"\xC3\xA9"[..],
            "é",
        ),
        ("latin-1 latin-1-unix iso-8859-1 ISO_8859-1 l1 cp819 8859 charmap", b"\xE9", "é"),
        ("mac-roman macintosh Mac_Roman mac-roman-mac", b"\x8E", "é"),
        ("cp437 437 IBM437 cspc8codepage437 cp437-dos", b"\x82", "é"),
        ("cp858 ibm858", b"\xD5", "€"),
        ("hp-roman8 r8 csHPRoman8", b"\xC5", "é"),
        ("ptcp154 cyrillic-asian", b"\xE9", "й"),
        ("cp1252 windows-1252 mbcs", b"\x80", "€"),
        ("big5hkscs hkscs big5", b"\xA4\xA4", "中"),
        ("gb2312 gbk gb18030 euc-cn chinese", b"\xD6\xD0", "中"),
        ("hz hz-gb-2312", b"~{VP~}~~", "中~"),
        ("iso2022_kr", b"\x1B$)C\x0EGQ\x0F", "한"),
        ("iso-2022-jp iso2022_jp_2", b"\x1B$BCf\x1B(B", "中"),
        ("shift_jis cp932 sjis", b"\x92\x86\\", "中\\"),
        ("shift_jisx0213 shift_jis_2004", b"\x92\x86\\", "中¥"),
        ("euc_jis_2004 euc-jp", b"\xC3\xE6", "中"),
        ("utf-7 u7", b"+Ti0-+-", "中+"),
        ("unicode_escape", b"\\x41\\101\\u4e2d\\n", "AA中\n"),
        ("raw_unicode_escape", b"\\u4e2d\\n", "中\\n"),
    ] {
        for name in names.split(' ') {
            assert_eq!(line(name, bytes), (means.to_owned(), true), "{name}");
        }
    }
}

#[test]
fn what_cannot_be_decoded_is_read_and_in_doubt() {
    for name in ["klingon", "cp037", "rot13", "punycode", "idna", "utf-16", "locale", "base64"] {
        assert_eq!(line(name, b"import os"), ("import os".to_owned(), false), "{name}");
        assert_eq!(line(name, b"\xE9"), ("é".to_owned(), false), "{name}");
    }
    assert_eq!(line("ascii", b"\xE9"), ("é".to_owned(), false));
    assert_eq!(line("utf-8", b"a\xE9b"), ("a\u{FFFD}b".to_owned(), false));
    assert_eq!(line("utf-7", b"a+"), ("a".to_owned(), false));
    assert_eq!(line("unicode_escape", b"\\xg"), ("\\xg".to_owned(), false));
    assert!(!line("cp932", b"\x81").1);
}

#[test]
fn what_python_makes_of_an_encoding_is_told_apart() {
    for (name, second, encoding) in [
        ("cp1252", &b"'\x81'"[..], Encoding::Broken),
        ("cp1252", b"'\x80'", Encoding::Sound),
        ("mbcs", b"x", Encoding::Unknown),
        ("idna", b"x", Encoding::Sound),
        ("hex_codec", b"x", Encoding::Broken),
        ("utf-16", b"x", Encoding::Broken),
        ("undefined", b"x", Encoding::Broken),
        ("klingon", b"x", Encoding::Unknown),
    ] {
        let source = [b"# coding: ", name.as_bytes(), b"\n", second].concat();
        assert_eq!(python(&source).encoding, encoding, "{name}");
        assert!(python(&source).text.contains(name), "{name}");
    }
    for (name, encoding) in [("utf8", Encoding::Unknown), ("UTF_8_sig", Encoding::Sound)] {
        let source = [b"\xEF\xBB\xBF# coding: ", name.as_bytes(), b"\n"].concat();
        assert_eq!(python(&source).encoding, encoding, "{name}");
    }
}

#[test]
fn a_byte_that_follows_another_ends_no_string() {
    // Behind a byte that leads, the one of a backslash or quote is half a character.
    assert_eq!(line("johab", b"'\x88\\'").0, "'ʔ'");
    assert_eq!(line("shift_jisx0213", b"'\x83\\'").0, "'ソ'");
}

#[test]
fn every_codec_that_python_has_is_found_under_each_of_its_names() {
    for listed in include_str!("codecs.txt").lines().filter(|line| !line.starts_with('#')) {
        let (names, method) = listed.split_once('\t').unwrap();
        assert!(method.starts_with('=') || method.chars().count() == 128, "{names}");
        for name in names.split(' ') {
            assert_eq!(line(name, b"x = 1"), ("x = 1".to_owned(), true), "{name}");
        }
    }
}

#[test]
fn the_encoding_stands_in_a_comment_of_the_first_two_lines() {
    for source in [
        &b"#!/bin/python\r\n# -*- coding: cp437 -*-\r\n'\x82'"[..],
        b"\n  # vim: set fileencoding=cp437 :\n'\x82'",
        b"# codings, coding:cp437\n'\x82'",
    ] {
        assert!(python(source).text.ends_with("'é'"), "{source:?}");
    }
    for source in [&b"x = 1 # coding: cp437\n'\x82'"[..], b"x = 1\n# coding: cp437\n'\x82'"] {
        assert!(python(source).doubt.is_some(), "{source:?}");
    }
}

#[test]
fn a_mark_alone_makes_no_utf16() {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let marked = |bytes: &[u8]| [&b"\xFF\xFE"[..], bytes].concat();
    let words = "Schlüssel = 中文\n";
    assert_eq!(text(&marked(&utf16(words))), words);
    assert_eq!(text(&utf16(words)), words);
    let big: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(text(&[b"\xFE\xFF", &big[..]].concat()), words);
    let script = b"\necho hi\nexport T=abcdefgh\n";
    assert_eq!(text(&marked(script)).as_bytes(), script);
    // Both in one file: what is ASCII in either is read.
    let both = [script, &utf16("export U=ijklmnop")[..]].concat();
    assert!(text(&marked(&both)).ends_with("T=abcdefgh\nexport U=ijklmnop"));
    let utf32: Vec<u8> = "key = value\n".bytes().flat_map(|byte| [byte, 0, 0, 0]).collect();
    assert_eq!(text(&[b"\xFF\xFE\0\0", &utf32[..]].concat()), "key = value\n");
}

#[test]
fn a_few_nuls_make_no_binary() {
    let script = b"key=abc #\0\0\0\n";
    assert!(!is_binary(script));
    assert_eq!(text(script), "key=abc #\n");
    assert!(!is_binary(b"\xFF\xFE\0\x04"));
    assert!(is_binary(b"\0\0"));
    assert!(is_binary(b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3E\0\x01\0\0\0"));
    assert!(is_binary(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x06"));
}

proptest! {
    #[test]
    fn anything_is_text(
        codec in "utf-7|hz|johab|unicode_escape|raw_unicode_escape|iso2022_kr|shift_jis_2004|cp932|[a-z]{2}",
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(&b"\\~{}+-uUxN0\n\x0E\x0F"[..])], 0..60),
    ) {
        python(&[b"# coding: ", codec.as_bytes(), b"\n", &bytes[..]].concat());
        python(&bytes);
        text(&bytes);
    }
}

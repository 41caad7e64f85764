use super::*;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;
use std::io::Write;

const LIMIT: u64 = 1 << 20;

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn stream(number: u32, dictionary: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("{number} 0 obj <<{dictionary}/Length {}>> stream\r\n", bytes.len());
    [head.as_bytes(), bytes, b"\r\nendstream endobj\n"].concat()
}

/// A document whose pages and fonts are packed, as those of most programs are.
fn document(content: &str, cmap: &str) -> Vec<u8> {
    let objects = "3 0 5 60 1 130 2 170 <</Type/Page/Parent 2 0 R/Contents[4 0 R]>> \
        <</Type/Font/Subtype/Type0/ToUnicode 6 0 R>> <</Type/Catalog/Pages 2 0 R>> \
        <</Type/Pages/Kids[3 0 R 9 0 R]/Resources<</Font<</F1 5 0 R>>>>>>";
    [
        b"%PDF-1.5\n%\xE2\xE3\n".to_vec(),
        stream(7, "/Type/ObjStm/N 4/First 21/Filter/FlateDecode", &deflated(objects.as_bytes())),
        stream(4, "/Filter[/FlateDecode]", &deflated(content.as_bytes())),
        stream(6, "", cmap.as_bytes()),
    ]
    .concat()
}

fn text(raw: &[u8]) -> Vec<(u32, String)> {
    let mut pages_of = Vec::new();
    assert_eq!(pages(raw, LIMIT, &mut |page, text| pages_of.push((page, text))), None);
    pages_of
}

#[test]
fn a_page_says_what_its_fonts_make_of_it() {
    let cmap = "1 begincodespacerange <0000> <FFFF> endcodespacerange \
        2 beginbfrange <0001> <0003> <0061> <0010> <0011> [<0058> <0059005A>] endbfrange \
        1 beginbfchar <0020> <0020> endbfchar";
    let content = "BT /F1 9 Tf 1 0 0 1 50 700 Tm [<00010002> -20 <0003> -300 <0010>] TJ \
        0 -12 Td <0011> Tj T* <0001> ' ET BI /W 1 ID (not text) Tj EI";
    assert_eq!(text(&document(content, cmap)), [(1, "abc X\nYZ\na\n".to_owned())]);
}

#[test]
fn strings_are_read_with_their_escapes() {
    let content = r"BT (a\(b\)\101(c)\
d) Tj <6 5 66> Tj ET";
    assert_eq!(text(&document(content, "")), [(1, "a(b)A(c)def\n".to_owned())]);
}

#[test]
fn a_document_without_its_tree_or_its_end_is_read_all_the_same() {
    let whole = document("BT (lost) Tj ET", "");
    let cut = memchr::memmem::find(&whole, b"6 0 obj").unwrap();
    assert_eq!(text(&whole[..cut]), [(1, "lost\n".to_owned())]);
    let bare = b"%PDF-1.1 9 0 obj<</Type/Page/Contents 8 0 R>>endobj 8 0 obj<</Filter/ASCII85Decode>>stream\n6<#'\\7PQ#@1a#b0+>GQ(+?(u.+B2ko-qIocCi:FtDfTZ).9(%)78s~>endstream";
    let mut said = Vec::new();
    pages(bare, LIMIT, &mut |_, text| said.push(text));
    assert!(said.len() <= 1);
}

#[test]
fn what_comes_out_is_bounded() {
    let bomb = document(&"BT (aaaaaaaaaaaaaaaaaaaaaaaa) Tj ET ".repeat(1 << 16), "");
    let mut all = 0;
    let why = pages(&bomb, LIMIT, &mut |_, text| all += text.len());
    assert!(why.is_some_and(|why| why.contains("in part only")));
    assert!(all <= 1 << 20);
    let deep =
        [&b"%PDF-1.1 1 0 obj "[..], &b"[".repeat(100_000), b" 2 0 obj ", &b"<<".repeat(100_000)];
    assert_eq!(text(&deep.concat()), []);
}

#[test]
fn what_is_encrypted_is_said() {
    let locked = [document("BT (a) Tj ET", ""), b"trailer<</Encrypt 8 0 R>>".to_vec()].concat();
    let why = pages(&locked, LIMIT, &mut |_, _| unreachable!());
    assert!(why.is_some_and(|why| why.contains("encrypted")));
}

proptest! {
    #[test]
    fn nothing_broken_fails(cuts in prop::collection::vec((0usize..2000, any::<u8>()), 0..30)) {
        let cmap = "1 beginbfrange <0001> <FFFFFFFF> <D800> endbfrange";
        let mut raw = document("BT /F1 1 Tf [(a) -300 <0001>] TJ 1 2 Td (b) ' ET", cmap);
        for (at, byte) in cuts {
            let at = at % raw.len();
            raw[at] = byte;
        }
        pages(&raw, LIMIT, &mut |_, _| {});
        let tail = raw.split_off(raw.len() / 2);
        pages(&[b"%PDF-", &tail[..]].concat(), LIMIT, &mut |_, _| {});
    }
}

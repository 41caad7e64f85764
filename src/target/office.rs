//! The text of office documents, which are archives of XML: what a writer types in one go may be in
//! many elements. Facts: ECMA-376, parts 1 and 2.

/// The elements that end a line or a cell. Any other is passed over without a trace.
const BREAKS: [&[u8]; 8] = [b"p", b"br", b"tab", b"si", b"row", b"c", b"h", b"tr"];

/// Whether an entry of an archive, by its path, is the text of a document.
pub fn is_text(path: &str) -> bool {
    let name = path.rsplit('!').next().unwrap_or(path);
    let folder = name.split('/').next();
    name.ends_with(".xml") && matches!(folder, Some("word" | "xl" | "ppt"))
}

/// The text between the tags.
pub fn text(xml: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(xml.len() / 4);
    let mut rest = xml;
    while let Some(open) = memchr::memchr(b'<', rest) {
        push_unescaped(&rest[..open], &mut text);
        let Some(length) = memchr::memchr(b'>', &rest[open..]) else { return text };
        let tag = &rest[open + 1..open + length];
        if is_break(tag) && text.last().is_some_and(|last| *last != b'\n') {
            text.push(b'\n');
        }
        rest = &rest[open + length + 1..];
    }
    push_unescaped(rest, &mut text);
    text
}

/// Whether a tag ends one of the elements, or is all of it.
fn is_break(tag: &[u8]) -> bool {
    let whole = tag.strip_prefix(b"/").or_else(|| tag.strip_suffix(b"/"));
    let Some(name) = whole.and_then(|tag| tag.split(|b| b" \t\r\n".contains(b)).next()) else {
        return false;
    };
    let local = name.iter().position(|b| *b == b':').map_or(name, |at| &name[at + 1..]);
    BREAKS.contains(&local)
}

/// Adds text of XML with the characters for which it has names.
fn push_unescaped(mut raw: &[u8], text: &mut Vec<u8>) {
    const NAMED: [(&[u8], u8); 5] =
        [(b"&amp;", b'&'), (b"&lt;", b'<'), (b"&gt;", b'>'), (b"&quot;", b'"'), (b"&apos;", b'\'')];
    while let Some(at) = memchr::memchr(b'&', raw) {
        text.extend_from_slice(&raw[..at]);
        let named = NAMED.iter().find(|(name, _)| raw[at..].starts_with(name));
        let (c, length) = named.map_or((b'&', 1), |(name, c)| (*c, name.len()));
        text.push(c);
        raw = &raw[at + length..];
    }
    text.extend_from_slice(raw);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_in_one_go_is_in_one_piece() {
        let xml = b"<w:p w:rsidR=\"1\"><w:r><w:t>key=ab</w:t></w:r><w:r><w:t>cd&amp;&lt;&x</w:t></w:r></w:p><w:p><w:t>next</w:t><w:br/></w:p>";
        assert_eq!(text(xml), b"key=abcd&<&x\nnext\n");
        assert_eq!(text(b"<sst><si><t>a</t></si><si><t>b</t></si></sst"), b"a\nb\n");
        assert!(is_text("a.docx!word/document.xml") && is_text("xl/sharedStrings.xml"));
        assert!(!is_text("word/_rels/document.xml.rels") && !is_text("conf/word.xml"));
    }
}

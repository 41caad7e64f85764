//! A piece of text that is looked at as a whole.

use crate::compat::gitleaks::finding::Commit;
use std::borrow::Cow;
use std::sync::Arc;

/// A piece of a file or a run of lines that a commit adds.
#[derive(Debug)]
pub struct Fragment<'t> {
    /// Bytes that are no UTF-8 stand in it as one U+FFFD each, as Go reads them.
    pub text: Cow<'t, str>,
    /// Where those stand.
    replaced: Vec<usize>,
    /// As reports name it; empty for standard input.
    pub file: Arc<str>,
    pub symlink: Arc<str>,
    /// The number of the first line; 0 where there is no file.
    pub start_line: i64,
    pub commit: Option<Arc<Commit>>,
}

impl<'t> Fragment<'t> {
    pub fn new(bytes: &'t [u8], file: Arc<str>, start_line: i64) -> Fragment<'t> {
        let (text, replaced) = read(bytes);
        Fragment { text, replaced, file, symlink: "".into(), start_line, commit: None }
    }

    pub fn commit_id(&self) -> &str {
        self.commit.as_ref().map_or("", |commit| &commit.id)
    }

    /// The offset in bytes that an offset of the text was read from.
    pub fn raw(&self, offset: usize) -> usize {
        // One byte became three.
        offset - 2 * self.replaced.partition_point(|&at| at < offset)
    }

    /// Whether offsets of the text are other ones in the bytes.
    pub fn is_altered(&self) -> bool {
        !self.replaced.is_empty()
    }
}

/// A text as Go reads it: each byte that is no UTF-8 is U+FFFD.
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    read(bytes).0
}

fn read(bytes: &[u8]) -> (Cow<'_, str>, Vec<usize>) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    let mut replaced = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text += chunk.valid();
        for _ in chunk.invalid() {
            replaced.push(text.len());
            text.push('\u{fffd}');
        }
    }
    (Cow::Owned(text), replaced)
}

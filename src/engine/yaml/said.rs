//! What engines say of a text that is not all right, and of the places of its entries.

use super::node::{Stream, Trouble};
use crate::finding::{self, Notification};
use crate::target::SourceFile;
use std::ops::Range;

/// What kept an engine from reading all of a file, and one word for all keys that are there twice:
/// who has merged two files by hand has many.
pub fn notifications(
    file: &SourceFile,
    engine: &'static str,
    stream: &Stream,
) -> Vec<Notification> {
    let said = |trouble, line: u32, why: &str| Notification {
        path: file.path.clone(),
        engine: Some(engine.into()),
        trouble,
        message: format!("line {line}: {why}").into(),
    };
    let mut duplicates = stream.documents.iter().flat_map(|document| &document.duplicates);
    let duplicate = duplicates.next().map(|key| {
        let why = "a key stands in its mapping twice, and the last one counts: remove the other";
        said(finding::Trouble::Unparsed, file.lines().line(key.start), why)
    });
    let trouble = stream.trouble.as_ref().map(|trouble| match trouble {
        Trouble::Malformed { line, why } => said(finding::Trouble::Unparsed, *line, why),
        Trouble::OverLimit { line, why } => said(finding::Trouble::OverLimit, *line, why),
    });
    duplicate.into_iter().chain(trouble).collect()
}

/// What stands after the key of an entry.
pub fn value_of(entry: &Range<usize>, text: &str) -> Option<Range<usize>> {
    let (_, value) = text.get(entry.clone())?.split_once(':')?;
    Some(entry.end - value.trim_start().len()..entry.end)
}

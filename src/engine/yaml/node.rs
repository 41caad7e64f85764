//! What a text says.

use super::scalar::Scalar;
use std::ops::Range;
use std::sync::Arc;

/// A text of any number of documents.
#[derive(Debug, Default)]
pub struct Stream {
    pub documents: Vec<Document>,
    /// What kept the rest from being read.
    pub trouble: Option<Trouble>,
}

/// One document.
#[derive(Debug, Clone)]
pub struct Document {
    pub root: Node,
    /// The entries whose key their mapping has before. The last one counts.
    pub duplicates: Vec<Range<usize>>,
}

/// A value and its place; cheap to clone.
#[derive(Debug, Clone)]
pub struct Node {
    pub content: Content,
    /// Bytes of the text, without comments and white space around it. An alias has the place of
    /// its own name, and the nodes in it have theirs at the anchor.
    pub range: Range<usize>,
    /// A tag that is no part of YAML itself: `!Ref`.
    pub tag: Option<Arc<str>>,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// What it means, and as it is written (without quotes, escapes resolved).
    Scalar(Scalar, Arc<str>),
    List(Arc<Vec<Node>>),
    /// In the order of the text, each key once; what `<<` merges stands at the end.
    Map(Arc<Vec<Entry>>),
}

/// `key: value`.
#[derive(Debug, Clone)]
pub struct Entry {
    pub key: Arc<str>,
    /// From the key to the end of the value.
    pub range: Range<usize>,
    pub value: Node,
}

/// Why a text was not read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It is no YAML. The line counts from 1.
    Malformed { line: u32, why: String },
    /// It is deeper, or holds more, than is read.
    OverLimit { line: u32, why: String },
}

impl Node {
    /// The entries of a mapping; none of anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of a list; none of anything else.
    pub fn items(&self) -> &[Node] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// The value of a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| *entry.key == *key).map(|entry| &entry.value)
    }

    /// A scalar as it is written.
    pub fn text(&self) -> Option<&Arc<str>> {
        match &self.content {
            Content::Scalar(_, text) => Some(text),
            _ => None,
        }
    }

    /// A scalar that is a text, not a number, a truth or nothing.
    pub fn string(&self) -> Option<&Arc<str>> {
        match &self.content {
            Content::Scalar(Scalar::Text, text) => Some(text),
            _ => None,
        }
    }
}

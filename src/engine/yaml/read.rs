//! From the events of the parser to nodes.

use super::node::{Content, Document, Entry, Node, Stream, Trouble};
use super::scalar::Scalar;
use granit_parser::{Event, Options, Parser, ScalarStyle, Span, StructureStyle, Tag};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// How deep nodes may be nested, what aliases name included.
const MOST_DEPTH: usize = 100;
/// How many nodes a text may hold, those counted that aliases repeat.
const MOST_NODES: usize = 500_000;
/// How many aliases a text may hold.
const MOST_ALIASES: usize = 10_000;

/// Reads as much of a text as can be read.
pub fn read(text: &str) -> Stream {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.flow_nesting_limit = MOST_DEPTH * 2;
    options.block_nesting_limit = MOST_DEPTH * 2;
    // JSON sets no bound to the length of a key.
    options.simple_key_max_lookahead = 64 * 1024;
    let mut reader = Reader { text, ..Reader::default() };
    let mut stream = Stream::default();
    for event in Parser::new_from_str_with_options(text, options) {
        let outcome = match event {
            Ok((event, span)) => reader.take(event, span),
            Err(error) => Err(Trouble::Malformed {
                line: line(error.marker().line()),
                why: error.info().lines().next().unwrap_or_default().to_owned(),
            }),
        };
        match outcome {
            Ok(document) => stream.documents.extend(document),
            Err(trouble) => {
                stream.trouble = Some(trouble);
                break;
            }
        }
    }
    stream
}

fn line(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// A node with what it weighs.
#[derive(Clone)]
struct Weighed {
    node: Node,
    /// Of the nodes in it and itself, 1 for a scalar.
    height: usize,
    /// Nodes in it and itself.
    weight: usize,
}

/// A list or mapping that is not closed.
struct Open {
    start: usize,
    /// Where its last part ends: that of a block collection is not in the events.
    end: usize,
    is_block: bool,
    anchor: usize,
    tag: Option<Arc<str>>,
    height: usize,
    weight: usize,
    parts: Parts,
}

enum Parts {
    List(Vec<Node>),
    /// With the key whose value comes next, which has no name where it is a collection.
    Map(Vec<Entry>, Option<(Option<Arc<str>>, Range<usize>)>),
}

#[derive(Default)]
struct Reader<'t> {
    text: &'t str,
    open: Vec<Open>,
    anchors: HashMap<usize, Weighed>,
    root: Option<Node>,
    duplicates: Vec<Range<usize>>,
    nodes: usize,
    aliases: usize,
}

impl Reader<'_> {
    /// The document that an event ends.
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<Option<Document>, Trouble> {
        match event {
            Event::DocumentStart(..) => {
                self.anchors.clear();
                self.open.clear();
                self.root = None;
            }
            Event::DocumentEnd => {
                let duplicates = std::mem::take(&mut self.duplicates);
                return Ok(self.root.take().map(|root| Document { root, duplicates }));
            }
            Event::Scalar(text, style, anchor, tag) => {
                let range = self.range(&span);
                let own = own_tag(tag.as_deref());
                let scalar = match (&style, tag.as_deref().and_then(Tag::core_suffix)) {
                    (_, Some("str")) => Scalar::Text,
                    (ScalarStyle::Plain, _) if own.is_none() => Scalar::of_plain(&text),
                    (_, Some(_)) => Scalar::of_plain(&text),
                    _ => Scalar::Text,
                };
                let content = Content::Scalar(scalar, text.as_ref().into());
                let node = Node { content, range, tag: own };
                self.add(Weighed { node, height: 1, weight: 1 }, anchor, &span)?;
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.open(style, anchor, tag.as_deref(), Parts::List(Vec::new()), &span)?;
            }
            Event::MappingStart(style, anchor, tag) => {
                self.open(style, anchor, tag.as_deref(), Parts::Map(Vec::new(), None), &span)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(&span),
            Event::Alias(anchor) => {
                self.aliases += 1;
                let line = line(span.start.line());
                if self.aliases > MOST_ALIASES {
                    return Err(over(line, format!("more than {MOST_ALIASES} aliases")));
                }
                let Some(mut named) = self.anchors.get(&anchor).cloned() else {
                    let why = "an alias stands in what it names".to_owned();
                    return Err(Trouble::Malformed { line, why });
                };
                named.node.range = self.range(&span);
                self.add(named, 0, &span)?;
            }
            _ => {}
        }
        Ok(None)
    }

    fn open(
        &mut self,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        parts: Parts,
        span: &Span,
    ) -> Result<(), Trouble> {
        let start = self.range(span).start;
        let is_block = style == StructureStyle::Block;
        let tag = own_tag(tag);
        let (height, weight) = (0, 1);
        self.open.push(Open { start, end: start, is_block, anchor, tag, height, weight, parts });
        self.bound(0, 1, span)
    }

    /// Refuses what is too deep below the open collections, or too much.
    fn bound(&mut self, height: usize, weight: usize, span: &Span) -> Result<(), Trouble> {
        let line = line(span.start.line());
        if self.open.len() + height > MOST_DEPTH {
            return Err(over(line, format!("nested deeper than {MOST_DEPTH} levels")));
        }
        self.nodes = self.nodes.saturating_add(weight);
        if self.nodes > MOST_NODES {
            return Err(over(line, format!("more than {MOST_NODES} values, aliases resolved")));
        }
        Ok(())
    }

    fn close(&mut self, span: &Span) {
        let Some(open) = self.open.pop() else { return };
        let end = if open.is_block { open.end } else { self.range(span).end };
        let content = match open.parts {
            Parts::List(items) => Content::List(Arc::new(items)),
            Parts::Map(entries, _) => Content::Map(Arc::new(self.unique(entries))),
        };
        let range = open.start..end.max(open.start);
        let node = Node { content, range, tag: open.tag };
        let (height, weight) = (open.height + 1, open.weight);
        self.add_counted(Weighed { node, height, weight }, open.anchor);
    }

    fn add(&mut self, added: Weighed, anchor: usize, span: &Span) -> Result<(), Trouble> {
        self.bound(added.height, added.weight, span)?;
        self.add_counted(added, anchor);
        Ok(())
    }

    fn add_counted(&mut self, added: Weighed, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, added.clone());
        }
        let Weighed { node, height, weight } = added;
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        open.height = open.height.max(height);
        open.weight += weight;
        open.end = open.end.max(node.range.end);
        match &mut open.parts {
            Parts::List(items) => items.push(node),
            Parts::Map(entries, key) => match key.take() {
                None => {
                    let name = node.text().filter(|_| node.tag.is_none()).cloned();
                    *key = Some((name, node.range));
                }
                Some((Some(key), at)) => {
                    let range = at.start..node.range.end.max(at.end);
                    entries.push(Entry { key, range, value: node });
                }
                Some((None, _)) => {}
            },
        }
    }

    /// The entries with each key once: of equal keys the last, and of what `<<` names those keys
    /// that the mapping does not have itself, those of earlier mappings before later ones.
    fn unique(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let mut places: HashMap<Arc<str>, usize> = HashMap::with_capacity(entries.len());
        let mut unique: Vec<Entry> = Vec::with_capacity(entries.len());
        let mut merges = Vec::new();
        for entry in entries {
            if &*entry.key == "<<" {
                merges.push(entry.value);
                continue;
            }
            match places.get(&entry.key) {
                Some(&place) => {
                    self.duplicates.push(entry.range.clone());
                    unique[place] = entry;
                }
                None => {
                    places.insert(entry.key.clone(), unique.len());
                    unique.push(entry);
                }
            }
        }
        let mut known: HashSet<Arc<str>> = match merges.is_empty() {
            true => return unique,
            false => places.into_keys().collect(),
        };
        for merge in &merges {
            for source in std::iter::once(merge).chain(merge.items()) {
                for entry in source.entries() {
                    if known.insert(entry.key.clone()) {
                        unique.push(entry.clone());
                    }
                }
            }
        }
        unique
    }

    /// The bytes of a span, without the white space at its end.
    fn range(&self, span: &Span) -> Range<usize> {
        let most = self.text.len();
        let start = span.start.byte_offset().unwrap_or(0).min(most);
        let end = span.end.byte_offset().unwrap_or(start).clamp(start, most);
        match self.text.get(start..end) {
            Some(text) => start..start + text.trim_end().len(),
            None => start..end,
        }
    }
}

fn over(line: u32, why: String) -> Trouble {
    Trouble::OverLimit { line, why }
}

/// A tag that YAML itself gives no meaning to.
fn own_tag(tag: Option<&Tag>) -> Option<Arc<str>> {
    let tag = tag.filter(|tag| tag.core_suffix().is_none())?;
    Some(tag.original().into()).filter(|tag: &Arc<str>| &**tag != "!")
}

//! A syntax tree that counts what is looked at in it. A rule may ask for every ancestor or every
//! descendant of every node, which on a hostile file costs the square of its size: the count ends
//! that at the same place on every machine, as no clock would.

use ast_grep_core::source::{Edit, SgNode};
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{Doc, Position};
use ast_grep_language::SupportLang;
use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

/// So many steps the rules may take in a file, so many more a byte of it, and never more than the
/// most. Ordinary code takes less than two a byte; four million take about a second.
const STEPS: u64 = 2 << 20;
const STEPS_A_BYTE: u64 = 8;
const MOST_STEPS: u64 = 16 << 20;
/// So many bytes of text are read in a step.
const BYTES_A_STEP: usize = 64;
/// So many levels of the tree are climbed in a step.
const LEVELS_A_STEP: u64 = 16;

/// tree-sitter's own node.
type Raw<'r> = <StrDoc<SupportLang> as Doc>::Node<'r>;

/// A parsed file and what may still be looked at in it.
#[derive(Clone)]
pub struct Metered {
    doc: StrDoc<SupportLang>,
    meter: Meter,
}

#[derive(Clone)]
struct Meter {
    left: Cell<u64>,
    /// tree-sitter comes to a node's neighbours and its parent from the root.
    climb: u64,
}

impl Metered {
    /// `depth` is that of the tree.
    pub fn new(doc: StrDoc<SupportLang>, depth: usize) -> Metered {
        let steps = STEPS + STEPS_A_BYTE * doc.src.len() as u64;
        let left = Cell::new(steps.min(MOST_STEPS));
        Metered { doc, meter: Meter { left, climb: 1 + depth as u64 / LEVELS_A_STEP } }
    }

    /// Whether nothing more may be looked at: the tree then says that there is nothing more.
    pub fn is_spent(&self) -> bool {
        self.meter.left.get() == 0
    }
}

impl Meter {
    /// Whether so many steps could be taken.
    fn take(&self, steps: u64) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(steps));
        left >= steps
    }
}

impl Doc for Metered {
    type Source = String;
    type Lang = SupportLang;
    type Node<'r> = Step<'r>;

    fn get_lang(&self) -> &SupportLang {
        &self.doc.lang
    }

    fn get_source(&self) -> &String {
        &self.doc.src
    }

    fn do_edit(&mut self, edit: &Edit<String>) -> Result<(), String> {
        self.doc.do_edit(edit)
    }

    fn root_node(&self) -> Step<'_> {
        Step { node: self.doc.root_node(), meter: &self.meter }
    }

    fn get_node_text<'a>(&'a self, node: &Step<'a>) -> Cow<'a, str> {
        let range = node.range();
        self.meter.take((range.len() / BYTES_A_STEP) as u64);
        Cow::Borrowed(self.doc.src.get(range).unwrap_or_default())
    }
}

/// A node, and the meter of its tree.
#[derive(Clone)]
pub struct Step<'r> {
    node: Raw<'r>,
    meter: &'r Meter,
}

impl<'r> Step<'r> {
    fn at(&self, node: Raw<'r>) -> Step<'r> {
        Step { node, meter: self.meter }
    }

    /// What `next` comes to, unless the climb there is too much.
    fn climb(&self, next: impl FnOnce(&Raw<'r>) -> Option<Raw<'r>>) -> Option<Step<'r>> {
        self.meter.take(self.meter.climb).then(|| next(&self.node))?.map(|node| self.at(node))
    }

    /// Those of the nodes that may still be looked at.
    fn each(&self, nodes: impl Iterator<Item = Raw<'r>>) -> impl Iterator<Item = Step<'r>> {
        let meter = self.meter;
        nodes.take_while(|_| meter.take(1)).map(|node| Step { node, meter })
    }
}

/// The children of a node. ast-grep's own iterator knows how many there are, but not by
/// `size_hint`, which those of the standard library go by.
struct Children<'r, I> {
    nodes: I,
    left: usize,
    meter: &'r Meter,
}

impl<'r, I: Iterator<Item = Raw<'r>>> Iterator for Children<'r, I> {
    type Item = Step<'r>;

    fn next(&mut self) -> Option<Step<'r>> {
        self.left = self.left.checked_sub(1)?;
        self.meter.take(1);
        self.nodes.next().map(|node| Step { node, meter: self.meter })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<'r, I: Iterator<Item = Raw<'r>>> ExactSizeIterator for Children<'r, I> {}

impl<'r> SgNode<'r> for Step<'r> {
    fn parent(&self) -> Option<Self> {
        self.climb(SgNode::parent)
    }

    fn ancestors(&self, root: Self) -> impl Iterator<Item = Self> {
        let can = self.meter.take(self.meter.climb);
        let ancestors = can.then(|| self.node.ancestors(root.node).collect::<Vec<_>>());
        self.each(ancestors.unwrap_or_default().into_iter())
    }

    fn dfs(&self) -> impl Iterator<Item = Self> {
        self.each(self.node.dfs())
    }

    fn children(&self) -> impl ExactSizeIterator<Item = Self> {
        let nodes = SgNode::children(&self.node);
        let left = if self.meter.take(1) { nodes.len() } else { 0 };
        Children { nodes, left, meter: self.meter }
    }

    fn child(&self, nth: usize) -> Option<Self> {
        self.meter.take(1).then(|| SgNode::child(&self.node, nth))?.map(|node| self.at(node))
    }

    fn next(&self) -> Option<Self> {
        self.climb(SgNode::next)
    }

    fn prev(&self) -> Option<Self> {
        self.climb(SgNode::prev)
    }

    fn next_all(&self) -> impl Iterator<Item = Self> {
        let can = self.meter.take(self.meter.climb);
        self.each(can.then(|| self.node.next_all()).into_iter().flatten())
    }

    fn prev_all(&self) -> impl Iterator<Item = Self> {
        let can = self.meter.take(self.meter.climb);
        self.each(can.then(|| self.node.prev_all()).into_iter().flatten())
    }

    fn field(&self, name: &str) -> Option<Self> {
        self.node.field(name).map(|node| self.at(node))
    }

    fn field_children(&self, field_id: Option<u16>) -> impl Iterator<Item = Self> {
        self.each(self.node.field_children(field_id))
    }

    fn child_by_field_id(&self, field_id: u16) -> Option<Self> {
        SgNode::child_by_field_id(&self.node, field_id).map(|node| self.at(node))
    }

    fn kind(&self) -> Cow<'_, str> {
        SgNode::kind(&self.node)
    }

    fn kind_id(&self) -> u16 {
        SgNode::kind_id(&self.node)
    }

    fn node_id(&self) -> usize {
        self.node.node_id()
    }

    fn range(&self) -> Range<usize> {
        SgNode::range(&self.node)
    }

    fn start_pos(&self) -> Position {
        self.node.start_pos()
    }

    fn end_pos(&self) -> Position {
        self.node.end_pos()
    }

    fn is_named(&self) -> bool {
        SgNode::is_named(&self.node)
    }

    fn is_named_leaf(&self) -> bool {
        self.node.is_named_leaf()
    }

    fn is_leaf(&self) -> bool {
        self.node.is_leaf()
    }

    fn is_missing(&self) -> bool {
        SgNode::is_missing(&self.node)
    }

    fn is_error(&self) -> bool {
        SgNode::is_error(&self.node)
    }

    fn is_extra(&self) -> bool {
        SgNode::is_extra(&self.node)
    }
}

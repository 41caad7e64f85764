//! What stands around a node, and where a node stands, as Python's own `ast` module counts lines.

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal};
use ruff_python_ast::{AnyNodeRef, DictItem, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// Levels of nesting that are visited. Python itself gives up long before.
pub const MAX_DEPTH: usize = 2_500;

/// Levels that Bandit visits before Python stops it, which ends in an exception.
pub const MAX_BANDIT_DEPTH: usize = 988;
/// Levels above a string under an operator, where a check takes more of them.
pub const MAX_BANDIT_OPERAND_DEPTH: usize = 978;

/// An ancestor of the node that is being looked at.
#[derive(Clone, Copy)]
pub enum Node<'a> {
    Expr(&'a Expr),
    Stmt(&'a Stmt),
    /// A dictionary display, seen from one of its keys.
    Key(&'a Expr, &'a DictItem),
    /// A node of which only the lines matter: a keyword, a parameter, a handler, a clause.
    Lines(TextRange),
    /// A node that has no place of its own in Python's `ast`: all parameters in one, a part of a
    /// comprehension, of a `with` or of a `match`.
    Loose(AnyNodeRef<'a>),
}

impl Node<'_> {
    /// The lines that belong to the node: decorators stand before the statement they decorate.
    pub fn range(&self, source: &str) -> TextRange {
        match self {
            Node::Expr(expr) | Node::Key(expr, _) => expr.range(),
            Node::Stmt(Stmt::FunctionDef(def)) => TextRange::new(def_start(def, source), def.end()),
            Node::Stmt(Stmt::ClassDef(class)) => {
                let start = class.decorator_list.last().map_or(class.start(), |last| {
                    keyword_start(source, last.end(), class.name.start(), "class")
                });
                TextRange::new(start, class.end())
            }
            Node::Stmt(stmt) => stmt.range(),
            Node::Lines(range) => *range,
            Node::Loose(node) => starts_below(*node),
        }
    }
}

/// From the first to the last offset at which something below the node starts: where Bandit looks
/// for the lines of a node without a place, it does not ask where the nodes below it end.
fn starts_below(node: AnyNodeRef) -> TextRange {
    struct Starts(Option<TextRange>);

    impl<'a> SourceOrderVisitor<'a> for Starts {
        fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
            let has_place = node.is_expression() || node.is_pattern();
            if has_place || matches!(node, AnyNodeRef::Keyword(_) | AnyNodeRef::Parameter(_)) {
                let start = TextRange::at(node.start(), 1.into());
                self.0 = Some(self.0.map_or(start, |starts| starts.cover(start)));
            }
            TraversalSignal::Traverse
        }
    }

    let mut starts = Starts(None);
    match node {
        AnyNodeRef::MatchCase(case) => {
            starts.visit_pattern(&case.pattern);
            case.guard.iter().for_each(|guard| starts.visit_expr(guard));
        }
        node => node.visit_source_order(&mut starts),
    }
    starts.0.unwrap_or(node.range())
}

/// Where the keyword `def`, or `async` before it, stands.
pub fn def_start(def: &StmtFunctionDef, source: &str) -> TextSize {
    let word = if def.is_async { "async" } else { "def" };
    def.decorator_list
        .last()
        .map_or(def.start(), |last| keyword_start(source, last.end(), def.name.start(), word))
}

fn keyword_start(source: &str, from: TextSize, to: TextSize, word: &str) -> TextSize {
    let between = &source[from.to_usize()..to.to_usize()];
    let at = between.rfind(word).unwrap_or(0);
    from + TextSize::try_from(at).unwrap_or_default()
}

/// Whether no line ends between two offsets.
pub fn on_one_line(source: &str, a: TextSize, b: TextSize) -> bool {
    let between = &source.as_bytes()[a.min(b).to_usize()..a.max(b).to_usize()];
    memchr::memchr2(b'\n', b'\r', between).is_none()
}

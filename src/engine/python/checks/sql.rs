//! SQL that is put together from strings.

use super::{Found, Text};
use crate::engine::python::node::Node;
use crate::finding::Confidence;
use regex::Regex;
use ruff_python_ast::{Expr, ExprBinOp};
use ruff_text_size::{Ranged, TextRange};
use std::cell::OnceCell;
use std::sync::LazyLock;

/// What reads like a statement. White space is Python's, which has four more characters.
static STATEMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern =
        r"(?is)select\s.*from\s|delete\s+from\s|insert\s+into\s.*values[\s(]|update\s.*set\s";
    Regex::new(&pattern.replace(r"[\s(]", r"[\s\x1C-\x1F(]").replace(r"\s", r"[\s\x1C-\x1F]")).ok()
});
/// Levels above a string, its operators counted twice, from which on Bandit's check fails.
const MAX_HEIGHT: usize = 987;
/// Operands of a chain that are read together, and bytes of them: Python's own limits are lower.
const MAX_PARTS: usize = 1_000;
const MAX_BYTES: usize = 64 << 10;

/// Binary operators under binary operators, from the topmost down.
pub struct Chain<'a> {
    root: &'a Expr,
    parent: Option<Node<'a>>,
    /// Whether some operand has a word in it that begins a statement; found at the first question.
    suspicious: OnceCell<bool>,
}

impl<'a> Chain<'a> {
    pub fn new(root: &'a Expr, parent: Option<Node<'a>>) -> Chain<'a> {
        Chain { root, parent, suspicious: OnceCell::new() }
    }

    /// The strings among the operands in order, except those under `without`.
    fn strings(&self, without: Option<&'a Expr>) -> impl Iterator<Item = &'a str> {
        let mut stack = vec![self.root];
        std::iter::from_fn(move || {
            while let Some(expr) = stack.pop() {
                match expr {
                    Expr::BinOp(_) if without.is_some_and(|w| std::ptr::eq(w, expr)) => {}
                    Expr::BinOp(ExprBinOp { left, right, .. }) => stack.extend([&**right, left]),
                    Expr::StringLiteral(string) => return Some(string.value.to_str()),
                    _ => {}
                }
            }
            None
        })
    }

    fn is_suspicious(&self) -> bool {
        *self.suspicious.get_or_init(|| {
            self.strings(None).nth(MAX_PARTS).is_none() && self.strings(None).any(has_verb)
        })
    }

    /// What the string and its neighbours come to: Bandit puts the string first, leaves out what
    /// stands under the same operator, and joins the rest with blanks.
    fn statement(&self, text: &Text<'a>, operator: &'a Expr) -> String {
        let mut statement = text.value.to_owned();
        for string in self.strings(Some(operator)) {
            if statement.len() > MAX_BYTES {
                break;
            }
            statement.push(' ');
            statement.push_str(string);
        }
        statement
    }
}

/// Whether a word stands in the text that begins a statement; most texts end here.
fn has_verb(text: &str) -> bool {
    const VERBS: [&[u8]; 4] = [b"select", b"delete", b"insert", b"update"];
    let bytes = text.as_bytes();
    let verb_at = |at: usize| {
        let word = bytes.get(at..at + 6);
        word.is_some_and(|word| VERBS.iter().any(|verb| word.eq_ignore_ascii_case(verb)))
    };
    // The third letters: the first and second ones are commoner.
    memchr::memchr3_iter(b'l', b's', b'd', bytes)
        .chain(memchr::memchr3_iter(b'L', b'S', b'D', bytes))
        .any(|third| third >= 2 && verb_at(third - 2))
}

fn is_statement(text: &str) -> bool {
    has_verb(text) && STATEMENT.as_ref().is_some_and(|statement| statement.is_match(text))
}

pub fn built_from_strings<'a>(text: &Text<'a>) -> Option<Found<'a>> {
    let mut replaced = false;
    let (is_sql, wrapper, matched) = match (text.whole, text.parent(0)?) {
        (Some(whole), parent) => (is_statement(whole), Some(parent), text.range),
        _ if text.literal.is_none() => return None,
        (None, Node::Expr(operator @ Expr::BinOp(_))) => {
            let chain = text.chain?;
            if !chain.is_suspicious() {
                return None;
            }
            let is_operator = |node: &&Node| matches!(node, Node::Expr(Expr::BinOp(_)));
            let height = text.parents.iter().rev().take_while(is_operator).count();
            if text.parents.len() + height >= MAX_HEIGHT {
                return Some(Found::failed(&text.range, "maximum recursion depth exceeded"));
            }
            let is_sql = is_statement(&chain.statement(text, operator));
            (is_sql, chain.parent, chain.root.range())
        }
        (None, Node::Expr(Expr::Attribute(attribute))) => {
            replaced = match attribute.attr.as_str() {
                "format" => false,
                "replace" => true,
                _ => return None,
            };
            let matched = text.parent(1).map_or(text.range, range_of);
            (is_statement(text.value), text.parent(2), matched)
        }
        _ => return None,
    };
    let executed = !replaced && wrapper.is_some_and(is_execution);
    let confidence = if executed { Confidence::Medium } else { Confidence::Low };
    is_sql
        .then(|| Found { matched: Some(matched), ..Found::at(&text.range).confidence(confidence) })
}

fn range_of(node: Node) -> TextRange {
    match node {
        Node::Expr(expr) => expr.range(),
        Node::Stmt(stmt) => stmt.range(),
        Node::Key(expr, _) => expr.range(),
        Node::Lines(range) => range,
        Node::Loose(node) => node.range(),
    }
}

/// Whether the node hands its argument to a database.
fn is_execution(node: Node) -> bool {
    let Node::Expr(Expr::Call(call)) = node else { return false };
    let name = match &*call.func {
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        Expr::Name(name) => name.id.as_str(),
        _ => return false,
    };
    matches!(name, "execute" | "executemany")
}

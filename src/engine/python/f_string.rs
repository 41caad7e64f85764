//! F-strings as Python's `ast` has them: literals and expressions in turn, whatever strings are
//! joined with them.

use super::node::Node;
use super::walk::Walker;
use ruff_python_ast::{FStringPart, FStringValue, InterpolatedElement, InterpolatedStringElement};
use ruff_text_size::TextRange;
use std::mem;
use std::ops::Range;

/// A piece of an f-string, in the order of the source.
#[derive(Clone, Copy)]
pub enum Piece<'a> {
    Literal(&'a str),
    /// With the place of the f-string that it stands in, without what is joined with that.
    Expression(&'a InterpolatedElement, TextRange),
}

/// The pieces of an f-string and of the strings that are joined with it.
pub fn pieces(value: &FStringValue) -> impl Iterator<Item = Piece<'_>> + Clone {
    value.iter().flat_map(|part| {
        let (literal, f_string) = match part {
            FStringPart::Literal(literal) => (Some(&*literal.value), None),
            FStringPart::FString(f_string) => (None, Some(f_string)),
        };
        let elements = f_string.into_iter().flat_map(|f_string| {
            f_string.elements.iter().map(|element| Piece::of(element, f_string.range))
        });
        literal.into_iter().map(Piece::Literal).chain(elements)
    })
}

impl<'a> Piece<'a> {
    /// `own` is the place of the f-string.
    pub fn of(element: &'a InterpolatedStringElement, own: TextRange) -> Piece<'a> {
        match element {
            InterpolatedStringElement::Literal(literal) => Piece::Literal(&literal.value),
            InterpolatedStringElement::Interpolation(element) => Piece::Expression(element, own),
        }
    }
}

/// The literal parts of an f-string. Between two expressions there is at most one.
pub struct Literals {
    /// All of them.
    pub text: String,
    /// After how many expressions each part comes, and where it ends.
    ends: Vec<(usize, usize)>,
}

impl Literals {
    /// `buffer` is used again.
    pub fn new<'a>(mut buffer: String, pieces: impl Iterator<Item = Piece<'a>>) -> Literals {
        buffer.clear();
        let mut literals = Literals { text: buffer, ends: Vec::new() };
        let mut expressions = 0;
        for piece in pieces {
            match piece {
                Piece::Literal(literal) => literals.push(literal, expressions),
                Piece::Expression(element, _) => {
                    if let Some(debug) = &element.debug_text {
                        literals.push(debug.as_str(), expressions); // `{name=}` shows its source
                    }
                    expressions += 1;
                }
            }
        }
        literals
    }

    fn push(&mut self, literal: &str, expressions: usize) {
        if literal.is_empty() {
            return;
        }
        self.text.push_str(literal);
        match self.ends.last_mut() {
            Some((after, end)) if *after == expressions => *end = self.text.len(),
            _ => self.ends.push((expressions, self.text.len())),
        }
    }

    /// The part that comes after `n` expressions.
    pub fn before(&self, n: usize) -> Option<Range<usize>> {
        let at = self.ends.partition_point(|(after, _)| *after < n);
        let (_, end) = self.ends.get(at).filter(|(after, _)| *after == n)?;
        let start = at.checked_sub(1).map_or(0, |last| self.ends[last].1);
        Some(start..*end)
    }
}

impl<'a> Walker<'a, '_> {
    /// The pieces of an f-string, or of the format within one, which stands at `context`.
    ///
    /// Python 3.11 gives each literal the place of the whole of what is joined, except that what
    /// ends a format has the place of its own f-string.
    pub(super) fn f_string(
        &mut self,
        node: Node<'a>,
        whole: TextRange,
        context: TextRange,
        pieces: impl Iterator<Item = Piece<'a>> + Clone,
    ) {
        let literals = Literals::new(mem::take(&mut self.buffer), pieces.clone());
        let mut visited = 0;
        for piece in pieces {
            let Piece::Expression(element, own) = piece else { continue };
            self.look_at_literal(node, whole, context, &literals, visited);
            self.below(node, |walker| walker.interpolation(whole, own, element));
            visited += 1;
        }
        self.look_at_literal(node, context, context, &literals, visited);
        self.buffer = literals.text;
    }

    /// An expression in an f-string, which Python 3.11 gives the lines of the whole.
    pub(super) fn interpolation(
        &mut self,
        whole: TextRange,
        own: TextRange,
        element: &'a InterpolatedElement,
    ) {
        self.below(Node::Lines(whole), |walker| {
            walker.expr(&element.expression);
            if let Some(spec) = &element.format_spec {
                let pieces = spec.elements.iter().map(|element| Piece::of(element, own));
                walker.f_string(Node::Lines(own), whole, own, pieces);
            }
        });
    }
}

//! Changes to the arguments of a call that leave its layout and its comments alone.

use super::Site;
use ruff_python_ast::token::{Token, TokenKind, parenthesized_range};
use ruff_python_ast::{ArgOrKeyword, Expr};
use ruff_text_size::{Ranged, TextLen, TextRange, TextSize};

/// What is to be replaced, and by what.
pub type Edits = Vec<(TextRange, Box<str>)>;

/// A place where something is added.
pub fn at(offset: TextSize) -> TextRange {
    TextRange::empty(offset)
}

impl Site<'_, '_> {
    /// Adds a keyword argument at the end, on a line of its own where the last argument has one.
    pub(super) fn add_keyword(&self, text: &str) -> Option<Edits> {
        let arguments = &self.call.node.arguments;
        let Some(last) = arguments.iter_source_order().last() else {
            return Some(vec![(at(arguments.l_paren_range().end()), text.into())]);
        };
        let place = self.place(last);
        if let ArgOrKeyword::Arg(Expr::Generator(generator)) = last
            && !generator.parenthesized
        {
            let range = generator.range;
            return Some(vec![
                (at(range.start()), "(".into()),
                (at(range.end()), format!("), {text}").into()),
            ]);
        }
        let inline = || Some(vec![(at(place.end()), format!(", {text}").into())]);
        let rest =
            self.tokens.in_range(TextRange::new(place.end(), arguments.end() - PAREN.text_len()));
        let comma = rest.iter().position(|token| token.kind() == TokenKind::Comma);
        let line_end = rest.iter().position(|token| token.kind() == TokenKind::NonLogicalNewline);
        let (Some(indent), Some(line_end)) = (self.indent(place.start()), line_end) else {
            return inline();
        };
        let line_end = &rest[line_end];
        let source = self.call.source;
        let line = format!("{}{indent}{text}", &source[line_end.range()]);
        match comma.map(|comma| &rest[comma]) {
            None => Some(vec![(at(place.end()), ",".into()), (at(line_end.start()), line.into())]),
            Some(comma) if comma.start() < line_end.start() => {
                Some(vec![(at(line_end.start()), format!("{line},").into())])
            }
            Some(_) => inline(),
        }
    }

    /// Takes an argument away, with the comma that it needs no more; `index` counts in the order of
    /// the source. A comment that stands before it stays; with one inside it, it stays itself.
    pub(super) fn remove(&self, index: usize) -> Option<Edits> {
        let arguments = &self.call.node.arguments;
        let places: Vec<TextRange> =
            arguments.iter_source_order().map(|one| self.place(one)).collect();
        let own = *places.get(index)?;
        let is_plain = |between: TextRange| {
            let tokens = self.tokens.in_range(between);
            tokens.iter().all(|token| token.kind() != TokenKind::Comment)
        };
        if !is_plain(own) {
            return None;
        }
        let before =
            index.checked_sub(1).map(|before| TextRange::new(places[before].end(), own.start()));
        if let Some(before) = before.filter(|between| is_plain(*between)) {
            return Some(vec![(TextRange::new(before.start(), own.end()), "".into())]);
        }
        let next = places.get(index + 1).map(|next| TextRange::new(own.end(), next.start()));
        if let Some(next) = next.filter(|between| is_plain(*between)) {
            return Some(vec![(TextRange::new(own.start(), next.end()), "".into())]);
        }
        let rest = TextRange::new(own.end(), arguments.end() - PAREN.text_len());
        let is_comma = |token: &&Token| token.kind() == TokenKind::Comma;
        let comma = self.tokens.in_range(rest).iter().find(is_comma).map(Ranged::range);
        Some([Some(own), comma].into_iter().flatten().map(|gone| (gone, "".into())).collect())
    }

    /// Where an argument stands, with the parentheses around it.
    pub(super) fn place(&self, argument: ArgOrKeyword) -> TextRange {
        match argument {
            ArgOrKeyword::Arg(expr) => {
                let parent = (&self.call.node.arguments).into();
                parenthesized_range(expr.into(), parent, self.tokens).unwrap_or(expr.range())
            }
            ArgOrKeyword::Keyword(keyword) => keyword.range,
        }
    }

    /// The white space before a place, if there is nothing else before it on its line.
    fn indent(&self, at: TextSize) -> Option<&str> {
        let before = &self.call.source[..at.to_usize()];
        let text = before.trim_end_matches([' ', '\t', '\x0C']);
        text.ends_with(['\n', '\r']).then(|| &before[text.len()..])
    }
}

const PAREN: &str = ")";

//! Secrets that no check reports and that the lines around an issue must not show all the same:
//! literals under a name for a secret, however they get it, and credentials in pieces. Looked for
//! where a file is examined as by Bandit alone: an ordinary scan shows what it reports.

use super::checks::is_candidate;
use super::report::Reporter;
use crate::engine::secrets;
use crate::target::SourceFile;
use ruff_python_ast::{Expr, ExprStringLiteral, FStringPart};
use ruff_text_size::{Ranged, TextRange};

impl Reporter<'_, '_> {
    /// Masks the literal that a name, an attribute, a key or an item takes, where that is a name
    /// for a secret.
    pub(super) fn hide_value(&mut self, taker: &Expr, value: &Expr) {
        if self.exam.is_some()
            && let Some(name) = name(taker)
        {
            self.hide_named(name, value);
        }
    }

    /// Masks the literal that a parameter takes, where that has a name for a secret.
    pub(super) fn hide_named(&mut self, name: &str, value: &Expr) {
        if self.exam.is_some() && is_candidate(name) {
            self.mask(texts(value));
        }
    }

    /// Masks a literal whose pieces are a credential together: none of them need look like one.
    pub(super) fn hide_joined(&mut self, literal: &ExprStringLiteral, source: &str) {
        let is_joined =
            || literal.value.is_implicit_concatenated() || source[literal.range].contains("\\\n");
        if self.exam.is_none() || !is_joined() {
            return;
        }
        let joined = SourceFile::new("".into(), literal.value.to_str().as_bytes().to_vec());
        if !secrets::masks(&joined).is_empty() {
            self.mask(literal.value.iter().map(|part| part.content_range()).collect());
        }
    }
}

fn name(taker: &Expr) -> Option<&str> {
    match taker {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        Expr::StringLiteral(key) => Some(key.value.to_str()),
        Expr::Subscript(item) => name(&item.slice).filter(|_| item.slice.is_string_literal_expr()),
        _ => None,
    }
}

/// Where a literal has text.
fn texts(literal: &Expr) -> Vec<TextRange> {
    match literal {
        Expr::StringLiteral(string) => {
            string.value.iter().map(|part| part.content_range()).collect()
        }
        Expr::BytesLiteral(bytes) => bytes.value.iter().map(|part| part.content_range()).collect(),
        Expr::FString(string) => {
            let parts = string.value.iter().flat_map(|part| match part {
                FStringPart::Literal(literal) => vec![literal.content_range()],
                FStringPart::FString(string) => {
                    string.elements.literals().map(Ranged::range).collect()
                }
            });
            parts.collect()
        }
        _ => Vec::new(),
    }
}

//! Templates: texts with `${…}`, `%{if}` and `%{for}` in them.
//!
//! Strip markers (`~`) are worked off here, so that an evaluation only joins the parts. A marker
//! reaches over the boundary of a directive, so a template is first made flat.

use super::hcl::{Reader, malformed};
use super::{Expr, Kind, Malformed, Names, Part};
use hcl_edit::template::{Directive, Element, HeredocTemplate, Strip, Template};
use std::sync::Arc;

use super::super::value::Value;

/// A template as it stands in a file of its own, or in a string of a JSON configuration.
pub fn text(file: u32, text: &str) -> Result<Expr, Malformed> {
    let template = hcl_edit::parser::parse_template(text).map_err(|error| malformed(&error))?;
    let mut reader = Reader { file, names: Names::default() };
    Ok(Expr { kind: parts(&mut reader, &template), start: 0, end: 0 })
}

/// The parts of a template. One that is nothing but `${…}` is that expression.
pub(super) fn parts(reader: &mut Reader, template: &Template) -> Kind {
    if let Some(Element::Interpolation(only)) = template.as_single_element() {
        return reader.expression(&only.expr).kind;
    }
    joined(reader, template, 0)
}

/// The parts of a heredoc, which is a text even where it holds nothing but `${…}`.
pub(super) fn heredoc(reader: &mut Reader, heredoc: &HeredocTemplate) -> Kind {
    joined(reader, &heredoc.template, heredoc.indent().unwrap_or(0))
}

/// `indent` is the white space that the parser has taken from the lines of the template, though not
/// from those in its directives.
fn joined(reader: &mut Reader, template: &Template, indent: usize) -> Kind {
    let mut tokens = Vec::new();
    flatten(reader, template, 0, &mut tokens);
    if indent > 0 {
        dedent(&mut tokens, indent);
    }
    strip(&mut tokens);
    let mut tokens = tokens.into_iter();
    let (parts, _) = nest(&mut tokens);
    match parts.as_slice() {
        [] => Kind::Literal(Value::string("")),
        [Part::Text(text)] => Kind::Literal(Value::String(text.clone())),
        _ => Kind::Template(parts),
    }
}

enum Token {
    /// And the number of directives around it.
    Text(String, usize),
    Value(Strip, Expr),
    If(Strip, Expr),
    Else(Strip),
    For {
        strip: Strip,
        key: Option<Arc<str>>,
        value: Arc<str>,
        over: Expr,
    },
    End(Strip),
}

impl Token {
    fn strip(&self) -> Option<Strip> {
        match self {
            Token::Text(..) => None,
            Token::Value(strip, _)
            | Token::If(strip, _)
            | Token::Else(strip)
            | Token::End(strip)
            | Token::For { strip, .. } => Some(*strip),
        }
    }
}

fn flatten(reader: &mut Reader, template: &Template, depth: usize, tokens: &mut Vec<Token>) {
    for element in template {
        match element {
            Element::Literal(text) => tokens.push(Token::Text(text.value().clone(), depth)),
            Element::Interpolation(value) => {
                tokens.push(Token::Value(value.strip, reader.expression(&value.expr)));
            }
            Element::Directive(directive) => match &**directive {
                Directive::If(directive) => {
                    let head = &directive.if_expr;
                    tokens.push(Token::If(head.strip, reader.expression(&head.cond_expr)));
                    flatten(reader, &head.template, depth + 1, tokens);
                    if let Some(other) = &directive.else_expr {
                        tokens.push(Token::Else(other.strip));
                        flatten(reader, &other.template, depth + 1, tokens);
                    }
                    tokens.push(Token::End(directive.endif_expr.strip));
                }
                Directive::For(directive) => {
                    let head = &directive.for_expr;
                    tokens.push(Token::For {
                        strip: head.strip,
                        key: head.key_var.as_ref().map(|name| reader.names.of(name.as_str())),
                        value: reader.names.of(head.value_var.as_str()),
                        over: reader.expression(&head.collection_expr),
                    });
                    flatten(reader, &head.template, depth + 1, tokens);
                    tokens.push(Token::End(directive.endfor_expr.strip));
                }
            },
        }
    }
}

/// Takes white space from the start of the lines that stand in a directive.
fn dedent(tokens: &mut [Token], indent: usize) {
    for token in tokens {
        let Token::Text(text, 1..) = token else { continue };
        let mut lines = text.split('\n');
        let mut kept = lines.next().unwrap_or_default().to_owned();
        for line in lines {
            let white = line.len() - line.trim_start_matches([' ', '\t']).len();
            kept.push('\n');
            kept.push_str(&line[white.min(indent)..]);
        }
        *text = kept;
    }
}

/// Takes the white space away that a `~` on its side asks for.
fn strip(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let before = at.checked_sub(1).and_then(|at| tokens[at].strip());
        let after = tokens.get(at + 1).and_then(Token::strip);
        let Token::Text(text, _) = &mut tokens[at] else { continue };
        if matches!(before, Some(Strip::End | Strip::Both)) {
            *text = text.trim_start().to_owned();
        }
        if matches!(after, Some(Strip::Start | Strip::Both)) {
            text.truncate(text.trim_end().len());
        }
    }
}

/// Builds the tree up to the end of the directive, and says whether that end is an `else`.
fn nest(tokens: &mut std::vec::IntoIter<Token>) -> (Vec<Part>, bool) {
    let mut parts = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text, _) if text.is_empty() => {}
            Token::Text(text, _) => match parts.last_mut() {
                Some(Part::Text(before)) => *before = format!("{before}{text}").into(),
                _ => parts.push(Part::Text(text.into())),
            },
            Token::Value(_, value) => parts.push(Part::Value(value)),
            Token::If(_, condition) => {
                let (yes, otherwise) = nest(tokens);
                let no = if otherwise { nest(tokens).0 } else { Vec::new() };
                parts.push(Part::If(condition, yes, no));
            }
            Token::For { key, value, over, .. } => {
                let parts_of_each = nest(tokens).0;
                parts.push(Part::For { key, value, over, parts: parts_of_each });
            }
            Token::Else(_) => return (parts, true),
            Token::End(_) => return (parts, false),
        }
    }
    (parts, false)
}

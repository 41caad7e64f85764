//! HCL, as `hcl-edit` reads it, into the syntax of a configuration.
//!
//! `hcl-edit` itself refuses what is nested deeper than 64 levels, so what recurses here is bounded.

use super::{Attribute, Block, Body, Expr, For, Kind, Malformed, Names, Operator, Step, refers};
use crate_value::Value;
use hcl_edit::Span;
use hcl_edit::expr::{self as edit, Expression, TraversalOperator};
use hcl_edit::structure::{self, Structure};
use std::ops::Range;
use std::sync::Arc;

use super::super::block::Place;
use super::super::value as crate_value;
use super::crowd::{MOST, is_crowded};
use super::template;

/// The body of a file.
pub fn body(file: u32, text: &str) -> Result<Body, Malformed> {
    if is_crowded(text) {
        let message = format!("an object or block has more than {MOST} entries, which is not read");
        return Err(Malformed { line: 1, message });
    }
    let parsed = hcl_edit::parser::parse_body(text).map_err(|error| malformed(&error))?;
    Ok(Reader { file, names: Names::default() }.body(&parsed))
}

/// An expression that stands alone.
pub fn expression(text: &str) -> Result<Expr, Malformed> {
    let parsed = hcl_edit::parser::parse_expr(text.trim()).map_err(|error| malformed(&error))?;
    Ok(Reader { file: 0, names: Names::default() }.expression(&parsed))
}

pub(super) fn malformed(error: &hcl_edit::parser::Error) -> Malformed {
    Malformed {
        line: u32::try_from(error.location().line()).unwrap_or(u32::MAX),
        message: error.message().to_owned(),
    }
}

/// Reads one file.
pub(super) struct Reader {
    pub file: u32,
    pub names: Names,
}

impl Reader {
    fn body(&mut self, body: &structure::Body) -> Body {
        let mut read = Body::default();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let attribute = self.attribute(attribute);
                    read.attributes.push(attribute);
                }
                Structure::Block(block) => {
                    let block = self.block(block);
                    read.blocks.push(block);
                }
            }
        }
        read
    }

    fn attribute(&mut self, attribute: &structure::Attribute) -> Attribute {
        let expression = self.expression(&attribute.value);
        Attribute {
            name: self.names.of(attribute.key.as_str()),
            refers: refers(&expression),
            place: self.place(attribute.span()),
            expression: Arc::new(expression),
        }
    }

    fn block(&mut self, block: &structure::Block) -> Block {
        Block {
            kind: self.names.of(block.ident.as_str()),
            labels: block.labels.iter().map(|label| self.names.of(label.as_str())).collect(),
            body: self.body(&block.body),
            place: self.place(block.span()),
        }
    }

    fn place(&self, span: Option<Range<usize>>) -> Place {
        Place { file: self.file, range: span.unwrap_or(0..0) }
    }

    pub fn expression(&mut self, expression: &Expression) -> Expr {
        let kind = self.kind(expression);
        let span = expression.span().unwrap_or(0..0);
        let bound = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        Expr { kind, start: bound(span.start), end: bound(span.end) }
    }

    fn kind(&mut self, expression: &Expression) -> Kind {
        match expression {
            Expression::Null(_) => Kind::Literal(Value::Null),
            Expression::Bool(value) => Kind::Literal(Value::Bool(*value.value())),
            Expression::Number(value) => {
                Kind::Literal(Value::Number(value.value().as_f64().unwrap_or(f64::MAX)))
            }
            Expression::String(text) => Kind::Literal(Value::String(self.names.of(text))),
            Expression::Array(array) => {
                literal_list(array.iter().map(|item| self.expression(item)).collect())
            }
            Expression::Object(object) => self.object(object),
            Expression::StringTemplate(template) => template::parts(self, template),
            Expression::HeredocTemplate(heredoc) => template::heredoc(self, heredoc),
            Expression::Parenthesis(inner) => self.kind(inner.inner()),
            Expression::Variable(name) => Kind::Name(self.names.of(name.as_str())),
            Expression::Conditional(parts) => Kind::Conditional(Box::new([
                self.expression(&parts.cond_expr),
                self.expression(&parts.true_expr),
                self.expression(&parts.false_expr),
            ])),
            Expression::FuncCall(call) => self.call(call),
            Expression::Traversal(path) => Kind::Path(
                Box::new(self.expression(&path.expr)),
                path.operators.iter().map(|step| self.step(step.value())).collect(),
            ),
            Expression::UnaryOp(operation) => {
                let inner = Box::new(self.expression(&operation.expr));
                match operation.operator.value() {
                    edit::UnaryOperator::Neg => Kind::Negate(inner),
                    edit::UnaryOperator::Not => Kind::Not(inner),
                }
            }
            Expression::BinaryOp(operation) => Kind::Binary(
                operator(*operation.operator.value()),
                Box::new([
                    self.expression(&operation.lhs_expr),
                    self.expression(&operation.rhs_expr),
                ]),
            ),
            Expression::ForExpr(each) => self.each(each),
        }
    }

    fn object(&mut self, object: &edit::Object) -> Kind {
        let entries = object.iter().map(|(key, value)| {
            let key = match key {
                edit::ObjectKey::Ident(name) => Expr {
                    kind: Kind::Literal(Value::String(self.names.of(name.as_str()))),
                    start: 0,
                    end: 0,
                },
                edit::ObjectKey::Expression(key) => self.expression(key),
            };
            (key, self.expression(value.expr()))
        });
        literal_object(entries.collect())
    }

    fn call(&mut self, call: &edit::FuncCall) -> Kind {
        // `core::length` is another name of `length`; functions of providers are not known.
        let core = call.name.namespace.iter().all(|part| part.as_str() == "core");
        let name = call.name.name.as_str();
        let name = if core { self.names.of(name) } else { format!("provider::{name}").into() };
        Kind::Call {
            name,
            arguments: call.args.iter().map(|argument| self.expression(argument)).collect(),
            spread: call.args.expand_final(),
        }
    }

    fn step(&mut self, step: &TraversalOperator) -> Step {
        match step {
            TraversalOperator::AttrSplat(_) => Step::AttributeSplat,
            TraversalOperator::FullSplat(_) => Step::Splat,
            TraversalOperator::GetAttr(name) => Step::Attribute(self.names.of(name.as_str())),
            TraversalOperator::Index(index) => Step::Index(self.expression(index)),
            TraversalOperator::LegacyIndex(index) => Step::Index(Expr {
                kind: Kind::Literal(Value::Number(*index.value() as f64)),
                start: 0,
                end: 0,
            }),
        }
    }

    fn each(&mut self, each: &edit::ForExpr) -> Kind {
        Kind::For(Box::new(For {
            key_name: each.intro.key_var.as_ref().map(|name| self.names.of(name.as_str())),
            value_name: self.names.of(each.intro.value_var.as_str()),
            over: self.expression(&each.intro.collection_expr),
            key: each.key_expr.as_ref().map(|key| self.expression(key)),
            value: self.expression(&each.value_expr),
            only: each.cond.as_ref().map(|only| self.expression(&only.expr)),
            grouped: each.grouping,
        }))
    }
}

/// A list; one value where all of it is known from the text, so that evaluating it costs nothing.
pub(super) fn literal_list(items: Vec<Expr>) -> Kind {
    let known = items.iter().map(|item| match &item.kind {
        Kind::Literal(value) => Some(value.clone()),
        _ => None,
    });
    match known.collect() {
        Some(values) => Kind::Literal(Value::list(values)),
        None => Kind::List(items),
    }
}

/// An object, likewise.
pub(super) fn literal_object(entries: Vec<(Expr, Expr)>) -> Kind {
    let known = entries.iter().map(|entry| match (&entry.0.kind, &entry.1.kind) {
        (Kind::Literal(Value::String(key)), Kind::Literal(value)) => {
            Some((key.clone(), value.clone()))
        }
        _ => None,
    });
    match known.collect() {
        Some(values) => Kind::Literal(Value::map(values)),
        None => Kind::Object(entries),
    }
}

fn operator(operator: edit::BinaryOperator) -> Operator {
    use edit::BinaryOperator as Edit;
    match operator {
        Edit::Plus => Operator::Add,
        Edit::Minus => Operator::Subtract,
        Edit::Mul => Operator::Multiply,
        Edit::Div => Operator::Divide,
        Edit::Mod => Operator::Remainder,
        Edit::Eq => Operator::Equal,
        Edit::NotEq => Operator::NotEqual,
        Edit::Less => Operator::Less,
        Edit::LessEq => Operator::LessOrEqual,
        Edit::Greater => Operator::Greater,
        Edit::GreaterEq => Operator::GreaterOrEqual,
        Edit::And => Operator::And,
        Edit::Or => Operator::Or,
    }
}

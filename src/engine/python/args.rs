//! A call as the checks see it, and the values of its arguments as far as the source tells them.

use super::bandit::Options;
use super::names::{Imports, Module};
use super::node::{Node, on_one_line};
use crate::target::SourceFile;
use ruff_python_ast::{Expr, ExprCall, Number, Stmt};
use ruff_text_size::{Ranged, TextRange};
use std::cell::Cell;

/// A call with what is known about its surroundings.
pub struct Call<'a> {
    pub node: &'a ExprCall,
    /// The called name in full, aliases resolved: `subprocess.run`.
    pub qualified: &'a str,
    pub imports: &'a Imports<'a>,
    pub file: &'a SourceFile,
    pub source: &'a str,
    /// The body of the module.
    pub body: &'a [Stmt],
    /// The nodes around the call, the nearest last.
    pub parents: &'a [Node<'a>],
    /// Steps of data flow that may still be spent on this file.
    pub budget: &'a Cell<u32>,
    pub options: &'a Options,
}

impl<'a> Call<'a> {
    /// The last part of the called name.
    pub fn name(&self) -> &'a str {
        self.qualified.rsplit('.').next().unwrap_or_default()
    }

    /// Whether some part of the called name is this.
    pub fn has_part(&self, part: &str) -> bool {
        self.qualified.split('.').any(|p| p == part)
    }

    pub fn imported(&self, module: Module) -> bool {
        self.imports.has(module)
    }

    /// The positional arguments.
    pub fn args(&self) -> &'a [Expr] {
        &self.node.arguments.args
    }

    /// The value of a keyword argument; of several of one name the last.
    pub fn keyword(&self, name: &str) -> Option<&'a Expr> {
        let mut keywords = self.node.arguments.keywords.iter().rev();
        keywords.find(|k| k.arg.as_deref() == Some(name)).map(|k| &k.value)
    }

    /// Whether a keyword argument has a known value, and one of these.
    pub fn passes(&self, name: &str, values: &[&str]) -> bool {
        self.keyword(name).and_then(text).is_some_and(|value| values.contains(&value))
    }

    /// Whether a keyword argument is there with a value that the source tells.
    pub fn passes_known(&self, name: &str) -> bool {
        self.keyword(name).is_some_and(is_known)
    }

    /// The place of a keyword argument, the line of which is that of its value; else of the call.
    pub fn place_of(&self, name: &str) -> TextRange {
        let mut keywords = self.node.arguments.keywords.iter();
        match keywords.find(|k| k.arg.as_deref() == Some(name)) {
            None => self.node.range(),
            Some(k) if on_one_line(self.source, k.start(), k.value.start()) => k.range(),
            Some(k) => k.value.range(),
        }
    }
}

/// The text that an argument stands for: a string, a name, the last part of a dotted name.
pub fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(string) => Some(string.value.to_str()),
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        Expr::BooleanLiteral(literal) => Some(if literal.value { "True" } else { "False" }),
        Expr::NoneLiteral(_) => Some("None"),
        _ => None,
    }
}

/// The value of a string literal.
pub fn string(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(string) => Some(string.value.to_str()),
        _ => None,
    }
}

/// The value of an integer literal that is not astronomic.
pub fn integer(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(value) => value.as_i64(),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the source tells the value: it is a literal, a name or a dotted name.
pub fn is_known(expr: &Expr) -> bool {
    expr.is_literal_expr()
        || matches!(
            expr,
            Expr::Name(_)
                | Expr::Attribute(_)
                | Expr::List(_)
                | Expr::Tuple(_)
                | Expr::Set(_)
                | Expr::Dict(_)
        )
}

/// Whether a literal is true to Python. A name counts as true: it is text here.
pub fn is_truthy(expr: &Expr) -> bool {
    match expr {
        Expr::StringLiteral(string) => !string.value.is_empty(),
        Expr::BytesLiteral(bytes) => !bytes.value.is_empty(),
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(value) => *value != 0u8,
            Number::Float(value) => *value != 0.0,
            Number::Complex { real, imag } => *real != 0.0 || *imag != 0.0,
        },
        Expr::List(list) => !list.elts.is_empty(),
        Expr::Tuple(tuple) => !tuple.elts.is_empty(),
        Expr::Set(set) => !set.elts.is_empty(),
        Expr::Dict(dict) => !dict.items.is_empty(),
        _ => true,
    }
}

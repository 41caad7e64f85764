//! The syntax of a configuration, the same for HCL and for JSON.

mod crowd;
mod hcl;
mod json;
mod template;

use super::block::Place;
use super::value::Value;
use foldhash::fast::RandomState;
use std::collections::HashSet;
use std::sync::Arc;

pub use hcl::{body as hcl_body, expression as hcl_expression};
pub use json::{
    Node, NodeKind, body as json_body, parse as json, value as json_value,
    variables as json_variables,
};
pub use template::text as template;

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    /// The line, from 1.
    pub line: u32,
    pub message: String,
}

/// What stands in a file, or between the braces of a block.
#[derive(Debug, Clone, Default)]
pub struct Body {
    pub attributes: Vec<Attribute>,
    pub blocks: Vec<Block>,
}

/// `name = expression`.
#[derive(Debug, Clone)]
pub struct Attribute {
    pub name: Arc<str>,
    pub expression: Arc<Expr>,
    /// From the name to the end of the expression.
    pub place: Place,
    /// The resources that the expression names, as it names them: `aws_s3_bucket.logs`.
    pub refers: Option<Arc<[Arc<str>]>>,
}

/// `kind "label" { … }`.
#[derive(Debug, Clone)]
pub struct Block {
    pub kind: Arc<str>,
    pub labels: Vec<Arc<str>>,
    pub body: Body,
    pub place: Place,
}

impl Body {
    /// The attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name == name)
    }
}

/// An expression and the bytes of the file that it is.
#[derive(Debug, Clone)]
pub struct Expr {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
}

/// What sort of expression it is.
#[derive(Debug, Clone)]
pub enum Kind {
    Literal(Value),
    List(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    Template(Vec<Part>),
    Name(Arc<str>),
    /// `base.attribute[index][*]`.
    Path(Box<Expr>, Vec<Step>),
    Call {
        name: Arc<str>,
        arguments: Vec<Expr>,
        /// The last argument is a list of arguments: `f(list...)`.
        spread: bool,
    },
    Conditional(Box<[Expr; 3]>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Binary(Operator, Box<[Expr; 2]>),
    For(Box<For>),
}

/// A step of a path.
#[derive(Debug, Clone)]
pub enum Step {
    Attribute(Arc<str>),
    Index(Expr),
    /// `.*`: the attributes that follow, of each element.
    AttributeSplat,
    /// `[*]`: all that follows, of each element.
    Splat,
}

/// A piece of a template.
#[derive(Debug, Clone)]
pub enum Part {
    Text(Arc<str>),
    Value(Expr),
    If(Expr, Vec<Part>, Vec<Part>),
    For { key: Option<Arc<str>>, value: Arc<str>, over: Expr, parts: Vec<Part> },
}

/// A `for` expression; with a key it makes an object.
#[derive(Debug, Clone)]
pub struct For {
    pub key_name: Option<Arc<str>>,
    pub value_name: Arc<str>,
    pub over: Expr,
    pub key: Option<Expr>,
    pub value: Expr,
    pub only: Option<Expr>,
    /// `value...`: the values of a key are a list.
    pub grouped: bool,
}

/// An operator between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
}

/// Names that occur again and again in a file, once each.
#[derive(Debug, Default)]
pub struct Names(HashSet<Arc<str>, RandomState>);

impl Names {
    /// The shared text that is equal to `text`.
    pub fn of(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let new: Arc<str> = text.into();
        self.0.insert(new.clone());
        new
    }
}

/// Roots of paths that are no resources.
const NO_RESOURCE: [&str; 9] =
    ["var", "local", "module", "each", "count", "self", "path", "terraform", "tofu"];

/// The resources that an expression names.
pub fn refers(expression: &Expr) -> Option<Arc<[Arc<str>]>> {
    let mut found: Vec<Arc<str>> = Vec::new();
    walk(expression, &mut |expression| {
        let Kind::Path(base, steps) = &expression.kind else { return };
        let Kind::Name(root) = &base.kind else { return };
        let mut names = steps.iter().map_while(|step| match step {
            Step::Attribute(name) => Some(&**name),
            _ => None,
        });
        if NO_RESOURCE.contains(&&**root) {
            return;
        }
        let address = match (&**root, names.next(), names.next()) {
            ("data", Some(kind), Some(name)) => format!("data.{kind}.{name}"),
            ("data", _, _) | (_, None, _) => return,
            (kind, Some(name), _) => format!("{kind}.{name}"),
        };
        if !found.iter().any(|known| **known == *address) {
            found.push(address.into());
        }
    });
    if found.is_empty() { None } else { Some(found.into()) }
}

/// Shows an expression and all in it to `see`, from the outside in.
pub fn walk<'e>(expression: &'e Expr, see: &mut dyn FnMut(&'e Expr)) {
    see(expression);
    match &expression.kind {
        Kind::Literal(_) | Kind::Name(_) => {}
        Kind::List(items) | Kind::Call { arguments: items, .. } => {
            items.iter().for_each(|item| walk(item, see));
        }
        Kind::Object(entries) => entries.iter().for_each(|(key, value)| {
            walk(key, see);
            walk(value, see);
        }),
        Kind::Template(parts) => walk_parts(parts, see),
        Kind::Path(base, steps) => {
            walk(base, see);
            for step in steps {
                if let Step::Index(index) = step {
                    walk(index, see);
                }
            }
        }
        Kind::Conditional(three) => three.iter().for_each(|part| walk(part, see)),
        Kind::Not(one) | Kind::Negate(one) => walk(one, see),
        Kind::Binary(_, two) => two.iter().for_each(|part| walk(part, see)),
        Kind::For(each) => {
            walk(&each.over, see);
            each.key.iter().chain([&each.value]).chain(&each.only).for_each(|part| walk(part, see));
        }
    }
}

fn walk_parts<'e>(parts: &'e [Part], see: &mut dyn FnMut(&'e Expr)) {
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Value(value) => walk(value, see),
            Part::If(condition, yes, no) => {
                walk(condition, see);
                walk_parts(yes, see);
                walk_parts(no, see);
            }
            Part::For { over, parts, .. } => {
                walk(over, see);
                walk_parts(parts, see);
            }
        }
    }
}

/// The line that a byte is on, from 1.
pub fn line_of(text: &[u8], byte: usize) -> u32 {
    let end = byte.min(text.len());
    text[..end].iter().filter(|byte| **byte == b'\n').count() as u32 + 1
}

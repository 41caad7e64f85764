//! Expressions that stand outside a configuration: conditions of rules.

use super::evaluate::{Frame, Interpreter, Limits, World};
use super::functions::{self, Files, Wrong};
use super::syntax::{self, Expr, Step};
use super::value::{Symbol, Value};
use std::sync::Arc;

/// What the names and the functions of an expression mean.
pub trait Scope {
    /// The value of a name: `self`, `parent`, `resource`.
    fn root(&self, name: &str) -> Option<Value>;
    /// The value of a name with as many of the attributes behind it as can be told without the
    /// whole, and their number.
    fn part(&self, _name: &str, _steps: &[Step]) -> Option<(Value, usize)> {
        None
    }
    /// The result of a function that is not Terraform's, or is meant instead of Terraform's.
    fn call(&self, name: &str, arguments: &[Value]) -> Option<Value>;
}

/// A parsed expression.
///
/// Nothing in it is an error: a name or an attribute that there is not is null, an attribute of a
/// list is that of its first element, what is no condition is `false`, and a function that refuses
/// its arguments gives null. What is not known stays unknown.
#[derive(Debug, Clone)]
pub struct Expression(Arc<Expr>);

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no expression: {why}")]
pub struct NotAnExpression {
    text: String,
    why: String,
}

impl Expression {
    /// Parses an expression in Terraform's language.
    pub fn parse(text: &str) -> Result<Expression, NotAnExpression> {
        syntax::hcl_expression(text)
            .map(|expression| Expression(Arc::new(expression)))
            .map_err(|malformed| NotAnExpression { text: text.to_owned(), why: malformed.message })
    }

    /// What it comes to.
    pub fn evaluate(&self, scope: &dyn Scope) -> Value {
        let world = Rule { scope, limits: Limits::default() };
        Interpreter::new(&world).value(&self.0, None)
    }
}

struct Rule<'s> {
    scope: &'s dyn Scope,
    limits: Limits,
}

/// Conditions, and templates of CloudFormation, read no files.
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Option<Arc<[u8]>> {
        None
    }

    fn exists(&self, _: &str) -> bool {
        false
    }

    fn glob(&self, _: &str, _: &str) -> Vec<String> {
        Vec::new()
    }
}

impl World for Rule<'_> {
    fn root(&self, name: &str, steps: &[Step], frame: Option<&Frame<'_>>) -> (Value, usize) {
        if let Some(bound) = frame.and_then(|frame| frame.find(name)) {
            return (bound.clone(), 0);
        }
        let whole = || (self.scope.root(name).unwrap_or(Value::Null), 0);
        self.scope.part(name, steps).unwrap_or_else(whole)
    }

    fn member(&self, symbol: &Arc<Symbol>, name: &str) -> Value {
        let attribute = match &*symbol.attribute {
            "" => name.into(),
            known => format!("{known}.{name}").into(),
        };
        Value::Unknown(Some(Arc::new(Symbol { address: symbol.address.clone(), attribute })))
    }

    fn element(&self, _: &Arc<Symbol>, _: &Value) -> Value {
        Value::UNKNOWN
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, Wrong> {
        match self.scope.call(name, arguments) {
            Some(value) => Ok(value),
            None => functions::call(name, arguments, &NoFiles),
        }
    }

    fn is_single(&self, _: &Symbol) -> bool {
        false
    }

    fn lenient(&self) -> bool {
        true
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }
}

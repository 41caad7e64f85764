//! What the names in an expression mean: in a module, in a template file, in a rule.

use super::super::functions::Wrong;
use super::super::syntax::Step;
use super::super::value::{Symbol, Value};
use super::limits::Limits;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the names in an expression mean.
pub trait World {
    /// The value of a name with as many of the steps behind it as belong to it, and their number.
    fn root(&self, name: &str, steps: &[Step], frame: Option<&Frame<'_>>) -> (Value, usize);
    /// An attribute of what a symbol stands for.
    fn member(&self, symbol: &Arc<Symbol>, name: &str) -> Value;
    /// An element of it, where that is another thing than the whole.
    fn element(&self, symbol: &Arc<Symbol>, index: &Value) -> Value;
    /// A call.
    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, Wrong>;
    /// Whether that a symbol stands for is one thing, and not a number of things that is unknown.
    fn is_single(&self, symbol: &Symbol) -> bool;
    /// Conditions of rules: what makes no sense is null there and not unknown.
    fn lenient(&self) -> bool;
    /// What it may cost.
    fn limits(&self) -> &Limits;
}

/// A name that an expression binds: of a `for`, an iterator, `each`, `count`, `self`.
pub struct Frame<'f> {
    pub name: &'f str,
    pub value: Value,
    pub outer: Option<&'f Frame<'f>>,
}

impl Frame<'_> {
    /// The innermost value of a name.
    pub fn find(&self, name: &str) -> Option<&Value> {
        let mut frame = Some(self);
        while let Some(here) = frame {
            if here.name == name {
                return Some(&here.value);
            }
            frame = here.outer;
        }
        None
    }
}

/// The world of a template file, which sees the names that it is given and nothing else.
pub struct Rendering<'w> {
    pub names: &'w BTreeMap<Arc<str>, Value>,
    pub world: &'w dyn World,
}

impl World for Rendering<'_> {
    fn root(&self, name: &str, _: &[Step], frame: Option<&Frame<'_>>) -> (Value, usize) {
        let bound = frame.and_then(|frame| frame.find(name)).or_else(|| self.names.get(name));
        let value = bound.cloned().unwrap_or_else(|| {
            self.limits().mistake();
            Value::UNKNOWN
        });
        (value, 0)
    }

    fn member(&self, symbol: &Arc<Symbol>, name: &str) -> Value {
        self.world.member(symbol, name)
    }

    fn element(&self, symbol: &Arc<Symbol>, index: &Value) -> Value {
        self.world.element(symbol, index)
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, Wrong> {
        self.world.call(name, arguments)
    }

    fn is_single(&self, symbol: &Symbol) -> bool {
        self.world.is_single(symbol)
    }

    fn lenient(&self) -> bool {
        false
    }

    fn limits(&self) -> &Limits {
        self.world.limits()
    }
}

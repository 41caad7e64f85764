//! Conditions of templates: true, false or not known.

use super::evaluate::{Evaluator, function};
use super::part::note;
use crate::engine::terraform::{Value, same, to_bool, to_text};
use crate::engine::yaml::Node;
use std::sync::Arc;

/// How many conditions may ask each other.
const MOST_DEEP: usize = 100;

impl Evaluator<'_> {
    /// A condition, by its name or written out.
    pub(super) fn truth(&self, node: &Node, from: &mut Vec<Arc<str>>) -> Value {
        if let Some((name, argument)) = called(node) {
            return match &*name {
                "Condition" | "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" => {
                    self.truth_of(&name, &argument, from)
                }
                _ => {
                    let Some(part) = self.part(node) else { return Value::UNKNOWN };
                    part.sources(from);
                    truth_in(&part.value())
                }
            };
        }
        match node.text() {
            Some(name) => self.condition(name, node.range.start, from),
            None => Value::UNKNOWN,
        }
    }

    /// What one of the functions of conditions comes to.
    pub(super) fn truth_of(&self, name: &str, argument: &Node, from: &mut Vec<Arc<str>>) -> Value {
        match name {
            "Condition" | "Fn::Condition" => self.truth(argument, from),
            "Fn::Not" => match argument.items() {
                [one] => match self.truth(one, from) {
                    Value::Bool(truth) => Value::Bool(!truth),
                    _ => Value::UNKNOWN,
                },
                _ => Value::UNKNOWN,
            },
            "Fn::And" => self.all(argument, false, from),
            "Fn::Or" => self.all(argument, true, from),
            _ => {
                let [left, right] = argument.items() else { return Value::UNKNOWN };
                let mut side = |node: &Node| {
                    let part = self.part(node)?;
                    part.sources(from);
                    Some(part.value())
                };
                match (side(left), side(right)) {
                    (Some(left), Some(right)) => {
                        same(&as_text(left), &as_text(right)).map_or(Value::UNKNOWN, Value::Bool)
                    }
                    _ => Value::UNKNOWN,
                }
            }
        }
    }

    /// `Fn::And` and `Fn::Or`: the first that is `decisive` decides, whatever is not known.
    fn all(&self, argument: &Node, decisive: bool, from: &mut Vec<Arc<str>>) -> Value {
        let mut answer = Value::Bool(!decisive);
        for one in argument.items() {
            match self.truth(one, from) {
                Value::Bool(truth) if truth == decisive => return Value::Bool(decisive),
                Value::Bool(_) => {}
                _ => answer = Value::UNKNOWN,
            }
        }
        answer
    }

    /// The condition of a name, which is asked once.
    fn condition(&self, name: &str, at: usize, from: &mut Vec<Arc<str>>) -> Value {
        let truth = match name {
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            name => name,
        };
        let Some((name, node)) = self.template.conditions.get_key_value(truth) else {
            return Value::UNKNOWN;
        };
        let known = self.truths.borrow().get(name).cloned();
        match known {
            Some(Some((truth, own))) => {
                note(&own, from);
                return truth;
            }
            Some(None) => {
                let why = format!("the condition {name} needs itself, so it is not known");
                self.complain(at, why, false);
                return Value::UNKNOWN;
            }
            None => {}
        }
        let asked = self.asked.get();
        if asked >= MOST_DEEP {
            let why = format!("more than {MOST_DEEP} conditions need each other");
            self.complain(at, why, true);
            return Value::UNKNOWN;
        }
        self.truths.borrow_mut().insert(name.clone(), None);
        self.asked.set(asked + 1);
        let mut own = Vec::new();
        let truth = self.truth(node, &mut own);
        self.asked.set(asked);
        note(&own, from);
        self.truths.borrow_mut().insert(name.clone(), Some((truth.clone(), own)));
        truth
    }
}

/// The function of a condition; `Condition: name` is one there.
fn called(node: &Node) -> Option<(Arc<str>, Node)> {
    match node.entries() {
        [entry] if &*entry.key == "Condition" => Some((entry.key.clone(), entry.value.clone())),
        _ => function(node),
    }
}

fn truth_in(value: &Value) -> Value {
    to_bool(value).map_or(Value::UNKNOWN, Value::Bool)
}

/// Values are compared as texts: a parameter is always one.
fn as_text(value: Value) -> Value {
    match &value {
        Value::Bool(_) | Value::Number(_) => to_text(&value).map_or(Value::Null, Value::String),
        _ => value,
    }
}

//! Evaluates expressions. What their names mean is the `World`'s to say, so that conditions of
//! rules run here as well.

use super::super::functions::{Wrong, to_text};
use super::super::syntax::{Expr, For, Kind, Operator, Part, Step};
use super::super::value::Value;
use super::operate::{equal, index, number, truth};
use super::world::{Frame, World};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Evaluates expressions in a world.
pub struct Interpreter<'w> {
    world: &'w dyn World,
}

type Bound<'f> = Option<&'f Frame<'f>>;

impl<'w> Interpreter<'w> {
    pub fn new(world: &'w dyn World) -> Self {
        Interpreter { world }
    }

    /// What an expression comes to.
    pub fn value(&self, expression: &Expr, frame: Bound<'_>) -> Value {
        if let Kind::Literal(value) = &expression.kind {
            return value.clone();
        }
        if !self.world.limits().enter() {
            return Value::UNKNOWN;
        }
        let value = self.compound(expression, frame);
        self.world.limits().leave();
        value
    }

    fn compound(&self, expression: &Expr, frame: Bound<'_>) -> Value {
        match &expression.kind {
            Kind::Literal(value) => value.clone(),
            Kind::List(items) => {
                let items = items.iter().map(|item| self.value(item, frame)).collect();
                self.made(Value::list(items))
            }
            Kind::Object(entries) => self.object(entries, frame),
            Kind::Template(parts) => self.template(parts, frame),
            Kind::Name(name) => self.world.root(name, &[], frame).0,
            Kind::Path(base, steps) => self.path(base, steps, frame),
            Kind::Call { name, arguments, spread } => self.call(name, arguments, *spread, frame),
            Kind::Conditional(parts) => self.conditional(parts, frame),
            Kind::Not(inner) => self.not(&self.value(inner, frame)),
            Kind::Negate(inner) => match number(&self.value(inner, frame)) {
                Some(Some(number)) => Value::Number(-number),
                Some(None) => Value::UNKNOWN,
                None => self.nonsense(),
            },
            Kind::Binary(operator, sides) => self.binary(*operator, sides, frame),
            Kind::For(each) => self.for_each(each, frame),
        }
    }

    /// What an expression that makes no sense comes to.
    fn nonsense(&self) -> Value {
        self.world.limits().mistake();
        if self.world.lenient() { Value::Null } else { Value::UNKNOWN }
    }

    fn made(&self, value: Value) -> Value {
        self.world.limits().weighed(value)
    }

    fn object(&self, entries: &[(Expr, Expr)], frame: Bound<'_>) -> Value {
        let mut map = BTreeMap::new();
        for (key, value) in entries {
            match to_text(&self.value(key, frame)) {
                Some(key) => map.insert(key, self.value(value, frame)),
                None => return self.nonsense(),
            };
        }
        self.made(Value::map(map))
    }

    fn template(&self, parts: &[Part], frame: Bound<'_>) -> Value {
        let mut out = String::new();
        match self.append(parts, frame, &mut out) {
            Some(()) if self.world.limits().allow_text(out.len()) => Value::string(out),
            Some(()) => Value::UNKNOWN,
            None => self.nonsense(),
        }
    }

    fn append(&self, parts: &[Part], frame: Bound<'_>, out: &mut String) -> Option<()> {
        for part in parts {
            if out.len() > super::limits::TEXT || !self.world.limits().spend(1) {
                return Some(());
            }
            match part {
                Part::Text(known) => out.push_str(known),
                Part::Value(value) => match self.value(value, frame) {
                    Value::String(known) => out.push_str(&known),
                    value => out.push_str(&to_text(&value)?),
                },
                Part::If(condition, yes, no) => match truth(&self.value(condition, frame))? {
                    Some(true) => self.append(yes, frame, out)?,
                    Some(false) => self.append(no, frame, out)?,
                    None => out.push_str(&to_text(&Value::UNKNOWN)?),
                },
                Part::For { key, value, over, parts } => {
                    let Some(elements) = elements(&self.value(over, frame))? else {
                        out.push_str(&to_text(&Value::UNKNOWN)?);
                        continue;
                    };
                    for (name, element) in elements {
                        let outer = Frame { name: value, value: element, outer: frame };
                        match key {
                            Some(key) => {
                                let inner = Frame { name: key, value: name, outer: Some(&outer) };
                                self.append(parts, Some(&inner), out)?;
                            }
                            None => self.append(parts, Some(&outer), out)?,
                        }
                    }
                }
            }
        }
        Some(())
    }

    fn path(&self, base: &Expr, steps: &[Step], frame: Bound<'_>) -> Value {
        match &base.kind {
            Kind::Name(name) => {
                let (value, taken) = self.world.root(name, steps, frame);
                self.steps(value, steps.get(taken..).unwrap_or_default(), frame)
            }
            _ => self.steps(self.value(base, frame), steps, frame),
        }
    }

    fn steps(&self, mut value: Value, steps: &[Step], frame: Bound<'_>) -> Value {
        for (at, step) in steps.iter().enumerate() {
            value = match step {
                Step::Attribute(name) => self.attribute(&value, name),
                Step::Index(position) => {
                    let position = self.value(position, frame);
                    self.element(&value, &position)
                }
                Step::Splat => return self.splat(&value, &steps[at + 1..], &[], frame),
                Step::AttributeSplat => {
                    let rest = &steps[at + 1..];
                    let attributes =
                        rest.iter().take_while(|step| matches!(step, Step::Attribute(_))).count();
                    let (each, after) = rest.split_at(attributes);
                    return self.splat(&value, each, after, frame);
                }
            };
        }
        value
    }

    fn attribute(&self, value: &Value, name: &str) -> Value {
        match value {
            Value::Map(entries) => match entries.get(name) {
                Some(value) => value.clone(),
                None => self.nonsense(),
            },
            Value::Unknown(Some(symbol)) => self.world.member(symbol, name),
            Value::Unknown(None) => Value::UNKNOWN,
            // Blocks that may be repeated are lists; a rule that asks for one means the first.
            Value::List(items) if self.world.lenient() => match items.first() {
                Some(first) => self.attribute(first, name),
                None => Value::Null,
            },
            _ => self.nonsense(),
        }
    }

    fn element(&self, value: &Value, position: &Value) -> Value {
        if let Value::Unknown(Some(symbol)) = value {
            return self.world.element(symbol, position);
        }
        match index(value, position) {
            Ok(Some(value)) => value,
            Ok(None) => Value::UNKNOWN,
            // One block that is no list is its own first element.
            Err(()) if self.world.lenient() && *position == Value::Number(0.0) => match value {
                Value::Map(_) => value.clone(),
                _ => Value::Null,
            },
            Err(()) => self.nonsense(),
        }
    }

    /// `each` of the elements, and `after` of the list of what that gives.
    fn splat(&self, value: &Value, each: &[Step], after: &[Step], frame: Bound<'_>) -> Value {
        let list = match value {
            Value::List(items) => {
                if !self.world.limits().spend(items.len() as u64) {
                    return Value::UNKNOWN;
                }
                let each = items.iter().map(|item| self.steps(item.clone(), each, frame));
                self.made(Value::list(each.collect()))
            }
            Value::Null => Value::list(Vec::new()),
            Value::Unknown(Some(symbol)) if !self.world.is_single(symbol) => {
                self.steps(value.clone(), each, frame)
            }
            Value::Unknown(None) => Value::UNKNOWN,
            one => self.made(Value::list(vec![self.steps(one.clone(), each, frame)])),
        };
        self.steps(list, after, frame)
    }

    fn call(&self, name: &str, arguments: &[Expr], spread: bool, frame: Bound<'_>) -> Value {
        if name == "try" || name == "can" {
            return self.attempt(name, arguments, frame);
        }
        let mut values: Vec<Value> =
            arguments.iter().map(|argument| self.value(argument, frame)).collect();
        if spread {
            match values.pop() {
                Some(Value::List(last)) => values.extend(last.iter().cloned()),
                Some(Value::Unknown(_)) => return Value::UNKNOWN,
                _ => return self.nonsense(),
            }
        }
        if !self.world.limits().spend(values.len() as u64 + 1) {
            return Value::UNKNOWN;
        }
        match self.world.call(name, &values) {
            Ok(Value::String(text)) if !self.world.limits().allow_text(text.len()) => {
                Value::UNKNOWN
            }
            Ok(value) => self.made(value),
            Err(wrong) => {
                if wrong == Wrong::TooLarge {
                    self.world.limits().exceed("a function makes a value that is too large");
                }
                self.nonsense()
            }
        }
    }

    fn attempt(&self, name: &str, arguments: &[Expr], frame: Bound<'_>) -> Value {
        let limits = self.world.limits();
        for argument in arguments {
            let before = limits.mistakes();
            let value = self.value(argument, frame);
            let sense = limits.mistakes() == before;
            limits.forgive(before);
            match (name, &value) {
                ("can", Value::Unknown(_)) if sense => return Value::UNKNOWN,
                ("can", _) => return Value::Bool(sense),
                _ if sense => return value,
                _ => {}
            }
        }
        self.nonsense()
    }

    fn conditional(&self, parts: &[Expr; 3], frame: Bound<'_>) -> Value {
        let [condition, yes, no] = parts;
        match truth(&self.value(condition, frame)) {
            Some(Some(true)) => self.value(yes, frame),
            Some(Some(false)) => self.value(no, frame),
            None if self.world.lenient() => self.value(no, frame),
            None => self.nonsense(),
            Some(None) => {
                let before = self.world.limits().mistakes();
                let (yes, no) = (self.value(yes, frame), self.value(no, frame));
                self.world.limits().forgive(before);
                match equal(&yes, &no, false) {
                    Some(true) => yes,
                    _ => Value::UNKNOWN,
                }
            }
        }
    }

    fn not(&self, value: &Value) -> Value {
        match truth(value) {
            Some(Some(value)) => Value::Bool(!value),
            Some(None) => Value::UNKNOWN,
            None if self.world.lenient() => Value::Bool(true),
            None => self.nonsense(),
        }
    }

    fn binary(&self, operator: Operator, sides: &[Expr; 2], frame: Bound<'_>) -> Value {
        let [left, right] = sides;
        if matches!(operator, Operator::And | Operator::Or) {
            return self.logic(operator == Operator::Or, left, right, frame);
        }
        let (left, right) = (self.value(left, frame), self.value(right, frame));
        match operator {
            Operator::Equal => known(equal(&left, &right, self.world.lenient())),
            Operator::NotEqual => {
                known(equal(&left, &right, self.world.lenient()).map(|equal| !equal))
            }
            _ => match (number(&left), number(&right)) {
                (Some(Some(left)), Some(Some(right))) => self.arithmetic(operator, left, right),
                (None, _) | (_, None) => self.nonsense(),
                _ => Value::UNKNOWN,
            },
        }
    }

    /// `decisive` is the side that decides alone: `true` for or, `false` for and.
    fn logic(&self, decisive: bool, left: &Expr, right: &Expr, frame: Bound<'_>) -> Value {
        let truth = |value: &Value| match truth(value) {
            None if self.world.lenient() => Some(Some(false)),
            other => other,
        };
        let left = truth(&self.value(left, frame));
        if left == Some(Some(decisive)) {
            return Value::Bool(decisive);
        }
        let before = self.world.limits().mistakes();
        let right = truth(&self.value(right, frame));
        match (left, right) {
            (Some(_), Some(Some(right))) if right == decisive => Value::Bool(decisive),
            (Some(Some(_)), Some(Some(_))) => Value::Bool(!decisive),
            (Some(None), _) => {
                // The left side may be what keeps the right one from being evaluated.
                self.world.limits().forgive(before);
                Value::UNKNOWN
            }
            (_, Some(None)) => Value::UNKNOWN,
            _ => self.nonsense(),
        }
    }

    fn arithmetic(&self, operator: Operator, left: f64, right: f64) -> Value {
        let value = match operator {
            Operator::Less => return Value::Bool(left < right),
            Operator::LessOrEqual => return Value::Bool(left <= right),
            Operator::Greater => return Value::Bool(left > right),
            Operator::GreaterOrEqual => return Value::Bool(left >= right),
            Operator::Add => left + right,
            Operator::Subtract => left - right,
            Operator::Multiply => left * right,
            Operator::Divide => left / right,
            _ => left % right,
        };
        if value.is_finite() { Value::Number(value) } else { self.nonsense() }
    }

    fn for_each(&self, each: &For, frame: Bound<'_>) -> Value {
        let over = self.value(&each.over, frame);
        let elements = match elements(&over) {
            Some(Some(elements)) => elements,
            Some(None) => return Value::UNKNOWN,
            None if self.world.lenient() => Vec::new(),
            None => return self.nonsense(),
        };
        let is_set = matches!(&each.over.kind, Kind::Call { name, .. } if gives_set(name));
        let mut made = Made::default();
        for (key, value) in elements {
            // The elements of a set are their own keys.
            let key = if is_set { value.clone() } else { key };
            if !self.world.limits().spend(1) {
                return Value::UNKNOWN;
            }
            let key_name = each.key_name.as_deref().unwrap_or("");
            let outer = Frame { name: key_name, value: key, outer: frame };
            let inner = Frame { name: &each.value_name, value, outer: Some(&outer) };
            match each.only.as_ref().map(|only| truth(&self.value(only, Some(&inner)))) {
                None | Some(Some(Some(true))) => {}
                Some(Some(Some(false))) => continue,
                Some(None) if self.world.lenient() => continue,
                Some(Some(None)) => return Value::UNKNOWN,
                Some(None) => return self.nonsense(),
            }
            let value = self.value(&each.value, Some(&inner));
            match each.key.as_ref().map(|key| self.value(key, Some(&inner))) {
                None => made.list.push(value),
                Some(Value::Unknown(None)) => return Value::UNKNOWN,
                Some(key) => match to_text(&key) {
                    Some(key) if each.grouped => {
                        made.groups.entry(key).or_default().push(value);
                    }
                    Some(key) => drop(made.map.insert(key, value)),
                    None => return self.nonsense(),
                },
            }
        }
        self.made(match &each.key {
            None => Value::list(made.list),
            Some(_) if each.grouped => Value::map(
                made.groups.into_iter().map(|(key, group)| (key, Value::list(group))).collect(),
            ),
            Some(_) => Value::map(made.map),
        })
    }
}

/// What a `for` has made so far.
#[derive(Default)]
struct Made {
    list: Vec<Value>,
    map: BTreeMap<Arc<str>, Value>,
    groups: BTreeMap<Arc<str>, Vec<Value>>,
}

/// Whether what a function gives is a set, which is a list here.
fn gives_set(function: &str) -> bool {
    matches!(
        function,
        "toset" | "setunion" | "setintersection" | "setsubtract" | "setproduct" | "fileset"
    )
}

fn known(answer: Option<bool>) -> Value {
    answer.map_or(Value::UNKNOWN, Value::Bool)
}

/// Keys and values that a loop goes over: `Some(None)` where they are not known, `None` where a
/// loop over the value makes no sense.
pub fn elements(value: &Value) -> Option<Option<Vec<(Value, Value)>>> {
    match value {
        Value::List(items) => Some(Some(
            items
                .iter()
                .enumerate()
                .map(|(at, item)| (Value::Number(at as f64), item.clone()))
                .collect(),
        )),
        Value::Map(entries) => Some(Some(
            entries.iter().map(|(key, item)| (Value::String(key.clone()), item.clone())).collect(),
        )),
        Value::Unknown(_) => Some(None),
        _ => None,
    }
}

//! Nodes of a template to parts: what is written, with its functions resolved.
//!
//! A reference to a resource is not known, and keeps its name; a parameter is its default. What is
//! made is counted, so that a template cannot ask for more than it holds by a loop or by texts in
//! texts.

use super::part::{Content, Field, Part};
use super::template::Template;
use crate::engine::terraform::{CLOSE, OPEN, Symbol, Value};
use crate::engine::yaml::{Entry, Node, value};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Bytes that evaluation may make, counted roughly.
const MOST_BYTES: usize = 64 << 20;
/// What a part counts for.
const PART: usize = 128;
/// What a turn of a loop counts for: one that makes more resources than a stack may have, 500, says
/// nothing new of any.
const TURN: usize = 16 << 10;
/// The key of a loop begins so; a name follows.
const LOOP: &str = "Fn::ForEach::";

/// Something that could not be evaluated as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Bytes of the file.
    pub at: usize,
    pub message: String,
    /// Whether there is more than is evaluated; else it is wrong.
    pub is_limit: bool,
}

/// A condition's value, and the parameters that it is made from.
type Truth = (Value, Vec<Arc<str>>);

/// Evaluates the nodes of one template.
pub struct Evaluator<'t> {
    pub template: &'t Template<'t>,
    /// Of the conditions that were asked for; none while one is asked.
    pub(super) truths: RefCell<HashMap<Arc<str>, Option<Truth>>>,
    /// The identifiers of the loops around, and their values.
    bound: RefCell<Vec<(Arc<str>, Value)>>,
    /// How many conditions are being asked.
    pub(super) asked: Cell<usize>,
    left: Cell<usize>,
    troubles: RefCell<Vec<Trouble>>,
}

impl<'t> Evaluator<'t> {
    pub fn new(template: &'t Template<'t>) -> Evaluator<'t> {
        let (truths, bound, asked, troubles) = Default::default();
        Evaluator { template, truths, bound, asked, left: Cell::new(MOST_BYTES), troubles }
    }

    /// What went wrong, each once.
    pub fn troubles(self) -> Vec<Trouble> {
        self.troubles.into_inner()
    }

    pub(super) fn complain(&self, at: usize, message: impl Into<String>, is_limit: bool) {
        let trouble = Trouble { at, message: message.into(), is_limit };
        let mut troubles = self.troubles.borrow_mut();
        let is_known = |it: &Trouble| it == &trouble || (it.is_limit && is_limit);
        if !troubles.iter().any(is_known) {
            troubles.push(trouble);
        }
    }

    /// Whether so many bytes may still be made.
    pub(super) fn spend(&self, bytes: usize, at: usize) -> bool {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                true
            }
            None => {
                self.left.set(0);
                let most = MOST_BYTES >> 20;
                let why = format!("this template makes more than {most} MiB; the rest is left out");
                self.complain(at, why, true);
                false
            }
        }
    }

    /// What a node comes to; nothing for `AWS::NoValue`.
    pub fn part(&self, node: &Node) -> Option<Part> {
        if !self.spend(PART, node.range.start) {
            return Some(Part::of(Value::UNKNOWN, node.range.clone()));
        }
        if let Some((name, argument)) = function(node) {
            return self.call(&name, &argument, node.range.clone());
        }
        let content = if node.items().is_empty() {
            match node.entries() {
                [] => Content::Value(plain(value(node))),
                entries => return Some(self.mapping(entries, node.range.clone())),
            }
        } else {
            Content::List(node.items().iter().filter_map(|item| self.part(item)).collect())
        };
        Some(Part { content, range: node.range.clone(), from: Vec::new() })
    }

    /// The entries of a mapping; what a macro may add to is not known.
    fn mapping(&self, entries: &[Entry], range: Range<usize>) -> Part {
        if entries.iter().any(|entry| &*entry.key == "Fn::Transform") {
            return Part::of(Value::UNKNOWN, range);
        }
        let mut fields = Vec::with_capacity(entries.len());
        self.each(entries, &mut |key, entry| {
            if let Some(part) = self.part(&entry.value) {
                fields.push(Field { key, range: entry.range.clone(), part });
            }
        });
        Part { content: Content::Map(fields), range, from: Vec::new() }
    }

    /// Every entry with its key, those that loops make too.
    pub fn each<'n>(&self, entries: &'n [Entry], act: &mut dyn FnMut(Arc<str>, &'n Entry)) {
        for entry in entries {
            match entry.key.starts_with(LOOP) {
                true => self.repeat(entry, act),
                false => act(self.named(&entry.key), entry),
            }
        }
    }

    /// `Fn::ForEach::Name: [identifier, collection, {key: value}]`.
    fn repeat<'n>(&self, entry: &'n Entry, act: &mut dyn FnMut(Arc<str>, &'n Entry)) {
        let at = entry.range.start;
        let [identifier, collection, output] = entry.value.items() else {
            return self.complain(at, "a loop takes a name, a list and what it makes", false);
        };
        let Some(identifier) = identifier.text() else {
            return self.complain(at, "the name of a loop is a text", false);
        };
        let elements = match self.part(collection).map(|part| part.value()) {
            Some(Value::List(elements)) => elements,
            // What is made of a list that is not known is not known either.
            _ => return,
        };
        for element in elements.iter() {
            if !self.spend(TURN, at) {
                return;
            }
            self.bound.borrow_mut().push((identifier.clone(), element.clone()));
            self.each(output.entries(), act);
            self.bound.borrow_mut().pop();
        }
    }

    /// The value of the identifier of a loop around.
    pub(super) fn bound(&self, name: &str) -> Option<Value> {
        let bound = self.bound.borrow();
        bound.iter().rev().find(|(own, _)| **own == *name).map(|(_, value)| value.clone())
    }

    /// A key with the identifiers of loops in it replaced.
    fn named(&self, key: &Arc<str>) -> Arc<str> {
        let bound = self.bound.borrow();
        let mut name = key.clone();
        for (identifier, value) in bound.iter().filter(|_| key.contains("{")) {
            let Some(text) = value.as_str() else { continue };
            let letters: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
            let plain = name.replace(&format!("${{{identifier}}}"), text);
            name = plain.replace(&format!("&{{{identifier}}}"), &letters).into();
        }
        name
    }
}

/// The function that a node calls, and its argument: `!Sub …`, or `Fn::Sub: …` alone in a mapping.
pub(super) fn function(node: &Node) -> Option<(Arc<str>, Node)> {
    if let Some(tag) = &node.tag {
        let name = tag.strip_prefix('!')?;
        let name = match name {
            "Ref" | "Condition" => name.into(),
            name => format!("Fn::{name}").into(),
        };
        return Some((name, Node { tag: None, ..node.clone() }));
    }
    match node.entries() {
        [entry] if &*entry.key == "Ref" => Some((entry.key.clone(), entry.value.clone())),
        [entry] if entry.key.starts_with("Fn::") && !entry.key.starts_with(LOOP) => {
            Some((entry.key.clone(), entry.value.clone()))
        }
        _ => None,
    }
}

/// A scalar as AWS takes it: a truth may be a text, and what `{{resolve:…}}` stands for is not
/// known.
pub(super) fn plain(value: Value) -> Value {
    let Value::String(text) = &value else { return value };
    match &**text {
        "true" | "True" | "TRUE" | "yes" | "Yes" => Value::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" => Value::Bool(false),
        text if text.contains("{{resolve:") => resolved(text),
        _ => value,
    }
}

fn resolved(text: &str) -> Value {
    let mut known = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{resolve:") {
        known += before;
        known.extend([OPEN, CLOSE]);
        rest = after.split_once("}}").map_or("", |(_, after)| after);
    }
    known += rest;
    match known.chars().eq([OPEN, CLOSE]) {
        true => Value::UNKNOWN,
        false => Value::string(known),
    }
}

/// An attribute of a resource, or what AWS gives.
pub(super) fn unknown(address: &str, attribute: &str) -> Value {
    let symbol = Symbol { address: address.into(), attribute: attribute.into() };
    Value::Unknown(Some(Arc::new(symbol)))
}

//! The functions of templates.

use super::evaluate::{Evaluator, plain, unknown};
use super::part::{Content, Part, note};
use crate::engine::terraform::{NoFiles, Value, call, to_number, to_text};
use crate::engine::yaml::Node;
use std::ops::Range;
use std::sync::Arc;

/// The most networks that `Fn::Cidr` makes.
const MOST_NETWORKS: f64 = 256.0;

impl Evaluator<'_> {
    /// What a call comes to; nothing for `AWS::NoValue`. A function that is not known, or that
    /// asks AWS, gives what is not known.
    pub(super) fn call(&self, name: &str, argument: &Node, range: Range<usize>) -> Option<Part> {
        if name == "Fn::If" {
            return self.choose(argument, range);
        }
        let mut from = Vec::new();
        let value = match name {
            "Ref" => self.refer(argument.text().map_or("", |name| name), &mut from)?,
            "Fn::Sub" => self.substitute(argument, &mut from),
            "Fn::GetAtt" => self.attribute(argument),
            "Fn::FindInMap" => self.look_up(argument, &mut from),
            "Condition" | "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" | "Fn::Condition" => {
                self.truth_of(name, argument, &mut from)
            }
            _ => {
                let given = self.part(argument)?;
                given.sources(&mut from);
                self.compute(name, &given.value())
            }
        };
        let size = match &value {
            Value::String(text) => text.len(),
            Value::List(values) => values.len() * size_of::<Value>(),
            _ => 0,
        };
        let value = if self.spend(size, range.start) { value } else { Value::UNKNOWN };
        Some(Part { content: Content::Value(value), range, from })
    }

    /// What a name stands for; nothing for `AWS::NoValue`.
    fn refer(&self, name: &str, from: &mut Vec<Arc<str>>) -> Option<Value> {
        if let Some((own, parameter)) = self.template.parameters.get_key_value(name) {
            from.push(own.clone());
            return Some(plain(parameter.value.clone()));
        }
        match name {
            "AWS::NoValue" => None,
            // All but a few run there, and a policy says the same elsewhere.
            "AWS::Partition" => Some(Value::string("aws")),
            "AWS::URLSuffix" => Some(Value::string("amazonaws.com")),
            name => Some(self.bound(name).unwrap_or_else(|| unknown(name, ""))),
        }
    }

    /// `Fn::If: [condition, part, part]`. Where the condition is not known, what both say.
    fn choose(&self, argument: &Node, range: Range<usize>) -> Option<Part> {
        let [condition, yes, no] = argument.items() else {
            self.complain(range.start, "Fn::If takes a condition and two values", false);
            return Some(Part::of(Value::UNKNOWN, range));
        };
        let mut from = Vec::new();
        let truth = self.truth(condition, &mut from);
        let part = match truth {
            Value::Bool(true) => self.part(yes),
            Value::Bool(false) => self.part(no),
            _ => match (self.part(yes), self.part(no)) {
                (None, None) => None,
                (Some(yes), Some(no)) if yes.value() == no.value() => Some(yes),
                _ => Some(Part::of(Value::UNKNOWN, range)),
            },
        };
        part.map(|part| {
            note(&part.from, &mut from);
            Part { from, ..part }
        })
    }

    /// `a.B`, `[a, B]`.
    fn attribute(&self, argument: &Node) -> Value {
        let named = match argument.items() {
            [] => argument.text().and_then(|text| text.split_once('.')),
            [resource, attribute] => {
                resource.text().map(|it| &**it).zip(attribute.text().map(|it| &**it))
            }
            _ => None,
        };
        let of = |(resource, attribute): (&str, &str)| {
            // The name of a resource may be made by a loop.
            let name = self.text_in(resource, &mut |name| self.bound(name));
            unknown(name.as_str().unwrap_or(resource), attribute)
        };
        named.map_or(Value::UNKNOWN, of)
    }

    /// `text`, `[text, {name: value}]`.
    fn substitute(&self, argument: &Node, from: &mut Vec<Arc<str>>) -> Value {
        let (text, own) = match argument.items() {
            [] => (argument, None),
            [text, own] => (text, self.part(own)),
            _ => return Value::UNKNOWN,
        };
        let Some(text) = text.text() else { return Value::UNKNOWN };
        let mut used = Vec::new();
        let own = own.as_ref().map(Part::fields).unwrap_or_default();
        let mut value_of = |name: &str| {
            if let Some(field) = own.iter().find(|field| *field.key == *name) {
                return Some(field.part.value());
            }
            match name.split_once('.') {
                Some((resource, attribute)) => Some(unknown(resource, attribute)),
                None => self.refer(name, &mut used),
            }
        };
        let value = self.text_in(text, &mut value_of);
        own.iter().for_each(|field| field.part.sources(from));
        note(&used, from);
        plain(value)
    }

    /// A text with each `${name}` replaced; `${!name}` stands for itself without the mark.
    fn text_in(&self, text: &str, value_of: &mut dyn FnMut(&str) -> Option<Value>) -> Value {
        let mut made = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            made += before;
            let Some((name, behind)) = after.split_once('}') else {
                made += "${";
                rest = after;
                continue;
            };
            match name.trim().strip_prefix('!') {
                Some(literal) => made += &format!("${{{literal}}}"),
                None => {
                    let value = value_of(name.trim()).unwrap_or(Value::string(""));
                    let Some(text) = to_text(&value) else { return Value::UNKNOWN };
                    if !self.spend(text.len(), 0) {
                        return Value::UNKNOWN;
                    }
                    made += &text;
                }
            }
            rest = behind;
        }
        Value::string(made + rest)
    }

    /// `[map, first, second, {DefaultValue: value}]`.
    fn look_up(&self, argument: &Node, from: &mut Vec<Arc<str>>) -> Value {
        let [map, first, second, more @ ..] = argument.items() else { return Value::UNKNOWN };
        let mut key = |node: &Node| {
            let part = self.part(node)?;
            part.sources(from);
            to_text(&part.value())
        };
        let keys = [key(map), key(first), key(second)];
        let [Some(map), Some(first), Some(second)] = keys else { return Value::UNKNOWN };
        let found = self.template.mappings.and_then(|all| all.get(&map)?.get(&first)?.get(&second));
        let default = more.first().and_then(|more| more.get("DefaultValue"));
        let found = found.or(default).and_then(|node| self.part(node));
        found.map_or(Value::UNKNOWN, |part| part.value())
    }

    /// The functions of values that are known.
    fn compute(&self, name: &str, given: &Value) -> Value {
        let list = match given {
            Value::List(values) => &values[..],
            _ => &[],
        };
        let run =
            |name: &str, given: &[Value]| call(name, given, &NoFiles).unwrap_or(Value::UNKNOWN);
        match (name, list) {
            // Rules ask what a text says.
            ("Fn::Base64", _) => given.clone(),
            ("Fn::Join", [separator, parts]) => run("join", &[separator.clone(), parts.clone()]),
            ("Fn::Split", [separator, text]) => run("split", &[separator.clone(), text.clone()]),
            ("Fn::Select", [at, Value::List(values)]) => selected(at, values),
            ("Fn::Cidr", [block, count, bits @ ..]) => networks(block, count, bits.first()),
            ("Fn::Length", [_, ..]) => run("length", std::slice::from_ref(given)),
            ("Fn::ToJsonString", _) => run("jsonencode", std::slice::from_ref(given)),
            _ => Value::UNKNOWN,
        }
    }
}

fn selected(at: &Value, values: &[Value]) -> Value {
    let is_index = |at: &f64| at.fract() == 0.0 && (0.0..values.len() as f64).contains(at);
    let at = to_number(at).filter(is_index);
    at.map_or(Value::UNKNOWN, |at| values[at as usize].clone())
}

/// `Fn::Cidr: [block, count, bits]`: so many networks, each with that many bits for its hosts.
fn networks(block: &Value, count: &Value, bits: Option<&Value>) -> Value {
    let length = block.as_str().and_then(|text| text.split_once('/')?.1.parse::<f64>().ok());
    let address_bits =
        if block.as_str().is_some_and(|text| text.contains(':')) { 128.0 } else { 32.0 };
    let bits = bits.map_or(Some(8.0), to_number);
    let (Some(length), Some(count), Some(bits)) = (length, to_number(count), bits) else {
        return Value::UNKNOWN;
    };
    if !(1.0..=MOST_NETWORKS).contains(&count) {
        return Value::UNKNOWN;
    }
    let longer = Value::Number(address_bits - bits - length);
    let network = |number: u32| {
        let given = [block.clone(), longer.clone(), Value::Number(number.into())];
        call("cidrsubnet", &given, &NoFiles).unwrap_or(Value::UNKNOWN)
    };
    Value::list((0..count as u32).map(network).collect())
}

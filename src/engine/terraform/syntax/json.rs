//! JSON with the place of every value, and `.tf.json` as the same syntax as HCL.
//!
//! JSON does not tell an attribute that holds an object from a block, and only a provider's schema
//! could; so inside a resource such a property is both.

use super::{Attribute, Block, Body, Expr, Kind, Malformed, Names, line_of, refers};
use std::ops::Range;
use std::sync::Arc;

use super::super::block::Place;
use super::super::value::Value;
use super::hcl::{literal_list, literal_object};

/// How deep JSON may be nested.
const DEPTH: usize = 64;

/// A value and the bytes that it is.
#[derive(Debug, Clone)]
pub struct Node {
    pub range: Range<usize>,
    pub kind: NodeKind,
}

/// What sort of value it is.
#[derive(Debug, Clone)]
pub enum NodeKind {
    Null,
    Bool(bool),
    Number(f64),
    String(Arc<str>),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

/// A property of an object.
#[derive(Debug, Clone)]
pub struct Member {
    pub name: Arc<str>,
    /// Where the name starts.
    pub start: usize,
    pub value: Node,
}

impl Node {
    /// The last property of that name.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.members().iter().rev().find(|member| &*member.name == name).map(|member| &member.value)
    }

    /// The properties of an object.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            NodeKind::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements of an array.
    pub fn elements(&self) -> &[Node] {
        match &self.kind {
            NodeKind::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The text of a string.
    pub fn text(&self) -> Option<&Arc<str>> {
        match &self.kind {
            NodeKind::String(text) => Some(text),
            _ => None,
        }
    }
}

/// The value that a document is.
pub fn parse(text: &str) -> Result<Node, Malformed> {
    let mut parser = Parser { text, at: 0, names: Names::default() };
    let node = parser.value(0)?;
    parser.space();
    if parser.at < text.len() {
        return Err(parser.wrong("nothing may follow the value of the document"));
    }
    Ok(node)
}

/// The plain value of a node, without templates.
pub fn value(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Null => Value::Null,
        NodeKind::Bool(value) => Value::Bool(*value),
        NodeKind::Number(value) => Value::Number(*value),
        NodeKind::String(text) => Value::String(text.clone()),
        NodeKind::Array(items) => Value::list(items.iter().map(value).collect()),
        NodeKind::Object(members) => Value::map(
            members.iter().map(|member| (member.name.clone(), value(&member.value))).collect(),
        ),
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    names: Names,
}

impl Parser<'_> {
    fn wrong(&self, message: &str) -> Malformed {
        Malformed { line: line_of(self.text.as_bytes(), self.at), message: message.to_owned() }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Malformed> {
        if depth > DEPTH {
            return Err(self.wrong("the JSON is nested deeper than 64 levels"));
        }
        self.space();
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => NodeKind::String(self.string()?),
            _ => self.scalar()?,
        };
        Ok(Node { range: start..self.at, kind })
    }

    fn object(&mut self, depth: usize) -> Result<NodeKind, Malformed> {
        let mut members = Vec::new();
        self.sequence(b'}', |parser| {
            let start = parser.at;
            if parser.peek() != Some(b'"') {
                return Err(parser.wrong("expected the name of a property in double quotes"));
            }
            let name = parser.string()?;
            let name = parser.names.of(&name);
            parser.space();
            if parser.peek() != Some(b':') {
                return Err(parser.wrong("expected `:` after the name of a property"));
            }
            parser.at += 1;
            members.push(Member { name, start, value: parser.value(depth + 1)? });
            Ok(())
        })?;
        Ok(NodeKind::Object(members))
    }

    fn array(&mut self, depth: usize) -> Result<NodeKind, Malformed> {
        let mut items = Vec::new();
        self.sequence(b']', |parser| {
            items.push(parser.value(depth + 1)?);
            Ok(())
        })?;
        Ok(NodeKind::Array(items))
    }

    fn sequence(
        &mut self,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.at += 1;
        self.space();
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            item(self)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(byte) if byte == close => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.wrong("expected `,` or the end of the object or array")),
            }
        }
    }

    fn string(&mut self) -> Result<Arc<str>, Malformed> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        loop {
            match bytes.get(end) {
                None | Some(b'\n') => return Err(self.wrong("a string is not closed")),
                Some(b'"') => break,
                Some(b'\\') => end += 2,
                Some(_) => end += 1,
            }
        }
        let quoted = self.text.get(start..=end).unwrap_or_default();
        if !quoted.contains('\\') {
            self.at = end + 1;
            return Ok(quoted[1..quoted.len() - 1].into());
        }
        let Ok(text) = serde_json::from_str::<String>(quoted) else {
            return Err(self.wrong("a string holds an escape that JSON does not know"));
        };
        self.at = end + 1;
        Ok(text.into())
    }

    fn scalar(&mut self) -> Result<NodeKind, Malformed> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c));
        let word = &rest[..end.unwrap_or(rest.len())];
        let kind = match word {
            "null" => NodeKind::Null,
            "true" => NodeKind::Bool(true),
            "false" => NodeKind::Bool(false),
            _ if word.bytes().all(|byte| b"0123456789+-.eE".contains(&byte)) => {
                let number = word.parse().map_err(|_| self.wrong("expected a value"))?;
                NodeKind::Number(number)
            }
            _ => return Err(self.wrong("expected a value")),
        };
        self.at += word.len();
        Ok(kind)
    }
}

/// Top-level properties and how many levels of labels they have.
const BLOCKS: [(&str, usize); 9] = [
    ("resource", 2),
    ("data", 2),
    ("module", 1),
    ("variable", 1),
    ("output", 1),
    ("provider", 1),
    ("locals", 0),
    ("terraform", 0),
    ("ephemeral", 2),
];

/// The body of a `.tf.json` file.
pub fn body(file: u32, text: &str) -> Result<Body, Malformed> {
    let root = parse(text)?;
    let mut body = Body::default();
    for member in root.members() {
        let Some((kind, labels)) = BLOCKS.iter().find(|(name, _)| **name == *member.name) else {
            continue;
        };
        let kind: Arc<str> = (*kind).into();
        let place = Place { file, range: member.start..member.value.range.end };
        labelled(&kind, &mut Vec::new(), *labels, place, &member.value, &mut body);
    }
    Ok(body)
}

/// Goes down the levels of labels; any level may be a list.
fn labelled(
    kind: &Arc<str>,
    labels: &mut Vec<Arc<str>>,
    missing: usize,
    place: Place,
    node: &Node,
    into: &mut Body,
) {
    match &node.kind {
        NodeKind::Array(items) => {
            for item in items {
                let place = Place { range: item.range.clone(), ..place };
                labelled(kind, labels, missing, place, item, into);
            }
        }
        NodeKind::Object(members) if missing > 0 => {
            for member in members {
                labels.push(member.name.clone());
                let range = member.start..member.value.range.end;
                let place = Place { range, ..place };
                labelled(kind, labels, missing - 1, place, &member.value, into);
                labels.pop();
            }
        }
        NodeKind::Object(_) => into.blocks.push(Block {
            kind: kind.clone(),
            labels: labels.clone(),
            body: properties(place.file, node, &**kind != "locals" && &**kind != "variable"),
            place,
        }),
        _ => {}
    }
}

/// The properties of a block: attributes and, where `blocks`, nested blocks.
fn properties(file: u32, node: &Node, blocks: bool) -> Body {
    let mut body = Body::default();
    for member in node.members() {
        if &*member.name == "//" {
            continue;
        }
        if blocks && &*member.name == "dynamic" {
            let kind: Arc<str> = "dynamic".into();
            let place = Place { file, range: member.start..member.value.range.end };
            labelled(&kind, &mut Vec::new(), 1, place, &member.value, &mut body);
            continue;
        }
        let expression = expression(file, &member.value);
        body.attributes.push(Attribute {
            name: member.name.clone(),
            refers: refers(&expression),
            expression: Arc::new(expression),
            place: Place { file, range: member.start..member.value.range.end },
        });
        if blocks {
            nested(file, &member.name, member.start, &member.value, &mut body);
        }
    }
    body
}

fn nested(file: u32, name: &Arc<str>, start: usize, node: &Node, into: &mut Body) {
    match &node.kind {
        NodeKind::Object(_) => into.blocks.push(Block {
            kind: name.clone(),
            labels: Vec::new(),
            body: properties(file, node, true),
            place: Place { file, range: start..node.range.end },
        }),
        NodeKind::Array(items) => {
            for item in items.iter().filter(|item| !item.members().is_empty()) {
                nested(file, name, item.range.start, item, into);
            }
        }
        _ => {}
    }
}

/// The expression that a value of a `.tf.json` file is: its strings are templates.
fn expression(file: u32, node: &Node) -> Expr {
    let kind = match &node.kind {
        NodeKind::String(text) if text.contains("${") || text.contains("%{") => super::template(
            file, text,
        )
        .map_or_else(|_| Kind::Literal(Value::String(text.clone())), |template| template.kind),
        NodeKind::Array(items) => {
            literal_list(items.iter().map(|item| expression(file, item)).collect())
        }
        NodeKind::Object(members) => {
            let entries = members.iter().map(|member| {
                let key = Kind::Literal(Value::String(member.name.clone()));
                let start = bound(member.start);
                (Expr { kind: key, start, end: start }, expression(file, &member.value))
            });
            literal_object(entries.collect())
        }
        _ => Kind::Literal(value(node)),
    };
    Expr { kind, start: bound(node.range.start), end: bound(node.range.end) }
}

fn bound(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

/// The variables of a `.tfvars.json` file.
pub fn variables(file: u32, text: &str) -> Result<Vec<Attribute>, Malformed> {
    let root = parse(text)?;
    let attributes = root.members().iter().map(|member| {
        let (start, end) = (bound(member.value.range.start), bound(member.value.range.end));
        Attribute {
            name: member.name.clone(),
            expression: Arc::new(Expr { kind: Kind::Literal(value(&member.value)), start, end }),
            place: Place { file, range: member.start..member.value.range.end },
            refers: None,
        }
    });
    Ok(attributes.collect())
}

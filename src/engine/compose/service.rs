//! Services with their short forms written out.

use crate::engine::image::{Pin, pin};
use crate::engine::terraform::{Attribute, Block, Instance, Place, Value};
use crate::engine::yaml::{self, Content, Entry, Node};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// How many services one service may extend, each the one before.
const MOST_EXTENDED: usize = 8;
/// How many entries services of one file may take over from others.
const MOST_INHERITED: usize = 50_000;

/// The services of a file. In their blocks, each of `volumes` is a block `volume` with `source` and
/// `target`, each of `ports` a block `port` with `host_ip`, `published` and `target`, and the image
/// has a block of its own: `name`, without its registry and version, and `is_open`, where it is
/// whatever is newest.
pub fn instances(root: &Node) -> Vec<Instance> {
    let services = root.get("services").map_or(&[][..], Node::entries);
    let mut family =
        Family { by_name: services.iter().map(|it| (&*it.key, it)).collect(), inherited: 0 };
    let named = services.iter().filter(|it| !it.value.entries().is_empty());
    named.map(|service| instance(service, family.entries(service))).collect()
}

fn instance(service: &Entry, entries: Vec<Entry>) -> Instance {
    let (short, plain): (Vec<Entry>, Vec<Entry>) =
        entries.into_iter().partition(|it| matches!(&*it.key, "image" | "ports" | "volumes"));
    let is_built = plain.iter().any(|entry| &*entry.key == "build");
    let node = Node { content: Content::Map(Arc::new(plain)), ..service.value.clone() };
    let mut block = yaml::block(&Arc::from("service"), &node, service.range.clone());
    for entry in &short {
        let each = |kind: &'static str, read: fn(&str) -> Fields| {
            entry.value.items().iter().map(move |item| match item.text() {
                Some(text) => written_out(kind, read(text), item.range.clone()),
                None => yaml::block(&Arc::from(kind), item, item.range.clone()),
            })
        };
        match &*entry.key {
            "volumes" => block.blocks.extend(each("volume", volume)),
            "ports" => block.blocks.extend(each("port", port)),
            _ => block.blocks.extend(image(entry, is_built)),
        }
    }
    Instance { address: service.key.clone(), block, module: 0 }
}

/// The image of a service. What is built here is known by its Dockerfile.
fn image(entry: &Entry, is_built: bool) -> Option<Block> {
    let text = entry.value.string()?;
    let name = text.split(['@', ' ']).next().unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    let name = name.split(':').next().unwrap_or_default();
    let is_open = Value::Bool(pin(text) == Pin::None && !is_built);
    let mut block = written_out("image", vec![("name", name.to_owned())], entry.range.clone());
    block.attributes.insert("is_open".into(), attribute(is_open, &entry.range));
    Some(block)
}

/// The services of a file, which extend one another.
struct Family<'a> {
    by_name: HashMap<&'a str, &'a Entry>,
    /// How many entries were taken over so far.
    inherited: usize,
}

impl<'a> Family<'a> {
    /// The entries of a service, and of those that it extends: its own come first.
    fn entries(&mut self, service: &'a Entry) -> Vec<Entry> {
        let mut entries = service.value.entries().to_vec();
        let mut known: HashSet<&str> = service.value.entries().iter().map(|it| &*it.key).collect();
        let mut base = service;
        for _ in 0..MOST_EXTENDED {
            let Some(next) = self.extended(base) else { break };
            self.inherited += next.value.entries().len();
            if self.inherited > MOST_INHERITED {
                break;
            }
            let more = next.value.entries().iter().filter(|it| known.insert(&it.key));
            entries.extend(more.cloned());
            base = next;
        }
        entries
    }

    /// The service of this file that another extends.
    fn extended(&self, service: &Entry) -> Option<&'a Entry> {
        let extends = service.value.get("extends").filter(|it| it.get("file").is_none())?;
        let name = extends.get("service").unwrap_or(extends).text()?;
        self.by_name.get(&**name).copied()
    }
}

type Fields = Vec<(&'static str, String)>;

fn written_out(kind: &str, fields: Fields, range: Range<usize>) -> Block {
    let fields = fields.into_iter();
    let attributes = fields
        .map(|(name, text)| (name.into(), attribute(Value::String(text.into()), &range)))
        .collect();
    let place = Place { file: 0, range };
    Block { kind: kind.into(), labels: Vec::new(), attributes, blocks: Vec::new(), place }
}

fn attribute(value: Value, range: &Range<usize>) -> Attribute {
    Attribute { value, place: Place { file: 0, range: range.clone() }, refers: None }
}

/// `source:target:mode`; a target alone has a volume without a name.
fn volume(text: &str) -> Fields {
    match parts(text).as_slice() {
        [source, target, mode @ ..] => {
            let mode = mode.first().copied().unwrap_or_default();
            vec![
                ("source", source.to_string()),
                ("target", target.to_string()),
                ("mode", mode.to_owned()),
            ]
        }
        [target] => vec![("target", target.to_string())],
        [] => Vec::new(),
    }
}

/// `host_ip:published:target/protocol`, of which only the target must be there.
fn port(text: &str) -> Fields {
    let text = text.split('/').next().unwrap_or_default();
    // An address of IPv6 has colons of its own.
    let (ip, rest) = match text.strip_prefix('[').and_then(|it| it.split_once("]:")) {
        Some((ip, rest)) => (Some(ip), rest),
        None => (None, text),
    };
    let field = |name, text: &str| (name, text.to_owned());
    match (ip, parts(rest).as_slice()) {
        (Some(ip), &[published, target]) | (None, &[ip, published, target]) => {
            vec![field("host_ip", ip), field("published", published), field("target", target)]
        }
        (_, [published, target]) => vec![field("published", published), field("target", target)],
        (_, [target]) => vec![field("target", target)],
        _ => Vec::new(),
    }
}

/// What colons part; those in `${…}` part nothing.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

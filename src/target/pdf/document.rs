//! The objects of a PDF. They are looked for in the bytes, not by the table of their places: so a
//! broken file is read as well as a sound one.

use super::filter;
use super::syntax::{Reader, Value};
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// How many values are read of a document.
const VALUES: u32 = 2_000_000;
/// How deep the tree of pages may be, and how many pages are looked at.
const TREE: usize = 64;
const PAGES: usize = 20_000;

/// All that was found.
pub struct Document<'a> {
    raw: &'a [u8],
    objects: HashMap<u32, Object>,
    /// How many values may still be read, and how many bytes may still come out of streams.
    values: u32,
    bytes: Cell<u64>,
    is_encrypted: bool,
}

struct Object {
    value: Value,
    /// Where in the file its stream is.
    stream: Option<Range<usize>>,
}

/// A page: its dictionary, and the resources that hold for it.
pub struct Page<'d> {
    pub dictionary: &'d Value,
    pub resources: Option<&'d Value>,
}

impl<'a> Document<'a> {
    /// Finds the objects; at most `limit` bytes come out of their streams.
    pub fn read(raw: &'a [u8], limit: u64) -> Document<'a> {
        let (objects, bytes) = (HashMap::new(), Cell::new(limit));
        let mut document = Document { raw, objects, values: VALUES, bytes, is_encrypted: false };
        document.find();
        // What is encrypted would be unpacked into nothing that could be read.
        document.is_encrypted = memchr::memmem::find(raw, b"/Encrypt").is_some();
        if !document.is_encrypted {
            document.open_object_streams();
        }
        document
    }

    /// Whether a bound was reached.
    pub fn is_over(&self) -> bool {
        self.values == 0 || self.bytes.get() == 0
    }

    pub fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// `12 0 obj` and what follows.
    fn find(&mut self) {
        let finder = memchr::memmem::Finder::new(b"obj");
        let mut at = 0;
        while let Some(found) = finder.find(&self.raw[at..]) {
            let before = at + found;
            at = before + b"obj".len();
            let Some(number) = number_before(&self.raw[..before]) else { continue };
            let mut reader = Reader::new(self.raw, at);
            let value = reader.value(&mut self.values);
            // Never twice over the same bytes.
            at = reader.at.clamp(at, self.raw.len());
            let Some(value) = value else { continue };
            let stream = stream(&mut reader, &value);
            at = stream.as_ref().map_or(at, |stream| stream.end.clamp(at, self.raw.len()));
            self.objects.insert(number, Object { value, stream });
        }
    }

    /// Objects that are packed into the streams of others.
    fn open_object_streams(&mut self) {
        let is_stream =
            |object: &Object| object.value.get("Type").is_some_and(|kind| kind.is_name("ObjStm"));
        let mut streams: Vec<u32> =
            self.objects.iter().filter(|(_, o)| is_stream(o)).map(|(number, _)| *number).collect();
        streams.sort_unstable();
        for number in streams {
            let Some(object) = self.objects.get(&number) else { continue };
            let of = |name| object.value.get(name).and_then(Value::number);
            let (Some(count), Some(first)) = (of("N"), of("First")) else { continue };
            let Some(bytes) = self.stream(number) else { continue };
            let mut head = Reader::new(&bytes, 0);
            let mut body = Reader::new(&bytes, first as usize);
            // They stand in the order in which they are listed.
            for _ in 0..count {
                let number = head.value(&mut self.values).and_then(|value| value.number());
                let (Some(number), Some(_)) = (number, head.value(&mut self.values)) else { break };
                let Some(value) = body.value(&mut self.values) else { break };
                self.objects.entry(number).or_insert(Object { value, stream: None });
            }
        }
    }

    /// The object that a value refers to, or the value itself.
    pub fn resolve<'v>(&'v self, value: &'v Value) -> Option<&'v Value> {
        match value {
            Value::Reference(number) => self.objects.get(number).map(|object| &object.value),
            value => Some(value),
        }
    }

    /// An object by its number.
    pub fn object(&self, number: u32) -> Option<&Value> {
        self.objects.get(&number).map(|object| &object.value)
    }

    /// What a dictionary has by a name, itself or by reference.
    pub fn entry<'v>(&'v self, dictionary: &'v Value, name: &str) -> Option<&'v Value> {
        dictionary.get(name).and_then(|value| self.resolve(value))
    }

    /// What comes out of the stream of an object. Asking costs something even where nothing does:
    /// many may refer to one stream.
    pub fn stream(&self, number: u32) -> Option<Vec<u8>> {
        let left = self.bytes.get();
        self.bytes.set(left.saturating_sub(1));
        let object = self.objects.get(&number).filter(|_| left > 0)?;
        let raw = self.raw.get(object.stream.clone()?)?;
        let bytes = filter::unpacked(raw, &object.value, left)?;
        self.bytes.set(left.saturating_sub((1 + bytes.len() + raw.len() / 8) as u64));
        Some(bytes)
    }

    /// The pages in their order, then those that are in no tree.
    pub fn pages(&self) -> Vec<Page<'_>> {
        if self.is_encrypted {
            return Vec::new();
        }
        let is_a = |value: &Value, kind| value.get("Type").is_some_and(|own| own.is_name(kind));
        let mut numbers: Vec<u32> = self.objects.keys().copied().collect();
        numbers.sort_unstable();
        let all = |kind| {
            let is_kind = move |n: &&u32| self.objects.get(n).is_some_and(|o| is_a(&o.value, kind));
            numbers.iter().filter(is_kind).copied()
        };
        let roots =
            all("Catalog").filter_map(|n| self.objects.get(&n)?.value.get("Pages")?.reference());
        let mut left: Vec<(u32, Option<&Value>, usize)> =
            roots.chain(all("Pages")).chain(all("Page")).map(|n| (n, None, 0)).collect();
        left.reverse();
        let (mut pages, mut seen) = (Vec::new(), HashSet::new());
        while let Some((number, inherited, depth)) = left.pop() {
            let Some(object) = self.objects.get(&number).filter(|_| seen.insert(number)) else {
                continue;
            };
            let resources = self.entry(&object.value, "Resources").or(inherited);
            match object.value.get("Kids") {
                Some(kids) if depth < TREE => {
                    let kids = kids.members().iter().rev().filter_map(Value::reference);
                    left.extend(kids.map(|kid| (kid, resources, depth + 1)));
                }
                Some(_) => {}
                None => pages.push(Page { dictionary: &object.value, resources }),
            }
            if pages.len() == PAGES {
                break;
            }
        }
        pages
    }
}

/// The first of the two numbers before `obj`.
fn number_before(before: &[u8]) -> Option<u32> {
    let digits_before = |text: &[u8]| {
        let text = text.trim_ascii_end();
        let start = text.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
        (start, text.len())
    };
    // Numbers are short: what is before them is not looked at.
    let near = &before[before.len().saturating_sub(32)..];
    let (start, end) = digits_before(near);
    let (first, until) = digits_before(&near[..start]);
    let is_there = start < end && first < until && until < start;
    is_there.then(|| std::str::from_utf8(&near[first..until]).ok()?.parse().ok()).flatten()
}

/// Where the stream behind a dictionary is.
fn stream(reader: &mut Reader, dictionary: &Value) -> Option<Range<usize>> {
    reader.pass_blanks();
    let rest = reader.bytes.get(reader.at..)?.strip_prefix(b"stream")?;
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
    let rest = rest.strip_prefix(b"\n").unwrap_or(rest);
    let start = reader.bytes.len() - rest.len();
    let end = b"endstream";
    let said = dictionary.get("Length").and_then(Value::number).map(|length| length as usize);
    let ends = |length: &usize| {
        rest.get(*length..).is_some_and(|after| after.trim_ascii_start().starts_with(end))
    };
    let length = said.filter(ends).or_else(|| memchr::memmem::find(rest, end));
    Some(start..start + length.unwrap_or(rest.len()))
}

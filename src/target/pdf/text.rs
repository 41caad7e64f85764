//! What a page writes.

use super::cmap::Characters;
use super::document::{Document, Page};
use super::syntax::{Reader, Value};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// A gap of so many thousandths of the font's size is one between words.
const GAP: f32 = -180.0;
/// How many operands an operator may have; those of text have six at most.
const OPERANDS: usize = 64;
/// The longest text of a page, in bytes.
const LONGEST: usize = 16 << 20;
/// How many streams the content of a page may be in.
const PARTS: usize = 4096;
/// How many values are read of the content of a page.
const VALUES: u32 = 1_000_000;

/// What has been read of the fonts of a document, by the numbers of their tables.
#[derive(Default)]
pub struct Fonts(HashMap<u32, Rc<Characters>>);

/// The text of a page, and of the forms that it may show.
pub fn of(document: &Document, page: &Page, known: &mut Fonts) -> String {
    let mut text = String::new();
    let contents = page.dictionary.get("Contents");
    let parts = contents.map(|contents| match document.resolve(contents) {
        Some(Value::List(parts)) => parts,
        _ => contents.members(),
    });
    let mut content = Vec::new();
    for number in parts.unwrap_or_default().iter().take(PARTS).filter_map(Value::reference) {
        content.extend(document.stream(number).unwrap_or_default());
        content.push(b'\n');
    }
    let mut left = vec![(content, page.resources)];
    let mut seen = HashSet::new();
    while let Some((content, resources)) = left.pop() {
        let fonts = known.of(document, resources);
        Writer { fonts, font: None, text: &mut text }.write(&content);
        for number in forms(document, resources) {
            if !seen.insert(number) {
                continue;
            }
            let own = document.object(number).and_then(|form| document.entry(form, "Resources"));
            left.extend(document.stream(number).map(|content| (content, own.or(resources))));
        }
    }
    text
}

impl Fonts {
    /// The fonts of a page by their names in it.
    fn of(
        &mut self,
        document: &Document,
        resources: Option<&Value>,
    ) -> HashMap<Box<[u8]>, Rc<Characters>> {
        let fonts = resources.and_then(|resources| document.entry(resources, "Font"));
        let Some(Value::Dictionary(named)) = fonts else { return HashMap::new() };
        let read = |(name, font): &(Box<[u8]>, Value)| {
            let table = document.resolve(font)?.get("ToUnicode")?.reference()?;
            let characters = self.0.entry(table).or_insert_with(|| {
                let cmap = document.stream(table).unwrap_or_default();
                Rc::new(Characters::read(&cmap))
            });
            Some((name.clone(), characters.clone()))
        };
        named.iter().filter_map(read).collect()
    }
}

/// The forms of a page: contents that it shows as it shows an image.
fn forms(document: &Document, resources: Option<&Value>) -> Vec<u32> {
    let objects = resources.and_then(|resources| document.entry(resources, "XObject"));
    let named = match objects {
        Some(Value::Dictionary(named)) => &named[..],
        _ => &[],
    };
    let is_form = |number: &u32| {
        let subtype = document.object(*number).and_then(|object| object.get("Subtype"));
        subtype.is_some_and(|subtype| subtype.is_name("Form"))
    };
    named.iter().filter_map(|(_, value)| value.reference()).filter(is_form).collect()
}

struct Writer<'a> {
    fonts: HashMap<Box<[u8]>, Rc<Characters>>,
    font: Option<Box<[u8]>>,
    text: &'a mut String,
}

impl Writer<'_> {
    /// Follows the operators of text; any other is passed over.
    fn write(&mut self, content: &[u8]) {
        let mut reader = Reader::new(content, 0);
        let mut operands: Vec<Value> = Vec::new();
        let mut height = 0.0;
        let mut left = VALUES;
        while let Some(value) = reader.value(&mut left).filter(|_| self.text.len() < LONGEST) {
            let Value::Word(operator) = &value else {
                if operands.len() < OPERANDS {
                    operands.push(value);
                }
                continue;
            };
            match (&**operator, &operands[..]) {
                (b"Tf", [.., Value::Name(font), _]) => self.font = Some(font.clone()),
                (b"Tj", [.., shown]) => self.show(shown),
                (b"'" | b"\"", [.., shown]) => {
                    self.part('\n');
                    self.show(shown);
                }
                (b"TJ", [.., Value::List(parts)]) => parts.iter().for_each(|part| self.show(part)),
                (b"T*", _) => self.part('\n'),
                (b"Td" | b"TD", [.., Value::Number(y)]) => {
                    self.part(if *y == 0.0 { ' ' } else { '\n' });
                }
                (b"Tm", [.., Value::Number(y)]) => {
                    self.part(if *y == height { ' ' } else { '\n' });
                    height = *y;
                }
                (b"ID", _) => {
                    let rest = content.get(reader.at..).unwrap_or_default();
                    reader.at += memchr::memmem::find(rest, b"EI").unwrap_or(rest.len());
                }
                _ => {}
            }
            operands.clear();
        }
        self.part('\n');
    }

    /// A text, or a gap between two.
    fn show(&mut self, part: &Value) {
        match part {
            Value::Text(codes) => {
                let font = self.font.as_ref().and_then(|font| self.fonts.get(font));
                match font {
                    Some(font) => font.push(codes, self.text),
                    // One without a table has codes of one byte, most of them those of Latin-1.
                    None => self.text.extend(codes.iter().map(|byte| char::from(*byte))),
                }
            }
            Value::Number(gap) if *gap < GAP => self.part(' '),
            _ => {}
        }
    }

    /// Sets apart what follows.
    fn part(&mut self, by: char) {
        if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
            self.text.push(by);
        }
    }
}

//! Which characters the codes of a font stand for.

use super::syntax::{Reader, Value};
use std::collections::HashMap;

/// How many codes are known of one font.
const CODES: usize = 1 << 16;
/// The longest text of one code, in bytes: that of a ligature.
const LONGEST: usize = 16;
/// How many values are read of its table.
const VALUES: u32 = 1_000_000;

/// The characters of a font.
#[derive(Default)]
pub struct Characters {
    /// Whether a code has two bytes.
    is_wide: bool,
    known: HashMap<u32, String>,
}

impl Characters {
    /// Those that a table says, a CMap.
    pub fn read(cmap: &[u8]) -> Characters {
        let mut left = VALUES;
        let mut characters = Characters::default();
        let mut reader = Reader::new(cmap, 0);
        let mut operands: Vec<Value> = Vec::new();
        while let Some(value) = reader.value(&mut left) {
            let Value::Word(word) = &value else {
                operands.push(value);
                continue;
            };
            match &**word {
                b"endcodespacerange" => {
                    let is_wide = |value: &Value| matches!(value, Value::Text(t) if t.len() > 1);
                    characters.is_wide |= operands.iter().any(is_wide);
                }
                b"endbfchar" => {
                    for pair in operands.chunks_exact(2) {
                        if let [Value::Text(code), Value::Text(text)] = pair {
                            characters.add(number(code), utf16(text));
                        }
                    }
                }
                b"endbfrange" => operands.chunks_exact(3).for_each(|range| characters.range(range)),
                _ => {}
            }
            operands.clear();
        }
        characters
    }

    /// `<first> <last> <text>`, the last character of which counts on, or a list of texts.
    fn range(&mut self, range: &[Value]) {
        let [Value::Text(first), Value::Text(last), to] = range else { return };
        let codes = number(first)..=number(last);
        match to {
            Value::List(texts) => {
                for (code, text) in codes.zip(texts) {
                    if let Value::Text(text) = text {
                        self.add(code, utf16(text));
                    }
                }
            }
            Value::Text(text) => {
                let mut text = utf16(text);
                let Some(last) = text.pop() else { return };
                for (code, step) in codes.zip(0..CODES as u32) {
                    let Some(c) = char::from_u32(u32::from(last).saturating_add(step)) else {
                        return;
                    };
                    self.add(code, format!("{text}{c}"));
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, code: u32, text: String) {
        if self.known.len() < CODES && text.len() <= LONGEST {
            self.known.insert(code, text);
        }
    }

    /// What the codes say.
    pub fn push(&self, codes: &[u8], to: &mut String) {
        for code in codes.chunks(if self.is_wide { 2 } else { 1 }) {
            match (self.known.get(&number(code)), code) {
                (Some(text), _) => to.push_str(text),
                (None, [byte]) => to.push(char::from(*byte)),
                // Without a table nothing is known of such a code.
                (None, _) => {}
            }
        }
    }
}

fn number(code: &[u8]) -> u32 {
    code.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn utf16(text: &[u8]) -> String {
    let units = text.chunks(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        _ => u16::from(pair[0]),
    });
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

//! The values of which a PDF consists.

/// How many entries a dictionary may have: those of fonts and forms are looked through page by page.
const ENTRIES: usize = 4096;
/// How deep values may be nested.
const DEEPEST: u32 = 32;

/// A value, or a word that is none: an operator, `obj`, `true`.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Number(f32),
    Name(Box<[u8]>),
    Text(Box<[u8]>),
    List(Vec<Value>),
    Dictionary(Vec<(Box<[u8]>, Value)>),
    /// Another object, by its number.
    Reference(u32),
    Word(Box<[u8]>),
}

impl Value {
    /// What a dictionary has by the name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Dictionary(entries) => {
                entries.iter().find(|(key, _)| **key == *name.as_bytes()).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    pub fn number(&self) -> Option<u32> {
        match self {
            Value::Number(number) if *number >= 0.0 => Some(*number as u32),
            _ => None,
        }
    }

    pub fn reference(&self) -> Option<u32> {
        match self {
            Value::Reference(number) => Some(*number),
            _ => None,
        }
    }

    pub fn is_name(&self, name: &str) -> bool {
        matches!(self, Value::Name(own) if **own == *name.as_bytes())
    }

    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Value::Word(own) if **own == *word.as_bytes())
    }

    /// The members of a list, or the value alone.
    pub fn members(&self) -> &[Value] {
        match self {
            Value::List(members) => members,
            other => std::slice::from_ref(other),
        }
    }
}

/// Reads values one after the other.
pub struct Reader<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8], at: usize) -> Reader<'a> {
        Reader { bytes, at }
    }

    /// The next value; none at the end. `left` is how many values may still be read.
    pub fn value(&mut self, left: &mut u32) -> Option<Value> {
        self.nested(DEEPEST, left)
    }

    fn nested(&mut self, depth: u32, left: &mut u32) -> Option<Value> {
        *left = left.checked_sub(1)?;
        self.pass_blanks();
        let rest = self.bytes.get(self.at..)?;
        match (rest.first()?, rest.get(1)) {
            (b'(', _) => Some(Value::Text(self.literal())),
            (b'<', Some(b'<')) => {
                self.at += 2;
                let values = self.until(b'>', depth, left)?.into_iter();
                Some(Value::Dictionary(pairs(values)))
            }
            (b'<', _) => Some(Value::Text(self.hex())),
            (b'[', _) => {
                self.at += 1;
                Some(Value::List(self.until(b']', depth, left)?))
            }
            (b'/', _) => {
                self.at += 1;
                Some(Value::Name(self.word().into()))
            }
            (b')' | b']' | b'>' | b'{' | b'}', _) => {
                self.at += 1;
                Some(Value::Word([rest[0]].into()))
            }
            _ => {
                let word = self.word();
                let number = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
                Some(
                    number
                        .filter(|n: &f32| n.is_finite())
                        .map_or_else(|| Value::Word(word.into()), Value::Number),
                )
            }
        }
    }

    /// The values up to a closing bracket, or to the end.
    fn until(&mut self, close: u8, depth: u32, left: &mut u32) -> Option<Vec<Value>> {
        let depth = depth.checked_sub(1)?;
        let mut values = Vec::new();
        loop {
            self.pass_blanks();
            match self.bytes.get(self.at) {
                None => return Some(values),
                Some(byte) if *byte == close => {
                    self.at += if close == b'>' { 2 } else { 1 };
                    return Some(values);
                }
                Some(_) => {}
            }
            let value = self.nested(depth, left)?;
            match (value.is_word("R"), &values[..]) {
                (true, [.., Value::Number(number), Value::Number(_)]) => {
                    let number = *number as u32;
                    values.truncate(values.len() - 2);
                    values.push(Value::Reference(number));
                }
                _ => values.push(value),
            }
        }
    }

    /// `(text)`, with brackets in pairs and escapes.
    fn literal(&mut self) -> Box<[u8]> {
        let mut text = Vec::new();
        let mut open = 0;
        self.at += 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b')' if open == 0 => break,
                b'(' => open += 1,
                b')' => open -= 1,
                b'\\' => {
                    text.extend(self.escape());
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        text.into()
    }

    /// What an escape stands for; none for the end of a line that goes on.
    fn escape(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\r' | b'\n' => return None,
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.bytes.get(self.at) else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                code as u8
            }
            other => other,
        })
    }

    /// `<48656C>`.
    fn hex(&mut self) -> Box<[u8]> {
        let rest = &self.bytes[self.at + 1..];
        let end = memchr::memchr(b'>', rest).unwrap_or(rest.len());
        self.at += end + 2;
        let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
        let digits: Vec<u8> = rest[..end].iter().filter_map(digit).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect()
    }

    /// The bytes up to a blank or a bracket.
    fn word(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        let ends = |byte: &u8| is_blank(*byte) || b"()<>[]{}/%".contains(byte);
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Passes over white space and comments.
    pub fn pass_blanks(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'%' => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                }
                byte if is_blank(byte) => self.at += 1,
                _ => return,
            }
        }
    }
}

fn pairs(mut values: impl Iterator<Item = Value>) -> Vec<(Box<[u8]>, Value)> {
    let mut pairs = Vec::new();
    while let (Some(key), Some(value)) = (values.next(), values.next()) {
        match key {
            Value::Name(key) if pairs.len() < ENTRIES => pairs.push((key, value)),
            _ => {}
        }
    }
    pairs
}

pub fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

//! From a keyword to the name it stands in, and from the name to the value that an operator gives
//! it; `form` knows the other ways.

use super::form;
use super::place::Place;
use crate::engine::secrets::decode;
use std::ops::Range;

/// Longest name and value that are read, and most blanks between them.
const LONGEST_NAME: usize = 64;
pub const LONGEST_VALUE: usize = 160;
const MOST_BLANKS: usize = 24;
/// How far a list of values is read.
const LONGEST_LIST: usize = 4 << 10;

/// The name around a keyword: letters, digits, `_`, `-` and `.`.
pub fn name_around(bytes: &[u8], keyword: &Range<usize>, floor: usize) -> Range<usize> {
    let floor = keyword.start.saturating_sub(LONGEST_NAME).max(floor);
    let before = bytes[floor..keyword.start].iter().rev().take_while(|b| is_name(**b)).count();
    let ceiling = bytes.len().min(keyword.end + LONGEST_NAME);
    let after = bytes[keyword.end..ceiling].iter().take_while(|b| is_name(**b)).count();
    keyword.start - before..keyword.end + after
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte == b'.'
}

/// A value and how it is written.
#[derive(Debug, PartialEq, Eq)]
pub struct Assigned {
    pub range: Range<usize>,
    /// Without quotes where the language has expressions: an example in a comment, or code.
    pub maybe_code: bool,
    /// A user stands beside it, or a program takes it for one: a password, whatever the name says.
    pub is_password: bool,
}

impl Assigned {
    pub fn literal(range: Range<usize>) -> Assigned {
        Assigned { range, maybe_code: false, is_password: false }
    }

    pub fn password(range: Range<usize>) -> Assigned {
        Assigned { is_password: true, ..Assigned::literal(range) }
    }
}

/// The value that is assigned to a name, in whichever syntax the place allows.
pub fn assigned(bytes: &[u8], name: &Range<usize>, place: Place) -> Option<Assigned> {
    let ceiling = bytes.len().min(name.end + 2 * LONGEST_VALUE);
    let mut reader = Reader { text: &bytes[..ceiling], at: name.end };
    let opening = name.start.checked_sub(1).map(|at| bytes[at]);
    let quoted_name = matches!(opening, Some(b'"' | b'\''));
    reader.skip(|b| matches!(b, b'"' | b'\'' | b'\\' | b']'), 4);
    reader.blanks();
    let spaced = bytes[reader.at - 1] == b' ';
    let Some(operator) = reader.operator(quoted_name) else {
        return form::given(bytes, name, reader.text);
    };
    if operator == b','
        && let Some(of_pair) = form::given(bytes, name, reader.text)
    {
        return Some(of_pair);
    }
    reader.blanks();
    if let Some(range) = reader.quoted() {
        return Some(Assigned::literal(range));
    }
    if reader.peek() == Some(b'(') {
        return form::login(&bytes[name.clone()], &mut reader).map(Assigned::password);
    }
    if operator == b'='
        && let Some(range) = form::in_connection_string(bytes, name, &reader)
    {
        return Some(Assigned::literal(range));
    }
    // `-H 'Name: value'`: the string that the name stands in ends with the value.
    if let Some(quote @ (b'"' | b'\'')) = opening
        && bytes.get(name.end) != Some(&quote)
    {
        return reader.up_to(quote).map(Assigned::literal);
    }
    let capitals = bytes[name.clone()].iter().all(|b| !b.is_ascii_lowercase());
    // `NAME=value command`, `docker run -e NAME=value image`, `--name=value`.
    let is_option = bytes[name.clone()].starts_with(b"--");
    let in_command = operator == b'=' && (capitals || is_option) && !spaced;
    let maybe_code = match place {
        _ if is_option => false,
        Place::Config => false,
        Place::Text => !(operator == b'=' && (capitals || !spaced)),
        Place::Code | Place::Test | Place::Generated => true,
    };
    if place == Place::Config && operator == b':' {
        reader.block();
    }
    let range = reader.bare(maybe_code, in_command)?;
    Some(Assigned { range, maybe_code, is_password: false })
}

/// The values of a name that has many: `["v", "w"]`, or in settings a line `- v` for each; and where
/// they were read to.
pub fn listed(bytes: &[u8], name: &Range<usize>, place: Place) -> (Vec<Range<usize>>, usize) {
    let ceiling = bytes.len().min(name.end + LONGEST_LIST);
    let mut reader = Reader { text: &bytes[..ceiling], at: name.end };
    reader.skip(|b| matches!(b, b'"' | b'\'' | b']'), 2);
    reader.blanks();
    let Some(operator) = reader.operator(false) else {
        return (Vec::new(), name.end);
    };
    reader.blanks();
    let mut values = Vec::new();
    if reader.takes(b'[') {
        reader.space();
        while let Some(range) = reader.quoted() {
            values.push(range);
            reader.space();
            if !reader.takes(b',') {
                break;
            }
            reader.space();
        }
    } else if place == Place::Config && operator == b':' {
        while matches!(reader.peek(), Some(b'\r' | b'\n')) {
            reader.space();
            if !reader.takes(b'-') || !reader.takes(b' ') {
                break;
            }
            reader.blanks();
            match reader.quoted().or_else(|| reader.bare(false, false)) {
                Some(range) => values.push(range),
                None => break,
            }
            reader.blanks();
            if reader.peek() == Some(b'#') {
                reader.skip(|b| b != b'\n', LONGEST_VALUE);
            }
        }
    }
    (values, reader.at)
}

/// Reads on from a place; never beyond the end of its text.
pub struct Reader<'a> {
    pub text: &'a [u8],
    pub at: usize,
}

impl Reader<'_> {
    pub fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub fn skip(&mut self, wanted: impl Fn(u8) -> bool, most: usize) {
        let run = self.text[self.at..].iter().take(most).take_while(|b| wanted(**b)).count();
        self.at += run;
    }

    pub fn blanks(&mut self) {
        self.skip(|b| b == b' ' || b == b'\t', MOST_BLANKS);
    }

    /// Blanks and ends of lines.
    pub fn space(&mut self) {
        self.skip(|b| b.is_ascii_whitespace(), 4 * MOST_BLANKS);
    }

    /// Takes a byte, if it is next.
    pub fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// `=`, `:=`, `=>`, `:`, `==`, a comma behind a quoted name, `: TYPE =`. Its first byte.
    pub fn operator(&mut self, quoted_name: bool) -> Option<u8> {
        let first = self.peek()?;
        match first {
            b'=' => self.skip(|b| b == b'=' || b == b'>', 3),
            b':' => {
                self.skip(|b| b == b':' || b == b'=', 3);
                self.annotation();
            }
            b',' if quoted_name => self.at += 1,
            _ => return None,
        }
        Some(first)
    }

    /// A type between colon and equals sign: `token: str = "…"`.
    fn annotation(&mut self) {
        let start = self.at;
        let of_type = |b: u8| b.is_ascii_alphanumeric() || b" &'_[]|.<>?:".contains(&b);
        if !self.text[start..].trim_ascii_start().starts_with(b"'") {
            self.skip(of_type, 40);
        }
        if self.at > start && self.peek() == Some(b'=') {
            self.at += 1;
        } else {
            self.at = start;
        }
    }

    /// YAML's `|` and `>`: the value is on the next line.
    fn block(&mut self) {
        let start = self.at;
        if self.takes(b'|') || self.takes(b'>') {
            self.skip(|b| b"+-0123456789 \t\r".contains(&b), 8);
            if self.takes(b'\n') {
                return self.skip(|b| b == b' ' || b == b'\t', 2 * MOST_BLANKS);
            }
        }
        self.at = start;
    }

    /// A string literal on this line, with a prefix (`b""`, `r""`, `@""`) but no interpolation. It
    /// may hold escapes that `decode::literal` reads.
    pub fn quoted(&mut self) -> Option<Range<usize>> {
        let prefix = self.text[self.at..].iter().take(2).take_while(|b| b"bBrRuU@".contains(b));
        let mut open = self.at + prefix.count();
        let nested = self.text.get(open) == Some(&b'\\'); // JSON within a string
        open += usize::from(nested);
        let quote = *self.text.get(open).filter(|b| b"\"'`".contains(b))?;
        let start = open + 1;
        let end = self.closing(start, quote, nested)?;
        let after = self.text[end..].iter().skip(1).find(|b| !b.is_ascii_whitespace());
        // `"…" + suffix` and `"…" % name` are expressions.
        let whole = self.text[end] != b'\n' && !matches!(after, Some(b'+' | b'%'));
        if whole {
            self.at = end + 1;
        }
        whole.then_some(start..end)
    }

    /// Where a string ends: at its quote, at the end of the line, or at an escape that no value
    /// has. What is nested in another string ends at any.
    fn closing(&self, start: usize, quote: u8, nested: bool) -> Option<usize> {
        let mut at = start;
        for _ in 0..LONGEST_VALUE {
            let rest = self.text.get(at..)?;
            match *rest.first()? {
                b'\n' => return Some(at),
                byte if byte == quote => return Some(at),
                b'\\' => match decode::character(rest).filter(|_| !nested) {
                    Some((_, length)) => at += length,
                    None => return Some(at),
                },
                _ => at += 1,
            }
        }
        None
    }

    /// The rest of a string on this line.
    fn up_to(&mut self, quote: u8) -> Option<Range<usize>> {
        let start = self.at;
        self.skip(|b| b != quote && b != b'\\' && b != b'\n', LONGEST_VALUE);
        matches!(self.peek(), Some(b) if b != b'\n').then_some(start..self.at)
    }

    /// The rest of the line, up to a comment; letters and digits only where it may be code. In a
    /// command other words may follow.
    fn bare(&mut self, maybe_code: bool, in_command: bool) -> Option<Range<usize>> {
        let start = self.at;
        match maybe_code {
            true => self.skip(|b| b.is_ascii_alphanumeric(), LONGEST_VALUE),
            false => self.skip(|b| b.is_ascii_graphic(), LONGEST_VALUE),
        }
        let mut end = self.at;
        // `{name: value, other: value}`
        while !maybe_code && end > start && b",}]".contains(&self.text[end - 1]) {
            end -= 1;
        }
        let listed = end < self.at;
        let in_command = in_command && self.peek() == Some(b' ');
        self.blanks();
        let ended = match self.peek() {
            None | Some(b'\n' | b'\r' | b'#') => true,
            Some(b'"' | b'\'' | b'\\' | b'`') => maybe_code, // within a string that holds both
            Some(_) => in_command || listed,
        };
        (ended && end > start).then_some(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, place: Place) -> Option<&str> {
        let at = text.find("key").expect("a keyword");
        let name = name_around(text.as_bytes(), &(at..at + 3), 0);
        assigned(text.as_bytes(), &name, place).map(|assigned| &text[assigned.range])
    }

    #[test]
    fn every_syntax() {
        assert_eq!(read("api_key = 'value'", Place::Code), Some("value"));
        assert_eq!(read("{\"api_key\": \"value\"}", Place::Code), Some("value"));
        assert_eq!(read("let key: &str = \"value\";", Place::Code), Some("value"));
        assert_eq!(read("apikey := `value`", Place::Code), Some("value"));
        assert_eq!(read("config['key'] = b'value'", Place::Code), Some("value"));
        assert_eq!(read("'key' => 'value',", Place::Code), Some("value"));
        assert_eq!(read("set('key', 'value')", Place::Code), Some("value"));
        assert_eq!(read("key: value # note", Place::Config), Some("value"));
        assert_eq!(read("-H 'X-key: value'", Place::Code), Some("value"));
        assert_eq!(read("- run -H \"X-key: Bearer value\"", Place::Config), Some("Bearer value"));
        assert_eq!(read("key: 'va=lue'", Place::Config), Some("va=lue"));
        assert_eq!(read("run --key=value more", Place::Code), Some("value"));
        assert_eq!(read("{key: value, user: me}", Place::Config), Some("value"));
        assert_eq!(read("run -e API_key=value image", Place::Code), None);
        assert_eq!(read("key: |\n  value\n", Place::Config), Some("value"));
        assert_eq!(read("key: >-\n  value\n", Place::Config), Some("value"));
    }

    #[test]
    fn lists_of_values() {
        let read = |text: &str, place| {
            let (found, _) = listed(text.as_bytes(), &(0..4), place);
            found.into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            read("keys:\n  - one # first\n  - 'two'\nother: x\n", Place::Config),
            ["one", "two"]
        );
        assert_eq!(read("keys = [\"one\",\n  \"two\",\n]", Place::Code), ["one", "two"]);
        assert_eq!(read("keys: ['one', 'two']", Place::Config), ["one", "two"]);
        assert_eq!(read("keys:\n  - name: one\n", Place::Config), [""; 0]);
        assert_eq!(read("keys:\n  one: two\n", Place::Config), [""; 0]);
        assert_eq!(read("keys = [one, two]", Place::Code), [""; 0]);
    }

    #[test]
    fn escapes_are_a_part_of_the_value() {
        assert_eq!(read(r#""key": "va\u006cue""#, Place::Code), Some(r"va\u006cue"));
        assert_eq!(read(r#""key": "va\"l\\ue", "b": 1"#, Place::Code), Some(r#"va\"l\\ue"#));
        assert_eq!(read(r#"key = "value\n""#, Place::Code), Some("value"));
        assert_eq!(read(r#""{\"key\": \"value\"}""#, Place::Code), Some("value"));
    }

    #[test]
    fn a_command_goes_on_behind_a_name_in_capitals() {
        let text = "docker run -e API_KEY=value image";
        let found = assigned(text.as_bytes(), &(14..21), Place::Code).unwrap();
        assert_eq!(&text[found.range], "value");
    }

    #[test]
    fn expressions_are_no_values() {
        assert_eq!(read("key = get_value", Place::Code), None);
        assert_eq!(read("key = value.name", Place::Code), None);
        assert_eq!(read("key = 'value' + suffix", Place::Code), None);
        assert_eq!(read("key = two words", Place::Config), None);
        assert_eq!(read("key, 'value'", Place::Code), None);
    }
}
